// reads templates

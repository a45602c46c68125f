class L { }

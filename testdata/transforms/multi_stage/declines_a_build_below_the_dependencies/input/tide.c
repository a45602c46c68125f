int height(void) { return 3; }

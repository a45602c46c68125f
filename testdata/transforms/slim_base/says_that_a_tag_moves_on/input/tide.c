int height(int hour) { return 40 + 7 * (hour % 6); }

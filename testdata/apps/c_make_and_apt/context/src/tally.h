#define WIDTH 8

#define TIDE 1

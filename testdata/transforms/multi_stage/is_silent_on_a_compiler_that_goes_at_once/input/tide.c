#include <stdio.h>

int main(void)
{
    puts("high water");
    return 0;
}

#include <stdio.h>

int main(void)
{
    puts("seven bells");
    return 0;
}

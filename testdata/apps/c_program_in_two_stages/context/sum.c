#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int main(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : getenv("MOTTO");

    if (!text)
        return 1;
    printf("%08lx\n",
           crc32(0, (const unsigned char *)text, (unsigned)strlen(text)));
    return 0;
}

/* What libyaml is not to be given: see base/yaml.h. */
#include "base/yaml.h"

#define MAX_TAGS 100

bool df_yaml_is_endless(df_str text)
{
    unsigned tags = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%')
            continue;
        /* UTF-16 has a NUL in between. */
        while (i + 1 < text.len && text.ptr[i + 1] == '\0')
            i++;
        if (i + 1 < text.len && text.ptr[i + 1] == 'T' && ++tags > MAX_TAGS)
            return true;
    }
    return false;
}

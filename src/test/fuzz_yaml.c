/*
 * Knowledge files, a user's and our own: loaded, or refused with a place and
 * a reason.
 */
#include "test/fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "kb/kb_load.h"

const char *const FUZZ_RULES[] = {NULL};
const char *const FUZZ_START = NULL;

static void check(df_str text, bool user)
{
    df_knowledge out;
    df_arena a;
    df_err err;

    memset(&err, 0, sizeof err);
    df_arena_init(&a, NULL, NULL);
    if (!df_kb_load(&a, DF_STR("x.yaml"), text, user, &out, &err)) {
        PROMISE(err.code != DF_OK);
        PROMISE(err.text[0] != '\0');
    }
    df_arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_str text = {(const char *)data, size};

    check(text, true);
    check(text, false);
    return 0;
}

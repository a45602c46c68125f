/*
 * A whole rewrite with the context that it reads: the input is a project (see
 * test/project.h), on disk in a directory of its own.
 */
#include "test/fuzz.h"

#include "base/arena.h"
#include "test/project.h"
#include "test/property.h"

const char *const FUZZ_RULES[] = {"line",     "line", "more-file", "simple",
                                  "npm-deps", "req",  NULL};
const char *const FUZZ_START = "all";

static void broken(void *ctx, property p, const char *why)
{
    (void)ctx;
    fprintf(stderr, "P%d: %s\n", (int)p, why);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_arena a;
    project p;
    project_place place;

    df_arena_init(&a, NULL, NULL);
    p = project_read(&a, (df_str){(const char *)data, size});
    place = project_unpack(&a, &p);
    for (int i = 0; i < 2; i++) {
        df_options o = project_options(&a, &p, &place);

        o.unsafe = i == 1;
        o.suggestions = !o.unsafe;
        df_result_free(property_check(p.dockerfile, &o, broken, NULL));
    }
    project_remove(&a, &place);
    df_arena_release(&a);
    return 0;
}

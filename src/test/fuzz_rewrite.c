/*
 * A whole rewrite keeps P1 to P6, with safe passes and with all. There
 * is no context, as with a Dockerfile from standard input.
 */
#include "test/fuzz.h"

#include "test/property.h"

const char *const FUZZ_RULES[] = {"line", "line", "list", NULL};
const char *const FUZZ_START = "all";

static void broken(void *ctx, property p, const char *why)
{
    (void)ctx;
    fprintf(stderr, "P%d: %s\n", (int)p, why);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_str text = {(const char *)data, size};
    df_options o = {.context = "/dev/null", .kb = df_kb_builtin()};

    for (int i = 0; i < 2; i++) {
        o.unsafe = i == 1;
        o.suggestions = !o.unsafe;
        df_result_free(property_check(text, &o, broken, NULL));
    }
    return 0;
}

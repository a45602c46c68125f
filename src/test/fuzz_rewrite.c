/*
 * A whole rewrite keeps P1 to P4 and P6, with safe passes and with all. There
 * is no context, as with a Dockerfile from standard input.
 */
#include "test/fuzz.h"

#include "test/property.h"

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
        df_result *r;

        o.unsafe = i == 1;
        o.suggestions = !o.unsafe;
        r = property_check(text, &o, broken, NULL);
        if (r)
            df_result_diff(r, text, r->text, "a/Dockerfile", "b/Dockerfile");
        df_result_free(r);
    }
    return 0;
}

/*
 * A fuzzer for who has none: runs a harness on files, and on variants of them
 * with bytes dropped, doubled, swapped and cut. The same arguments give the
 * same variants.
 *
 *     build/fuzz_<entry> [-variants=N] FILE|DIR...
 */
#include "test/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "test/folder.h"

static unsigned variants;
static uint64_t seed = 1;
static size_t runs;
static const char *current; /* file */
static df_str input;        /* it, or a variant of it */
static char crash_path[4096];

/* xorshift64 */
static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return n ? (size_t)(seed % n) : 0;
}

static void run(const char *text, size_t len)
{
    runs++;
    input = (df_str){text, len};
    LLVMFuzzerTestOneInput((const uint8_t *)text, len);
}

/* What often has a meaning. */
static const char *const BITS[] = {
    "\\\n",
    "\n",
    "\r\n",
    "#",
    " ",
    "\t",
    "\"",
    "'",
    "`",
    "$",
    "${",
    "}",
    "$(",
    ")",
    "(",
    "{",
    "&&",
    "||",
    ";",
    "|",
    "&",
    "<<EOF",
    "EOF\n",
    "[",
    "]",
    ",",
    "\"a\"",
    "RUN ",
    "FROM ",
    "--",
    "=",
    "COPY ",
    "\\",
    "\0x",
    "\xff",
    "\xc2\xa0",
    "# escape=`\n",
    "if ",
    "fi",
    "!",
    "**",
    "?",
    "- ",
    ": ",
    "ENV ",
    "cd ",
    "apt-get install ",
};

/* One change of text[0, *len), which has room for 64 bytes more. */
static void change(char *text, size_t *len)
{
    const char *bit = BITS[below(sizeof BITS / sizeof *BITS)];
    size_t at = below(*len + 1);
    size_t n = below(2) ? 1 : below(*len - at + 1);

    switch (below(4)) {
    case 0: /* write something in between */
        n = strlen(bit);
        memmove(text + at + n, text + at, *len - at);
        memcpy(text + at, bit, n);
        *len += n;
        return;
    case 1: /* drop */
        if (at + n > *len)
            n = *len - at;
        memmove(text + at, text + at + n, *len - at - n);
        *len -= n;
        return;
    case 2: /* another byte */
        if (at < *len)
            text[at] = (char)below(256);
        return;
    default: /* cut */
        if (below(8) == 0)
            *len = at;
    }
}

static void run_variant(df_str text)
{
    size_t len = text.len;
    size_t changes = 1 + below(4);
    char *copy = malloc(text.len + 64 * (changes + 1));

    if (!copy)
        abort();
    memcpy(copy, text.ptr, text.len);
    while (changes-- > 0)
        change(copy, &len);
    /* A block of the very size, so that sanitizers see what reads behind. */
    copy = realloc(copy, len ? len : 1);
    run(copy, len);
    free(copy);
}

static void run_file(const char *path, void *ctx)
{
    df_arena a;
    df_str text;

    (void)ctx;
    current = path;
    df_arena_init(&a, NULL, NULL);
    if (folder_read(&a, path, &text)) {
        run(text.ptr, text.len);
        for (unsigned i = 0; i < variants && text.len < 100000; i++)
            run_variant(text);
    } else {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    df_arena_release(&a);
}

/* Leave the input beside the program. */
static void crashed(int sig)
{
    int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd >= 0 && write(fd, input.ptr, input.len) >= 0)
        fprintf(stderr, "made from %s, kept in %s\n", current, crash_path);
    signal(sig, SIG_DFL);
    raise(sig);
}

int main(int argc, char **argv)
{
    df_arena a;

    snprintf(crash_path, sizeof crash_path, "%s.crash", argv[0]);
    signal(SIGABRT, crashed);
    df_arena_init(&a, NULL, NULL);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-variants=", 10) == 0)
            variants = (unsigned)strtoul(argv[i] + 10, NULL, 10);
        else if (folder_is_dir(argv[i]))
            folder_walk(&a, argv[i], run_file, NULL);
        else
            run_file(argv[i], NULL);
    }
    df_arena_release(&a);
    printf("%s: %zu runs\n", argv[0], runs);
    return 0;
}

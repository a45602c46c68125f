/*
 * A fuzzer for who has none: runs a harness on files, and on variants of them
 * as test/mutate.c makes them, with bytes dropped, doubled, swapped and cut.
 * The same arguments give the same variants.
 *
 *     build/fuzz_<entry> [-variants=N] FILE|DIR...
 */
#include "test/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "test/dice.h"
#include "test/folder.h"

static unsigned variants;
static dice chance = {1};
static size_t runs;
static const char *current; /* file */
static df_str input;        /* it, or a variant of it */
static char crash_path[4096];

static size_t below(size_t n)
{
    return n ? roll(&chance, n) : 0;
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

/* What fits of one change. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
    const char *bit = BITS[below(sizeof BITS / sizeof *BITS)];
    size_t at = below(size + 1);
    size_t n = below(2) ? 1 : below(size - at + 1);

    switch (below(4)) {
    case 0: /* write something in between */
        n = strlen(bit);
        if (size + n > max)
            break;
        memmove(data + at + n, data + at, size - at);
        memcpy(data + at, bit, n);
        return size + n;
    case 1: /* drop */
        if (at + n > size)
            n = size - at;
        memmove(data + at, data + at + n, size - at - n);
        return size - n;
    case 2: /* another byte */
        if (at < size)
            data[at] = (uint8_t)below(256);
        break;
    default: /* cut */
        if (below(8) == 0)
            return at;
    }
    return size;
}

static void run_variant(df_str text)
{
    size_t max = text.len + 4096;
    size_t len = text.len;
    size_t changes = 1 + below(4);
    uint8_t *copy = malloc(max);
    uint8_t *exact;

    if (!copy)
        abort();
    memcpy(copy, text.ptr, text.len);
    while (changes-- > 0)
        len =
            LLVMFuzzerCustomMutator(copy, len, max, (unsigned)below(1u << 31));
    /* A block of the very size, so that sanitizers see what reads behind. */
    exact = realloc(copy, len ? len : 1);
    if (!exact)
        abort();
    run((const char *)exact, len);
    free(exact);
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

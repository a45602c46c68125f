/*
 * benchgen: Dockerfiles to measure with, the same for the same seed.
 *
 *   benchgen file SHAPE BYTES [SEED]     one file of about that size, on stdout
 *   benchgen instrs SHAPE COUNT [SEED]   one with so many instructions
 *   benchgen tree DIR COUNT [SEED]       a file with a small context in each of
 *                                        COUNT directories
 *   benchgen shapes                      the names
 *
 * A shape is what there is much of. `mixed` is like what people write, stage
 * after stage; the others are each the worst case of some search.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t state;

/* Below n: xorshift64*. */
static unsigned pick(unsigned n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * 2685821657736338717u) >> 33) % n;
}

static const char *const WORDS[] = {"alpha",  "build", "cache", "delta",
                                    "engine", "front", "graph", "hello"};
static const char *const PACKAGES[] = {
    "curl",      "git", "gcc", "make", "python3", "ca-certificates",
    "libpq-dev", "tini"};
static const char *const BASES[] = {"debian:12",   "node:20",
                                    "python:3.11", "golang:1.22",
                                    "alpine:3.19", "ubuntu:22.04"};

#define ANY(list) ((list)[pick(sizeof(list) / sizeof *(list))])

static void from(FILE *out, unsigned i)
{
    fprintf(out, "FROM %s AS stage%u\n", ANY(BASES), i);
}

static void comment(FILE *out, unsigned i)
{
    fprintf(out, "# %u: what %s needs of %s\n", i, ANY(WORDS), ANY(WORDS));
}

static void apt(FILE *out, unsigned i)
{
    (void)i;
    fprintf(out, "RUN apt-get update && apt-get install -y %s \\\n    %s %s\n",
            ANY(PACKAGES), ANY(PACKAGES), ANY(PACKAGES));
}

static void plain_run(FILE *out, unsigned i)
{
    fprintf(out, "RUN mkdir -p /srv/%s/%u && echo \"%s\" > /srv/%s/%u/name\n",
            ANY(WORDS), i, ANY(WORDS), ANY(WORDS), i);
}

static void script(FILE *out, unsigned i)
{
    fprintf(
        out,
        "RUN set -eux; \\\n    # what it is for\n"
        "    if [ -n \"$%s\" ]; then \\\n        ./configure --with=%s%u; \\\n"
        "    fi; \\\n    for f in a b c; do cp \"$f\" /opt/$f; done\n",
        ANY(WORDS), ANY(WORDS), i);
}

static void env(FILE *out, unsigned i)
{
    fprintf(out, "ENV %s_%u=%s\n", ANY(WORDS), i, ANY(WORDS));
}

static void same_env(FILE *out, unsigned i)
{
    (void)i;
    fprintf(out, "ENV PATH=/opt/%s/bin:$PATH\n", ANY(WORDS));
}

static void arg(FILE *out, unsigned i)
{
    fprintf(out, "ARG %s_%u=%u\n", ANY(WORDS), i, pick(100));
}

static void copy(FILE *out, unsigned i)
{
    fprintf(out, "COPY %s/%s%u.txt /srv/%s/\n", ANY(WORDS), ANY(WORDS), i,
            ANY(WORDS));
}

static void copy_from(FILE *out, unsigned i)
{
    fprintf(out, "COPY --from=stage%u /out/%s /usr/bin/\n", i ? pick(i) : 0,
            ANY(WORDS));
}

static void workdir(FILE *out, unsigned i)
{
    fprintf(out, "WORKDIR %s%u\n", ANY(WORDS), i);
}

static void heredoc(FILE *out, unsigned i)
{
    fprintf(out, "RUN <<EOF\nset -e\necho %s%u\n", ANY(WORDS), i);
    for (unsigned n = pick(8); n; n--)
        fprintf(out, "install -d /opt/%s\n", ANY(WORDS));
    fputs("EOF\n", out);
}

static void npm(FILE *out, unsigned i)
{
    (void)i;
    fputs("WORKDIR /app\nCOPY . .\nRUN npm install\nRUN npm run build\n", out);
}

static void pip(FILE *out, unsigned i)
{
    (void)i;
    fputs("WORKDIR /app\nADD . /app\nRUN pip install -r requirements.txt\n",
          out);
}

static void end(FILE *out, unsigned i)
{
    fprintf(out,
            "USER app\nEXPOSE 80%02u\nCMD [\"%s\", \"--port\", \"80%02u\"]\n",
            i % 100, ANY(WORDS), i % 100);
}

typedef void writer(FILE *out, unsigned i);

static void mixed(FILE *out, unsigned i)
{
    static writer *const PIECES[] = {
        apt,     plain_run, plain_run, script, env, arg,      copy,
        workdir, comment,   heredoc,   npm,    pip, same_env, copy};

    if (i % 12 == 0)
        from(out, i / 12);
    else if (i % 12 == 11)
        end(out, i);
    else
        ANY(PIECES)(out, i);
}

static void one_stage(FILE *out, unsigned i)
{
    static writer *const PIECES[] = {apt,  plain_run, script,  env, arg,
                                     copy, workdir,   comment, npm, pip};

    ANY(PIECES)(out, i);
}

static void chain(FILE *out, unsigned i)
{
    if (i == 0)
        fputs("FROM debian:12 AS stage0\n", out);
    else
        fprintf(out, "FROM stage%u AS stage%u\nRUN make %s\n", i - 1, i,
                ANY(WORDS));
}

static void fan(FILE *out, unsigned i)
{
    from(out, i);
    plain_run(out, i);
    if (i)
        copy_from(out, i);
}

/* How many pieces make one instruction is not known: they are counted. */
static const struct shape {
    const char *name;
    writer *piece;
    bool begins; /* with a FROM of its own */
} SHAPES[] = {
    {"mixed", mixed, true},       {"one-stage", one_stage, false},
    {"runs", plain_run, false},   {"apt", apt, false},
    {"scripts", script, false},   {"envs", env, false},
    {"path", same_env, false},    {"args", arg, false},
    {"copies", copy, false},      {"workdirs", workdir, false},
    {"comments", comment, false}, {"heredocs", heredoc, false},
    {"stages", from, true},       {"chain", chain, true},
    {"fan", fan, true},
};

#define NSHAPES (sizeof SHAPES / sizeof *SHAPES)

static void fail(const char *what)
{
    fprintf(stderr, "benchgen: %s\n", what);
    exit(2);
}

static const struct shape *find_shape(const char *name)
{
    for (size_t i = 0; i < NSHAPES; i++)
        if (strcmp(SHAPES[i].name, name) == 0)
            return &SHAPES[i];
    fail("no such shape");
    return NULL;
}

/* So many pieces, or so many bytes. */
static void one_file(FILE *out, const struct shape *s, long pieces, long bytes)
{
    if (!s->begins)
        fputs("FROM debian:12\n", out);
    for (long i = 0; i < pieces || ftell(out) < bytes; i++)
        s->piece(out, (unsigned)i);
}

static FILE *create(const char *dir, const char *name)
{
    char path[4096];
    FILE *out;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    out = fopen(path, "w");
    if (!out)
        fail(strerror(errno));
    return out;
}

static void make_dir(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        fail(strerror(errno));
}

static void context(const char *dir, bool is_node)
{
    FILE *out = create(dir, is_node ? "package.json" : "requirements.txt");

    if (is_node)
        fputs("{\"name\": \"app\", \"scripts\": {\"build\": \"tsc\"},\n"
              " \"dependencies\": {\"express\": \"^4.18.0\"}}\n",
              out);
    else
        fputs("flask==3.0.0\nrequests>=2.31\n", out);
    fclose(out);
    out = create(dir, is_node ? "index.js" : "app.py");
    fputs("print('hello')\n", out);
    fclose(out);
}

/* Ten directories of directories of a hundred each, and so on. */
static void tree(const char *top, long n)
{
    char dir[4000];

    make_dir(top);
    for (long i = 0; i < n; i++) {
        bool is_node = pick(2);
        FILE *out;

        snprintf(dir, sizeof dir, "%s/%ld", top, i / 100);
        make_dir(dir);
        snprintf(dir, sizeof dir, "%s/%ld/%ld", top, i / 100, i % 100);
        make_dir(dir);
        context(dir, is_node);
        out = create(dir, "Dockerfile");
        fprintf(out, "FROM %s\n", is_node ? "node:20" : "python:3.11");
        comment(out, 0);
        apt(out, 0);
        for (unsigned k = pick(8); k; k--)
            one_stage(out, k);
        (is_node ? npm : pip)(out, 0);
        end(out, (unsigned)i);
        fclose(out);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    long n = argc > 3 ? atol(argv[3]) : 0;

    state = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
    state = (state + 1) * 0x9E3779B97F4A7C15u;
    if (strcmp(what, "shapes") == 0)
        for (size_t i = 0; i < NSHAPES; i++)
            puts(SHAPES[i].name);
    else if (argc > 3 && strcmp(what, "file") == 0)
        one_file(stdout, find_shape(argv[2]), 0, n);
    else if (argc > 3 && strcmp(what, "instrs") == 0)
        one_file(stdout, find_shape(argv[2]), n, 0);
    else if (argc > 3 && strcmp(what, "tree") == 0)
        tree(argv[2], n);
    else
        fail("file SHAPE BYTES, instrs SHAPE COUNT, tree DIR COUNT, shapes");
    return 0;
}

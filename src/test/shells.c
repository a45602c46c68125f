/*
 * What the passes make of RUNs in real files, read by real shells.
 *
 *     build/shells --files LIST [--show]
 *
 * LIST names Dockerfiles, a line each. Every RUN that a rewrite changed goes
 * through `dash -n` or, where that refuses what the original had as well, or
 * SHELL says so, `bash -n`. --show prints them, for reading by eye. Ends with
 * "N files, N changed, N RUNs read, N refused"; status 1 if one was refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dfopt/dfopt.h>

#include "base/arena.h"
#include "base/process.h"
#include "facts/build.h"
#include "syntax/parser.h"
#include "test/folder.h"

static struct {
    unsigned files, changed, runs, refused;
} tally;

static bool show;
static char script[] = "/tmp/dfopt-shells-XXXXXX";

static bool reads(df_arena *a, const char *shell, df_str body)
{
    const char *const argv[] = {shell, "-n", script, NULL};
    df_process p = {.argv = argv, .merged = true, .timeout = 10};
    df_process_end end;

    folder_write(script, body);
    end = df_process_run(a, &p);
    return end.how == DF_PROCESS_DONE && end.status == 0;
}

static const df_facts *facts_of(df_arena *a, df_str text)
{
    static const df_build nothing;
    const df_doc *doc = df_doc_parse(a, DF_STR("Dockerfile"), text);

    return doc->nproblems ? NULL
                          : df_facts_build(a, doc, df_kb_builtin(), &nothing);
}

static bool had(const df_facts *facts, df_str body)
{
    for (uint32_t i = 0; i < facts->nruns; i++)
        if (df_str_eq(facts->runs[i].tree->text.str, body))
            return true;
    return false;
}

/* Did the shell read everything that was there before? */
static bool read_all(df_arena *a, const char *shell, const df_facts *facts)
{
    for (uint32_t i = 0; i < facts->nruns; i++)
        if (facts->runs[i].tree->ok &&
            !reads(a, shell, facts->runs[i].tree->text.str))
            return false;
    return true;
}

static bool is_refused(df_arena *a, const df_facts *before, const df_run *run)
{
    df_str body = run->tree->text.str;
    bool bash = run->state->shell == DF_SHELL_BASH;

    if (!bash && reads(a, "dash", body))
        return false;
    if (!bash && read_all(a, "dash", before))
        return true;
    return !reads(a, "bash", body) && read_all(a, "bash", before);
}

static void check_runs(df_arena *a, const char *path, const df_facts *before,
                       const df_facts *after)
{
    for (uint32_t i = 0; after && i < after->nruns; i++) {
        const df_run *run = &after->runs[i];
        bool refused;

        if (!run->tree->text.str.len || had(before, run->tree->text.str))
            continue;
        tally.runs++;
        refused = is_refused(a, before, run);
        tally.refused += refused;
        if (refused || show)
            printf("%s %s\n%.*s\n\n", refused ? "REFUSED" : "---", path,
                   DF_STR_ARG(run->instr->text.str));
    }
}

static void check_file(const char *path)
{
    df_arena a;
    df_options options = {.path = path, .kb = df_kb_builtin()};
    df_result *result;
    df_str text;

    df_arena_init(&a, NULL, NULL);
    if (folder_read(&a, path, &text)) {
        tally.files++;
        result = df_rewrite(text, &options);
        if (result && result->changed && !result->failed) {
            const df_facts *before = facts_of(&a, text);

            tally.changed++;
            if (before)
                check_runs(&a, path, before, facts_of(&a, result->text));
        }
        df_result_free(result);
    }
    df_arena_release(&a);
}

int main(int argc, char **argv)
{
    FILE *list = NULL;
    char path[4096];
    int fd = mkstemp(script);

    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--show") == 0)
            show = true;
        else if (strcmp(argv[i], "--files") == 0 && i + 1 < argc)
            list = fopen(argv[++i], "r");
    if (!list || fd < 0) {
        fputs("usage: shells --files LIST [--show]\n", stderr);
        return 2;
    }
    close(fd);
    while (fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = '\0';
        check_file(path);
    }
    fclose(list);
    unlink(script);
    printf("%u files, %u changed, %u RUNs read, %u refused\n", tally.files,
           tally.changed, tally.runs, tally.refused);
    return tally.refused > 0;
}

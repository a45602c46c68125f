/*
 * What the parser and the facts see: as text, and of the context.
 */
#include <dfopt/dfopt.h>
#include <dfopt/wanted.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "facts/build.h"
#include "holder.h"
#include "shell/sh_dump.h"
#include "syntax/dump.h"
#include "syntax/parser.h"

static void dump_str(df_buf *out, const char *name, df_str s)
{
    df_buf_fmt(out, " %s=%.*s", name, s.ptr ? (int)s.len : 1,
               s.ptr ? s.ptr : "?");
}

static void dump_state(df_buf *out, const df_facts *facts, uint32_t i)
{
    const df_state *st = &facts->states[i];
    const df_instr *instr = facts->doc->instrs[i];
    uint32_t line, col;

    df_place(facts->doc, instr->span.off, &line, &col);
    df_buf_fmt(out, "  %u %s shell=%d", line, df_instr_name(instr->kind),
               (int)st->shell);
    dump_str(out, "user", st->user);
    dump_str(out, "workdir", st->workdir);
    df_buf_fmt(out, " vars=%u\n", st->nvars);
}

static void dump_facts(df_buf *out, const df_facts *facts)
{
    for (uint32_t i = 0; i < facts->nstages; i++) {
        const df_stage *s = &facts->stages[i];

        df_buf_fmt(out, "stage %u", s->index);
        dump_str(out, "name", s->name);
        dump_str(out, "image", s->image);
        dump_str(out, "repo", s->repo);
        dump_str(out, "tag", s->tag);
        df_buf_fmt(out, "%s%s%s%s\n", s->shipped ? " shipped" : "",
                   s->used ? " used" : "", s->windows ? " windows" : "",
                   s->known ? " known" : "");
        for (uint32_t k = 0; k < s->ninstrs; k++)
            dump_state(out, facts, s->instrs[k]->index);
    }
}

static void dump_command(df_buf *out, const df_cmd *cmd)
{
    df_buf_adds(out, "  ");
    dump_str(out, "tool", cmd->tool);
    dump_str(out, "sub", cmd->sub);
    dump_str(out, "dir", cmd->dir);
    df_buf_fmt(out, "%s%s%s%s operands=%u\n", cmd->top ? " top" : "",
               cmd->unconditional ? " sure" : "", cmd->sudo ? " sudo" : "",
               cmd->script ? " script" : "", df_cmd_operands(cmd));
}

static void dump_commands(df_buf *out, const df_facts *facts)
{
    for (uint32_t i = 0; i < facts->nruns; i++) {
        const df_run *run = &facts->runs[i];
        uint32_t line, col;

        df_place(facts->doc, run->instr->span.off, &line, &col);
        df_buf_fmt(out, "run %u\n", line);
        df_sh_dump(out, run->tree);
        for (uint32_t k = 0; k < run->ncmds; k++)
            dump_command(out, &run->cmds[k]);
    }
}

static bool dump(df_buf *out, const char *what, df_str text,
                 const df_options *o)
{
    df_build build = {o->target, o->build_args, o->platform};
    df_doc *doc = df_doc_parse(out->arena, df_str_of(o->path), text);

    if (strcmp(what, "tokens") == 0)
        df_tokens_dump(out, doc);
    else if (strcmp(what, "tree") == 0)
        df_doc_dump(out, doc);
    else if (strcmp(what, "facts") == 0)
        dump_facts(out, df_facts_build(out->arena, doc, o->kb, &build));
    else if (strcmp(what, "commands") == 0)
        dump_commands(out, df_facts_build(out->arena, doc, o->kb, &build));
    else
        return false;
    return true;
}

df_result *df_debug(const char *what, df_str text, const df_options *options)
{
    df_holder *volatile h = calloc(1, sizeof *h);
    df_buf out;

    if (!h || text.len > DF_MAX_INPUT) {
        free(h);
        return NULL;
    }
    df_arena_init(&h->arena, NULL, &h->oom);
    df_buf_init(&out, &h->arena);
    if (setjmp(h->oom)) {
        df_arena_release(&h->arena);
        free(h);
        return NULL;
    }
    if (!dump(&out, what, text, options)) {
        df_arena_release(&h->arena);
        free(h);
        return NULL;
    }
    h->result.text = df_buf_str(&out);
    return &h->result;
}

static bool wants(df_arena *a, df_str text, const char *line,
                  const df_options *o)
{
    df_build build = {o->target, o->build_args, o->platform};
    df_doc *doc = df_doc_parse(a, df_str_of("Dockerfile"), text);

    return doc->nproblems ||
           df_wanted_of_context(a, df_facts_build(a, doc, o->kb, &build),
                                df_str_of(line)) != DF_WANTED_NOT;
}

bool df_wants(df_str text, const char *line, const df_options *options)
{
    df_arena arena;
    jmp_buf oom;
    volatile bool found = true;

    df_arena_init(&arena, NULL, &oom);
    if (!setjmp(oom))
        found = wants(&arena, text, line, options);
    df_arena_release(&arena);
    return found;
}

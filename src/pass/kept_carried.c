/*
 * Directories of dependencies that the lower part gets from the upper one:
 * node_modules, an environment of Python, the gems; or, in place, what pip put
 * into the installation. See kept.h.
 */
#include "pass/kept.h"

#include "facts/version.h"

#define SAY KEPT_SAY

/* `python -m pip`: the interpreter that PATH finds. */
static bool by_module(const df_cmd *cmd)
{
    return cmd->tool_word == 2 &&
           df_str_starts(cmd->node->words[0].text, "python") &&
           df_str_is(cmd->node->words[1].text, "-m");
}

const df_carry *df_kept_row(const df_kept *k, const df_cmd *cmd)
{
    const df_carry *row = cmd->tool.ptr ? df_kb_carry(k->facts->kb, cmd->tool,
                                                      cmd->sub, k->stage->repo)
                                        : NULL;

    if (!row || df_cmd_has_any(cmd, row->not_with) || !cmd->unconditional ||
        cmd->script || (cmd->wrapped && !by_module(cmd)) ||
        df_str_find_char(cmd->node->words[0].text, '/') != SIZE_MAX)
        return NULL;
    return row;
}

static bool is_set_elsewhere(const df_cmd *cmd, const df_carry *row)
{
    for (df_strings e = row->env; *e; e++)
        if (df_var_get(cmd->run->state, df_str_of(*e)) ||
            df_str_has(cmd->run->tree->text.str, *e))
            return true;
    return false;
}

/* 3.8-slim-stretch: no tag of that end is built any more, and 3.8 stands for
 * what was there then. */
static bool is_frozen(const df_kept *k, const df_carry *row)
{
    for (df_strings f = row->frozen; *f; f++)
        if (df_str_ends(k->stage->tag, *f))
            return true;
    return false;
}

/* "3.9" of 3.9.17; empty: nobody knows. */
static df_str minor_of(const df_kept *k)
{
    df_str version = df_runtime_version(k->facts->kb, k->stage);
    size_t dot = df_str_find_char(version, '.');
    size_t end = dot == SIZE_MAX
                     ? dot
                     : df_str_find_char(df_str_from(version, dot + 1), '.');

    if (dot == SIZE_MAX)
        return DF_STR("");
    return end == SIZE_MAX ? version : df_str_slice(version, 0, dot + 1 + end);
}

/* Is it old, or is nothing known of its version? */
static bool is_too_old(const df_kept *k, const df_carry *row)
{
    df_str version = df_runtime_version(k->facts->kb, k->stage);

    return !df_version_since(version, row->since) ||
           (df_str_eq(version, minor_of(k)) && is_frozen(k, row));
}

static void carry(df_kept *k, const df_cmd *cmd, const df_carry *row,
                  df_str path, bool prepared)
{
    for (uint32_t i = 0; i < k->ncarried; i++)
        if (path.ptr && df_str_eq(k->carried[i].path, path))
            return;
    if (!path.ptr || !df_str_starts(path, "/"))
        SAY(k, cmd->node->span, "cannot tell where `%.*s` works",
            DF_STR_ARG(df_cmd_brief(cmd)));
    else if (is_set_elsewhere(cmd, row))
        SAY(k, cmd->node->span,
            "cannot tell where `%.*s` puts what it installs",
            DF_STR_ARG(df_cmd_brief(cmd)));
    *df_push(k->arena, k, carried) =
        (df_carried){row, cmd->run, path, prepared};
}

static void carry_in_place(df_kept *k, const df_cmd *cmd, const df_carry *row)
{
    df_str minor = minor_of(k);

    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
        if (df_str_starts(df_cmd_word(cmd, it.at)->text, "setuptools"))
            SAY(k, cmd->node->span, "setuptools would be there twice");
    for (df_strings p = row->in_place; *p; p++) {
        df_str path = df_str_of(*p);
        size_t hole = df_str_find(path, "{minor}");

        if (hole != SIZE_MAX && minor.len)
            path = df_fmt(k->arena, "%.*s%.*s%.*s",
                          DF_STR_ARG(df_str_slice(path, 0, hole)),
                          DF_STR_ARG(minor),
                          DF_STR_ARG(df_str_from(path, hole + 7)));
        else if (hole != SIZE_MAX)
            path = (df_str){NULL, 0};
        carry(k, cmd, row, path, false);
    }
}

void df_kept_carry(df_kept *k, const df_cmd *cmd, const df_carry *row)
{
    if (k->in_place && *row->in_place) {
        carry_in_place(k, cmd, row);
        return;
    }
    if (is_too_old(k, row))
        SAY(k, k->stage->image_word.span,
            "`%s` of %.*s brings tools that are too old, or nobody knows how "
            "old",
            row->prepare ? row->prepare : row->tool,
            DF_STR_ARG(k->stage->image));
    carry(k, cmd, row,
          df_image_path(k->arena, cmd->dir, df_str_of(row->directory)),
          row->prepare != NULL);
}

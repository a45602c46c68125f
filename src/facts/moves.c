/* Programs that move: see facts/moves.h. */
#include "facts/moves.h"

#include <dfopt/later.h>

#include "base/map.h"

/* In which bodies of a row a tool runs. */
typedef struct {
    uint32_t first;
    uint32_t last;
} tool_use;

struct df_moves {
    df_arena *arena;
    const df_body *seg;
    uint32_t n;
    df_map by_name; /* tool_use of each tool */
    df_map by_stem; /* of python, python3 and python3.9 together */
};

static bool runs_around(const tool_use *use, uint32_t cut)
{
    return use && use->first <= cut && use->last > cut;
}

/* `pip install --upgrade pip`: what the command names is the command. */
static bool replaces_itself(const df_cmd *cmd)
{
    df_str name;

    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        name = df_cmd_word(cmd, it.at)->text;
        if (name.len && (name.ptr[0] == '"' || name.ptr[0] == '\''))
            name = df_str_from(name, 1);
        if (name.len < cmd->tool.len ||
            !df_str_eq(df_str_slice(name, 0, cmd->tool.len), cmd->tool))
            continue;
        if (name.len == cmd->tool.len ||
            df_str_find_char(DF_STR("=<>~![@'\""), name.ptr[cmd->tool.len]) !=
                SIZE_MAX)
            return true;
    }
    return false;
}

/* What the knowledge says: `pip install pip`; `n stable` puts node and npm. */
static bool known_to_move(const df_moves *m, const df_cmd *cmd, uint32_t cut)
{
    if (!cmd->known || df_cmd_is_at_home(cmd))
        return false;
    for (df_strings t = cmd->known->brings; *t; t++)
        if (runs_around(df_map_get(&m->by_name, df_str_of(*t)), cut))
            return true;
    return replaces_itself(cmd) &&
           runs_around(df_map_get(&m->by_name, cmd->tool), cut);
}

/* `ln -s ../v2/tool bin/tool`, of a program that ran before and runs again */
static bool puts_by_name(const df_moves *m, const df_cmd *cmd, uint32_t cut)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str name = df_path_base(cmd->node->words[i].text);

        if (name.len && !df_str_eq(name, cmd->tool) &&
            runs_around(df_map_get(&m->by_name, name), cut))
            return true;
    }
    return false;
}

/* What stands behind a name: -7.80.tar.gz, -v8, .py (get-pip.py), the end. */
static bool reads_like_source(df_str after)
{
    df_str rest = df_str_from(after, after.len ? 1 : 0);

    if (!after.len || df_str_starts(after, ".py") ||
        df_str_starts(after, ".sh"))
        return true;
    if (after.ptr[0] != '-' && after.ptr[0] != '_')
        return false;
    return rest.len && (rest.ptr[0] == 'v' || rest.ptr[0] == '$' ||
                        df_is_digit(rest.ptr[0]));
}

/* Python: python. Longer ones are of no interest. */
static df_str lower(char buf[32], df_str name)
{
    size_t n = name.len < 32 ? name.len : 32;

    for (size_t i = 0; i < n; i++)
        buf[i] = df_lower(name.ptr[i]);
    return (df_str){buf, n};
}

/* curl-7.80.tar.gz, get-pip.py, Python-3.9; not github, x.tar, --with-curl */
static bool names_source(const df_moves *m, df_str word, uint32_t cut)
{
    char buf[32];

    for (size_t i = 0, end; i < word.len; i = end + 1) {
        df_str name, after;
        char before = i ? word.ptr[i - 1] : ' ';

        for (end = i; end < word.len && df_is_alpha(word.ptr[end]);)
            end++;
        name = df_str_slice(word, i, end);
        after = df_str_from(word, end);
        if (name.len > 1 && before != '.' && !df_is_digit(before) &&
            reads_like_source(after) && (after.len || before != '-') &&
            runs_around(df_map_get(&m->by_stem, lower(buf, name)), cut))
            return true;
    }
    return false;
}

/*
 * `make install`, `curl … | sh`: they may put anything anywhere. They are taken
 * to put what the body names as a source.
 */
static const df_cmd *may_put_unseen(const df_moves *m, const df_body *s,
                                    uint32_t cut)
{
    const df_cmd *opaque = NULL;

    for (uint32_t c = 0; c < s->run->ncmds && !opaque; c++)
        if (df_cmd_may_do_anything(&s->run->cmds[c]))
            opaque = &s->run->cmds[c];
    for (uint32_t c = 0; c < s->run->ncmds && opaque; c++) {
        const df_cmd *cmd = &s->run->cmds[c];

        if (df_cmd_is_package_manager(cmd))
            continue;
        for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
            if (names_source(m, cmd->node->words[i].text, cut))
                return opaque;
    }
    return NULL;
}

static const df_cmd *moves_in(const df_moves *m, uint32_t i, uint32_t cut)
{
    const df_body *s = &m->seg[i];

    for (uint32_t c = 0; c < s->run->ncmds; c++) {
        const df_cmd *cmd = &s->run->cmds[c];

        if (puts_by_name(m, cmd, cut) || known_to_move(m, cmd, cut))
            return cmd;
    }
    return may_put_unseen(m, s, cut);
}

const df_cmd *df_moves_at(const df_moves *m, uint32_t i)
{
    const df_cmd *cmd = moves_in(m, i, i);

    return cmd || i + 1 == m->n ? cmd : moves_in(m, i + 1, i);
}

static void note(df_arena *a, df_map *map, df_str name, uint32_t index)
{
    tool_use *use = df_map_get(map, name);

    if (!use) {
        use = df_new(a, tool_use);
        use->first = index;
        df_map_put(map, name, use);
    }
    use->last = index;
}

/* python3.9, Python: python */
static df_str stem_of(df_arena *a, df_str tool)
{
    char buf[32];
    size_t n = 0;

    while (n < tool.len && df_is_alpha(tool.ptr[n]))
        n++;
    return df_str_dup(a, lower(buf, df_str_slice(tool, 0, n)));
}

static void note_tools(df_moves *m, uint32_t index)
{
    const df_run *run = m->seg[index].run;

    for (uint32_t i = 0; i < run->ncmds; i++) {
        df_str tool = run->cmds[i].tool;

        if (!tool.ptr)
            continue;
        note(m->arena, &m->by_name, tool, index);
        note(m->arena, &m->by_stem, stem_of(m->arena, tool), index);
    }
}

df_moves *df_moves_of(df_arena *a, const df_body *bodies, uint32_t n)
{
    df_moves *m = df_new(a, df_moves);

    *m = (df_moves){.arena = a, .seg = bodies, .n = n};
    df_map_init(&m->by_name, a);
    df_map_init(&m->by_stem, a);
    for (uint32_t i = 0; i < n; i++)
        note_tools(m, i);
    return m;
}

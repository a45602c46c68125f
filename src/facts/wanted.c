/* What a Dockerfile wants of its context: see dfopt/wanted.h. */
#include <dfopt/wanted.h>

#include <dfopt/install.h>

#include <fnmatch.h>

#include "context/above.h"
#include "context/path.h"

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_str line;
    df_str name;   /* its last part */
    bool anywhere; /* below any directory */
} wish;

/* A variable may mean anything, a pattern what its parts match. */
static bool may_name(const wish *w, df_str source)
{
    const char *name = df_cstr(w->arena, w->name);
    df_str part;

    if (df_str_has(source, name) || df_str_find_char(source, '$') != SIZE_MAX)
        return true;
    while (source.len) {
        df_str_cut(&source, '/', &part);
        if (fnmatch(df_cstr(w->arena, part), name, 0) == 0)
            return true;
    }
    return false;
}

/* A directory in which it may lie. */
static bool may_hold(const wish *w, df_str source)
{
    df_str path;

    if (!df_path_inside(w->arena, source, &path))
        return true;
    return w->anywhere || !path.len || df_image_below(w->line, path);
}

static df_wanted wanted_by(const wish *w, df_str source)
{
    return may_name(w, source)   ? DF_WANTED_BY_NAME
           : may_hold(w, source) ? DF_WANTED_WITH_OTHER
                                 : DF_WANTED_NOT;
}

static df_wanted more(df_wanted a, df_wanted b)
{
    return a < b ? a : b;
}

/* A COPY or an ADD, by the directory or by name. */
static df_wanted wanted_by_copy(const wish *w, const df_instr *instr)
{
    df_wanted most = DF_WANTED_NOT;

    if (df_instr_flag(instr, "from"))
        return DF_WANTED_NOT;
    for (uint32_t i = 0; i + 1 < instr->nwords; i++)
        if (!df_str_has(instr->words[i].str, "://"))
            most = more(most, wanted_by(w, instr->words[i].str));
    return most;
}

/* `type=bind,source=web,target=/w`, also without the type. */
static df_wanted wanted_by_mount(const wish *w, df_str mount)
{
    df_str source = DF_STR("");
    df_str field, key;

    while (mount.len) {
        df_str_cut(&mount, ',', &field);
        df_str_cut(&field, '=', &key);
        if ((df_str_is(key, "type") && !df_str_is(field, "bind")) ||
            df_str_is(key, "from"))
            return DF_WANTED_NOT;
        if (df_str_is(key, "source") || df_str_is(key, "src"))
            source = field;
    }
    return wanted_by(w, source);
}

static df_wanted wanted_by_run(const wish *w, const df_instr *instr)
{
    df_wanted most = DF_WANTED_NOT;

    for (uint32_t i = 0; i < instr->nflags; i++)
        if (df_str_is(instr->flags[i].name, "mount"))
            most = more(most, wanted_by_mount(w, instr->flags[i].value));
    return most;
}

/* Does it fill what the line names? */
static bool fills(const wish *w, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;

    if (!eco)
        return false;
    for (df_strings i = eco->ignore; *i; i++)
        if (df_str_eq(df_path_base(df_str_of(*i)), w->name))
            return true;
    return df_str_in(w->name, eco->writes) || df_str_in(w->name, eco->hosts);
}

/* Has the stage its own? */
static bool installs(const wish *w, const df_stage *stage)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(stage, cmd)) != NULL;)
        if (fills(w, cmd))
            return true;
    return false;
}

/* Does the COPY bring the whole context? */
static bool is_of_all(const df_instr *instr)
{
    return (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
           !df_instr_flag(instr, "from") && instr->nwords == 2 &&
           (df_str_is(instr->words[0].str, ".") ||
            df_str_is(instr->words[0].str, "./"));
}

/* `COPY . .` and `COPY . /other` in one stage: an install is of one of them. */
static bool is_brought_twice(const wish *w, uint32_t at)
{
    const df_stage *stage = w->facts->stage_of[at];
    const df_instr *one = w->facts->doc->instrs[at];

    for (uint32_t i = 0; i < stage->ninstrs && is_of_all(one); i++)
        if (is_of_all(stage->instrs[i]) &&
            !df_str_eq(stage->instrs[i]->words[1].str, one->words[1].str))
            return true;
    return false;
}

df_wanted df_wanted_of_context(df_arena *a, const df_facts *facts, df_str line)
{
    const df_doc *doc = facts->doc;
    df_wanted most = DF_WANTED_NOT;
    wish w = {.arena = a, .facts = facts, .line = line};

    w.anywhere = df_str_starts(line, "**/");
    w.name = df_path_base(line);
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *instr = doc->instrs[i];
        df_wanted one = DF_WANTED_NOT;

        if (instr->kind == DF_I_RUN)
            one = wanted_by_run(&w, instr);
        else if (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD)
            one = wanted_by_copy(&w, instr);
        /* What lands beside an install of its own is better off without. */
        if (one == DF_WANTED_WITH_OTHER && instr->kind != DF_I_RUN &&
            installs(&w, facts->stage_of[i]) && !is_brought_twice(&w, i))
            one = DF_WANTED_NOT;
        most = more(most, one);
    }
    return most;
}

/* One line of a .gitignore; `/name` is about its own directory alone. */
static bool is_line_for(df_str line, df_str name, bool own)
{
    line = df_str_trim(line);
    if (df_str_starts(line, "**/"))
        line = df_str_from(line, 3);
    if (own && df_str_starts(line, "/"))
        line = df_str_from(line, 1);
    if (df_str_ends(line, "/"))
        line = df_str_slice(line, 0, line.len - 1);
    return df_str_eq(line, name);
}

static bool has_line(df_str text, df_str name, bool own)
{
    df_str line;

    while (text.len) {
        df_str_cut(&text, '\n', &line);
        if (is_line_for(line, name, own))
            return true;
    }
    return false;
}

static bool ignores_in(df_arena *a, df_context *context, df_str dir,
                       df_str name, bool own)
{
    df_str text;

    return df_context_read(
               context, df_context_join(a, dir, DF_STR(".gitignore")), &text) &&
           has_line(text, name, own);
}

static bool ignores_above(df_context *context, df_str name)
{
    const df_above *above = df_context_above(context);

    for (uint32_t i = 0; i < above->nitems; i++) {
        df_disk *disk = above->items[i].disk;
        df_node *node = df_disk_node(disk, DF_STR(".gitignore"));
        df_str text;

        if (node->kind == DF_FILE_REGULAR && df_disk_read(disk, node, &text) &&
            has_line(text, name, false))
            return true;
    }
    return false;
}

bool df_git_ignores(df_arena *a, df_context *context, df_str dir, df_str name)
{
    return ignores_in(a, context, dir, name, true) ||
           (dir.len && ignores_in(a, context, DF_STR(""), name, false)) ||
           ignores_above(context, name);
}

/* A word that names the repository, and no URL. */
static bool names_git(df_str word)
{
    return df_str_has(word, ".git") && !df_str_has(word, "://") &&
           !df_str_has(word, "@") && !df_str_has(word, ".gitignore") &&
           !df_str_has(word, ".github");
}

static bool asks_git(const df_cmd *cmd)
{
    if (!cmd->tool.ptr || df_str_is(cmd->tool, "git"))
        return true;
    for (uint32_t i = 0; i < cmd->node->nwords; i++)
        if (names_git(cmd->node->words[i].text))
            return true;
    return false;
}

bool df_may_ask_git(const df_facts *facts)
{
    for (uint32_t i = 0; i < facts->nruns; i++) {
        if (!facts->runs[i].tree->ok)
            return true;
        for (uint32_t k = 0; k < facts->runs[i].ncmds; k++)
            if (asks_git(&facts->runs[i].cmds[k]))
                return true;
    }
    return false;
}

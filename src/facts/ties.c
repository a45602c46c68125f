/* What ties a program to the stage that built it: see ties.h. */
#include <dfopt/go.h>
#include <dfopt/ties.h>

/* The first reason counts. */
static void say(df_tied *t, df_span at, df_str why)
{
    if (t->why.len)
        return;
    t->at = at;
    t->why = why;
}

#define SAY(t, at, ...) say(t, at, df_fmt((t)->arena, __VA_ARGS__))

static df_str before(df_str s, char c)
{
    df_str head;

    df_str_cut(&s, c, &head);
    return head;
}

static df_str shown(const df_sh_node *node)
{
    return df_str_slice(before(node->text, '\n'), 0, 60);
}

/* What else do the RUNs leave? */

static bool is_known(const df_tied *t, const df_cmd *cmd)
{
    df_str both = df_fmt(t->arena, "%.*s %.*s", DF_STR_ARG(cmd->tool),
                         DF_STR_ARG(cmd->sub));

    return df_str_in(cmd->tool, t->runtime->tools) ||
           df_str_in(both, t->runtime->tools);
}

/* Directories that WORKDIR or the COPY of the program make anyway. */
static bool is_on_the_way(df_tied *t, const df_cmd *cmd)
{
    df_str dir = df_stage_workdir(t->arena, t->facts, t->stage);

    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        const df_sh_word *word = df_cmd_word(cmd, it.at);
        df_str path = word->is_plain
                          ? df_image_path(t->arena, cmd->dir, word->value)
                          : word->value;

        if (!df_image_below(dir, path) && !df_image_below(t->from, path))
            return false;
    }
    return df_str_is(cmd->tool, "mkdir");
}

static bool writes_file(const df_sh_node *node)
{
    for (uint32_t i = 0; i < node->nredirs; i++) {
        const df_sh_redir *r = &node->redirs[i];

        if (r->op != DF_OP_DUP_OUT && r->op != DF_OP_IN &&
            !df_str_is(r->target.text, "/dev/null"))
            return true;
    }
    return false;
}

static void check_packages(df_tied *t, const df_cmd *cmd)
{
    bool os = df_str_is(cmd->tool, "apk") || df_str_is(cmd->tool, "apt-get") ||
              df_str_is(cmd->tool, "apt");
    bool adds = df_str_is(cmd->sub, "add") || df_str_is(cmd->sub, "install");

    for (df_operands it = df_cmd_all_operands(cmd);
         os && adds && df_operands_next(&it);) {
        const df_sh_word *word = df_cmd_word(cmd, it.at);
        df_str name = before(word->text, '=');

        if (!df_str_in(name, t->runtime->packages))
            SAY(t, word->span,
                "cannot tell whether the program needs the package %.*s "
                "at run time",
                DF_STR_ARG(name));
    }
}

static void check_run(df_tied *t, const df_run *run)
{
    if (!run->tree->ok)
        SAY(t, run->instr->keyword,
            "cannot tell what this RUN leaves for the program");
    for (uint32_t i = 0; i < run->ncmds && !t->why.len; i++) {
        const df_cmd *cmd = &run->cmds[i];

        check_packages(t, cmd);
        if (!cmd->tool.ptr || writes_file(cmd->node) ||
            (!is_known(t, cmd) && !is_on_the_way(t, cmd)))
            SAY(t, cmd->node->span,
                "cannot tell whether the program needs what `%.*s` leaves",
                DF_STR_ARG(shown(cmd->node)));
    }
}

static void check_runs(df_tied *t)
{
    for (uint32_t i = 0; i < t->facts->nruns; i++)
        if (t->facts->runs[i].stage == t->stage)
            check_run(t, &t->facts->runs[i]);
    for (uint32_t i = 0; i < t->cut && !t->source; i++) {
        const df_instr *instr = t->stage->instrs[i];
        const df_flag *mount = df_instr_flag(instr, "mount");

        if (df_instr_flag(instr, "from") || instr->nheredocs ||
            (instr->kind == DF_I_ADD && df_str_has(instr->args.str, "://")))
            SAY(t, instr->keyword,
                "cannot tell whether the program needs what this %s "
                "brings",
                df_instr_name(instr->kind));
        if (mount && df_str_has(mount->value, df_cstr(t->arena, t->from)))
            SAY(t, instr->keyword, "the program is made in a mount");
    }
}

/* Names of users mean the same in both images, or are not used. */

static bool is_number(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_digit(s.ptr[i]))
            return false;
    return s.len > 0;
}

static bool is_same_user(const df_tied *t, df_str user)
{
    df_str name;
    bool group = df_str_cut(&user, ':', &name);

    return (is_number(name) || df_str_in(name, t->runtime->users)) &&
           (!group || is_number(user) || df_str_is(user, "root"));
}

static void check_users(df_tied *t)
{
    for (uint32_t i = 0; i < t->stage->ninstrs; i++) {
        const df_instr *instr = t->stage->instrs[i];
        const df_flag *owner = df_instr_flag(instr, "chown");
        df_str name = {NULL, 0};

        if (instr->kind == DF_I_USER)
            name = df_expand(t->arena, t->facts, instr, instr->args.str);
        else if (owner && i >= t->cut)
            name = owner->value;
        else
            continue;
        if (!name.ptr || !is_same_user(t, name))
            SAY(t, instr->keyword,
                "cannot tell whether the user %.*s has a number in %s",
                DF_STR_ARG(name.ptr ? name : instr->args.str),
                t->runtime->image);
    }
}

static void check_health(df_tied *t)
{
    const df_instr *health = df_stage_last(t->stage, DF_I_HEALTHCHECK);

    if (!health || df_str_is_nocase(health->words[0].str, "NONE"))
        return;
    if (!health->json || health->nwords < 2 ||
        !df_str_eq(health->words[1].str, df_program_name(t->program)))
        SAY(t, health->keyword,
            "HEALTHCHECK runs another program, which %s lacks",
            t->runtime->image);
}

/* Which files may the program read? */

/* `.ext`, `dir/`, or a name, maybe with something behind a dot. */
static bool matches(df_arena *a, df_str path, df_strings list)
{
    df_str name = df_path_base(path);
    df_str slashed = df_fmt(a, "/%.*s", DF_STR_ARG(path));

    for (; *list; list++) {
        df_str entry = df_str_of(*list);
        const char *dir = df_fmt(a, "/%s", *list).ptr;

        if (df_str_ends(entry, "/") ? df_str_has(slashed, dir)
                                    : df_str_eq(name, entry))
            return true;
        if (entry.ptr[0] == '.' && df_str_ends(name, *list))
            return true;
        if (entry.ptr[0] != '.' && name.len > entry.len &&
            df_str_starts(name, *list) && name.ptr[entry.len] == '.')
            return true;
    }
    return false;
}

static bool in_literals(const df_go_source *go, const char *word)
{
    for (uint32_t i = 0; i < go->nliterals; i++)
        if (df_str_has(go->literals[i], word))
            return true;
    return false;
}

/* Does the source, or the configuration, speak of the file, of its name
 * without the ending, or of a directory on its path? */
static bool is_mentioned(df_tied *t, const df_go_source *go, df_str path)
{
    df_str rest = path;
    df_str part;

    while (rest.len) {
        bool last = !df_str_cut(&rest, '/', &part);
        df_str word = part;
        const char *text;

        if (last && df_str_find_char(word, '.') > 2)
            word = before(word, '.');
        text = df_cstr(t->arena, word);
        if (in_literals(go, text))
            return true;
        for (uint32_t i = 0; last && i < t->stage->ninstrs; i++) {
            const df_instr *instr = t->stage->instrs[i];

            if ((instr->kind == DF_I_ENV || instr->kind == DF_I_CMD ||
                 instr->kind == DF_I_ENTRYPOINT) &&
                df_str_has(instr->args.str, text))
                return true;
        }
    }
    return false;
}

static void check_file(df_tied *t, const df_go_source *go, df_str path,
                       uint32_t *unread)
{
    df_context *context = t->context;

    if (matches(t->arena, path, t->runtime->ignores) ||
        df_go_embeds(context, go, path))
        return;
    if (matches(t->arena, path, t->runtime->reads) || is_mentioned(t, go, path))
        SAY(t, t->program->instr->keyword,
            "the program may read %.*s, which the new stage would lack",
            DF_STR_ARG(path));
    else if (++*unread <= 3)
        t->unread = t->unread.len
                        ? df_fmt(t->arena, "%.*s, %.*s", DF_STR_ARG(t->unread),
                                 DF_STR_ARG(path))
                        : path;
}

/* --- sources of languages that are not read by a reader of their own --- */

static bool has_ending(df_str path, df_strings ends)
{
    for (; *ends; ends++)
        if (df_str_ends(path, *ends))
            return true;
    return false;
}

/* String literals between double quotes; comments may count for some. */
static void read_literals(df_arena *a, df_str text, df_go_source *out)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t from = i + 1;

        if (text.ptr[i] == '\'' && i + 2 < text.len && text.ptr[i + 2] == '\'')
            i += 2; /* '"' */
        if (text.ptr[i] != '"')
            continue;
        for (i = from; i < text.len && text.ptr[i] != '"'; i++)
            i += text.ptr[i] == '\\';
        if (i < text.len && i > from)
            *df_push(a, out, literals) = df_str_slice(text, from, i);
    }
}

static df_go_source read_sources(df_tied *t, const df_files *files)
{
    df_go_source out = {.found = false};

    for (uint32_t i = 0; i < files->npaths; i++) {
        df_str text;

        if (!has_ending(files->paths[i], t->runtime->sources) ||
            !df_context_read(t->context, files->paths[i], &text))
            continue;
        out.found = true;
        read_literals(t->arena, text, &out);
        for (df_strings s = t->runtime->starts; *s && !out.starts.len; s++)
            if (df_str_has(text, *s))
                out.starts = files->paths[i];
    }
    return out;
}

static const char *lacks_them(const df_tied *t)
{
    if (*t->runtime->sources)
        return "the new stage may lack";
    return df_fmt(t->arena, "%s lacks", t->runtime->image).ptr;
}

static void check_files(df_tied *t)
{
    static const char *const skip[] = {".git", "node_modules", NULL};
    df_context *context = t->context;
    const df_stage *stage = t->source ? t->source : t->stage;
    df_files files = df_copied_files(t->arena, t->facts, context, stage, 0,
                                     t->source ? stage->ninstrs : t->cut, skip);
    df_go_source go = *t->runtime->sources
                          ? read_sources(t, &files)
                          : df_go_source_read(t->arena, context, &files);
    uint32_t unread = 0;

    if (t->why.len)
        return;
    if (files.missing.len)
        SAY(t, t->program->instr->keyword,
            "%.*s is not in the build context: cannot tell whether the "
            "program needs it",
            DF_STR_ARG(files.missing));
    else if (!go.found || files.cut)
        SAY(t, t->program->instr->keyword,
            "cannot see the source of the program in the build context");
    else if (go.starts.len)
        SAY(t, t->program->instr->keyword,
            "the program starts other programs (%.*s), which %s",
            DF_STR_ARG(go.starts), lacks_them(t));
    for (uint32_t i = 0; i < files.npaths && !t->why.len && !t->source; i++)
        check_file(t, &go, files.paths[i], &unread);
    if (unread > 3)
        t->unread = df_fmt(t->arena, "%.*s and %u more", DF_STR_ARG(t->unread),
                           unread - 3);
}

bool df_program_is_tied(df_tied *t, df_span *at, df_str *why)
{
    if (!t->files_only) {
        check_runs(t);
        check_users(t);
        check_health(t);
    }
    check_files(t);
    *at = t->at;
    *why = t->why;
    return t->why.len > 0;
}

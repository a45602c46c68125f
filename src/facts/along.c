/*
 * RUNs between a COPY and an install that do no more than make files of the
 * source executable, change, remove or list some, or write the settings of the
 * program: `chmod +x wait.sh`, `rm -rf lib`, `ls`, `cp .env.example .env`. They
 * go below the install with the COPY. Nothing that the install reads or makes
 * may be among these files.
 */
#include "facts/lift.h"

#include <dfopt/effect.h>
#include <dfopt/reach.h>
#include <dfopt/use.h>

/* `*.sh`: no lock, no directory of packages, no manifest. */
static bool is_narrow(df_str base)
{
    return df_str_starts(base, "*.") && base.len > 2 &&
           df_str_find_char(df_str_from(base, 1), '*') == SIZE_MAX &&
           df_str_find_char(base, '?') == SIZE_MAX &&
           df_str_find_char(base, '[') == SIZE_MAX &&
           !df_str_ends(base, "json") && !df_str_ends(base, "lock") &&
           !df_str_ends(base, "yaml") && !df_str_ends(base, "txt");
}

/* Does `*.sh` in a directory match something that the install reads or makes?
 */
static bool catches_needs(const df_lift *l, df_str dir, df_str base)
{
    const df_install *in = &l->installs[0];
    const char *end = df_cstr(l->b->arena, df_str_from(base, 1));

    for (uint32_t i = 0; i < in->nneeds; i++) {
        df_str path = in->needs[i].path;

        if (df_image_below(dir, path) ||
            (df_str_eq(df_image_dir(path), dir) && df_str_ends(path, end)))
            return true;
    }
    for (df_strings w = in->eco->writes; *w; w++)
        if (df_str_ends(df_str_of(*w), end) ||
            df_image_below(dir,
                           df_image_path(l->b->arena, in->dir, df_str_of(*w))))
            return true;
    return false;
}

static bool may_be_installed(const df_lift *l, df_str path)
{
    const df_install *in = &l->installs[0];

    if (df_image_below(in->dir, path))
        return true;
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_image_overlap(path, in->needs[i].path))
            return true;
    return df_lift_may_write(l, path);
}

/* A file of a name that the install looks for, there or not. */
static bool is_looked_for(const df_ecosystem *eco, df_str path)
{
    const df_strings lists[] = {eco->manifests, eco->also, eco->locks,
                                eco->other_locks, eco->config};
    df_str base = df_path_base(path);

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (df_strings n = lists[i]; *n; n++)
            if (df_str_eq(df_path_base(df_str_of(*n)), base))
                return true;
    return df_str_is(base, ".python-version");
}

/* A file that the COPY brings, or such files of one kind. */
static bool is_of_source(const df_lift *l, const df_copied *moved, df_str dir,
                         const df_sh_word *w)
{
    df_str path = df_image_path(l->b->arena, dir, w->text);
    bool glob = (w->flags & DF_WORD_GLOB) != 0;
    df_origin origin;

    if (!path.ptr || (!w->is_plain && !glob))
        return false;
    if (glob)
        return is_narrow(df_path_base(path)) &&
               df_str_find_char(df_image_dir(path), '*') == SIZE_MAX &&
               df_image_below(df_image_dir(path), moved->dest) &&
               !catches_needs(l, df_image_dir(path), df_path_base(path));
    return df_copy_find(l->b, moved, path, &origin) &&
           !df_str_eq(path, moved->dest) && !may_be_installed(l, path);
}

/* Set-id bits: a chown would take them away. */
static bool is_special(df_str mode)
{
    return df_str_find_char(mode, 's') != SIZE_MAX ||
           df_str_find_char(mode, 't') != SIZE_MAX ||
           (mode.len > 3 && df_is_digit(mode.ptr[0]) && mode.ptr[0] != '0');
}

/* pip leaves nothing in a project, unless an environment is there, or a clone
 * of what is editable. */
static bool leaves_nothing(const df_lift *l)
{
    static const char *const leave[] = {
        "--cache-dir", "--log",    "--prefix", "--report", "--root",
        "--src",       "--target", "--user",   "-t",       NULL};
    static const char *const others[] = {"download", "wheel", NULL};
    const df_install *in = &l->installs[0];
    df_str text;

    if (df_str_in(in->cmd->sub, others) || df_cmd_has_any(in->cmd, leave) ||
        !df_user_is_root(l->run->state->user))
        return false;
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (!df_context_read(l->b->context, in->needs[i].origin.path, &text) ||
            df_str_has(text, "-e ") || df_str_has(text, "--editable"))
            return false;
    return in->eco->reader && df_str_is(df_str_of(in->eco->reader), "pip") &&
           in->cmd->top;
}

/* mkdir DIR…, of others than those below the destination? */
static bool makes_none_below(const df_lift *l, const df_copied *moved,
                             const df_cmd *cmd)
{
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        const df_sh_word *w = df_cmd_word(cmd, it.at);
        df_str path = df_image_path(l->b->arena, cmd->dir, w->value);

        if (!w->is_plain || !path.ptr ||
            (df_image_below(path, moved->dest) &&
             !df_str_eq(path, moved->dest)))
            return false;
    }
    return df_str_is(cmd->tool, "mkdir");
}

/* A command that puts nothing into its directory. */
static bool keeps_out(const df_lift *l, const df_copied *moved,
                      const df_cmd *cmd)
{
    static const char *const tools[] = {
        "addgroup", "adduser", "apk",     "apt", "apt-get",
        "cd",       "chmod",   "chown",   "dnf", "groupadd",
        "pip",      "rm",      "useradd", "yum", NULL};

    return cmd->tool.ptr &&
           (df_str_in(cmd->tool, tools) || makes_none_below(l, moved, cmd)) &&
           !cmd->node->nredirs &&
           df_str_find_char(cmd->node->words[cmd->tool_word].text, '/') ==
               SIZE_MAX;
}

/* Does nothing else put something into the destination, before the install or
 * beside it? */
static bool is_all_of_it(const df_lift *l, const df_copied *moved)
{
    const df_facts *facts = l->b->facts;

    if (!leaves_nothing(l) || !l->run->stage->known ||
        !(df_image_is_own(moved->dest) || df_str_starts(moved->dest, "/srv/")))
        return false;
    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (!l->b->copies[i].known &&
            df_image_overlap(l->b->copies[i].dest, moved->dest))
            return false;
    for (uint32_t i = 0; i < l->run->state->nvars; i++) /* PATH=/app/venv/bin */
        if (df_str_has(l->run->state->vars[i].value,
                       df_cstr(l->b->arena, moved->dest)))
            return false;
    for (uint32_t i = 0; i < facts->nruns; i++) {
        const df_run *run = &facts->runs[i];

        for (uint32_t k = 0;
             run->instr->index <= l->run->instr->index &&
             df_stage_is_on(l->run->stage, run->stage) && k < run->ncmds;
             k++) {
            const df_cmd *cmd = &run->cmds[k];

            if (!run->tree->ok ||
                df_cmd_reach(l->b, moved, cmd) == DF_REACH_INSIDE ||
                (df_image_overlap(cmd->dir, moved->dest) &&
                 !keeps_out(l, moved, cmd)))
                return false;
        }
    }
    return true;
}

/* The directory that the COPY fills, or one that it brings. */
static bool is_directory(const df_lift *l, const df_copied *moved,
                         const df_cmd *cmd, const df_sh_word *w)
{
    df_str path = df_image_path(l->b->arena, cmd->dir, w->value);
    df_origin origin;

    return w->is_plain && path.ptr && df_image_below(path, moved->dest) &&
           df_copy_find(l->b, moved, path, &origin) &&
           origin.kind == DF_FILE_DIR &&
           (!may_be_installed(l, path) || is_all_of_it(l, moved));
}

/* The word for the mode or the owner: behind it stand the paths. */
static uint32_t change_word(const df_sh_node *node)
{
    return node->nwords > 3 && df_str_is(node->words[1].text, "-R") ? 2 : 1;
}

/* `-R MODE DIRECTORY…`, `MODE FILE…`: is all of it of the source? */
static bool changes_source(const df_lift *l, const df_copied *moved,
                           const df_cmd *cmd)
{
    const df_sh_node *node = cmd->node;
    uint32_t change = change_word(node);

    if (node->nwords < 3 || !cmd->top || !cmd->unconditional || node->nredirs ||
        !cmd->dir.ptr || !node->words[change].is_plain ||
        df_str_starts(node->words[change].text, "-"))
        return false;
    for (uint32_t i = change + 1; i < node->nwords; i++)
        if (!is_directory(l, moved, cmd, &node->words[i]) &&
            (change > 1 || !is_of_source(l, moved, cmd->dir, &node->words[i])))
            return false;
    return true;
}

/* chmod [-R] MODE PATH… */
static bool is_chmod(const df_lift *l, const df_copied *moved,
                     const df_cmd *cmd)
{
    return df_str_is(cmd->node->words[0].text, "chmod") &&
           changes_source(l, moved, cmd) &&
           !is_special(cmd->node->words[change_word(cmd->node)].text);
}

/* chown [-R] OWNER PATH…, but not of what the install fills: COPY --chown does
 * that. */
static bool is_chown(const df_lift *l, const df_copied *moved,
                     const df_cmd *cmd)
{
    const df_sh_node *node = cmd->node;

    if (!df_str_is(node->words[0].text, "chown") ||
        !changes_source(l, moved, cmd))
        return false;
    for (uint32_t i = change_word(node) + 1; i < node->nwords; i++) {
        df_str path = df_image_path(l->b->arena, cmd->dir, node->words[i].text);

        if (df_str_eq(path, moved->dest))
            return false;
    }
    return true;
}

/* rm FILE…, there or not in this checkout */
static bool is_removal(const df_lift *l, const df_copied *moved,
                       const df_cmd *cmd)
{
    if (!df_str_is(cmd->node->words[0].text, "rm") || !cmd->top ||
        !cmd->unconditional || cmd->node->nredirs || !cmd->dir.ptr)
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        const df_sh_word *w = df_cmd_word(cmd, it.at);
        df_str path = df_image_path(l->b->arena, cmd->dir, w->value);

        if (!w->is_plain || !path.ptr ||
            !df_copy_would_bring(l->b, moved, path).len ||
            df_str_eq(path, moved->dest) || may_be_installed(l, path))
            return false;
    }
    return true;
}

/* Of a chain at the top, and no pipe; it leaves the shell as it is. */
static bool is_simple(const df_cmd *cmd)
{
    return cmd->top && cmd->unconditional && !cmd->wrapped && cmd->dir.ptr &&
           cmd->pipe->nkids < 2 && df_cmd_leaves_shell(cmd);
}

/* sed -i SCRIPT FILE…, dos2unix FILE… */
static bool is_edit(const df_lift *l, const df_copied *moved, const df_cmd *cmd)
{
    static const char *const others[] = {"-e",           "-f",     "-n",
                                         "--expression", "--file", NULL};
    bool sed = df_str_is(cmd->node->words[0].text, "sed");
    uint32_t n = 0;

    if ((!sed && !df_str_is(cmd->node->words[0].text, "dos2unix")) ||
        (sed && (!df_cmd_has(cmd, "-i") || df_cmd_has_any(cmd, others))) ||
        !is_simple(cmd) || cmd->node->nredirs)
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it); n++)
        if ((!sed || n) &&
            !is_of_source(l, moved, cmd->dir, df_cmd_word(cmd, it.at)))
            return false;
    return n > sed;
}

static bool same_state(const df_lift *l, const df_run *run)
{
    const df_state *a = run->state;
    const df_state *b = l->run->state;

    return a->shell == b->shell &&
           df_same_workdir(l->b->facts, run->instr, l->run->instr);
}

static bool same_user(const df_lift *l, const df_run *run)
{
    const df_state *a = run->state;
    const df_state *b = l->run->state;

    return a->user.ptr && b->user.ptr && df_str_eq(a->user, b->user);
}

/* Another COPY in between might bring the file once more. */
static bool is_last_copy(const df_lift *l, const df_run *run)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (l->b->copies[i].instr->index > run->instr->index)
            return false;
    return true;
}

/* `ls -la`, for the reader of the build's log: below the install it says more.
 */
static bool only_prints(const df_cmd *cmd)
{
    return cmd->known && cmd->known->prints && !cmd->wrapped && cmd->top &&
           cmd->unconditional && !cmd->node->nredirs && cmd->pipe->nkids < 2;
}

bool df_lift_is_beside(const df_lift *l, const df_copied *moved,
                       const df_cmd *cmd)
{
    static const char *const tools[] = {"cp",    "mv", "mkdir",
                                        "touch", "ln", NULL};
    uint32_t i;

    for (i = 1; i < cmd->node->nwords; i++)
        if (df_str_starts(cmd->node->words[i].text, "-t") ||
            df_str_starts(cmd->node->words[i].text, "--t"))
            return false;
    if (!df_str_in(cmd->node->words[0].text, tools) || !is_simple(cmd) ||
        cmd->node->nredirs || !df_cmd_operands(cmd))
        return false;
    for (df_operands it = df_cmd_all_operands(cmd);
         (i = df_operands_next(&it)) != 0;) {
        const df_sh_word *w = &cmd->node->words[i];
        df_str path = w->is_plain
                          ? df_image_path(l->b->arena, cmd->dir, w->value)
                          : (df_str){NULL, 0};

        if (!path.ptr || !df_image_below(path, moved->dest) ||
            is_looked_for(l->installs[0].eco, path) ||
            may_be_installed(l, path))
            return false;
    }
    return true;
}

/* `.yarnrc.yml` of later yarns may have it read for variables. */
static bool reads_dotenv(const df_install *in)
{
    if (df_str_in(DF_STR("*"), in->eco->dotenv_with))
        return true;
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_in(df_path_base(in->needs[i].path), in->eco->dotenv_with))
            return true;
    return false;
}

/* Settings of the program, which mostly are none of the install's. */
static bool is_dotenv(const df_lift *l, const df_copied *moved, df_str dir,
                      const df_sh_word *w)
{
    const df_install *in = &l->installs[0];
    df_str path = w->is_plain ? df_image_path(l->b->arena, dir, w->value)
                              : (df_str){NULL, 0};

    return path.ptr && df_image_below(path, moved->dest) &&
           df_str_starts(df_path_base(path), ".env") && !reads_dotenv(in) &&
           !is_looked_for(in->eco, path) && !may_be_installed(l, path);
}

static bool has_glob(const df_cmd *cmd)
{
    for (uint32_t i = 0; i < cmd->node->nwords; i++)
        if (cmd->node->words[i].flags & DF_WORD_GLOB)
            return true;
    return false;
}

/* echo TEXT >.env */
static bool is_writing(const df_lift *l, const df_copied *moved,
                       const df_cmd *cmd)
{
    static const char *const tools[] = {"echo", "printf", NULL};
    const df_sh_redir *out = cmd->node->redirs;

    return df_str_in(cmd->node->words[0].text, tools) && is_simple(cmd) &&
           !has_glob(cmd) && cmd->node->nredirs == 1 &&
           (out->op == DF_OP_OUT || out->op == DF_OP_APPEND) && out->fd < 0 &&
           is_dotenv(l, moved, cmd->dir, &out->target);
}

/* cp FILE .env */
static bool is_copying(const df_lift *l, const df_copied *moved,
                       const df_cmd *cmd)
{
    const df_sh_word *words = cmd->node->words;

    return cmd->node->nwords == 3 && df_str_is(words[0].text, "cp") &&
           is_simple(cmd) && !cmd->node->nredirs &&
           is_of_source(l, moved, cmd->dir, &words[1]) &&
           is_dotenv(l, moved, cmd->dir, &words[2]);
}

static bool is_about_source(const df_lift *l, const df_copied *moved,
                            const df_cmd *cmd)
{
    return is_chmod(l, moved, cmd) || is_chown(l, moved, cmd) ||
           is_removal(l, moved, cmd) || is_edit(l, moved, cmd) ||
           is_writing(l, moved, cmd) || is_copying(l, moved, cmd);
}

/* What else speaks of such a file may need it, or write it as well. */
static bool is_dotenv_of_others(const df_lift *l, const df_copied *moved,
                                const df_run *run)
{
    const df_facts *facts = l->b->facts;

    if (!df_str_has(run->tree->text.str, ".env"))
        return false;
    for (uint32_t i = 0; i < facts->nruns; i++) {
        const df_instr *instr = facts->runs[i].instr;

        if (instr->index > moved->instr->index &&
            instr->index <= l->run->instr->index &&
            instr->index != run->instr->index &&
            df_str_has(instr->text.str, ".env"))
            return true;
    }
    return false;
}

/* A variable that may be another one by the time of the install. */
static bool crosses_variables(const df_lift *l, const df_run *run)
{
    const df_doc *doc = l->b->facts->doc;

    if (df_str_find_char(run->tree->text.str, '$') == SIZE_MAX)
        return false;
    for (uint32_t i = run->instr->index; i < l->run->instr->index; i++)
        if (doc->instrs[i]->kind == DF_I_ENV ||
            doc->instrs[i]->kind == DF_I_ARG)
            return true;
    return false;
}

bool df_lift_stays_below(const df_lift *l, const df_cmd *cmd)
{
    for (uint32_t i = 0; i < l->run->ncmds; i++)
        if (&l->run->cmds[i] != cmd && df_str_has(cmd->node->text, ".env") &&
            df_str_has(l->run->cmds[i].node->text, ".env"))
            return false;
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (l->moved[i]->known && is_about_source(l, l->moved[i], cmd))
            return true;
    return only_prints(cmd);
}

bool df_lift_goes_along(const df_lift *l, const df_copied *moved,
                        const df_run *run)
{
    if (!df_install_is(l->installs[0].cmd, "move") || df_lift_is_twice(l) ||
        l->ninstalls > 1 || !run->tree->ok || run->instr->nflags ||
        !df_node_is_plain(run->tree->root) || !same_state(l, run) ||
        !is_last_copy(l, run) || is_dotenv_of_others(l, moved, run) ||
        crosses_variables(l, run))
        return false;
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (!only_prints(&run->cmds[i]) &&
            !(same_user(l, run) && is_about_source(l, moved, &run->cmds[i])))
            return false;
    return run->ncmds > 0;
}

bool df_lift_chowns_along(const df_lift *l)
{
    for (uint32_t i = 0; i < l->nalong; i++)
        for (uint32_t k = 0; k < l->along[i]->ncmds; k++)
            if (df_str_is(l->along[i]->cmds[k].tool, "chown"))
                return true;
    return false;
}

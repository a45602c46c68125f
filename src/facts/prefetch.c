/*
 * Downloading what a build needs before the source is copied: the plan. See
 * df_prefetch_plan in dfopt/lift.h.
 */
#include "facts/lift.h"

#include <dfopt/effect.h>
#include <dfopt/reach.h>
#include <dfopt/use.h>

#include "kb/kb.h"

static bool starts_with_any(df_str word, df_strings starts)
{
    for (; *starts; starts++)
        if (df_str_starts(word, *starts))
            return true;
    return false;
}

/* The options of the install that matter to the download: " -B -Pprod". */
static df_str kept_options(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    const df_sh_node *node = in->cmd->node;
    df_str text = DF_STR("");

    for (uint32_t i = in->cmd->tool_word + 1; i < node->nwords; i++) {
        df_str word = node->words[i].text;

        if (!starts_with_any(word, in->eco->prefetch_keeps) ||
            starts_with_any(word, in->eco->prefetch_drops))
            continue;
        text = df_fmt(l->b->arena, "%.*s %.*s", DF_STR_ARG(text),
                      DF_STR_ARG(word));
        if (!df_str_in(word, in->cmd->known->value_options) ||
            i + 1 == node->nwords)
            continue;
        i++;
        text = df_fmt(l->b->arena, "%.*s %.*s", DF_STR_ARG(text),
                      DF_STR_ARG(node->words[i].text));
    }
    return text;
}

static df_str kept_operands(const df_lift *l)
{
    const df_cmd *cmd = l->installs[0].cmd;
    df_str text = DF_STR("");
    df_operands it = df_cmd_all_operands(cmd);

    while (l->installs[0].eco->prefetch_operands && df_operands_next(&it)) {
        df_str word = cmd->node->words[it.at].text;

        if (!starts_with_any(word, l->installs[0].eco->prefetch_drops))
            text = df_fmt(l->b->arena, "%.*s %.*s", DF_STR_ARG(text),
                          DF_STR_ARG(word));
    }
    return text;
}

/* Does a manifest speak of more than a full download would find? */
static bool finds_less(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    df_arena *a = l->b->arena;
    df_str groups[DF_REGEX_GROUPS];
    const df_regex *re = df_kb_regex(in->cmd->run->kb, a, in->eco->less_if);
    df_str text;

    for (uint32_t i = 0; re && i < in->nneeds; i++)
        if (in->needs[i].main &&
            df_context_read(l->b->context, in->needs[i].origin.path, &text) &&
            df_regex_match(re, a, text, groups))
            return true;
    return false;
}

/* The program is the one that the install calls: ./mvnw, too. */
df_str df_prefetch_command(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    df_str program = in->cmd->node->words[in->cmd->tool_word].text;
    df_str rest =
        df_str_of(finds_less(l) ? in->eco->prefetch_less : in->eco->prefetch);
    df_str name;

    df_str_cut(&rest, ' ', &name);
    if (in->eco->prefetch_operands) /* `dotnet restore web -r linux-x64` */
        return df_fmt(l->b->arena, "%.*s %.*s%.*s%.*s", DF_STR_ARG(program),
                      DF_STR_ARG(rest), DF_STR_ARG(kept_operands(l)),
                      DF_STR_ARG(kept_options(l)));
    return df_fmt(l->b->arena, "%.*s%.*s %.*s", DF_STR_ARG(program),
                  DF_STR_ARG(kept_options(l)), DF_STR_ARG(rest));
}

/* An option that a download may have to know as well, and would not get; empty:
 * none. */
static df_str lost_option(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    const df_sh_node *node = in->cmd->node;

    for (uint32_t i = in->cmd->tool_word + 1;
         in->eco->prefetch_strict && i < node->nwords; i++) {
        df_str word = node->words[i].text;

        if (df_str_starts(word, "-") &&
            !starts_with_any(word, in->eco->prefetch_keeps) &&
            !starts_with_any(word, in->eco->prefetch_drops))
            return word;
    }
    return DF_STR("");
}

/* A variable that the tool itself may ask for. */
static bool is_known_setting(const df_lift *l, df_str name)
{
    return df_ecosystem_has_env(l->installs[0].eco, name) ||
           df_str_ends(name, "PROXY") || df_str_ends(name, "proxy") ||
           df_str_is(name, "HOME") || df_str_is(name, "PATH");
}

/* One that a download may depend on: manifests that are programs, or name
 * variables as those of Maven and .NET do, ask for any. */
static bool is_setting(const df_lift *l, df_str name)
{
    return !l->installs[0].eco->env_is_all || is_known_setting(l, name);
}

/* `COPY .netrc /root/`, `COPY settings.xml /usr/share/maven/conf/`: whatever
 * lands beside the project. */
static bool brings_settings(const df_lift *l, const df_instr *instr)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++) {
        const df_copied *copy = &l->b->copies[i];

        if (copy->instr == instr && !df_lift_moves(l, copy))
            return !copy->dest.ptr ||
                   !df_image_below(copy->dest, l->installs[0].dir);
    }
    return false;
}

static bool matters_to_download(const df_lift *l, const df_instr *instr)
{
    if (instr->kind == DF_I_RUN || instr->kind == DF_I_USER ||
        instr->kind == DF_I_SHELL || brings_settings(l, instr))
        return true;
    /* `mvn -P$PROFILE`: as it is set by then. */
    if (instr->npairs &&
        df_str_find_char(df_prefetch_command(l), '$') != SIZE_MAX)
        return true;
    for (uint32_t i = 0; i < instr->npairs; i++)
        if (is_setting(l, instr->pairs[i].key.str))
            return true;
    return false;
}

/* `V="$(git describe)"`, `date`: whatever they say, a download does not ask. */
static bool is_idle(const df_lift *l, const df_cmd *cmd)
{
    df_strings idle = l->installs[0].eco->idle;
    const df_sh_node *node = cmd->node;

    /* `mvn -Drevision=$V`: it asks for all of them. */
    if (df_str_find_char(df_prefetch_command(l), '$') != SIZE_MAX)
        return false;
    for (uint32_t i = 1; i < node->nwords && df_str_is(cmd->tool, "set"); i++)
        if (df_str_find_char(node->words[i].text, 'a') != SIZE_MAX)
            return false; /* set -a exports what is set */
    if (df_str_is(cmd->tool, "mkdir") && !df_cmd_has(cmd, "-p"))
        return false; /* the download may have made it */
    return cmd->tool.ptr && !cmd->wrapped && !node->nredirs &&
           (df_str_in(cmd->tool, idle) || df_cmd_in(cmd, idle));
}

/* `RUN go mod tidy` between COPY and build. */
static bool is_idle_run(const df_lift *l, const df_run *run)
{
    if (!run || !run->tree->ok || run->instr->nflags ||
        !df_node_is_plain(run->tree->root))
        return false;
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (!df_cmd_is_cd(&run->cmds[i]) && !is_idle(l, &run->cmds[i]))
            return false;
    return run->ncmds > 0;
}

static bool is_quiet_between(const df_lift *l)
{
    const df_facts *facts = l->b->facts;

    for (uint32_t k = l->moved[0]->instr->index + 1; k < l->run->instr->index;
         k++)
        if (matters_to_download(l, facts->doc->instrs[k]) &&
            !is_idle_run(l, facts->run_of[k]))
            return false;
    return true;
}

/* The download would have to go to its directory first. */
static bool has_workdir_between(const df_lift *l)
{
    return !df_same_workdir(l->b->facts, l->moved[0]->instr, l->run->instr);
}

static bool uses_module(const df_lift *l, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    df_install in;

    return eco && df_str_is(cmd->tool, l->installs[0].eco->tool) &&
           (!df_install_is(cmd, "prefetch") ||
            df_install_read(df_brought_before(l->b->arena, l->b->facts,
                                              l->b->context, cmd->run->instr),
                            cmd, &in));
}

/* FROM base, where the tool has worked already: on what, is not known. */
static bool called_in_base(const df_lift *l)
{
    for (const df_stage *s = l->run->stage->base; s; s = s->base)
        for (const df_cmd *cmd = NULL;
             (cmd = df_stage_next_cmd(s, cmd)) != NULL;)
            if (df_str_eq(cmd->tool, l->installs[0].cmd->tool) &&
                !is_idle(l, cmd))
                return true;
    return false;
}

/* `swift package resolve`: what a plan would put first stands there already. */
static bool is_download(const df_lift *l, const df_cmd *cmd)
{
    df_str rest = df_str_of(l->installs[0].eco->prefetch);
    char room[64];
    df_str word;

    if (!df_str_eq(cmd->tool, l->installs[0].cmd->tool) ||
        !df_str_eq(cmd->dir, l->installs[0].cmd->dir))
        return false;
    df_str_cut(&rest, ' ', &word);
    if (df_str_eq(rest, df_cmd_both(cmd, room, sizeof room)))
        return true;
    df_str_cut(&rest, ' ', &word);
    return df_str_eq(word, cmd->sub) && (!rest.len || rest.ptr[0] == '-');
}

/* `go mod download` or another use of the module, earlier in the stage. */
static bool downloaded_before(const df_lift *l)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_cmd_above(l->run->cmds, cmd)) != NULL;)
        if (uses_module(l, cmd) || is_download(l, cmd))
            return true;
    return called_in_base(l);
}

/* `COPY --from=modules /go/pkg /go/pkg`: another stage has downloaded. */
static bool brings_download(const df_lift *l)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++) {
        const df_copied *copy = &l->b->copies[i];

        if (copy->known || !copy->dest.ptr)
            continue;
        for (df_strings f = l->installs[0].eco->fetched; *f; f++)
            if (df_image_overlap(copy->dest, df_str_of(*f)))
                return true;
    }
    return false;
}

/* The tool has run in the stage, or in one that it is built on: where manifests
 * stand in a COPY of their own, that was most likely a download. */
static bool was_called_before(const df_lift *l)
{
    const df_facts *facts = l->b->facts;

    for (uint32_t i = 0; i < facts->nruns; i++) {
        const df_run *run = &facts->runs[i];

        if (run->instr->index >= l->run->instr->index)
            return false;
        for (uint32_t k = 0; k < run->ncmds; k++)
            if (df_stage_is_on(l->run->stage, run->stage) &&
                df_str_eq(run->cmds[k].tool, l->installs[0].cmd->tool) &&
                !is_idle(l, &run->cmds[k]))
                return true;
    }
    return false;
}

/* A cache mount keeps what was downloaded; a bind mount shows who knows what.
 */
static bool has_cache(const df_run *run)
{
    for (uint32_t i = 0; i < run->instr->nflags; i++)
        if (df_str_has(run->instr->flags[i].value, "type=cache"))
            return true;
    return !df_run_mounts_plain(run);
}

typedef struct {
    const df_lift *l;
    bool found;
} settings;

/* GO111MODULE=on says what is so without it. */
static bool is_assumed(const df_lift *l, const df_sh_assign *assign)
{
    df_str text = df_fmt(l->b->arena, "%.*s=%.*s", DF_STR_ARG(assign->name),
                         DF_STR_ARG(assign->value.text));

    return df_str_in(text, l->installs[0].eco->assumed);
}

/* What the shell does not export stays its own: GIT_VERSION, but not PATH. */
static bool reaches_download(const df_lift *l, df_str name)
{
    if (!l->installs[0].eco->env_is_all && df_var_get(l->run->state, name))
        return true;
    return df_str_starts(name, "GO") ||
           (is_known_setting(l, name) && !df_str_starts(name, "GIT_"));
}

/* `PATH=$PATH:/go/bin && go build`: a node without a command. */
static bool sets_something(const df_sh_node *node, void *ctx)
{
    settings *s = ctx;
    bool computed =
        df_str_find_char(df_prefetch_command(s->l), '$') != SIZE_MAX;

    if (node->kind != DF_SH_SIMPLE || node->nwords)
        return true;
    for (uint32_t i = 0; i < node->nassigns; i++)
        s->found |= computed || reaches_download(s->l, node->assigns[i].name);
    return true;
}

/* `apk add git && GOPRIVATE=x go build`: the download would miss that. */
static bool is_prepared(const df_lift *l)
{
    const df_cmd *cmd = l->installs[0].cmd;
    settings set = {l, false};

    df_sh_walk(l->run->tree->root, sets_something, &set);
    if (set.found)
        return true;

    for (uint32_t i = 0; &l->run->cmds[i] != cmd; i++)
        if (!df_cmd_is_cd(&l->run->cmds[i]) && !is_idle(l, &l->run->cmds[i]) &&
            !df_span_holds(cmd->node->span, l->run->cmds[i].node->span))
            return true;
    for (uint32_t i = 0; i < cmd->node->nassigns; i++)
        if (is_setting(l, cmd->node->assigns[i].name) &&
            !is_assumed(l, &cmd->node->assigns[i]))
            return true;
    return cmd->wrapped;
}

/* Does the RUN fail with the install, and has it a network? A download in front
 * may not fail where the author let it. */
static bool must_succeed(const df_lift *l)
{
    const df_cmd *cmd = l->installs[0].cmd;
    const df_sh_node *root = l->run->tree->root;

    if (!cmd->unconditional || !cmd->top || cmd->pipe->negated ||
        cmd->pipe->nkids > 1 || df_instr_flag(l->run->instr, "network"))
        return false;
    for (uint32_t i = 1; i < cmd->andor->nkids; i++)
        if (cmd->andor->kids[i]->op != DF_OP_AND)
            return false;
    for (uint32_t i = 0; i < l->run->ncmds; i++)
        if (df_str_is(l->run->cmds[i].tool, "set") &&
            df_str_find_char(l->run->cmds[i].node->text, '+') != SIZE_MAX)
            return false;
    return cmd->andor == root->kids[root->nkids - 1] ||
           l->run->state->shell_errexit ||
           (df_run_effects(l->run).flags & DF_FX_ERREXIT);
}

/* Is what the download reads, and does not bring along, there by then? */
static bool is_there_early(const df_lift *l)
{
    const df_install *in = &l->installs[0];

    for (uint32_t i = 0; i < in->nneeds; i++) {
        const df_copied *copy = in->needs[i].origin.copy;

        if (!df_lift_moves(l, copy) &&
            copy->instr->index > l->moved[0]->instr->index)
            return false;
    }
    return true;
}

/* Can the COPYs move down to the RUN? Their directory must not be made there.
 */
static bool moves_down(const df_lift *l)
{
    df_lift trial = *l;

    return df_passage_check(&trial) && !trial.early && !trial.nalong;
}

/* Is the directory of the download there by then? */
static bool is_entered(const df_lift *l)
{
    const df_install *in = &l->installs[0];

    if (df_str_eq(in->cmd->dir, in->dir) ||
        df_str_eq(in->cmd->dir, l->run->state->workdir))
        return true;
    for (uint32_t i = 0; i < l->ncarry; i++)
        if (df_image_below(l->carry[i].path, in->cmd->dir))
            return true;
    return false;
}

static void say_between(df_lift *l, const char *where)
{
    df_lift_decline(l, l->run->instr->keyword,
                    "what stands %s %.*s may matter to %.*s, so nothing "
                    "is downloaded first",
                    where, DF_STR_ARG(df_lift_name(l)),
                    DF_STR_ARG(df_prefetch_command(l)));
}

bool df_prefetch_plan(df_arena *a, const df_facts *facts, df_context *context,
                      const df_run *run, df_lift *out)
{
    bool quiet, smell;
    df_str lost;

    *out = (df_lift){0};
    if (!df_lift_begin(out, a, facts, context, run, "prefetch"))
        return out->why.len > 0;
    if (has_cache(run) || !must_succeed(out) || downloaded_before(out) ||
        brings_download(out))
        return false;
    out->why = DF_STR("");
    if (out->exec) {
        df_lift_decline(out, run->instr->keyword,
                        "a RUN in exec form is not followed, so nothing is "
                        "downloaded before it");
        return df_lift_is_smell(out);
    }
    lost = lost_option(out);
    if (lost.len) {
        df_lift_decline(out, run->instr->keyword,
                        "what `%.*s` means to %.*s is not known, so nothing is "
                        "downloaded first",
                        DF_STR_ARG(lost), DF_STR_ARG(df_prefetch_command(out)));
        return df_lift_is_smell(out);
    }
    if (is_prepared(out)) {
        say_between(out, "in the RUN before");
        return df_lift_is_smell(out);
    }
    if (df_str_has(df_prefetch_command(out), "$(") ||
        df_str_has(df_prefetch_command(out), "`"))
        return false;
    quiet = is_quiet_between(out) && is_there_early(out);
    out->early = quiet && !(has_workdir_between(out) && moves_down(out));
    if (out->installs[0].why.len)
        df_lift_decline(out, run->instr->keyword, "%.*s",
                        DF_STR_ARG(out->installs[0].why));
    else if (df_lift_check_named(out) && !out->early && !moves_down(out))
        say_between(out, "between COPY and");
    df_lift_carry(out);
    smell = df_lift_is_smell(out);
    if (!out->ncarry) /* `COPY pom.xml ./` above, and only a build below it */
        return !was_called_before(out);
    return smell && is_entered(out);
}

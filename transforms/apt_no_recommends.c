/*
 * Install packages of Debian without what they only recommend
 *
 * `apt-get install` also brings every package that another one *recommends*:
 * a compiler for python3-pip, a mail server for cron, manuals and fonts.
 * `--no-install-recommends` leaves them out, often hundreds of megabytes.
 *
 * What hardly any use of a package does without is named then: ca-certificates
 * beside curl, wget and git, libc6-dev beside gcc. Where that would be too
 * much to name, as with python3-pip, the install is left alone, and a note
 * says why. So it is where the author has chosen: by an option, or by
 * APT::Install-Recommends in a configuration.
 *
 * Only in stages that are shipped: elsewhere the packages cost nothing in the
 * image.
 *
 * Unsafe: the image may rely on a recommended package without naming it.
 */
#include <dfopt/smaller.h>
#include <dfopt/transform.h>
#include <dfopt/use.h>

typedef struct {
    df_pass_ctx *cx;
    const df_facts *facts;
    const df_cmd *cmd;
    const df_recommend *row;
    uint32_t *chosen; /* by stage: the first instruction with the setting */
    uint32_t *named;  /* by entry and stage: the first RUN that has a package of
                         it; 0: not yet asked */
} job;

#define MAX_ENTRIES 64u /* of adds and wants together */
#define NOWHERE     UINT32_MAX

/* "PACKAGE: OTHER ALTERNATIVE…" about this package; what is behind the colon,
 * empty if it is about another one. */
static df_str entry_for(const char *entry, df_str package)
{
    df_str rest;
    df_str name;

    if (package.len && *entry != *package.ptr && *entry != '*')
        return DF_STR("");
    rest = df_str_of(entry);
    df_str_cut(&rest, ':', &name);
    if (df_str_ends(name, "*"))
        package = df_str_slice(package, 0, --name.len);
    return df_str_eq(name, package) ? df_str_trim(rest) : DF_STR("");
}

/* Of `gcc=4:12`, `gcc/stable` and `gcc:amd64` it is gcc. */
static df_str package_name(df_str word)
{
    size_t i = 0;

    while (i < word.len && word.ptr[i] != '=' && word.ptr[i] != '/' &&
           word.ptr[i] != ':')
        i++;
    return df_str_slice(word, 0, i);
}

/* Does the command install one of the packages of a list? */
static bool names_one(const df_cmd *cmd, df_str list)
{
    df_str name;
    uint32_t i;

    while (list.len) {
        df_str_cut(&list, ' ', &name);
        for (df_operands it = df_cmd_all_operands(cmd);
             (i = df_operands_next(&it)) != 0;)
            if (df_str_eq(package_name(df_cmd_word(cmd, i)->text), name))
                return true;
    }
    return false;
}

/* The first RUN of the stage that installs one. */
static uint32_t first_here(const job *j, const df_stage *stage, df_str list)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(stage, cmd)) != NULL;)
        if (cmd->tool.ptr &&
            df_kb_recommend(j->facts->kb, cmd->tool, cmd->sub) &&
            names_one(cmd, list))
            return cmd->run->instr->index;
    return NOWHERE;
}

/* The same with the stages that it is built on; `known`: answers by stage. */
static uint32_t first_named(const job *j, const df_stage *stage,
                            const uint32_t *known, df_str list)
{
    uint32_t first = first_here(j, stage, list);

    while ((stage = stage->base) != NULL) {
        uint32_t above = known[stage->index];
        bool is_known = above != 0;

        if (!is_known)
            above = first_here(j, stage, list);
        if (above != NOWHERE)
            first = above;
        if (is_known)
            break;
    }
    return first;
}

/* Is one of them installed here, above, or part of a full image? */
static bool is_there(const job *j, uint32_t entry, df_str list)
{
    const df_stage *stage = j->cmd->run->stage;
    df_smaller slim;
    uint32_t *known = &j->named[(entry % MAX_ENTRIES) * j->facts->nstages];
    uint32_t *first = &known[stage->index];

    if (!*first)
        *first = first_named(j, stage, known, list);
    if (*first <= j->cmd->run->instr->index)
        return true;
    while (stage->base)
        stage = stage->base;
    return df_smaller_find(&slim, df_cx_arena(j->cx), j->facts, stage,
                           "slim") &&
           df_smaller_drops(&slim, DF_STR("curl"));
}

/* Where each stage first mentions the setting, in a file that it writes. */
static uint32_t *find_chosen(df_arena *a, const df_facts *facts,
                             const df_recommend *row)
{
    uint32_t *chosen = df_new_array(a, uint32_t, facts->nstages + 1);

    for (uint32_t i = 0; i < facts->nstages; i++)
        chosen[i] = NOWHERE;
    for (uint32_t i = facts->doc->ninstrs; i-- > 0;) {
        const df_instr *instr = facts->doc->instrs[i];

        if (facts->stage_of[instr->index] &&
            df_str_has(df_source(facts->doc, instr->lines), row->setting))
            chosen[facts->stage_of[instr->index]->index] = instr->index;
    }
    return chosen;
}

/* `apt-get -- install x`: an option behind it would be a package. */
static bool ends_options_first(const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->sub_word; i++)
        if (df_str_is(cmd->node->words[i].text, "--"))
            return true;
    return false;
}

/* Has the author chosen, by an option or in a file? */
static bool has_chosen(const job *j)
{
    if (df_cmd_has_any(j->cmd, j->row->said) || ends_options_first(j->cmd))
        return true;
    for (const df_stage *s = j->cmd->run->stage; s; s = s->base)
        if (j->chosen[s->index] <= j->cmd->run->instr->index)
            return true;
    return false;
}

/* The first package that may need too much to name it; NULL: none. */
static const df_sh_word *find_wanting(const job *j, df_str *needs)
{
    uint32_t i;

    for (df_operands it = df_cmd_all_operands(j->cmd);
         (i = df_operands_next(&it)) != 0;) {
        const df_sh_word *word = df_cmd_word(j->cmd, i);
        df_str package = package_name(word->text);

        for (uint32_t w = 0; j->row->wants[w]; w++) {
            df_str list = entry_for(j->row->wants[w], package);

            if (list.len && !is_there(j, MAX_ENTRIES / 2 + w, list)) {
                df_str_cut(&list, ' ', needs);
                return word;
            }
        }
    }
    return NULL;
}

/* In front of the package that needs it, spaced as that one is. */
static void add_package(const job *j, df_finding *f, uint32_t i, df_str name)
{
    const df_doc *doc = j->facts->doc;
    uint32_t at = df_cmd_word(j->cmd, i)->span.off;
    df_span gap =
        df_span_between(df_span_end(df_cmd_word(j->cmd, i - 1)->span), at);
    df_str space =
        df_holds_comment(doc, gap) ? DF_STR(" ") : df_source(doc, gap);

    df_insert(f, at,
              df_fmt(df_cx_arena(j->cx), "%.*s%.*s", DF_STR_ARG(name),
                     DF_STR_ARG(space)));
}

/* "ca-certificates, libc6-dev": what was added. */
static df_str add_packages(const job *j, df_finding *f)
{
    df_arena *mem = df_cx_arena(j->cx);
    df_str added = DF_STR("");
    uint32_t i;

    for (df_operands it = df_cmd_all_operands(j->cmd);
         (i = df_operands_next(&it)) != 0;) {
        df_str package = package_name(df_cmd_word(j->cmd, i)->text);

        for (uint32_t a = 0; j->row->adds[a]; a++) {
            df_str list = entry_for(j->row->adds[a], package);
            df_str name;

            if (!list.len || is_there(j, a, list))
                continue;
            df_str_cut(&list, ' ', &name);
            if (df_str_has(added, df_cstr(mem, name)))
                continue;
            add_package(j, f, i, name);
            added = df_fmt(mem, "%.*s%s%.*s", DF_STR_ARG(added),
                           added.len ? ", " : "", DF_STR_ARG(name));
        }
    }
    return added;
}

/* Behind `install -y -qq`; what follows `--` is no option. */
static uint32_t place(const job *j)
{
    uint32_t i = j->cmd->sub_word;
    const df_sh_word *next;

    while ((next = df_cmd_word(j->cmd, i + 1)) != NULL && next->is_plain &&
           df_str_starts(next->value, "-") && !df_str_is(next->value, "--") &&
           !df_str_in(next->value, j->cmd->known->value_options))
        i++;
    return i;
}

static void propose(const job *j)
{
    const df_sh_word *sub = df_cmd_word(j->cmd, j->cmd->sub_word);
    df_finding *f = df_change(
        j->cx, sub->span, "%s leaves out what these packages only recommend",
        j->row->flag);
    df_str added;

    df_insert(f, df_span_end(df_cmd_word(j->cmd, place(j))->span),
              df_fmt(df_cx_arena(j->cx), " %s", j->row->flag));
    added = add_packages(j, f);
    df_condition(f,
                 "nothing relies on a package that these only "
                 "recommend%s%.*s",
                 added.len ? " but " : "", DF_STR_ARG(added));
}

static void do_command(const job *j)
{
    const df_sh_word *word;
    df_str needs;

    if (!j->cmd->sub_word || !j->cmd->known || j->cmd->script || has_chosen(j))
        return;
    word = find_wanting(j, &needs);
    if (word)
        df_decline(j->cx, word->span,
                   "%.*s may need %.*s, which is only recommended: name it, "
                   "and --no-install-recommends can leave out the rest",
                   DF_STR_ARG(package_name(word->text)), DF_STR_ARG(needs));
    else
        propose(j);
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    df_arena *a = df_cx_arena(cx);
    job j = {.cx = cx, .facts = facts};

    for (uint32_t i = 0; i < facts->nruns; i++) {
        const df_run *run = &facts->runs[i];

        if (!run->tree->ok || !run->stage->shipped || run->onbuild)
            continue;
        for (uint32_t k = 0; k < run->ncmds; k++) {
            j.cmd = &run->cmds[k];
            j.row = j.cmd->tool.ptr
                        ? df_kb_recommend(facts->kb, j.cmd->tool, j.cmd->sub)
                        : NULL;
            if (!j.row)
                continue;
            if (!j.chosen) {
                j.chosen = find_chosen(a, facts, j.row);
                j.named =
                    df_new_array(a, uint32_t, MAX_ENTRIES * facts->nstages);
            }
            do_command(&j);
        }
    }
}

DF_PASS(apt_no_recommends) = {
    .name = "apt-no-recommends",
    .summary = "install packages of Debian without what they only recommend",
    .since = "0.1",
    .phase = DF_PHASE_COMMANDS,
    .safety = DF_UNSAFE,
    .run = run,
};

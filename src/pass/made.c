/* Finished programs: see dfopt/made.h. */
#include "pass/made.h"
#include "pass/kept.h"

#include <dfopt/copy.h>
#include <dfopt/ties.h>
#include <dfopt/use.h>

#include <string.h>

#include "kb/kb.h"

void df_made_say(df_made *m, df_span at, df_str why, df_str mend)
{
    if (m->why.len)
        return;
    m->at = at;
    m->why = why;
    m->mend = mend;
}

#define SAY(m, at, ...)                                                        \
    df_made_say(m, at, df_fmt((m)->arena, __VA_ARGS__), DF_STR(""))
#define ASK(m, at, ...)                                                        \
    df_made_say(m, at, df_fmt((m)->arena, __VA_ARGS__), df_made_artifact(m))

static df_span start_of(const df_made *m)
{
    return m->program->instr ? m->program->instr->keyword
                             : m->stage->from->keyword;
}

df_str df_made_artifact(const df_made *m)
{
    return df_fmt(
        m->arena, "# dfopt: artifact=%.*s",
        DF_STR_ARG(m->npaths ? m->paths[0] : DF_STR("/path/of/the/program")));
}

/* --- which step --- */

static bool has_word(const df_cmd *cmd, df_strings words)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        for (df_strings w = words; *w; w++) {
            df_str word = cmd->node->words[i].text;

            if (df_str_is(word, *w) ||
                (df_str_starts(word, ":") && df_str_ends(word, *w)))
                return true;
        }
    return !*words;
}

static const df_maker_row *row_of(const df_made *m, const df_cmd *cmd)
{
    const df_maker_row *row =
        cmd->tool.ptr ? df_kb_maker(m->facts->kb, cmd->tool, cmd->sub) : NULL;

    return row && cmd->unconditional && !cmd->script &&
                   has_word(cmd, row->words)
               ? row
               : NULL;
}

static const df_cmd *find_step(df_made *m)
{
    static const char *const clean[] = {"clean", "distclean", NULL};
    const df_cmd *found = NULL;

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(m->stage, cmd)) != NULL;) {
        const df_maker_row *row = row_of(m, cmd);

        if (!row || (!*row->words && has_word(cmd, clean)))
            continue;
        m->row = row;
        found = cmd;
    }
    return found;
}

/* --- which file --- */

/* `java -jar PATH`, `dotnet PATH`, or the program itself; ptr NULL: unknown. */
static df_str started(const df_made *m)
{
    const df_cmd *cmd = m->program->cmd;
    df_str dir = df_stage_workdir(m->arena, m->facts, m->stage);
    df_str name = {NULL, 0};
    uint32_t i;

    if (!cmd || !cmd->tool.ptr)
        return name;
    if (!m->row->starter) {
        name = df_program_name(m->program);
        if (!name.ptr || df_str_find_char(name, '/') != SIZE_MAX)
            return name.ptr ? df_image_path(m->arena, dir, name) : name;
        return m->row->bin
                   ? df_fmt(m->arena, "%s/%.*s", m->row->bin, DF_STR_ARG(name))
                   : (df_str){NULL, 0};
    }
    if (!df_str_is(cmd->tool, m->row->starter))
        return name;
    if (df_str_is(cmd->tool, "java")) {
        for (i = cmd->tool_word + 1; i + 1 < cmd->node->nwords; i++)
            if (df_str_is(cmd->node->words[i].is_plain
                              ? cmd->node->words[i].value
                              : cmd->node->words[i].text,
                          "-jar") &&
                cmd->node->words[i + 1].is_plain)
                name = cmd->node->words[i + 1].value;
    } else {
        i = cmd->tool_word + 1;
        if (i < cmd->node->nwords && cmd->node->words[i].is_plain)
            name = cmd->node->words[i].value;
    }
    return name.ptr ? df_image_path(m->arena, dir, name) : name;
}

/* `mv target/tide.jar app.jar`: another command puts it there. */
static bool is_put_there(const df_made *m, df_str path)
{
    static const char *const tools[] = {"cp", "install", "mv", NULL};

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(m->stage, cmd)) != NULL;) {
        uint32_t last = df_cmd_last_operand(cmd);
        df_str to;

        if (!cmd->tool.ptr || !df_str_in(cmd->tool, tools) || !last ||
            !cmd->unconditional || !df_cmd_word(cmd, last)->is_plain)
            continue;
        to = df_image_path(m->arena, cmd->dir, df_cmd_word(cmd, last)->value);
        if (to.ptr &&
            (df_str_eq(to, path) || df_str_eq(to, df_image_dir(path))))
            return true;
    }
    return false;
}

/* The directory of the project that is built: cargo install --path server */
static df_str project_of(const df_made *m, const df_cmd *step)
{
    df_str path;

    return df_cmd_value(step, "--path", &path)
               ? df_image_path(m->arena, step->dir, path)
               : step->dir;
}

/* Does its manifest say `name = "tide"`, of itself or of a program? */
static bool is_named(const df_made *m, const df_cmd *step, df_str name)
{
    df_str dir = project_of(m, step);
    df_str path =
        dir.ptr
            ? df_copied_from(m->arena, m->facts, m->context, m->stage,
                             df_image_path(m->arena, dir, DF_STR("Cargo.toml")))
            : dir;
    df_str text;

    return path.ptr && df_context_read(m->context, path, &text) &&
           df_str_has(text,
                      df_cstr(m->arena, df_fmt(m->arena, "name = \"%.*s\"",
                                               DF_STR_ARG(name))));
}

static bool is_made(const df_made *m, const df_cmd *step, df_str path)
{
    if (m->row->bin)
        return df_str_eq(df_image_dir(path), df_str_of(m->row->bin)) &&
               !df_cmd_has(step, "--root") && !df_cmd_has(step, "--bin") &&
               !df_cmd_has(step, "--bins") && !df_cmd_has(step, "--example") &&
               is_named(m, step, df_path_base(path));
    for (df_strings o = m->row->out_option; *o; o++) {
        df_str out;

        if (!df_cmd_has(step, *o))
            continue;
        if (!df_cmd_value(step, *o, &out))
            return false;
        out = df_image_path(m->arena, step->dir, out);
        return out.ptr && df_image_below(path, out);
    }
    return m->row->below && step->dir.ptr &&
           df_image_below(path, df_image_path(m->arena, step->dir,
                                              df_str_of(m->row->below)));
}

/* mvn spring-boot:run, cargo run */
static bool runs_builder(const df_made *m)
{
    const df_cmd *cmd = m->program->cmd;

    return cmd && cmd->tool.ptr &&
           (df_kb_maker(m->facts->kb, cmd->tool, DF_STR("")) ||
            df_kb_maker(m->facts->kb, cmd->tool, DF_STR("build")));
}

/* supervisord, foreman start: what runs stands in a file of theirs. */
static bool runs_orders(const df_made *m)
{
    const df_cmd *cmd = m->program->cmd;

    return cmd && cmd->tool.ptr &&
           df_str_in(cmd->tool, df_kb_words(m->facts->kb, "orders"));
}

static void find_file(df_made *m, const df_cmd *step)
{
    df_str path = started(m);

    if (runs_builder(m)) {
        SAY(m, start_of(m), "the image runs `%.*s`, the build tool itself",
            DF_STR_ARG(m->program->instr->json
                           ? df_exec_brief(m->arena, m->program->instr)
                           : df_cmd_brief(m->program->cmd)));
        return;
    }
    if (runs_orders(m)) {
        SAY(m, start_of(m), "cannot see what `%.*s` runs",
            DF_STR_ARG(m->program->cmd->tool));
        return;
    }
    if (!path.ptr || !df_str_starts(path, "/")) {
        ASK(m, start_of(m), "cannot see which file the image runs");
        return;
    }
    *df_push(m->arena, m, paths) = m->row->whole ? df_image_dir(path) : path;
    if (df_copied_from(m->arena, m->facts, m->context, m->stage, path).ptr) {
        m->paths[0] = df_fmt(m->arena, "%.*s,...", DF_STR_ARG(path));
        ASK(m, start_of(m),
            "%.*s is a file of the source, and may need more of the build",
            DF_STR_ARG(path));
    } else if (!is_made(m, step, path) && !is_put_there(m, path))
        ASK(m, step->node->span, "cannot see whether `%.*s` makes %.*s",
            DF_STR_ARG(df_cmd_brief(step)), DF_STR_ARG(path));
}

/* --- has it all it needs? --- */

static bool matches(const df_made *m, const char *pattern, df_str text)
{
    df_str groups[DF_REGEX_GROUPS];
    const df_regex *re = df_kb_regex(m->facts->kb, m->arena, pattern);

    return re && df_regex_match(re, m->arena, text, groups);
}

static void check_complete(df_made *m, const df_cmd *step)
{
    for (df_strings f = m->row->manifests; *f && m->row->complete; f++) {
        df_str path =
            df_copied_from(m->arena, m->facts, m->context, m->stage,
                           df_image_path(m->arena, step->dir, df_str_of(*f)));
        df_str text;

        if (path.ptr && df_context_read(m->context, path, &text) &&
            matches(m, m->row->complete, text))
            return;
    }
    if (m->row->complete)
        ASK(m, step->node->span,
            "cannot tell whether %.*s holds all that it needs",
            DF_STR_ARG(m->paths[0]));
}

static bool is_alpine(const df_stage *stage)
{
    return stage->known && strcmp(stage->known->family, "alpine") == 0;
}

static void add_library(df_made *m, const df_cmd *step, const df_library *lib,
                        df_str name)
{
    for (df_strings n = lib->needs; *n; n++)
        *df_push(m->arena, &m->kept, packages) = df_str_of(*n);
    if (*lib->needs && is_alpine(m->stage))
        SAY(m, step->node->span,
            "cannot tell what %.*s is linked with on Alpine", DF_STR_ARG(name));
}

/* `name = "openssl-sys"` in Cargo.lock: what it is linked with. */
static void check_crates(df_made *m, const df_cmd *step)
{
    df_str path = df_copied_from(
        m->arena, m->facts, m->context, m->stage,
        df_image_path(m->arena, project_of(m, step), DF_STR("Cargo.lock")));
    df_str text;
    df_str line;

    if (!path.ptr || !df_context_read(m->context, path, &text)) {
        SAY(m, step->node->span,
            "cannot tell what the program is linked with, without Cargo.lock");
        return;
    }
    while (text.len) {
        const df_library *lib;

        df_str_cut(&text, '\n', &line);
        line = df_str_trim(line);
        if (!df_str_starts(line, "name = \"") || !df_str_ends(line, "\""))
            continue;
        line = df_str_slice(line, 8, line.len - 1);
        lib = df_kb_library(m->facts->kb, "cargo", line);
        if (lib)
            add_library(m, step, lib, line);
        else if (df_str_ends(line, "-sys") || df_str_has(line, "-sys-"))
            df_made_say(
                m, step->node->span,
                df_fmt(m->arena,
                       "cannot tell what a program needs that is linked with "
                       "%.*s (%.*s)",
                       DF_STR_ARG(line), DF_STR_ARG(path)),
                df_fmt(m->arena,
                       "libraries: [{family: cargo, dev: %.*s, needs: [...]}] "
                       "in .dfopt.yaml",
                       DF_STR_ARG(line)));
    }
}

/* Which files does it read? */
static void check_source(df_made *m)
{
    df_tied tied = {.arena = m->arena,
                    .facts = m->facts,
                    .context = m->context,
                    .stage = m->stage,
                    .files_only = true,
                    .runtime = m->runtime,
                    .program = m->program,
                    .cut = m->kept.cut.cut,
                    .from = m->paths[0]};
    df_span at;
    df_str why;

    if (!m->why.len && df_program_is_tied(&tied, &at, &why)) {
        m->paths[0] = df_fmt(m->arena, "%.*s,...", DF_STR_ARG(m->paths[0]));
        ASK(m, at, "%.*s", DF_STR_ARG(why));
    }
    m->unread = tied.unread;
}

/* --- what it runs on --- */

/* alpine3.20 at the end of a tag: 3.20 */
static df_str alpine_release(df_str tag)
{
    for (size_t i = 0; i + 6 < tag.len; i++)
        if (df_str_starts(df_str_from(tag, i), "alpine"))
            return df_str_from(tag, i + 6);
    return DF_STR("");
}

static df_str fill(const df_made *m, const char *image, const char *hole,
                   df_str with)
{
    df_str text = df_str_of(image);
    size_t at = df_str_find(text, hole);

    if (at == SIZE_MAX)
        return text;
    if (!with.len)
        return DF_STR("");
    return df_fmt(m->arena, "%.*s%.*s%.*s",
                  DF_STR_ARG(df_str_slice(text, 0, at)), DF_STR_ARG(with),
                  DF_STR_ARG(df_str_from(text, at + strlen(hole))));
}

/* The image of the language's runtime, or the stage's own. */
static void choose_image(df_made *m)
{
    const df_stage *stage = m->stage;
    const df_kb *kb = m->facts->kb;
    const df_runtime *r = m->runtime;
    df_str to;
    df_str tag;

    m->image = stage->image_word.str;
    m->same = true;
    if (m->stay || !df_str_eq(stage->image_word.str, stage->image) ||
        stage->digest.len)
        return;
    if (df_kb_sibling(kb, m->arena, "runtime", stage->repo, stage->tag, &to,
                      &tag) ||
        (m->row && m->row->starter &&
         df_str_is(df_str_of(m->row->starter), "java") &&
         df_kb_sibling(kb, m->arena, "jre", stage->repo, stage->tag, &to,
                       &tag))) {
        m->image = df_stage_sibling(m->arena, stage, to, tag);
        m->same = false;
    } else if (r && r->image && df_str_in(stage->repo, r->on)) {
        df_str image = is_alpine(stage)
                           ? fill(m, r->alpine ? r->alpine : "", "{release}",
                                  alpine_release(stage->tag))
                           : fill(m, r->image, "{suite}",
                                  df_kb_suite(kb, stage->repo, stage->tag));

        if (image.len)
            m->image = image;
        else
            df_made_say(m, stage->image_word.span,
                        df_fmt(m->arena,
                               "cannot tell on which release %.*s is built",
                               DF_STR_ARG(stage->image)),
                        DF_STR("by a tag that names it"));
        m->same = false;
    }
}

/* --- the cut --- */

static bool is_build(const df_made *m, const df_run *run)
{
    df_strings nothing = df_kb_words(m->facts->kb, "leaves-nothing");
    df_strings prepares = df_kb_words(m->facts->kb, "prepares");

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        if (!cmd->tool.ptr ||
            (!df_cmd_is_package_manager(cmd) && !df_str_is(cmd->tool, "rm") &&
             !df_cmd_in(cmd, nothing) && !df_str_in(cmd->tool, prepares)))
            return true;
    }
    return false;
}

/* df_cut_plan asks which RUNs may stand below. */
static bool stays(const df_instr *instr, const void *ctx)
{
    const df_made *m = ctx;
    const df_run *run = m->facts->run_of[instr->index];

    return run && run->tree->ok && !is_build(m, run);
}

static df_strings none(void)
{
    static const char *const empty[] = {NULL};

    return empty;
}

static void check_users(df_made *m)
{
    for (uint32_t i = 0; i < m->kept.cut.cut; i++)
        if (m->stage->instrs[i]->kind == DF_I_USER)
            SAY(m, m->stage->instrs[i]->keyword, "USER stands above the build");
}

/* What runs beside the program, or is kept for it, must be in the new image. */
static void check_rest(df_made *m)
{
    const df_instr *health = df_stage_last(m->stage, DF_I_HEALTHCHECK);

    if (m->same)
        return;
    if (health && !df_str_is_nocase(health->words[0].str, "NONE"))
        SAY(m, health->keyword, "cannot tell whether HEALTHCHECK works on %.*s",
            DF_STR_ARG(m->image));
    for (uint32_t i = 1; i < m->stage->ninstrs; i++) {
        const df_instr *instr = m->stage->instrs[i];
        bool below =
            i >= m->kept.cut.cut || m->kept.cut.fates[i] == DF_FATE_MOVES;

        if (instr->kind == DF_I_RUN && below)
            SAY(m, instr->keyword, "cannot tell whether this RUN works on %.*s",
                DF_STR_ARG(m->image));
        if (instr->kind == DF_I_USER &&
            !df_is_digit(instr->args.str.len ? instr->args.str.ptr[0] : ' ') &&
            !df_user_is_root(instr->args.str))
            SAY(m, instr->keyword,
                "cannot tell whether the user %.*s exists in %.*s",
                DF_STR_ARG(instr->args.str), DF_STR_ARG(m->image));
    }
}

static bool find_pragma(df_made *m)
{
    for (uint32_t i = 0; i < m->stage->ninstrs; i++) {
        df_str list =
            df_instr_says(m->facts->doc, m->stage->instrs[i], "artifact");
        df_str one;

        while (list.len) {
            df_str_cut(&list, ',', &one);
            one = df_str_trim(one);
            if (df_str_starts(one, "/"))
                *df_push(m->arena, m, paths) = one;
        }
    }
    return m->npaths > 0;
}

static void sort_kept(df_made *m, bool vouched)
{
    df_kept *k = &m->kept;

    k->arena = m->arena;
    k->facts = m->facts;
    k->context = m->context;
    k->stage = m->stage;
    k->vouched = vouched;
    k->linked = m->row && df_str_is(df_str_of(m->row->language), "rust");
    k->tools = m->runtime ? m->runtime->tools : none();
    k->cut = df_cut_plan(m->arena, m->facts, m->stage, stays, m,
                         m->runtime ? m->runtime->drops : none());
    df_kept_sort(k);
    if (k->why.len)
        df_made_say(m, k->at, k->why,
                    k->mend.len ? k->mend : df_made_artifact(m));
}

/* PATH of the new image has no directory of the toolchain. */
static void find_place(df_made *m)
{
    if (m->npaths && m->row && m->row->bin &&
        df_str_eq(df_image_dir(m->paths[0]), df_str_of(m->row->bin)))
        m->to = df_fmt(m->arena, "/usr/local/bin/%.*s",
                       DF_STR_ARG(df_path_base(m->paths[0])));
}

static void check(df_made *m, bool vouched)
{
    find_place(m);
    choose_image(m);
    check_users(m);
    check_rest(m);
    df_made_needs(m, vouched);
}

/* --- what nobody can see --- */

/* The path of the program that is started, unless it is a file of the source:
 * what an artefact would be called; else a place that holds all. */
static df_str likely_artifact(const df_made *m)
{
    df_str name = df_program_name(m->program);
    df_str path = {NULL, 0};

    if (name.ptr && df_str_find_char(name, '/') != SIZE_MAX)
        path = df_image_path(
            m->arena, df_stage_workdir(m->arena, m->facts, m->stage), name);
    if (path.ptr && df_str_starts(path, "/") &&
        !df_copied_from(m->arena, m->facts, m->context, m->stage, path).ptr)
        return path;
    return df_str_in(m->stage->repo, df_kb_words(m->facts->kb, "distributions"))
               ? DF_STR("/usr/local")
               : DF_STR("/path/of/what/is/built");
}

/*
 * Something is built with a compiler that is installed for it, and nobody can
 * see what. Would the author's word be enough? Then it is asked for.
 */
static bool ask(df_made *m)
{
    df_made trial = *m;

    sort_kept(m, false);
    if (m->kept.lean || !m->why.len || !df_kept_compiles(&m->kept) ||
        runs_builder(m) || runs_orders(m) || !m->program->cmd ||
        !m->program->cmd->tool.ptr ||
        df_cmd_in(m->program->cmd, df_kb_words(m->facts->kb, "idle")))
        return false;
    *df_push(trial.arena, &trial, paths) = likely_artifact(m);
    sort_kept(&trial, true);
    check(&trial, true);
    if (trial.why.len || trial.kept.lean || !df_kept_compiles(&trial.kept))
        return false;
    m->why = df_fmt(m->arena,
                    "%.*s could stay behind, were it known which files the "
                    "image needs of what stands here",
                    DF_STR_ARG(df_kept_left(&trial.kept)));
    m->mend = df_made_artifact(&trial);
    return true;
}

/* What is asked must be enough: else what is missing besides counts. */
static void check_question(df_made *m, const df_made *inputs)
{
    df_made trial = *inputs;

    if (!m->why.len || !df_str_starts(m->mend, "# dfopt: artifact="))
        return;
    trial.row = m->row;
    trial.runtime = m->runtime;
    *df_push(trial.arena, &trial, paths) = likely_artifact(m);
    sort_kept(&trial, true);
    check(&trial, true);
    if (!trial.why.len)
        return;
    m->at = trial.at;
    m->why = trial.why;
    m->mend = trial.mend;
}

bool df_made_find(df_made *m)
{
    const df_made inputs = *m;
    bool vouched = find_pragma(m);
    const df_cmd *step = find_step(m);

    if (!step && !vouched)
        return ask(m);
    if (m->row)
        m->runtime = df_kb_runtime(m->facts->kb, m->row->language);
    if (!vouched)
        find_file(m, step);
    else if (runs_builder(m))
        SAY(m, start_of(m), "the image runs a build tool itself");
    else if (runs_orders(m))
        SAY(m, start_of(m), "cannot see what `%.*s` runs",
            DF_STR_ARG(m->program->cmd->tool));
    sort_kept(m, vouched);
    if (m->kept.lean)
        return false;
    if (!vouched) {
        if (m->npaths && !m->why.len)
            check_complete(m, step);
        if (m->runtime && m->npaths)
            check_source(m);
    }
    if (m->row && df_str_is(df_str_of(m->row->language), "rust"))
        check_crates(m, step);
    check(m, vouched);
    if (!vouched)
        check_question(m, &inputs);
    /* The same image, and nothing that stays behind but the source. */
    return m->why.len || !m->same || m->kept.nleft || vouched;
}

/* Sites: see dfopt/shape.h. */
#include "pass/shape.h"

#include <dfopt/beside.h>
#include <dfopt/block.h>
#include <dfopt/copy.h>
#include <dfopt/halves.h>
#include <dfopt/site.h>
#include <dfopt/smaller.h>

/* npm install -g serve, yarn global add serve, and no other package. */
static bool installs_one(const df_cmd *cmd)
{
    return df_cmd_operands(cmd) ==
           (uint32_t)(1 + df_str_is(cmd->sub, "global"));
}

/* Between its lines. */
static bool has_comments(const df_doc *doc, const df_instr *instr)
{
    for (uint32_t i = 0; i < doc->ncomments; i++)
        if (doc->comments[i].inside &&
            doc->comments[i].line.off >= instr->lines.off &&
            doc->comments[i].line.off < df_span_end(instr->lines))
            return true;
    return false;
}

/* The RUN that only installs the server: it may stay below the cut. */
static bool is_install(const df_instr *instr, const void *ctx)
{
    const df_site *s = ctx;

    return s->install && s->install->run->instr == instr &&
           s->install->run->ncmds == 1 && installs_one(s->install) &&
           !has_comments(s->facts->doc, instr);
}

/* The user `node` and numbers mean the same in all images of node. */
static bool is_same_user(df_str user)
{
    if (df_str_is(user, "node"))
        return true;
    for (size_t i = 0; i < user.len; i++)
        if (!df_is_digit(user.ptr[i]))
            return false;
    return user.len > 0;
}

/* What RUNs above leave beside the site. */
static void check_rest(df_shape *j, const df_site *s)
{
    df_span at;
    df_str why = df_beside_check(&j->cut, df_cx_context(j->cx),
                                 df_shape_start(j), s->install, &at);

    if (why.len)
        df_shape_decline(j, at, why);
}

/* The server is installed above the site, whose changes it need not mind. */
static bool is_before(const df_shape *j, const df_site *s)
{
    uint32_t cut = j->stage->from->index + j->cut.cut;
    const df_instr *instr = s->install ? s->install->run->instr : NULL;
    const df_doc *doc = df_cx_doc(j->cx);

    if (!instr || instr->index != cut)
        return instr && instr->index < cut &&
               instr->index >= j->stage->from->index + j->cut.begin;
    return is_install(instr, s) &&
           df_instr_block(doc, instr).off == instr->lines.off;
}

/* Below, the same command must find what it found above. */
static void check_install(df_shape *j, const df_site *s)
{
    static const char *const sets[] = {"export", "set", NULL};
    const df_cmd *cmd = s->install;
    const df_run *run = cmd->run;
    bool plain = !run->instr->nflags && !cmd->node->nassigns && !cmd->script;

    for (uint32_t i = 0; i < cmd->node->nwords; i++)
        plain &= cmd->node->words[i].is_plain;
    for (const df_cmd *c = run->cmds; c < cmd; c++)
        plain &= !c->tool.ptr || !df_cmd_in(c, sets);
    for (uint32_t i = 1; i < j->cut.cut; i++) {
        const df_instr *arg = j->stage->instrs[i];

        for (uint32_t k = 0; arg->kind == DF_I_ARG && k < arg->npairs; k++)
            plain &= !df_str_starts(arg->pairs[k].key.str, "npm_config_") &&
                     !df_str_starts(arg->pairs[k].key.str, "NPM_CONFIG_");
    }
    if (!plain)
        SHAPE_DECLINE(j, cmd->node->span,
                      "cannot tell what `%.*s` needs of what stands above",
                      DF_STR_ARG(df_cmd_brief(cmd)));
}

static void check_site(df_shape *j, const df_site *s)
{
    const df_instr *health = df_stage_last(j->stage, DF_I_HEALTHCHECK);

    if (s->install && is_before(j, s))
        check_install(j, s);

    if (!s->install && (!s->fetched || s->depends))
        SHAPE_DECLINE(
            j, df_shape_start(j),
            "%s is not installed for itself (npm install -g %s), so the "
            "image needs node_modules",
            s->server->tool, s->server->package);
    if (health && !df_str_is_nocase(health->words[0].str, "NONE"))
        SHAPE_DECLINE(j, health->keyword,
                      "cannot tell whether HEALTHCHECK works in the new stage");
    for (uint32_t i = 0; i < j->stage->ninstrs; i++) {
        const df_instr *instr = j->stage->instrs[i];

        if (instr->kind == DF_I_USER && i >= j->cut.begin && i < j->cut.cut)
            SHAPE_DECLINE(
                j, instr->keyword,
                "USER stands above the build; below it the site would "
                "stay readable and the build could be left behind");
        if (instr->kind == DF_I_USER && !j->cut.same_image &&
            !is_same_user(instr->args.str) &&
            !df_beside_makes(&j->cut, instr->args.str))
            SHAPE_DECLINE(j, instr->keyword,
                          "cannot tell whether the user %.*s exists in the new "
                          "stage",
                          DF_STR_ARG(instr->args.str));
    }
}

static df_str runtime_image(df_shape *j, df_smaller *slim)
{
    const df_stage *stage = j->stage;

    if (df_shape_wants(j, "same") || j->cut.same_image ||
        !df_str_eq(stage->image_word.str, stage->image) ||
        !df_smaller_find(slim, j->arena, j->facts, stage, "slim"))
        return stage->image_word.str;
    return slim->image;
}

/* Above the install of the server, if that is a RUN of its own. */
static df_str comments_of(const df_shape *j, const df_site *s)
{
    const df_doc *doc = df_cx_doc(j->cx);
    const df_instr *instr = s->install->run->instr;
    df_span at = df_cut_lines(doc, instr);

    at.len = instr->lines.off - at.off;
    return is_install(instr, s) ? df_source(doc, at) : DF_STR("");
}

/* Its words, whatever stands between them. */
static df_str on_one_line(const df_shape *j, const df_sh_node *node)
{
    df_str out = node->words[0].text;

    for (uint32_t i = 1; i < node->nwords; i++)
        out = df_fmt(j->arena, "%.*s %.*s", DF_STR_ARG(out),
                     DF_STR_ARG(node->words[i].text));
    return out;
}

/* `npm run build && npm install -g serve`: the build has no use for it. */
static void leave_out(df_shape *j, const df_site *s, df_finding *f)
{
    const df_run *run = s->install->run;
    uint32_t at = (uint32_t)(s->install - run->cmds);
    bool last = at + 1 == run->ncmds;
    df_halves before;
    df_halves behind;
    uint32_t end = df_span_end(s->install->node->span);

    /* `npm install -g serve typescript`: the build needs the other. */
    if (!at || !s->install->top || !installs_one(s->install) ||
        has_comments(df_cx_doc(j->cx), run->instr))
        return;
    before = df_run_halves(j->arena, run, at);
    behind = last ? before : df_run_halves(j->arena, run, at + 1);
    if (!before.why.len && !behind.why.len)
        df_delete(f,
                  df_span_between(before.gap.off, last ? end : behind.gap.off));
}

static void propose_site(df_shape *j, const df_site *s)
{
    df_finding *f;

    j->proposed = true;
    f = df_change(
        j->cx, j->stage->image_word.span,
        "the image only serves %.*s; node_modules and the source stay in a "
        "stage of their own",
        DF_STR_ARG(s->served));
    df_smaller slim;
    df_str image = runtime_image(j, &slim);
    df_str last = df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n",
                         df_cut_keyword(&j->cut, DF_I_COPY),
                         DF_STR_ARG(j->cut.name), DF_STR_ARG(s->served),
                         DF_STR_ARG(df_shape_destination(j, s->served)));

    if (is_before(j, s))
        last = df_fmt(
            j->arena, "%.*s%s %.*s\n%.*s", DF_STR_ARG(comments_of(j, s)),
            df_cut_keyword(&j->cut, DF_I_RUN),
            DF_STR_ARG(on_one_line(j, s->install->node)), DF_STR_ARG(last));
    df_cut_apply(&j->cut, f, image, DF_STR(""), last);
    if (is_before(j, s) && is_install(s->install->run->instr, s))
        df_delete(f, df_cut_away(df_cx_doc(j->cx), s->install->run->instr));
    else if (is_before(j, s))
        leave_out(j, s, f);
    if (!df_str_eq(image, j->stage->image_word.str))
        df_saves(f, df_smaller_saves(&slim).mb);
    df_condition(f, "the site needs nothing but %.*s when it is served",
                 DF_STR_ARG(s->served));
}

/* npm run build: of a package.json that is not there, or of another tool. */
static bool runs_a_script(const df_shape *j)
{
    static const char *const tools[] = {"bun",  "npm",  "npx",
                                        "pnpm", "yarn", NULL};

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(j->stage, cmd)) != NULL;) {
        if (cmd->unconditional && cmd->tool.ptr &&
            df_str_in(cmd->tool, tools) && df_str_has(cmd->node->text, "build"))
            return true;
    }
    return false;
}

/* serve -s: each path that is none leads to index.html. */
static bool is_single_page(const df_site *s)
{
    const df_cmd *cmd = s->program->cmd;

    return df_str_is(df_str_of(s->server->tool), "serve") &&
           (df_cmd_has(cmd, "-s") || df_cmd_has(cmd, "--single"));
}

/* COPY --from=build /app/dist ./dist */
static bool is_brought(const df_shape *j, const df_site *s)
{
    for (uint32_t i = 1; i < j->stage->ninstrs; i++) {
        const df_instr *copy = j->stage->instrs[i];

        if (copy->kind == DF_I_COPY && df_instr_flag(copy, "from") &&
            copy->nwords == 2 &&
            df_str_eq(df_image_path(j->arena,
                                    j->facts->states[copy->index].workdir,
                                    copy->words[1].str),
                      s->served))
            return true;
    }
    return false;
}

/* Of an image that has a site and its server alone: another server needs less,
 * and to take it is the author's choice. */
static void suggest_server(df_shape *j, const df_site *s)
{
    const df_runtime *row = df_kb_runtime(df_cx_kb(j->cx), "site");

    if (row && row->image && is_brought(j, s))
        df_suggest(j->cx, df_shape_start(j),
                   "%s could serve %.*s without Node.js (COPY it to "
                   "/usr/share/nginx/html; the port is 80%s)",
                   row->image, DF_STR_ARG(s->served),
                   is_single_page(s) ? ", and paths of the site want try_files"
                                     : "");
}

/* COPY of the source, git clone, npm ci: what stands above is of the image. */
static bool brings_project(const df_shape *j, const df_instr *instr)
{
    static const char *const tools[] = {"bun",  "git",  "npm", "npx",
                                        "pnpm", "yarn", NULL};
    const df_run *run = j->facts->run_of[instr->index];
    df_str app = df_stage_workdir(j->arena, j->facts, j->stage);
    df_str dest;

    if ((instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
        instr->nwords) {
        dest = df_image_path(j->arena, j->facts->states[instr->index].workdir,
                             instr->words[instr->nwords - 1].str);
        return !dest.ptr || !app.ptr || df_image_below(dest, app);
    }
    for (uint32_t i = 0; run && i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        if (cmd->tool.ptr && df_str_in(cmd->tool, tools) &&
            !df_cmd_is_global(cmd) && !df_str_is(cmd->sub, "config"))
            return true;
    }
    return false;
}

static uint32_t begin_of_project(const df_shape *j)
{
    for (uint32_t i = 1; i < j->stage->ninstrs; i++)
        if (brings_project(j, j->stage->instrs[i]))
            return i;
    return 1;
}

/* On an image of node its slim sibling will do, if nothing else stands there;
 * `shared`: on the same image, with all that stands above the project. */
static void cut_site_from(df_shape *j, const df_site *s, bool shared)
{
    static const char *const none[] = {NULL};

    j->cut = df_cut_plan(j->arena, j->facts, j->stage, is_install, s, none);
    if (shared)
        df_cut_share(&j->cut, begin_of_project(j));
    df_shape_check_cut(j, &j->cut);
    check_site(j, s);
    check_rest(j, s);
    df_shape_check_compose(j);
    if (!s->built && !runs_a_script(j))
        SHAPE_DECLINE(j, df_shape_start(j), "cannot see which step makes %.*s",
                      DF_STR_ARG(s->served));
    if (j->declined)
        return;
    if (s->built || df_shape_is_told(j, s->served)) {
        propose_site(j, s);
        return;
    }
    if (!j->quiet)
        df_suggest(j->cx, df_shape_start(j),
                   "cannot see which step makes %.*s; say it: # dfopt: "
                   "artifact=%.*s, above that RUN",
                   DF_STR_ARG(s->served), DF_STR_ARG(s->served));
    j->asked = s->served;
    j->declined = true;
}

void df_shape_site(df_shape *j)
{
    df_site s = {.arena = j->arena,
                 .facts = j->facts,
                 .context = df_cx_context(j->cx),
                 .stage = j->stage,
                 .program = &j->program};
    bool node = df_str_is(j->stage->repo, "node");
    df_shape plain = *j;
    df_shape shared = *j;

    if (!j->program.instr || !df_site_find(&s))
        return;
    if (j->stage->index && !s.built && !runs_a_script(j)) {
        suggest_server(j, &s);
        return;
    }
    plain.quiet = shared.quiet = true;
    if (node)
        cut_site_from(&plain, &s, false);
    if (!plain.proposed && !plain.asked.len)
        cut_site_from(&shared, &s, true);
    j->proposed = plain.proposed || shared.proposed;
    if (!j->proposed)
        cut_site_from(j, &s, shared.asked.len || !node);
}

/*
 * Leave the build behind
 *
 * An image that builds its program also ships what built it: compiler, package
 * cache, source. Cut in two, the upper stage builds as before, and the lower
 * one gets the finished program, the same configuration, and a small base.
 *
 * These shapes are known well enough:
 *
 * - a Go program that `go build` or `go install` links without cgo, started in
 *   exec form: it moves to distroless/static, which has certificates, time
 *   zones, /etc/passwd and /tmp, and nothing else;
 * - a site that vite, react-scripts or vue-cli-service makes, served by `serve`
 *   or `http-server`: only the site and the server are kept, and what stands
 *   above the project;
 * - a part of a project, `client/`, that is installed and built for a program
 *   of another directory: without its node_modules;
 * - dependencies that a compiler is installed for: what pip fills (an
 *   environment of its own, /opt/venv, or what it always fills, where that
 *   would not do), npm, pnpm or yarn (node_modules), or bundler is taken along,
 *   with the libraries that it is linked with;
 * - a server of Node.js that npm installs and builds: without the packages that
 *   only development needs;
 * - a program of C or Rust that one step makes and that needs nothing else; of
 *   Java and .NET, or of `make`, if its author says which files count, right
 *   above the RUN:
 *
 *       # dfopt: artifact=/app/target/app.jar
 *       RUN mvn package
 *
 * Only the last stage is cut, if it is built on an image. Whatever else a RUN
 * leaves (users, directories, OS packages), files that the program may read,
 * and programs that it starts speak against it; a note says which. Where one
 * answer of the author is all that is missing, it is asked for: what a RUN
 * leaves (`# dfopt: artifact=PATH` above it, or `none`), what programs need
 * that cannot be read (`# dfopt: needs=PACKAGE` above FROM, or `none`), or
 * which packages of devDependencies nothing loads when the image runs, though
 * the source speaks of them (`# dfopt: unused=PACKAGE` above FROM).
 *
 * `passes: {multi-stage: {runtime: slim}}` in .dfopt.yaml takes Debian's slim
 * image, with certificates and time zones, where distroless would do;
 * `runtime: same` takes no other image than that of FROM.
 *
 * Unsafe: what packages of the program do at run time cannot be seen.
 */
#include <string.h>

#include <dfopt/beside.h>
#include <dfopt/block.h>
#include <dfopt/cache.h>
#include <dfopt/copy.h>
#include <dfopt/cut.h>
#include <dfopt/folder.h>
#include <dfopt/go.h>
#include <dfopt/halves.h>
#include <dfopt/kept.h>
#include <dfopt/later.h>
#include <dfopt/made.h>
#include <dfopt/packages.h>
#include <dfopt/program.h>
#include <dfopt/server.h>
#include <dfopt/site.h>
#include <dfopt/smaller.h>
#include <dfopt/ties.h>
#include <dfopt/transform.h>

typedef struct {
    df_pass_ctx *cx;
    df_arena *arena;
    const df_facts *facts;
    const df_stage *stage;
    const df_runtime *runtime; /* of the language */
    df_runtime slim;           /* the same, on another image */
    df_program program;
    df_cut cut;
    df_str from;   /* the artefact in the upper stage */
    df_str to;     /* and in the lower one */
    df_str unread; /* files that nothing speaks of, for the condition */
    df_str asked;  /* the artefact that the author is to name, if any */
    bool quiet;    /* only to see whether it would be declined */
    bool declined;
    bool proposed;
} job;

static df_span start_of(const job *j)
{
    return j->program.instr->keyword;
}

/* One reason is enough. */
static void decline(job *j, df_span at, df_str why)
{
    if (!j->declined && !j->quiet)
        df_decline(j->cx, at, "%.*s", DF_STR_ARG(why));
    j->declined = true;
}

#define DECLINE(j, at, ...) decline(j, at, df_fmt((j)->arena, __VA_ARGS__))

/* What .dfopt.yaml says of the lower part: `runtime: slim` or `same`. */
static bool wants(const job *j, const char *policy)
{
    const df_setting *set = df_cx_setting(j->cx);

    return set && strcmp(set->runtime, policy) == 0;
}

/* An image for development has what builds for those who work in it: `uvicorn
 * --reload` and nodemon tell one. Of compose files they count where the image
 * itself starts nothing. */
static void check_reload(job *j, const df_use *use)
{
    const df_kb *kb = j->facts->kb;
    bool open = !df_stage_last(j->stage, DF_I_CMD);

    for (uint32_t i = 0; i < use->ncalls && !j->declined; i++) {
        const df_call *call = &use->calls[i];
        bool option;

        if (call->builds || !call->cmd || !call->cmd->tool.ptr ||
            (call->composed && !open))
            continue;
        option = df_cmd_has_any(call->cmd, df_kb_words(kb, "reload-options"));
        if (option || df_cmd_in(call->cmd, df_kb_words(kb, "reloads")))
            DECLINE(j, call->at,
                    "the image is for development: %.*s%s waits for changes "
                    "of the source",
                    DF_STR_ARG(call->cmd->tool), option ? " --reload" : "");
    }
}

/* Which file is the program? */

/* Directories in PATH of the image without a shell, and of most others. */
static bool in_path(df_str path)
{
    static const char *const dirs[] = {
        "/bin/",           "/sbin/",           "/usr/bin/", "/usr/sbin/",
        "/usr/local/bin/", "/usr/local/sbin/", NULL};

    for (const char *const *d = dirs; *d; d++)
        if (df_str_starts(path, *d) &&
            df_str_find_char(df_str_from(path, strlen(*d)), '/') == SIZE_MAX)
            return true;
    return false;
}

/* Does that build make what is started? A bare name is looked up in PATH,
 * which has no /go/bin in the lower stage. */
static bool makes_program(job *j, const df_go_build *build)
{
    df_str name = df_program_name(&j->program);
    df_str dir = df_stage_workdir(j->arena, j->facts, j->stage);

    if (!build->path.ptr)
        return false;
    j->from = j->to = build->path;
    if (df_str_find_char(name, '/') != SIZE_MAX)
        return df_str_eq(df_image_path(j->arena, dir, name), build->path);
    if (!df_str_eq(name, df_path_base(build->path)))
        return false;
    if (df_str_starts(build->path, "/go/bin/"))
        j->to = df_fmt(j->arena, "/usr/local/bin/%.*s", DF_STR_ARG(name));
    return in_path(j->to);
}

static const df_go_build *find_build(job *j, const df_go_builds *builds)
{
    for (uint32_t i = builds->nitems; i-- > 0;)
        if (makes_program(j, &builds->items[i]))
            return &builds->items[i];
    return NULL;
}

/* Does the author say that a RUN makes it? */
static bool is_told(const job *j, df_str path)
{
    for (uint32_t i = 0; i < j->stage->ninstrs; i++) {
        const df_instr *instr = j->stage->instrs[i];
        df_str list = df_instr_says(df_cx_doc(j->cx), instr, "artifact");
        df_str one;

        while (list.len) {
            df_str_cut(&list, ',', &one);
            if (instr->kind == DF_I_RUN && df_str_eq(df_str_trim(one), path))
                return true;
        }
    }
    return false;
}

/*
 * `go install ./...` makes the program that is started, as far as can be seen:
 * nothing else does. The author is to say so.
 */
static const df_go_build *assume_build(job *j, const df_go_builds *builds)
{
    df_str name = df_program_name(&j->program);
    bool bare = df_str_find_char(name, '/') == SIZE_MAX;
    df_str path =
        bare ? df_fmt(j->arena, "/go/bin/%.*s", DF_STR_ARG(name))
             : df_image_path(j->arena,
                             df_stage_workdir(j->arena, j->facts, j->stage),
                             name);

    if (!path.ptr || in_path(path) ||
        df_copied_from(j->arena, j->facts, df_cx_context(j->cx), j->stage, path)
            .ptr)
        return NULL;
    for (uint32_t i = builds->nitems; i-- > 0;)
        if (!builds->items[i].path.ptr &&
            bare == df_str_is(builds->items[i].cmd->sub, "install")) {
            j->from = path;
            j->to =
                bare ? df_fmt(j->arena, "/usr/local/bin/%.*s", DF_STR_ARG(name))
                     : path;
            j->asked = is_told(j, path) ? DF_STR("") : path;
            return &builds->items[i];
        }
    return NULL;
}

static void decline_make(job *j)
{
    for (uint32_t r = 0; r < j->stage->nruns; r++)
        for (uint32_t i = 0; i < j->stage->runs[r].ncmds; i++) {
            const df_cmd *cmd = &j->stage->runs[r].cmds[i];

            if (df_str_is(cmd->tool, "make"))
                DECLINE(j, cmd->node->span,
                        "cannot see which file `%.*s` produces",
                        DF_STR_ARG(df_cmd_brief(cmd)));
        }
}

/* Builds that leave something at a place that no word names. */
static void decline_unknown(job *j, const df_go_builds *builds)
{
    for (uint32_t i = 0; i < builds->nitems; i++) {
        const df_sh_node *node = builds->items[i].cmd->node;

        if (!builds->items[i].path.ptr)
            DECLINE(j, node->span, "cannot see which file `%.*s` makes",
                    DF_STR_ARG(df_cmd_brief(builds->items[i].cmd)));
    }
    decline_make(j);
    DECLINE(j, start_of(j), "cannot see which step makes `%.*s`",
            DF_STR_ARG(df_program_name(&j->program)));
}

/* Is it static? Told as advice, since one word would make it so. */
static void check_static(job *j, const df_go_build *build)
{
    const df_cmd *cmd = build->cmd;

    if (!build->linux)
        DECLINE(j, cmd->node->span, "GOOS is not known to be linux");
    else if (df_cmd_has(cmd, "-buildmode") ||
             df_str_has(cmd->node->text, "linkmode"))
        DECLINE(j, cmd->node->span,
                "cannot tell whether -buildmode or -linkmode makes a static "
                "program");
    else if (!build->pure && !j->declined) {
        df_suggest(j->cx, cmd->node->span,
                   "with CGO_ENABLED=0 the program would be static and could "
                   "run on %s",
                   j->runtime->image);
        j->declined = true;
    }
}

/* Go. */

/* ENV of the build stage that only the toolchain reads stays there: "A, B". */
static df_str leave_variables(job *j, df_finding *f)
{
    df_str names = DF_STR("");

    for (uint32_t i = 0; i < j->cut.cut; i++) {
        const df_instr *instr = j->stage->instrs[i];

        for (uint32_t k = 0; instr->kind == DF_I_ENV && k < instr->npairs;
             k++) {
            df_str name = instr->pairs[k].key.str;

            if (!df_str_in(name, j->runtime->drops))
                continue;
            df_allow(f, df_cstr(j->arena, name));
            names = df_fmt(j->arena, "%.*s%s%.*s", DF_STR_ARG(names),
                           names.len ? ", " : "", DF_STR_ARG(name));
        }
    }
    return names;
}

/* The image without distroless's name, with what distroless has. */
static const df_runtime *go_runtime(job *j)
{
    const df_runtime *row = df_kb_runtime(df_cx_kb(j->cx), "go");

    if (!row || !row->slim || !wants(j, "slim"))
        return row;
    j->slim = *row;
    j->slim.image = row->slim;
    return &j->slim;
}

static df_str slim_packages(job *j)
{
    df_strings names = j->slim.slim_packages;
    df_packages packages = {.run = df_cut_keyword(&j->cut, DF_I_RUN),
                            .family = "debian"};
    df_str *list;

    if (j->runtime != &j->slim || !names)
        return DF_STR("");
    while (names[packages.nnames])
        packages.nnames++;
    list = df_new_array(j->arena, df_str, packages.nnames);
    for (uint32_t i = 0; i < packages.nnames; i++)
        list[i] = df_str_of(names[i]);
    packages.names = list;
    return df_fmt(j->arena, "%.*s\n\n",
                  DF_STR_ARG(df_packages_run(j->arena, j->facts, &packages)));
}

static void propose_go(job *j)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs only %.*s, a static program; the toolchain and the "
        "source stay in a stage of their own",
        DF_STR_ARG(j->from));
    const char *copy = df_cut_keyword(&j->cut, DF_I_COPY);
    df_str left;
    df_str first =
        df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n", copy,
               DF_STR_ARG(j->cut.name), DF_STR_ARG(j->from), DF_STR_ARG(j->to));

    if (!df_stage_last(j->stage, DF_I_WORKDIR))
        first =
            df_fmt(j->arena, "%.*s%s %.*s\n", DF_STR_ARG(first),
                   df_cut_keyword(&j->cut, DF_I_WORKDIR),
                   DF_STR_ARG(df_stage_workdir(j->arena, j->facts, j->stage)));
    first = df_fmt(j->arena, "%.*s%.*s", DF_STR_ARG(slim_packages(j)),
                   DF_STR_ARG(first));
    df_cut_apply(&j->cut, f, df_str_of(j->runtime->image), first, DF_STR(""));
    left = leave_variables(j, f);
    df_condition(f,
                 "no package that the program uses starts another program or "
                 "reads a file of the build stage%s%.*s%s%.*s",
                 left.len ? "; the program does not ask for " : "",
                 DF_STR_ARG(left),
                 j->unread.len ? "; none of its code speaks of " : "",
                 DF_STR_ARG(j->unread));
}

/* Lists of packages are fetched above, and installs below rely on them. */
static df_str borrows_lists(job *j, const df_cut *cut)
{
    const df_run *last =
        j->facts->run_of[j->stage->instrs[cut->cut - 1]->index];
    df_later later;
    df_str user = DF_STR("");

    df_later_init(&later, j->arena, j->facts, df_cx_context(j->cx));
    for (uint32_t r = 0; last && !user.len && j->stage->runs + r <= last; r++)
        for (uint32_t i = 0; i < j->stage->runs[r].ncmds && !user.len; i++) {
            const df_cache *row = df_cmd_cache(&j->stage->runs[r].cmds[i]);

            if (row && *row->refreshed_by)
                user = df_later_user(&later, last, row);
        }
    return user;
}

/* `COPY --from=front /app/dist ./static`: a site needs nothing else. */
static bool brings_a_site(const job *j, const df_instr *copy,
                          const df_stage *from)
{
    return from && df_str_is(from->root->repo, "node") &&
           !df_str_is(j->stage->root->repo, "node") && copy->nwords == 2 &&
           df_str_in(df_path_base(copy->words[0].str),
                     df_kb_words(j->facts->kb, "holds-sites"));
}

/* A COPY from another stage: what programs of that need, nobody has looked
 * for. NULL: there is none. */
static const df_instr *find_foreign(const job *j)
{
    for (uint32_t i = 1; i < j->stage->ninstrs && j->stage->index; i++) {
        const df_instr *instr = j->stage->instrs[i];
        const df_flag *flag = df_instr_flag(instr, "from");
        const df_stage *from =
            flag ? df_stage_find(j->facts, flag->value, j->stage->index, true)
                 : NULL;

        if (flag && (from || df_str_find_char(flag->value, '$') != SIZE_MAX) &&
            !brings_a_site(j, instr, from))
            return instr;
    }
    return NULL;
}

static void check_cut(job *j, const df_cut *cut)
{
    df_span at;
    df_str why = df_cut_hindrance(cut, &at);
    const df_instr *foreign = find_foreign(j);

    if (!why.len && foreign) {
        at = foreign->keyword;
        why = DF_STR("cannot tell what a file needs that this COPY brings");
    }
    if (!why.len) {
        df_str user = borrows_lists(j, cut);

        at = j->stage->image_word.span;
        if (user.len)
            why = df_fmt(j->arena,
                         "`%.*s` relies on lists of packages that are fetched "
                         "above it, in what would be another stage",
                         DF_STR_ARG(user));
    }
    if (why.len)
        decline(j, at, why);
}

static void check_ties(job *j)
{
    df_tied tied = {.arena = j->arena,
                    .facts = j->facts,
                    .context = df_cx_context(j->cx),
                    .stage = j->stage,
                    .runtime = j->runtime,
                    .program = &j->program,
                    .cut = j->cut.cut,
                    .from = j->from};
    df_span at;
    df_str why;

    if (!j->declined && df_program_is_tied(&tied, &at, &why))
        decline(j, at, why);
    j->unread = tied.unread;
}

/* What a compose file starts in the image, nobody has looked for in the small
 * one. */
static void check_compose(job *j)
{
    const df_use *use =
        df_use_started(j->arena, j->facts, df_cx_context(j->cx), j->stage);

    for (uint32_t i = 0; i < use->ncalls; i++)
        if (use->calls[i].composed)
            DECLINE(
                j, start_of(j), "%.*s calls %.*s, which the new stage may lack",
                DF_STR_ARG(use->calls[i].via), DF_STR_ARG(use->calls[i].path));
}

static void decline_shell(job *j)
{
    DECLINE(j, start_of(j),
            "%s in shell form needs sh, which %s lacks; exec form does not",
            df_instr_name(j->program.instr->kind), j->runtime->image);
}

/* One word is all that the program is started with: nothing needs a shell. */
static void ask_for_exec_form(job *j)
{
    const df_sh_node *node = j->program.cmd->node;

    if (node->nwords != 1 || !node->words[0].is_plain || node->nassigns ||
        df_stage_entrypoint(j->stage) != NULL)
        decline_shell(j);
    else
        df_suggest(j->cx, start_of(j),
                   "%s in shell form needs sh, which %s lacks; in exec form "
                   "the image could do with %.*s: %s [\"%.*s\"]",
                   df_instr_name(j->program.instr->kind), j->runtime->image,
                   DF_STR_ARG(j->from), df_instr_name(j->program.instr->kind),
                   DF_STR_ARG(node->words[0].value));
    j->declined = true;
}

static void cut_go(job *j)
{
    df_go_builds builds =
        df_go_builds_find(j->arena, j->facts, df_cx_context(j->cx), j->stage);
    const df_go_build *build;

    j->runtime = go_runtime(j);
    if (!j->runtime || !j->program.instr || wants(j, "same") ||
        (j->stage->index && !builds.nitems))
        return;
    if (j->program.cmd && df_str_is(j->program.cmd->tool, "go")) {
        DECLINE(j, start_of(j),
                "the image runs `go %.*s`, the build tool itself",
                DF_STR_ARG(j->program.cmd->sub));
        return;
    }
    if (!df_program_name(&j->program).ptr) {
        decline_shell(j);
        return;
    }
    build = find_build(j, &builds);
    if (!build)
        build = assume_build(j, &builds);
    if (!build) {
        decline_unknown(j, &builds);
        return;
    }
    j->cut = df_cut_plan(j->arena, j->facts, j->stage, NULL, NULL,
                         j->runtime->drops);
    check_static(j, build);
    check_cut(j, &j->cut);
    check_ties(j);
    if (!j->declined)
        check_compose(j);
    if (j->declined)
        return;
    if (j->asked.len)
        df_suggest(j->cx, build->cmd->node->span,
                   "cannot see which file `%.*s` makes; say it: # dfopt: "
                   "artifact=%.*s, above that RUN",
                   DF_STR_ARG(df_cmd_brief(build->cmd)), DF_STR_ARG(j->asked));
    else if (j->program.shell && j->runtime != &j->slim)
        ask_for_exec_form(j);
    else
        propose_go(j);
    j->declined |= j->asked.len > 0;
}

/* Sites. */

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
static void check_rest(job *j, const df_site *s)
{
    df_span at;
    df_str why = df_beside_check(&j->cut, df_cx_context(j->cx), start_of(j),
                                 s->install, &at);

    if (why.len)
        decline(j, at, why);
}

/* The server is installed above the site, whose changes it need not mind. */
static bool is_before(const job *j, const df_site *s)
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
static void check_install(job *j, const df_site *s)
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
        DECLINE(j, cmd->node->span,
                "cannot tell what `%.*s` needs of what stands above",
                DF_STR_ARG(df_cmd_brief(cmd)));
}

static void check_site(job *j, const df_site *s)
{
    const df_instr *health = df_stage_last(j->stage, DF_I_HEALTHCHECK);

    if (s->install && is_before(j, s))
        check_install(j, s);

    if (!s->install && (!s->fetched || s->depends))
        DECLINE(j, start_of(j),
                "%s is not installed for itself (npm install -g %s), so the "
                "image needs node_modules",
                s->server->tool, s->server->package);
    if (health && !df_str_is_nocase(health->words[0].str, "NONE"))
        DECLINE(j, health->keyword,
                "cannot tell whether HEALTHCHECK works in the new stage");
    for (uint32_t i = 0; i < j->stage->ninstrs; i++) {
        const df_instr *instr = j->stage->instrs[i];

        if (instr->kind == DF_I_USER && i >= j->cut.begin && i < j->cut.cut)
            DECLINE(j, instr->keyword,
                    "USER stands above the build; below it the site would "
                    "stay readable and the build could be left behind");
        if (instr->kind == DF_I_USER && !j->cut.same_image &&
            !is_same_user(instr->args.str) &&
            !df_beside_makes(&j->cut, instr->args.str))
            DECLINE(j, instr->keyword,
                    "cannot tell whether the user %.*s exists in the new "
                    "stage",
                    DF_STR_ARG(instr->args.str));
    }
}

static df_str runtime_image(job *j, df_smaller *slim)
{
    const df_stage *stage = j->stage;

    if (wants(j, "same") || j->cut.same_image ||
        !df_str_eq(stage->image_word.str, stage->image) ||
        !df_smaller_find(slim, j->arena, j->facts, stage, "slim"))
        return stage->image_word.str;
    return slim->image;
}

/* Relative where WORKDIR stands above it for good. */
static df_str as_destination(job *j, df_str path)
{
    const df_instr *last = df_stage_last(j->stage, DF_I_WORKDIR);
    df_str dir = df_stage_workdir(j->arena, j->facts, j->stage);

    if (!last || last->index >= j->stage->from->index + j->cut.cut ||
        !df_image_below(path, dir) || df_str_is(dir, "/") ||
        df_str_eq(path, dir))
        return path;
    return df_fmt(j->arena, ".%.*s", DF_STR_ARG(df_str_from(path, dir.len)));
}

/* Above the install of the server, if that is a RUN of its own. */
static df_str comments_of(const job *j, const df_site *s)
{
    const df_doc *doc = df_cx_doc(j->cx);
    const df_instr *instr = s->install->run->instr;
    df_span at = df_cut_lines(doc, instr);

    at.len = instr->lines.off - at.off;
    return is_install(instr, s) ? df_source(doc, at) : DF_STR("");
}

/* Its words, whatever stands between them. */
static df_str on_one_line(const job *j, const df_sh_node *node)
{
    df_str out = node->words[0].text;

    for (uint32_t i = 1; i < node->nwords; i++)
        out = df_fmt(j->arena, "%.*s %.*s", DF_STR_ARG(out),
                     DF_STR_ARG(node->words[i].text));
    return out;
}

/* `npm run build && npm install -g serve`: the build has no use for it. */
static void leave_out(job *j, const df_site *s, df_finding *f)
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

static void propose_site(job *j, const df_site *s)
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
    df_str last =
        df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n",
               df_cut_keyword(&j->cut, DF_I_COPY), DF_STR_ARG(j->cut.name),
               DF_STR_ARG(s->served), DF_STR_ARG(as_destination(j, s->served)));

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
static bool runs_a_script(const job *j)
{
    static const char *const tools[] = {"bun",  "npm",  "npx",
                                        "pnpm", "yarn", NULL};

    for (uint32_t r = 0; r < j->stage->nruns; r++)
        for (uint32_t i = 0; i < j->stage->runs[r].ncmds; i++) {
            const df_cmd *cmd = &j->stage->runs[r].cmds[i];

            if (cmd->unconditional && cmd->tool.ptr &&
                df_str_in(cmd->tool, tools) &&
                df_str_has(cmd->node->text, "build"))
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
static bool is_brought(const job *j, const df_site *s)
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
static void suggest_server(job *j, const df_site *s)
{
    const df_runtime *row = df_kb_runtime(df_cx_kb(j->cx), "site");

    if (row && row->image && is_brought(j, s))
        df_suggest(j->cx, start_of(j),
                   "%s could serve %.*s without Node.js (COPY it to "
                   "/usr/share/nginx/html; the port is 80%s)",
                   row->image, DF_STR_ARG(s->served),
                   is_single_page(s) ? ", and paths of the site want try_files"
                                     : "");
}

/* COPY of the source, git clone, npm ci: what stands above is of the image. */
static bool brings_project(const job *j, const df_instr *instr)
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
            !df_cmd_has(cmd, "-g") && !df_cmd_has(cmd, "--global") &&
            !df_str_is(cmd->sub, "global") && !df_str_is(cmd->sub, "config"))
            return true;
    }
    return false;
}

static uint32_t begin_of_project(const job *j)
{
    for (uint32_t i = 1; i < j->stage->ninstrs; i++)
        if (brings_project(j, j->stage->instrs[i]))
            return i;
    return 1;
}

/* On an image of node its slim sibling will do, if nothing else stands there;
 * `shared`: on the same image, with all that stands above the project. */
static void cut_site_from(job *j, const df_site *s, bool shared)
{
    static const char *const none[] = {NULL};

    j->cut = df_cut_plan(j->arena, j->facts, j->stage, is_install, s, none);
    if (shared)
        df_cut_share(&j->cut, begin_of_project(j));
    check_cut(j, &j->cut);
    check_site(j, s);
    check_rest(j, s);
    check_compose(j);
    if (!s->built && !runs_a_script(j))
        DECLINE(j, start_of(j), "cannot see which step makes %.*s",
                DF_STR_ARG(s->served));
    if (j->declined)
        return;
    if (s->built || is_told(j, s->served)) {
        propose_site(j, s);
        return;
    }
    if (!j->quiet)
        df_suggest(j->cx, start_of(j),
                   "cannot see which step makes %.*s; say it: # dfopt: "
                   "artifact=%.*s, above that RUN",
                   DF_STR_ARG(s->served), DF_STR_ARG(s->served));
    j->asked = s->served;
    j->declined = true;
}

static void cut_site(job *j)
{
    df_site s = {.arena = j->arena,
                 .facts = j->facts,
                 .context = df_cx_context(j->cx),
                 .stage = j->stage,
                 .program = &j->program};
    bool node = df_str_is(j->stage->repo, "node");
    job plain = *j;
    job shared = *j;

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

/* --- dependencies that are compiled --- */

/* What the lower stage is built on: the slim sibling if that has all it needs,
 * else the same image. */
typedef struct {
    df_kept kept;
    df_smaller slim;
    bool is_slim;
    df_packages packages;
} deps;

/* Variables that installs above the cut have; tzdata would ask questions. */
static df_str assigns_of(const job *j, const df_kept *kept)
{
    for (uint32_t i = 1; i < kept->cut.cut && !kept->assigns.len; i++)
        if (df_str_has(j->stage->instrs[i]->args.str,
                       "DEBIAN_FRONTEND=noninteractive") ||
            df_str_has(j->stage->instrs[i]->args.str,
                       "DEBIAN_FRONTEND noninteractive"))
            return DF_STR("DEBIAN_FRONTEND=noninteractive ");
    return kept->assigns;
}

/* The packages that the slim image lacks besides those that are kept. */
static void list_packages(job *j, deps *d)
{
    df_str *names =
        df_new_array(j->arena, df_str, d->kept.npackages + d->slim.nlacks);
    uint32_t n = 0;

    for (uint32_t i = 0; i < d->kept.npackages; i++)
        names[n++] = d->kept.packages[i];
    for (uint32_t i = 0; d->is_slim && i < d->slim.nlacks; i++) {
        bool known = false;

        for (uint32_t k = 0; k < n; k++)
            known |= df_str_eq(names[k], d->slim.lacks[i].package);
        if (!known)
            names[n++] = d->slim.lacks[i].package;
    }
    d->packages =
        (df_packages){.run = df_cut_keyword(&d->kept.cut, DF_I_RUN),
                      .family = j->stage->known->family,
                      .names = names,
                      .nnames = n,
                      .recommends = d->kept.recommends && d->kept.npackages,
                      .upgrades = d->kept.upgrades,
                      .assigns = assigns_of(j, &d->kept)};
}

/* False: it is declined. */
static bool choose_base(job *j, deps *d)
{
    const df_stage *stage = j->stage;

    if (wants(j, "same") || !df_str_eq(stage->image_word.str, stage->image) ||
        !df_smaller_find(&d->slim, j->arena, j->facts, stage, "slim"))
        return true;
    d->slim.from = stage->from->index + d->kept.cut.cut;
    if (!df_smaller_weigh(&d->slim, df_cx_context(j->cx))) {
        decline(j, d->slim.at, d->slim.why);
        return false;
    }
    d->is_slim = true;
    return true;
}

static df_str line_of(job *j, const char *keyword, df_str rest)
{
    return df_fmt(j->arena, "%s %.*s\n", keyword, DF_STR_ARG(rest));
}

static df_str path_line(job *j, const df_carry *row)
{
    return line_of(j, df_cut_keyword(&j->cut, DF_I_ENV),
                   df_fmt(j->arena, "PATH=\"%s:$PATH\"", row->path));
}

/* COPY --from=build of what was carried, and how it is found. */
static df_str carried_lines(job *j, const df_kept *kept)
{
    df_str out = DF_STR("");

    for (uint32_t i = 0; i < kept->ncarried; i++) {
        const df_carried *c = &kept->carried[i];

        out = df_fmt(
            j->arena, "%.*s%s --from=%.*s %.*s %.*s\n%.*s", DF_STR_ARG(out),
            df_cut_keyword(&j->cut, DF_I_COPY), DF_STR_ARG(j->cut.name),
            DF_STR_ARG(c->path), DF_STR_ARG(as_destination(j, c->path)),
            DF_STR_ARG(c->prepared ? path_line(j, c->row) : DF_STR("")));
    }
    for (uint32_t i = 0; i < kept->nextra; i++)
        out = df_fmt(j->arena, "%.*s%s --from=%.*s %.*s %.*s\n",
                     DF_STR_ARG(out), df_cut_keyword(&j->cut, DF_I_COPY),
                     DF_STR_ARG(j->cut.name), DF_STR_ARG(kept->extra[i]),
                     DF_STR_ARG(as_destination(j, kept->extra[i])));
    return out;
}

/* Above the COPYs of the manifests, so that they do not repeat it. */
static const df_instr *place_of(const job *j, const df_run *run)
{
    const df_instr *place = run->instr;

    while (place->index > j->stage->from->index + 1 &&
           df_cx_doc(j->cx)->instrs[place->index - 1]->kind == DF_I_COPY)
        place = df_cx_doc(j->cx)->instrs[place->index - 1];
    return place;
}

/* `RUN python -m venv /opt/venv`, for the install that is to fill it. */
static void prepare(job *j, const df_kept *kept, df_finding *f)
{
    const df_doc *doc = df_cx_doc(j->cx);
    df_str nl = df_newline(doc);

    for (uint32_t i = 0; i < kept->ncarried; i++) {
        const df_carried *c = &kept->carried[i];
        const df_instr *place = c->prepared ? place_of(j, c->run) : NULL;
        uint32_t off = place ? df_instr_block(doc, place).off : 0;

        if (!place)
            continue;
        /* Not as if the comment of what follows were about it. */
        df_insert(f, off,
                  df_fmt(j->arena, "%s %s%.*s%.*s%.*s%.*s",
                         df_cut_keyword(&j->cut, DF_I_RUN), c->row->prepare,
                         DF_STR_ARG(nl),
                         DF_STR_ARG(df_str_trim(path_line(j, c->row))),
                         DF_STR_ARG(nl),
                         DF_STR_ARG(off < place->lines.off ? nl : DF_STR(""))));
    }
}

/* What stays behind: packages share what they depend on, and the largest
 * counts; a larger image has them anyway. */
static void save(job *j, const df_kept *kept, double base, df_finding *f)
{
    const df_kb *kb = df_cx_kb(j->cx);
    df_str suite = df_kb_suite(kb, j->stage->repo, j->stage->tag);
    bool full = df_kept_is_full(kept);
    double most = 0;

    for (uint32_t i = 0; i < kept->nleft && !(base > 0 && full); i++) {
        df_str all = DF_STR("build-essential"); /* python3-pip wants it */
        const df_addon *addon = df_kb_addon(kb, suite, kept->left[i]);

        if (!addon && df_kb_brings(kb, kept->left[i], all, kept->recommends))
            addon = df_kb_addon(kb, suite, all);
        most = addon && addon->mb > most ? addon->mb : most;
    }
    if (base + most > 0)
        df_saves(f, base + most);
    else
        df_saves_by(f, "how much is not known");
}

static void propose_deps(job *j, deps *d)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "%.*s only %s dependencies: these are built in a stage of their own",
        DF_STR_ARG(df_kept_left(&d->kept)),
        d->kept.nleft > 1 ? "build" : "builds");
    df_str first = DF_STR("");

    j->proposed = true;
    j->cut = d->kept.cut;
    list_packages(j, d);
    if (d->packages.nnames || d->packages.upgrades)
        first = df_fmt(
            j->arena, "%.*s\n\n",
            DF_STR_ARG(df_packages_run(j->arena, j->facts, &d->packages)));
    prepare(j, &d->kept, f);
    df_cut_apply(&j->cut, f,
                 d->is_slim ? d->slim.image : j->stage->image_word.str, first,
                 carried_lines(j, &d->kept));
    save(j, &d->kept, d->is_slim ? df_smaller_saves(&d->slim).mb : 0, f);
    df_condition(f, "no package that is installed compiles something, or calls "
                    "a compiler, when it runs");
}

/* A digest alone tells no version. */
static bool is_tagged(const df_stage *stage)
{
    return !stage->digest.len || stage->tag.len;
}

/* Would the author's word be all that is missing? */
static bool would_do(job *j, const df_kept *doubtful)
{
    df_kept trial = {.arena = j->arena,
                     .facts = j->facts,
                     .context = doubtful->context,
                     .stage = j->stage,
                     .use = doubtful->use,
                     .trusting = doubtful->doubt};
    df_span at;

    return !find_foreign(j) && df_kept_find(&trial) && !trial.why.len &&
           !df_cut_hindrance(&trial.cut, &at).len &&
           !borrows_lists(j, &trial.cut).len;
}

/* Where an environment of its own would not do, what the installs fill anyway
 * may. */
static void stay_in_place(job *j, df_kept *kept)
{
    df_kept other = {.arena = j->arena,
                     .facts = j->facts,
                     .context = kept->context,
                     .stage = j->stage,
                     .use = kept->use,
                     .in_place = true};

    if (kept->why.len && df_kept_find(&other) && !other.why.len)
        *kept = other;
}

static void cut_deps(job *j)
{
    deps d = {.kept = {.arena = j->arena,
                       .facts = j->facts,
                       .context = df_cx_context(j->cx),
                       .stage = j->stage}};

    if (!j->stage->known || !is_tagged(j->stage) || j->declined || j->proposed)
        return;
    d.kept.use =
        df_use_started(j->arena, j->facts, df_cx_context(j->cx), j->stage);
    if (!df_kept_find(&d.kept))
        return;
    check_reload(j, d.kept.use);
    if (j->declined)
        return;
    stay_in_place(j, &d.kept);
    if (d.kept.doubt && !would_do(j, &d.kept))
        decline(j, d.kept.at, d.kept.why);
    else if (d.kept.why.len && d.kept.mend.len)
        df_suggest(j->cx, d.kept.at, "%.*s; say it: %.*s",
                   DF_STR_ARG(d.kept.why), DF_STR_ARG(d.kept.mend));
    else if (d.kept.why.len)
        decline(j, d.kept.at, d.kept.why);
    j->declined |= d.kept.doubt != DF_SURE; /* asked once */
    if (d.kept.why.len)
        return;
    check_cut(j, &d.kept.cut);
    if (j->declined || !choose_base(j, &d))
        return;
    if (!d.is_slim && df_kept_is_full(&d.kept) && wants(j, "same"))
        return;
    if (!d.is_slim && df_kept_is_full(&d.kept)) /* it keeps them anyway */
        DECLINE(j, j->stage->image_word.span,
                "%.*s has compilers of its own, and no smaller sibling",
                DF_STR_ARG(j->stage->image));
    else
        propose_deps(j, &d);
}

/* --- servers of Node.js --- */

static void propose_server(job *j, df_server_app *s, deps *d)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image runs what `%.*s` holds when it is built: what only builds, "
        "and packages for development, stay in a stage of their own",
        DF_STR_ARG(s->dir));
    const char *copy = df_cut_keyword(&s->kept.cut, DF_I_COPY);
    const df_instr *above = j->stage->instrs[s->kept.cut.cut - 1];
    bool there = df_str_eq(j->facts->states[above->index].workdir, s->dir);
    df_str first = DF_STR("");
    df_str last;

    d->kept = s->kept;
    j->proposed = true;
    j->cut = s->kept.cut;
    list_packages(j, d);
    if (d->packages.nnames || d->packages.upgrades)
        first = df_fmt(
            j->arena, "%.*s\n\n",
            DF_STR_ARG(df_packages_run(j->arena, j->facts, &d->packages)));
    last = df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n", copy,
                  DF_STR_ARG(j->cut.name), DF_STR_ARG(s->dir),
                  DF_STR_ARG(as_destination(j, s->dir)));
    if (!s->pruned)
        df_insert(f, df_span_end(above->lines),
                  df_fmt(j->arena, "%s %s%.*s%s%s%.*s",
                         df_cut_keyword(&j->cut, DF_I_RUN), there ? "" : "cd ",
                         DF_STR_ARG(there ? DF_STR("") : s->dir),
                         there ? "" : " && ", s->prune,
                         DF_STR_ARG(df_newline(df_cx_doc(j->cx)))));
    df_cut_apply(&j->cut, f,
                 d->is_slim ? d->slim.image : j->stage->image_word.str, first,
                 last);
    if (d->is_slim && df_smaller_saves(&d->slim).mb > 0)
        df_saves(f, df_smaller_saves(&d->slim).mb);
    df_saves_by(f, "%s",
                d->is_slim && df_smaller_saves(&d->slim).mb > 0
                    ? "and the packages for development, whose size "
                      "is not known"
                    : "the packages for development, whose size is "
                      "not known");
    df_condition(f,
                 "nothing loads a package of devDependencies when it runs, "
                 "and no build writes outside of %.*s",
                 DF_STR_ARG(s->dir));
}

/* Would the author's word be all that is missing? */
static bool would_serve(const job *j, const df_server_app *s)
{
    job trial = *j;
    deps d = {.kept = s->kept};

    trial.quiet = true;
    check_cut(&trial, &d.kept.cut);
    return !trial.declined && choose_base(&trial, &d);
}

static void cut_server(job *j)
{
    df_server_app s = {.arena = j->arena,
                       .facts = j->facts,
                       .context = df_cx_context(j->cx),
                       .stage = j->stage,
                       .program = &j->program};
    deps d = {.is_slim = false};

    if (!j->program.instr || j->declined || j->proposed || !is_tagged(j->stage))
        return;
    s.use = df_use_started(j->arena, j->facts, s.context, j->stage);
    if (!df_server_find(&s))
        return;
    check_reload(j, s.use);
    if (j->declined)
        return;
    if (s.why.len && s.mend.len && !j->quiet && would_serve(j, &s)) {
        df_suggest(j->cx, s.at, "%.*s; say it: %.*s", DF_STR_ARG(s.why),
                   DF_STR_ARG(s.mend));
        j->declined = true;
    }
    if (s.why.len) {
        decline(j, s.at, s.why);
        return;
    }
    check_cut(j, &s.kept.cut);
    d.kept = s.kept;
    if (!j->declined && choose_base(j, &d))
        propose_server(j, &s, &d);
}

/* What builds beside the install of its dependencies is a server, if it is one
 * in all respects. */
static void try_server(job *j)
{
    job trial = *j;

    trial.quiet = true;
    cut_server(&trial);
    j->proposed |= trial.proposed;
}

/* --- finished programs --- */

static df_str made_lines(job *j, const df_made *m)
{
    df_str out = DF_STR("");

    for (uint32_t i = 0; i < m->npaths; i++)
        out = df_fmt(j->arena, "%.*s%s --from=%.*s %.*s %.*s\n",
                     DF_STR_ARG(out), df_cut_keyword(&j->cut, DF_I_COPY),
                     DF_STR_ARG(j->cut.name), DF_STR_ARG(m->paths[i]),
                     DF_STR_ARG(m->to.len && !i
                                    ? m->to
                                    : as_destination(j, m->paths[i])));
    return out;
}

static void propose_made(job *j, df_made *m)
{
    df_packages packages = {.run = df_cut_keyword(&m->kept.cut, DF_I_RUN),
                            .family = j->stage->known->family,
                            .names = m->kept.packages,
                            .nnames = m->kept.npackages,
                            .recommends = m->kept.recommends && m->same,
                            .assigns = assigns_of(j, &m->kept)};
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs only %.*s; what builds it stays in a stage of its own",
        DF_STR_ARG(m->paths[0]));
    df_str first = DF_STR("");

    j->proposed = true;
    j->cut = m->kept.cut;
    if (packages.nnames)
        first =
            df_fmt(j->arena, "%.*s\n\n",
                   DF_STR_ARG(df_packages_run(j->arena, j->facts, &packages)));
    df_cut_apply(&j->cut, f, m->image, first, made_lines(j, m));
    save(j, &m->kept, 0, f);
    df_condition(f,
                 "the program reads no other file of the build, and starts no "
                 "program that the new stage lacks%s%.*s",
                 m->unread.len ? "; none of its code speaks of " : "",
                 DF_STR_ARG(m->unread));
}

static void cut_made(job *j)
{
    df_made m = {.arena = j->arena,
                 .facts = j->facts,
                 .context = df_cx_context(j->cx),
                 .stage = j->stage,
                 .program = &j->program,
                 .stay = wants(j, "same")};

    if (!j->stage->known || !j->program.instr || j->declined || j->proposed ||
        !df_made_find(&m))
        return;
    if (m.why.len && m.mend.len)
        df_suggest(j->cx, m.at, "%.*s; say it: %.*s", DF_STR_ARG(m.why),
                   DF_STR_ARG(m.mend));
    else if (m.why.len)
        decline(j, m.at, m.why);
    if (m.why.len)
        return;
    check_cut(j, &m.kept.cut);
    if (!j->declined && !m.same)
        check_compose(j);
    if (!j->declined)
        propose_made(j, &m);
}

/* --- a part that is only built --- */

static void propose_folder(job *j, const df_folder *f)
{
    df_finding *finding = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs %.*s, and no other file that is built in %.*s: this "
        "is done in a stage of its own",
        DF_STR_ARG(f->made), DF_STR_ARG(f->dir));
    df_str last;

    j->proposed = true;
    j->cut = f->cut;
    last = df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n",
                  df_cut_keyword(&j->cut, DF_I_COPY), DF_STR_ARG(j->cut.name),
                  DF_STR_ARG(f->made), DF_STR_ARG(as_destination(j, f->made)));
    df_cut_apply(&j->cut, finding, j->stage->image_word.str, DF_STR(""), last);
    df_saves_by(finding, "node_modules of %.*s, whose size is not known",
                DF_STR_ARG(f->dir));
    df_condition(finding,
                 "nothing that runs loads a package from %.*s/node_modules",
                 DF_STR_ARG(f->dir));
}

static void cut_folder(job *j)
{
    df_folder f = {.arena = j->arena,
                   .facts = j->facts,
                   .context = df_cx_context(j->cx),
                   .stage = j->stage};

    if (!j->program.instr || j->proposed)
        return;
    f.use = df_use_started(j->arena, j->facts, f.context, j->stage);
    if (!df_folder_find(&f))
        return;
    j->declined = false;
    if (f.why.len)
        decline(j, f.at, f.why);
    check_cut(j, &f.cut);
    if (!j->declined)
        propose_folder(j, &f);
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    const df_stage *stage = facts->stages + facts->nstages - 1;
    job j = {
        .cx = cx, .arena = df_cx_arena(cx), .facts = facts, .stage = stage};

    if (!facts->nstages || stage->windows || stage->base || !stage->shipped)
        return;
    j.program = df_stage_program(j.arena, facts, stage);
    if (df_str_is(stage->repo, "golang"))
        cut_go(&j);
    else
        cut_site(&j);
    if (!j.proposed && !df_str_is(stage->repo, "golang")) {
        try_server(&j);
        cut_deps(&j);
        cut_server(&j);
        cut_made(&j);
        cut_folder(&j);
    }
}

DF_PASS(multi_stage) = {
    .name = "multi-stage",
    .summary = "leave compilers and sources in a build stage",
    .since = "0.1",
    .phase = DF_PHASE_STAGES,
    .safety = DF_UNSAFE,
    .run = run,
};

/*
 * Leave the build behind
 *
 * An image that builds its program also ships what built it: compiler, package
 * cache, source. Cut in two, the upper stage builds as before, and the lower
 * one gets the finished program, the same configuration, and a small base.
 *
 * Two shapes are known well enough:
 *
 * - a Go program that `go build` or `go install` links without cgo, started in
 *   exec form: it moves to distroless/static, which has certificates, time
 *   zones, /etc/passwd and /tmp, and nothing else;
 * - a site that vite, react-scripts or vue-cli-service makes, served by `serve`
 *   or `http-server`: only the site and the server are kept.
 *
 * Only the first stage of a file with no other is cut. Whatever else a RUN
 * leaves (users, directories, OS packages), files that the program may read,
 * and programs that it starts speak against it; a note says which.
 *
 * Unsafe: what packages of the program do at run time cannot be seen.
 */
#include <string.h>

#include <dfopt/cut.h>
#include <dfopt/go.h>
#include <dfopt/program.h>
#include <dfopt/transform.h>

typedef struct {
    df_pass_ctx *cx;
    df_arena *arena;
    const df_facts *facts;
    const df_stage *stage;
    const df_runtime *runtime; /* of the language */
    df_program program;
    df_cut cut;
    df_str from;   /* the artefact in the upper stage */
    df_str to;     /* and in the lower one */
    df_str unread; /* files that nothing speaks of, for the condition */
    bool declined;
} job;

static df_span start_of(const job *j)
{
    return j->program.instr->keyword;
}

/* One reason is enough. */
static void decline(job *j, df_span at, df_str why)
{
    if (!j->declined)
        df_decline(j->cx, at, "%.*s", DF_STR_ARG(why));
    j->declined = true;
}

#define DECLINE(j, at, ...) decline(j, at, df_fmt((j)->arena, __VA_ARGS__))

static df_str before(df_str s, char c)
{
    df_str head;

    df_str_cut(&s, c, &head);
    return head;
}

static df_str base_name(df_str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/')
            return df_str_from(path, i + 1);
    return path;
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
    if (!df_str_eq(name, base_name(build->path)))
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

static df_str shown(const df_sh_node *node)
{
    return df_str_slice(before(node->text, '\n'), 0, 60);
}

/* Builds that leave something at a place that no word names. */
static void decline_unknown(job *j, const df_go_builds *builds)
{
    for (uint32_t i = 0; i < builds->nitems; i++)
        if (!builds->items[i].path.ptr) {
            const df_sh_node *node = builds->items[i].cmd->node;

            DECLINE(j, node->span, "cannot see which file `%.*s` makes",
                    DF_STR_ARG(shown(node)));
        }
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

/* What else do the RUNs leave? */

static bool is_known(const job *j, const df_cmd *cmd)
{
    df_str both = df_fmt(j->arena, "%.*s %.*s", DF_STR_ARG(cmd->tool),
                         DF_STR_ARG(cmd->sub));

    return df_str_in(cmd->tool, j->runtime->tools) ||
           df_str_in(both, j->runtime->tools);
}

/* Directories that WORKDIR or the COPY of the program make anyway. */
static bool is_on_the_way(job *j, const df_cmd *cmd)
{
    df_str dir = df_stage_workdir(j->arena, j->facts, j->stage);

    for (uint32_t n = 0; df_cmd_operand(cmd, n); n++) {
        const df_sh_word *word = df_cmd_word(cmd, df_cmd_operand(cmd, n));
        df_str path = word->is_plain
                          ? df_image_path(j->arena, cmd->dir, word->value)
                          : word->value;

        if (!df_image_below(dir, path) && !df_image_below(j->from, path))
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

static void check_packages(job *j, const df_cmd *cmd)
{
    bool os = df_str_is(cmd->tool, "apk") || df_str_is(cmd->tool, "apt-get") ||
              df_str_is(cmd->tool, "apt");
    bool adds = df_str_is(cmd->sub, "add") || df_str_is(cmd->sub, "install");

    for (uint32_t n = 0; os && adds && df_cmd_operand(cmd, n); n++) {
        const df_sh_word *word = df_cmd_word(cmd, df_cmd_operand(cmd, n));
        df_str name = before(word->text, '=');

        if (!df_str_in(name, j->runtime->packages))
            DECLINE(j, word->span,
                    "cannot tell whether the program needs the package %.*s "
                    "at run time",
                    DF_STR_ARG(name));
    }
}

static void check_run(job *j, const df_run *run)
{
    if (!run->tree->ok)
        DECLINE(j, run->instr->keyword,
                "cannot tell what this RUN leaves for the program");
    for (uint32_t i = 0; i < run->ncmds && !j->declined; i++) {
        const df_cmd *cmd = &run->cmds[i];

        check_packages(j, cmd);
        if (!cmd->tool.ptr || writes_file(cmd->node) ||
            (!is_known(j, cmd) && !is_on_the_way(j, cmd)))
            DECLINE(j, cmd->node->span,
                    "cannot tell whether the program needs what `%.*s` leaves",
                    DF_STR_ARG(shown(cmd->node)));
    }
}

static void check_runs(job *j)
{
    for (uint32_t i = 0; i < j->facts->nruns; i++)
        check_run(j, &j->facts->runs[i]);
    for (uint32_t i = 0; i < j->cut.cut; i++) {
        const df_instr *instr = j->stage->instrs[i];
        const df_flag *mount = df_instr_flag(instr, "mount");

        if (df_instr_flag(instr, "from") || instr->nheredocs ||
            (instr->kind == DF_I_ADD && df_str_has(instr->args.str, "://")))
            DECLINE(j, instr->keyword,
                    "cannot tell whether the program needs what this %s "
                    "brings",
                    df_instr_name(instr->kind));
        if (mount && df_str_has(mount->value, df_cstr(j->arena, j->from)))
            DECLINE(j, instr->keyword, "the program is made in a mount");
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

static bool is_same_user(const job *j, df_str user)
{
    df_str name;
    bool group = df_str_cut(&user, ':', &name);

    return (is_number(name) || df_str_in(name, j->runtime->users)) &&
           (!group || is_number(user) || df_str_is(user, "root"));
}

static void check_users(job *j)
{
    for (uint32_t i = 0; i < j->stage->ninstrs; i++) {
        const df_instr *instr = j->stage->instrs[i];
        const df_flag *owner = df_instr_flag(instr, "chown");
        df_str name = {NULL, 0};

        if (instr->kind == DF_I_USER)
            name = df_expand(j->arena, j->facts, instr, instr->args.str);
        else if (owner && i >= j->cut.cut)
            name = owner->value;
        else
            continue;
        if (!name.ptr || !is_same_user(j, name))
            DECLINE(j, instr->keyword,
                    "cannot tell whether the user %.*s has a number in %s",
                    DF_STR_ARG(name.ptr ? name : instr->args.str),
                    j->runtime->image);
    }
}

static void check_health(job *j)
{
    const df_instr *health = df_stage_last(j->stage, DF_I_HEALTHCHECK);

    if (!health || df_str_is_nocase(health->words[0].str, "NONE"))
        return;
    if (!health->json || health->nwords < 2 ||
        !df_str_eq(health->words[1].str, df_program_name(&j->program)))
        DECLINE(j, health->keyword,
                "HEALTHCHECK runs another program, which %s lacks",
                j->runtime->image);
}

/* Which files may the program read? */

/* `.ext`, `dir/`, or a name, maybe with something behind a dot. */
static bool matches(df_arena *a, df_str path, df_strings list)
{
    df_str name = base_name(path);
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
static bool is_mentioned(job *j, const df_go_source *go, df_str path)
{
    df_str rest = path;
    df_str part;

    while (rest.len) {
        bool last = !df_str_cut(&rest, '/', &part);
        df_str word = part;
        const char *text;

        if (last && df_str_find_char(word, '.') > 2)
            word = before(word, '.');
        text = df_cstr(j->arena, word);
        if (in_literals(go, text))
            return true;
        for (uint32_t i = 0; last && i < j->stage->ninstrs; i++) {
            const df_instr *instr = j->stage->instrs[i];

            if ((instr->kind == DF_I_ENV || instr->kind == DF_I_CMD ||
                 instr->kind == DF_I_ENTRYPOINT) &&
                df_str_has(instr->args.str, text))
                return true;
        }
    }
    return false;
}

static void check_file(job *j, const df_go_source *go, df_str path,
                       uint32_t *unread)
{
    df_context *context = df_cx_context(j->cx);

    if (matches(j->arena, path, j->runtime->ignores) ||
        df_go_embeds(context, go, path))
        return;
    if (matches(j->arena, path, j->runtime->reads) || is_mentioned(j, go, path))
        DECLINE(j, start_of(j),
                "the program may read %.*s, which the new stage would lack",
                DF_STR_ARG(path));
    else if (++*unread <= 3)
        j->unread = j->unread.len
                        ? df_fmt(j->arena, "%.*s, %.*s", DF_STR_ARG(j->unread),
                                 DF_STR_ARG(path))
                        : path;
}

static void check_files(job *j)
{
    static const char *const skip[] = {".git", "node_modules", NULL};
    df_context *context = df_cx_context(j->cx);
    df_files files = df_copied_files(j->arena, j->facts, context, j->stage, 0,
                                     j->cut.cut, skip);
    df_go_source go = df_go_source_read(j->arena, context, &files);
    uint32_t unread = 0;

    if (j->declined)
        return;
    if (files.missing.len)
        DECLINE(j, start_of(j),
                "%.*s is not in the build context: cannot tell whether the "
                "program needs it",
                DF_STR_ARG(files.missing));
    else if (!go.found || files.cut)
        DECLINE(j, start_of(j),
                "cannot see the source of the program in the build context");
    else if (go.starts.len)
        DECLINE(j, start_of(j),
                "the program starts other programs (%.*s), which %s lacks",
                DF_STR_ARG(go.starts), j->runtime->image);
    for (uint32_t i = 0; i < files.npaths && !j->declined; i++)
        check_file(j, &go, files.paths[i], &unread);
    if (unread > 3)
        j->unread = df_fmt(j->arena, "%.*s and %u more", DF_STR_ARG(j->unread),
                           unread - 3);
}

/* Go. */

static void propose_go(job *j)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs only %.*s, a static program; the toolchain and the "
        "source stay in a stage of their own",
        DF_STR_ARG(j->from));
    const char *copy = df_cut_keyword(&j->cut, DF_I_COPY);
    df_str first =
        df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n", copy,
               DF_STR_ARG(j->cut.name), DF_STR_ARG(j->from), DF_STR_ARG(j->to));

    if (!df_stage_last(j->stage, DF_I_WORKDIR))
        first =
            df_fmt(j->arena, "%.*s%s %.*s\n", DF_STR_ARG(first),
                   df_cut_keyword(&j->cut, DF_I_WORKDIR),
                   DF_STR_ARG(df_stage_workdir(j->arena, j->facts, j->stage)));
    df_cut_apply(&j->cut, f, df_str_of(j->runtime->image), first, DF_STR(""));
    if (j->unread.len)
        df_condition(f,
                     "no package that the program uses starts another program "
                     "or reads a file of the build stage; none of its code "
                     "speaks of %.*s",
                     DF_STR_ARG(j->unread));
    else
        df_condition(f, "no package that the program uses starts another "
                        "program or reads a file of the build stage");
}

static void check_cut(job *j)
{
    df_span at;
    df_str why = df_cut_hindrance(&j->cut, &at);

    if (why.len)
        decline(j, at, why);
}

static void cut_go(job *j)
{
    df_go_builds builds =
        df_go_builds_find(j->arena, j->facts, df_cx_context(j->cx), j->stage);
    const df_go_build *build;

    j->runtime = df_kb_runtime(df_cx_kb(j->cx), "go");
    if (!j->runtime || !j->program.instr)
        return;
    if (j->program.cmd && df_str_is(j->program.cmd->tool, "go")) {
        DECLINE(j, start_of(j), "the image runs `%.*s`, the build tool itself",
                DF_STR_ARG(shown(j->program.cmd->node)));
        return;
    }
    if (j->program.shell || !df_program_name(&j->program).ptr) {
        DECLINE(j, start_of(j),
                "%s in shell form needs sh, which %s lacks; exec form does "
                "not",
                df_instr_name(j->program.instr->kind), j->runtime->image);
        return;
    }
    build = find_build(j, &builds);
    if (!build) {
        decline_unknown(j, &builds);
        return;
    }
    j->cut = df_cut_plan(j->arena, j->facts, j->stage, NULL, NULL,
                         j->runtime->drops);
    check_static(j, build);
    check_cut(j);
    check_runs(j);
    check_users(j);
    check_health(j);
    check_files(j);
    if (!j->declined)
        propose_go(j);
}

/* Sites. */

typedef struct {
    const df_server *server;
    const df_cmd *cmd;     /* that starts it */
    df_str served;         /* the directory, absolute */
    bool fetched;          /* npx: maybe when it starts */
    const df_cmd *install; /* npm install -g of it */
} site;

static bool is_option(df_str word)
{
    return word.len > 1 && word.ptr[0] == '-';
}

/* serve [OPTION…] DIRECTORY; false if anything else can be meant. */
static bool read_server(job *j, site *s)
{
    const df_cmd *cmd = j->program.cmd;
    const df_sh_node *node = cmd ? cmd->node : NULL;
    uint32_t i = cmd ? cmd->tool_word : 0;
    df_str dir = {NULL, 0};

    if (!cmd || i != 0 || !cmd->tool.ptr)
        return false;
    s->fetched = df_str_is(cmd->tool, "npx");
    i += s->fetched;
    while (s->fetched && i < node->nwords && is_option(node->words[i].text))
        i++;
    if (i < node->nwords && node->words[i].is_plain)
        s->server = df_kb_server(df_cx_kb(j->cx), node->words[i].value);
    for (i++; s->server && i < node->nwords; i++) {
        df_str word = node->words[i].value;

        if (!node->words[i].is_plain ||
            df_str_in(word, s->server->reads_options))
            return false;
        if (df_str_in(word, s->server->value_options))
            i++;
        else if (!is_option(word) && dir.ptr)
            return false;
        else if (!is_option(word))
            dir = word;
    }
    s->cmd = cmd;
    if (s->server && dir.ptr)
        s->served = df_image_path(
            j->arena, df_stage_workdir(j->arena, j->facts, j->stage), dir);
    return s->served.ptr != NULL;
}

/* Does a file of the project, or a variable, name another directory? */
static bool is_configured(job *j, const df_bundler *b, const df_cmd *cmd)
{
    df_context *context = df_cx_context(j->cx);

    for (df_strings c = b->config; *c; c++) {
        df_str path = df_image_path(j->arena, cmd->dir, df_str_of(*c));
        df_str text;

        path = df_copied_from(j->arena, j->facts, context, j->stage, path);
        if (path.ptr && (!df_context_read(context, path, &text) ||
                         df_str_has(text, b->setting)))
            return true;
    }
    for (df_strings e = b->env; *e; e++) {
        df_str path = df_image_path(j->arena, cmd->dir, DF_STR(".env"));
        df_str text;

        path = df_copied_from(j->arena, j->facts, context, j->stage, path);
        if (df_var_get(cmd->run->state, df_str_of(*e)) ||
            df_str_has(cmd->node->text, *e) ||
            (path.ptr && df_context_read(context, path, &text) &&
             df_str_has(text, *e)))
            return true;
    }
    return false;
}

/* What a call of a bundler makes; empty: it is none; ptr NULL: unknown. */
static df_str bundled(job *j, const df_call *call)
{
    const df_cmd *cmd = call->cmd;
    uint32_t i = cmd ? df_cmd_operand(cmd, 0) : 0;
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;
    const df_bundler *b =
        word && word->is_plain && call->builds
            ? df_kb_bundler(df_cx_kb(j->cx), call->name, word->value)
            : NULL;
    df_str out;

    if (!b)
        return DF_STR("");
    out = df_str_of(b->output);
    if (is_configured(j, b, cmd) || df_cmd_operands(cmd) > 1 ||
        !cmd->unconditional)
        return (df_str){NULL, 0};
    if (b->option && df_cmd_has(cmd, b->option) &&
        !df_cmd_value(cmd, b->option, &out))
        return (df_str){NULL, 0};
    return df_image_path(j->arena, cmd->dir, out);
}

/* Is the served directory what the build makes? A file without any build is
 * none of our business. */
static bool is_built(job *j, const df_use *use, const site *s, bool *any)
{
    for (uint32_t i = 0; i < use->ncalls; i++) {
        df_str made = bundled(j, &use->calls[i]);

        *any |= !made.ptr || made.len;
        if (made.ptr && made.len && df_str_eq(made, s->served))
            return true;
    }
    return false;
}

/* npm install -g serve, npm i -g serve@14, yarn global add serve */
static bool installs(const df_cmd *cmd, const df_server *server)
{
    bool global = df_cmd_has(cmd, "-g") || df_cmd_has(cmd, "--global") ||
                  df_str_is(cmd->sub, "global");

    for (uint32_t n = 0; global && df_cmd_operand(cmd, n); n++) {
        df_str name = df_cmd_word(cmd, df_cmd_operand(cmd, n))->text;

        if (df_str_is(before(name, '@'), server->package))
            return true;
    }
    return false;
}

static void find_install(job *j, site *s)
{
    for (uint32_t r = 0; r < j->facts->nruns; r++)
        for (uint32_t i = 0; i < j->facts->runs[r].ncmds; i++) {
            const df_cmd *cmd = &j->facts->runs[r].cmds[i];

            if (cmd->unconditional && cmd->tool.ptr && installs(cmd, s->server))
                s->install = cmd;
        }
}

/* The RUN that only installs the server: it may stay below the cut. */
static bool is_install(const df_instr *instr, const void *ctx)
{
    const site *s = ctx;

    return s->install && s->install->run->instr == instr &&
           s->install->run->ncmds == 1;
}

static bool depends_on(job *j, const site *s)
{
    df_context *context = df_cx_context(j->cx);
    df_str path =
        df_image_path(j->arena, df_stage_workdir(j->arena, j->facts, j->stage),
                      DF_STR("package.json"));
    const df_json *root;

    path = df_copied_from(j->arena, j->facts, context, j->stage, path);
    root = path.ptr ? df_context_json(context, path) : NULL;
    return df_json_get(df_json_get(root, "dependencies"), s->server->package) ||
           df_json_get(df_json_get(root, "devDependencies"),
                       s->server->package);
}

static void check_site(job *j, const site *s)
{
    const df_instr *health = df_stage_last(j->stage, DF_I_HEALTHCHECK);

    if (!s->install && (!s->fetched || depends_on(j, s)))
        DECLINE(j, start_of(j),
                "%s is not installed for itself (npm install -g %s), so the "
                "image needs node_modules",
                s->server->tool, s->server->package);
    if (health && !df_str_is_nocase(health->words[0].str, "NONE"))
        DECLINE(j, health->keyword,
                "cannot tell whether HEALTHCHECK works in the new stage");
    for (uint32_t i = 0; i < j->stage->ninstrs; i++) {
        const df_instr *instr = j->stage->instrs[i];

        if (instr->kind == DF_I_USER && i < j->cut.cut)
            DECLINE(j, instr->keyword,
                    "USER stands above the build; below it the site would "
                    "stay readable and the build could be left behind");
        if (instr->kind == DF_I_USER && !df_str_is(instr->args.str, "node") &&
            !is_number(instr->args.str))
            DECLINE(j, instr->keyword,
                    "cannot tell whether the user %.*s exists in the new "
                    "stage",
                    DF_STR_ARG(instr->args.str));
    }
}

static df_str runtime_image(job *j)
{
    const df_stage *stage = j->stage;
    df_str tag = stage->known
                     ? df_kb_slim_tag(j->arena, stage->known, stage->tag)
                     : DF_STR("");

    if (!tag.len || !df_str_eq(stage->image_word.str, stage->image))
        return stage->image_word.str;
    return df_stage_retag(j->arena, stage, tag);
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

static void propose_site(job *j, const site *s)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image only serves %.*s; node_modules and the source stay in a "
        "stage of their own",
        DF_STR_ARG(s->served));
    df_str image = runtime_image(j);
    const df_image *known = j->stage->known;
    df_str last =
        df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n",
               df_cut_keyword(&j->cut, DF_I_COPY), DF_STR_ARG(j->cut.name),
               DF_STR_ARG(s->served), DF_STR_ARG(as_destination(j, s->served)));

    if (s->install &&
        s->install->run->instr->index < j->stage->from->index + j->cut.cut)
        last =
            df_fmt(j->arena, "%s %.*s\n%.*s", df_cut_keyword(&j->cut, DF_I_RUN),
                   DF_STR_ARG(s->install->node->text), DF_STR_ARG(last));
    df_cut_apply(&j->cut, f, image, DF_STR(""), last);
    if (s->install && is_install(s->install->run->instr, s) &&
        s->install->run->instr->index < j->stage->from->index + j->cut.cut)
        df_delete(f, s->install->run->instr->lines);
    if (!df_str_eq(image, j->stage->image_word.str) && known->slim_mb > 0)
        df_saves(f, known->full_mb - known->slim_mb);
    df_condition(f, "the site needs nothing but %.*s when it is served",
                 DF_STR_ARG(s->served));
}

static void cut_node(job *j)
{
    static const char *const none[] = {NULL};
    site s = {.server = NULL};
    const df_use *use;
    bool any = false;

    if (!j->program.instr || !read_server(j, &s))
        return;
    use = df_use_find(j->arena, j->facts, df_cx_context(j->cx), j->stage);
    if (!is_built(j, use, &s, &any)) {
        DECLINE(j, start_of(j), "cannot see which step makes %.*s",
                DF_STR_ARG(s.served));
        return;
    }
    find_install(j, &s);
    j->cut = df_cut_plan(j->arena, j->facts, j->stage, is_install, &s, none);
    check_cut(j);
    check_site(j, &s);
    if (!j->declined)
        propose_site(j, &s);
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    const df_stage *stage = facts->stages;
    job j = {
        .cx = cx, .arena = df_cx_arena(cx), .facts = facts, .stage = stage};

    if (facts->nstages != 1 || stage->windows)
        return;
    j.program = df_stage_program(j.arena, facts, stage);
    if (df_str_is(stage->repo, "golang"))
        cut_go(&j);
    else if (df_str_is(stage->repo, "node"))
        cut_node(&j);
}

DF_PASS(multi_stage) = {
    .name = "multi-stage",
    .summary = "leave compilers and sources in a build stage",
    .since = "0.1",
    .phase = DF_PHASE_STAGES,
    .safety = DF_UNSAFE,
    .run = run,
};

/* What an author could do about installs: see dfopt/advice.h. */
#include <dfopt/advice.h>
#include <dfopt/install.h>
#include <dfopt/wanted.h>

/* The first Node.js all of whose images have an npm with `npm ci` (5.7). */
#define CI_SINCE 10

/* Would the line mend it, and is that all that it does? */
void df_mended_by_line(df_pass_ctx *cx, df_str line)
{
    if (line.len && df_wanted_of_context(df_cx_arena(cx), df_cx_facts(cx),
                                         line) == DF_WANTED_NOT)
        df_mended_by_ignoring(cx, line);
}

static bool installs_only_production(const df_cmd *cmd)
{
    df_str value = {NULL, 0};

    df_cmd_value(cmd, "--only", &value);
    return df_cmd_has(cmd, "--production") || df_str_starts(value, "prod") ||
           (df_cmd_value(cmd, "--omit", &value) && df_str_is(value, "dev"));
}

/* The major version of a node image; 99 if it does not say one. */
static unsigned node_version(const df_stage *stage)
{
    unsigned n = 0;
    size_t i = 0;

    while (stage->base)
        stage = stage->base;
    if (!df_str_is(stage->repo, "node"))
        return 99;
    for (; i < stage->tag.len && i < 4 && df_is_digit(stage->tag.ptr[i]); i++)
        n = n * 10 + (unsigned)(stage->tag.ptr[i] - '0');
    return i ? n : 99;
}

/* Of version 1 a lock nests `dependencies`, later it lists paths. */
static bool is_locked(df_arena *a, const df_json *lock, df_str name)
{
    const df_json *packages = df_json_get(lock, "packages");

    return packages
               ? df_json_get(
                     packages,
                     df_fmt(a, "node_modules/%.*s", DF_STR_ARG(name)).ptr) !=
                     NULL
               : df_json_get(df_json_get(lock, "dependencies"),
                             df_cstr(a, name)) != NULL;
}

/* With a lock that is out of date `npm ci` fails. */
static bool locks_all(df_pass_ctx *cx, const df_install *in, df_str lock)
{
    static const char *const keys[] = {"dependencies", "devDependencies", NULL};
    const df_json *manifest =
        df_context_json(df_cx_context(cx), in->needs[0].origin.path);
    const df_json *json = df_context_json(df_cx_context(cx), lock);
    df_str name;

    for (const char *const *key = keys; *key; key++) {
        const df_json *all = df_json_get(manifest, *key);

        for (size_t i = 0; i < df_json_count(all); i++) {
            df_json_member(all, i, &name);
            if (!is_locked(df_cx_arena(cx), json, name))
                return false;
        }
    }
    return json != NULL;
}

static void suggest_ci(df_pass_ctx *cx, const df_install *in, df_str lock)
{
    const df_cmd *cmd = in->cmd;
    unsigned node = node_version(cmd->run->stage);
    const char *flag = !installs_only_production(cmd) ? ""
                       : node < 16                    ? " --only=production"
                                                      : " --omit=dev";

    if (node >= CI_SINCE && locks_all(cx, in, lock))
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "npm ci%s installs exactly what package-lock.json says, or "
                   "fails",
                   flag);
}

/* `npm install` beside a lock file: read it, or at least copy it. */
static void advise_lock(df_pass_ctx *cx, const df_install *in)
{
    static const char *const installs[] = {"install", "i", NULL};
    const df_cmd *cmd = in->cmd;
    df_arena *a = df_cx_arena(cx);
    df_str lock = DF_STR("package-lock.json");

    if (!df_str_is(cmd->tool, "npm") || !df_str_in(cmd->sub, installs) ||
        df_cmd_has(cmd, "--no-package-lock"))
        return;
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_eq(df_path_base(in->needs[i].origin.path), lock)) {
            suggest_ci(cx, in, in->needs[i].origin.path);
            return;
        }
    lock = df_context_join(a, df_image_dir(in->needs[0].origin.path), lock);
    if (node_version(cmd->run->stage) >= CI_SINCE &&
        df_context_lookup(df_cx_context(cx), lock) == DF_FILE_REGULAR &&
        locks_all(cx, in, lock))
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "%.*s is not copied before npm install: with it, npm ci "
                   "installs exactly what it says, or fails",
                   DF_STR_ARG(lock));
}

/* Has a RUN above installed the dependencies alone? */
static bool installed_apart(df_pass_ctx *cx, const df_cmd *cmd,
                            const df_ecosystem *eco)
{
    const df_stage *stage = cmd->run->stage;

    for (const df_cmd *other = NULL;
         (other = df_stage_next_cmd(stage, other)) != NULL;) {
        if (other == cmd)
            return false;
        if (other->ecosystem == eco &&
            !df_install_missing_options(df_cx_arena(cx), other).len)
            return true;
    }
    return false;
}

/* `yarn install` with a lock: it might still write another one. */
static void advise_frozen(df_pass_ctx *cx, const df_install *in)
{
    const df_ecosystem *eco = in->eco;
    df_str lock = DF_STR("");
    df_str text;

    if (!eco->frozen || df_cmd_has(in->cmd, eco->frozen) ||
        df_cmd_has_any(in->cmd, eco->frozen_with) ||
        (*eco->only_with && installed_apart(cx, in->cmd, eco)))
        return; /* once for both calls */
    for (uint32_t i = 0; i < in->nneeds && !lock.len; i++)
        if (df_str_eq(df_path_base(in->needs[i].origin.path),
                      df_str_of(*eco->locks)))
            lock = in->needs[i].origin.path;
    /* Later yarns call it --immutable. */
    if (!lock.len || !df_context_read(df_cx_context(cx), lock, &text) ||
        df_str_has(text, "__metadata:"))
        return;
    df_suggest(cx, in->cmd->node->words[in->cmd->tool_word].span,
               "%.*s %s installs exactly what %.*s says, or fails",
               DF_STR_ARG(df_install_name(df_cx_arena(cx), in->cmd)),
               eco->frozen, DF_STR_ARG(df_path_base(lock)));
}

static bool was_said(const df_said *lines, df_str line)
{
    for (uint32_t i = 0; i < lines->nitems; i++)
        if (df_str_eq(lines->items[i], line))
            return true;
    return false;
}

/* The builder's own node_modules, where there is one. */
static void advise_ignore(df_pass_ctx *cx, const df_install *in, df_said *lines)
{
    const df_brought *all =
        df_brought_all(df_cx_arena(cx), df_cx_facts(cx), df_cx_context(cx),
                       in->cmd->run->stage);

    for (df_strings name = in->eco->ignore; *name; name++) {
        const df_copied *by = NULL;
        df_str line = df_install_exposed(all, in, *name, &by);

        if (!line.len || was_said(lines, line))
            continue;
        *df_push(df_cx_arena(cx), lines, items) = line;
        if (df_wanted_of_context(df_cx_arena(cx), df_cx_facts(cx), line) ==
            DF_WANTED_BY_NAME)
            continue;
        df_suggest(cx, by->instr->keyword,
                   "add the line `%.*s` to %.*s, or COPY %s", DF_STR_ARG(line),
                   DF_STR_ARG(df_context_ignore_name(df_cx_context(cx))),
                   df_str_in(df_str_of(*name), in->eco->writes)
                       ? "lays what the host has over what was installed"
                       : "brings what the host has built there");
        df_mended_by_line(cx, line);
    }
}

/* What the COPY would bring of that name beside the project; empty: nothing. */
static df_str exposed_by(df_pass_ctx *cx, const df_brought *b,
                         const df_copied *copy, df_str dir, const char *name)
{
    df_arena *a = df_cx_arena(cx);
    df_str path = dir.ptr ? df_copy_would_bring(
                                b, copy, df_image_path(a, dir, df_str_of(name)))
                          : DF_STR("");

    if (!path.len)
        return path;
    dir = df_str_slice(path, 0, path.len - df_str_of(name).len);
    if (dir.len)
        dir = df_str_slice(dir, 0, dir.len - 1);
    return df_git_ignores(a, df_cx_context(cx), dir, df_str_of(name))
               ? path
               : DF_STR("");
}

/* `java -jar target/a.jar`: it may be the host's. */
static bool is_mentioned(df_pass_ctx *cx, const char *name)
{
    const df_doc *doc = df_cx_facts(cx)->doc;

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        if (df_str_has(doc->instrs[i]->text.str, name))
            return true;
    return false;
}

/* `target`, `.venv`: git ignores what is there, the builder does not. */
static void advise_hosts(df_pass_ctx *cx, const df_cmd *cmd,
                         const df_ecosystem *eco, const df_brought *b,
                         df_said *lines)
{
    for (df_strings name = eco->hosts; *name; name++)
        for (uint32_t i = 0; i < b->ncopies; i++) {
            df_str line = exposed_by(cx, b, &b->copies[i], cmd->dir, *name);

            if (!line.len)
                continue;
            if (was_said(lines, line))
                break;
            *df_push(df_cx_arena(cx), lines, items) = line;
            if (is_mentioned(cx, *name))
                break;
            df_suggest(cx, b->copies[i].instr->keyword,
                       "add the line `%.*s` to %.*s: git ignores it, so hosts "
                       "may have one, and COPY brings it",
                       DF_STR_ARG(line),
                       DF_STR_ARG(df_context_ignore_name(df_cx_context(cx))));
            df_mended_by_line(cx, line);
            break;
        }
}

/* Does the source, with the manifest in it, stand above the command? */
static bool has_source(const df_brought *b, df_str dir)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (b->copies[i].known && df_copy_brings_source(&b->copies[i]) &&
            df_image_below(b->copies[i].dest, dir))
            return true;
    return false;
}

static bool find_manifest(df_pass_ctx *cx, const df_brought *b,
                          const df_cmd *cmd, df_origin *origin)
{
    const df_strings lists[] = {cmd->ecosystem->manifests,
                                cmd->ecosystem->also};
    df_arena *a = df_cx_arena(cx);

    for (size_t i = 0; !b->too_many && i < sizeof lists / sizeof *lists; i++)
        for (df_strings m = lists[i]; *m; m++)
            if (df_brought_find(b, df_image_path(a, cmd->dir, df_str_of(*m)),
                                origin))
                return true;
    return false;
}

static bool stands_below_source(df_pass_ctx *cx, const df_cmd *cmd)
{
    const df_brought *b = df_brought_before(df_cx_arena(cx), df_cx_facts(cx),
                                            df_cx_context(cx), cmd->run->instr);
    df_origin origin;

    return find_manifest(cx, b, cmd, &origin) &&
           (df_copy_brings_source(origin.copy) || has_source(b, cmd->dir));
}

/* The manifest that a COPY of the whole build context should have brought;
 * empty: it did, or there is no such COPY, or the tool may have made it. */
static df_str absent_manifest(df_pass_ctx *cx, const df_cmd *cmd)
{
    df_arena *a = df_cx_arena(cx);
    const df_brought *b = df_brought_before(a, df_cx_facts(cx),
                                            df_cx_context(cx), cmd->run->instr);
    df_str name = df_str_of(*cmd->ecosystem->manifests);
    df_origin origin;

    if (!cmd->dir.ptr || b->too_many || find_manifest(cx, b, cmd, &origin))
        return DF_STR("");
    for (const df_cmd *c = NULL; (c = df_stage_cmd_above(cmd, c)) != NULL;)
        if (df_str_eq(c->tool, cmd->tool))
            return DF_STR("");
    for (uint32_t i = 0; i < b->ncopies; i++) {
        df_str below;

        if (!df_copy_is_whole(&b->copies[i]) ||
            !df_image_below(cmd->dir, b->copies[i].dest))
            continue;
        below = df_path_below(cmd->dir, b->copies[i].dest);
        if (df_context_lookup(df_cx_context(cx), below) == DF_FILE_DIR)
            return df_context_join(a, below, name);
    }
    return DF_STR("");
}

/* `poetry install` reads the source; with --no-root it would not. */
void df_advise_apart(df_pass_ctx *cx, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    df_arena *a = df_cx_arena(cx);
    df_str missing;

    if (!eco || !*eco->only_with || df_install_is_off(cmd) ||
        installed_apart(cx, cmd, eco))
        return;
    missing = df_install_missing_options(a, cmd);
    if (missing.len && stands_below_source(cx, cmd))
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "`%.*s%.*s` above COPY would install the dependencies "
                   "alone: editing source would not reinstall them",
                   DF_STR_ARG(df_install_name(a, cmd)), DF_STR_ARG(missing));
}

/* cargo chef, cargo fetch: has the tool worked on dependencies before? */
static bool has_worked(const df_cmd *cmd)
{
    static const char *const others[] = {"add",     "clean", "init",
                                         "install", "new",   NULL};

    for (const df_stage *s = cmd->run->stage; s; s = s->base)
        for (const df_cmd *c = NULL;
             (c = df_stage_next_cmd(s, c)) != NULL && c != cmd;)
            if (df_str_eq(c->tool, cmd->tool) && c->sub.len &&
                !df_str_in(c->sub, others))
                return true;
    return false;
}

static bool has_word(df_str text, const char *word)
{
    size_t len = df_str_of(word).len;

    for (size_t i = 0; i + len <= text.len; i++)
        if (df_str_is(df_str_slice(text, i, i + len), word) &&
            (!i || !df_is_name(text.ptr[i - 1])) &&
            (i + len == text.len || !df_is_name(text.ptr[i + len])))
            return true;
    return false;
}

bool df_stage_starts(const df_stage *stage, const char *tool)
{
    for (const df_stage *s = stage; s; s = s->base)
        for (uint32_t i = 0; i < s->ninstrs; i++)
            if ((s->instrs[i]->kind == DF_I_CMD ||
                 s->instrs[i]->kind == DF_I_ENTRYPOINT) &&
                has_word(s->instrs[i]->args.str, tool))
                return true;
    return false;
}

/* `cargo build` downloads, compiles and builds in one; no part of it can come
 * first. */
void df_advise_by_hand(df_pass_ctx *cx, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    const df_instr *instr = cmd->run->instr;
    df_str absent;

    if (!eco || !df_install_is(cmd, "suggest") || df_install_is_off(cmd) ||
        has_worked(cmd) ||
        (eco->operands_are_packages && df_cmd_operands(cmd)) ||
        (cmd->run->stage->shipped &&
         df_stage_starts(cmd->run->stage, eco->tool)))
        return;
    if (!stands_below_source(cx, cmd)) {
        absent = absent_manifest(cx, cmd);
        if (absent.len)
            df_decline(cx, instr->keyword,
                       "%.*s is not in the build context; if that is another "
                       "directory, name it with -C",
                       DF_STR_ARG(absent));
        return;
    }
    for (uint32_t i = 0; i < instr->nflags; i++)
        if (df_str_has(instr->flags[i].value, "type=cache"))
            return;
    df_suggest(cx, cmd->node->words[cmd->tool_word].span, "%s", eco->suggest);
}

/* `.`, `-e`: the word by which the project itself is installed, or NULL. */
static const df_sh_word *project_word(const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];
        df_str said = w->is_plain ? w->value : w->text;

        for (df_strings p = cmd->ecosystem->of_project; *p; p++)
            if (**p == '-' ? df_str_is(said, *p) : df_str_starts(said, *p))
                return w;
    }
    for (df_operands it = df_cmd_all_operands(cmd);
         *cmd->ecosystem->of_project && df_operands_next(&it);)
        if (df_image_below(df_cmd_word(cmd, it.at)->value, cmd->dir))
            return df_cmd_word(cmd, it.at); /* pip install /srv/backend */
    return NULL;
}

/* An option by which it may read what is not known, or NULL. */
static const df_sh_word *unfollowed_word(const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str rest = cmd->node->words[i].text;
        df_str name;

        df_str_cut(&rest, '=', &name);
        if (df_str_in(name, cmd->ecosystem->unfollowed))
            return &cmd->node->words[i];
    }
    return NULL;
}

static bool follows_another(const df_cmd *cmd)
{
    for (const df_cmd *c = NULL; (c = df_stage_cmd_above(cmd, c)) != NULL;)
        if (df_str_eq(c->tool, cmd->tool) && df_cmd_is_manifest_install(c))
            return true;
    return false;
}

/* `pip install -e .`, `bundle install --gemfile=…`: what it reads is not known,
 * or all there is. */
void df_advise_unknown(df_pass_ctx *cx, const df_cmd *cmd)
{
    df_arena *a = df_cx_arena(cx);
    const df_sh_word *whole, *word;
    const df_brought *b;

    if (!cmd->ecosystem || !cmd->dir.ptr ||
        df_cmd_has_any(cmd, cmd->ecosystem->not_with))
        return;
    whole = project_word(cmd);
    word = whole ? whole : unfollowed_word(cmd);
    if (!word || follows_another(cmd))
        return;
    b = df_brought_before(a, df_cx_facts(cx), df_cx_context(cx),
                          cmd->run->instr);
    if (!b->too_many && has_source(b, cmd->dir))
        df_decline(cx, cmd->run->instr->keyword,
                   whole
                       ? "%.*s with `%.*s` installs the project itself, so it "
                         "stays below COPY"
                       : "what %.*s reads with `%.*s` is not known, so it "
                         "stays below COPY",
                   DF_STR_ARG(df_install_name(a, cmd)), DF_STR_ARG(word->text));
}

void df_advise_install(df_pass_ctx *cx, const df_cmd *cmd, df_said *lines)
{
    const df_ecosystem *eco = cmd->ecosystem;
    const df_brought *b;
    df_install in;

    if (!eco || (!*eco->ignore && !eco->frozen))
        return;
    b = df_brought_before(df_cx_arena(cx), df_cx_facts(cx), df_cx_context(cx),
                          cmd->run->instr);
    if (b->too_many || !df_install_read(b, cmd, &in) || in.missing.len)
        return;
    advise_lock(cx, &in);
    advise_frozen(cx, &in);
    advise_ignore(cx, &in, lines);
}

/* --- of a stage, and of all --- */

static bool is_same_copy(const df_copied *a, const df_copied *b)
{
    if (!a->known || !b->known || a->nsources != b->nsources ||
        !df_str_eq(a->dest, b->dest) || a->instr->nflags || b->instr->nflags)
        return false;
    for (uint32_t i = 0; i < a->nsources; i++)
        if (!df_str_eq(a->sources[i].path, b->sources[i].path))
            return false;
    return true;
}

/* Each command of a stage that a row is about, once for each row. */
static void advise_stage(df_pass_ctx *cx, const df_stage *stage, df_said *lines)
{
    const df_facts *facts = df_cx_facts(cx);
    const df_brought *b =
        df_brought_all(df_cx_arena(cx), facts, df_cx_context(cx), stage);
    const df_ecosystem *last = NULL;

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(stage, cmd)) != NULL;) {
        const df_ecosystem *eco = cmd->ecosystem;

        if (!eco || eco == last || !*eco->hosts)
            continue;
        advise_hosts(cx, cmd, eco, b, lines);
        last = eco;
    }
}

/* A commit that touches nothing of the image makes COPY run again. */
static bool advise_git(df_pass_ctx *cx, const df_stage *stage)
{
    const df_brought *b = df_brought_all(df_cx_arena(cx), df_cx_facts(cx),
                                         df_cx_context(cx), stage);
    df_str git = DF_STR(".git");

    if (df_context_lookup(df_cx_context(cx), git) != DF_FILE_DIR ||
        df_context_ignores(df_cx_context(cx), DF_STR(".git/x")))
        return false;
    for (uint32_t i = 0; i < b->ncopies; i++) {
        const df_copied *copy = &b->copies[i];

        if (!df_copy_is_whole(copy))
            continue;
        if (!df_may_ask_git(df_cx_facts(cx)) &&
            df_wanted_of_context(df_cx_arena(cx), df_cx_facts(cx), git) !=
                DF_WANTED_BY_NAME)
            df_suggest(cx, copy->instr->keyword,
                       "add the line `.git` to %.*s, unless a build step asks "
                       "git: with each commit COPY runs again%s",
                       DF_STR_ARG(df_context_ignore_name(df_cx_context(cx))),
                       stage->shipped ? ", and the image holds the history"
                                      : "");
        return true;
    }
    return false;
}

/* `COPY . .` twice: the second brings what is there. */
static void advise_once(df_pass_ctx *cx, const df_stage *stage)
{
    const df_brought *b = df_brought_all(df_cx_arena(cx), df_cx_facts(cx),
                                         df_cx_context(cx), stage);
    const df_copied *last = NULL;

    for (uint32_t i = 0; i < b->ncopies; i++) {
        const df_copied *copy = &b->copies[i];

        if (copy->instr->index < stage->from->index || !copy->known ||
            !df_copy_is_broad(copy))
            continue;
        if (last && is_same_copy(last, copy))
            df_suggest(
                cx, copy->instr->keyword,
                "this copies the same files as `%.*s` above: one will do, "
                "unless something between changes them",
                DF_STR_ARG(last->instr->text.str));
        last = copy;
    }
}

void df_advise_stages(df_pass_ctx *cx, df_said *lines)
{
    const df_facts *facts = df_cx_facts(cx);

    for (uint32_t i = 0; i < facts->nstages; i++)
        if (advise_git(cx, &facts->stages[i]))
            break;
    for (uint32_t i = 0; i < facts->nstages; i++) {
        advise_once(cx, &facts->stages[i]);
        advise_stage(cx, &facts->stages[i], lines);
    }
}

/*
 * What speaks against a smaller image beside single commands and packages: see
 * smaller.h. Who works in it, what installs documentation, what the source
 * starts, what other stages take from it.
 */
#include <dfopt/program.h>
#include <dfopt/smaller.h>

#include <string.h>

#include "facts/lacks.h"

/* Not `CMD []`. */
static bool names_program(const df_instr *instr)
{
    return instr && (!instr->json || instr->nwords);
}

static bool has_program(const df_stage *stage)
{
    for (; stage; stage = stage->base)
        if (names_program(df_stage_last(stage, DF_I_CMD)) ||
            names_program(df_stage_last(stage, DF_I_ENTRYPOINT)))
            return true;
    return false;
}

/* An image to build upon, or to work in: it needs who knows what. */
static void check_programs(df_smaller *s)
{
    for (const df_stage *t = s->stage; t && !s->why.len; t = t->next) {
        if (!t->shipped || (t->used && t->index + 1 < s->facts->nstages) ||
            has_program(t))
            continue;
        SAY(s, t->from->keyword,
            "cannot see what the image runs, without CMD and "
            "ENTRYPOINT; %.*s may lack some of it",
            DF_STR_ARG(s->image));
    }
}

/* An image in which somebody works, or that waits for others to do so. */
static void check_idle(df_smaller *s)
{
    df_strings idle = df_kb_words(s->facts->kb, "idle");
    const df_call *last = NULL;

    for (uint32_t i = 0; i < s->use->ncalls; i++) {
        const df_call *call = &s->use->calls[i];

        if (call->builds || call->instr->kind == DF_I_HEALTHCHECK)
            continue;
        if (!df_str_in(call->name, idle))
            return;
        last = call;
    }
    if (last)
        SAY(s, last->at,
            "cannot see what is done in a container that only runs `%.*s`; "
            "%.*s may lack some of it",
            DF_STR_ARG(last->name), DF_STR_ARG(s->image));
}

/* Their installation makes links in a directory that slim images drop. */
static void check_manuals(df_smaller *s)
{
    df_strings names = df_kb_words(s->facts->kb, "manuals");
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (s->why.len || !call ||
        df_str_has(call->cmd->run->tree->text.str, "/usr/share/man"))
        return;
    SAY(s, call->at,
        "%.*s lacks /usr/share/man/man1, which the package %.*s may "
        "need to be installed",
        DF_STR_ARG(s->image), DF_STR_ARG(package));
}

/* Who installs documentation wants to read it. */
static void check_readers(df_smaller *s)
{
    static const char *const names[] = {"*-doc",    "*-docs", "man-db",
                                        "manpages", "yelp",   NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (call && df_str_is(df_str_of(s->stage->known->family), "debian"))
        SAY(s, call->at,
            "%.*s keeps out most of what the package %.*s installs",
            DF_STR_ARG(s->image), DF_STR_ARG(package));
}

/* Who installs headers compiles something. */
static void check_headers(df_smaller *s)
{
    static const char *const names[] = {"*-dev", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (s->why.len || !call || !df_lacks(s, DF_STR("gcc"), NULL))
        return;
    SAY(s, call->at,
        "%.*s lacks gcc, which whatever %.*s is installed for needs",
        DF_STR_ARG(s->image), DF_STR_ARG(package));
}

/* A program that the source starts. */
static void check_spawn(void *data, const df_spawn *spawn)
{
    df_smaller *s = data;
    df_str by =
        df_fmt(s->arena, "%.*s:%u", DF_STR_ARG(spawn->file), spawn->line);

    if (df_str_ends(spawn->name, ".sh"))
        SAY(s, s->stage->image_word.span,
            "cannot see what `%.*s` runs, which %.*s starts; %.*s may lack "
            "some of it",
            DF_STR_ARG(spawn->name), DF_STR_ARG(by), DF_STR_ARG(s->image));
    else if (df_lacks(s, spawn->name, NULL) &&
             !df_lacks_add(s, spawn->name, by, NULL))
        SAY(s, s->stage->image_word.span, "%.*s lacks %.*s, which %.*s starts",
            DF_STR_ARG(s->image), DF_STR_ARG(spawn->name), DF_STR_ARG(by));
}

/* Is something copied, and is it but the Dockerfile and what describes it? */
static bool copies_nothing(const df_files *files, const df_stage *stage)
{
    static const char *const idle[] = {"Dockerfile", ".dockerignore",
                                       "README.md",  "LICENSE",
                                       ".gitignore", NULL};
    bool copies = false;

    for (uint32_t i = 0; i < stage->ninstrs; i++)
        copies |= (stage->instrs[i]->kind == DF_I_COPY ||
                   stage->instrs[i]->kind == DF_I_ADD) &&
                  !df_instr_flag(stage->instrs[i], "from") &&
                  !df_str_has(stage->instrs[i]->args.str, "://");
    for (uint32_t i = 0; i < files->npaths; i++)
        if (!df_str_in(df_path_base(files->paths[i]), idle))
            return false;
    return copies;
}

static bool is_java_source(df_str path)
{
    static const char *const ends[] = {".java",   ".kt",     ".scala",
                                       ".groovy", "pom.xml", ".gradle",
                                       ".kts",    NULL};

    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(path, *e))
            return true;
    return false;
}

/* The source of Java may lie beside a jar that is copied alone, or in another
 * stage. `what` may be needed where it has one of the words. */
static void check_words(df_smaller *s, df_strings words, const char *what)
{
    static const char *const skip[] = {".git", "node_modules", "test", NULL};
    df_files files = df_context_files(s->arena, s->context, skip);

    for (uint32_t i = 0; i < files.npaths && !s->why.len; i++) {
        df_str text;

        if (!is_java_source(files.paths[i]) ||
            !df_context_read(s->context, files.paths[i], &text))
            continue;
        for (df_strings w = words; *w; w++)
            if (df_str_has(text, *w))
                SAY(s, s->stage->image_word.span,
                    "%.*s lacks %s, which %.*s may need (%s)",
                    DF_STR_ARG(s->image), what, DF_STR_ARG(files.paths[i]), *w);
    }
}

static void check_java(df_smaller *s)
{
    const df_kb *kb = s->facts->kb;

    /* Fonts, and what finds them, are not in slim images. */
    if (df_str_is(s->stage->repo, "openjdk") && df_str_has(s->tag, "slim"))
        check_words(s, df_kb_words(kb, "draws-text"),
                    "fontconfig and freetype");
    if (strcmp(s->kind, "jre") == 0)
        check_words(s, df_kb_words(kb, "names-jdk"), "the tools of the JDK");
}

static void check_source(df_smaller *s)
{
    static const char *const skip[] = {"node_modules", ".git",      "test",
                                       "tests",        "__tests__", NULL};

    for (const df_stage *t = s->stage; t && !s->why.len; t = t->next) {
        df_files files;

        files = df_copied_files(s->arena, s->facts, s->context, t, 0,
                                t->ninstrs, skip);
        if (!files.missing.len && copies_nothing(&files, t))
            SAY(s, s->stage->image_word.span,
                "the build context has nothing but the Dockerfile: cannot "
                "tell whether %.*s has everything",
                DF_STR_ARG(s->image));
        else if (files.missing.len)
            SAY(s, s->stage->image_word.span,
                "%.*s is not in the build context: cannot tell whether "
                "%.*s has everything",
                DF_STR_ARG(files.missing), DF_STR_ARG(s->image));
        else
            df_spawn_each(s->context, &files, check_spawn, s);
    }
}

/* Manuals, translations and examples are not in the files of slim images. */
static void check_documents(df_smaller *s)
{
    static const char *const dirs[] = {"/usr/share/doc/", "/usr/share/man/",
                                       "/usr/share/info/", "/usr/share/locale/",
                                       NULL};
    static const char *const removers[] = {"find", "rm", "mkdir", NULL};

    for (uint32_t i = 0; i < s->use->ncalls && !s->why.len; i++) {
        const df_call *call = &s->use->calls[i];

        for (const char *const *d = dirs; call->cmd && *d; d++)
            if (df_str_has(call->cmd->node->text, *d) &&
                !df_str_in(call->name, removers))
                SAY(s, call->at, "%.*s lacks most of %.*s, which `%.*s` names",
                    DF_STR_ARG(s->image), DF_STR_ARG(df_str_of(*d)),
                    DF_STR_ARG(call->name));
    }
}

/* Another stage that takes programs or libraries of this one. */
static void check_taken(df_smaller *s)
{
    static const char *const dirs[] = {
        "/usr/bin", "/usr/lib", "/usr/sbin", "/usr/share",   "/lib",
        "/bin",     "/sbin",    "/etc/ssl",  "/usr/include", NULL};

    for (const df_taking *t = s->stage->takings; t; t = t->next) {
        const df_instr *copy = t->instr;

        for (uint32_t w = 0; w + 1 < copy->nwords; w++)
            for (const char *const *d = dirs; *d; d++)
                if (df_str_is(copy->words[w].str, "/") ||
                    df_image_below(copy->words[w].str, df_str_of(*d)))
                    SAY(s, copy->keyword,
                        "%.*s may lack what is copied from %.*s of it",
                        DF_STR_ARG(s->image), DF_STR_ARG(copy->words[w].str));
    }
}

/* Is it an image of the whole language, with the tools of a distribution? */
static bool is_slim(const df_smaller *s)
{
    return strcmp(s->kind, "slim") == 0 || strcmp(s->kind, "base") == 0;
}

/* --- packages that are there anyway --- */

static bool is_apt(const df_call *call, const char *sub)
{
    const df_cmd *cmd = call->cmd;

    return cmd && call->builds && df_str_is(cmd->sub, sub) &&
           (df_str_is(cmd->tool, "apt-get") || df_str_is(cmd->tool, "apt"));
}

/* `apt install -y python3` without lists does nothing where it is there, and
 * fails where it is not. */
static void check_lists(df_smaller *s)
{
    for (uint32_t i = 0; i < s->use->ncalls && !s->why.len; i++) {
        const df_call *call = &s->use->calls[i];

        if (is_apt(call, "update"))
            return;
        if (!is_apt(call, "install"))
            continue;
        for (df_operands it = df_cmd_all_operands(call->cmd);
             df_operands_next(&it);) {
            df_str name = df_cmd_word(call->cmd, it.at)->text;

            if (df_smaller_drops_package(s, name))
                SAY(s, call->at,
                    "%.*s lacks %.*s, and there is no apt-get update before "
                    "it is installed",
                    DF_STR_ARG(s->image), DF_STR_ARG(name));
        }
    }
}

/* Who installs git means to use it, with the certificates of the image. */
static void check_fetchers(df_smaller *s)
{
    static const char *const names[] = {"curl", "git", "git-core", "wget",
                                        NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);
    df_str certificates = DF_STR("update-ca-certificates");

    if (!call || !df_lacks(s, certificates, NULL))
        return;
    if (!df_lacks_add(s, certificates,
                      df_fmt(s->arena, "%.*s", DF_STR_ARG(package)), NULL))
        SAY(s, call->at, "%.*s lacks ca-certificates, which %.*s needs",
            DF_STR_ARG(s->image), DF_STR_ARG(package));
}

void df_lacks_image(df_smaller *s)
{
    if (is_slim(s)) {
        check_manuals(s);
        check_documents(s);
        check_readers(s);
        check_lists(s);
    }
    check_fetchers(s);
    check_headers(s);
    check_taken(s);
    check_programs(s);
    check_idle(s);
    check_source(s);
    check_java(s);
}

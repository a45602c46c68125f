/*
 * Packages of the distribution above a cut: those that only build stay there,
 * with what programs need that are linked with them kept below; see kept.h.
 */
#include "pass/kept.h"

#include <dfopt/smaller.h>

#include <string.h>

#define SAY KEPT_SAY

static df_strings words(const df_kept *k, const char *list)
{
    return df_kb_words(k->facts->kb, list);
}

bool df_kept_on_alpine(const df_kept *k)
{
    return strcmp(k->stage->known->family, "alpine") == 0;
}

bool df_kept_is_manager(const df_kept *k, const df_cmd *cmd)
{
    return df_kept_on_alpine(k)
               ? df_str_is(cmd->tool, "apk")
               : df_str_is(cmd->tool, "apt-get") || df_str_is(cmd->tool, "apt");
}

void df_kept_keep(df_kept *k, df_str name)
{
    for (uint32_t i = 0; i < k->npackages; i++)
        if (df_str_eq(k->packages[i], name))
            return;
    *df_push(k->arena, k, packages) = name;
}

static void leave(df_kept *k, df_str name, const df_library *lib)
{
    *df_push(k->arena, k, left) = name;
    if (!lib || df_str_in(k->stage->repo, lib->images))
        return;
    for (df_strings n = lib->needs; *n; n++) {
        df_kept_keep(k, df_str_of(*n));
        k->renamed |= !df_str_in(df_str_of(*n), words(k, "of-all-releases"));
    }
}

df_str df_kept_package(df_str word)
{
    size_t i = 0;

    while (i < word.len &&
           df_str_find_char(DF_STR("=<>~/:"), word.ptr[i]) == SIZE_MAX)
        i++;
    return df_str_slice(word, 0, i);
}

static bool is_headers(df_str name)
{
    return df_str_ends(name, "-dev") || df_str_ends(name, "-headers");
}

/* Ubuntu calls most as Debian does. */
static const df_library *library_of(const df_kept *k, df_str name)
{
    const char *family = k->stage->known->family;
    const df_library *lib = df_kb_library(k->facts->kb, family, name);

    return lib || strcmp(family, "ubuntu") != 0
               ? lib
               : df_kb_library(k->facts->kb, "debian", name);
}

static void sort_package(df_kept *k, const df_sh_word *word)
{
    const char *family = k->stage->known->family;
    df_str name = df_kept_package(word->value);
    const df_library *lib = library_of(k, name);
    df_strings toolchain = words(k, df_kept_on_alpine(k) ? "toolchain-alpine"
                                                         : "toolchain-debian");
    df_str own = df_fmt(k->arena, "toolchain-%.*s", DF_STR_ARG(k->stage->repo));

    if (lib && *lib->images && !*lib->needs &&
        !df_str_in(k->stage->repo, lib->images))
        lib = NULL;
    if (k->linked && lib) { /* the crates tell */
        leave(k, name, NULL);
        return;
    }
    if (lib || df_str_in(name, toolchain) ||
        df_str_in(name, words(k, own.ptr)) ||
        (k->tools && !k->keeps_fetch &&
         df_str_in(name, words(k, "toolchain-fetch")))) {
        leave(k, name, lib);
        return;
    }
    if (is_headers(name)) {
        SAY(k, word->span,
            "cannot tell what a program needs that is linked with the library "
            "of %.*s",
            DF_STR_ARG(name));
        if (!k->mend.len)
            k->mend = df_fmt(k->arena,
                             "libraries: [{family: %s, dev: %.*s, needs: "
                             "[...]}] in .dfopt.yaml",
                             family, DF_STR_ARG(name));
    }
    df_kept_keep(k, word->value);
}

/* TZ=Etc/UTC apt-get install: said once more below. */
static void keep_assign(df_kept *k, const df_cmd *cmd, const df_sh_assign *a)
{
    static const char *const known[] = {"DEBIAN_FRONTEND", "TZ", NULL};

    if (!df_str_in(a->name, known) || !a->value.is_plain || a->append)
        SAY(k, cmd->node->span, "%.*s counts for this install alone",
            DF_STR_ARG(a->name));
    else if (!df_str_has(k->assigns, df_cstr(k->arena, a->name)))
        k->assigns = df_fmt(k->arena, "%.*s%.*s=%.*s ", DF_STR_ARG(k->assigns),
                            DF_STR_ARG(a->name), DF_STR_ARG(a->value.text));
}

/* Options and variables that the RUN for the lower part does without. */
static void check_options(df_kept *k, const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *word = &cmd->node->words[i];

        if (df_str_starts(word->text, "-") &&
            !df_str_in(word->text, words(k, "install-options")))
            SAY(k, word->span,
                "cannot tell what packages need of %.*s in a second stage",
                DF_STR_ARG(word->text));
    }
    for (uint32_t i = 0; i < cmd->node->nassigns; i++)
        keep_assign(k, cmd, &cmd->node->assigns[i]);
}

/* One that reads the same wherever it is put. */
static bool is_plain_name(const df_sh_word *word)
{
    if (!word->is_plain || !word->value.len ||
        !df_str_eq(word->value, word->text) || !df_is_name(word->value.ptr[0]))
        return false;
    for (size_t i = 0; i < word->value.len; i++)
        if (!df_is_name(word->value.ptr[i]) &&
            df_str_find_char(DF_STR("+-._:=~"), word->value.ptr[i]) == SIZE_MAX)
            return false;
    return true;
}

/* `purge --auto-remove -o APT::AutoRemove::RecommendsImportant=false` behind
 * it, in the same RUN: what was only recommended goes. */
static bool drops_recommended(const df_kept *k, const df_cmd *install)
{
    const df_run *run = install->run;

    for (const df_cmd *cmd = install + 1; cmd < run->cmds + run->ncmds; cmd++)
        if (df_kept_is_manager(k, cmd) && cmd->unconditional &&
            (df_str_is(cmd->sub, "autoremove") ||
             df_cmd_has(cmd, "--auto-remove") ||
             df_cmd_has(cmd, "--autoremove")) &&
            df_str_has(cmd->node->text, "RecommendsImportant=false"))
            return true;
    return false;
}

static void sort_packages(df_kept *k, const df_cmd *cmd)
{
    k->recommends |= !df_kept_on_alpine(k) &&
                     !df_cmd_has(cmd, "--no-install-recommends") &&
                     !df_str_has(cmd->node->text, "Install-Recommends") &&
                     !drops_recommended(k, cmd);
    if (!cmd->unconditional)
        SAY(k, cmd->node->span, "cannot tell whether `%.*s` is called",
            DF_STR_ARG(df_cmd_brief(cmd)));
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        const df_sh_word *word = df_cmd_word(cmd, it.at);

        if (is_plain_name(word))
            sort_package(k, word);
        else
            SAY(k, word->span, "cannot tell which packages %.*s names",
                DF_STR_ARG(word->text));
    }
}

void df_kept_manage(df_kept *k, const df_cmd *cmd, bool *removes)
{
    static const char *const adds[] = {"add", "install", NULL};
    static const char *const upgrades[] = {"upgrade", "dist-upgrade",
                                           "full-upgrade", NULL};
    static const char *const cleans[] = {"update", "clean", "cache",
                                         "autoclean", NULL};

    if (df_kept_on_alpine(k) &&
        (df_cmd_has(cmd, "--virtual") || df_cmd_has(cmd, "-t")))
        *removes = true;
    if (df_str_in(cmd->sub, words(k, "takes-away"))) {
        /* `purge --auto-remove` alone takes away nothing that was asked for */
        *removes |= df_cmd_operands(cmd) > 0;
        return;
    }
    if (!*removes)
        check_options(k, cmd);
    if (df_str_in(cmd->sub, adds))
        sort_packages(k, cmd);
    else if (df_str_in(cmd->sub, upgrades))
        k->upgrades = true;
    else if (!*removes && !df_str_in(cmd->sub, cleans))
        SAY(k, cmd->node->span,
            "cannot tell whether the program needs what `%.*s` leaves",
            DF_STR_ARG(df_cmd_brief(cmd)));
}

/* The pip of older releases brings modules with it, which it then does not
 * install. */
static bool uses_own_python(const df_kept *k)
{
    for (uint32_t i = 0; i < k->ncarried; i++)
        if (df_str_is(df_str_of(k->carried[i].row->ecosystem), "pip") &&
            df_str_in(k->stage->repo, words(k, "distributions")))
            return true;
    return false;
}

/* Names of packages are those of other ones. */
static bool is_unknown_release(const df_kept *k)
{
    static const char *const old[] = {"jessie", "stretch", "wheezy", NULL};
    df_strings known = words(
        k, df_fmt(k->arena, "%.*s-releases", DF_STR_ARG(k->stage->repo)).ptr);

    for (const char *const *o = old; *o; o++)
        if (df_str_has(k->stage->tag, *o))
            return true;
    for (df_strings r = known; *r; r++)
        if (df_str_starts(k->stage->tag, *r))
            return false;
    return *known != NULL;
}

bool df_kept_unknown_release(const df_kept *k)
{
    return (k->renamed || uses_own_python(k)) && is_unknown_release(k);
}

bool df_kept_is_full(const df_kept *k)
{
    return df_image_holds(k->facts->kb, k->stage->known, k->suite,
                          DF_STR("gcc"));
}

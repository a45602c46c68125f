/* What a knowledge file may contain: see kb/schema.h. */
#include "kb/schema.h"

#include <string.h>

#include "kb/pack.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FIELDS(array)                                                          \
    {                                                                          \
        array, COUNT(array)                                                    \
    }

#define STRING   DF_FIELD_STRING
#define STRINGS  DF_FIELD_STRINGS
#define BOOL     DF_FIELD_BOOL
#define UNSIGNED DF_FIELD_UNSIGNED
#define DOUBLE   DF_FIELD_DOUBLE

#define REQUIRED DF_FIELD_REQUIRED
#define REGEX    DF_FIELD_REGEX
#define EMPTY    DF_FIELD_EMPTY
#define KEY      (DF_FIELD_KEY | DF_FIELD_REQUIRED)
#define ALIAS    DF_FIELD_ALIAS
#define SUB      DF_FIELD_SUB
#define SORTED   DF_FIELD_SORTED

#define AT(member) offsetof(ROW, member)

#define ROW df_tool
static const df_field TOOL[] = {
    {"name", STRING, KEY, AT(name), NULL},
    {"aliases", STRINGS, ALIAS, AT(aliases), NULL},
    {"value-options", STRINGS, 0, AT(value_options), NULL},
    {"truth-options", STRINGS, 0, AT(truth_options), NULL},
    {"subcommands", BOOL, 0, AT(subcommands), NULL},
    {"wrapper", BOOL, 0, AT(wrapper), NULL},
    {"assigns", BOOL, 0, AT(assigns), NULL},
    {"wrapper-skip", UNSIGNED, 0, AT(wrapper_skip), NULL},
    {"query-options", STRINGS, 0, AT(query_options), NULL},
    {"home-options", STRINGS, 0, AT(home_options), NULL},
    {"command-option", STRINGS, 0, AT(command_option), NULL},
    {"directory-option", STRINGS, 0, AT(directory_option), NULL},
    {"daemons", STRINGS, 0, AT(daemons), NULL},
    {"reads-context", BOOL, 0, AT(reads_context), NULL},
    {"runs-code", BOOL, 0, AT(runs_code), NULL},
    {"pure", BOOL, 0, AT(pure), NULL},
    {"anywhere", STRINGS, 0, AT(anywhere), NULL},
    {"pure-on", STRINGS, 0, AT(pure_on), NULL},
    {"pure-with", STRINGS, 0, AT(pure_with), NULL},
    {"finds-project", STRINGS, 0, AT(finds_project), NULL},
    {"impure-with", STRINGS, 0, AT(impure_with), NULL},
    {"prints", BOOL, 0, AT(prints), NULL},
    {"pure-named", STRINGS, 0, AT(pure_named), NULL},
    {"beside", STRINGS, 0, AT(beside), NULL},
    {"network", STRINGS, 0, AT(network), NULL},
    {"brings", STRINGS, 0, AT(brings), NULL},
    {"home-images", STRINGS, 0, AT(home_images), NULL},
    {"single-dash", BOOL, 0, AT(single_dash), NULL},
    {"removes", STRINGS, 0, AT(removes), NULL},
};

static const char *check_tool(const void *row)
{
    const df_tool *t = row;

    if (t->pure && t->reads_context)
        return "`pure` and `reads-context` contradict each other";
    if (*t->anywhere && !t->pure)
        return "`anywhere` needs `pure: true`";
    if (!t->wrapper && (t->wrapper_skip || t->assigns || *t->query_options))
        return "`wrapper-skip`, `assigns` and `query-options` need "
               "`wrapper: true`";
    return NULL;
}
#undef ROW

#define ROW df_cache
static const df_field CACHE[] = {
    {"tool", STRING, KEY, AT(tool), NULL},
    {"on", STRINGS, SUB | REQUIRED, AT(on), NULL},
    {"paths", STRINGS, REQUIRED, AT(paths), NULL},
    {"flag", STRING, 0, AT(flag), NULL},
    {"flag-replaces", STRINGS, 0, AT(flag_replaces), NULL},
    {"flag-not-with", STRINGS, 0, AT(flag_not_with), NULL},
    {"unless-env", STRINGS, 0, AT(unless_env), NULL},
    {"path-env", STRINGS, 0, AT(path_env), NULL},
    {"unless-files", STRINGS, 0, AT(unless_files), NULL},
    {"manager", STRING, 0, AT(manager), NULL},
    {"not-on", STRINGS, 0, AT(not_on), NULL},
    {"known-only", BOOL, 0, AT(known_only), NULL},
    {"kept-by", STRINGS, 0, AT(kept_by), NULL},
    {"command", STRING, 0, AT(command), NULL},
    {"command-text", STRING, REGEX, AT(command_text), NULL},
    {"drop-before", STRINGS, 0, AT(drop_before), NULL},
    {"used-by", STRINGS, 0, AT(used_by), NULL},
    {"started-by", STRINGS, 0, AT(started_by), NULL},
    {"refreshed-by", STRINGS, 0, AT(refreshed_by), NULL},
    {"what", STRING, REQUIRED, AT(what), NULL},
    {"families", STRINGS, 0, AT(families), NULL},
};

static const char *check_cache(const void *row)
{
    const df_cache *c = row;

    if (!c->flag && !c->command)
        return "`flag` or `command` must be given";
    if (c->command && !c->command_text)
        return "`command` needs `command-text`, which recognizes it";
    return NULL;
}
#undef ROW

#define ROW df_ecosystem
static const char *const STRATEGIES[] = {"move", "prefetch", "suggest", NULL};
static const char *const READERS[] = {"npm",    "pip",   "go",
                                      "dotnet", "maven", NULL};
static const df_field ECOSYSTEM[] = {
    {"name", STRING, REQUIRED, AT(name), NULL},
    {"tool", STRING, KEY, AT(tool), NULL},
    {"install", STRINGS, SUB | REQUIRED, AT(install), NULL},
    {"not-with", STRINGS, 0, AT(not_with), NULL},
    {"operands-are-packages", BOOL, 0, AT(operands_are_packages), NULL},
    {"file-options", STRINGS, 0, AT(file_options), NULL},
    {"manifests", STRINGS, 0, AT(manifests), NULL},
    {"also", STRINGS, 0, AT(also), NULL},
    {"locks", STRINGS, 0, AT(locks), NULL},
    {"other-locks", STRINGS, 0, AT(other_locks), NULL},
    {"named", STRING, 0, AT(named), NULL},
    {"locked", STRINGS, 0, AT(locked), NULL},
    {"config", STRINGS, 0, AT(config), NULL},
    {"ignore", STRINGS, 0, AT(ignore), NULL},
    {"hosts", STRINGS, 0, AT(hosts), NULL},
    {"writes", STRINGS, 0, AT(writes), NULL},
    {"scripts", STRINGS, 0, AT(scripts), NULL},
    {"cache-env", STRINGS, 0, AT(cache_env), NULL},
    {"reader", STRING, 0, AT(reader), READERS},
    {"strategy", STRING, REQUIRED, AT(strategy), STRATEGIES},
    {"prefetch", STRING, 0, AT(prefetch), NULL},
    {"prefetch-less", STRING, 0, AT(prefetch_less), NULL},
    {"less-if", STRING, REGEX, AT(less_if), NULL},
    {"unless-unlocked", STRING, REGEX, AT(unless_unlocked), NULL},
    {"no-project", STRING, REGEX, AT(no_project), NULL},
    {"has-project", STRING, REGEX, AT(has_project), NULL},
    {"prefetch-keeps", STRINGS, 0, AT(prefetch_keeps), NULL},
    {"prefetch-drops", STRINGS, 0, AT(prefetch_drops), NULL},
    {"prefetch-strict", BOOL, 0, AT(prefetch_strict), NULL},
    {"fetched", STRINGS, 0, AT(fetched), NULL},
    {"fetched-by", STRINGS, 0, AT(fetched_by), NULL},
    {"prefetch-operands", BOOL, 0, AT(prefetch_operands), NULL},
    {"removed-by", STRINGS, 0, AT(removed_by), NULL},
    {"idle", STRINGS, 0, AT(idle), NULL},
    {"manifest-option", STRINGS, 0, AT(manifest_option), NULL},
    {"in-project", STRING, 0, AT(in_project), NULL},
    {"settings", STRINGS, 0, AT(settings), NULL},
    {"frozen", STRING, 0, AT(frozen), NULL},
    {"frozen-with", STRINGS, 0, AT(frozen_with), NULL},
    {"suggest", STRING, 0, AT(suggest), NULL},
    {"words", STRINGS, 0, AT(words), NULL},
    {"words-only", BOOL, 0, AT(words_only), NULL},
    {"env", STRINGS, 0, AT(env), NULL},
    {"unfollowed", STRINGS, 0, AT(unfollowed), NULL},
    {"of-project", STRINGS, 0, AT(of_project), NULL},
    {"env-is-all", BOOL, 0, AT(env_is_all), NULL},
    {"assumed", STRINGS, 0, AT(assumed), NULL},
    {"path-options", STRINGS, 0, AT(path_options), NULL},
    {"free-options", STRINGS, 0, AT(free_options), NULL},
    {"unless-text", STRING, 0, AT(unless_text), NULL},
    {"unless-config", STRING, 0, AT(unless_config), NULL},
    {"text-needs", STRINGS, 0, AT(text_needs), NULL},
    {"text-with", STRINGS, 0, AT(text_with), NULL},
    {"only-with", STRINGS, 0, AT(only_with), NULL},
    {"downloads", STRINGS, 0, AT(downloads), NULL},
    {"needs-lock", STRINGS, 0, AT(needs_lock), NULL},
    {"dotenv-with", STRINGS, 0, AT(dotenv_with), NULL},
    {"asks", STRINGS, 0, AT(asks), NULL},
    {"lock-text", STRING, 0, AT(lock_text), NULL},
    {"unless-files", STRINGS, 0, AT(unless_files), NULL},
    {"out-options", STRINGS, 0, AT(out_options), NULL},
    {"script-reads", STRINGS, 0, AT(script_reads), NULL},
    {"package-reads", STRINGS, 0, AT(package_reads), NULL},
};

static const char *check_ecosystem(const void *row)
{
    const df_ecosystem *e = row;

    if (strcmp(e->strategy, "prefetch") == 0 && !e->prefetch)
        return "`strategy: prefetch` needs `prefetch`";
    if (strcmp(e->strategy, "suggest") == 0 && !e->suggest)
        return "`strategy: suggest` needs `suggest`";
    if (!*e->manifests && !*e->file_options)
        return "`manifests` or `file-options` must be given";
    return NULL;
}
#undef ROW

#define ROW df_image
static const char *const SHELLS[] = {"bash", NULL};
static const df_field IMAGE[] = {
    {"name", STRING, KEY, AT(name), NULL},
    {"pattern", STRING, SUB | REGEX | EMPTY, AT(pattern), NULL},
    {"family", STRING, EMPTY, AT(family), NULL},
    {"workdir", STRING, EMPTY, AT(workdir), NULL},
    {"user", STRING, EMPTY, AT(user), NULL},
    {"env", STRINGS, 0, AT(env), NULL},
    {"shell", STRING, EMPTY, AT(shell), SHELLS},
    {"holds", STRING, EMPTY, AT(holds), NULL},
    {"own", STRINGS, 0, AT(own), NULL},
    {"lacks", STRINGS, 0, AT(lacks), NULL},
    {"product", STRING, 0, AT(product), NULL},
    {"gone", STRING, 0, AT(gone), NULL},
};
#undef ROW

#define ROW df_sibling
static const char *const KINDS[] = {"slim",        "jre",     "alpine",
                                    "alpine-slim", "runtime", "scm",
                                    "curl",        "base",    NULL};
static const df_field SIBLING[] = {
    {"image", STRING, KEY, AT(image), NULL},
    {"kind", STRING, REQUIRED, AT(kind), KINDS},
    {"pattern", STRING, REQUIRED | REGEX, AT(pattern), NULL},
    {"to", STRING, EMPTY, AT(to), NULL},
    {"tag", STRING, EMPTY, AT(tag), NULL},
};
#undef ROW

#define ROW struct df_tag_row
static const df_field TAG[] = {
    {"image", STRING, KEY, AT(image), NULL},
    {"release", STRING, EMPTY, AT(release), NULL},
    {"tags", STRINGS, SUB | REQUIRED, AT(tags), NULL},
};
#undef ROW

#define ROW struct df_layer_row
static const df_field LAYER[] = {
    {"name", STRING, KEY, AT(name), NULL},
    {"suite", STRING, SUB | REQUIRED, AT(suite), NULL},
    {"on", STRING, EMPTY, AT(on), NULL},
    {"level", STRING, EMPTY, AT(level), NULL},
    {"packages", UNSIGNED, 0, AT(packages), NULL},
    {"mb", DOUBLE, 0, AT(mb), NULL},
    {"built-mb", DOUBLE, 0, AT(built_mb), NULL},
    {"adds", STRINGS, SORTED, AT(adds), NULL},
    {"devel", STRINGS, SORTED, AT(devel), NULL},
};
#undef ROW

#define ROW df_addon
static const df_field ADDON[] = {
    {"suite", STRING, KEY, AT(suite), NULL},
    {"names", STRINGS, REQUIRED, AT(names), NULL},
    {"mb", DOUBLE, 0, AT(mb), NULL},
    {"packages", UNSIGNED, 0, AT(packages), NULL},
};
#undef ROW

#define ROW df_size
static const df_field SIZE[] = {
    {"image", STRING, KEY, AT(image), NULL},
    {"tag", STRING, SUB | REQUIRED, AT(tag), NULL},
    {"low", DOUBLE, 0, AT(low), NULL},
    {"high", DOUBLE, 0, AT(high), NULL},
};
#undef ROW

#define ROW struct df_command_row
static const df_field COMMAND[] = {
    {"name", STRING, KEY, AT(name), NULL},
    {"packages", STRINGS, 0, AT(packages), NULL},
    {"in", STRINGS, 0, AT(in), NULL},
    {"images", STRINGS, 0, AT(images), NULL},
    {"alpine", BOOL, 0, AT(alpine), NULL},
    {"apk", STRING, EMPTY, AT(apk), NULL},
};
#undef ROW

#define ROW df_eol
static const df_field EOL[] = {
    {"product", STRING, KEY, AT(product), NULL},
    {"cycle", STRING, SUB | REQUIRED, AT(cycle), NULL},
    {"from", STRING, EMPTY, AT(from), NULL},
    {"date", STRING, REQUIRED, AT(date), NULL},
};

/* Dates are compared as text. */
static const char *check_eol(const void *row)
{
    const char *date = ((const df_eol *)row)->date;
    const char *form = "0000-00-00";

    for (; *form; form++, date++)
        if (*form == '0' ? !df_is_digit(*date) : *date != *form)
            return "`date` must look like 2026-04-30";
    return *date ? "`date` must look like 2026-04-30" : NULL;
}
#undef ROW

#define ROW df_native
static const df_field NATIVE[] = {
    {"ecosystem", STRING, KEY, AT(ecosystem), NULL},
    {"name", STRING, SUB | REQUIRED, AT(name), NULL},
    {"needs", STRINGS, 0, AT(needs), NULL},
    {"optional", BOOL, 0, AT(optional), NULL},
    {"prebuilt", STRINGS, 0, AT(prebuilt), NULL},
    {"arm64-since", STRING, 0, AT(arm64_since), NULL},
    {"musl", BOOL, 0, AT(musl), NULL},
    {"why", STRING, REQUIRED, AT(why), NULL},
};

/* PEP 503: names are compared in lower case, runs of `-_.` as one dash. */
static const char *check_native(const void *row)
{
    const df_native *n = row;

    if (strcmp(n->ecosystem, "pip") != 0)
        return NULL;
    for (const char *p = n->name; *p; p++)
        if (*p == '_' || *p == '.' || df_lower(*p) != *p)
            return "names for pip are written in lower case with dashes";
    return NULL;
}
#undef ROW

#define ROW df_plain
static const df_field PLAIN[] = {
    {"ecosystem", STRING, KEY, AT(ecosystem), NULL},
    {"names", STRINGS, REQUIRED, AT(names), NULL},
};
#undef ROW

#define ROW df_package
static const df_field PACKAGE[] = {
    {"name", STRING, KEY, AT(name), NULL},
    {"rather", STRING, EMPTY, AT(rather), NULL},
    {"commands", STRINGS, 0, AT(commands), NULL},
    {"brings", STRINGS, 0, AT(brings), NULL},
    {"recommends", STRINGS, 0, AT(recommends), NULL},
};
#undef ROW

#define ROW df_load
static const df_field LOAD[] = {
    {"ecosystem", STRING, KEY, AT(ecosystem), NULL},
    {"name", STRING, SUB | REQUIRED, AT(name), NULL},
    {"needs", STRINGS, REQUIRED, AT(needs), NULL},
};
#undef ROW

#define ROW df_recommend
static const df_field RECOMMEND[] = {
    {"tool", STRING, KEY, AT(tool), NULL},
    {"aliases", STRINGS, ALIAS, AT(aliases), NULL},
    {"on", STRINGS, SUB | REQUIRED, AT(on), NULL},
    {"flag", STRING, REQUIRED, AT(flag), NULL},
    {"said", STRINGS, 0, AT(said), NULL},
    {"setting", STRING, REQUIRED, AT(setting), NULL},
    {"adds", STRINGS, 0, AT(adds), NULL},
    {"wants", STRINGS, 0, AT(wants), NULL},
};
#undef ROW

#define ROW df_bundler
static const df_field BUNDLER[] = {
    {"tool", STRING, KEY, AT(tool), NULL},
    {"sub", STRING, SUB | EMPTY, AT(sub), NULL},
    {"output", STRING, REQUIRED, AT(output), NULL},
    {"option", STRING, 0, AT(option), NULL},
    {"config", STRINGS, 0, AT(config), NULL},
    {"setting", STRING, 0, AT(setting), NULL},
    {"env", STRINGS, 0, AT(env), NULL},
};

static const char *check_bundler(const void *row)
{
    const df_bundler *b = row;

    return *b->config && !b->setting ? "`config` needs `setting`" : NULL;
}
#undef ROW

#define ROW df_server
static const df_field SERVER[] = {
    {"tool", STRING, KEY, AT(tool), NULL},
    {"package", STRING, REQUIRED, AT(package), NULL},
    {"value-options", STRINGS, 0, AT(value_options), NULL},
    {"reads-options", STRINGS, 0, AT(reads_options), NULL},
};
#undef ROW

#define ROW df_runtime
static const df_field RUNTIME[] = {
    {"language", STRING, KEY, AT(language), NULL},
    {"image", STRING, 0, AT(image), NULL},
    {"alpine", STRING, 0, AT(alpine), NULL},
    {"slim", STRING, 0, AT(slim), NULL},
    {"slim-packages", STRINGS, 0, AT(slim_packages), NULL},
    {"on", STRINGS, 0, AT(on), NULL},
    {"sources", STRINGS, 0, AT(sources), NULL},
    {"starts", STRINGS, 0, AT(starts), NULL},
    {"drops", STRINGS, 0, AT(drops), NULL},
    {"packages", STRINGS, 0, AT(packages), NULL},
    {"tools", STRINGS, 0, AT(tools), NULL},
    {"users", STRINGS, 0, AT(users), NULL},
    {"ignores", STRINGS, 0, AT(ignores), NULL},
    {"reads", STRINGS, 0, AT(reads), NULL},
};
#undef ROW

#define ROW df_carry
static const df_field CARRY[] = {
    {"tool", STRING, KEY, AT(tool), NULL},
    {"on", STRINGS, REQUIRED, AT(on), NULL},
    {"not-with", STRINGS, 0, AT(not_with), NULL},
    {"images", STRINGS, SUB | REQUIRED, AT(images), NULL},
    {"since", STRINGS, 0, AT(since), NULL},
    {"frozen", STRINGS, 0, AT(frozen), NULL},
    {"directory", STRING, REQUIRED, AT(directory), NULL},
    {"prepare", STRING, 0, AT(prepare), NULL},
    {"path", STRING, 0, AT(path), NULL},
    {"in-place", STRINGS, 0, AT(in_place), NULL},
    {"env", STRINGS, 0, AT(env), NULL},
    {"ecosystem", STRING, REQUIRED, AT(ecosystem), NULL},
};
#undef ROW

#define ROW df_maker_row
static const df_field MAKER[] = {
    {"tool", STRING, KEY, AT(tool), NULL},
    {"on", STRINGS, SUB | REQUIRED, AT(on), NULL},
    {"words", STRINGS, 0, AT(words), NULL},
    {"out-option", STRINGS, 0, AT(out_option), NULL},
    {"below", STRING, 0, AT(below), NULL},
    {"bin", STRING, 0, AT(bin), NULL},
    {"starter", STRING, 0, AT(starter), NULL},
    {"manifests", STRINGS, 0, AT(manifests), NULL},
    {"complete", STRING, REGEX, AT(complete), NULL},
    {"whole", BOOL, 0, AT(whole), NULL},
    {"language", STRING, REQUIRED, AT(language), NULL},
};
#undef ROW

#define ROW df_library
static const df_field LIBRARY[] = {
    {"family", STRING, KEY, AT(family), NULL},
    {"dev", STRING, SUB | REQUIRED, AT(dev), NULL},
    {"needs", STRINGS, 0, AT(needs), NULL},
    {"images", STRINGS, 0, AT(images), NULL},
};
#undef ROW

#define ROW df_word_list
static const df_field WORDS[] = {
    {"name", STRING, KEY, AT(name), NULL},
    {"words", STRINGS, 0, AT(words), NULL},
};
#undef ROW

#define ROW df_setting
static const char *const LIBCS[] = {"any", "same", NULL};
static const char *const POLICIES[] = {"distroless", "same", "slim", NULL};
static const df_field SETTING[] = {
    {"pass", STRING, KEY, AT(pass), NULL},
    {"skip", BOOL, 0, AT(skip), NULL},
    {"all-stages", BOOL, 0, AT(all_stages), NULL},
    {"libc", STRING, EMPTY, AT(libc), LIBCS},
    {"runtime", STRING, EMPTY, AT(runtime), POLICIES},
};
#undef ROW

#define ROW df_knowledge
static const df_field USER[] = {
    {"skip", STRINGS, 0, AT(skip), NULL},
    {"mirrors", STRINGS, 0, AT(mirrors), NULL},
};
static const df_field BUILTIN[] = {
    {"date", STRING, 0, AT(date), NULL},
};

const df_fields df_user_fields = FIELDS(USER);
const df_fields df_builtin_fields = FIELDS(BUILTIN);

#define SECTION(name, row, list, table)                                        \
    .key = name, .type = #row, .member = #list, .size = sizeof(row),           \
    .rows = AT(list), .count = AT(n##list), .fields = FIELDS(table)

const df_section df_sections[DF_KB_SECTIONS] = {
    [DF_KB_TOOLS] = {SECTION("tools", df_tool, tools, TOOL),
                     .check = check_tool},
    [DF_KB_CACHES] = {SECTION("caches", df_cache, caches, CACHE),
                      .check = check_cache},
    [DF_KB_ECOSYSTEMS] = {SECTION("ecosystems", df_ecosystem, ecosystems,
                                  ECOSYSTEM),
                          .check = check_ecosystem},
    [DF_KB_IMAGES] = {SECTION("images", df_image, images, IMAGE),
                      .ordered = true},
    [DF_KB_SIBLINGS] = {SECTION("siblings", df_sibling, siblings, SIBLING),
                        .ordered = true, .repeats = true},
    [DF_KB_TAGS] = {SECTION("tags", struct df_tag_row, tags, TAG),
                    .packed = true},
    [DF_KB_LAYERS] = {SECTION("layers", struct df_layer_row, layers, LAYER),
                      .packed = true},
    [DF_KB_ADDONS] = {SECTION("addons", df_addon, addons, ADDON),
                      .ordered = true, .repeats = true},
    [DF_KB_SIZES] = {SECTION("sizes", df_size, sizes, SIZE)},
    [DF_KB_COMMANDS] = {SECTION("commands", struct df_command_row, commands,
                                COMMAND),
                        .packed = true},
    [DF_KB_EOL] = {SECTION("eol", df_eol, eols, EOL), .check = check_eol},
    [DF_KB_NATIVES] = {SECTION("natives", df_native, natives, NATIVE),
                       .check = check_native},
    [DF_KB_PLAIN] = {SECTION("plain", df_plain, plains, PLAIN)},
    [DF_KB_PACKAGES] = {SECTION("packages", df_package, packages, PACKAGE)},
    [DF_KB_LOADS] = {SECTION("loads", df_load, loads, LOAD)},
    [DF_KB_RECOMMENDS] = {SECTION("recommends", df_recommend, recommends,
                                  RECOMMEND)},
    [DF_KB_BUNDLERS] = {SECTION("bundlers", df_bundler, bundlers, BUNDLER),
                        .check = check_bundler},
    [DF_KB_SERVERS] = {SECTION("servers", df_server, servers, SERVER)},
    [DF_KB_CARRIES] = {SECTION("carries", df_carry, carries, CARRY)},
    [DF_KB_MAKERS] = {SECTION("makers", df_maker_row, makers, MAKER)},
    [DF_KB_LIBRARIES] = {SECTION("libraries", df_library, libraries, LIBRARY)},
    [DF_KB_WORDS] = {SECTION("words", df_word_list, words, WORDS)},
    [DF_KB_RUNTIMES] = {SECTION("runtimes", df_runtime, runtimes, RUNTIME)},
    [DF_KB_PASSES] = {SECTION("passes", df_setting, settings, SETTING),
                      .user = true, .map = true},
};
#undef ROW

const df_field *df_fields_find(df_fields fields, df_str key)
{
    for (size_t i = 0; i < fields.count; i++)
        if (df_str_is(key, fields.items[i].key))
            return &fields.items[i];
    return NULL;
}

const df_field *df_fields_flagged(df_fields fields, unsigned flag)
{
    for (size_t i = 0; i < fields.count; i++)
        if (fields.items[i].flags & flag)
            return &fields.items[i];
    return NULL;
}

static void *at(void *row, size_t offset)
{
    return (char *)row + offset;
}

const char **df_field_string(const df_field *f, void *row)
{
    return at(row, f->offset);
}

df_strings *df_field_strings(const df_field *f, void *row)
{
    return at(row, f->offset);
}

bool *df_field_bool(const df_field *f, void *row)
{
    return at(row, f->offset);
}

uint32_t *df_field_unsigned(const df_field *f, void *row)
{
    return at(row, f->offset);
}

double *df_field_double(const df_field *f, void *row)
{
    return at(row, f->offset);
}

/* The pointers have different types but one form (POSIX, dlsym): copy it. */
const void *df_section_rows(const df_section *s, const df_knowledge *k)
{
    const void *rows;

    memcpy(&rows, (const char *)k + s->rows, sizeof rows);
    return rows;
}

size_t df_section_count(const df_section *s, const df_knowledge *k)
{
    size_t count;

    memcpy(&count, (const char *)k + s->count, sizeof count);
    return count;
}

void df_section_set(const df_section *s, df_knowledge *k, const void *rows,
                    size_t count)
{
    memcpy((char *)k + s->rows, &rows, sizeof rows);
    memcpy((char *)k + s->count, &count, sizeof count);
}

/*
 * The command line: see cli/options.h. Conventions are those of POSIX (12.2)
 * and GNU: short options bundle, --name=value and --name value are the same,
 * options and files mix, `--` ends the options.
 */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

typedef enum {
    OPT_FLAG,   /* bool */
    OPT_STRING, /* const char * */
    OPT_EACH,   /* df_words: one more each time */
    OPT_LIST,   /* df_words: commas between words */
    OPT_CHOICE, /* uint32_t: the number of the word in choices */
    OPT_NUMBER, /* uint32_t from 1 on */
    OPT_TIME,   /* uint32_t: seconds, or minutes or hours with m or h */
} opt_kind;

typedef struct {
    char letter; /* 0: long form only */
    opt_kind kind;
    size_t field;     /* where it goes in df_args */
    const char *name; /* NULL: short form only */
    const char *arg;  /* how help names the argument */
    const char *help; /* NULL: not shown */
    const char *const *choices;
} option;

static const char *const FORMATS[] = {"text",   "json",     "sarif",
                                      "github", "markdown", NULL};
static const char *const COLORS[] = {"auto", "always", "never", NULL};

#define TO(field)  offsetof(df_args, field)
#define MAX_NUMBER 1024u
#define MAX_HOURS  1000u

/* clang-format off */
static const option OPTIONS[] = {
    {'d', OPT_FLAG, TO(diff), "diff", NULL,
     "print a unified diff instead of the file", NULL},
    {'w', OPT_FLAG, TO(write), "write", NULL,
     "rewrite the files in place and print the diff", NULL},
    {'l', OPT_FLAG, TO(list), "list", NULL,
     "print only the names of files that would change", NULL},
    {0, OPT_FLAG, TO(check), "check", NULL,
     "change nothing; exit 1 if anything would change", NULL},
    {0, OPT_FLAG, TO(fix_dockerignore), "fix-dockerignore", NULL,
     "with -w or -d: add what .dockerignore lacks", NULL},
    {0, OPT_FLAG, TO(unsafe), "unsafe", NULL,
     "apply unsafe passes too, not only suggest them", NULL},
    {0, OPT_LIST, TO(only), "only", "PASS[,PASS]",
     "run only these passes, and apply them even if unsafe", NULL},
    {0, OPT_LIST, TO(skip), "skip", "PASS[,PASS]",
     "leave these passes out", NULL},
    {'C', OPT_STRING, TO(context), "context", "DIR",
     "the build context (default: where COPY looks)", NULL},
    {0, OPT_STRING, TO(target), "target", "NAME",
     "the stage that is built, as for docker build", NULL},
    {0, OPT_EACH, TO(build_args), "build-arg", "K=V",
     "a build argument, as for docker build", NULL},
    {0, OPT_STRING, TO(platform), "platform", "P",
     "the platform, as for docker build", NULL},
    {0, OPT_CHOICE, TO(format), "format", "text|json|sarif|github",
     "form of the report; json and sarif go to stdout", FORMATS},
    {0, OPT_STRING, TO(config), "config", "FILE",
     "read this, not the nearest .dfopt.yaml upwards", NULL},
    {0, OPT_FLAG, TO(no_config), "no-config", NULL,
     "read no .dfopt.yaml", NULL},
    {0, OPT_CHOICE, TO(color), "color", "auto|always|never",
     "colours; auto: on terminals unless NO_COLOR is set", COLORS},
    {'q', OPT_FLAG, TO(quiet), "quiet", NULL,
     "show only errors and warnings", NULL},
    {'v', OPT_FLAG, TO(verbose), "verbose", NULL,
     "end with a summary", NULL},
    {'j', OPT_NUMBER, TO(jobs), "jobs", "N",
     "files at once (default: the number of cores)", NULL},
    {0, OPT_FLAG, TO(verify), "verify", NULL,
     "with -w: write only what builds the same image", NULL},
    {0, OPT_STRING, TO(engine), "engine", "docker|podman|buildah",
     "verify: what builds (default: whichever answers)", NULL},
    {0, OPT_STRING, TO(touch), "touch", "FILE",
     "verify: file of the context to change for a rebuild", NULL},
    {0, OPT_FLAG, TO(no_touch), "no-touch", NULL,
     "verify: change no file, so no rebuild", NULL},
    {0, OPT_STRING, TO(smoke), "smoke", "COMMAND",
     "verify: run in both images and compare", NULL},
    {0, OPT_FLAG, TO(twice), "twice", NULL,
     "verify: build the original twice, whatever differs", NULL},
    {0, OPT_FLAG, TO(bisect), "bisect", NULL,
     "verify: when not equal, find the change to blame", NULL},
    {0, OPT_STRING, TO(with), "with", "FILE",
     "verify: compare with this Dockerfile, do not rewrite", NULL},
    {0, OPT_TIME, TO(timeout), "timeout", "TIME",
     "verify: end a build behind it: 90, 15m, 2h", NULL},
    {'h', OPT_FLAG, TO(help), "help", NULL, "print this help", NULL},
    {'V', OPT_FLAG, TO(version), "version", NULL, "print the version", NULL},
    {0, OPT_FLAG, TO(all), "all", NULL, NULL, NULL},
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const COMMANDS[] = {
    [DF_COMMAND_REWRITE] = "",      [DF_COMMAND_EXPLAIN] = "explain",
    [DF_COMMAND_VERIFY] = "verify", [DF_COMMAND_HOOK] = "hook",
    [DF_COMMAND_DEBUG] = "debug",
};

/* Edits that turn a into b: Levenshtein, one row at a time. */
static size_t distance(const char *a, const char *b)
{
    size_t row[32];
    size_t n = strlen(b);

    if (n >= COUNT(row))
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = corner + (*a != b[j - 1]);

            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

/* One edit in short words, two in others; or what the word begins. */
const char *df_words_nearest(const char *word, const char *const *list)
{
    size_t len = strlen(word);
    size_t limit = len < 5 ? 1 : 2;
    const char *nearest = NULL;

    for (; *list; list++) {
        size_t d = distance(word, *list);

        if (len > 1 && strncmp(word, *list, len) == 0)
            return *list;
        if (d <= limit) {
            nearest = *list;
            limit = d - (d > 0);
        }
    }
    return nearest;
}

typedef struct {
    df_args *args;
    df_arena *arena;
    char **rest; /* ends with NULL */
    df_err *err;
} parser;

static bool usage(parser *p, const char *format, ...) DF_PRINTF(2, 3);
static bool usage(parser *p, const char *format, ...)
{
    va_list args;
    df_str text;

    va_start(args, format);
    text = df_vfmt(p->arena, format, args);
    va_end(args);
    return df_fail(p->err, DF_EDATA, NULL, 0, "%s", text.ptr);
}

static const option *by_letter(char letter)
{
    for (size_t i = 0; i < COUNT(OPTIONS); i++)
        if (OPTIONS[i].letter == letter)
            return &OPTIONS[i];
    return NULL;
}

static const option *by_name(df_str name)
{
    for (size_t i = 0; i < COUNT(OPTIONS); i++)
        if (df_str_is(name, OPTIONS[i].name))
            return &OPTIONS[i];
    return NULL;
}

static void push_word(df_arena *a, df_words *words, const char *word)
{
    *df_push(a, words, items) = word;
    *df_push(a, words, items) = NULL;
    words->nitems--;
}

static void push_list(df_arena *a, df_words *words, const char *arg)
{
    df_str rest = df_str_of(arg);
    df_str word;
    bool more;

    do {
        more = df_str_cut(&rest, ',', &word);
        word = df_str_trim(word);
        if (word.len)
            push_word(a, words, df_cstr(a, word));
    } while (more);
}

static bool set_choice(parser *p, const option *o, uint32_t *field,
                       const char *arg)
{
    const char *near;

    for (uint32_t i = 0; o->choices[i]; i++)
        if (strcmp(arg, o->choices[i]) == 0) {
            *field = i;
            return true;
        }
    near = df_words_nearest(arg, o->choices);
    if (near)
        return usage(p, "--%s: unknown word '%s'; did you mean %s?", o->name,
                     arg, near);
    return usage(p, "--%s: unknown word '%s'; it takes %s", o->name, arg,
                 o->arg);
}

static bool set_number(parser *p, const option *o, uint32_t *field,
                       const char *arg)
{
    uint32_t n = 0;

    for (const char *c = arg; *c; c++) {
        if (!df_is_digit(*c) || n > MAX_NUMBER)
            n = MAX_NUMBER + 1;
        else
            n = n * 10 + (uint32_t)(*c - '0');
    }
    if (n == 0 || n > MAX_NUMBER)
        return usage(p, "-%c: '%s' is not a number from 1 to %u", o->letter,
                     arg, MAX_NUMBER);
    *field = n;
    return true;
}

static bool set_time(parser *p, const option *o, uint32_t *field,
                     const char *arg)
{
    uint32_t n = 0;
    uint32_t unit = 1;
    const char *c = arg;

    for (; df_is_digit(*c) && n <= MAX_HOURS * 3600; c++)
        n = n * 10 + (uint32_t)(*c - '0');
    if (*c == 'h')
        unit = 3600;
    else if (*c == 'm')
        unit = 60;
    if (*c == 'h' || *c == 'm' || *c == 's')
        c++;
    if (*c || n == 0 || n > MAX_HOURS * 3600 / unit)
        return usage(p, "--%s: '%s' is no time such as 90, 15m or 2h", o->name,
                     arg);
    *field = n * unit;
    return true;
}

static bool set(parser *p, const option *o, const char *arg)
{
    void *field = (char *)p->args + o->field;

    switch (o->kind) {
    case OPT_FLAG:
        *(bool *)field = true;
        break;
    case OPT_STRING:
        *(const char **)field = arg;
        break;
    case OPT_EACH:
        push_word(p->arena, field, arg);
        break;
    case OPT_LIST:
        push_list(p->arena, field, arg);
        break;
    case OPT_CHOICE:
        return set_choice(p, o, field, arg);
    case OPT_NUMBER:
        return set_number(p, o, field, arg);
    case OPT_TIME:
        return set_time(p, o, field, arg);
    }
    return true;
}

static bool unknown(parser *p, const char *name)
{
    const char *names[COUNT(OPTIONS) + 1];
    size_t n = 0;
    const char *near;

    for (size_t i = 0; i < COUNT(OPTIONS); i++)
        if (OPTIONS[i].help)
            names[n++] = OPTIONS[i].name;
    names[n] = NULL;
    near = df_words_nearest(name, names);
    if (near)
        return usage(p, "unknown option --%s; did you mean --%s?", name, near);
    return usage(p, "unknown option --%s; see dfopt --help", name);
}

/* long := '--' name ['=' value] | '--' name value */
static bool parse_long(parser *p, const char *word)
{
    df_str value = df_str_of(word);
    df_str name;
    bool has_value = df_str_cut(&value, '=', &name);
    const option *o = by_name(name);

    if (!o)
        return unknown(p, df_cstr(p->arena, name));
    if (o->kind == OPT_FLAG && has_value)
        return usage(p, "--%s takes no value", o->name);
    if (o->kind == OPT_FLAG || has_value)
        return set(p, o, value.ptr);
    if (!*p->rest)
        return usage(p, "--%s needs a value: %s", o->name, o->arg);
    return set(p, o, *p->rest++);
}

/* short := '-' flag* [letter value] */
static bool parse_short(parser *p, const char *word)
{
    for (; *word; word++) {
        const option *o = by_letter(*word);

        if (!o)
            return usage(p, "unknown option -%c; see dfopt --help", *word);
        if (o->kind != OPT_FLAG) {
            if (!word[1] && !*p->rest)
                return usage(p, "-%c needs a value: %s", o->letter, o->arg);
            return set(p, o, word[1] ? word + 1 : *p->rest++);
        }
        set(p, o, NULL);
    }
    return true;
}

/* The first operand may be a command; a file of its name is ./NAME. */
static void parse_operand(parser *p, const char *word, bool *command_seen)
{
    df_args *args = p->args;

    for (size_t i = 1; !*command_seen && i < COUNT(COMMANDS); i++)
        if (strcmp(word, COMMANDS[i]) == 0) {
            args->command = (df_command)i;
            *command_seen = true;
            return;
        }
    *command_seen = true;
    *df_push(p->arena, args, files) = word;
}

/* What only `dfopt verify`, or -w --verify, can heed. */
static bool check_verify(parser *p)
{
    const df_args *args = p->args;
    bool verifies = args->verify || args->command == DF_COMMAND_VERIFY;

    if (args->verify && (!args->write || args->command != DF_COMMAND_REWRITE))
        return usage(p, "--verify goes with --write");
    if (!verifies &&
        (args->engine || args->touch || args->smoke || args->with ||
         args->timeout || args->twice || args->bisect || args->no_touch))
        return usage(p, "--engine, --touch, --no-touch, --smoke, --with, "
                        "--timeout, --twice and --bisect are for dfopt "
                        "verify");
    if (args->touch && args->no_touch)
        return usage(p, "--touch and --no-touch exclude each other");
    if (args->verify && args->with)
        return usage(p, "--with and --write exclude each other");
    if (verifies && args->format != DF_FORMAT_TEXT &&
        args->format != DF_FORMAT_JSON)
        return usage(p, "verify knows --format=text and --format=json");
    return true;
}

/* What cannot be meant together. */
static bool check(parser *p)
{
    const df_args *args = p->args;

    if (!check_verify(p))
        return false;

    if (args->write && args->check)
        return usage(p, "--write and --check exclude each other");
    if (args->fix_dockerignore && !args->write && !args->diff)
        return usage(p, "--fix-dockerignore needs --write or --diff");
    if (args->list && args->diff)
        return usage(p, "--list and --diff exclude each other");
    if (args->quiet && args->verbose)
        return usage(p, "--quiet and --verbose exclude each other");
    if (args->config && args->no_config)
        return usage(p, "--config and --no-config exclude each other");
    if (args->format == DF_FORMAT_MARKDOWN &&
        args->command != DF_COMMAND_EXPLAIN)
        return usage(p, "--format=markdown is for dfopt explain");
    return true;
}

/* Then what stands behind `--` is for the engine. */
static bool builds(const df_args *args)
{
    return args->command == DF_COMMAND_VERIFY || args->verify;
}

bool df_args_parse(df_args *args, df_arena *a, int argc, char **argv,
                   df_err *err)
{
    parser p = {args, a, argv + (argc > 0), err};
    bool command_seen = false;
    bool options = true;
    bool ok = true;

    *args = (df_args){0};
    while (ok && *p.rest) {
        const char *word = *p.rest++;

        if (!options && builds(args)) {
            push_word(a, &args->engine_args, word);
        } else if (options && strcmp(word, "--") == 0) {
            options = false;
            command_seen = true;
        } else if (options && strncmp(word, "--", 2) == 0) {
            ok = parse_long(&p, word + 2);
        } else if (options && *word == '-' && word[1]) {
            ok = parse_short(&p, word + 1);
        } else {
            parse_operand(&p, word, &command_seen);
        }
    }
    return ok && (args->help || args->version || check(&p));
}

static const char *const HELP_HEAD =
    "Usage: dfopt [OPTION...] [FILE|DIR...]\n"
    "       dfopt explain [PASS]\n"
    "       dfopt verify [OPTION...] FILE [-- BUILD-OPTION...]\n"
    "       dfopt hook install|uninstall\n"
    "\n"
    "Rewrite Dockerfiles so that they build faster and images get smaller.\n"
    "Without a FILE it is ./Dockerfile or ./Containerfile; '-' is stdin. The\n"
    "new file goes to stdout, what changed and why to stderr.\n"
    "\n";

static const char *const HELP_TAIL =
    "\n"
    "Exit status: 0 done, 1 changes wanted (--check) or images that differ\n"
    "(verify), 2 something failed.\n";

#define HELP_COLUMN 27

static void help_row(df_buf *out, const option *o)
{
    size_t start = out->len;

    if (o->letter)
        df_buf_fmt(out, "  -%c, --%s", o->letter, o->name);
    else
        df_buf_fmt(out, "      --%s", o->name);
    if (o->arg)
        df_buf_fmt(out, " %s", o->arg);
    if (out->len - start > HELP_COLUMN - 2) {
        df_buf_addc(out, '\n');
        start = out->len;
    }
    while (out->len - start < HELP_COLUMN)
        df_buf_addc(out, ' ');
    df_buf_fmt(out, "%s\n", o->help);
}

void df_args_help(df_buf *out)
{
    df_buf_adds(out, HELP_HEAD);
    for (size_t i = 0; i < COUNT(OPTIONS); i++)
        if (OPTIONS[i].help)
            help_row(out, &OPTIONS[i]);
    df_buf_adds(out, HELP_TAIL);
}

/* Plain text as man page source: dashes and backslashes are commands there. */
static void add_roff(df_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '-')
            df_buf_adds(out, "\\-");
        else if (*text == '\\')
            df_buf_adds(out, "\\e");
        else
            df_buf_addc(out, *text);
    }
}

static void man_row(df_buf *out, const option *o)
{
    df_buf_adds(out, ".TP\n");
    if (o->letter)
        df_buf_fmt(out, "\\fB\\-%c\\fR, ", o->letter);
    df_buf_adds(out, "\\fB\\-\\-");
    add_roff(out, o->name);
    df_buf_adds(out, "\\fR");
    if (o->arg) {
        df_buf_adds(out, " \\fI");
        add_roff(out, o->arg);
        df_buf_adds(out, "\\fR");
    }
    df_buf_addc(out, '\n');
    add_roff(out, o->help);
    df_buf_adds(out, ".\n");
}

void df_args_man(df_buf *out)
{
    for (size_t i = 0; i < COUNT(OPTIONS); i++)
        if (OPTIONS[i].help)
            man_row(out, &OPTIONS[i]);
}

static void completion_words(df_buf *out)
{
    for (size_t i = 0; i < COUNT(OPTIONS); i++) {
        const option *o = &OPTIONS[i];

        if (o->help)
            df_buf_fmt(out, " --%s%s", o->name, o->arg ? "=" : "");
    }
}

static void completion_choices(df_buf *out, const option *o)
{
    df_buf_fmt(out, "    --%s=*) words='", o->name);
    for (const char *c = o->arg; *c; c++)
        df_buf_addc(out, *c == '|' ? ' ' : *c);
    df_buf_adds(out, "' cur=${cur#*=} ;;\n");
}

void df_args_completion(df_buf *out)
{
    df_buf_adds(out, "# bash completion for dfopt\n"
                     "_dfopt() {\n"
                     "    local cur words\n"
                     "    cur=${COMP_LINE:0:COMP_POINT}\n"
                     "    cur=${cur##*[[:space:]]}\n"
                     "    case $cur in\n");
    for (size_t i = 0; i < COUNT(OPTIONS); i++)
        if (OPTIONS[i].choices)
            completion_choices(out, &OPTIONS[i]);
    df_buf_adds(out, "    -*) words='");
    completion_words(out);
    df_buf_adds(out, "' ;;\n"
                     "    *) words='explain verify hook' ;;\n"
                     "    esac\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                     "    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
                     "    [[ $cur == -* ]] ||\n"
                     "        COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
                     "}\n"
                     "complete -o filenames -F _dfopt dfopt\n");
}

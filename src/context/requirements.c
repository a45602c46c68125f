/*
 * Requirements files: pip/_internal/req/req_file.py for lines and options,
 * req/constructors.py for what a requirement is.
 *
 *     line        := text ('\' newline text)* (blank+ '#' any*)?
 *     text        := requirement? option*
 *     requirement := name extras? ('@' url | version)? (';' marker)?
 *                  | url | path
 */
#include "context/manifest.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "context/tree.h"
#include "context/utf8.h"

typedef enum {
    OPT_FLAG,
    OPT_VALUE,
    OPT_PLACE, /* a URL, or a path that pip reads */
    OPT_INCLUDE,
    OPT_CONSTRAINT,
    OPT_EDITABLE,
} opt_kind;

typedef struct {
    char letter; /* 0: none */
    opt_kind kind;
    const char *name;
} option;

static const option OPTIONS[] = {
    {'i', OPT_PLACE, "--index-url"},
    {0, OPT_PLACE, "--pypi-url"},
    {0, OPT_PLACE, "--extra-index-url"},
    {0, OPT_FLAG, "--no-index"},
    {'c', OPT_CONSTRAINT, "--constraint"},
    {'r', OPT_INCLUDE, "--requirement"},
    {'e', OPT_EDITABLE, "--editable"},
    {'f', OPT_PLACE, "--find-links"},
    {0, OPT_VALUE, "--no-binary"},
    {0, OPT_VALUE, "--only-binary"},
    {0, OPT_FLAG, "--prefer-binary"},
    {0, OPT_FLAG, "--require-hashes"},
    {0, OPT_FLAG, "--pre"},
    {0, OPT_VALUE, "--trusted-host"},
    {0, OPT_VALUE, "--use-feature"},
    {0, OPT_VALUE, "--install-option"},
    {0, OPT_VALUE, "--global-option"},
    {'C', OPT_VALUE, "--config-settings"},
    {0, OPT_VALUE, "--hash"},
};

#define NOPTIONS (sizeof OPTIONS / sizeof *OPTIONS)

typedef struct {
    df_arena *arena;
    df_req *items;
    uint32_t nitems, citems;
    df_str line;
    uint32_t number;
    bool too_many;
} reader;

static void add(reader *r, df_req_kind kind, df_str name)
{
    r->too_many |= r->nitems == DF_MAX_REQS;
    if (r->too_many)
        return;
    *df_push(r->arena, r, items) = (df_req){
        .kind = kind, .name = name, .line = r->line, .number = r->number};
}

/* What pip takes for a URL, by what stands before the first colon. */
typedef enum { SCHEME_NONE, SCHEME_REMOTE, SCHEME_FILE } scheme;

static scheme scheme_of(df_str text)
{
    static const char *const REMOTE[] = {"http", "https", "ftp",  "ssh", "git",
                                         "hg",   "bzr",   "sftp", "svn"};
    static const char *const SYSTEMS[] = {"git+", "hg+", "bzr+", "svn+"};
    df_str head = df_str_slice(text, 0, df_str_find_char(text, ':'));

    if (head.len == text.len)
        return SCHEME_NONE;
    if (df_str_is_nocase(head, "file"))
        return SCHEME_FILE;
    for (size_t i = 0; i < sizeof REMOTE / sizeof *REMOTE; i++)
        if (df_str_is_nocase(head, REMOTE[i]))
            return SCHEME_REMOTE;
    for (size_t i = 0; i < sizeof SYSTEMS / sizeof *SYSTEMS; i++) {
        size_t len = strlen(SYSTEMS[i]);

        if (df_str_is_nocase(df_str_slice(head, 0, len), SYSTEMS[i]))
            return df_str_is_nocase(df_str_from(head, len), "file")
                       ? SCHEME_FILE
                       : SCHEME_REMOTE;
    }
    return SCHEME_NONE;
}

static void add_url(reader *r, df_str url)
{
    add(r, scheme_of(url) == SCHEME_REMOTE ? DF_REQ_URL : DF_REQ_LOCAL, url);
}

static bool is_archive(df_str path)
{
    static const char *const ENDS[] = {
        ".zip", ".whl",    ".tar.bz2", ".tbz", ".tar.gz", ".tgz",
        ".tar", ".tar.xz", ".txz",     ".tlz", ".tar.lz", ".tar.lzma"};

    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        size_t len = strlen(ENDS[i]);

        if (path.len > len &&
            df_str_is_nocase(df_str_from(path, path.len - len), ENDS[i]))
            return true;
    }
    return false;
}

/* Without `[extras]` at the end. */
static df_str without_extras(df_str text)
{
    size_t open = text.len;

    if (!df_str_ends(text, "]"))
        return text;
    while (open > 0 && text.ptr[open - 1] != '[')
        open--;
    return open > 1 && open + 1 < text.len ? df_str_slice(text, 0, open - 1)
                                           : text;
}

/* name := letter or digit, then these and `.`, `_`, `-` */
static df_str take_name(df_str *text)
{
    size_t n = 0;
    df_str name;

    if (!text->len || !df_is_name(text->ptr[0]) || text->ptr[0] == '_')
        return DF_STR("");
    while (n < text->len && (df_is_name(text->ptr[n]) || text->ptr[n] == '.' ||
                             text->ptr[n] == '-'))
        n++;
    name = df_str_slice(*text, 0, n);
    *text = df_str_trim(df_str_from(*text, n));
    return name;
}

/* name ('[' any* ']')?, and what is behind it; empty if there is none. */
static df_str take_dist(df_str *text)
{
    df_str name = take_name(text);
    df_str extras;

    if (!name.len || !df_str_starts(*text, "["))
        return name;
    if (!df_str_cut(text, ']', &extras))
        return DF_STR("");
    *text = df_str_trim(*text);
    return name;
}

/* name @ url; false if it has another form. */
static bool add_direct(reader *r, df_str text)
{
    if (!take_dist(&text).len || !df_str_starts(text, "@"))
        return false;
    text = df_str_trim(df_str_from(text, 1));
    /* PEP 508: a blank ends the URL, a marker may follow. */
    for (size_t i = 0; i < text.len; i++)
        if (df_is_space(text.ptr[i]))
            text = df_str_slice(text, 0, i);
    add_url(r, text);
    return true;
}

static void add_requirement(reader *r, df_str text)
{
    const char *marker = scheme_of(text) == SCHEME_NONE ? ";" : "; ";
    df_str rest;
    df_str name;

    if (add_direct(r, text))
        return;
    text = df_str_trim(df_str_slice(text, 0, df_str_find(text, marker)));
    if (scheme_of(text) != SCHEME_NONE) {
        add_url(r, text);
        return;
    }
    rest = without_extras(text);
    if (df_str_starts(rest, ".") || df_str_find_char(rest, '/') != SIZE_MAX ||
        is_archive(rest)) {
        add(r, DF_REQ_LOCAL, rest);
        return;
    }
    rest = text;
    name = take_dist(&rest);
    if (name.len &&
        (!rest.len || df_str_find_char(DF_STR("<>=!~("), rest.ptr[0]) < 6))
        add(r, DF_REQ_PACKAGE, name);
    else
        add(r, DF_REQ_LOCAL, text);
}

static void add_editable(reader *r, df_str text)
{
    if (add_direct(r, text))
        return;
    if (scheme_of(text) == SCHEME_REMOTE)
        add(r, DF_REQ_URL, text);
    else
        add(r, DF_REQ_LOCAL, without_extras(text));
}

/* A quoted part of a word of the shell, behind its opening quote. */
static void take_quoted(df_str *text, char quote, df_buf *word)
{
    while (text->len && text->ptr[0] != quote) {
        if (quote == '"' && text->len > 1 && text->ptr[0] == '\\' &&
            (text->ptr[1] == '"' || text->ptr[1] == '\\'))
            *text = df_str_from(*text, 1);
        df_buf_addc(word, text->ptr[0]);
        *text = df_str_from(*text, 1);
    }
    *text = df_str_from(*text, 1);
}

/* The next word as shlex.split gives it; false at the end. */
static bool take_word(df_arena *a, df_str *text, df_str *word)
{
    df_buf out;

    *text = df_str_trim(*text);
    if (!text->len)
        return false;
    df_buf_init(&out, a);
    while (text->len && !df_is_space(text->ptr[0])) {
        char c = text->ptr[0];

        *text = df_str_from(*text, 1);
        if (c == '\'' || c == '"') {
            take_quoted(text, c, &out);
            continue;
        }
        if (c == '\\' && text->len) {
            c = text->ptr[0];
            *text = df_str_from(*text, 1);
        }
        df_buf_addc(&out, c);
    }
    *word = df_buf_str(&out);
    return true;
}

/* By its name or, as optparse allows, by a beginning that no other has. */
static const option *find_long(df_str name)
{
    const option *found = NULL;
    uint32_t count = 0;

    for (size_t i = 0; i < NOPTIONS; i++) {
        df_str full = df_str_of(OPTIONS[i].name);

        if (df_str_eq(name, full))
            return &OPTIONS[i];
        if (!df_str_eq(name, df_str_slice(full, 0, name.len)))
            continue;
        found = &OPTIONS[i];
        count++;
    }
    return count == 1 ? found : NULL;
}

static const option *find_short(char letter)
{
    for (size_t i = 0; i < NOPTIONS; i++)
        if (OPTIONS[i].letter && OPTIONS[i].letter == letter)
            return &OPTIONS[i];
    return NULL;
}

/*
 * option := '--' name ('=' value | blank value)? | '-' letter blank? value
 * NULL: unknown, or no option. *value has a NULL pointer if it comes next.
 */
static const option *read_option(df_str word, df_str *value)
{
    *value = (df_str){NULL, 0};
    if (df_str_starts(word, "--")) {
        df_str name;

        if (df_str_cut(&word, '=', &name))
            *value = word;
        return find_long(name);
    }
    if (!df_str_starts(word, "-") || word.len < 2)
        return NULL;
    if (word.len > 2)
        *value = df_str_from(word, 2);
    return find_short(word.ptr[1]);
}

static void add_option(reader *r, const option *o, df_str value)
{
    switch (o->kind) {
    case OPT_INCLUDE:
        add(r, DF_REQ_INCLUDE, value);
        break;
    case OPT_CONSTRAINT:
        add(r, DF_REQ_CONSTRAINT, value);
        break;
    case OPT_EDITABLE:
        add_editable(r, df_str_trim(value));
        break;
    case OPT_PLACE:
        if (scheme_of(value) == SCHEME_REMOTE)
            add(r, DF_REQ_OPTION, df_str_of(o->name));
        else
            add(r, DF_REQ_PLACE, value);
        break;
    case OPT_FLAG:
    case OPT_VALUE:
        add(r, DF_REQ_OPTION, df_str_of(o->name));
        break;
    }
}

static void add_options(reader *r, df_str text)
{
    df_str word;
    df_str value;

    while (take_word(r->arena, &text, &word)) {
        const option *o = read_option(word, &value);

        if (!o) {
            add(r, DF_REQ_OPTION, word);
            continue;
        }
        if (o->kind != OPT_FLAG && !value.ptr &&
            !take_word(r->arena, &text, &value))
            value = DF_STR("");
        add_option(r, o, value);
    }
}

/* Options begin at the first word with a dash, as split at single spaces. */
static size_t options_at(df_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '-' && (i == 0 || line.ptr[i - 1] == ' '))
            return i;
    return line.len;
}

/* Behind a requirement, options only add to it (`--hash`). */
static void read_line(reader *r, df_str line)
{
    size_t at = options_at(line);
    df_str requirement = df_str_trim(df_str_slice(line, 0, at));

    r->line = line;
    if (requirement.len)
        add_requirement(r, requirement);
    else
        add_options(r, df_str_from(line, at));
}

/* Nothing or white space stands before; a comment begins only there. */
static bool follows_blank(df_str line, size_t at)
{
    df_str before = df_str_slice(line, 0, at);
    df_str trimmed = df_utf8_trim(before);

    return !trimmed.len || trimmed.ptr + trimmed.len != line.ptr + at;
}

static df_str without_comment(df_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && follows_blank(line, i))
            return df_str_slice(line, 0, i);
    return line;
}

static bool is_comment(df_str line)
{
    return df_str_starts(df_utf8_trim(line), "#");
}

/* str.strip("\\") */
static df_str without_backslashes(df_str s)
{
    while (df_str_starts(s, "\\"))
        s = df_str_from(s, 1);
    while (df_str_ends(s, "\\"))
        s = df_str_slice(s, 0, s.len - 1);
    return s;
}

/* Where str.splitlines cuts; \r\n counts as one. */
static bool is_line_end(uint32_t rune)
{
    return (rune >= '\n' && rune <= '\r') || (rune >= 0x1C && rune <= 0x1E) ||
           rune == 0x85 || rune == 0x2028 || rune == 0x2029;
}

static df_str take_line(df_str *text)
{
    df_str line = *text;
    size_t at = 0;

    while (at < text->len) {
        df_rune c = df_utf8_first(df_str_from(*text, at));

        if (is_line_end(c.rune)) {
            line = df_str_slice(*text, 0, at);
            at += c.len;
            if (c.rune == '\r' && at < text->len && text->ptr[at] == '\n')
                at++;
            break;
        }
        at += c.len;
    }
    *text = df_str_from(*text, at);
    return line;
}

/* Lines joined at their backslashes; a comment ends what it continues. */
static df_str take_joined(reader *r, df_str *text, uint32_t *number)
{
    df_buf joined;
    bool more = true;

    df_buf_init(&joined, r->arena);
    for (; more && text->len; ++*number) {
        df_str line = take_line(text);

        more = df_str_ends(line, "\\") && !is_comment(line);
        if (is_comment(line))
            df_buf_addc(&joined, ' ');
        df_buf_add(&joined, more ? without_backslashes(line) : line);
    }
    return df_buf_str(&joined);
}

static void read_lines(reader *r, df_str text)
{
    uint32_t next = 1;

    while (text.len && !r->too_many) {
        df_str line;

        r->number = next;
        line = take_joined(r, &text, &next);
        line = df_utf8_trim(without_comment(line));
        if (line.len)
            read_line(r, line);
    }
}

df_reqs df_reqs_parse(df_arena *a, df_str text)
{
    reader r = {.arena = a};

    read_lines(&r, df_utf8_from(a, text));
    if (r.too_many)
        return (df_reqs){0};
    return (df_reqs){.items = r.items, .count = r.nitems, .found = true};
}

df_reqs df_context_requirements(df_context *cx, df_str path)
{
    df_arena *a = df_context_arena(cx);
    void **slot = df_context_memo(cx, "requirements", path);
    df_reqs *reqs = *slot;
    df_str text;

    if (!reqs) {
        reqs = df_new(a, df_reqs);
        if (df_context_read(cx, path, &text))
            *reqs = df_reqs_parse(a, text);
        *slot = reqs;
    }
    return *reqs;
}

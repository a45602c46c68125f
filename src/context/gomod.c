/*
 * go.mod and go.work: golang.org/x/mod/modfile, read.go, rule.go and work.go.
 *
 *     file  := (line | verb '(' newline line* ')' newline)*
 *     line  := token* ('//' any*)? newline
 *     token := '"' any* '"' | '`' any* '`' | '(' | ')' | ... | word
 */
#include "context/manifest.h"

#include "base/buf.h"
#include "context/tree.h"

/* `replace old v1 => new v2` is the longest line, without its verb. */
#define MAX_TOKENS 8u

typedef struct {
    df_str items[MAX_TOKENS];
    uint32_t count; /* more may have been there */
    df_str last;
} tokens;

typedef struct {
    df_arena *arena;
    df_gomod mod;
    df_str *requires;
    uint32_t nrequires, crequires;
    df_goreplace *replaces;
    uint32_t nreplaces, creplaces;
    df_str *uses;
    uint32_t nuses, cuses;
} reader;

static bool is_mark(char c)
{
    return c == '(' || c == ')' || c == '[' || c == ']' || c == '{' ||
           c == '}' || c == ',';
}

/* Up to the closing quote, which goes too; a backslash takes a character. */
static df_str take_quoted(df_arena *a, df_str *line)
{
    char quote = line->ptr[0];
    size_t i = 1;
    df_buf out;

    df_buf_init(&out, a);
    for (; i < line->len && line->ptr[i] != quote; i++) {
        if (line->ptr[i] == '\\' && quote == '"' && i + 1 < line->len)
            i++;
        df_buf_addc(&out, line->ptr[i]);
    }
    *line = df_str_from(*line, i + 1);
    return df_buf_str(&out);
}

static df_str take_word(df_str *line)
{
    size_t n = 0;
    df_str word;

    while (n < line->len && !df_is_space(line->ptr[n]) &&
           !is_mark(line->ptr[n]) &&
           !df_str_starts(df_str_from(*line, n), "//"))
        n++;
    word = df_str_slice(*line, 0, n);
    *line = df_str_from(*line, n);
    return word;
}

static bool take_token(df_arena *a, df_str *line, df_str *token)
{
    *line = df_str_trim(*line);
    if (!line->len || df_str_starts(*line, "//"))
        return false;
    if (line->ptr[0] == '"' || line->ptr[0] == '`') {
        *token = take_quoted(a, line);
    } else if (is_mark(line->ptr[0])) {
        *token = df_str_slice(*line, 0, 1);
        *line = df_str_from(*line, 1);
    } else {
        *token = take_word(line);
    }
    return true;
}

static tokens split(df_arena *a, df_str line)
{
    tokens t = {.count = 0};
    df_str token;

    while (take_token(a, &line, &token)) {
        if (t.count < MAX_TOKENS)
            t.items[t.count++] = token;
        t.last = token;
    }
    return t;
}

/* modfile.IsDirectoryPath: also paths of Windows, as files travel. */
static bool is_directory(df_str path)
{
    static const char *const STARTS[] = {"./", "../", "/", ".\\", "..\\", "\\"};

    if (df_str_is(path, ".") || df_str_is(path, ".."))
        return true;
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++)
        if (df_str_starts(path, STARTS[i]))
            return true;
    return path.len >= 2 && df_is_alpha(path.ptr[0]) && path.ptr[1] == ':';
}

/* args := module version? '=>' (module version | directory) */
static void read_replace(reader *r, const tokens *t, uint32_t args)
{
    for (uint32_t i = args + 1; i + 1 < t->count; i++)
        if (df_str_is(t->items[i], "=>")) {
            *df_push(r->arena, r, replaces) =
                (df_goreplace){t->items[args], t->items[i + 1],
                               is_directory(t->items[i + 1]), i > args + 1};
            return;
        }
}

/* One line of a verb; its arguments begin at `args`. */
static void read_verb(reader *r, df_str verb, const tokens *t, uint32_t args)
{
    if (args >= t->count)
        return;
    if (df_str_is(verb, "module"))
        r->mod.module = t->items[args];
    else if (df_str_is(verb, "go"))
        r->mod.go = t->items[args];
    else if (df_str_is(verb, "require"))
        *df_push(r->arena, r, requires) = t->items[args];
    else if (df_str_is(verb, "replace"))
        read_replace(r, t, args);
    else if (df_str_is(verb, "use"))
        *df_push(r->arena, r, uses) = t->items[args];
}

df_gomod df_gomod_parse(df_arena *a, df_str text)
{
    reader r = {.arena = a};
    df_str block = DF_STR("");
    df_str line;

    while (text.len) {
        tokens t;

        df_str_cut(&text, '\n', &line);
        t = split(a, line);
        if (!t.count)
            continue;
        if (block.len && df_str_is(t.items[0], ")"))
            block = DF_STR("");
        else if (block.len)
            read_verb(&r, block, &t, 0);
        else if (t.count > 1 && df_str_is(t.items[1], "("))
            block = df_str_is(t.last, "(") ? t.items[0] : block;
        else
            read_verb(&r, t.items[0], &t, 1);
    }
    r.mod.found = true;
    r.mod.requires = r.requires;
    r.mod.nrequires = r.nrequires;
    r.mod.replaces = r.replaces;
    r.mod.nreplaces = r.nreplaces;
    r.mod.uses = r.uses;
    r.mod.nuses = r.nuses;
    return r.mod;
}

df_gomod df_context_gomod(df_context *cx, df_str path)
{
    df_arena *a = df_context_arena(cx);
    void **slot = df_context_memo(cx, "go.mod", path);
    df_gomod *mod = *slot;
    df_str text;

    if (!mod) {
        mod = df_new(a, df_gomod);
        if (df_context_read(cx, path, &text))
            *mod = df_gomod_parse(a, text);
        *slot = mod;
    }
    return *mod;
}

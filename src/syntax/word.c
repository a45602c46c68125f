/*
 * The builder's word processing: see syntax/word.h.
 *
 * A scanner walks the bytes once. process_until() collects both the expanded
 * text and the words that it splits into; quotes, `$` and `<<` have functions
 * of their own, as in BuildKit's lex.go, whose oddities are kept on purpose:
 * the word collected so far is forgotten when a ${name op word} is met.
 */
#include "syntax/word.h"

#include "base/buf.h"
#include "base/limits.h"
#include "syntax/pattern.h"

typedef struct {
    df_arena *arena;
    df_str in;
    size_t pos;
    df_word_mode mode;
    const df_env *env;
    df_buf word; /* of the outermost words, shared by nested calls */
    size_t word_from;
    bool in_word;
    unsigned depth;
    df_expansion *out;
} scanner;

static bool process_until(scanner *sc, int stop, bool raw_escapes, bool split,
                          df_buf *result);

static int peek(const scanner *sc)
{
    return sc->pos < sc->in.len ? (unsigned char)sc->in.ptr[sc->pos] : -1;
}

static bool fail(scanner *sc, df_str error)
{
    if (!sc->out->error.len)
        sc->out->error = error;
    sc->out->ok = false;
    return false;
}

/* Words. */

static void end_word(scanner *sc, size_t to)
{
    if (sc->word.len) {
        df_split *w = df_push(sc->arena, sc->out, words);

        w->str = df_buf_str(&sc->word);
        w->from = (uint32_t)sc->word_from;
        w->to = (uint32_t)to;
        df_buf_init(&sc->word, sc->arena);
    }
    sc->in_word = false;
}

static void add_raw(scanner *sc, df_str s, size_t from)
{
    if (!sc->word.len)
        sc->word_from = from;
    df_buf_add(&sc->word, s);
    sc->in_word = true;
}

/* Bytes that split at blanks; all of them stem from input at `from`. */
static void add_splitting(scanner *sc, df_str s, size_t from)
{
    for (size_t i = 0; i < s.len;) {
        size_t n = df_uspace(s, i);

        if (n && sc->in_word && sc->word.len)
            end_word(sc, from);
        else if (!n)
            add_raw(sc, df_str_slice(s, i, i + 1), from);
        i += n ? n : 1;
    }
}

/* Variables. */

static df_env_answer get(scanner *sc, df_str name, df_str *value)
{
    df_env_answer answer =
        sc->env ? sc->env->get(sc->env->ctx, name, value) : DF_ENV_UNSET;

    if (answer == DF_ENV_UNKNOWN)
        sc->out->unknown = true;
    if (answer != DF_ENV_SET)
        *value = DF_STR("");
    return answer;
}

static bool is_special(int c)
{
    return c == '@' || c == '*' || c == '#' || c == '?' || c == '-' ||
           c == '$' || c == '!' || c == '0';
}

static bool is_letter(int c)
{
    return c >= 0 && (df_is_name((char)c) || c >= 0x80);
}

/* name := digit+ | special | (letter | digit | '_')* */
static df_str read_name(scanner *sc)
{
    size_t from = sc->pos;
    int c = peek(sc);

    if (c >= 0 && df_is_digit((char)c)) {
        while (peek(sc) >= 0 && df_is_digit((char)peek(sc)))
            sc->pos++;
    } else if (is_special(c)) {
        sc->pos++;
    } else {
        while (is_letter(peek(sc)))
            sc->pos++;
    }
    return df_str_slice(sc->in, from, sc->pos);
}

static bool require(scanner *sc, df_env_answer set, bool null_is_unset,
                    df_str name, df_str value, df_str word)
{
    const char *what = NULL;

    if (set == DF_ENV_UNSET)
        what = "is not allowed to be unset";
    else if (set == DF_ENV_SET && null_is_unset && !value.len)
        what = "is not allowed to be empty";
    if (!what)
        return true;
    if (!word.len)
        word = df_str_of(what);
    return fail(sc, df_fmt(sc->arena, "%.*s: %.*s", DF_STR_ARG(name),
                           DF_STR_ARG(word)));
}

/* ${name#word}, ${name##word}, ${name%word}, ${name%%word} */
static bool trim(scanner *sc, char op, df_str value, df_str word, df_buf *out)
{
    bool greedy = word.len && word.ptr[0] == op;
    df_str pattern = df_str_from(word, greedy ? 1 : 0);
    df_str rest;

    if (!df_pattern_trim(pattern, value, op == '%', greedy, &rest))
        return fail(sc, df_fmt(sc->arena,
                               "invalid pattern (%.*s) in "
                               "substitution",
                               DF_STR_ARG(pattern)));
    df_buf_add(out, rest);
    return true;
}

/* The value of ${name op word}, all of them read. */
static bool apply(scanner *sc, char op, bool null_is_unset, df_str name,
                  df_str word, df_buf *out)
{
    df_str value;
    df_env_answer set = get(sc, name, &value);
    bool missing = set == DF_ENV_UNSET || (null_is_unset && !value.len);

    if (sc->mode.skip_unset && set == DF_ENV_UNSET) {
        df_buf_fmt(out, "${%.*s%s%c%.*s}", DF_STR_ARG(name),
                   null_is_unset ? ":" : "", op, DF_STR_ARG(word));
        return true;
    }
    switch (op) {
    case '-':
        df_buf_add(out, missing ? word : value);
        return true;
    case '+':
        df_buf_add(out, missing ? DF_STR("") : word);
        return true;
    case '?':
        if (!require(sc, set, null_is_unset, name, value, word))
            return false;
        df_buf_add(out, value);
        return true;
    case '#':
    case '%':
        return trim(sc, op, value, word, out);
    }
    return fail(sc,
                df_fmt(sc->arena, "unsupported modifier (%s%c) in substitution",
                       null_is_unset ? ":" : "", op));
}

static bool nested(scanner *sc, char stop, bool raw_escapes, df_buf *word,
                   const char *missing)
{
    df_buf_init(word, sc->arena);
    if (process_until(sc, stop, raw_escapes, false, word))
        return true;
    if (peek(sc) < 0 && sc->out->error.ptr)
        sc->out->error = df_str_of(missing);
    return false;
}

/* ${name/pattern/text}, ${name//pattern/text} */
static bool substitute(scanner *sc, df_str name, df_buf *out)
{
    bool all = peek(sc) == '/';
    df_buf pattern, text;
    df_str value;
    df_env_answer set;

    if (all)
        sc->pos++;
    if (!nested(sc, '/', true, &pattern, "syntax error: missing '/' in ${}") ||
        !nested(sc, '}', true, &text, "syntax error: missing '}'"))
        return false;
    set = get(sc, name, &value);
    if (sc->mode.skip_unset && set == DF_ENV_UNSET) {
        df_buf_fmt(out, "${%.*s/%.*s/%.*s}", DF_STR_ARG(name),
                   DF_STR_ARG(df_buf_str(&pattern)),
                   DF_STR_ARG(df_buf_str(&text)));
        return true;
    }
    if (df_pattern_replace(df_buf_str(&pattern), value, df_buf_str(&text), all,
                           out))
        return true;
    return fail(sc, df_fmt(sc->arena, "invalid pattern (%.*s) in substitution",
                           DF_STR_ARG(df_buf_str(&pattern))));
}

/* BuildKit reads a word behind `:` and anything, and complains later. */
static bool takes_word(int op, bool colon)
{
    if (colon)
        return op >= 0 && op != '#' && op != '%';
    return op == '-' || op == '+' || op == '?' || op == '#' || op == '%';
}

/* modifier := ':'? ('-' | '+' | '?') word | ('#' | '%') word | '/' … */
static bool modifier(scanner *sc, df_str name, df_buf *out)
{
    bool null_is_unset = peek(sc) == ':';
    df_buf word;
    int op;

    if (null_is_unset)
        sc->pos++;
    op = peek(sc);
    if (op >= 0)
        sc->pos++;
    if (!null_is_unset && op == '/')
        return substitute(sc, name, out);
    if (!takes_word(op, null_is_unset))
        return fail(sc, DF_STR("unsupported modifier in substitution"));
    if (!nested(sc, '}', op == '#' || op == '%', &word,
                "syntax error: missing '}'"))
        return false;
    return apply(sc, (char)op, null_is_unset, name, df_buf_str(&word), out);
}

/* dollar := '$' name | '${' name '}' | '${' name modifier '}' */
static bool dollar(scanner *sc, df_buf *out)
{
    bool brace;
    df_str name, value;
    int c;

    sc->pos++;
    brace = peek(sc) == '{';
    if (brace) {
        sc->pos++;
        c = peek(sc);
        if (c < 0)
            return fail(sc, DF_STR("syntax error: missing '}'"));
        if (c == '{' || c == '}' || c == ':')
            return fail(sc, DF_STR("syntax error: bad substitution"));
    }
    name = read_name(sc);
    if (!brace && !name.len) {
        df_buf_addc(out, '$');
        return true;
    }
    if (brace && peek(sc) != '}')
        return modifier(sc, name, out);
    if (brace)
        sc->pos++;
    if (get(sc, name, &value) == DF_ENV_UNSET && sc->mode.skip_unset)
        df_buf_fmt(out, brace ? "${%.*s}" : "$%.*s", DF_STR_ARG(name));
    else
        df_buf_add(out, value);
    return true;
}

/* Quotes. */

static bool single_quote(scanner *sc, df_buf *out)
{
    size_t from = sc->pos++;
    size_t close = df_str_find_char(df_str_from(sc->in, sc->pos), '\'');

    if (close == SIZE_MAX) {
        sc->pos = sc->in.len;
        return fail(sc, DF_STR("unexpected end of statement while looking for "
                               "matching single-quote"));
    }
    close += sc->pos;
    sc->pos = close + 1;
    df_buf_add(out, sc->mode.raw_quotes
                        ? df_str_slice(sc->in, from, close + 1)
                        : df_str_slice(sc->in, from + 1, close));
    return true;
}

/* Behind an escape character in double quotes. */
static void quoted_escape(scanner *sc, df_buf *out)
{
    int next = peek(sc);

    if (sc->mode.raw_escapes)
        df_buf_addc(out, sc->mode.escape);
    if (next < 0)
        return;
    if (next == '"' || next == '$' || next == (unsigned char)sc->mode.escape) {
        sc->pos++;
        df_buf_addc(out, (char)next);
    } else {
        df_buf_addc(out, sc->mode.escape);
    }
}

static bool double_quote(scanner *sc, df_buf *out)
{
    sc->pos++;
    if (sc->mode.raw_quotes)
        df_buf_addc(out, '"');
    for (int c; (c = peek(sc)) >= 0;) {
        if (c == '$') {
            if (!dollar(sc, out))
                return false;
            continue;
        }
        sc->pos++;
        if (c == '"') {
            if (sc->mode.raw_quotes)
                df_buf_addc(out, '"');
            return true;
        }
        if (c == (unsigned char)sc->mode.escape)
            quoted_escape(sc, out);
        else
            df_buf_addc(out, (char)c);
    }
    return fail(sc, DF_STR("unexpected end of statement while looking for "
                           "matching double-quote"));
}

/* `<<` and the blanks behind it stay in one word. */
static bool less_than(scanner *sc, df_buf *out)
{
    size_t from = sc->pos++;

    if (peek(sc) == '<') {
        sc->pos++;
        while (peek(sc) == '\t' || peek(sc) == '\r' || peek(sc) == ' ')
            sc->pos++;
    }
    df_buf_add(out, df_str_slice(sc->in, from, sc->pos));
    return true;
}

static bool special(scanner *sc, int c, df_buf *out)
{
    switch (c) {
    case '$':
        return dollar(sc, out);
    case '\'':
        return single_quote(sc, out);
    case '"':
        return double_quote(sc, out);
    }
    return less_than(sc, out);
}

/* One special thing: its text goes to result, and to the words. */
static bool add_special(scanner *sc, int c, bool split, df_buf *result)
{
    size_t from = sc->pos;
    df_buf part;

    df_buf_init(&part, sc->arena);
    if (!special(sc, c, &part))
        return false;
    df_buf_add(result, df_buf_str(&part));
    if (split && c == '$')
        add_splitting(sc, df_buf_str(&part), from);
    else if (split)
        add_raw(sc, df_buf_str(&part), from);
    return true;
}

static void add_escape(scanner *sc, bool raw, bool split, df_buf *result)
{
    size_t from = sc->pos++;
    size_t to = sc->pos < sc->in.len ? sc->pos + 1 : sc->pos;
    df_str s = df_str_slice(sc->in, raw ? from : sc->pos, to);

    sc->pos = to;
    df_buf_add(result, s);
    if (split && s.len)
        add_raw(sc, s, from);
}

static bool is_quote_or_dollar(int c)
{
    return c == '$' || c == '<' || c == '\'' || c == '"';
}

/*
 * Up to `stop` (taken), or the end if it is -1. Only the outermost call
 * splits; a nested one wipes what was collected of the current word.
 */
static bool process_until(scanner *sc, int stop, bool raw_escapes, bool split,
                          df_buf *result)
{
    bool saved = sc->mode.raw_escapes;
    bool ok = true;

    if (++sc->depth > DF_MAX_DEPTH)
        return fail(sc, DF_STR("nested too deeply"));
    df_buf_init(&sc->word, sc->arena);
    sc->mode.raw_escapes = raw_escapes;
    for (int c; ok && (c = peek(sc)) >= 0;) {
        if (c == stop) {
            sc->pos++;
            break;
        }
        if (is_quote_or_dollar(c)) {
            ok = add_special(sc, c, split, result);
        } else if (c == (unsigned char)sc->mode.escape) {
            add_escape(sc, raw_escapes, split, result);
        } else {
            df_str s = df_str_slice(sc->in, sc->pos, sc->pos + 1);
            size_t n = df_uspace(sc->in, sc->pos);

            if (n > 1)
                s = df_str_slice(sc->in, sc->pos, sc->pos + n);
            df_buf_add(result, s);
            if (split)
                add_splitting(sc, s, sc->pos);
            sc->pos += s.len;
        }
        if (result->len > sc->in.len + DF_MAX_VALUE)
            ok = fail(sc, DF_STR("grows too long"));
    }
    if (ok && stop >= 0 && (sc->pos == 0 || sc->in.ptr[sc->pos - 1] != stop))
        ok = fail(sc, DF_STR("unexpected end of statement"));
    sc->mode.raw_escapes = saved;
    sc->depth--;
    return ok;
}

df_expansion df_word_process(df_arena *a, df_str word, df_word_mode mode,
                             const df_env *env)
{
    df_expansion out = {.ok = true};
    scanner sc = {.arena = a, .in = word, .mode = mode, .env = env};
    df_buf result;

    sc.out = &out;
    df_buf_init(&result, a);
    df_buf_init(&sc.word, a);
    if (process_until(&sc, -1, mode.raw_escapes, true, &result))
        end_word(&sc, sc.pos);
    else
        out.nwords = 0;
    out.text = df_buf_str(&result);
    return out;
}

/*
 * Arguments: ports of BuildKit's extractBuilderFlags, parseWords, parseNameVal
 * and friends (frontend/dockerfile/parser), which keep places.
 */
#include "syntax/args.h"

#include "base/buf.h"
#include "syntax/json.h"

void df_instr_bad(df_arena *a, df_doc *doc, df_instr *instr, df_span at,
                  const char *format, ...)
{
    va_list args;

    va_start(args, format);
    df_problem_vadd(a, doc, at, format, args);
    va_end(args);
    instr->bad = true;
}

/* Single bytes, so U+0085 and U+00A0 in Latin-1 count, as in BuildKit. */
static bool flag_space(char c)
{
    return df_is_space(c) || c == '\x85' || c == '\xA0';
}

/*
 * One flag word at `at`, unquoted into *word; the result is behind it.
 * An escape character keeps the byte behind it, in quotes and out.
 */
static size_t flag_word(df_arena *a, df_str in, size_t at, char escape,
                        df_str *word)
{
    char quote = 0;
    df_buf out;

    df_buf_init(&out, a);
    for (; at < in.len; at++) {
        char c = in.ptr[at];

        if (!quote && flag_space(c))
            break;
        if (c == quote && quote) {
            quote = 0;
        } else if (!quote && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == escape) {
            if (at + 1 < in.len)
                df_buf_addc(&out, in.ptr[++at]);
        } else {
            df_buf_addc(&out, c);
        }
    }
    *word = df_buf_str(&out);
    return at;
}

static void add_flag(df_arena *a, df_instr *instr, df_str word, size_t from,
                     size_t to)
{
    df_flag *flag = df_push(a, instr, flags);
    df_str rest = df_str_from(word, 2);

    flag->has_value = df_str_cut(&rest, '=', &flag->name);
    flag->value = flag->has_value ? rest : DF_STR("");
    flag->span = df_text_span(&instr->text, from, to);
}

/* flags := ('--' word)* '--'? ; returns where the arguments begin. */
static size_t read_flags(df_arena *a, const df_doc *doc, df_instr *instr,
                         size_t at)
{
    df_str in = instr->text.str;

    for (;;) {
        size_t from;
        df_str word;

        while (at < in.len && flag_space(in.ptr[at]))
            at++;
        if (!df_str_starts(df_str_from(in, at), "--"))
            return at;
        from = at;
        at = flag_word(a, in, at, doc->escape, &word);
        if (df_str_is(word, "--"))
            return at;
        if (df_str_starts(word, "--"))
            add_flag(a, instr, word, from, at);
    }
}

static void add_word(df_arena *a, df_instr *instr, const df_text *text,
                     size_t from, size_t to)
{
    *df_push(a, instr, words) = (df_word){df_text_span(text, from, to),
                                          df_str_slice(text->str, from, to)};
}

/* words := word ([\t\v\f\r ]+ word)* */
static void split_words(df_arena *a, df_instr *instr, const df_text *text)
{
    df_str in = text->str;

    for (size_t at = 0; at < in.len;) {
        size_t from = at;

        while (at < in.len && !df_splits(in.ptr[at]))
            at++;
        if (at > from)
            add_word(a, instr, text, from, at);
        while (at < in.len && df_splits(in.ptr[at]))
            at++;
    }
}

/* Behind the quoted part that begins at in[at], or the end. */
static size_t skip_quoted(df_str in, size_t at, char escape)
{
    char quote = in.ptr[at++];

    while (at < in.len && in.ptr[at] != quote) {
        if (in.ptr[at] == escape && quote != '\'')
            at++;
        at++;
    }
    return at < in.len ? at + 1 : in.len;
}

/* parseWords: blanks in quotes or behind the escape character do not split. */
static void quoted_words(df_arena *a, const df_doc *doc, df_instr *instr)
{
    df_str in = instr->args.str;
    size_t at = 0;

    for (;;) {
        size_t from, n;

        while (at < in.len && (n = df_uspace(in, at)) > 0)
            at += n;
        if (at >= in.len)
            return;
        from = at;
        while (at < in.len && df_uspace(in, at) == 0) {
            if (in.ptr[at] == '\'' || in.ptr[at] == '"')
                at = skip_quoted(in, at, doc->escape);
            else
                at += in.ptr[at] == doc->escape ? 2 : 1;
        }
        if (at > in.len)
            at = in.len;
        add_word(a, instr, &instr->args, from, at);
    }
}

static df_word sub_word(const df_text *text, size_t from, size_t to)
{
    return (df_word){df_text_span(text, from, to),
                     df_str_slice(text->str, from, to)};
}

/* pair := name '=' value, inside args at `from`. */
static void add_pair(df_arena *a, df_instr *instr, const df_word *word)
{
    size_t from = (size_t)(word->str.ptr - instr->args.str.ptr);
    size_t to = from + word->str.len;
    size_t eq = df_str_find_char(word->str, '=');
    df_pair *pair = df_push(a, instr, pairs);

    pair->span = word->span;
    pair->has_value = eq != SIZE_MAX;
    pair->key = sub_word(&instr->args, from, pair->has_value ? from + eq : to);
    if (pair->has_value)
        pair->value = sub_word(&instr->args, from + eq + 1, to);
}

/* The syntax of old: ENV NAME the rest is the value */
static void old_pair(df_arena *a, df_doc *doc, df_instr *instr)
{
    df_str in = instr->args.str;
    size_t end = 0;
    size_t value;
    df_pair *pair;

    while (end < in.len && !df_splits(in.ptr[end]))
        end++;
    value = end;
    while (value < in.len && df_splits(in.ptr[value]))
        value++;
    if (end == in.len) {
        df_instr_bad(a, doc, instr, instr->words[0].span,
                     "%s must have two arguments, expected NAME=VALUE",
                     df_instr_name(instr->kind));
        return;
    }
    instr->old = true;
    pair = df_push(a, instr, pairs);
    pair->key = sub_word(&instr->args, 0, end);
    pair->value = sub_word(&instr->args, value, in.len);
    pair->span = df_text_span(&instr->args, 0, in.len);
    pair->has_value = true;
}

static void read_pairs(df_arena *a, df_doc *doc, df_instr *instr)
{
    quoted_words(a, doc, instr);
    if (!instr->nwords)
        return;
    if (df_str_find_char(instr->words[0].str, '=') == SIZE_MAX) {
        old_pair(a, doc, instr);
        return;
    }
    for (uint32_t i = 0; i < instr->nwords; i++) {
        const df_word *word = &instr->words[i];

        if (df_str_find_char(word->str, '=') == SIZE_MAX)
            df_instr_bad(a, doc, instr, word->span,
                         "no = in \"%.*s\", expected NAME=VALUE",
                         DF_STR_ARG(word->str));
        else
            add_pair(a, instr, word);
    }
}

static void read_arg(df_arena *a, const df_doc *doc, df_instr *instr)
{
    quoted_words(a, doc, instr);
    for (uint32_t i = 0; i < instr->nwords; i++)
        add_pair(a, instr, &instr->words[i]);
}

/* True if the arguments are a JSON array (words are its items, or bad). */
static bool read_json(df_arena *a, df_doc *doc, df_instr *instr)
{
    df_array array = df_array_read(a, instr->args.str);

    if (array.kind == DF_ARRAY_NONE)
        return false;
    if (array.kind == DF_ARRAY_OTHER) {
        df_instr_bad(a, doc, instr,
                     df_text_span(&instr->args, 0, instr->args.str.len),
                     "JSON array must hold strings only");
        return true;
    }
    instr->json = true;
    for (uint32_t i = 0; i < array.nitems; i++)
        *df_push(a, instr, words) = (df_word){
            df_text_span(&instr->args, array.items[i].from, array.items[i].to),
            array.items[i].value};
    return true;
}

/* health := type blank* command; args become the command. */
static void read_health(df_arena *a, df_doc *doc, df_instr *instr)
{
    df_str in = instr->args.str;
    size_t end = 0;
    size_t next;

    while (end < in.len && !df_is_space(in.ptr[end]))
        end++;
    if (!end)
        return;
    next = end;
    while (next < in.len && df_is_space(in.ptr[next]))
        next++;
    add_word(a, instr, &instr->args, 0, end);
    instr->args = df_text_slice(a, &instr->args, next, in.len);
    read_json(a, doc, instr);
}

static void read_form(df_arena *a, df_doc *doc, df_instr *instr)
{
    switch (df_instr_form(instr->kind)) {
    case DF_FORM_STRING:
        if (instr->args.str.len)
            add_word(a, instr, &instr->args, 0, instr->args.str.len);
        return;
    case DF_FORM_WORDS:
        split_words(a, instr, &instr->args);
        return;
    case DF_FORM_LIST:
        if (!read_json(a, doc, instr))
            split_words(a, instr, &instr->args);
        return;
    case DF_FORM_SHELL:
        read_json(a, doc, instr);
        return;
    case DF_FORM_PAIRS:
        read_pairs(a, doc, instr);
        return;
    case DF_FORM_ARG:
        read_arg(a, doc, instr);
        return;
    case DF_FORM_HEALTH:
        read_health(a, doc, instr);
        return;
    case DF_FORM_NESTED:
        return;
    }
}

void df_args_read(df_arena *a, df_doc *doc, df_instr *instr, size_t at)
{
    size_t from = read_flags(a, doc, instr, at);
    size_t to = instr->text.str.len;

    df_utrim(instr->text.str, &from, &to);
    instr->args = df_text_slice(a, &instr->text, from, to);
    if (instr->kind != DF_I_UNKNOWN)
        read_form(a, doc, instr);
}

/*
 * Go's regular expressions to instructions: see context/goregex.h. Follows
 * regexp/syntax/parse.go with the flags Perl, in the order of its checks.
 *
 *     regex  := branch ('|' branch)*
 *     branch := piece*
 *     piece  := (anchor | atom) repeat? | '(.*<slash>)?' | quote
 *     repeat := '*' | '{' number (',' number?)? '}'
 *     atom   := '.' | '[' '^'? item* ']' | '\' escape | character
 *     item   := '[:' '^'? name ':]' | '\' [dswDSW] | char ('-' char)?
 *
 * Each branch begins with a SPLIT to the next one and ends with DONE.
 */
#include "context/goregex.h"

#include "context/utf8.h"

#include <string.h>

#define ANY_DIRS "(.*/)?"
#define NOTHING  UINT32_MAX

/* Those of Go (ErrInvalidRepeatSize), and a good part of its ErrLarge. */
#define MAX_REPEAT 1000u
#define MAX_INSTS  ((uint32_t)1000 * 1000)

typedef struct {
    df_arena *arena;
    df_str rest;
    df_nfa *nfa;
    uint32_t branch; /* its SPLIT */
    uint32_t last;   /* first instruction of the last piece, or NOTHING */
    bool repeated;   /* the last piece may not be repeated again */
} parser;

/* What reads no character. */
typedef struct {
    const char *text;
    df_nfa_op op;
} anchor;

static const anchor ANCHORS[] = {
    {"^", DF_NFA_BEGIN}, {"\\A", DF_NFA_BEGIN}, {"$", DF_NFA_END},
    {"\\z", DF_NFA_END}, {"\\b", DF_NFA_WORD},  {"\\B", DF_NFA_NOT_WORD},
};

/* A class of ASCII characters: pairs of first and last. */
typedef struct {
    const char *name;
    const char *pairs;
} group;

/* '\x01' stands for NUL, which no path holds. */
static const group GROUPS[] = {
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", "\x01\x7F"},
    {"blank", "\t\t  "},
    {"cntrl", "\x01\x1F\x7F\x7F"},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZ__az"},
    {"xdigit", "09AFaf"},
};

static const group ESCAPES[] = {
    {"d", "09"},
    {"s", "\t\n\f\r  "},
    {"w", "09AZ__az"},
};

static bool take(parser *p, const char *text)
{
    if (!df_str_starts(p->rest, text))
        return false;
    p->rest = df_str_from(p->rest, strlen(text));
    return true;
}

static uint32_t take_rune(parser *p)
{
    df_rune r = df_utf8_first(p->rest);

    p->rest = df_str_from(p->rest, r.len);
    return r.rune;
}

static void emit(parser *p, df_nfa_op op, const df_charset *set)
{
    df_nfa_add(p->arena, p->nfa, (df_nfa_inst){.op = op, .set = set});
}

static void add_range(parser *p, df_charset *set, uint32_t low, uint32_t high)
{
    *df_push(p->arena, set, ranges) = (df_range){low, high};
}

static df_charset *single(parser *p, uint32_t rune)
{
    df_charset *set = df_new(p->arena, df_charset);

    add_range(p, set, rune, rune);
    return set;
}

static void add_group(parser *p, df_charset *set, const char *pairs,
                      bool inverse)
{
    uint32_t from = 0;

    for (; *pairs; pairs += 2) {
        uint32_t low = (unsigned char)pairs[0];
        uint32_t high = (unsigned char)pairs[1];

        if (!inverse)
            add_range(p, set, low, high);
        else if (low > from)
            add_range(p, set, from, low - 1);
        from = high + 1;
    }
    if (inverse)
        add_range(p, set, from, DF_RUNE_MAX);
}

/* escape := [dswDSW], the class; false and nothing taken for others. */
static bool take_group_escape(parser *p, df_charset *set)
{
    char c;

    if (p->rest.len < 2 || p->rest.ptr[0] != '\\')
        return false;
    c = p->rest.ptr[1];
    for (size_t i = 0; i < sizeof ESCAPES / sizeof *ESCAPES; i++) {
        if (df_lower(c) != ESCAPES[i].name[0])
            continue;
        add_group(p, set, ESCAPES[i].pairs, c != df_lower(c));
        p->rest = df_str_from(p->rest, 2);
        return true;
    }
    return false;
}

static int hex_of(uint32_t c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (int)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (int)(c - 'A') + 10;
    return -1;
}

/* \x{10FFFF}, behind the brace */
static bool take_hex_braces(parser *p, uint32_t *rune)
{
    bool empty = true;

    *rune = 0;
    while (p->rest.len && !take(p, "}")) {
        int digit = hex_of(take_rune(p));

        if (digit < 0 || !p->rest.len)
            return false;
        *rune = *rune * 16 + (uint32_t)digit;
        if (*rune > DF_RUNE_MAX)
            return false;
        empty = false;
    }
    return !empty;
}

/* \xFF, behind the x */
static bool take_hex(parser *p, uint32_t *rune)
{
    int high;
    int low;

    if (take(p, "{"))
        return take_hex_braces(p, rune);
    if (p->rest.len < 2)
        return false;
    high = hex_of(take_rune(p));
    low = p->rest.len ? hex_of(take_rune(p)) : -1;
    if (high < 0 || low < 0)
        return false;
    *rune = (uint32_t)(high * 16 + low);
    return true;
}

/* \0, \07, \123; a single digit other than 0 would be a back reference. */
static bool take_octal(parser *p, uint32_t first, uint32_t *rune)
{
    *rune = first - '0';
    for (int i = 1; i < 3; i++) {
        if (!p->rest.len || p->rest.ptr[0] < '0' || p->rest.ptr[0] > '7')
            return i > 1 || first == '0';
        *rune = *rune * 8 + (take_rune(p) - '0');
    }
    return true;
}

/* The character behind a backslash. */
static bool take_escape(parser *p, uint32_t *rune)
{
    static const char LETTERS[] = "afnrtv";
    static const char MEANING[] = "\a\f\n\r\t\v";
    const char *letter;
    uint32_t c;

    if (!p->rest.len)
        return false;
    c = take_rune(p);
    if (c >= '0' && c <= '7')
        return take_octal(p, c, rune);
    if (c == 'x')
        return take_hex(p, rune);
    letter = c < 0x80 && c ? strchr(LETTERS, (int)c) : NULL;
    *rune = letter ? (uint32_t)MEANING[letter - LETTERS] : c;
    return letter || (c < 0x80 && (c == '_' || !df_is_name((char)c)));
}

static bool take_class_char(parser *p, uint32_t *rune)
{
    if (!p->rest.len)
        return false;
    if (take(p, "\\"))
        return take_escape(p, rune);
    *rune = take_rune(p);
    return true;
}

/* [:name:] or [:^name:]; *found is false if there is no `:]`. */
static bool take_named(parser *p, df_charset *set, bool *found)
{
    df_str name = df_str_from(p->rest, 2);
    size_t end = df_str_find(name, ":]");
    bool inverse;

    *found = end != SIZE_MAX;
    if (!*found)
        return true;
    p->rest = df_str_from(name, end + 2);
    name = df_str_slice(name, 0, end);
    inverse = df_str_starts(name, "^");
    name = df_str_from(name, inverse);
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++) {
        if (!df_str_is(name, GROUPS[i].name))
            continue;
        add_group(p, set, GROUPS[i].pairs, inverse);
        return true;
    }
    return false;
}

/* char ('-' char)? */
static bool take_range(parser *p, df_charset *set)
{
    uint32_t low;
    uint32_t high;

    if (!take_class_char(p, &low))
        return false;
    high = low;
    if (p->rest.len >= 2 && p->rest.ptr[0] == '-' && p->rest.ptr[1] != ']') {
        take(p, "-");
        if (!take_class_char(p, &high) || high < low)
            return false;
    }
    add_range(p, set, low, high);
    return true;
}

static bool take_item(parser *p, df_charset *set)
{
    bool found = false;

    if (p->rest.len > 2 && df_str_starts(p->rest, "[:") &&
        !take_named(p, set, &found))
        return false;
    return found || take_group_escape(p, set) || take_range(p, set);
}

/* '[' '^'? item* ']', behind the bracket; `]` may be the first item. */
static bool take_class(parser *p, df_charset *set)
{
    bool first = true;

    set->negated = take(p, "^");
    while (first || !df_str_starts(p->rest, "]")) {
        if (!take_item(p, set))
            return false;
        first = false;
    }
    return take(p, "]");
}

static bool take_atom(parser *p, df_charset **set)
{
    uint32_t rune;

    *set = df_new(p->arena, df_charset);
    if (take(p, "["))
        return take_class(p, *set);
    if (take(p, ".")) {
        add_range(p, *set, '\n', '\n');
        (*set)->negated = true;
        return true;
    }
    if (take_group_escape(p, *set))
        return true;
    if (!take_class_char(p, &rune))
        return false;
    add_range(p, *set, rune, rune);
    return true;
}

/* A SPLIT to behind what is added next; see patch. */
static uint32_t emit_split(parser *p)
{
    return df_nfa_add(p->arena, p->nfa, (df_nfa_inst){.op = DF_NFA_SPLIT});
}

static void patch(parser *p, uint32_t split)
{
    p->nfa->insts[split].to = p->nfa->ninsts;
}

static void emit_jump(parser *p, uint32_t to)
{
    df_nfa_add(p->arena, p->nfa, (df_nfa_inst){.op = DF_NFA_JUMP, .to = to});
}

/* set* */
static void emit_star(parser *p, const df_charset *set)
{
    uint32_t split = emit_split(p);

    emit(p, DF_NFA_SET, set);
    emit_jump(p, split);
    patch(p, split);
}

/* (.*<slash>)? */
static void emit_any_dirs(parser *p)
{
    df_charset *dot = single(p, '\n');
    uint32_t split = emit_split(p);

    dot->negated = true;
    emit_star(p, dot);
    emit(p, DF_NFA_SET, single(p, '/'));
    patch(p, split);
}

/* \Q...\E, to the end where \E is missing; each character is a piece */
static void emit_quote(parser *p)
{
    size_t end = df_str_find(p->rest, "\\E");
    df_str after = df_str_from(p->rest, end == SIZE_MAX ? end : end + 2);

    p->rest = df_str_slice(p->rest, 0, end);
    while (p->rest.len) {
        p->last = p->nfa->ninsts;
        emit(p, DF_NFA_SET, single(p, take_rune(p)));
    }
    p->rest = after;
}

typedef struct {
    uint32_t min;
    uint32_t max; /* NOTHING: without end */
} repeat;

/* A decimal without leading zeros; what is too large becomes NOTHING - 1. */
static bool take_number(df_str *s, uint32_t *n)
{
    if (!s->len || !df_is_digit(s->ptr[0]))
        return false;
    if (s->len >= 2 && s->ptr[0] == '0' && df_is_digit(s->ptr[1]))
        return false;
    for (*n = 0; s->len && df_is_digit(s->ptr[0]); *s = df_str_from(*s, 1))
        *n = *n > MAX_REPEAT ? NOTHING - 1
                             : *n * 10 + (uint32_t)(s->ptr[0] - '0');
    return true;
}

/* '{' number (',' number?)? '}'; anything else is a brace and text */
static bool take_repeat(parser *p, repeat *r)
{
    df_str s = p->rest;

    if (!df_str_starts(s, "{"))
        return false;
    s = df_str_from(s, 1);
    if (!take_number(&s, &r->min))
        return false;
    r->max = r->min;
    if (df_str_starts(s, ",")) {
        s = df_str_from(s, 1);
        r->max = NOTHING;
        if (!df_str_starts(s, "}") && !take_number(&s, &r->max))
            return false;
    }
    if (!df_str_starts(s, "}"))
        return false;
    p->rest = df_str_from(s, 1);
    return true;
}

/* The instructions of a piece that stood at `from`, once more. */
static void emit_copy(parser *p, const df_nfa_inst *insts, uint32_t count,
                      uint32_t from)
{
    uint32_t shift = p->nfa->ninsts - from;

    for (uint32_t i = 0; i < count; i++) {
        df_nfa_inst inst = insts[i];

        if (inst.op == DF_NFA_SPLIT || inst.op == DF_NFA_JUMP)
            inst.to += shift;
        df_nfa_add(p->arena, p->nfa, inst);
    }
}

/* piece{min,max}: min copies, then the others, each after a way out */
static bool emit_repeat(parser *p, repeat r)
{
    uint32_t from = p->last;
    uint32_t count = p->nfa->ninsts - from;
    df_nfa_inst *insts = df_new_array(p->arena, df_nfa_inst, count);
    uint32_t more = r.max == NOTHING ? 1 : r.max - r.min;

    if (from + (count + 1) * (r.min + more) > MAX_INSTS)
        return false;
    memcpy(insts, p->nfa->insts + from, sizeof *insts * count);
    p->nfa->ninsts = from;
    for (uint32_t i = 0; i < r.min; i++)
        emit_copy(p, insts, count, from);
    for (uint32_t i = 0; i < more; i++) {
        uint32_t split = emit_split(p);

        emit_copy(p, insts, count, from);
        if (r.max == NOTHING)
            emit_jump(p, split);
        patch(p, split);
    }
    return true;
}

static bool repeat_last(parser *p, repeat r)
{
    if (p->repeated || p->last == NOTHING)
        return false;
    if (r.min > MAX_REPEAT || (r.max != NOTHING && r.max > MAX_REPEAT) ||
        r.min > r.max)
        return false;
    p->repeated = true;
    return emit_repeat(p, r);
}

static void begin_branch(parser *p)
{
    p->branch = emit_split(p);
    p->last = NOTHING;
    p->repeated = false;
}

static void end_branch(parser *p)
{
    emit(p, DF_NFA_DONE, NULL);
    patch(p, p->branch);
}

/* anchor | '(.*<slash>)?' | quote; false and nothing taken for others */
static bool take_special(parser *p)
{
    for (size_t i = 0; i < sizeof ANCHORS / sizeof *ANCHORS; i++) {
        if (take(p, ANCHORS[i].text)) {
            p->last = p->nfa->ninsts;
            emit(p, ANCHORS[i].op, NULL);
            return true;
        }
    }
    if (take(p, "\\Q")) {
        emit_quote(p);
        return true;
    }
    if (take(p, ANY_DIRS)) {
        p->last = p->nfa->ninsts;
        p->repeated = true;
        emit_any_dirs(p);
        return true;
    }
    return false;
}

static bool take_atoms(parser *p)
{
    df_charset *set;

    if (!take_atom(p, &set))
        return false;
    p->last = p->nfa->ninsts;
    p->repeated = take(p, "*");
    if (p->repeated)
        emit_star(p, set);
    else
        emit(p, DF_NFA_SET, set);
    return true;
}

static bool take_piece(parser *p)
{
    repeat r;

    if (take_repeat(p, &r))
        return repeat_last(p, r);
    if (take(p, "|")) {
        end_branch(p);
        begin_branch(p);
        return true;
    }
    p->repeated = false;
    return take_special(p) || take_atoms(p);
}

df_nfa *df_goregex_compile(df_arena *a, df_str regex)
{
    parser p = {.arena = a, .rest = regex, .nfa = df_new(a, df_nfa)};

    begin_branch(&p);
    while (p.rest.len)
        if (!take_piece(&p) || p.nfa->ninsts > MAX_INSTS)
            return NULL;
    end_branch(&p);
    /* The last branch has none behind it: its SPLIT may as well go on. */
    p.nfa->insts[p.branch].to = p.branch + 1;
    return p.nfa;
}

/*
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy
 * form: for each number of edits d the furthest point on every diagonal
 * k = x - y is kept, d + 1 numbers of it, and the way back is read from them.
 * Common lines at both ends are cut off first, which leaves little for the
 * usual diff; DF_DIFF_COST bounds the rest to 2 MB and d * (n + m) steps.
 */
#include "text/diff.h"

#include <string.h>

#define CONTEXT 3u

typedef struct {
    df_str text; /* with its LF */
    uint32_t hash;
} line;

typedef struct {
    const line *at;
    size_t n;
} lines;

/* FNV-1a: only to tell lines apart quickly, equal hashes are compared. */
static uint32_t hash(df_str s)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
    return h;
}

static size_t count_lines(df_str s)
{
    size_t n = 0;

    for (size_t end; s.len; n++) {
        end = df_str_find_char(s, '\n');
        s = end == SIZE_MAX ? DF_STR("") : df_str_from(s, end + 1);
    }
    return n;
}

static lines split(df_arena *a, df_str s)
{
    size_t n = count_lines(s);
    line *at = df_new_array(a, line, n + 1); /* never NULL */

    for (size_t i = 0; i < n; i++) {
        size_t end = df_str_find_char(s, '\n');

        at[i].text = df_str_slice(s, 0, end == SIZE_MAX ? s.len : end + 1);
        at[i].hash = hash(at[i].text);
        s = df_str_from(s, at[i].text.len);
    }
    return (lines){at, n};
}

static bool same(const line *x, const line *y)
{
    return x->hash == y->hash && df_str_eq(x->text, y->text);
}

/*
 * The search between the common head and tail. rows[d] holds the furthest x
 * after d edits on the diagonals k = -d, -d + 2, ..., d; its item i is about
 * k = 2i - d. Points beyond the end of a text never come back to the goal.
 */
typedef struct {
    lines a, b;
    const uint32_t *rows[DF_DIFF_COST + 1];
} search;

/* Is the best way to diagonal i of row d an insertion, from k + 1? */
static bool comes_down(const uint32_t *last, size_t i, size_t d)
{
    return i == 0 || (i < d && last[i - 1] < last[i]);
}

/* Where diagonal i of row d begins, right behind its edit. */
static size_t begin(const search *s, size_t i, size_t d)
{
    const uint32_t *last;

    if (d == 0)
        return 0;
    last = s->rows[d - 1];
    return comes_down(last, i, d) ? last[i] : last[i - 1] + (size_t)1;
}

/* How far lines are equal from x on. */
static size_t follow(const search *s, size_t x, size_t y)
{
    while (x < s->a.n && y < s->b.n && same(&s->a.at[x], &s->b.at[y])) {
        x++;
        y++;
    }
    return x;
}

/* Fill row d; the diagonal that reached the end of both, or SIZE_MAX. */
static size_t fill(df_arena *a, search *s, size_t d)
{
    uint32_t *row = df_new_array(a, uint32_t, d + 1);

    s->rows[d] = row;
    for (size_t i = 0; i <= d; i++) {
        size_t x = begin(s, i, d);

        x = follow(s, x, x + d - 2 * i);
        row[i] = (uint32_t)x;
        if (x >= s->a.n && x + d - 2 * i >= s->b.n)
            return i;
    }
    return SIZE_MAX;
}

typedef struct {
    df_diff_change *changes; /* in order */
    uint32_t nchanges, cchanges;
} script;

/* Put an edit in front of the others; it joins the one it touches. */
static void prepend(df_arena *a, script *sc, df_diff_change edit)
{
    df_diff_change *last = sc->nchanges ? &sc->changes[sc->nchanges - 1] : NULL;

    if (last && edit.a + edit.na == last->a && edit.b + edit.nb == last->b) {
        last->a = edit.a;
        last->b = edit.b;
        last->na += edit.na;
        last->nb += edit.nb;
        return;
    }
    *df_push(a, sc, changes) = edit;
}

/* Collect the edits on the way back from diagonal i of row d. */
static void backtrack(df_arena *a, const search *s, size_t i, size_t d,
                      size_t skip, script *sc)
{
    for (; d > 0; d--) {
        size_t x = begin(s, i, d);
        size_t y = x + d - 2 * i;
        bool down = comes_down(s->rows[d - 1], i, d);

        if (down)
            prepend(a, sc, (df_diff_change){skip + x, 0, skip + y - 1, 1});
        else
            prepend(a, sc, (df_diff_change){skip + x - 1, 1, skip + y, 0});
        i -= !down;
    }
    for (size_t l = 0, r = sc->nchanges; l + 1 < r; l++) {
        df_diff_change c = sc->changes[l];

        sc->changes[l] = sc->changes[--r];
        sc->changes[r] = c;
    }
}

static void compare(df_arena *a, search *s, size_t skip, script *sc)
{
    if (s->a.n && s->b.n)
        for (size_t d = 0; d <= DF_DIFF_COST; d++) {
            size_t i = fill(a, s, d);

            if (i != SIZE_MAX) {
                backtrack(a, s, i, d, skip, sc);
                return;
            }
        }
    if (s->a.n || s->b.n)
        prepend(a, sc, (df_diff_change){skip, s->a.n, skip, s->b.n});
}

/*
 * Of the places where a pure insertion or deletion of equal lines may be
 * shown, take the last, as diff(1) does: a row that grew grows at its end.
 */
static void slide(const lines *a, const lines *b, script *sc)
{
    for (size_t i = 0; i < sc->nchanges; i++) {
        df_diff_change *c = &sc->changes[i];
        bool last = i + 1 == sc->nchanges;
        size_t end = last ? a->n : c[1].a - 1;
        const line *from = c->na ? a->at + c->a : b->at + c->b;
        size_t n = c->na + c->nb;

        if (c->na && c->nb)
            continue;
        for (; c->a + c->na < end && same(from, from + n); from++) {
            c->a++;
            c->b++;
        }
    }
}

static size_t common_head(const lines *a, const lines *b)
{
    size_t n = 0;

    while (n < a->n && n < b->n && same(&a->at[n], &b->at[n]))
        n++;
    return n;
}

static size_t common_tail(const lines *a, const lines *b, size_t head)
{
    size_t n = 0;

    while (n < a->n - head && n < b->n - head &&
           same(&a->at[a->n - 1 - n], &b->at[b->n - 1 - n]))
        n++;
    return n;
}

static script find_changes(df_arena *arena, const lines *a, const lines *b)
{
    size_t head = common_head(a, b);
    size_t tail = common_tail(a, b, head);
    search *s = df_new(arena, search);
    script sc = {0};

    s->a = (lines){a->at + head, a->n - head - tail};
    s->b = (lines){b->at + head, b->n - head - tail};
    compare(arena, s, head, &sc);
    slide(a, b, &sc);
    return sc;
}

void df_diff_lines(df_arena *arena, df_str before, df_str after, df_diff_fn *fn,
                   void *ctx)
{
    lines a = split(arena, before);
    lines b = split(arena, after);
    script sc = find_changes(arena, &a, &b);

    for (size_t i = 0; i < sc.nchanges; i++)
        fn(ctx, &sc.changes[i]);
}

/* git's quote_c_style with core.quotePath off. */
static bool needs_quotes(const char *label)
{
    for (const unsigned char *p = (const unsigned char *)label; *p; p++)
        if (*p < ' ' || *p == 0x7f || *p == '"' || *p == '\\')
            return true;
    return false;
}

static void add_quoted(df_buf *out, const char *label)
{
    static const char NAMED[] = "\aa\bb\tt\nn\vv\ff\rr\"\"\\\\";

    df_buf_addc(out, '"');
    for (const char *p = label; *p; p++) {
        size_t i = 0;

        while (NAMED[i] && NAMED[i] != *p)
            i += 2;
        if (NAMED[i])
            df_buf_fmt(out, "\\%c", NAMED[i + 1]);
        else if ((unsigned char)*p < ' ' || *p == 0x7f)
            df_buf_fmt(out, "\\%03o", (unsigned)(unsigned char)*p);
        else
            df_buf_addc(out, *p);
    }
    df_buf_addc(out, '"');
}

/* The TAB ends a name with blanks, for patch and git both. */
static void add_label(df_buf *out, const char *mark, const char *label)
{
    df_buf_adds(out, mark);
    if (needs_quotes(label))
        add_quoted(out, label);
    else
        df_buf_adds(out, label);
    df_buf_adds(out, strchr(label, ' ') ? "\t\n" : "\n");
}

static void add_line(df_buf *out, char mark, const line *l)
{
    df_buf_addc(out, mark);
    df_buf_add(out, l->text);
    if (!df_str_ends(l->text, "\n"))
        df_buf_adds(out, "\n\\ No newline at end of file\n");
}

static void add_lines(df_buf *out, char mark, const line *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_line(out, mark, from + i);
}

/* Of no lines, the number of the line before them; a count of 1 is left out. */
static void add_range(df_buf *out, char mark, size_t from, size_t n)
{
    df_buf_fmt(out, "%c%zu", mark, n ? from + 1 : from);
    if (n != 1)
        df_buf_fmt(out, ",%zu", n);
}

/* The changes that share one hunk: fewer than two contexts between them. */
static size_t hunk_size(const script *sc, size_t first)
{
    size_t i = first;
    const df_diff_change *c = sc->changes;

    while (i + 1 < sc->nchanges &&
           c[i + 1].a - (c[i].a + c[i].na) <= (size_t)2 * CONTEXT)
        i++;
    return i + 1 - first;
}

static void add_hunk(df_buf *out, const lines *a, const lines *b,
                     const df_diff_change *c, size_t n)
{
    const df_diff_change *last = c + n - 1;
    size_t lead = c->a < CONTEXT ? c->a : CONTEXT;
    size_t rest = a->n - last->a - last->na;
    size_t trail = rest < CONTEXT ? rest : CONTEXT;
    size_t at = c->a - lead;

    df_buf_adds(out, "@@ ");
    add_range(out, '-', at, last->a + last->na + trail - at);
    df_buf_addc(out, ' ');
    add_range(out, '+', c->b - lead,
              last->b + last->nb + trail - (c->b - lead));
    df_buf_adds(out, " @@\n");
    for (; c <= last; c++) {
        add_lines(out, ' ', a->at + at, c->a - at);
        add_lines(out, '-', a->at + c->a, c->na);
        add_lines(out, '+', b->at + c->b, c->nb);
        at = c->a + c->na;
    }
    add_lines(out, ' ', a->at + at, trail);
}

void df_diff_unified(df_buf *out, df_str before, df_str after,
                     const char *label_a, const char *label_b)
{
    lines a, b;
    script sc;

    if (df_str_eq(before, after))
        return;
    a = split(out->arena, before);
    b = split(out->arena, after);
    sc = find_changes(out->arena, &a, &b);
    if (label_a) {
        add_label(out, "--- ", label_a);
        add_label(out, "+++ ", label_b);
    }
    for (size_t i = 0, n; i < sc.nchanges; i += n) {
        n = hunk_size(&sc, i);
        add_hunk(out, &a, &b, sc.changes + i, n);
    }
}

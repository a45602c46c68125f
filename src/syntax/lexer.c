/* Lines and continuations: see syntax/lexer.h. */
#include "syntax/lexer.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "syntax/directive.h"

/* A physical line: text, then blanks of the end, then the line end. */
typedef struct {
    uint32_t start;
    uint32_t end;  /* of the text: before CR and LF */
    uint32_t next; /* start of the next line */
} line_span;

typedef struct {
    df_span *pieces; /* what is joined */
    uint32_t npieces, cpieces;
} joiner;

void df_lexer_init(df_lexer *lx, df_arena *a, df_doc *doc)
{
    *lx = (df_lexer){.arena = a, .doc = doc};
    if (df_str_starts(doc->text, "\xEF\xBB\xBF")) {
        *df_push(a, doc, tokens) = (df_token){DF_TOK_BOM, {0, 3}};
        lx->pos = 3;
    }
}

static void token(df_lexer *lx, df_token_kind kind, uint32_t from, uint32_t to)
{
    if (to > from)
        *df_push(lx->arena, lx->doc, tokens) =
            (df_token){kind, df_span_between(from, to)};
}

static bool at_end(const df_lexer *lx)
{
    return lx->stopped || lx->pos >= lx->doc->text.len;
}

/* Keep the tokens a tiling: the rest of the file is one of them. */
static void give_up(df_lexer *lx)
{
    lx->stopped = true;
    token(lx, DF_TOK_TEXT, lx->pos, (uint32_t)lx->doc->text.len);
    df_problem_add(lx->arena, lx->doc, (df_span){lx->pos, 1},
                   "line is longer than the %u bytes that builders read",
                   DF_MAX_LINE);
}

/* The line at lx->pos, which is not moved. False if it is too long. */
static bool peek_line(df_lexer *lx, line_span *line)
{
    df_str text = lx->doc->text;
    uint32_t end = df_line_end(lx->doc, lx->pos);

    *line = (line_span){lx->pos, end, end};
    while (line->end > line->start &&
           (text.ptr[line->end - 1] == '\n' || text.ptr[line->end - 1] == '\r'))
        line->end--;
    if (end > lx->pos && text.ptr[end - 1] == '\n')
        end--;
    if (end - lx->pos <= DF_MAX_LINE)
        return true;
    give_up(lx);
    return false;
}

static uint32_t skip_blanks(const df_lexer *lx, uint32_t from, uint32_t to)
{
    df_str line = df_str_slice(lx->doc->text, 0, to);
    size_t n;

    while (from < to && (n = df_uspace(line, from)) > 0)
        from += (uint32_t)n;
    return from;
}

/*
 * Where the continuation begins (escape character, then only blanks), or
 * line.end: ([^\\])\\[ \t]*$|^\\[ \t]*$ of BuildKit, `from` being its `^`.
 */
static uint32_t continuation(const df_lexer *lx, uint32_t from, uint32_t end)
{
    const char *p = lx->doc->text.ptr;
    uint32_t at = end;

    while (at > from && df_is_blank(p[at - 1]))
        at--;
    if (at == from || p[at - 1] != lx->doc->escape)
        return end;
    if (at - 1 > from && p[at - 2] == lx->doc->escape)
        return end;
    return at - 1;
}

static void comment_line(df_lexer *lx, line_span line, bool inside)
{
    uint32_t hash = skip_blanks(lx, line.start, line.end);
    df_comment *c = df_push(lx->arena, lx->doc, comments);

    c->span = df_span_between(hash, line.end);
    c->line = df_span_between(line.start, line.next);
    c->inside = inside;
    token(lx, DF_TOK_BLANK, line.start, hash);
    token(lx, DF_TOK_COMMENT, hash, line.end);
    token(lx, DF_TOK_NEWLINE, line.end, line.next);
    lx->pos = line.next;
}

static void blank_line(df_lexer *lx, line_span line)
{
    token(lx, DF_TOK_BLANK, line.start, line.end);
    token(lx, DF_TOK_NEWLINE, line.end, line.next);
    lx->pos = line.next;
}

static bool is_comment(const df_lexer *lx, uint32_t text, line_span line)
{
    return text < line.end && lx->doc->text.ptr[text] == '#';
}

/* The keyword gets a token of its own where it stands in one line. */
static uint32_t keyword_token(df_lexer *lx, uint32_t from, uint32_t to)
{
    uint32_t end = from;

    while (end < to && !df_splits(lx->doc->text.ptr[end]))
        end++;
    token(lx, DF_TOK_KEYWORD, from, end);
    return end;
}

/* One physical line of an instruction. True if the next one belongs to it. */
static bool add_piece(df_lexer *lx, joiner *j, uint32_t text, line_span line)
{
    uint32_t cut = continuation(lx, text, line.end);
    bool more = cut < line.end;

    if (cut > text) {
        *df_push(lx->arena, j, pieces) = df_span_between(text, cut);
        token(lx, DF_TOK_TEXT,
              j->npieces == 1 ? keyword_token(lx, text, cut) : text, cut);
    }
    if (more)
        token(lx, DF_TOK_CONTINUE, cut, line.next);
    else
        token(lx, DF_TOK_NEWLINE, line.end, line.next);
    lx->pos = line.next;
    return more;
}

static df_text joined(df_lexer *lx, const joiner *j, uint32_t start)
{
    df_str src = lx->doc->text;
    uint32_t n = j->npieces ? j->npieces : 1;
    df_seg *segs = df_new_array(lx->arena, df_seg, n);
    df_buf buf;

    segs[0].src = start;
    if (j->npieces == 0)
        return (df_text){DF_STR(""), segs, 1, false};
    if (j->npieces == 1) {
        segs[0].src = j->pieces[0].off;
        return (df_text){df_source(lx->doc, j->pieces[0]), segs, 1, false};
    }
    df_buf_init(&buf, lx->arena);
    for (uint32_t i = 0; i < n; i++) {
        segs[i] = (df_seg){(uint32_t)buf.len, j->pieces[i].off};
        df_buf_add(&buf, df_str_slice(src, j->pieces[i].off,
                                      df_span_end(j->pieces[i])));
    }
    return (df_text){df_buf_str(&buf), segs, n, false};
}

/* The lines that continue an instruction. */
static void continue_line(df_lexer *lx, joiner *j)
{
    line_span line;

    while (!at_end(lx) && peek_line(lx, &line)) {
        uint32_t text = skip_blanks(lx, line.start, line.end);

        if (is_comment(lx, text, line))
            comment_line(lx, line, true);
        else if (text == line.end)
            blank_line(lx, line);
        else if (!add_piece(lx, j, line.start, line))
            return;
    }
}

static df_line read_line(df_lexer *lx, uint32_t text, line_span line)
{
    joiner j = {0};
    df_line out;

    token(lx, DF_TOK_BLANK, line.start, text);
    if (add_piece(lx, &j, text, line))
        continue_line(lx, &j);
    out.lines = df_span_between(line.start, lx->pos);
    out.span = j.npieces ? df_span_between(j.pieces[0].off,
                                           df_span_end(j.pieces[j.npieces - 1]))
                         : (df_span){text, 0};
    out.text = joined(lx, &j, text);
    return out;
}

/* A line that begins with `#`: a parser directive or a comment. */
static void hash_line(df_lexer *lx, uint32_t text, line_span line)
{
    df_span at = df_span_between(text, line.end);

    if (!lx->directives_done && df_directive_read(lx->arena, lx->doc, at)) {
        token(lx, DF_TOK_BLANK, line.start, text);
        token(lx, DF_TOK_DIRECTIVE, text, line.end);
        token(lx, DF_TOK_NEWLINE, line.end, line.next);
        lx->pos = line.next;
        return;
    }
    lx->directives_done = true;
    comment_line(lx, line, false);
}

bool df_lexer_next(df_lexer *lx, df_line *out)
{
    line_span line;

    while (!at_end(lx) && peek_line(lx, &line)) {
        uint32_t text = skip_blanks(lx, line.start, line.end);

        if (is_comment(lx, text, line)) {
            hash_line(lx, text, line);
            continue;
        }
        lx->directives_done = true;
        if (text == line.end) {
            blank_line(lx, line);
            continue;
        }
        *out = read_line(lx, text, line);
        return true;
    }
    return false;
}

static bool ends_body(const df_lexer *lx, const df_heredoc *h, line_span line)
{
    df_str text = df_str_slice(lx->doc->text, line.start, line.end);

    while (h->strip && text.len && text.ptr[0] == '\t')
        text = df_str_from(text, 1);
    return df_str_eq(text, h->name);
}

bool df_lexer_body(df_lexer *lx, df_heredoc *h)
{
    uint32_t start = lx->pos;
    line_span line;

    while (!at_end(lx) && peek_line(lx, &line)) {
        if (ends_body(lx, h, line)) {
            h->body = df_span_between(start, line.start);
            h->end = df_span_between(line.start, line.end);
            token(lx, DF_TOK_BODY, start, line.start);
            token(lx, DF_TOK_BODY_END, line.start, line.end);
            token(lx, DF_TOK_NEWLINE, line.end, line.next);
            lx->pos = line.next;
            return true;
        }
        lx->pos = line.next;
    }
    if (!lx->stopped)
        token(lx, DF_TOK_BODY, start, lx->pos);
    h->body = df_span_between(start, lx->pos);
    h->end = (df_span){lx->pos, 0};
    return false;
}

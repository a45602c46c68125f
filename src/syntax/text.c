/* Joined texts, places and the small questions one asks a document. */
#include "syntax/doc.h"

#include <string.h>

static uint32_t seg_at(const df_text *text, size_t at)
{
    uint32_t lo = 0;
    uint32_t hi = text->nsegs;

    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (text->segs[mid].at <= at)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

uint32_t df_text_src(const df_text *text, size_t at)
{
    const df_seg *seg = &text->segs[seg_at(text, at)];

    return seg->src + (uint32_t)(at - seg->at);
}

df_span df_text_span(const df_text *text, size_t from, size_t to)
{
    uint32_t start = df_text_src(text, from);

    if (to <= from)
        return (df_span){start, 0};
    return df_span_between(start, df_text_src(text, to - 1) + 1);
}

df_text df_text_slice(df_arena *a, const df_text *text, size_t from, size_t to)
{
    uint32_t first = seg_at(text, from);
    uint32_t last = to > from ? seg_at(text, to - 1) : first;
    uint32_t n = last - first + 1;
    df_seg *segs = df_new_array(a, df_seg, n);

    for (uint32_t i = 0; i < n; i++) {
        df_seg seg = text->segs[first + i];

        segs[i].at = i == 0 ? 0 : seg.at - (uint32_t)from;
        segs[i].src = i == 0 ? seg.src + (uint32_t)from - seg.at : seg.src;
    }
    return (df_text){df_str_slice(text->str, from, to), segs, n, text->file};
}

df_str df_source(const df_doc *doc, df_span span)
{
    return df_str_slice(doc->text, span.off, df_span_end(span));
}

uint32_t df_line_start(const df_doc *doc, uint32_t off)
{
    while (off > 0 && doc->text.ptr[off - 1] != '\n')
        off--;
    return off;
}

uint32_t df_line_end(const df_doc *doc, uint32_t off)
{
    const char *p = off < doc->text.len
                        ? memchr(doc->text.ptr + off, '\n', doc->text.len - off)
                        : NULL;

    return p ? (uint32_t)(p - doc->text.ptr) + 1 : (uint32_t)doc->text.len;
}

bool df_holds_comment(const df_doc *doc, df_span span)
{
    uint32_t lo = 0;
    uint32_t hi = doc->ncomments;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (doc->comments[mid].span.off < span.off)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < doc->ncomments &&
           doc->comments[lo].span.off < df_span_end(span);
}

df_str df_newline(const df_doc *doc)
{
    return doc->crlf ? DF_STR("\r\n") : DF_STR("\n");
}

static const struct {
    const char *name;
    df_form form;
    const char *flags;
} INSTRS[] = {
    {"?", DF_FORM_STRING, ""},
#define INSTR(id, name, form, flags) {name, DF_FORM_##form, flags},
#include <dfopt/instr.def>
#undef INSTR
};

#define NINSTRS (sizeof INSTRS / sizeof *INSTRS)

const char *df_instr_name(df_instr_kind kind)
{
    return INSTRS[kind].name;
}

df_form df_instr_form(df_instr_kind kind)
{
    return INSTRS[kind].form;
}

df_instr_kind df_instr_find(df_str name)
{
    char first = name.len ? *name.ptr : '\0';

    for (size_t i = 1; i < NINSTRS; i++)
        if (df_lower(first) == df_lower(*INSTRS[i].name) &&
            df_str_is_nocase(name, INSTRS[i].name))
            return (df_instr_kind)i;
    return DF_I_UNKNOWN;
}

bool df_instr_takes(df_instr_kind kind, df_str flag)
{
    df_str rest = df_str_of(INSTRS[kind].flags);
    df_str one;

    while (rest.len) {
        df_str_cut(&rest, ' ', &one);
        if (df_str_eq(one, flag))
            return true;
    }
    return false;
}

const df_flag *df_instr_flag(const df_instr *instr, const char *name)
{
    for (uint32_t i = instr->nflags; i-- > 0;)
        if (df_str_is(instr->flags[i].name, name))
            return &instr->flags[i];
    return NULL;
}

/* Instructions as blocks of lines: see dfopt/block.h. */
#include <dfopt/block.h>

df_span df_instr_block(const df_doc *doc, const df_instr *instr)
{
    uint32_t start = instr->lines.off;

    for (uint32_t i = doc->ncomments; i-- > 0;) {
        const df_comment *c = &doc->comments[i];

        if (!c->inside && df_span_end(c->line) == start)
            start = c->line.off;
    }
    return df_span_between(start, df_span_end(instr->lines));
}

static bool is_blank_line(const df_doc *doc, uint32_t off)
{
    df_span line = df_span_between(off, df_line_end(doc, off));

    return line.len && !df_str_trim(df_source(doc, line)).len;
}

uint32_t df_skip_blank_lines(const df_doc *doc, uint32_t off)
{
    while (is_blank_line(doc, off))
        off = df_line_end(doc, off);
    return off;
}

bool df_blank_above(const df_doc *doc, uint32_t off)
{
    return off > 0 && is_blank_line(doc, df_line_start(doc, off - 1));
}

df_span df_block_hole(const df_doc *doc, df_span block, bool next_moves_up)
{
    bool blank_above = block.off == 0 || df_blank_above(doc, block.off);
    uint32_t end = df_span_end(block);

    return blank_above || next_moves_up
               ? df_span_between(block.off, df_skip_blank_lines(doc, end))
               : block;
}

df_str df_instr_indent(const df_doc *doc, const df_instr *instr)
{
    uint32_t start = df_line_start(doc, instr->keyword.off);

    return df_source(doc, df_span_between(start, instr->keyword.off));
}

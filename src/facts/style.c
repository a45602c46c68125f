/* The author's way to join commands: see dfopt/style.h. */
#include <dfopt/style.h>

#include "facts/build.h"

static df_str indent_of(df_str line)
{
    size_t n = 0;

    while (n < line.len && df_is_blank(line.ptr[n]))
        n++;
    return df_str_slice(line, 0, n);
}

/* A line without blanks, line end and continuation at its end. */
static df_str command_part(const df_doc *doc, df_str line)
{
    line = df_str_trim(line);
    if (line.len && line.ptr[line.len - 1] == doc->escape)
        line = df_str_trim(df_str_slice(line, 0, line.len - 1));
    return line;
}

/* The first line break at an `&&` in an instruction. */
static bool look_at(const df_doc *doc, const df_instr *instr, df_style *style)
{
    df_str rest = df_source(doc, instr->head);
    df_str line;
    bool behind_and = false;

    df_str_cut(&rest, '\n', &line);
    behind_and = df_str_ends(command_part(doc, line), "&&");
    while (rest.len) {
        df_str_cut(&rest, '\n', &line);
        if (!df_str_trim(line).len || df_str_starts(df_str_trim(line), "#"))
            continue;
        *style = (df_style){.indent = indent_of(line)};
        if (behind_and)
            return true;
        style->leading = df_str_starts(df_str_trim(line), "&&");
        if (style->leading)
            return true;
        behind_and = df_str_ends(command_part(doc, line), "&&");
    }
    return false;
}

df_style df_style_of(const df_facts *facts, uint32_t from, uint32_t to)
{
    const df_doc *doc = facts->doc;
    df_style style;

    for (uint32_t i = from; i <= to; i++)
        if (doc->instrs[i]->kind == DF_I_RUN &&
            look_at(doc, doc->instrs[i], &style))
            return style;
    style = facts->style;
    /* A RUN that is indented itself: its continuation goes one further. */
    if (style.guessed &&
        doc->instrs[from]->keyword.off > doc->instrs[from]->lines.off)
        style.indent =
            df_source(doc, df_span_between(doc->instrs[from]->lines.off,
                                           doc->instrs[from]->keyword.off));
    return style;
}

void df_make_style(df_maker *mk)
{
    const df_doc *doc = mk->facts->doc;

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        if (doc->instrs[i]->kind == DF_I_RUN &&
            look_at(doc, doc->instrs[i], &mk->facts->style))
            return;
    mk->facts->style = (df_style){true, DF_STR(" "), true};
}

df_str df_style_inner(const df_doc *doc, const df_instr *instr, df_str or)
{
    df_str rest = df_source(doc, instr->head);
    df_str line;

    df_str_cut(&rest, '\n', &line);
    while (rest.len) {
        df_str_cut(&rest, '\n', &line);
        if (df_str_trim(line).len && !df_str_starts(df_str_trim(line), "#"))
            return indent_of(line);
    }
    return or ;
}

df_str df_style_and(df_arena *a, const df_doc *doc, df_style style)
{
    df_str nl = df_newline(doc);

    return style.leading ? df_fmt(a, " %c%.*s%.*s&& ", doc->escape,
                                  DF_STR_ARG(nl), DF_STR_ARG(style.indent))
                         : df_fmt(a, " && %c%.*s%.*s", doc->escape,
                                  DF_STR_ARG(nl), DF_STR_ARG(style.indent));
}

df_str df_style_semi(df_arena *a, const df_doc *doc, df_str indent)
{
    df_str nl = df_newline(doc);

    return df_fmt(a, "; %c%.*s%.*s", doc->escape, DF_STR_ARG(nl),
                  DF_STR_ARG(indent));
}

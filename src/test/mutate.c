/*
 * Changes that know the language: beside the bytes that libFuzzer changes,
 * lines are moved, and what a harness names of the grammar is put in.
 */
#include "test/fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "test/grammar.h"

static size_t line_at(df_str text, dice *d)
{
    size_t at = text.len ? roll(d, text.len) : 0;

    while (at > 0 && text.ptr[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(df_str text, size_t at)
{
    size_t end = df_str_find_char(df_str_from(text, at), '\n');

    return end == SIZE_MAX ? text.len : at + end + 1;
}

static void add_rule(df_buf *out, dice *d)
{
    size_t n = 0;

    while (FUZZ_RULES[n])
        n++;
    if (n)
        grammar_add(out, FUZZ_RULES[roll(d, n)], d);
}

/* `text` with [from, to) replaced. */
static void splice(df_buf *out, df_str text, size_t from, size_t to,
                   df_str with)
{
    df_buf_add(out, df_str_slice(text, 0, from));
    df_buf_add(out, with);
    df_buf_add(out, df_str_from(text, to));
}

static void change(df_buf *out, df_str text, dice *d)
{
    df_buf piece = {.arena = out->arena};
    size_t line = line_at(text, d);
    size_t other = line_at(text, d);

    switch (roll(d, 6)) {
    case 0:
        grammar_add(out, FUZZ_START ? FUZZ_START : "", d);
        return;
    case 1:
        splice(out, text, line, line_end(text, line), DF_STR(""));
        return;
    case 2:
        splice(out, text, line, line,
               df_str_slice(text, other, line_end(text, other)));
        return;
    case 3:
        add_rule(&piece, d);
        splice(out, text, line, line_end(text, line), df_buf_str(&piece));
        return;
    case 4:
        add_rule(&piece, d);
        line += text.len > line ? roll(d, line_end(text, line) - line) : 0;
        splice(out, text, line, line, df_buf_str(&piece));
        return;
    default:
        add_rule(&piece, d);
        splice(out, text, line, line, df_buf_str(&piece));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed)
{
    df_str text = {(const char *)data, size};
    dice d = {seed};
    df_arena a;
    df_buf out;

    if (!FUZZ_RULES[0] || roll(&d, 2))
        return LLVMFuzzerMutate(data, size, max);
    df_arena_init(&a, NULL, NULL);
    df_buf_init(&out, &a);
    change(&out, text, &d);
    size = out.len < max ? out.len : max;
    memcpy(data, df_buf_str(&out).ptr, size);
    df_arena_release(&a);
    return size;
}

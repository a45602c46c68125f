/*
 * Places: from the joined text of an instruction, through continuations and
 * dropped comment lines, back to the bytes of the file.
 */
#include "test/unit.h"

#include "syntax/parser.h"

static const df_doc *doc;

static const df_doc *parse(df_arena *a, const char *text)
{
    doc = df_doc_parse(a, DF_STR("Dockerfile"), df_str_of(text));
    return doc;
}

/* The instruction that is the whole text. */
static const df_instr *only(df_arena *a, const char *text)
{
    parse(a, text);
    assert_int_equal(doc->ninstrs, 1);
    return doc->instrs[0];
}

/* The bytes of a span are these. */
#define assert_at(span, want) assert_str(df_source(doc, span), want)

static void one_line_is_its_own_place(void **state)
{
    const df_instr *in = only(*state, "  RUN a b\n");

    assert_str(in->text.str, "RUN a b");
    for (uint32_t i = 0; i <= in->text.str.len; i++)
        assert_int_equal(df_text_src(&in->text, i), i + 2);
}

static void joined_bytes_are_found_behind_the_continuation(void **state)
{
    const df_instr *in = only(*state, "RUN a \\\n  # c\n\n b\\\nc\n");

    assert_str(in->text.str, "RUN a  bc");
    assert_int_equal(df_text_src(&in->text, 5), 5);
    assert_int_equal(df_text_src(&in->text, 6), 15);
    assert_int_equal(df_text_src(&in->text, 7), 16);
    assert_int_equal(df_text_src(&in->text, 8), 19);
    assert_int_equal(df_text_src(&in->text, 9), 20);
}

static void a_span_holds_the_continuations_between(void **state)
{
    const df_instr *in = only(*state, "RUN a \\\n# c\n  b\n");

    assert_at(df_text_span(&in->text, 4, 5), "a");
    assert_at(df_text_span(&in->text, 4, 9), "a \\\n# c\n  b");
    assert_at(df_text_span(&in->text, 8, 9), "b");
    assert_at(df_text_span(&in->text, 4, 6), "a ");
}

static void an_empty_range_is_an_empty_span(void **state)
{
    const df_instr *in = only(*state, "RUN a \\\n  b\n");

    assert_int_equal(df_text_span(&in->text, 6, 6).off, 8);
    assert_int_equal(df_text_span(&in->text, 6, 6).len, 0);
    assert_int_equal(df_text_span(&in->text, 9, 9).off, 11);
}

static void a_slice_keeps_its_places(void **state)
{
    const df_instr *in = only(*state, "RUN ab\\\ncd\\\nef\n");
    df_text mid = df_text_slice(*state, &in->text, 5, 9);
    df_text tail = df_text_slice(*state, &mid, 2, 4);
    df_text none = df_text_slice(*state, &in->text, 8, 8);

    assert_str(mid.str, "bcde");
    assert_at(df_text_span(&mid, 0, 4), "b\\\ncd\\\ne");
    assert_at(df_text_span(&mid, 1, 3), "cd");
    assert_str(tail.str, "de");
    assert_at(df_text_span(&tail, 0, 2), "d\\\ne");
    assert_str(none.str, "");
    assert_at(df_text_span(&none, 0, 0), "");
}

static void every_slice_agrees_with_the_whole(void **state)
{
    const df_instr *in = only(*state, "RUN a\\\n  bc \\\n# d\n\\\n e\n");
    const df_text *t = &in->text;

    for (size_t from = 0; from <= t->str.len; from++)
        for (size_t to = from + 1; to <= t->str.len; to++) {
            df_text s = df_text_slice(*state, t, from, to);

            for (size_t i = 0; i < s.str.len; i++)
                assert_int_equal(df_text_src(&s, i), df_text_src(t, from + i));
        }
}

static void every_joined_byte_is_its_byte_in_the_file(void **state)
{
    const df_instr *in =
        only(*state, "\tRUN a \\  \r\n  b && \\\r\n\r\n  # c\r\n c \r\n");
    const df_text *t = &in->text;

    for (size_t i = 0; i < t->str.len; i++)
        assert_int_equal(doc->text.ptr[df_text_src(t, i)], t->str.ptr[i]);
}

static void a_word_may_be_cut_by_a_continuation(void **state)
{
    const df_instr *in = only(*state, "COPY a\\\nb --c \\\n d\n");

    assert_int_equal(in->nwords, 3);
    assert_str(in->words[0].str, "ab");
    assert_at(in->words[0].span, "a\\\nb");
    assert_at(in->words[1].span, "--c");
    assert_at(in->words[2].span, "d");
    assert_int_equal(in->nflags, 0);
}

static void a_keyword_may_be_cut_by_a_continuation(void **state)
{
    const df_instr *in = only(*state, "R\\\nUN a\n");

    assert_int_equal(in->kind, DF_I_RUN);
    assert_at(in->keyword, "R\\\nUN");
}

static void flags_and_arguments_have_places(void **state)
{
    const df_instr *in =
        only(*state, "COPY --from=a \\\n --chown=\"b c\" d e\n");

    assert_int_equal(in->nflags, 2);
    assert_at(in->flags[0].span, "--from=a");
    assert_at(in->flags[1].span, "--chown=\"b c\"");
    assert_str(in->flags[1].value, "b c");
    assert_str(in->args.str, "d e");
    assert_at(df_text_span(&in->args, 0, 3), "d e");
    assert_ptr_equal(df_instr_flag(in, "chown"), &in->flags[1]);
    assert_null(df_instr_flag(in, "chmod"));
}

static void the_last_of_two_flags_wins(void **state)
{
    const df_instr *in = only(*state, "COPY --from=a --from=b c d\n");

    assert_str(df_instr_flag(in, "from")->value, "b");
}

static void items_of_an_array_have_places(void **state)
{
    const df_instr *in = only(*state, "CMD [ \"a\\\"\", \\\n \"\\u0062\" ]\n");

    assert_true(in->json);
    assert_int_equal(in->nwords, 2);
    assert_str(in->words[0].str, "a\"");
    assert_at(in->words[0].span, "\"a\\\"\"");
    assert_str(in->words[1].str, "b");
    assert_at(in->words[1].span, "\"\\u0062\"");
}

static void pairs_have_places(void **state)
{
    const df_instr *in = only(*state, "ENV A=\"b c\" \\\n    D=\n");

    assert_int_equal(in->npairs, 2);
    assert_at(in->pairs[0].span, "A=\"b c\"");
    assert_at(in->pairs[0].key.span, "A");
    assert_at(in->pairs[0].value.span, "\"b c\"");
    assert_at(in->pairs[1].key.span, "D");
    assert_true(in->pairs[1].has_value);
    assert_str(in->pairs[1].value.str, "");
}

static void the_old_form_is_one_pair(void **state)
{
    const df_instr *in = only(*state, "ENV A  b  c\n");

    assert_true(in->old);
    assert_int_equal(in->npairs, 1);
    assert_at(in->pairs[0].span, "A  b  c");
    assert_at(in->pairs[0].value.span, "b  c");
}

static void a_trigger_has_places_too(void **state)
{
    const df_instr *in = only(*state, "ONBUILD COPY a \\\n b\n");

    assert_non_null(in->trigger);
    assert_int_equal(in->trigger->kind, DF_I_COPY);
    assert_at(in->trigger->keyword, "COPY");
    assert_at(in->trigger->words[1].span, "b");
    assert_int_equal(in->trigger->index, 0);
}

static void a_heredoc_has_places(void **state)
{
    const df_instr *in =
        only(*state, "RUN cat <<-\"E\" \\\n  > f\n\ta\n\n\tE\n");
    const df_heredoc *h = &in->heredocs[0];

    assert_int_equal(in->nheredocs, 1);
    assert_at(h->op, "<<-\"E\"");
    assert_str(h->name, "E");
    assert_at(h->body, "\ta\n\n");
    assert_at(h->end, "\tE");
    assert_true(h->strip);
    assert_false(h->expand);
    assert_int_equal(h->fd, -1);
    assert_at(in->head, "RUN cat <<-\"E\" \\\n  > f");
    assert_at(in->span, "RUN cat <<-\"E\" \\\n  > f\n\ta\n\n\tE");
}

static void lines_are_whole_and_follow_each_other(void **state)
{
    parse(*state, "FROM a\n # c\n  RUN b \\\n\n\n c\n\nRUN <<E\nx\nE\nCMD d");
    assert_int_equal(doc->ninstrs, 4);
    assert_at(doc->instrs[0]->lines, "FROM a\n");
    assert_at(doc->instrs[1]->lines, "  RUN b \\\n\n\n c\n");
    assert_at(doc->instrs[2]->lines, "RUN <<E\nx\nE\n");
    assert_at(doc->instrs[3]->lines, "CMD d");
}

static void comments_know_where_they_stand(void **state)
{
    parse(*state, "# a\nFROM b\n  # c \nRUN d \\\n # e\n f # g\n");
    assert_int_equal(doc->ncomments, 3);
    assert_at(doc->comments[0].span, "# a");
    assert_false(doc->comments[0].inside);
    assert_at(doc->comments[1].span, "# c ");
    assert_at(doc->comments[1].line, "  # c \n");
    assert_false(doc->comments[1].inside);
    assert_at(doc->comments[2].span, "# e");
    assert_true(doc->comments[2].inside);
}

static void most_lines_decide_the_line_end(void **state)
{
    assert_str(df_newline(parse(*state, "FROM a\nRUN b\r\nRUN c\n")), "\n");
    assert_str(df_newline(parse(*state, "FROM a\r\nRUN b\r\nRUN c\n")), "\r\n");
    assert_str(df_newline(parse(*state, "FROM a")), "\n");
}

static void a_line_is_found_from_any_byte_of_it(void **state)
{
    parse(*state, "FROM a\nRUN b");
    for (uint32_t i = 7; i <= 12; i++) {
        assert_int_equal(df_line_start(doc, i), 7);
        assert_int_equal(df_line_end(doc, i), 12);
    }
    assert_int_equal(df_line_start(doc, 6), 0);
    assert_int_equal(df_line_end(doc, 6), 7);
}

int unit_text(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(one_line_is_its_own_place),
        arena_test(joined_bytes_are_found_behind_the_continuation),
        arena_test(a_span_holds_the_continuations_between),
        arena_test(an_empty_range_is_an_empty_span),
        arena_test(a_slice_keeps_its_places),
        arena_test(every_slice_agrees_with_the_whole),
        arena_test(every_joined_byte_is_its_byte_in_the_file),
        arena_test(a_word_may_be_cut_by_a_continuation),
        arena_test(a_keyword_may_be_cut_by_a_continuation),
        arena_test(flags_and_arguments_have_places),
        arena_test(the_last_of_two_flags_wins),
        arena_test(items_of_an_array_have_places),
        arena_test(pairs_have_places),
        arena_test(the_old_form_is_one_pair),
        arena_test(a_trigger_has_places_too),
        arena_test(a_heredoc_has_places),
        arena_test(lines_are_whole_and_follow_each_other),
        arena_test(comments_know_where_they_stand),
        arena_test(most_lines_decide_the_line_end),
        arena_test(a_line_is_found_from_any_byte_of_it),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

/*
 * P8: inputs that are made to take long: deep, long, and many of everything
 * that could be looked up in something else.
 */
#include "test/hostile.h"

static void repeat(df_buf *out, unsigned n, const char *s)
{
    while (n-- > 0)
        df_buf_adds(out, s);
}

/* `format` takes the number of the line. */
#define NUMBERED(out, n, ...)                                                  \
    for (unsigned i = 0; i < (n); i++)                                         \
    df_buf_fmt(out, __VA_ARGS__)

static void from(df_buf *out)
{
    df_buf_adds(out, "FROM debian:12\n");
}

static void continuations(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a");
    repeat(out, 50000, " \\\n  b");
    df_buf_adds(out, "\n");
}

static void continued_comments(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a \\\n");
    repeat(out, 50000, "  # why\n\n");
    df_buf_adds(out, "  b\n");
}

static void comments(df_buf *out)
{
    repeat(out, 100000, "# hello\n");
    from(out);
}

static void pragmas(df_buf *out)
{
    from(out);
    repeat(out, 50000, "# dfopt: ignore=a,b,c\n");
    repeat(out, 1000, "RUN a\n");
}

static void runs(df_buf *out)
{
    from(out);
    NUMBERED(out, 20000, "RUN echo %u\n", i);
}

static void runs_apart(df_buf *out)
{
    from(out);
    NUMBERED(out, 20000, "RUN apt-get install -y a%u\nENV A%u=1\n", i, i);
}

static void stages(df_buf *out)
{
    NUMBERED(out, 10000, "FROM debian:12 AS s%u\nRUN a\n", i);
}

static void stages_in_a_row(df_buf *out)
{
    df_buf_adds(out, "FROM debian:12 AS s0\n");
    NUMBERED(out, 5000, "FROM s%u AS s%u\nENV A%u=$A%u\n", i, i + 1, i + 1, i);
}

static void copies_between_stages(df_buf *out)
{
    NUMBERED(out, 3000, "FROM debian:12 AS s%u\n", i);
    NUMBERED(out, 2999, "COPY --from=s%u a b\n", i);
}

static void variables(df_buf *out)
{
    from(out);
    NUMBERED(out, 20000, "ENV A%u=$A%u\n", i + 1, i);
}

static void pairs(df_buf *out)
{
    from(out);
    df_buf_adds(out, "ENV A=1");
    NUMBERED(out, 20000, " \\\n A%u=$A", i);
    df_buf_adds(out, "\n");
}

static void growing_value(df_buf *out)
{
    from(out);
    df_buf_adds(out, "ENV A=xxxxxxxx\n");
    repeat(out, 60, "ENV A=$A$A\n");
}

static void global_arguments(df_buf *out)
{
    NUMBERED(out, 10000, "ARG A%u=$A%u\n", i + 1, i);
    from(out);
    NUMBERED(out, 10000, "ARG A%u\n", i + 1);
}

static void heredocs(df_buf *out)
{
    from(out);
    NUMBERED(out, 10000, "RUN <<E%u\na\nE%u\n", i, i);
}

static void heredocs_of_one_line(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN cat");
    NUMBERED(out, 5000, " \\\n <<E%u", i);
    NUMBERED(out, 5000, "\na\nE%u", i);
    df_buf_adds(out, "\n");
}

static void heredoc_without_end(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN <<E\n");
    repeat(out, 100000, "E \n");
}

static void substitutions(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a ");
    repeat(out, 10000, "$(");
    repeat(out, 10000, ")");
    df_buf_adds(out, "\n");
}

static void open_substitutions(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN ");
    repeat(out, 20000, "$(a ");
    df_buf_adds(out, "\n");
}

static void subshells(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN ");
    repeat(out, 60000, "(");
    df_buf_adds(out, "\n");
}

static void quotes_in_substitutions(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a ");
    repeat(out, 10000, "\"$(a ");
    df_buf_adds(out, "\n");
}

static void backquotes(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a ");
    repeat(out, 20000, "`a \\`");
    df_buf_adds(out, "\n");
}

static void braces(df_buf *out)
{
    from(out);
    df_buf_adds(out, "ENV A=");
    repeat(out, 10000, "${A:-");
    repeat(out, 10000, "}");
    df_buf_adds(out, "\nRUN ");
    repeat(out, 10000, "${A:-");
    df_buf_adds(out, "\n");
}

static void ifs(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN ");
    repeat(out, 4000, "if a; then ");
    repeat(out, 4000, "b; fi; ");
    df_buf_adds(out, "\n");
}

static void chain(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a");
    repeat(out, 20000, " && \\\n apt-get install -y b");
    df_buf_adds(out, "\n");
}

static void directories(df_buf *out)
{
    from(out);
    df_buf_adds(out, "WORKDIR /\nRUN a");
    repeat(out, 10000, " && \\\n cd x");
    df_buf_adds(out, "\n");
}

static void workdirs(df_buf *out)
{
    from(out);
    df_buf_adds(out, "WORKDIR /\n");
    repeat(out, 10000, "WORKDIR x\n");
}

static void scripts_in_scripts(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN sh -c 'a'");
    repeat(out, 20000, " && \\\n sudo sh -c 'cd x && npm ci'");
    df_buf_adds(out, "\n");
}

static void many_installs(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN pip install a");
    repeat(out, 2000, " && pip install x");
    df_buf_adds(out, "\n");
}

static void long_value(df_buf *out)
{
    from(out);
    df_buf_adds(out, "ARG A=");
    repeat(out, 8000, "a");
    df_buf_adds(out, "\n");
    repeat(out, 10, "ARG B=${A//a*b/x}\n");
}

static void wrappers(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN ");
    repeat(out, 10000, "sudo ");
    df_buf_adds(out, "a\n");
}

static void operands(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN apt-get update && apt-get install -y");
    NUMBERED(out, 20000, " \\\n  package%u", i);
    df_buf_adds(out, "\n");
}

/*
 * The same below DF_MAX_SCRIPT, so that the shell parser and the passes see
 * it: a longer one is not parsed at all.
 */
static void operands_in_reach(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN apt-get update && apt-get install -y");
    NUMBERED(out, 9000, " \\\n  pkg%u", i);
    df_buf_adds(out, "\nRUN echo done\n");
}

static void chain_in_reach(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a");
    repeat(out, 9000, " && \\\n b c");
    df_buf_adds(out, "\nRUN echo done\n");
}

static void sources(df_buf *out)
{
    from(out);
    df_buf_adds(out, "COPY package.json");
    NUMBERED(out, 20000, " \\\n  file%u", i);
    df_buf_adds(out, " /app/\nWORKDIR /app\nRUN npm ci\n");
}

static void broad_copies(df_buf *out)
{
    from(out);
    df_buf_adds(out, "WORKDIR /app\n");
    repeat(out, 5000, "COPY . .\nRUN npm ci\n");
}

static void items(df_buf *out)
{
    from(out);
    df_buf_adds(out, "CMD [\"a\"");
    repeat(out, 50000, ", \\\n\"b\"");
    df_buf_adds(out, "]\n");
}

static void nested_items(df_buf *out)
{
    from(out);
    df_buf_adds(out, "CMD ");
    repeat(out, 60000, "[");
    df_buf_adds(out, "\n");
}

static void flags(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN");
    repeat(out, 10000, " \\\n --mount=type=cache,target=/x");
    df_buf_adds(out, " a\n");
}

static void markers(df_buf *out)
{
    from(out);
    repeat(out, 2000, "RUN a '{{' \\\n");
    repeat(out, 20000, " '<%' @A {{ \\\n");
    df_buf_adds(out, " b\n");
}

static void one_line_of_markers(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a");
    repeat(out, 16000, "'{{}}");
    df_buf_adds(out, "\n");
}

static void a_long_line(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN a");
    repeat(out, 1000000, "b");
    df_buf_adds(out, "\n");
}

static void ten_megabytes_of_comment(df_buf *out)
{
    from(out);
    repeat(out, 200000, "# fifty bytes of comment which say next to nothing\n");
    df_buf_adds(out, "RUN a\nRUN b\n");
}

static void ten_megabytes_of_body(df_buf *out)
{
    from(out);
    df_buf_adds(out, "RUN <<EOF\n");
    repeat(out, 400000, "echo twenty six bytes of \"it\"\n");
    df_buf_adds(out, "EOF\nRUN a\nRUN b\n");
}

static void megabytes_of_runs(df_buf *out)
{
    from(out);
    repeat(out, 30000, "RUN echo 'some thirty bytes' && true\nUSER a\n");
}

static void blanks(df_buf *out)
{
    from(out);
    repeat(out, 50000, "          \n\n");
    df_buf_adds(out, "RUN a");
    repeat(out, 60000, " ");
    df_buf_adds(out, "b\n");
}

static void nul_bytes(df_buf *out)
{
    from(out);
    for (unsigned i = 0; i < 1000000; i++)
        df_buf_add(out, i % 60000 == 59999 ? DF_STR("\n") : DF_STR("\0"));
}

static void unknown_instructions(df_buf *out)
{
    NUMBERED(out, 20000, "FORM%u a\n", i);
}

static void conflicts(df_buf *out)
{
    from(out);
    repeat(out, 20000, "<<<<<<< a\nRUN b\n=======\n>>>>>>> c\n");
}

#define ROW(f)                                                                 \
    {                                                                          \
#f, f                                                                  \
    }
const hostile HOSTILE[] = {
    ROW(continuations),
    ROW(continued_comments),
    ROW(comments),
    ROW(pragmas),
    ROW(runs),
    ROW(runs_apart),
    ROW(stages),
    ROW(stages_in_a_row),
    ROW(copies_between_stages),
    ROW(variables),
    ROW(pairs),
    ROW(growing_value),
    ROW(global_arguments),
    ROW(heredocs),
    ROW(heredocs_of_one_line),
    ROW(heredoc_without_end),
    ROW(substitutions),
    ROW(open_substitutions),
    ROW(subshells),
    ROW(quotes_in_substitutions),
    ROW(backquotes),
    ROW(braces),
    ROW(ifs),
    ROW(chain),
    ROW(directories),
    ROW(workdirs),
    ROW(scripts_in_scripts),
    ROW(many_installs),
    ROW(long_value),
    ROW(wrappers),
    ROW(operands),
    ROW(operands_in_reach),
    ROW(chain_in_reach),
    ROW(sources),
    ROW(broad_copies),
    ROW(items),
    ROW(nested_items),
    ROW(flags),
    ROW(markers),
    ROW(one_line_of_markers),
    ROW(a_long_line),
    ROW(ten_megabytes_of_comment),
    ROW(ten_megabytes_of_body),
    ROW(megabytes_of_runs),
    ROW(blanks),
    ROW(nul_bytes),
    ROW(unknown_instructions),
    ROW(conflicts),
};
const size_t NHOSTILE = sizeof HOSTILE / sizeof *HOSTILE;

/*
 * The report for people: FILE:LINE:COL: KIND: TEXT [PASS], as compilers print
 * it, so that editors jump there. Below it, indented, what a reader must check
 * and what a suggestion would do.
 */
#include "report/form.h"

#include "report/clean.h"

#define BOLD  "\033[1m"
#define RESET "\033[0m"

static const char *color_of(df_msg_kind kind)
{
    switch (kind) {
    case DF_MSG_ERROR:
        return "\033[1;31m";
    case DF_MSG_WARNING:
        return "\033[1;35m";
    case DF_MSG_NOTE:
        return "\033[1;36m";
    case DF_MSG_SUGGESTION:
        break;
    }
    return "\033[1;32m";
}

static void add_place(df_buf *out, const char *path, const df_message *m)
{
    df_clean_line(out, df_str_of(path));
    if (m->line)
        df_buf_fmt(out, ":%u", (unsigned)m->line);
    if (m->line && m->col)
        df_buf_fmt(out, ":%u", (unsigned)m->col);
    df_buf_adds(out, ": ");
}

static void add_head(const df_report *r, const char *path, const df_message *m,
                     df_buf *out)
{
    if (r->style.color)
        df_buf_adds(out, BOLD);
    add_place(out, path, m);
    if (r->style.color) {
        df_buf_adds(out, RESET);
        df_buf_adds(out, color_of(m->kind));
    }
    df_buf_adds(out, df_report_kind(m->kind));
    df_buf_adds(out, ": ");
    if (r->style.color)
        df_buf_adds(out, RESET);
}

static void add_message(const df_report *r, const char *path,
                        const df_message *m, df_buf *out)
{
    add_head(r, path, m, out);
    df_clean_add(out, m->text);
    df_report_saving(out, m->saves_mb);
    if (m->pass)
        df_buf_fmt(out, " [%s]", m->pass);
    df_buf_addc(out, '\n');
    if (r->style.quiet)
        return;
    if (m->saves_by.len) {
        df_buf_adds(out, "    saves: ");
        df_clean_add(out, m->saves_by);
        df_buf_addc(out, '\n');
    }
    if (m->condition.len) {
        df_buf_adds(out, "    check: ");
        df_clean_add(out, m->condition);
        df_buf_addc(out, '\n');
    }
    df_report_indented_diff(out, m->diff, r->style.color);
}

static void begin(df_report *r)
{
    (void)r;
}

static void add(df_report *r, const df_report_file *file, df_buf *out)
{
    const df_result *res = file->result;

    for (size_t i = 0; res && i < res->nmessages; i++)
        if (df_report_shows(r, &res->messages[i]))
            add_message(r, file->path, &res->messages[i], out);
    if (file->error) {
        df_message m = {.kind = DF_MSG_ERROR, .text = df_str_of(file->error)};

        add_message(r, file->path, &m, out);
    }
}

static bool end(df_report *r, df_buf *out)
{
    (void)r;
    (void)out;
    return true;
}

const df_report_form df_report_text = {begin, add, end};

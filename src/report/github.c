/*
 * Workflow commands of GitHub Actions, which become annotations:
 *
 *     ::warning file=F,line=1,endLine=1,col=2,endColumn=3,title=PASS::TEXT
 *
 * Data escapes %, CR and LF; properties : and , as well (actions/toolkit,
 * command.ts). A change that was or would be made is a warning, since it is
 * what fails a check; GitHub has no place for the rest but "notice".
 */
#include "report/form.h"

static void add_escaped(df_buf *out, df_str s, const char *also)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '%' || c == '\r' || c == '\n' ||
            df_str_find_char(df_str_of(also), c) != SIZE_MAX)
            df_buf_fmt(out, "%%%02X", (unsigned)(unsigned char)c);
        else
            df_buf_addc(out, c);
    }
}

static const char *level(const df_message *m)
{
    switch (m->kind) {
    case DF_MSG_ERROR:
        return "error";
    case DF_MSG_WARNING:
        return "warning";
    case DF_MSG_NOTE:
    case DF_MSG_SUGGESTION:
        break;
    }
    return m->applied ? "warning" : "notice";
}

static void add_place(df_buf *out, const df_message *m)
{
    if (!m->line)
        return;
    df_buf_fmt(out, ",line=%u", (unsigned)m->line);
    if (m->end_line)
        df_buf_fmt(out, ",endLine=%u", (unsigned)m->end_line);
    if (m->col)
        df_buf_fmt(out, ",col=%u", (unsigned)m->col);
    if (m->col && m->end_line == m->line && m->end_col)
        df_buf_fmt(out, ",endColumn=%u", (unsigned)m->end_col);
}

static void add_message(const char *path, const df_message *m, df_buf *out)
{
    df_buf_fmt(out, "::%s file=", level(m));
    add_escaped(out, df_str_of(path), ":,");
    add_place(out, m);
    df_buf_adds(out, ",title=");
    df_buf_adds(out, m->pass ? m->pass : "dfopt");
    df_buf_adds(out, "::");
    add_escaped(out, m->text, "");
    df_report_saving(out, m->saves_mb);
    if (m->saves_by.len) {
        df_buf_adds(out, "%0Asaves: ");
        add_escaped(out, m->saves_by, "");
    }
    if (m->condition.len) {
        df_buf_adds(out, "%0Acheck: ");
        add_escaped(out, m->condition, "");
    }
    df_buf_addc(out, '\n');
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
            add_message(file->path, &res->messages[i], out);
    if (file->error) {
        df_message m = {.kind = DF_MSG_ERROR, .text = df_str_of(file->error)};

        add_message(file->path, &m, out);
    }
}

static bool end(df_report *r, df_buf *out)
{
    (void)r;
    (void)out;
    return true;
}

const df_report_form df_report_github = {begin, add, end};

/* Reports: see report/report.h. */
#include "report/form.h"

static const df_report_form *const FORMS[] = {
    [DF_FORM_TEXT] = &df_report_text,
    [DF_FORM_JSON] = &df_report_json,
    [DF_FORM_SARIF] = &df_report_sarif,
    [DF_FORM_GITHUB] = &df_report_github,
};

df_report *df_report_begin(df_arena *a, const df_report_style *style)
{
    df_report *r = df_new(a, df_report);

    r->arena = a;
    r->style = *style;
    FORMS[style->form]->begin(r);
    return r;
}

void df_report_add(df_report *r, const df_report_file *file, df_buf *out)
{
    FORMS[r->style.form]->add(r, file, out);
}

bool df_report_end(df_report *r, df_buf *out)
{
    return FORMS[r->style.form]->end(r, out);
}

const char *df_report_kind(df_msg_kind kind)
{
    switch (kind) {
    case DF_MSG_ERROR:
        return "error";
    case DF_MSG_WARNING:
        return "warning";
    case DF_MSG_NOTE:
        return "note";
    case DF_MSG_SUGGESTION:
        break;
    }
    return "suggestion";
}

bool df_report_shows(const df_report *r, const df_message *m)
{
    if (r->style.errors_only)
        return m->kind == DF_MSG_ERROR;
    return !r->style.quiet || m->kind == DF_MSG_ERROR ||
           m->kind == DF_MSG_WARNING;
}

void df_report_saving(df_buf *out, double mb)
{
    if (mb > 0 && mb < 1)
        df_buf_adds(out, ": less than 1 MB saved");
    else if (mb > 0)
        df_buf_fmt(out, ": about %.0f MB less", mb);
}

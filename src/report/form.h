/*
 * What a form of report is made of. A form is one file and one object; it is
 * listed in report.c.
 */
#ifndef DF_REPORT_FORM_H
#define DF_REPORT_FORM_H

#include "report/report.h"

struct df_report {
    df_arena *arena;
    df_report_style style;
    void *state; /* of the form, in the arena */
};

typedef struct {
    void (*begin)(df_report *r);
    void (*add)(df_report *r, const df_report_file *file, df_buf *out);
    bool (*end)(df_report *r, df_buf *out);
} df_report_form;

extern const df_report_form df_report_text;
extern const df_report_form df_report_json;
extern const df_report_form df_report_sarif;
extern const df_report_form df_report_github;

/* "error", "warning", "note", "suggestion". */
const char *df_report_kind(df_msg_kind kind);

/* With quiet, only errors and warnings are shown. */
bool df_report_shows(const df_report *r, const df_message *m);

/* ": about 120 MB less", or nothing if no figure is known. */
void df_report_saving(df_buf *out, double mb);

/* A suggestion's diff below its message: indented, fit for a terminal. */
void df_report_indented_diff(df_buf *out, df_str diff, bool color);

#endif

/*
 * Reports: what was found, for people and for programs.
 *
 * A report is begun, told of each file in the order in which they were named,
 * and ended. It prints nothing: what there is to print is added to `out`, and
 * whoever runs it decides where that goes.
 */
#ifndef DF_REPORT_REPORT_H
#define DF_REPORT_REPORT_H

#include <dfopt/dfopt.h>

#include "base/buf.h"

/* In the order in which --format names them. */
typedef enum {
    DF_FORM_TEXT,
    DF_FORM_JSON,
    DF_FORM_SARIF,
    DF_FORM_GITHUB,
} df_form;

typedef struct {
    const char *path;  /* as shown */
    const char *error; /* why it was not read, rewritten or written, or NULL */
    df_str before;
    const df_result *result; /* NULL: it was not read */
    df_str diff;             /* from before to the new text; may be empty */
} df_report_file;

typedef struct {
    df_form form;
    bool color;
    bool quiet; /* errors and warnings only */
    bool errors_only;
} df_report_style;

typedef struct df_report df_report;

/* Lives in the arena. */
df_report *df_report_begin(df_arena *a, const df_report_style *style);
void df_report_add(df_report *r, const df_report_file *file, df_buf *out);
/* False if memory ran out on the way; then nothing is added. */
bool df_report_end(df_report *r, df_buf *out);

/* A diff in colours, otherwise as it is. */
void df_report_diff(df_buf *out, df_str diff, bool color);

#endif

/* Reports as programs read them: see test/reports.h. */
#include "test/reports.h"

#include "context/json.h"
#include "report/report.h"

static const df_json *parsed(df_arena *a, df_form form,
                             const df_report_file *file)
{
    df_report_style style = {.form = form};
    df_report *report = df_report_begin(a, &style);
    df_buf out = {.arena = a};

    df_report_add(report, file, &out);
    return df_report_end(report, &out) ? df_json_parse(a, df_buf_str(&out))
                                       : NULL;
}

const char *reports_fault(df_arena *a, df_str before, const df_result *r,
                          df_str diff)
{
    df_report_file file = {
        .path = "Dockerfile", .before = before, .result = r, .diff = diff};
    const df_json *json = parsed(a, DF_FORM_JSON, &file);
    const df_json *sarif = parsed(a, DF_FORM_SARIF, &file);

    if (!json || !sarif)
        return "a report is no JSON";
    json = df_json_at(df_json_get(json, "files"), 0);
    sarif = df_json_at(df_json_get(sarif, "runs"), 0);
    if (df_json_count(df_json_get(json, "messages")) != r->nmessages)
        return "the JSON report does not have every message";
    if (!df_json_is_array(df_json_get(sarif, "results")))
        return "the SARIF report has no results";
    return NULL;
}

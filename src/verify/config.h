/* Image configs compared. */
#ifndef DF_VERIFY_CONFIG_H
#define DF_VERIFY_CONFIG_H

#include "verify/verify.h"

/*
 * Members that differ go to report->config. What says nothing of the image
 * (Image and Hostname of docker's older builder) is left out; absent, null and
 * empty are one.
 */
void df_config_compare(df_arena *a, const json_t *before, const json_t *after,
                       df_verify_report *report);

/*
 * An unsafe change may take another base image, which brings other variables,
 * and name some that only the toolchain reads (df_message.allows):
 * if Env differs in those alone, it moves from report->config to other_env.
 */
void df_config_forgive_env(df_arena *a, df_verify_report *report);

/* What ENTRYPOINT and CMD name, in the tree before and after. */
void df_config_artefacts(df_arena *a, df_verify_report *report);

#endif

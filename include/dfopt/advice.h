/*
 * Advice on installs that no pass follows by itself: another command would hold
 * to the lock, a line of the ignore file keeps out what the host has.
 */
#ifndef DFOPT_ADVICE_H
#define DFOPT_ADVICE_H

#include <dfopt/facts.h>
#include <dfopt/transform.h>

/* Lines of the ignore file that were suggested: once for all stages. */
typedef struct {
    df_str *items;
    uint32_t nitems, citems;
} df_said;

/* The last finding is mended by the line, if it keeps out nothing that the
 * Dockerfile wants. Empty: it is not. */
void df_mended_by_line(df_pass_ctx *cx, df_str line);

/* `npm install` beside a lock, node_modules of the host. */
void df_advise_install(df_pass_ctx *cx, const df_cmd *cmd, df_said *lines);

/* `poetry install` below the source: with --no-root it could stand above. */
void df_advise_apart(df_pass_ctx *cx, const df_cmd *cmd);

/* `pip install -e .`, `bundle install --gemfile=…`: why they stay where they
 * are. */
void df_advise_unknown(df_pass_ctx *cx, const df_cmd *cmd);

/* Does a CMD or ENTRYPOINT of the stage speak of the tool? */
bool df_stage_starts(const df_stage *stage, const char *tool);

/* What the row of its tool suggests: a cache for `cargo build`. */
void df_advise_by_hand(df_pass_ctx *cx, const df_cmd *cmd);

/* COPYs that bring .git, or the same twice, or what git ignores. */
void df_advise_stages(df_pass_ctx *cx, df_said *lines);

#endif

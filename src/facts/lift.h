/* Parts of the plan in dfopt/lift.h, one for each file. */
#ifndef DF_FACTS_LIFT_H
#define DF_FACTS_LIFT_H

#include <dfopt/lift.h>

/* Of the first reason only; always false. */
bool df_lift_decline(df_lift *l, df_span at, const char *format, ...)
    DF_PRINTF(3, 4);

/* "npm ci" */
df_str df_lift_name(const df_lift *l);
bool df_lift_moves(const df_lift *l, const df_copied *copy);
bool df_cmd_is_cd(const df_cmd *cmd);

/*
 * The first install of that strategy whose project a COPY brings, and the
 * COPYs that would go down. False: none, with or without `why`.
 */
bool df_lift_begin(df_lift *l, df_arena *a, const df_facts *facts,
                   df_context *context, const df_run *run,
                   const char *strategy);

/* Does the COPY go below the install, by what it brings? */
bool df_lift_goes_down(const df_lift *l, const df_install *in,
                       const df_copied *copy);
/* Fill in `moved`, for the first install. False: nothing that is worth it. */
bool df_lift_find_moved(df_lift *l);

/* Which of its commands go up with the install, and how the RUN is cut:
 * `first`, `end`, `cut` and `again`. Declines if it cannot be. */
bool df_lift_find_part(df_lift *l);

/* A path in the COPYs that go down, named by a setting; NULL: none. What
 * travels with the install is not meant. */
const df_named *df_lift_named(const df_lift *l, const df_install *in);

/* Do settings name nothing of what goes down? Declines if they do. */
bool df_lift_check_named(df_lift *l);

/* Does a command remove what the host has of the things that the install makes?
 * Declines, unless the ignore file keeps them out. */
bool df_lift_check_hosts(df_lift *l);

/* Does one of the COPYs that go down bring the project itself? */
bool df_lift_is_smell(const df_lift *l);

/* The owner ("app:app") that nothing but this RUN gives to all that the COPY
 * brought, in words of COPY --chown; empty: it does more, or less. */
df_str df_lift_new_owner(const df_lift *l, const df_copied *moved,
                         const df_run *run);

/* May that RUN go below the install with the COPY, whose files it changes? */
bool df_lift_goes_along(const df_lift *l, const df_copied *moved,
                        const df_run *run);

/* The same of a command in front of the install in its own RUN. */
bool df_lift_stays_below(const df_lift *l, const df_cmd *cmd);

/* Does one of those that go along give files to a user? */
bool df_lift_chowns_along(const df_lift *l);

/* Is the path among what the row says the install writes, or a lock? */
bool df_lift_may_write(const df_lift *l, df_str path);

/* Does a later command of the RUN remove, rename or change something that the
 * installs made? */
bool df_lift_is_undone(const df_lift *l, const df_cmd *cmd);

/* `cp .env.example .env`: is it about files of the source that the install
 * neither reads nor makes, and about nothing else? */
bool df_lift_is_beside(const df_lift *l, const df_copied *moved,
                       const df_cmd *cmd);

/* /tide: is it below a directory at the root that is none of the system's? */
bool df_image_is_own(df_str path);
/* Declines if the COPY may bring something to the system's. */
bool df_lift_check_system(df_lift *l, const df_copied *copy);

/* Fill in `carry`. */
void df_lift_carry(df_lift *l);
/* Where a step between needs the directory of a COPY that goes down: does what
 * travels make it? Declines if not. */
bool df_lift_check_early(df_lift *l);

/* May all of them, or this one, pass what stands between? May set `early`. */
bool df_passage_check(df_lift *l);
bool df_passage_of(df_lift *l, const df_copied *moved);
/* Fill in `last`. */
void df_lift_find_last(df_lift *l);
/* The same for a RUN behind the install that has nothing to do with them. */
bool df_passage_past(const df_lift *l, const df_run *run);

#endif

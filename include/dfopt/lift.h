/*
 * Lifting an install above the COPYs that bring the source.
 *
 * The plan for one RUN: which of its commands go up, which COPYs go down below
 * it, which files have to be copied before it. Either all of that is known to
 * keep every file of the image as it was, or `why` says what is in the way.
 */
#ifndef DFOPT_LIFT_H
#define DFOPT_LIFT_H

#include <dfopt/halves.h>
#include <dfopt/install.h>
#include <dfopt/transform.h>

typedef struct {
    const df_brought *b;
    const df_run *run;
    df_install *installs; /* the first one is what the plan is about */
    uint32_t ninstalls, cinstalls;
    const df_copied **moved; /* go below the RUN, in this order */
    uint32_t nmoved, cmoved;
    df_need *carry; /* what only they bring */
    uint32_t ncarry, ccarry;
    uint32_t first, end; /* commands [first, end) of the RUN go up; those above
                            `first` stay below with the rest */
    df_halves cut;       /* valid if there are others */
    const df_cmd *again; /* of these others, what ends the first half, too */
    bool exec;    /* the RUN is in exec form: it moves whole or not at all */
    bool early;   /* carry stands where the moved COPYs stood; for a prefetch:
                     they stay there */
    df_str owner; /* "app:app": what moves gets it from its COPY then, as from a
                     `chown -R` in between before; empty: it keeps its own */
    const df_run *owned_by; /* that RUN */
    const df_run **along;   /* RUNs in between that go down behind the COPYs */
    uint32_t nalong, calong;
    const df_run *last; /* the COPYs go below this one: the RUN, or another
                           behind it that downloads and reads nothing of theirs
                         */
    df_str why;
    df_span at; /* what `why` is about */
} df_lift;

/* False if there is nothing to lift, or nothing worth a word. */
bool df_lift_plan(df_arena *a, const df_facts *facts, df_context *context,
                  const df_run *run, df_lift *out);

/*
 * The same for an install that has to stay below the source (`go build`) but
 * whose dependencies can be downloaded before it. The files in carry and the
 * download come before the COPYs, which move down to the RUN unless `early`.
 */
bool df_prefetch_plan(df_arena *a, const df_facts *facts, df_context *context,
                      const df_run *run, df_lift *out);

/*
 * Does the install stay below the source, and a call of it for the dependencies
 * alone come before (`poetry install --no-root`)? Commands [0, end) go up with
 * that one; the RUN is cut before the install, or, with `end` 0, not at all.
 */
bool df_lift_is_twice(const df_lift *l);

/* Does a COPY of more than manifests stay above it? An edit of that one goes on
 * installing them. */
bool df_lift_leaves_source(const df_lift *l);

/* That call, in one line. */
df_str df_lift_alone(const df_lift *l);

/* What a plan of that kind calls: `go mod download`. */
df_str df_prefetch_command(const df_lift *l);

/* Write a plan without `why` into a finding. */
void df_lift_apply(df_finding *f, const df_lift *l);
void df_prefetch_apply(df_finding *f, const df_lift *l);

#endif

/*
 * What a stage keeps when it is cut behind the install of its dependencies.
 *
 * Compilers and headers are needed up to there and no further. Below the cut
 * stand the directories that the installs filled, the packages that are not
 * for building, and what was linked with those that are.
 */
#ifndef DFOPT_KEPT_H
#define DFOPT_KEPT_H

#include <dfopt/cut.h>
#include <dfopt/use.h>

/* What the author can answer, where nobody else can. */
typedef enum {
    DF_SURE,
    DF_DOUBT_LEAVINGS, /* what commands leave beside dependencies */
    DF_DOUBT_ORDER,    /* the source is there before the install */
    DF_DOUBT_NEEDS,    /* what programs need that cannot be read */
} df_doubt;

/* A directory that installs fill. */
typedef struct {
    const df_carry *row;
    const df_run *run; /* of the first install */
    df_str path;       /* absolute */
    bool prepared;     /* by the command of the row, and found by its path */
} df_carried;

typedef struct {
    df_arena *arena; /* to be set: down to `use` */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;
    const df_use *use;
    df_strings tools; /* commands that build, and whose result is known; NULL:
                         what is kept is what installs of dependencies fill */
    bool linked;      /* something else tells what the program is linked with */
    bool vouched;     /* whatever else stands above is not needed below */
    bool in_place;    /* installs fill what they always do */
    bool keeps_fetch; /* curl, git and the like stay, with `tools`, too */
    df_doubt trusting; /* as if the author had answered all of these */
    df_str suite;      /* the release of the image, or empty */
    df_cut cut; /* behind the last install, with what becomes of each line */
    df_carried *carried;
    uint32_t ncarried, ccarried;
    df_str *packages; /* that the lower part needs, as written or by name */
    uint32_t npackages, cpackages;
    df_str *left; /* packages that only the upper one needs */
    uint32_t nleft, cleft;
    bool recommends; /* they come with what they recommend */
    bool renamed;    /* and other releases may call them otherwise */
    bool lean;       /* a RUN takes away what it installed to build with */
    bool upgrades;   /* all packages of the image are brought up to date */
    df_str assigns;  /* variables of installs, each with a blank behind it */
    df_str *removed; /* what a RUN takes away again, behind the install */
    uint32_t nremoved, cremoved;
    df_str *extra; /* what RUNs leave by the word of the author */
    uint32_t nextra, cextra;
    bool told_needs; /* `packages` are all that unread programs need */
    df_doubt doubt;  /* whether the author can answer `why` */
    df_span at;      /* why it cannot be cut there, */
    df_str why;      /* if it cannot */
    df_str mend;     /* what the author can say about it; or empty */
} df_kept;

/*
 * False: it installs no dependencies, or nothing is installed to build them
 * with. True with `why`: it does, but something is not known.
 */
bool df_kept_find(df_kept *kept);

/*
 * The same for a cut that is planned already, in `cut`: RUNs above it are
 * sorted, and `why` says what is not known of them.
 */
void df_kept_sort(df_kept *kept);

/* What stays above, for a message: "gcc, make and 2 more" */
df_str df_kept_left(const df_kept *kept);

/* Has the image a compiler of its own? */
bool df_kept_is_full(const df_kept *kept);

/* Is that a package that `left` names, or one that it brings? */
bool df_kept_leaves(const df_kept *kept, df_str command);

#endif

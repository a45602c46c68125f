/*
 * Installs from manifests: `npm ci`, `pip install -r`, `go mod download`.
 *
 * What such a command reads of the project is known: the manifest, its lock,
 * configuration, what these name. Or it is known why that is not all, and then
 * the install cannot leave its source.
 */
#ifndef DFOPT_INSTALL_H
#define DFOPT_INSTALL_H

#include <dfopt/copy.h>

/* A file or directory that the install reads. */
typedef struct {
    df_str path; /* in the image */
    df_origin origin;
    bool main; /* a manifest; else its lock, configuration, … */
    bool also; /* one of the row's `also` */
} df_need;

/*
 * A path that settings tell the install to look into: a variable, pip.conf, an
 * option. It may be of the source, of another COPY, or of the image.
 */
typedef struct {
    df_str path; /* in the image */
    df_str by;   /* who says so */
} df_named;

typedef struct {
    const df_ecosystem *eco;
    const df_cmd *cmd;
    df_str dir; /* of the project, in the image */
    df_need *needs;
    uint32_t nneeds, cneeds;
    df_named *named;
    uint32_t nnamed, cnamed;
    df_str alone; /* it installs the project, too, and so stays below it; with
                     these options (" --no-root") it would install no more than
                     the dependencies. Empty: it needs none */
    df_str why;   /* it reads more than its needs; empty if not */
    df_str
        ignore; /* a line of the ignore file that would mend `why`; or empty */
    df_str missing; /* the manifest that no COPY brings, in the image; empty if
                       none */
    bool nowhere;   /* it is one, but in which directory is not known */
} df_install;

/* One of its variables, or of their patterns (GIT_*)? */
bool df_ecosystem_has_env(const df_ecosystem *eco, df_str name);

/* Has the command an option with which it is no install, or none that could be
 * followed? */
bool df_install_is_off(const df_cmd *cmd);

/* Is that its strategy? */
bool df_ecosystem_is(const df_ecosystem *eco, const char *strategy);

/* The same of a command, which has one: `mvn dependency:resolve` moves, though
 * what `mvn package` needs is downloaded first. */
bool df_install_is(const df_cmd *cmd, const char *strategy);

/* False if the command is no install from manifests. `b`: what was brought
 * before its RUN. */
bool df_install_read(const df_brought *b, const df_cmd *cmd, df_install *out);

/*
 * Where a COPY brings the whole context: manifests that installs below need and
 * that it lacks, unless one finds its own. A context without them is the wrong
 * one.
 */
typedef struct {
    df_names names;   /* in the context; none: nothing is known to lack */
    const df_cmd *by; /* the first of these installs */
    bool sure;        /* nothing in the Dockerfile may have made them */
} df_absence;
df_absence df_install_absent(df_arena *a, const df_facts *facts,
                             df_context *context);

/* Does a directory below the top of that context have all of them, too? Then it
 * may be the one that is built. Also if there are too many to tell. */
bool df_absence_elsewhere(df_arena *a, df_context *context, df_names names);

/*
 * One of the row's `ignore`: the line that the ignore file should have, or a
 * COPY behind the install (of those in `b`) brings what the directory that is
 * built from has of it. Empty: none does.
 */
df_str df_install_exposed(const df_brought *b, const df_install *in,
                          const char *name, const df_copied **by);

/* " --no-root": what the command lacks of its row's `only-with`. */
df_str df_install_missing_options(df_arena *a, const df_cmd *cmd);

/* `npm ci`, `pnpm install --frozen-lockfile` of a project whose lock no COPY
 * brings, and git does not ignore: it fails, or this is another context. */
bool df_install_lacks_lock(const df_brought *b, const df_install *in);

/* "npm ci", "yarn", "go mod download" */
df_str df_install_name(df_arena *a, const df_cmd *cmd);

#endif

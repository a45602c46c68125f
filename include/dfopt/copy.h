/*
 * What COPY and ADD bring from the build context, and where it lands.
 *
 * Paths in the context are clean and relative, "" is its root. Paths in the
 * image are absolute, or relative to a WORKDIR that the base image sets and
 * nobody knows. What cannot be known (variables, stages, URLs, archives) is
 * said to be unknown and never guessed.
 */
#ifndef DFOPT_COPY_H
#define DFOPT_COPY_H

#include <dfopt/context.h>
#include <dfopt/facts.h>

/* One file or directory named by a source word, patterns resolved. */
typedef struct {
    df_str path;   /* in the context */
    uint32_t word; /* index in instr->words */
    bool dir;
    bool glob; /* the word is a pattern */
} df_copy_source;

typedef struct {
    const df_instr *instr;
    bool known;   /* files and directories of the context, and nothing else */
    df_str dest;  /* in the image; ptr NULL: unknown */
    bool names;   /* dest is the name of the one file, not a directory */
    bool parents; /* --parents: sources keep their paths */
    df_copy_source *sources;
    uint32_t nsources, csources;
} df_copied;

/* COPYs and ADDs of a stage, in order. */
typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *context;
    df_copied *copies;
    uint32_t ncopies, ccopies;
    bool too_many; /* more than DF_MAX_COPIES: none is listed, nothing is known
                    */
} df_brought;

/* Where a file of the image comes from. */
typedef struct {
    const df_copied *copy; /* NULL: no COPY brings it */
    const df_copy_source *source;
    df_str path; /* in the context; ptr NULL: copy brings it, but from where? */
    df_file_kind kind;
} df_origin;

/* Those before one of its instructions. */
const df_brought *df_brought_before(df_arena *a, const df_facts *facts,
                                    df_context *context, const df_instr *at);
/* All of them. */
const df_brought *df_brought_all(df_arena *a, const df_facts *facts,
                                 df_context *context, const df_stage *stage);

/* The last COPY that brings this path of the image; false if unknown or none.
 */
bool df_brought_find(const df_brought *b, df_str path, df_origin *out);

/* Does this one bring it? Ignored files are not brought. */
bool df_copy_find(const df_brought *b, const df_copied *copy, df_str path,
                  df_origin *out);

/* A program without a slash that a directory of PATH has, which an ENV before
 * `at` put there, from the context. */
bool df_brought_program(const df_brought *b, const df_instr *at, df_str name,
                        df_origin *out);

/* /root, /home and what lies right in it. */
bool df_image_is_home(df_str path);
/* USER root, by name or number, or none. */
bool df_user_is_root(df_str user);

/* What a COPY would bring to that path of the image: the path in the context,
 * there or not; empty: nothing, or the ignore file keeps it out. */
df_str df_copy_would_bring(const df_brought *b, const df_copied *copy,
                           df_str path);
/* The ignore file that counts, or would: .dockerignore. */
df_str df_context_ignore_name(df_context *context);

/* Does one of the two directories hold the other? Unknown ones do. */
bool df_image_overlap(df_str a, df_str b);

/* The stage of this file that COPY --from= names, or NULL. */
const df_stage *df_copy_stage(const df_facts *facts, const df_instr *instr);

/* Some source is a directory or a pattern. */
bool df_copy_is_broad(const df_copied *copy);
/* It copies the whole build context: `COPY . …`. */
bool df_copy_is_whole(const df_copied *copy);

/* Is it a list or a setting by its name (package.json, .npmrc, uv.lock), as
 * opposed to what is edited all day? */
bool df_path_is_settings(df_str path);

/* Some source is a directory, or a pattern for more than lists and settings. */
bool df_copy_brings_source(const df_copied *copy);

/* A directory of the context with nothing but requirement files? */
bool df_dir_is_of_lists(df_context *cx, df_str dir);

/* `name` below `dir` of the context. */
df_str df_context_join(df_arena *a, df_str dir, df_str name);
/* The directory of a path, "" at the top. */
df_str df_image_dir(df_str path);
/* `path` below `dir`, without it and the slash; `dir` "" or "/" or ".". */
df_str df_path_below(df_str path, df_str dir);

/*
 * A line like `copy`, written as its author would have, that brings these
 * sources (paths in the context, from `like`) to its destination or `sub`
 * below it.
 */
typedef struct {
    const df_copied *copy;
    const df_copy_source *like;
    df_str indent;
    const df_str *files;
    uint32_t nfiles;
    df_str sub;         /* below the destination; "" */
    const df_instr *at; /* stands where this one does */
} df_copy_line;
df_str df_copy_line_text(const df_brought *b, const df_copy_line *line);

/* The destination as the author spelled it, or, where `at` stands in another
 * directory, would have. Without slash at its end. */
df_str df_copy_dest_text(const df_brought *b, const df_copied *copy,
                         const df_instr *at);

/* Do both have the same working directory? A relative path depends on it. */
bool df_same_workdir(const df_facts *facts, const df_instr *a,
                     const df_instr *b);

#endif

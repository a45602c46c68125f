/*
 * The library: give it the text of a Dockerfile, get a better one and why.
 *
 * Thread-safe: a call touches nothing but its arguments, and a df_kb may be
 * shared. Nothing is printed, nothing is written; files are read only below
 * the context directory, and NAME.dockerignore beside the Dockerfile.
 */
#ifndef DFOPT_DFOPT_H
#define DFOPT_DFOPT_H

#include <dfopt/kb.h>
#include <dfopt/str.h>
#include <dfopt/transform.h>
#include <dfopt/version.h>

/* A change that is not wanted: of this pass, at this place of the original. */
typedef struct {
    const char *pass;
    uint32_t line, col;
} df_refusal;

typedef struct {
    const char *path;    /* of the Dockerfile, for messages and for the ignore
                            file beside it; "-" or NULL: standard input */
    const char *context; /* directory; NULL: that of path, or, where COPY or
                            an install does not find what it names there, the
                            one above it that fits */
    bool unsafe;         /* apply unsafe findings */
    const char *const *only;       /* pass names, or NULL; naming one applies it
                                      whatever its safety */
    const char *const *skip;       /* pass names, or NULL */
    const char *target;            /* stage name or number, or NULL */
    const char *const *build_args; /* "NAME=VALUE" …, or NULL */
    const char *platform;          /* or NULL */
    const df_kb *kb;               /* never NULL */
    const df_refusal *refuse;      /* changes that are not made */
    size_t nrefuse;
    uint32_t max_changes;                 /* make so many and no more; 0: all */
    bool suggestions;                     /* compute the diffs of suggestions */
    const struct df_allocator *allocator; /* tests; NULL: malloc */
} df_options;

typedef enum {
    DF_MSG_ERROR,
    DF_MSG_WARNING,
    DF_MSG_NOTE,
    DF_MSG_SUGGESTION,
} df_msg_kind;

typedef struct {
    df_msg_kind kind;
    const char *pass;           /* NULL: the parser, the program */
    df_str text;                /* without FILE:LINE:COL, kind and [pass] */
    uint32_t line, col;         /* in the original file, from 1; 0: the file */
    uint32_t end_line, end_col; /* behind the last byte */
    bool applied;               /* a note on a change that is in the new text */
    bool unsafe;                /* the change is not safe for every file */
    uint32_t number;         /* of the applied change, from 1, in the order in
                                which they were made */
    const char *ignore_file; /* this file, with this line, mends it: one of the
                                build context, there or not; NULL: none does */
    const char *ignore_line;
    const char *const *allows; /* paths of the image, and variables, that an
                                  applied change may leave different; ends with
                                  NULL, or NULL */
    double saves_mb;           /* 0: unknown */
    df_str saves_by;           /* what that is made of, or why it is unknown;
                                  or empty */
    df_str condition;          /* what the reader must check, or empty */
    df_str diff;    /* of a suggestion: from the new text to the new text with
                       it; empty if it has no edits, or in a large file with
                       hundreds of suggestions */
    uint32_t round; /* in which it was made, from 1 */
} df_message;

typedef struct {
    df_str text; /* the new text; the input if nothing changed */
    bool changed;
    bool failed; /* it did not parse, or was refused: text is the input */
    const df_message *messages; /* errors, warnings and notes by place, then
                                   suggestions by place */
    size_t nmessages;
    uint32_t rounds;
    const char *context; /* the directory taken for the build context; NULL:
                            none was looked for */
} df_result;

/* Never NULL unless memory is exhausted before anything could be kept. */
DF_API df_result *df_rewrite(df_str text, const df_options *options);
DF_API void df_result_free(df_result *result);

/*
 * Unified diff of two texts, three lines of context, labels as given
 * ("a/Dockerfile"), or no header if label_a is NULL. Owned by the result.
 */
DF_API df_str df_result_diff(df_result *result, df_str before, df_str after,
                             const char *label_a, const char *label_b);

/* All passes, by name; their phases tell the order in which they run. */
DF_API const df_pass *const *df_passes(size_t *count);
/* The manual text of a pass, lines ending with NULL; NULL if unknown. */
DF_API const char *const *df_pass_manual(const char *name);
/* The pass's example: before and after. False if unknown. */
DF_API bool df_pass_example(const char *name, df_str *before, df_str *after);

/* The built-in knowledge. */
DF_API const df_kb *df_kb_builtin(void);

/*
 * A user's configuration on top of the built-in knowledge. NULL with
 * "FILE:LINE:COL: error: …" in *message (up to size bytes) if it is wrong.
 */
DF_API df_kb *df_kb_open(const char *path, char *message, size_t size);
DF_API void df_kb_close(df_kb *kb);

/* May this Dockerfile want what a line of the ignore file would keep from it?
 * Also true if it is not understood. */
DF_API bool df_wants(df_str text, const char *line, const df_options *options);

/* Looking inside: "tokens", "tree", "commands", "facts". Owned by the result;
 * NULL if `what` is none of them. */
DF_API df_result *df_debug(const char *what, df_str text,
                           const df_options *options);

#endif

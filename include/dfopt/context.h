/*
 * The build context: the files that COPY and ADD can see.
 *
 * Nothing is read before it is asked for. Paths are relative to the root of
 * the context, `/` between parts; a leading `./` or `/`, doubled and trailing
 * slashes and `.` parts do not matter. A path that leaves the root by `..` or
 * through a symbolic link names nothing. What .dockerignore excludes does not
 * exist (Dockerfile reference, ".dockerignore file").
 */
#ifndef DFOPT_CONTEXT_H
#define DFOPT_CONTEXT_H

#include <dfopt/mem.h>
#include <dfopt/str.h>

typedef struct df_context df_context;

typedef enum {
    DF_FILE_NONE, /* absent, ignored, unreadable, or outside */
    DF_FILE_REGULAR,
    DF_FILE_DIR,
    DF_FILE_LINK, /* a symbolic link; df_context_stat follows it, see there */
    DF_FILE_OTHER,
} df_file_kind;

/* Is there a directory to look into? */
bool df_context_present(df_context *cx);

/*
 * What a path names, not following a link at its end (LINK then); links on
 * the way are followed as long as they stay inside the context.
 */
df_file_kind df_context_lookup(df_context *cx, df_str path);

/* The same, following a link at the end too. */
df_file_kind df_context_stat(df_context *cx, df_str path);

/* A regular file that everybody may execute. */
bool df_context_executable(df_context *cx, df_str path);

/* Excluded by the ignore file? Says nothing on whether it exists. */
bool df_context_ignores(df_context *cx, df_str path);

/* On disk though excluded: for messages. */
bool df_context_on_disk(df_context *cx, df_str path);

/* The ignore file in use relative to the context's root; empty: none. */
df_str df_context_ignore_file(df_context *cx);

/*
 * Will the builder refuse the ignore file (malformed pattern, a line of 64 KB),
 * or can it not be read? Then nothing in the context exists, and *why says what
 * is wrong; *line is 0 if it is the whole file.
 */
bool df_context_ignore_error(df_context *cx, uint32_t *line, df_str *why);

/*
 * The bytes of a regular file (at most DF_MAX_MANIFEST), read once and kept;
 * false if it does not exist, is ignored, too large or unreadable.
 */
bool df_context_read(df_context *cx, df_str path, df_str *text);

/* The names in a directory that exist, sorted by bytes. */
typedef struct {
    const df_str *names;
    uint32_t count;
} df_names;
df_names df_context_list(df_context *cx, df_str dir);

/*
 * Paths that a COPY source pattern matches (filepath.Match of Go, one part at
 * a time; `**` is one `*`), sorted. No meta characters: the path, if it exists.
 */
df_names df_context_glob(df_context *cx, df_str pattern);

/*
 * JSON of a file, parsed once; NULL if it is absent or no JSON. Lookups take
 * NULL and give NULL, so chains need no checks.
 */
typedef struct df_json df_json;
const df_json *df_context_json(df_context *cx, df_str path);
/*
 * The first document of a YAML file as the same kind of tree: scalars that are
 * not quoted are strings, too. NULL also for anchors, aliases and tags, and for
 * keys that are no scalars.
 */
const df_json *df_context_yaml(df_context *cx, df_str path);
const df_json *df_json_get(const df_json *object, const char *key);
const df_json *df_json_at(const df_json *array, size_t index);
size_t df_json_count(const df_json *node); /* members or items; 0 for others */
/* Member `index` of an object, in the order of the file. */
const df_json *df_json_member(const df_json *object, size_t index, df_str *key);
/* The string; false (and empty) if it is none. */
bool df_json_string(const df_json *node, df_str *out);
bool df_json_is_object(const df_json *node);
bool df_json_is_array(const df_json *node);

/* One line of a pip requirements file (pip reference, "Requirements File
 * Format"): comments dropped, continuations joined. */
typedef enum {
    DF_REQ_PACKAGE,    /* name: the distribution as written, without extras */
    DF_REQ_INCLUDE,    /* -r FILE: name */
    DF_REQ_CONSTRAINT, /* -c FILE: name */
    DF_REQ_LOCAL,      /* a path, -e path, file: URL; a line of unknown form:
                        * name */
    DF_REQ_PLACE,  /* a path or file: URL of --find-links or an index: name */
    DF_REQ_URL,    /* a URL or VCS reference, also with -e */
    DF_REQ_OPTION, /* --index-url URL, --hash alone: name (long) */
} df_req_kind;

typedef struct {
    df_req_kind kind;
    df_str name;
    df_str line;     /* the whole line, trimmed */
    uint32_t number; /* of the line, from 1 */
} df_req;

typedef struct {
    const df_req *items;
    uint32_t count;
    bool found;
} df_reqs;
df_reqs df_context_requirements(df_context *cx, df_str path);

/* `replace old => new v1`, `replace old => ../new` */
typedef struct {
    df_str old; /* a module path */
    df_str by;  /* another one; or a directory, as seen from the file's own */
    bool local; /* the latter */
    bool versioned; /* of one version only: `replace old v1 => …` */
} df_goreplace;

/* go.mod and go.work (Go modules reference, "go.mod files" and "go.work
 * files"). */
typedef struct {
    bool found;
    df_str module;
    df_str go;              /* the version of its `go` line */
    const df_str *requires; /* module paths */
    uint32_t nrequires;
    const df_goreplace *replaces;
    uint32_t nreplaces;
    const df_str *uses; /* of a go.work: directories of modules */
    uint32_t nuses;
} df_gomod;
df_gomod df_context_gomod(df_context *cx, df_str path);

#endif

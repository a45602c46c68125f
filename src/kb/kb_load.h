/*
 * Knowledge files: YAML to the structs of dfopt/kb.h, as schema.h says.
 *
 * The format is a plain subset of YAML: one document of mappings, lists and
 * strings. Anchors, aliases and tags are refused, so a file cannot mean more
 * than it says. What is not in the schema is an error, so nesting is bounded
 * by the schema and time by the size of the text.
 */
#ifndef DF_KB_LOAD_H
#define DF_KB_LOAD_H

#include "base/err.h"
#include "kb/schema.h"

/* A configuration has a few KB; the largest table of ours has 100 KB. */
#define DF_MAX_KB (4u * 1024 * 1024)

/* Where something stands in a knowledge file; line and col from 1. */
typedef struct {
    const char *path;
    uint32_t line;
    uint32_t col; /* in characters */
} df_kb_place;

/* Rows of one section so far, each with its place. */
typedef struct {
    char *rows;
    uint32_t nrows, crows;
    df_kb_place *places;
    uint32_t nplaces, cplaces;
} df_kb_rows;

/* A list of strings that rows of our own tables share, written `$name`. */
typedef struct {
    const char *name;
    df_strings items;
} df_kb_list;

/* Knowledge that grows file by file. */
typedef struct {
    df_arena *arena;
    df_kb_rows sections[DF_KB_SECTIONS];
    df_knowledge top; /* fields beside the sections */
    df_kb_list *lists;
    uint32_t nlists, clists;
} df_kb_builder;

void df_kb_builder_init(df_kb_builder *b, df_arena *a);

/*
 * Add a file. `user` says whose it is: `passes` and `skip` belong to a user,
 * `date` and `lists` to the built-in tables. False with *err filled in (code,
 * path, line, col, text) if it is wrong; the builder is of no further use then.
 */
bool df_kb_add(df_kb_builder *b, df_str path, df_str text, bool user,
               df_err *err);

/* All files are in: check names against each other, build the indexes. */
bool df_kb_finish(df_kb_builder *b, df_knowledge *out, df_err *err);

/* One file alone. Everything in *out lives in the arena. */
bool df_kb_load(df_arena *a, df_str path, df_str text, bool user,
                df_knowledge *out, df_err *err);

#endif

/*
 * Go: which programs `go build` and `go install` leave, and what the source of
 * a program says about the files and programs it uses.
 */
#ifndef DFOPT_GO_H
#define DFOPT_GO_H

#include <dfopt/use.h>

typedef struct {
    const df_cmd *cmd;
    df_str path; /* absolute in the image; ptr NULL: cannot be seen */
    bool pure;   /* CGO_ENABLED is 0: the program is static */
    bool linux;  /* GOOS says nothing else */
} df_go_build;

typedef struct {
    df_go_build *items;
    uint32_t nitems, citems;
} df_go_builds;

/* Those that run whenever the stage is built. */
df_go_builds df_go_builds_find(df_arena *a, const df_facts *facts,
                               df_context *cx, const df_stage *stage);

/* What the .go files among `files` say; tests and vendor/ are left out. */
typedef struct {
    df_str *literals; /* string literals, without their quotes */
    uint32_t nliterals, cliterals;
    df_str *embeds; /* patterns of //go:embed, from the context's root */
    uint32_t nembeds, cembeds;
    df_str starts; /* the first file that starts other programs, or empty */
    bool found;    /* there are such files */
} df_go_source;

df_go_source df_go_source_read(df_arena *a, df_context *cx,
                               const df_files *files);

/* Is a file of the context embedded in the program? */
bool df_go_embeds(df_context *cx, const df_go_source *go, df_str path);

#endif

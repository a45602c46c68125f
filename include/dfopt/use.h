/*
 * Use: what a stage calls, from RUN to the scripts that its CMD starts.
 *
 * Followed are scripts of the context (by the COPY that brought them), the
 * scripts of package.json behind `npm run`, and `sh -c`. What a program in
 * another language starts cannot be seen this way: df_spawn_find looks for the
 * plain cases in its source.
 */
#ifndef DFOPT_USE_H
#define DFOPT_USE_H

#include <dfopt/context.h>
#include <dfopt/facts.h>

typedef struct {
    df_str name;           /* without its directory: python3.11 */
    df_str path;           /* as written */
    const df_cmd *cmd;     /* its words; of a script, in a tree of its own */
    const df_instr *instr; /* of the Dockerfile, from which it is reached */
    df_span at;            /* in the Dockerfile */
    df_str via;    /* "start.sh:3", "`start` of package.json"; empty: the
                      Dockerfile itself */
    bool builds;   /* when the image is made, by a RUN; else when it runs */
    bool composed; /* by a compose file */
} df_call;

typedef struct {
    df_span at;
    df_str what; /* to follow "cannot see what": "`make` runs" */
} df_unseen;

typedef struct {
    df_call *calls;
    uint32_t ncalls, ccalls;
    df_unseen *unseen;
    uint32_t nunseen, cunseen;
} df_use;

/* Of a stage FROM an image, with all stages that are FROM it. */
const df_use *df_use_find(df_arena *a, const df_facts *facts, df_context *cx,
                          const df_stage *stage);

/* The same, with what compose files start in an image of that stage, or to see
 * how it does: for who asks what the image is for. See compose.h. */
const df_use *df_use_started(df_arena *a, const df_facts *facts, df_context *cx,
                             const df_stage *stage);

/*
 * Has apt installed what brings `command` when `call` is made? An install
 * that may not happen does not count. A call of NULL is made at run time.
 */
bool df_use_brings(const df_facts *facts, const df_use *use, df_str command,
                   const df_call *call);

/*
 * The first package that apt installs and whose name is like one of the list:
 * `begin*`, `*end`, or the whole of it. NULL if there is none.
 */
const df_call *df_use_installs(const df_use *use, const char *const *names,
                               df_str *package);

/* COPY and ADD of the stage in front of an instruction. */
uint32_t df_stage_copies(const df_facts *facts, const df_stage *stage,
                         uint32_t end);
/* Is it that stage, or built on it? */
bool df_stage_is_on(const df_stage *stage, const df_stage *base);

/* What FROM would name for another image, or another tag of its own: with the
 * registry, if it stands there. */
df_str df_stage_sibling(df_arena *a, const df_stage *stage, df_str repo,
                        df_str tag);

/* WORKDIR at the end of a stage; ptr NULL: unknown. */
df_str df_stage_workdir(df_arena *a, const df_facts *facts,
                        const df_stage *stage);

/* The last instruction of that kind in a stage, or NULL. */
const df_instr *df_stage_last(const df_stage *stage, df_instr_kind kind);

/*
 * The file or directory of the context that `path`, absolute in the image, is
 * a copy of; ptr NULL if no COPY or ADD of the stage or its bases brings it.
 */
df_str df_copied_from(df_arena *a, const df_facts *facts, df_context *cx,
                      const df_stage *stage, df_str path);

/* The same, of what stands above an instruction of the stage. */
df_str df_copied_before(df_arena *a, const df_facts *facts, df_context *cx,
                        const df_instr *instr, df_str path);

/* Lines of a text up to `off`, from 1. */
uint32_t df_line_of(df_str text, size_t off);

/*
 * Regular files that COPY and ADD of [from, to) of the stage's instructions
 * bring, at most `limit` of them (then *cut is set); directories named in
 * `skip` are not entered.
 */
typedef struct {
    df_str *paths; /* in the context */
    uint32_t npaths, cpaths;
    bool cut;
    df_str missing; /* the first source that names nothing, or empty */
} df_files;
df_files df_copied_files(df_arena *a, const df_facts *facts, df_context *cx,
                         const df_stage *stage, uint32_t from, uint32_t to,
                         const char *const *skip);

/* The same of all that the context has, copied or not. */
df_files df_context_files(df_arena *a, df_context *cx, const char *const *skip);

/* A program started by a file of JavaScript, Python or Ruby: exec("git …"). */
typedef struct {
    df_str name;
    df_str file;
    uint32_t line;
} df_spawn;

typedef void df_spawn_fn(void *data, const df_spawn *spawn);

/* May a text of JavaScript, Python or Ruby start programs? */
bool df_text_spawns(df_str text);

/* Call `fn` for each start of a program in files that were copied. */
void df_spawn_each(df_context *cx, const df_files *files, df_spawn_fn *fn,
                   void *data);

#endif

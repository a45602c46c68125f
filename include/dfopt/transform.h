/*
 * What a pass sees: tree, facts, knowledge and context to read; findings and
 * edits to write. A pass has no state, does no I/O and knows no other pass.
 *
 *     static void run(df_pass_ctx *cx) { ... }
 *     DF_PASS(merge_run) = {.name = "merge-run", ..., .run = run};
 *
 * A finding is atomic: all its edits are taken or none. Edits are in offsets
 * of the text the pass was shown; bytes that no edit covers come out as they
 * went in. An edit that overlaps one of an earlier finding drops its whole
 * finding; the pass runs again on the new text and can report it then.
 */
#ifndef DFOPT_TRANSFORM_H
#define DFOPT_TRANSFORM_H

#include <dfopt/context.h>
#include <dfopt/facts.h>
#include <dfopt/kb.h>
#include <dfopt/mem.h>
#include <dfopt/shell.h>
#include <dfopt/str.h>
#include <dfopt/syntax.h>

typedef struct df_pass_ctx df_pass_ctx;
typedef struct df_finding df_finding;

/*
 * Each phase runs to its fixed point before the next one begins, and the whole
 * row again until nothing changes.
 */
typedef enum {
    DF_PHASE_STAGES,   /* which stages there are, and on what */
    DF_PHASE_LAYERS,   /* order of instructions */
    DF_PHASE_RUNS,     /* which RUNs there are */
    DF_PHASE_COMMANDS, /* inside one RUN */
} df_phase;

typedef enum {
    DF_SAFE,   /* applied by default */
    DF_UNSAFE, /* --unsafe, or naming the pass in --only; else a suggestion */
} df_safety;

typedef struct {
    const char *name;    /* merge-run */
    const char *summary; /* one line for lists */
    const char *since;   /* version */
    df_phase phase;
    df_safety safety; /* of its findings, unless they say otherwise */
    void (*run)(df_pass_ctx *cx);
} df_pass;

#define DF_PASS(stem)                                                          \
    extern const df_pass df_pass_##stem;                                       \
    const df_pass df_pass_##stem

/* To read. */
const df_doc *df_cx_doc(const df_pass_ctx *cx);
const df_facts *df_cx_facts(const df_pass_ctx *cx);
const df_kb *df_cx_kb(const df_pass_ctx *cx);
/* Never NULL; df_context_present tells whether there is one. */
df_context *df_cx_context(const df_pass_ctx *cx);
df_arena *df_cx_arena(const df_pass_ctx *cx);
/* The user's settings for this pass, or NULL. */
const df_setting *df_cx_setting(const df_pass_ctx *cx);

/*
 * To say. `at` is a place in the text shown; it is printed as the place of
 * the original file that it came from. The text has no full stop.
 */

/* A change that the pass makes; add edits to it. */
df_finding *df_change(df_pass_ctx *cx, df_span at, const char *format, ...)
    DF_PRINTF(3, 4);
/* Why something was left alone. Shown only if it still holds at the end. */
void df_decline(df_pass_ctx *cx, df_span at, const char *format, ...)
    DF_PRINTF(3, 4);
/* The author certainly meant something else. */
void df_warn(df_pass_ctx *cx, df_span at, const char *format, ...)
    DF_PRINTF(3, 4);
/* Advice without edits. */
void df_suggest(df_pass_ctx *cx, df_span at, const char *format, ...)
    DF_PRINTF(3, 4);

/* What the last finding is about is mended by this line in the ignore file. */
void df_mended_by_ignoring(df_pass_ctx *cx, df_str line);

/* Not for every file, though the pass is safe otherwise. */
void df_unsafe(df_finding *f);
/* Saving in MB (10^6 bytes) uncompressed, from the tables only. */
void df_saves(df_finding *f, double mb);
/* What that is made of, where it comes from, and what is not known of it. */
void df_saves_by(df_finding *f, const char *format, ...) DF_PRINTF(2, 3);
/* The finding names a condition that the reader must check (unsafe only). */
void df_condition(df_finding *f, const char *format, ...) DF_PRINTF(2, 3);

/*
 * What the change may leave different: a path of the image, `/` at its start,
 * with all below it (a cache, a log), `*` in it for any one name; or the name
 * of a variable of the environment. Said by passes whose purpose it is, and
 * used when both images are built and compared.
 */
void df_allow(df_finding *f, const char *name);

/* To change. Texts are copied. */
void df_insert(df_finding *f, uint32_t off, df_str text);
void df_replace(df_finding *f, df_span at, df_str text);
void df_delete(df_finding *f, df_span at);
/* The bytes of `at` go away where they are and appear at `off`, which lies
 * outside `at`. Insertions at one offset keep the order of the calls. */
void df_move(df_finding *f, df_span at, uint32_t off);
/* The bytes of `at` appear at `off`, too. */
void df_copy(df_finding *f, df_span at, uint32_t off);

#endif

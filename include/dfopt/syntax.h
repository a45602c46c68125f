/*
 * The Dockerfile as a tree.
 *
 * The parser is lossless: tokens laid end to end are the file, and every node
 * says which bytes it came from. Nodes are read-only; text changes only
 * through edits (transform.h).
 *
 * Two views of the same bytes matter. The *source* is the file. The *joined*
 * text of an instruction is what the builder works on after it has dropped
 * continuation characters, line ends and the comment lines between them
 * (Dockerfile reference, "Format" and "escape"). df_text maps from the second
 * to the first.
 */
#ifndef DFOPT_SYNTAX_H
#define DFOPT_SYNTAX_H

#include <dfopt/mem.h>
#include <dfopt/str.h>

/* DF_I_UNKNOWN, DF_I_ADD, ... one for each row of instr.def. */
typedef enum {
    DF_I_UNKNOWN,
#define INSTR(id, name, form, flags) DF_I_##id,
#include <dfopt/instr.def>
#undef INSTR
} df_instr_kind;

/* From `at` in the joined text on, bytes come from `src` in the source. */
typedef struct {
    uint32_t at;
    uint32_t src;
} df_seg;

typedef struct {
    df_str str;         /* joined text */
    const df_seg *segs; /* ascending; segs[0].at is 0; never empty */
    uint32_t nsegs;
    bool file; /* a heredoc body: what shell lines are is the shell's affair */
} df_text;

/* Where byte `at` of the joined text stands in the source. */
uint32_t df_text_src(const df_text *text, size_t at);

/*
 * The source of joined bytes [from, to): from the first to behind the last of
 * them, with the continuations between. Empty ranges give an empty span.
 */
df_span df_text_span(const df_text *text, size_t from, size_t to);

/* Joined bytes [from, to) as a text of its own. */
df_text df_text_slice(df_arena *a, const df_text *text, size_t from, size_t to);

/* A blank-separated word, or an item of a JSON array. */
typedef struct {
    df_span span; /* in the source, quotes included */
    df_str str;   /* joined; of a JSON item the decoded string */
} df_word;

/* `--name` or `--name=value`, unquoted as the builder does it. */
typedef struct {
    df_span span;
    df_str name; /* without the dashes */
    df_str value;
    bool has_value;
} df_flag;

/* KEY=VALUE of ENV and LABEL, `KEY VALUE` of the old syntax, an ARG. */
typedef struct {
    df_span span;
    df_word key;
    df_word value; /* as written: quotes and variables are still there */
    bool has_value;
} df_pair;

typedef struct {
    df_span op;   /* `<<-"EOF"` in the instruction */
    df_str name;  /* EOF */
    df_span body; /* whole lines, as in the file */
    df_span end;  /* the line that ends it, without its line end */
    int fd;       /* -1: none written */
    bool expand;  /* the name was not quoted */
    bool strip;   /* `<<-` */
} df_heredoc;

typedef struct df_instr df_instr;

struct df_instr {
    df_instr_kind kind;
    uint32_t index;  /* in df_doc.instrs; that of the ONBUILD for a trigger */
    df_span lines;   /* whole lines, heredoc bodies and last line end too */
    df_span span;    /* keyword up to the last byte that is no line end */
    df_span head;    /* the same without heredoc bodies */
    df_span keyword; /* as written */
    df_text text;    /* joined: keyword, flags, arguments */
    df_flag *flags;
    uint32_t nflags, cflags;
    df_text args; /* joined: what follows the flags, trimmed */
    bool json;    /* exec form: words are the items of the array */
    bool old;     /* ENV KEY VALUE, LABEL KEY VALUE */
    bool bad;     /* a problem was reported for it; passes must not touch it */
    df_word *words; /* list and JSON forms */
    uint32_t nwords, cwords;
    df_pair *pairs; /* ENV, LABEL, ARG */
    uint32_t npairs, cpairs;
    df_heredoc *heredocs;
    uint32_t nheredocs, cheredocs;
    df_instr *trigger; /* of ONBUILD */
};

/* A comment line: between instructions, or inside a continued one. */
typedef struct {
    df_span span; /* from `#`, without the line end */
    df_span line; /* with indentation and line end */
    bool inside;  /* of an instruction */
} df_comment;

typedef struct {
    df_span span;
    df_str key; /* lower case: syntax, escape, check */
    df_str value;
} df_directive;

typedef enum {
    DF_TOK_BOM,
    DF_TOK_DIRECTIVE, /* whole line without its end */
    DF_TOK_COMMENT,
    DF_TOK_BLANK,   /* blanks before something, or on a line of their own */
    DF_TOK_NEWLINE, /* LF or CR LF; trailing blanks are with the text */
    DF_TOK_KEYWORD,
    DF_TOK_TEXT,     /* a stretch of an instruction within one line */
    DF_TOK_CONTINUE, /* escape character, blanks and line end */
    DF_TOK_BODY,     /* of a heredoc */
    DF_TOK_BODY_END, /* the terminator, without its line end */
} df_token_kind;

typedef struct {
    df_token_kind kind;
    df_span span;
} df_token;

typedef struct {
    df_span span;
    df_str text;
} df_problem;

typedef struct {
    df_str name; /* of the file, for messages */
    df_str text; /* its bytes */
    char escape; /* `\` or '`' */
    bool crlf;   /* most lines end so: new lines should, too */
    df_token *tokens;
    uint32_t ntokens, ctokens;
    df_directive *directives;
    uint32_t ndirectives, cdirectives;
    df_comment *comments;
    uint32_t ncomments, ccomments;
    df_instr **instrs;
    uint32_t ninstrs, cinstrs;
    df_problem *problems; /* errors of the document, in order */
    uint32_t nproblems, cproblems;
} df_doc;

/* The bytes of a span. */
df_str df_source(const df_doc *doc, df_span span);

/* "RUN" for DF_I_RUN; "?" for DF_I_UNKNOWN. */
const char *df_instr_name(df_instr_kind kind);

/* The flag of that name (last one wins, as in the builder), or NULL. */
const df_flag *df_instr_flag(const df_instr *instr, const char *name);

/* Does a comment begin inside the span? */
bool df_holds_comment(const df_doc *doc, df_span span);

/* Offset of the first byte of the line that holds `off`; and behind its end. */
uint32_t df_line_start(const df_doc *doc, uint32_t off);
uint32_t df_line_end(const df_doc *doc, uint32_t off);

/* "\n" or "\r\n", as most lines of the file end. */
df_str df_newline(const df_doc *doc);

#endif

/*
 * Tokens of the shell (XCU 2.3), scanned one at a time when the parser asks,
 * because what a byte means depends on the place the parser is in.
 *
 * A token is a whole word: its quotes are matched and the commands in its
 * substitutions are parsed when it is returned. The first failure is final:
 * from then on every token is DF_SHTOK_FAILED.
 */
#ifndef DF_SHELL_SH_LEXER_H
#define DF_SHELL_SH_LEXER_H

#include <dfopt/shell.h>

/* What df_sh_peek returns behind the last byte. */
#define DF_SH_END (-1)

typedef enum {
    DF_SHTOK_FAILED,
    DF_SHTOK_EOF,
    DF_SHTOK_EOL,
    DF_SHTOK_WORD,
    DF_SHTOK_FD,    /* `2` or `{name}` right before a redirection */
    DF_SHTOK_OP,    /* `op` says which */
    DF_SHTOK_OPEN,  /* ( */
    DF_SHTOK_CLOSE, /* ) */
} df_sh_tok_kind;

/* What the next word may be. */
typedef enum {
    DF_PLACE_COMMAND, /* the start of a command: assignments, a[i]= too */
    DF_PLACE_PREFIX,  /* behind a redirection: assignments of strings only */
    DF_PLACE_ARG,
    DF_PLACE_DECL,    /* an argument of `declare` or its like: x=( … ) */
    DF_PLACE_PATTERN, /* right of == in [[ ]]: extglob is on */
    DF_PLACE_REGEX,   /* right of =~ */
} df_sh_place;

typedef struct {
    df_sh_tok_kind kind;
    df_sh_op op;
    size_t from;
    size_t to;
    df_sh_word word;
    int fd;       /* FD: its number, -1 for {name} */
    bool assigns; /* WORD: name=…, with `assign` filled in */
    df_sh_assign assign;
} df_sh_token;

/* A redirection that waits for its lines. */
typedef struct {
    df_sh_node *node;
    uint32_t redir;
} df_sh_here;

/* One script, with the backquotes in it. */
typedef struct {
    df_arena *arena;
    df_sh_tree *tree;
    bool is_bash;
    bool failed;
    uint32_t depth;
    bool rewound; /* inside a `((` that was read a second time */
} df_sh_job;

/* What a substitution starts afresh and gives back. */
typedef struct {
    df_sh_token tok;
    bool loaded; /* tok is scanned but not taken */
    size_t last; /* end of the token taken last */
    bool closed; /* that token ended a compound command */
    df_sh_place place;
    uint32_t outer_heres; /* those that wait outside */
} df_sh_frame;

typedef struct {
    df_sh_job *job;
    const df_text *text;
    size_t pos;
    size_t end;
    size_t tail;    /* end of the byte taken last */
    size_t extglob; /* from here on `shopt -s extglob` may be in effect */
    df_sh_frame frame;
    df_sh_here *heres;
    uint32_t nheres, cheres;
} df_sh_lexer;

void df_sh_lexer_init(df_sh_lexer *l, df_sh_job *job, const df_text *text);

/* Notes the first failure, at a place in the source. Returns false. */
bool df_sh_fail(df_sh_lexer *l, df_span at, const char *format, ...)
    DF_PRINTF(3, 4);

/* Something that only bash reads, or that other shells read differently. */
void df_sh_bashism(df_sh_lexer *l);

/* One level deeper; false (and a failure) beyond DF_MAX_DEPTH. */
bool df_sh_enter(df_sh_lexer *l, size_t at);
void df_sh_leave(df_sh_lexer *l);

/* Joined bytes [from, to), and where they stand; `to` is cut at the end. */
df_str df_sh_slice(const df_sh_lexer *l, size_t from, size_t to);
df_span df_sh_span(const df_sh_lexer *l, size_t from, size_t to);

/* The next token; it stays until df_sh_skip. */
const df_sh_token *df_sh_tok(df_sh_lexer *l);

/* Takes the next token; what follows may be a command. */
void df_sh_skip(df_sh_lexer *l);

/* Blanks, comments and line continuations. */
void df_sh_skip_blanks(df_sh_lexer *l);

/* Is the next token this one? */
bool df_sh_at_op(df_sh_lexer *l, df_sh_op op);

/* Is it an unquoted word of these letters? */
bool df_sh_at_word(df_sh_lexer *l, const char *word);

/* If the next bytes are `s`, take them. */
bool df_sh_match(df_sh_lexer *l, const char *s);

/*
 * The next byte once line continuations are dropped (XCU 2.2.1), as unsigned
 * char; and the one behind it.
 */
static inline int df_sh_peek(df_sh_lexer *l)
{
    const char *s = l->text->str.ptr;

    while (l->end - l->pos > 1 && s[l->pos] == '\\' && s[l->pos + 1] == '\n')
        l->pos += 2;
    return l->pos < l->end ? (unsigned char)s[l->pos] : DF_SH_END;
}

/* Takes one byte, whatever it is. */
static inline void df_sh_take(df_sh_lexer *l)
{
    if (l->pos < l->end)
        l->tail = ++l->pos;
}

int df_sh_peek2(df_sh_lexer *l);

/* Takes a backslash and the byte behind it. False if there is none. */
bool df_sh_take_escape(df_sh_lexer *l);

#endif

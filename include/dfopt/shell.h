/*
 * The shell inside RUN, as a tree.
 *
 * The grammar is that of POSIX XCU 2.10 and of what bash scripts in
 * Dockerfiles add. Every node has a span in the source (continuations and
 * dropped comment lines may lie inside it) and its text in the joined view.
 * A text that is not understood gives a tree with ok == false: that is an
 * answer, and passes respect it.
 */
#ifndef DFOPT_SHELL_H
#define DFOPT_SHELL_H

#include <dfopt/mem.h>
#include <dfopt/str.h>
#include <dfopt/syntax.h>

/* Which shell reads the text. */
typedef enum {
    DF_SHELL_POSIX,   /* sh, dash, ash: what they share with bash */
    DF_SHELL_BASH,    /* bash by name */
    DF_SHELL_FOREIGN, /* cmd, powershell, anything unknown: never parsed */
} df_shell_kind;

typedef enum {
    DF_SH_LIST,     /* kids: ANDOR, each with the separator behind it */
    DF_SH_ANDOR,    /* kids: PIPE, each with the operator before it */
    DF_SH_PIPE,     /* kids: commands, each with the operator before it */
    DF_SH_SIMPLE,   /* assigns, words, redirs */
    DF_SH_SUBSHELL, /* kids: LIST */
    DF_SH_GROUP,    /* kids: LIST */
    DF_SH_IF,       /* kids: LISTs: condition, then, [condition, then,] else */
    DF_SH_WHILE,    /* kids: LISTs: condition, body; also until (negated) */
    DF_SH_FOR,      /* name, words; kids: LIST (body) */
    DF_SH_SELECT,   /* like FOR */
    DF_SH_ARITHFOR, /* for ((...)): words: one, `a; b; c`; kids: LIST (body) */
    DF_SH_CASE,     /* words: subject; kids: ITEM */
    DF_SH_ITEM,     /* words: patterns; kids: LIST */
    DF_SH_FUNCTION, /* name; kids: one compound command */
    DF_SH_TEST,     /* [[ ... ]]: words are those between the brackets, the
                       operators && || ! ( ) < > too */
    DF_SH_ARITH,    /* (( ... )): words: one, the expression */
} df_sh_kind;

/* Operators: between commands, behind them, and of redirections. */
typedef enum {
    DF_OP_NONE,
    DF_OP_SEMI,      /* ; */
    DF_OP_AMP,       /* & */
    DF_OP_NEWLINE,   /* a line end of a heredoc body, or `\n` in a script */
    DF_OP_AND,       /* && */
    DF_OP_OR,        /* || */
    DF_OP_PIPE,      /* | */
    DF_OP_PIPE_BOTH, /* |& (bash) */
    DF_OP_DSEMI,     /* ;;  and, in bash, ;& and ;;& */
    DF_OP_IN,        /* < */
    DF_OP_OUT,       /* > */
    DF_OP_APPEND,    /* >> */
    DF_OP_CLOBBER,   /* >| */
    DF_OP_INOUT,     /* <> */
    DF_OP_DUP_IN,    /* <& */
    DF_OP_DUP_OUT,   /* >& */
    DF_OP_HERE,      /* << */
    DF_OP_HERE_TABS, /* <<- */
    DF_OP_HERE_STR,  /* <<< (bash) */
    DF_OP_BOTH,      /* &> (bash; in POSIX shells `&` and then `>`) */
    DF_OP_BOTH_APP,  /* &>> (bash) */
} df_sh_op;

typedef struct df_sh_node df_sh_node;

/* What stands inside a word and makes it more than its letters. */
enum {
    DF_WORD_QUOTED = 1,    /* '…', "…", \x, $'…', $"…" */
    DF_WORD_VAR = 2,       /* $x, ${…} */
    DF_WORD_CMDSUB = 4,    /* $(…), `…` */
    DF_WORD_ARITH = 8,     /* $((…)), $[…] */
    DF_WORD_GLOB = 16,     /* unquoted * ? [ or, in bash, an extglob */
    DF_WORD_TILDE = 32,    /* begins with an unquoted ~ */
    DF_WORD_BRACE = 64,    /* unquoted {a,b} or {1..3}: bash expands it */
    DF_WORD_PROCSUB = 128, /* <(…) >(…) (bash) */
    DF_WORD_ASSIGNS = 256, /* ${x:=y}, ${x=y}, $((x=1)), $((x++)) */
    DF_WORD_ARRAY = 512,   /* name=( … ) (bash), as in `declare x=(1 2)` */
};

/*
 * `value` is the word after quote removal if nothing in it is expanded (flags
 * are 0 or only QUOTED): then is_plain is true. Else value.ptr is NULL.
 */
typedef struct {
    df_span span;
    df_str text; /* joined, as written */
    df_str value;
    bool is_plain;
    unsigned flags;
    const df_sh_node *const *subs; /* LISTs of command and process
                                      substitutions, in order */
    uint32_t nsubs;
} df_sh_word;

typedef struct {
    df_span span; /* name up to the end of the value */
    df_str name;
    bool append;      /* += (bash) */
    bool indexed;     /* name[...]= (bash) */
    bool array;       /* =( … ) (bash): value.text holds it whole */
    df_sh_word value; /* may be empty; subs are those of the index, too */
} df_sh_assign;

typedef struct {
    df_span span;
    df_sh_op op;
    int fd;            /* -1: none written, or {name} */
    df_sh_word target; /* of HERE: the delimiter */
    df_span body;      /* of HERE: the lines up to the terminator; empty if
                          they are not in the text: a Dockerfile keeps them in
                          df_instr.heredocs */
    df_sh_word lines;  /* of HERE: the same as a word; a quoted delimiter makes
                          it plain, else flags and subs tell what expands */
} df_sh_redir;

struct df_sh_node {
    df_sh_kind kind;
    df_span span; /* of a LIST: without the separator behind its last */
    df_str text;  /* joined; inside backquotes after their unescaping */
    df_sh_op op;  /* operator before it (ANDOR, PIPE kids) or behind it
                     (LIST, ITEM kids); NONE for the first/last */
    df_span op_span;
    bool negated; /* PIPE: `!` before it; WHILE: until */
    bool timed;   /* PIPE: `time` before it */
    df_str name;  /* FOR, SELECT, FUNCTION */
    bool listed;  /* FOR, SELECT: `in` was written, maybe with no words */
    df_sh_assign *assigns;
    uint32_t nassigns, cassigns;
    df_sh_word *words;
    uint32_t nwords, cwords;
    df_sh_redir *redirs; /* of simple and compound commands */
    uint32_t nredirs, credirs;
    df_sh_node **kids;
    uint32_t nkids, ckids;
};

typedef struct {
    df_text text; /* what was parsed */
    bool ok;
    df_span bad;            /* where it was not understood */
    df_str problem;         /* and why: "quote is not closed (opened here)" */
    bool bashisms;          /* it uses what POSIX shells do not know, or read
                               differently: [[ ]], (( )), &>, |&, <( ), arrays, $'…',
                               function, <<<, +=, select, {a,b} */
    const df_sh_node *root; /* LIST, maybe of no commands; NULL unless ok */
    df_span *comments;      /* `# …` that the shell drops */
    uint32_t ncomments, ccomments;
} df_sh_tree;

/*
 * Parse a shell script. Works in time linear in its size; nesting beyond
 * DF_MAX_DEPTH is "not understood". Never fails in another way.
 */
const df_sh_tree *df_sh_parse(df_arena *a, const df_text *text,
                              df_shell_kind shell);

/*
 * Every node below and including `node`, in source order, those inside
 * command substitutions too. Return false from fn to skip a node's kids.
 */
void df_sh_walk(const df_sh_node *node,
                bool (*fn)(const df_sh_node *node, void *ctx), void *ctx);

/* The only command of a tree that is one SIMPLE command, or NULL. */
const df_sh_node *df_sh_only(const df_sh_tree *tree);

#endif

/*
 * Facts: derived once from tree, shell trees and knowledge, read by every
 * pass. What cannot be known is said to be unknown, never guessed.
 */
#ifndef DFOPT_FACTS_H
#define DFOPT_FACTS_H

#include <dfopt/context.h>
#include <dfopt/kb.h>
#include <dfopt/mem.h>
#include <dfopt/shell.h>
#include <dfopt/syntax.h>

typedef struct df_stage df_stage;
typedef struct df_cmd df_cmd;
typedef struct df_run df_run;
typedef struct df_taking df_taking;

/* A variable as later instructions see it. */
typedef struct {
    df_str name;
    df_str value; /* ptr NULL: set, but to something unknown */
    bool env;     /* false: an ARG */
    bool by_arg;  /* an ENV whose value names an ARG, maybe through another */
} df_var;

/* An ENV that sets PATH. */
typedef struct df_path_env df_path_env;
struct df_path_env {
    const df_instr *instr;
    const df_path_env *before; /* the next older one, or NULL */
};

/*
 * What holds just before an instruction runs. Of a stage FROM another stage
 * the state goes on; of one FROM an image it begins with what the knowledge
 * says of that image, mostly "unknown".
 */
typedef struct {
    df_shell_kind shell;
    bool shell_default;  /* no SHELL yet: /bin/sh -c (cmd on Windows) */
    bool shell_errexit;  /* SHELL carries -e */
    bool shell_pipefail; /* SHELL carries -o pipefail */
    df_str user;    /* as USER says it; empty: none yet; ptr NULL: unknown */
    df_str workdir; /* absolute; ptr NULL: unknown */
    const df_var *vars; /* newest last; look up with df_var_get */
    uint32_t nvars;
    const df_path_env *paths; /* the newest, or NULL */
} df_state;

/* The newest variable of that name, or NULL. */
const df_var *df_var_get(const df_state *state, df_str name);

struct df_stage {
    uint32_t index;
    df_str name; /* lower case as written after AS; empty if none */
    const df_instr *from;
    df_instr *const *instrs; /* from FROM up to the next FROM */
    uint32_t ninstrs;
    const df_run *runs; /* of its instructions */
    uint32_t nruns;
    df_str image;         /* with variables expanded; ptr NULL: unknown */
    const df_stage *base; /* FROM names that stage */
    const df_stage *root; /* the first of its bases: itself if FROM an image */
    const df_stage *next; /* the next in the file with the same root, or NULL */
    uint32_t enter, leave; /* in the tree of bases: those that are built on it
                              enter from `enter` on, before `leave` */
    const df_taking *takings; /* of a root: who copies from it, or from a stage
                                 that is built on it, in the file's order */
    /* Of an image: repository without docker.io/library, tag ("latest" if
     * none is written), digest; empty if unknown. */
    df_str repo;
    df_str tag;
    df_str digest;
    df_str platform;       /* of FROM, or of the build; empty: nothing says */
    df_word image_word;    /* as written in FROM */
    const df_image *known; /* its row in the knowledge, or NULL; of a stage
                              FROM a stage that of the base */
    bool shipped; /* the target, or a stage that the target is FROM; without
                     --target: the last, those nobody uses, and their bases */
    bool used;    /* a later stage is FROM it or copies from it */
    bool windows;
    bool brings_programs; /* it, or one of its bases, may COPY something to
                             where programs are looked for */
};

/* `COPY --from=` that names a stage. */
struct df_taking {
    const df_instr *instr;
    const df_stage *by;   /* the stage it stands in */
    const df_stage *from; /* the one that it names */
    const df_taking *next;
};

/*
 * One simple command, looked at through wrappers (sudo, env, time, exec …):
 * of `sudo -E apt-get -y install x` the tool is apt-get.
 */
struct df_cmd {
    const df_run *run;
    const df_sh_node *node; /* the SIMPLE node */
    const df_tool *known;   /* knowledge about the tool, or NULL */
    df_str tool; /* base name; of `python -m pip` and the like: pip; ptr NULL
                    if it is computed at run time */
    uint32_t tool_word; /* index in node->words */
    const bool *values; /* of each word: is it an option whose value is the next
                           one? NULL: none is */
    uint32_t sub_word;  /* of the subcommand; 0 if none (a tool is never
                           subcommand: 0 is free) */
    df_str sub;         /* its value; empty if none */
    const df_ecosystem *ecosystem; /* the row that it falls under, or NULL:
                                      `go mod download`, too */
    bool wrapped;                  /* something stands before the tool */
    bool sudo;                     /* one of the wrappers is sudo */
    bool other_user; /* a wrapper may change the user or the root (su, gosu,
                        chroot, sudo -u) */
    bool script;     /* it lies in the string of `sh -c '…'` */
    df_str dir; /* directory it runs in: absolute, or relative to WORKDIR if
                   that is unknown ("." at first); ptr NULL: unknown */
    bool unconditional;     /* runs whenever the RUN comes that far: in the top
                               && and ; chain, maybe in ( ) or { }, not below if,
                               ||, loops, in a pipe or a substitution */
    bool top;               /* in the top LIST itself */
    const df_sh_node *pipe; /* the nodes right around it */
    const df_sh_node *andor;
    const df_sh_node *list;
};

struct df_run {
    const df_kb *kb;
    const df_instr *instr; /* RUN, or what ONBUILD triggers */
    const df_stage *stage;
    const df_state *state;
    const df_sh_tree *tree; /* ok == false also for JSON form, foreign shells
                               and RUN with a heredoc that is the script */
    df_cmd *cmds;           /* in source order */
    uint32_t ncmds, ccmds;
    df_str *functions; /* names that it defines, but in `sh -c '…'` */
    uint32_t nfunctions, cfunctions;
    bool onbuild;
};

/*
 * The commands of a stage's RUNs in source order: the one behind `cmd`, or the
 * first if that is NULL; NULL behind the last.
 *
 *     for (const df_cmd *c = NULL; (c = df_stage_next_cmd(stage, c)) != NULL;)
 *         use(c);
 */
const df_cmd *df_stage_next_cmd(const df_stage *stage, const df_cmd *cmd);
/* The same, and NULL from `at` on: those of its stage that stand above it. */
const df_cmd *df_stage_cmd_above(const df_cmd *at, const df_cmd *cmd);

/* How the author joins commands. */
typedef struct {
    bool leading;  /* `&&` begins the line; else it ends the one before */
    df_str indent; /* of the continuation line */
    bool guessed;  /* the file shows none */
} df_style;

typedef struct {
    const df_doc *doc;
    const df_kb *kb;
    df_style style; /* of the first RUN that shows one; else leading, with one
                       blank */
    const df_stage *stages;
    uint32_t nstages;
    const df_state *states;          /* of each instruction: before it */
    const df_stage *const *stage_of; /* of each instruction; NULL before the
                                        first FROM */
    const df_run *runs;
    uint32_t nruns;
    const df_run *const *run_of; /* of each instruction, or NULL */
    const uint32_t *copies;    /* of each instruction: COPY and ADD before it in
                                  the file; one more at the end */
    struct df_map *names;      /* stages by their names, see df_stage_find */
    const df_var *global_args; /* ARG before the first FROM */
    uint32_t nglobal_args;
    struct df_answers *answers; /* to what was asked before */
} df_facts;

/* The stage that `--from=` (with its number, too) or FROM names, among the
 * first `limit`; or NULL. */
const df_stage *df_stage_find(const df_facts *facts, df_str name,
                              uint32_t limit, bool numbers);

/* What `# dfopt: KEY=VALUE` in the lines above an instruction says; empty:
 * nothing. */
df_str df_instr_says(const df_doc *doc, const df_instr *instr, const char *key);

/* Option of that name among the words behind the tool? `--name=value` counts;
 * `-y` is found in `-qy` if the tool bundles short options. */
bool df_cmd_has(const df_cmd *cmd, const char *option);
bool df_cmd_has_any(const df_cmd *cmd, df_strings options);
/* The value of `--name value` or `--name=value`; false if absent or computed.
 */
bool df_cmd_value(const df_cmd *cmd, const char *option, df_str *value);

/*
 * Operands behind tool and subcommand: words that are neither options nor
 * option values. Returns the word index of operand n, or 0.
 */
uint32_t df_cmd_operand(const df_cmd *cmd, uint32_t n);
uint32_t df_cmd_operands(const df_cmd *cmd); /* how many */
uint32_t df_cmd_last_operand(const df_cmd *cmd);

/*
 * All of them, in one walk:
 *
 *     for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
 *         use(df_cmd_word(cmd, it.at));
 */
typedef struct {
    const df_cmd *cmd;
    uint32_t at; /* word index; 0: the end */
    bool dashes; /* behind `--` */
} df_operands;
df_operands df_cmd_all_operands(const df_cmd *cmd);
uint32_t df_operands_next(df_operands *it);
const df_sh_word *df_cmd_word(const df_cmd *cmd, uint32_t index);

/* Subcommand and first operand, "mod download", in the room that is given;
 * empty: there are not both, or they do not fit. */
df_str df_cmd_both(const df_cmd *cmd, char *room, size_t size);

/* Its image brings the tool itself: gem in ruby, npm in node. */
bool df_cmd_is_at_home(const df_cmd *cmd);

/* -g, --global, or `yarn global`: not into the project. */
/* Is an option like `--ignore-scripts` given, without `=false` or a `--no-…`
 * behind it? */
bool df_cmd_is_on(const df_cmd *cmd, const char *option);
bool df_cmd_is_global(const df_cmd *cmd);

/* apt-get, apk, …: fetches, and touches nothing but the system. */
bool df_cmd_is_package_manager(const df_cmd *cmd);
/* /var/lib/apt/lists/…: where these leave something, and no other tool does. */
bool df_path_is_of_packages(const df_kb *kb, df_str path);

/* Is it one of "tool sub", "tool *" or "tool"? */
bool df_cmd_in(const df_cmd *cmd, df_strings list);
/* Any command of the RUN from index `from` on? */
bool df_cmds_any(const df_run *run, uint32_t from, df_strings list);

/* Is it a cleaning as the row describes it (its command-text)? */
bool df_cmd_cleans(df_arena *a, const df_cmd *cmd, const df_cache *row);
/* The same of any command of the RUN; the pattern is compiled once. */
bool df_run_cleans(df_arena *a, const df_run *run, const df_cache *row);

/* The first words of it, or of any text of the shell, for messages. */
df_str df_cmd_brief(const df_cmd *cmd);
df_str df_sh_brief(df_str text);

/* A shell script of somebody: x.sh, `sh FILE`, `. FILE`, `… | sh`. */
bool df_cmd_is_script(const df_cmd *cmd);
/* Its text, if the build context has a file of that path or the end of it. */
bool df_cmd_script_text(df_context *context, const df_cmd *cmd, df_str *text);

/*
 * Does it install what a manifest of the project names (npm ci, pip install
 * -r FILE), with nothing on the command line that says otherwise?
 */
bool df_cmd_is_manifest_install(const df_cmd *cmd);

/*
 * Expand $VAR and ${VAR…} of a word of an instruction as the builder does,
 * with what is in effect there. ptr NULL if something in it is unknown.
 */
df_str df_expand(df_arena *a, const df_facts *facts, const df_instr *at,
                 df_str word);

/* `path` against `dir` ("/" first), `.` and `..` resolved; no trailing slash
 * but for "/". ptr NULL if dir is unknown and path is not absolute. */
df_str df_image_path(df_arena *a, df_str dir, df_str path);
/* Is `path` dir or below it? Both clean. */
bool df_image_below(df_str path, df_str dir);

/* A pragma right above an instruction: `# dfopt: keep`, `# dfopt: ignore=…`,
 * `# hadolint ignore=…`: passes that join or move leave it. */
bool df_instr_pragma(const df_doc *doc, const df_instr *instr);
/* `# dfopt: ignore` or `ignore=…` naming the pass, above it or for the file. */
bool df_instr_ignored(const df_doc *doc, const df_instr *instr,
                      const char *pass);

#endif

/* Rows of RUN bodies: see test/join_rows.h. */
#include "test/join_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "syntax/parser.h"
#include "test/dice.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define MAX_BODIES 4
#define MAX_DEPTH  9

/* --- shells, and how SHELL calls them --- */

enum { DASH = 1, BASH = 2, BASH_SH = 4, BUSYBOX = 8 };

const row_shell ROW_SHELLS[NSHELLS] = {
    {DASH, "dash", "dash", "/bin/sh"},
    {BASH, "bash", "bash", "/bin/bash"},
    {BASH_SH, "bash as sh", "bash", "/bin/sh"},
    {BUSYBOX, "busybox sh", "busybox", "/bin/sh"},
};

static const row_form FORMS[] = {
    {10, DASH | BASH_SH | BUSYBOX, "", {"-c"}},
    {3, BASH, "SHELL [\"/bin/bash\", \"-c\"]\n", {"-c"}},
    {3,
     BASH,
     "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n",
     {"-o", "pipefail", "-c"}},
    {2,
     BASH,
     "SHELL [\"/bin/bash\", \"-euo\", \"pipefail\", \"-c\"]\n",
     {"-euo", "pipefail", "-c"}},
    {2, DASH | BASH_SH | BUSYBOX, "SHELL [\"/bin/sh\", \"-ec\"]\n", {"-ec"}},
    {1,
     BUSYBOX,
     "SHELL [\"/bin/ash\", \"-eo\", \"pipefail\", \"-c\"]\n",
     {"-eo", "pipefail", "-c"}},
};

/* --- the grammar --- */

/*
 * `@X` is a rule of that name, `@w` the directory, `@n` a digit; a line end is
 * a continuation, `\v` a bare line end (behind a comment line). Names: Body,
 * List, a list of Many lines, And chain, Or list, Pipeline, Command, Simple
 * command, Tap (the first part of a pipeline: it writes nothing, so it cannot
 * race), File, Directory, Variable, Newline or not, a trap (X).
 *
 * Nothing here may write outside the directory, depend on time, or never end:
 * `hello` is called by bodies only and does nothing but simple commands.
 */
enum { BASH_RULE = 1, TRAP_RULE = 2 };

typedef struct {
    char name;
    unsigned weight;
    unsigned flavour;
    const char *text;
} rule;

static const rule RULES[] = {
    {'B', 40, 0, "@L"},
    {'B', 10, 0, "@A"},
    {'B', 8, 0, "@L;"},
    {'B', 4, 0, "@L \n;"},
    {'B', 6, 0, "set -e@;@L"},
    {'B', 12, 0, "set -eux;\n@M"},
    {'B', 8, 0, "set -ex@&@A"},
    {'B', 8, 0, "set -ex@&@S@&@S"},
    {'B', 8, 0, "export u=@n@&@A"},
    {'B', 6, 0, "v=@n@&@A"},
    {'B', 4, 0, "v=@n@&echo $v >> log"},
    {'B', 4, 0, "v=@n@&set -x@&@S@&@S"},
    {'B', 4, 0, "set -x;\n@S@;@A"},
    {'B', 6, 0, "rm -rf @w/d/a"},
    {'B', 6, 0, "pwd >> @w/log"},
    {'B', 3, 0, "ls > @w/list"},
    {'B', 4, 0, "mkdir -p @w/d/e@&rm -f @w/a"},
    {'B', 8, 0, "set -e;@N@M"},
    {'B', 3, 0, "set -eux; \n# first, as always\v    @M;"},
    {'B', 3, 0, "set -euxo pipefail; \n@M"},
    {'B', 2, 0, "set -o pipefail@&@A"},
    {'B', 2, 0, "set -o pipefail@;@L"},
    {'B', 6, 0, "cd @w@&@A"},
    {'B', 4, 0, "cd @w/d@&@A"},
    {'B', 2, 0, "cd @w/d@&@L"},
    {'B', 2, 0, "cd @w/d@;@L"},
    {'B', 1, 0, "cd @w/missing@&@L"},
    {'B', 1, 0, "cd @w/missing; @L"},
    {'B', 4, 0, "cd @D@&@A"},
    {'B', 2, 0, ". ./@R@&@A"},
    {'B', 2, 0, ". ./@R@;@L"},
    {'B', 2, 0, "eval 'set -e'@&@L"},
    {'B', 4, 0, "@L@;cd @D"},
    {'B', 2, 0, "@A # a note && false"},
    {'B', 1, 0, "# all of it"},
    {'B', 1, 0, "{ sleep 0.3; @L; } &"},
    {'B', 2, 0, "sleep 0.3 && touch late &"},
    {'B', 1, 0, "{ sleep 0.3; touch late; } & @A"},
    {'B', 1, 0, "( sleep 0.05; touch late ) & wait"},
    {'B', 1, 0, "sleep 0.1"},
    {'B', 4, 0, "hello() { @S; @S; }@;@S@;hello"},
    {'B', 2, 0, "hello() { @S@&@S; }@;hello || @S"},
    {'B', 2, 0, "set -e; hello() { @S; @S; }; hello; @S"},
    {'B', 3, 0, "hello || echo none >> log"},
    {'B', 14, 0, "echo \"[$v][$u][$#][$PWD]\" >> log@;@L"},
    {'B', 5, 0, "echo \"$-\" | grep -q @E@;echo $? >> log"},
    {'B', 4, 0, "umask >> log@;echo * >> log@&@L"},
    {'B', 8, 0, "@C"},
    {'B', 4, 0, "! @C"},
    {'B', 3, 0, "{ @L; }"},
    {'B', 3, 0, "( @L )"},
    {'B', 150, TRAP_RULE, "@X"},
    {'B', 150, TRAP_RULE, "@X@&@X"},
    {'B', 40, TRAP_RULE, "@X@;@X"},

    {'L', 6, 0, "@A"},
    {'L', 4, 0, "@O"},
    {'L', 4, 0, "@A@;@A"},
    {'L', 3, 0, "@O@;@A"},
    {'L', 3, 0, "@A@;@O"},
    {'L', 2, 0, "@S@;@L"},
    {'L', 2, 0, "@P@;@P@;@L"},

    {'M', 4, 0, "@S;@N@S"},
    {'M', 6, 0, "@S;@N@M"},
    {'M', 3, 0, "@P;@N@M"},
    {'M', 2, 0, "@C;@N@M"},
    {'M', 1, 0, "@O;@N@M"},
    {'M', 1, 0, "@S;@N@S;"},

    {'A', 6, 0, "@P"},
    {'A', 6, 0, "@P@&@P"},
    {'A', 2, 0, "@P@&@A"},

    {'O', 4, 0, "@P || @P"},
    {'O', 2, 0, "@P@&@P || @P"},
    {'O', 3, 0, "@P || @P@&@P"},
    {'O', 2, 0, "@P || true"},
    {'O', 1, 0, "@P || @O"},

    {'P', 20, 0, "@C"},
    {'P', 2, 0, "! @C"},
    {'P', 1, 0, "@T | cat >> log"},
    {'P', 1, 0, "@T | @C"},
    {'P', 1, 0, "@T | @T | @C"},
    {'P', 1, 0, "echo @n | cat >> log"},
    {'P', 1, 0, "echo @n | { read @V; @L; }"},
    {'P', 1, 0, "echo @n | while read @V; do @L; done"},
    {'P', 1, BASH_RULE, "time @C"},
    {'P', 1, BASH_RULE, "@T |& cat >> log"},

    {'T', 4, 0, "true"},
    {'T', 4, 0, "false"},
    {'T', 1, 0, "cd d"},
    {'T', 1, 0, "@V=1"},
    {'T', 1, 0, "exit 0"},
    {'T', 1, 0, "exit 1"},
    {'T', 1, 0, "set -e"},

    {'C', 40, 0, "@S"},
    {'C', 2, 0, "{ @L; }"},
    {'C', 3, 0, "( @L )"},
    {'C', 1, 0, "(@L)"},
    {'C', 2, 0, "if @L; then @L; fi"},
    {'C', 1, 0, "if @L; then @L; else @L; fi"},
    {'C', 1, 0, "if @P; then\n@L; elif @P; then\n@L; fi"},
    {'C', 2, 0, "for @V in 1 2; do @L; done"},
    {'C', 1, 0, "for @V in 1 2; do @L@;break; done"},
    {'C', 1, 0, "while read @V; do @L; done < lines"},
    {'C', 1, 0, "until [ -f @w/stop ]; do : > @w/stop; @L; done"},
    {'C', 1, 0, "case \"$@V\" in 1|2) @L ;; *) @L ;; esac"},
    {'C', 1, 0, "case x in (x) @L;; esac"},
    {'C', 1, 0, "case x in x) ;; esac"},
    {'C', 1, 0, "{ @L; } >> log"},
    {'C', 1, 0, "( @L ) > @F"},
    {'C', 1, 0, "hello() { @S; }"},
    {'C', 1, 0, "hello() ( @S; @S )"},
    {'C', 2, BASH_RULE, "function hello { @S; @S; }"},
    {'C', 2, BASH_RULE, "for ((i = 0; i < 2; i++)); do @L; done"},
    {'C', 2, BASH_RULE, "[[ $@V == 1 && -f a ]]"},
    {'C', 2, BASH_RULE, "[[ abc =~ b(.) ]]"},
    {'C', 2, BASH_RULE, "(( @V++ ))"},

    {'S', 40, 0, "echo @n >> @F"},
    {'S', 6, 0, "touch @F"},
    {'S', 8, 0, "true"},
    {'S', 10, 0, "false"},
    {'S', 1, 0, ":"},
    {'S', 1, 0, ": > @F"},
    {'S', 1, 0, ": > missing/x"},
    {'S', 1, 0, "missing-program"},
    {'S', 2, 0, "mkdir @D"},
    {'S', 2, 0, "mkdir -p @D"},
    {'S', 2, 0, "rm @F"},
    {'S', 1, 0, "rm -rf @F e"},
    {'S', 1, 0, "cp a @F"},
    {'S', 1, 0, "ln -s a link"},
    {'S', 1, 0, "ln a hard"},
    {'S', 3, 0, "test -f @F"},
    {'S', 2, 0, "[ -d @D ]"},
    {'S', 2, 0, "[ -z \"$@V\" ]"},
    {'S', 4, 0, "cd @D"},
    {'S', 1, 0, "cd"},
    {'S', 1, 0, "cd -"},
    {'S', 1, 0, "cd ~-"},
    {'S', 1, 0, "cd \"$OLDPWD\""},
    {'S', 1, 0, "cd @w"},
    {'S', 1, 0, "cd \"$@V\""},
    {'S', 1, 0, "command cd d"},
    {'S', 1, 0, "command -p cd d"},
    {'S', 1, 0, "command -- cd d"},
    {'S', 1, 0, "\"command\" cd d"},
    {'S', 1, 0, "\\cd d"},
    {'S', 1, 0, "'cd' d"},
    {'S', 1, 0, "command -v cd"},
    {'S', 3, 0, "pwd >> log"},
    {'S', 4, 0, "@V=@n"},
    {'S', 1, 0, "@V=@n true"},
    {'S', 1, 0, "@V=@n :"},
    {'S', 1, 0, "@V=@n export u"},
    {'S', 1, 0, "@V=@n eval 'echo $@V >> log'"},
    {'S', 1, 0, "@V=@n command eval true"},
    {'S', 2, 0, "@V=$(echo @n; false)"},
    {'S', 1, 0, "@V=$(cd d; pwd)"},
    {'S', 1, 0, "@V=`false`"},
    {'S', 1, 0, "export @V=@n"},
    {'S', 1, 0, "export @V"},
    {'S', 1, 0, "readonly @V=@n"},
    {'S', 1, 0, "unset @V"},
    {'S', 1, 0, "unset PATH"},
    {'S', 1, 0, "PATH=@w/bin"},
    {'S', 1, 0, "IFS=:"},
    {'S', 5, 0, "echo \"[$@V]\" >> log"},
    {'S', 1, 0, "echo ${@V:=@n} >> log"},
    {'S', 1, 0, ": \"${@V=@n}\""},
    {'S', 1, 0, ": $((@V = @n))"},
    {'S', 1, 0, "echo $((@V += 1)) >> log"},
    {'S', 1, 0, "echo ${@V:-none} ${@V#1} >> log"},
    {'S', 1, 0, "echo ${@V:?} >> log"},
    {'S', 1, 0, "echo $(echo @n; false) >> log"},
    {'S', 1, 0, "echo \"`echo @n`\" >> log"},
    {'S', 1, 0, "echo $# $* >> log"},
    {'S', 1, 0, "echo $? >> log"},
    {'S', 1, 0, "set -- x y"},
    {'S', 1, 0, "shift"},
    {'S', 1, 0, "getopts ab @V"},
    {'S', 1, 0, "read @V < a"},
    {'S', 1, 0, "umask 077"},
    {'S', 1, 0, "umask >> log"},
    {'S', 1, 0, "set @f"},
    {'S', 1, 0, "set +@E"},
    {'S', 1, 0, "command set -@E"},
    {'S', 2, 0, "set -e"},
    {'S', 1, 0, "set \"-e\""},
    {'S', 1, 0, "set -o 'errexit'"},
    {'S', 1, 0, "set -o errexit"},
    {'S', 1, 0, "set -o pipefail"},
    {'S', 1, 0, "echo * >> log"},
    {'S', 1, 0, "eval 'cd d'"},
    {'S', 1, 0, "eval 'set -e'"},
    {'S', 1, 0, "eval 'exit 0'"},
    {'S', 1, 0, "eval false"},
    {'S', 1, 0, ". ./lib.sh"},
    {'S', 1, 0, ". ./strict.sh"},
    {'S', 1, 0, ". ./quit.sh"},
    {'S', 1, 0, ". ./missing.sh"},
    {'S', 1, 0, "sh ./strict.sh"},
    {'S', 2, 0, "exit 0"},
    {'S', 2, 0, "exit 1"},
    {'S', 1, 0, "exit"},
    {'S', 1, 0, "return 0"},
    {'S', 1, 0, "command exit 0"},
    {'S', 1, 0, "command -p exit 0"},
    {'S', 1, 0, "exec true"},
    {'S', 1, 0, "exec false"},
    {'S', 1, 0, "exec >> out"},
    {'S', 1, 0, "exec 3>> out"},
    {'S', 1, 0, "echo @n >&3"},
    {'S', 1, 0, "trap 'echo bye >> log' EXIT"},
    {'S', 1, 0, "trap 'exit 0' EXIT"},
    {'S', 1, 0, "trap - EXIT"},
    {'S', 1, 0, "trap '' TERM"},
    {'S', 1, 0, "alias true=false"},
    {'S', 1, 0, "hash -r"},
    {'S', 1, 0, "wait"},
    {'S', 1, 0, "break"},
    {'S', 2, 0, "echo 'a && b; c || d' >> log"},
    {'S', 1, 0, "echo \"a ; b & c | d\" >> log"},
    {'S', 1, 0, "echo \"(a) { b; }\" a#b \\# '#' >> log"},
    {'S', 1, 0, "echo a\\;b \\&\\& c >> log"},
    {'S', 1, 0, "echo @n 2>&1 >> log"},
    {'S', 1, 0, "printf '%s\\n' \"#\" \\\\ >> log"},
    {'S', 1, 0, "echo \"@n\n@n\" >> log"},
    {'S', 1, 0, "sh -c 'cd d && touch x'"},
    {'S', 1, 0, "sh -c 'exit 3'"},
    {'S', 1, 0, "tool"},
    {'S', 2, 0, "pip --version"},
    {'S', 2, 0, "pip install --upgrade pip"},
    {'S', 1, 0, "python3 -m pip install -U pip"},
    {'S', 1, BASH_RULE, "pushd d"},
    {'S', 1, BASH_RULE, "popd"},
    {'S', 1, BASH_RULE, "builtin cd d"},
    {'S', 1, BASH_RULE, "source ./lib.sh"},
    {'S', 1, BASH_RULE, "shopt -s nullglob"},
    {'S', 1, BASH_RULE, "shopt -so errexit"},
    {'S', 1, BASH_RULE, "shopt -s lastpipe"},
    {'S', 1, BASH_RULE, "echo no*ne >> log"},
    {'S', 1, BASH_RULE, "printf -v @V %s 7"},
    {'S', 1, BASH_RULE, "printf -v@V %s 7"},
    {'S', 1, BASH_RULE, "declare @V=@n"},
    {'S', 1, BASH_RULE, "declare -i @V"},
    {'S', 1, BASH_RULE, "let @V=@n"},
    {'S', 1, BASH_RULE, "@V+=@n"},
    {'S', 1, BASH_RULE, "@V=(1 2 3)"},
    {'S', 1, BASH_RULE, "mapfile -t @V < a"},
    {'S', 1, BASH_RULE, "read @V <<< @n"},
    {'S', 1, BASH_RULE, "read -r < a"},
    {'S', 1, BASH_RULE, "echo \"${BASH_REMATCH[1]}\" \"$REPLY\" >> log"},
    {'S', 1, BASH_RULE, "echo $[@V = 3] >> log"},
    {'S', 1, BASH_RULE, "echo $'a\\tb' {1..3} &>> log"},
    {'S', 1, BASH_RULE, "trap 'echo oops >> log' ERR"},
    {'S', 1, BASH_RULE, "set -E"},
    {'S', 1, BASH_RULE, "exec {fd}>> out"},
    {'S', 1, BASH_RULE, "unset -f hello"},
    {'S', 1, BASH_RULE, "enable -n test"},
    {'S', 1, BASH_RULE, "BASH_ENV=@w/lib.sh"},

    {'X', 4, TRAP_RULE, "tool"},
    {'X', 1, TRAP_RULE, "cp tool2 bin2/tool"},
    {'X', 1, TRAP_RULE, "install -m 755 tool2 @w/bin2/tool"},
    {'X', 1, TRAP_RULE, "ln -s ../tool2 bin2/tool"},
    {'X', 1, TRAP_RULE, "mv bin/tool bin2/tool"},
    {'X', 1, TRAP_RULE, "rm -f bin2/tool"},
    {'X', 1, TRAP_RULE, "pip install x"},
    {'X', 1, TRAP_RULE, "pip install --upgrade pip"},
    {'X', 1, TRAP_RULE, "pip install -U pip setuptools"},

    {'D', 6, 0, "d"},
    {'D', 2, 0, "e"},
    {'D', 1, 0, "new"},
    {'D', 1, 0, "missing"},
    {'D', 1, 0, "@w/d"},
    {'D', 1, 0, "./d"},
    {'F', 10, 0, "log"},
    {'F', 2, 0, "a"},
    {'F', 2, 0, "b"},
    {'F', 1, 0, "d/x"},
    {'F', 1, 0, "x"},
    {'F', 1, 0, "@w/log"},
    {'R', 1, 0, "lib.sh"},
    {'R', 1, 0, "strict.sh"},
    {'V', 3, 0, "v"},
    {'V', 1, 0, "u"},
    {'E', 3, 0, "e"},
    {'E', 1, 0, "u"},
    {'E', 1, 0, "f"},
    {'E', 1, 0, "x"},
    {'f', 1, 0, "-f"},
    {'f', 1, 0, "-u"},
    {'f', 1, 0, "-a"},
    {'f', 1, 0, "-C"},
    {'f', 1, 0, "-x"},
    {'f', 1, 0, "-ex"},

    {';', 6, 0, "; "},
    {';', 1, 0, " ; "},
    {';', 3, 0, ";@N"},
    {'&', 6, 0, " && "},
    {'&', 1, 0, "&&"},
    {'&', 3, 0, " &&@N"},
    {'&', 3, 0, " \n&& "},
    {'N', 4, 0, "\n"},
    {'N', 2, 0, " "},
    {'N', 1, 0, "\n# it's a note; (really) && so on\v    "},
};

typedef struct {
    df_buf out;
    dice dice;
    unsigned flavours;
    unsigned depth;
    char escape;
    const char *eol;
    const char *dir;
} maker;

/* Too deep: simple commands end it. */
static char settle(const maker *m, char name)
{
    return m->depth > MAX_DEPTH && strchr("LMAOPC", name) ? 'S' : name;
}

static const char *pick(maker *m, char name)
{
    uint32_t sum = 0;
    uint32_t left = 0;

    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(RULES); i++) {
            const rule *r = &RULES[i];

            if (r->name != name || (r->flavour & ~m->flavours))
                continue;
            if (round == 0)
                sum += r->weight;
            else if (left < r->weight)
                return r->text;
            else
                left -= r->weight;
        }
        if (round == 0 && sum)
            left = roll(&m->dice, sum);
    }
    fprintf(stderr, "joins: no rule %c\n", name);
    exit(2);
}

static void put_continuation(maker *m)
{
    df_buf_fmt(&m->out, " %c%s%s    ", m->escape, roll(&m->dice, 8) ? "" : "  ",
               m->eol);
}

static void expand(maker *m, char name)
{
    m->depth++;
    for (const char *c = pick(m, settle(m, name)); *c; c++) {
        if (*c == '\n')
            put_continuation(m);
        else if (*c == '\v')
            df_buf_adds(&m->out, m->eol);
        else if (*c != '@')
            df_buf_addc(&m->out, *c);
        else if (*++c == 'w')
            df_buf_adds(&m->out, m->dir);
        else if (*c == 'n')
            df_buf_fmt(&m->out, "%u", roll(&m->dice, 9));
        else
            expand(m, *c);
    }
    m->depth--;
}

/* --- the Dockerfile --- */

static const row_form *pick_form(dice *d)
{
    unsigned sum = 0;
    unsigned left;

    for (size_t i = 0; i < COUNT(FORMS); i++)
        sum += FORMS[i].weight;
    left = roll(d, sum);
    for (size_t i = 0; i < COUNT(FORMS); i++) {
        if (left < FORMS[i].weight)
            return &FORMS[i];
        left -= FORMS[i].weight;
    }
    return &FORMS[0];
}

static void put_between(maker *m)
{
    uint32_t chance = roll(&m->dice, 12);

    if (chance == 0)
        df_buf_adds(&m->out, m->eol);
    if (chance == 1)
        df_buf_fmt(&m->out, "# then; && it's so%s", m->eol);
    if (chance == 2)
        df_buf_fmt(&m->out, "%s# then%s%s", m->eol, m->eol, m->eol);
}

static void put_run(maker *m, bool flag)
{
    put_between(m);
    df_buf_adds(&m->out, roll(&m->dice, 20) ? "RUN " : "run  ");
    if (flag)
        df_buf_adds(&m->out, "--network=default ");
    if (!roll(&m->dice, 10))
        put_continuation(m);
    expand(m, 'B');
    df_buf_adds(&m->out, m->eol);
}

df_str row_make(df_arena *a, const char *dir, uint64_t number, bool traps,
                const row_form **its)
{
    maker m = {.out = {.arena = a}, .dice = {number}, .dir = dir};
    uint32_t n, bodies, flags;

    roll(&m.dice, 2);
    *its = pick_form(&m.dice);
    n = roll(&m.dice, 10);
    bodies = n < 6 ? 2 : n < 9 ? 3 : MAX_BODIES;
    flags = roll(&m.dice, 20);
    m.escape = roll(&m.dice, 20) ? '\\' : '`';
    m.eol = roll(&m.dice, 15) ? "\n" : "\r\n";
    if ((*its)->shells == BASH || !roll(&m.dice, 10))
        m.flavours |= BASH_RULE;
    if (traps)
        m.flavours |= TRAP_RULE;
    if (m.escape == '`')
        df_buf_fmt(&m.out, "# escape=`%s", m.eol);
    df_buf_fmt(&m.out, "FROM debian:12%s%s", m.eol, (*its)->line);
    for (uint32_t i = 0; i < bodies; i++)
        put_run(&m, flags == 0 || (flags == 1 && i == 1));
    return df_buf_str(&m.out);
}

row_script row_script_of(df_arena *a, df_str text)
{
    row_script s = {0};
    const df_doc *doc = df_doc_parse(a, DF_STR("Dockerfile"), text);

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        if (doc->instrs[i]->kind == DF_I_RUN)
            *df_push(a, &s, bodies) = doc->instrs[i]->args.str;
    return s;
}

df_str row_text_of(df_arena *a, const row_form *f, const row_script *s)
{
    df_buf out = {.arena = a};

    df_buf_fmt(&out, "FROM debian:12\n%s", f->line);
    for (uint32_t i = 0; i < s->nbodies; i++)
        df_buf_fmt(&out, "RUN %.*s\n", DF_STR_ARG(s->bodies[i]));
    return df_buf_str(&out);
}

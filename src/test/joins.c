/*
 * Joined RUNs, executed.
 *
 *     joins [--seed N] [--count N] [--traps] [--self-check] [--quiet]
 *
 * Rows of two to four RUN bodies come from a grammar. The bodies as written
 * run one after another, each in a fresh shell, up to the first that fails;
 * those that merge-run makes of them do the same in a fresh copy of the
 * directory. Exit success and the trees that are left must be equal, in every
 * shell at hand that may stand behind the row's SHELL. A container ends with
 * its first process: here its process group is killed.
 *
 * A row is a function of its number: `--seed N --count 1` repeats row N.
 * --traps adds programs that replace others in PATH, which a shell that
 * remembers where it found them runs in vain (POSIX XCU 2.9.1.1).
 * --self-check shows that this test can fail: joins with nothing but `&&` are
 * found wrong, and rows compared with themselves are not.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <dfopt/dfopt.h>

#include "base/arena.h"
#include "base/buf.h"
#include "syntax/parser.h"
#include "test/folder.h"
#include "text/diff.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define MAX_BODIES     4
#define MAX_DEPTH      9
#define TIME_LIMIT     2   /* seconds for one body */
#define SHRINK_LIMIT   600 /* attempts for one failure */
#define SHRUNK_AT_MOST 30

/* --- shells, and how SHELL calls them --- */

enum { DASH = 1, BASH = 2, BASH_SH = 4, BUSYBOX = 8 };

static const struct shell {
    unsigned bit;
    const char *name;
    const char *program;
    const char *arg0; /* bash called sh is another shell, and busybox looks */
} SHELLS[] = {
    {DASH, "dash", "dash", "/bin/sh"},
    {BASH, "bash", "bash", "/bin/bash"},
    {BASH_SH, "bash as sh", "bash", "/bin/sh"},
    {BUSYBOX, "busybox sh", "busybox", "/bin/sh"},
};

typedef struct {
    unsigned weight;
    unsigned shells;
    const char *line; /* of the Dockerfile */
    const char *options[3];
} form;

static const form FORMS[] = {
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

/* --- chance --- */

typedef struct {
    uint64_t state;
} dice;

/* splitmix64: neighbouring seeds give unrelated numbers. */
static uint32_t roll(dice *d, size_t sides)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) % sides);
}

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
    {'B', 5, 0, "echo \"[$v][$u][$#][$PWD]\" >> log@;@L"},
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

static const form *pick_form(dice *d)
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

static df_str make_row(df_arena *a, const char *dir, uint64_t number,
                       bool traps, const form **its)
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

/* The bodies as the builder gives them to a shell. */
typedef struct {
    df_str *bodies;
    uint32_t nbodies, cbodies;
} script;

static script script_of(df_arena *a, df_str text)
{
    script s = {0};
    const df_doc *doc = df_doc_parse(a, DF_STR("Dockerfile"), text);

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        if (doc->instrs[i]->kind == DF_I_RUN)
            *df_push(a, &s, bodies) = doc->instrs[i]->args.str;
    return s;
}

static df_str text_of(df_arena *a, const form *f, const script *s)
{
    df_buf out = {.arena = a};

    df_buf_fmt(&out, "FROM debian:12\n%s", f->line);
    for (uint32_t i = 0; i < s->nbodies; i++)
        df_buf_fmt(&out, "RUN %.*s\n", DF_STR_ARG(s->bodies[i]));
    return df_buf_str(&out);
}

/* --- joining --- */

typedef enum {
    JOIN_PASS,  /* by merge-run */
    JOIN_NAIVE, /* by nothing but && */
    JOIN_NOT,
} join_kind;

static df_str join_naively(df_arena *a, const form *f, const script *s)
{
    df_buf out = {.arena = a};

    df_buf_fmt(&out, "FROM debian:12\n%sRUN ", f->line);
    for (uint32_t i = 0; i < s->nbodies; i++)
        df_buf_fmt(&out, "%s%.*s", i ? " && " : "", DF_STR_ARG(s->bodies[i]));
    df_buf_addc(&out, '\n');
    return df_buf_str(&out);
}

/* False if nothing was joined. */
static bool join_by_pass(df_arena *a, const char *dir, df_str text, df_str *out)
{
    static const char *const only[] = {"merge-run", NULL};
    df_options options = {.context = dir, .only = only, .kb = df_kb_builtin()};
    df_result *result = df_rewrite(text, &options);
    bool changed = result && result->changed && !result->failed;

    if (!result || (result->failed && result->changed)) {
        fputs("joins: the rewrite failed\n", stderr);
        exit(2);
    }
    if (changed)
        *out = df_str_dup(a, result->text);
    df_result_free(result);
    return changed;
}

/* --- the directory --- */

static const struct {
    const char *path;
    mode_t mode; /* 0: a directory */
    const char *text;
} FILES[] = {
    {"d", 0, ""},
    {"e", 0, ""},
    {"bin", 0, ""},
    {"bin2", 0, ""},
    {"a", 0644, "one\ntwo\n"},
    {"lines", 0644, "1\n2\n"},
    {"lib.sh", 0644, "v=lib\nhello() { echo lib >> log; }\ncd d\n"},
    {"strict.sh", 0644, "set -e\n"},
    {"quit.sh", 0644, "echo quit >> log\nexit 0\n"},
    {"bin/tool", 0755, "#!/bin/sh\necho old tool >> log\n"},
    {"tool2", 0755, "#!/bin/sh\necho new tool >> log\n"},
    {"bin/pip", 0755,
     "#!/bin/sh\necho old pip $* >> log\n"
     "case \"$*\" in *\" pip\"*) cp \"$HOME/pip2\" \"$HOME/bin2/pip\";; "
     "esac\n"},
    {"bin/python3", 0755, "#!/bin/sh\nshift 2\nexec pip \"$@\"\n"},
    {"pip2", 0755, "#!/bin/sh\necho new pip $* >> log\n"},
};

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static void fill_directory(df_arena *a, const char *dir)
{
    if (mkdir(dir, 0755) != 0)
        die(dir);
    for (size_t i = 0; i < COUNT(FILES); i++) {
        const char *path = folder_path(a, dir, FILES[i].path);

        if (!FILES[i].mode && mkdir(path, 0755) != 0)
            die(path);
        if (!FILES[i].mode)
            continue;
        folder_write(path, df_str_of(FILES[i].text));
        if (chmod(path, FILES[i].mode) != 0)
            die(path);
    }
}

static void remove_tree(df_arena *a, const char *path)
{
    folder f;

    if (unlink(path) == 0)
        return;
    f = folder_list(a, path);
    for (uint32_t i = 0; i < f.nnames; i++)
        remove_tree(a, folder_path(a, path, f.names[i]));
    rmdir(path);
}

static void put_escaped(df_buf *out, df_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n')
            df_buf_adds(out, "\\n");
        else
            df_buf_addc(out, s.ptr[i]);
    }
}

static void put_entry(df_buf *out, const char *path, const struct stat *st)
{
    char target[1024];
    df_str text = {0};

    if (S_ISREG(st->st_mode))
        folder_read(out->arena, path, &text);
    if (S_ISLNK(st->st_mode)) {
        ssize_t n = readlink(path, target, sizeof target);

        text = (df_str){target, n > 0 ? (size_t)n : 0};
    }
    put_escaped(out, text);
    df_buf_addc(out, '\n');
}

/* A line for each entry below a directory: type and mode, path, contents. */
static void put_tree(df_buf *out, const char *dir, size_t cut)
{
    folder f = folder_list(out->arena, dir);

    for (uint32_t i = 0; i < f.nnames; i++) {
        const char *path = folder_path(out->arena, dir, f.names[i]);
        struct stat st;

        if (lstat(path, &st) != 0)
            die(path);
        df_buf_fmt(out, "%06o %s ", (unsigned)st.st_mode, path + cut);
        put_entry(out, path, &st);
        if (S_ISDIR(st.st_mode))
            put_tree(out, path, cut);
    }
}

/* --- execution --- */

typedef enum { RAN_OK, RAN_BADLY, RAN_TOO_LONG } ending;

static const char *const ENDINGS[] = {"succeeds", "fails", "takes too long"};

typedef struct {
    ending ending;
    df_str tree;
} outcome;

typedef struct {
    char root[512];                       /* made for this run */
    char dir[600];                        /* in it: where bodies run */
    char programs[COUNT(SHELLS)][64];     /* empty: not installed */
    char path[1400], home[620], tmp[600]; /* the environment */
    char *environment[5];
    uint64_t rows, joined, passed, failed, shrunk;
    join_kind kind;
    bool quiet;
} theatre;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What a shell leaves behind dies with it, while its number is still its. */
static ending wait_for(pid_t pid)
{
    double end = now() + TIME_LIMIT;
    struct timespec nap = {0, 100 * 1000 * 1000};
    siginfo_t info;
    sigset_t child;
    int status;
    bool over = false;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    while (!over && now() < end) {
        info.si_pid = 0;
        waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG);
        over = info.si_pid == pid;
        if (!over)
            sigtimedwait(&child, NULL, &nap);
    }
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    if (!over)
        return RAN_TOO_LONG;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? RAN_OK : RAN_BADLY;
}

static void set_attributes(posix_spawnattr_t *attr)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    posix_spawnattr_init(attr);
    posix_spawnattr_setpgroup(attr, 0);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
                                       POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
}

static ending spawn(const char *program, char *const *argv, char *const *envp)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    pid_t pid;
    int err;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    set_attributes(&attr);
    err = posix_spawn(&pid, program, &files, &attr, argv, envp);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    if (err) {
        errno = err;
        die(program);
    }
    return wait_for(pid);
}

static ending run_body(const theatre *t, df_arena *a, size_t shell,
                       const form *f, df_str body)
{
    char *argv[6];
    size_t n = 0;

    argv[n++] = df_cstr(a, df_str_of(SHELLS[shell].arg0));
    for (size_t i = 0; i < COUNT(f->options) && f->options[i]; i++)
        argv[n++] = df_cstr(a, df_str_of(f->options[i]));
    argv[n++] = df_cstr(a, body);
    argv[n] = NULL;
    return spawn(t->programs[shell], argv, t->environment);
}

/* All in the same place: the bodies name it. */
static outcome play(const theatre *t, df_arena *a, size_t shell, const form *f,
                    const script *s)
{
    outcome o = {.ending = RAN_OK};
    df_buf tree = {.arena = a};

    fill_directory(a, t->dir);
    if (chdir(t->dir) != 0)
        die(t->dir);
    for (uint32_t i = 0; i < s->nbodies && o.ending == RAN_OK; i++)
        o.ending = run_body(t, a, shell, f, s->bodies[i]);
    if (chdir(t->root) != 0)
        die(t->root);
    put_tree(&tree, t->dir, strlen(t->dir) + 1);
    o.tree = df_buf_str(&tree);
    remove_tree(a, t->dir);
    return o;
}

/* --- the verdict --- */

typedef struct {
    const form *form;
    size_t shell;
    df_str before;
    df_str after;
    outcome one, other;
} trial;

static bool join(const theatre *t, df_arena *a, trial *tr, const script *s)
{
    tr->after = tr->before;
    switch (t->kind) {
    case JOIN_PASS:
        return join_by_pass(a, t->root, tr->before, &tr->after);
    case JOIN_NAIVE:
        tr->after = join_naively(a, tr->form, s);
        break;
    case JOIN_NOT:
        break;
    }
    return true;
}

static bool is_wrong(const theatre *t, df_arena *a, trial *tr)
{
    script before = script_of(a, tr->before);
    script after = script_of(a, tr->after);

    tr->one = play(t, a, tr->shell, tr->form, &before);
    tr->other = play(t, a, tr->shell, tr->form, &after);
    return tr->one.ending != tr->other.ending ||
           tr->one.ending == RAN_TOO_LONG ||
           !df_str_eq(tr->one.tree, tr->other.tree);
}

/* --- a smaller one --- */

typedef struct {
    const theatre *t;
    df_arena *a;
    trial *best;
    script now;
    unsigned left;
} shrinker;

static bool still_wrong(shrinker *s, const script *smaller)
{
    trial tr = *s->best;

    if (!s->left)
        return false;
    for (uint32_t i = 0; i < smaller->nbodies; i++)
        if (df_str_starts(smaller->bodies[i], "-")) /* an option of sh */
            return false;
    s->left--;
    tr.before = text_of(s->a, tr.form, smaller);
    if (!join(s->t, s->a, &tr, smaller) || !is_wrong(s->t, s->a, &tr) ||
        tr.one.ending == RAN_TOO_LONG || tr.other.ending == RAN_TOO_LONG)
        return false;
    *s->best = tr;
    s->now = *smaller;
    return true;
}

static script copy_script(df_arena *a, const script *s, uint32_t without)
{
    script out = {0};

    for (uint32_t i = 0; i < s->nbodies; i++)
        if (i != without)
            *df_push(a, &out, bodies) = s->bodies[i];
    return out;
}

/* `body` without `n` blank-separated words from the `at`th on. */
static df_str without_words(df_arena *a, df_str body, uint32_t at, uint32_t n)
{
    df_buf out = {.arena = a};
    df_str word;

    for (uint32_t i = 0; body.len; i++) {
        df_str_cut(&body, ' ', &word);
        if (!word.len)
            i--;
        else if (i < at || i >= at + n)
            df_buf_fmt(&out, "%s%.*s", out.len ? " " : "", DF_STR_ARG(word));
    }
    return out.ptr ? df_buf_str(&out) : DF_STR("");
}

static uint32_t count_words(df_str s)
{
    uint32_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] != ' ' && (i == 0 || s.ptr[i - 1] == ' ');
    return n;
}

static void shrink_body(shrinker *s, uint32_t body, uint32_t size)
{
    for (uint32_t at = 0; at < count_words(s->now.bodies[body]);) {
        script smaller = copy_script(s->a, &s->now, UINT32_MAX);

        smaller.bodies[body] =
            without_words(s->a, s->now.bodies[body], at, size);
        if (!smaller.bodies[body].len || !still_wrong(s, &smaller))
            at++;
    }
}

static void shrink(const theatre *t, df_arena *a, trial *tr)
{
    shrinker s = {.t = t, .a = a, .best = tr, .left = SHRINK_LIMIT};
    script flat = script_of(a, tr->before);

    if (!still_wrong(&s, &flat))
        return;
    for (uint32_t i = 0; i < s.now.nbodies;) {
        script fewer = copy_script(a, &s.now, i);

        if (!still_wrong(&s, &fewer))
            i++;
    }
    for (unsigned round = 0; round < 2; round++)
        for (uint32_t size = 8; size; size /= 2)
            for (uint32_t i = 0; i < s.now.nbodies; i++)
                shrink_body(&s, i, size);
}

/* --- what is said --- */

static void report(df_arena *a, const trial *tr, uint64_t number)
{
    df_buf diff = {.arena = a};

    df_diff_unified(&diff, tr->one.tree, tr->other.tree, NULL, NULL);
    printf("row %llu in %s: one by one it %s, joined it %s\n"
           "--- as written\n%.*s--- joined\n%.*s--- trees\n",
           (unsigned long long)number, SHELLS[tr->shell].name,
           ENDINGS[tr->one.ending], ENDINGS[tr->other.ending],
           DF_STR_ARG(tr->before), DF_STR_ARG(tr->after));
    if (diff.len)
        printf("%.*s", DF_STR_ARG(df_buf_str(&diff)));
    putchar('\n');
}

static void try_row(theatre *t, df_arena *a, uint64_t number, bool traps)
{
    trial tr = {.form = NULL};
    script s;

    tr.before = make_row(a, t->dir, number, traps, &tr.form);
    s = script_of(a, tr.before);
    t->rows++;
    if (!join(t, a, &tr, &s))
        return;
    t->joined++;
    for (tr.shell = 0; tr.shell < COUNT(SHELLS); tr.shell++) {
        trial found = tr;

        if (!(tr.form->shells & SHELLS[tr.shell].bit) ||
            !*t->programs[tr.shell])
            continue;
        if (!is_wrong(t, a, &found)) {
            t->passed++;
            continue;
        }
        t->failed++;
        if (t->quiet)
            continue;
        if (t->shrunk++ < SHRUNK_AT_MOST)
            shrink(t, a, &found);
        report(a, &found, number);
    }
}

/* --- the run --- */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    interrupted = signal;
}

static void try_rows(theatre *t, uint64_t seed, uint64_t count, bool traps)
{
    for (uint64_t i = 0; i < count && !interrupted; i++) {
        df_arena a;

        df_arena_init(&a, NULL, NULL);
        try_row(t, &a, seed + i, traps);
        df_arena_release(&a);
    }
}

static void find_shells(theatre *t)
{
    static const char *const dirs[] = {"/bin", "/usr/bin", "/usr/local/bin"};

    for (size_t i = 0; i < COUNT(SHELLS); i++) {
        char *program = t->programs[i];

        for (size_t k = 0; k < COUNT(dirs); k++) {
            snprintf(program, sizeof t->programs[i], "%s/%s", dirs[k],
                     SHELLS[i].program);
            if (access(program, X_OK) == 0)
                break;
            *program = '\0';
        }
        if (!*program)
            printf("%s is not installed: not tried\n", SHELLS[i].name);
    }
}

static void set_up(theatre *t)
{
    const char *tmp = getenv("TMPDIR");
    struct sigaction action = {.sa_handler = interrupt};
    sigset_t child;

    umask(022);
    snprintf(t->root, sizeof t->root, "%s/joins.XXXXXX",
             tmp && *tmp == '/' ? tmp : "/tmp");
    if (!mkdtemp(t->root))
        die(t->root);
    snprintf(t->dir, sizeof t->dir, "%s/w", t->root);
    snprintf(t->home, sizeof t->home, "HOME=%s", t->dir);
    snprintf(t->tmp, sizeof t->tmp, "TMPDIR=%s", t->root);
    snprintf(t->path, sizeof t->path, "PATH=%s/bin2:%s/bin:/usr/bin:/bin",
             t->dir, t->dir);
    t->environment[0] = t->path;
    t->environment[1] = t->home;
    t->environment[2] = t->tmp;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    find_shells(t);
}

static void tear_down(const theatre *t)
{
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    if (chdir("/") == 0)
        remove_tree(&a, t->root);
    df_arena_release(&a);
}

/* One row in ten, at least, does not stand being joined by && alone. */
static bool check_self(theatre *t, uint64_t seed, uint64_t count)
{
    uint64_t wrong, stable;

    t->quiet = true;
    t->kind = JOIN_NAIVE;
    try_rows(t, seed, count, false);
    wrong = t->failed;
    stable = t->passed;
    t->quiet = false;
    t->kind = JOIN_NOT;
    t->passed = t->failed = 0;
    try_rows(t, seed, count, false);
    printf("joined by && alone: %llu right, %llu wrong\n",
           (unsigned long long)stable, (unsigned long long)wrong);
    return wrong * 10 > wrong + stable && t->failed == 0;
}

static uint64_t number_at(int argc, char **argv, int i)
{
    char *end = NULL;
    uint64_t n = i < argc ? strtoull(argv[i], &end, 10) : 0;

    if (!end || end == argv[i] || *end) {
        fputs("joins: a number is missing\n", stderr);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    static theatre t;
    uint64_t seed = 1;
    uint64_t count = 300;
    bool self = false;
    bool traps = false;
    bool ok;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = number_at(argc, argv, ++i);
        else if (strcmp(argv[i], "--count") == 0)
            count = number_at(argc, argv, ++i);
        else if (strcmp(argv[i], "--self-check") == 0)
            self = true;
        else if (strcmp(argv[i], "--traps") == 0)
            traps = true;
        else if (strcmp(argv[i], "--quiet") == 0)
            t.quiet = true;
        else
            return fputs("joins: see the head of src/test/joins.c\n", stderr),
                   2;
    }
    set_up(&t);
    if (self) {
        ok = check_self(&t, seed, count);
    } else {
        try_rows(&t, seed, count, traps);
        ok = t.failed == 0 && t.joined;
    }
    tear_down(&t);
    if (!self)
        printf("%llu of %llu rows were joined\n", (unsigned long long)t.joined,
               (unsigned long long)t.rows);
    printf("%llu passed, %llu failed\n", (unsigned long long)t.passed,
           (unsigned long long)t.failed);
    return !ok || interrupted;
}

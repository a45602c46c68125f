/*
 * RUN in exec form as a command of a shell, for passes that only ask what it
 * reads: `RUN ["npm", "ci"]` does what `RUN npm ci` does. Nothing in it may be
 * edited: places in its text are those of the words, and no more. And RUN for a
 * shell that is not read, as what it would be for bash.
 */
#include <dfopt/exec.h>

#include "base/buf.h"
#include "facts/build.h"

/* A word that a shell takes as it stands. */
static bool is_bare(df_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!df_is_name(word.ptr[i]) &&
            df_str_find_char(DF_STR("-./:=@,+%"), word.ptr[i]) == SIZE_MAX)
            return false;
    return word.len > 0;
}

/* The words, quoted where a shell would see more in them. False: it cannot be
 * said so. */
static bool join(df_arena *a, const df_instr *instr, df_text *out)
{
    df_seg *segs = df_new_array(a, df_seg, instr->nwords + 1);
    df_buf text;

    df_buf_init(&text, a);
    for (uint32_t i = 0; i < instr->nwords; i++) {
        df_str word = instr->words[i].str;
        bool bare = is_bare(word);

        if (df_str_find_char(word, '\'') != SIZE_MAX || (!bare && !i))
            return false;
        segs[i] = (df_seg){(uint32_t)text.len, instr->words[i].span.off};
        if (!bare)
            df_buf_addc(&text, '\'');
        df_buf_add(&text, word);
        if (!bare)
            df_buf_addc(&text, '\'');
        df_buf_addc(&text, ' ');
    }
    *out =
        (df_text){df_str_trim(df_buf_str(&text)), segs, instr->nwords, false};
    return instr->nwords > 0;
}

static const df_run *read_as(df_arena *a, const df_run *run,
                             const df_text *text, df_shell_kind shell)
{
    df_run *out = df_new(a, df_run);

    *out = *run;
    out->cmds = NULL;
    out->ncmds = out->ccmds = 0;
    out->tree = df_sh_parse(a, text, shell);
    df_make_commands(a, run->kb, out);
    return out->tree->ok ? out : NULL;
}

const df_run *df_exec_run(df_arena *a, const df_run *run)
{
    df_text text;

    if (!run->instr->json || run->instr->bad || !join(a, run->instr, &text))
        return NULL;
    return read_as(a, run, &text, DF_SHELL_POSIX);
}

const df_run *df_foreign_run(df_arena *a, const df_run *run)
{
    if (run->instr->json || run->instr->bad || run->stage->windows ||
        run->state->shell != DF_SHELL_FOREIGN)
        return NULL;
    return read_as(a, run, &run->tree->text, DF_SHELL_BASH);
}

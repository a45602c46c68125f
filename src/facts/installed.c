/* What apt has installed by the time of a call: see use.h. */
#include <dfopt/use.h>

static bool installs(const df_call *call)
{
    const df_cmd *cmd = call->cmd;

    return cmd && call->builds && cmd->tool.ptr &&
           (df_str_is(cmd->tool, "apt-get") || df_str_is(cmd->tool, "apt")) &&
           df_str_is(cmd->sub, "install");
}

/* `name=version`, `name/suite`, `name:arch`. */
static df_str package_name(df_str word)
{
    size_t i = 0;

    while (i < word.len &&
           df_str_find_char(DF_STR("=/:"), word.ptr[i]) == SIZE_MAX)
        i++;
    return df_str_slice(word, 0, i);
}

static bool package(df_operands *it, df_str *name)
{
    uint32_t i = df_operands_next(it);
    const df_cmd *cmd = it->cmd;

    if (!i)
        return false;
    *name =
        package_name(df_cmd_word(cmd, i)->is_plain ? df_cmd_word(cmd, i)->value
                                                   : df_cmd_word(cmd, i)->text);
    for (size_t k = 0; k < name->len; k++)
        if (df_str_find_char(DF_STR("$`*?[{\"'\\"), name->ptr[k]) != SIZE_MAX)
            *name = DF_STR("");
    return true;
}

static bool is_base(const df_stage *base, const df_stage *of)
{
    while (of && of != base)
        of = of->base;
    return of == base;
}

/* In the same line of stages, and earlier. */
static bool before(const df_facts *facts, const df_call *install,
                   const df_call *call)
{
    const df_stage *here = facts->stage_of[install->instr->index];

    if (!call)
        return true;
    if (!is_base(here, facts->stage_of[call->instr->index]))
        return false;
    if (!call->builds)
        return true;
    if (install->instr != call->instr)
        return install->instr->index < call->instr->index;
    return install < call;
}

static bool brings(const df_kb *kb, const df_cmd *cmd, df_str command)
{
    bool recommends = !df_cmd_has(cmd, "--no-install-recommends") &&
                      !df_str_has(cmd->node->text, "Install-Recommends");
    df_operands it = df_cmd_all_operands(cmd);
    df_str name;

    while (package(&it, &name))
        if (df_kb_brings(kb, name, command, recommends))
            return true;
    return false;
}

bool df_use_brings(const df_facts *facts, const df_use *use, df_str command,
                   const df_call *call)
{
    for (uint32_t i = 0; i < use->ncalls; i++) {
        const df_call *c = &use->calls[i];

        if (installs(c) && c->cmd->unconditional && before(facts, c, call) &&
            brings(facts->kb, c->cmd, command))
            return true;
    }
    return false;
}

static bool is_like(df_str name, df_str pattern)
{
    if (df_str_starts(pattern, "*"))
        return name.len >= pattern.len &&
               df_str_eq(df_str_from(name, name.len - pattern.len + 1),
                         df_str_from(pattern, 1));
    if (df_str_ends(pattern, "*"))
        return df_str_eq(df_str_slice(name, 0, pattern.len - 1),
                         df_str_slice(pattern, 0, pattern.len - 1));
    return df_str_eq(name, pattern);
}

const df_call *df_use_installs(const df_use *use, const char *const *names,
                               df_str *name)
{
    for (uint32_t i = 0; i < use->ncalls; i++) {
        df_operands it;

        if (!installs(&use->calls[i]))
            continue;
        it = df_cmd_all_operands(use->calls[i].cmd);
        while (package(&it, name))
            for (const char *const *p = names; *p; p++)
                if (is_like(*name, df_str_of(*p)))
                    return &use->calls[i];
    }
    return NULL;
}

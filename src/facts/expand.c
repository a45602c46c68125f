/* Variables of the builder in words of instructions. */
#include "facts/build.h"
#include "syntax/word.h"

typedef struct {
    const df_var *vars;
    uint32_t nvars;
} scope;

static const df_var *find(const df_var *vars, uint32_t n, df_str name)
{
    while (n-- > 0)
        if (df_str_eq(vars[n].name, name))
            return &vars[n];
    return NULL;
}

const df_var *df_var_get(const df_state *state, df_str name)
{
    return find(state->vars, state->nvars, name);
}

static df_env_answer get(void *ctx, df_str name, df_str *value)
{
    const scope *s = ctx;
    const df_var *var = find(s->vars, s->nvars, name);

    if (!var)
        return DF_ENV_UNSET;
    *value = var->value;
    return var->value.ptr ? DF_ENV_SET : DF_ENV_UNKNOWN;
}

/* An image's own ENV is not known, so an unset variable may be set there. */
static df_env_answer get_or_unknown(void *ctx, df_str name, df_str *value)
{
    df_env_answer answer = get(ctx, name, value);

    return answer == DF_ENV_UNSET ? DF_ENV_UNKNOWN : answer;
}

/* Most words hold nothing that the builder would change. */
static bool is_literal(df_str word, char escape)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];

        if (c == '$' || c == '\'' || c == '"' || c == escape)
            return false;
    }
    return word.len > 0;
}

static df_str expand(df_arena *a, char escape, const df_env *env, df_str word)
{
    df_word_mode mode = {.escape = escape};
    df_expansion out;

    if (is_literal(word, escape))
        return word;
    out = df_word_process(a, word, mode, env);
    if (!out.ok || out.unknown)
        return (df_str){NULL, 0};
    return out.text;
}

df_str df_expand_vars(df_arena *a, char escape, const df_var *vars,
                      uint32_t nvars, df_str word)
{
    scope s = {vars, nvars};
    df_env env = {get, &s};

    return expand(a, escape, &env, word);
}

df_str df_expand(df_arena *a, const df_facts *facts, const df_instr *at,
                 df_str word)
{
    const df_state *state = &facts->states[at->index];
    scope s = {state->vars, state->nvars};
    df_env env = {get_or_unknown, &s};

    return expand(a, facts->doc->escape, &env, word);
}

bool df_build_arg(const df_build *build, df_str name, df_str *value)
{
    bool found = false;

    for (const char *const *p = build->build_args; p && *p; p++) {
        df_str rest = df_str_of(*p);
        df_str key;

        if (!df_str_cut(&rest, '=', &key) || !df_str_eq(key, name))
            continue;
        *value = rest;
        found = true;
    }
    return found;
}

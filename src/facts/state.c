/*
 * State before each instruction: shell, user, working directory, variables.
 *
 * ENV and ARG of one instruction see only what stood before it. Of an ARG and
 * an ENV with one name the later line wins... for the builder's own expansion;
 * an ARG that is declared without a value and not given on the command line
 * is unknown, not unset: whoever builds may give it.
 */
#include "facts/build.h"

/* The variables of the stage at hand; states hold prefixes of it. */
typedef struct {
    df_var *vars;
    uint32_t nvars, cvars;
} scope;

static void add_var(df_maker *mk, scope *sc, df_var var)
{
    *df_push(mk->arena, sc, vars) = var;
}

static df_str value_of(df_maker *mk, const df_instr *instr, df_str word)
{
    return df_expand(mk->arena, mk->facts, instr, word);
}

static void add_path(df_maker *mk, df_state *st, const df_instr *instr)
{
    df_path_env *env;

    if (st->paths && st->paths->instr == instr)
        return;
    env = df_new(mk->arena, df_path_env);
    *env = (df_path_env){instr, st->paths};
    st->paths = env;
}

/* `$SERVICE`, `${SERVICE:-web}` of an ARG: another build may have another. */
static bool names_arg(const df_state *st, df_str word)
{
    size_t at;

    while ((at = df_str_find_char(word, '$')) != SIZE_MAX) {
        const df_var *var;
        size_t len = 0;

        word = df_str_from(word, at + 1);
        if (df_str_starts(word, "{"))
            word = df_str_from(word, 1);
        while (len < word.len && df_is_name(word.ptr[len]))
            len++;
        var = df_var_get(st, df_str_slice(word, 0, len));
        if (var && (!var->env || var->by_arg))
            return true;
    }
    return false;
}

static void apply_env(df_maker *mk, df_state *st, scope *sc,
                      const df_instr *instr)
{
    const df_state *before = &mk->facts->states[instr->index];

    for (uint32_t i = 0; i < instr->npairs; i++) {
        const df_pair *p = &instr->pairs[i];

        if (df_str_is(p->key.str, "PATH"))
            add_path(mk, st, instr);
        add_var(mk, sc,
                (df_var){value_of(mk, instr, p->key.str),
                         value_of(mk, instr, p->value.str), true,
                         names_arg(before, p->value.str)});
    }
}

static const df_var *global(const df_facts *facts, df_str name)
{
    for (uint32_t i = facts->nglobal_args; i-- > 0;)
        if (df_str_eq(facts->global_args[i].name, name))
            return &facts->global_args[i];
    return NULL;
}

static void apply_arg(df_maker *mk, scope *sc, const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->npairs; i++) {
        const df_pair *p = &instr->pairs[i];
        df_var var = {.name = p->key.str};
        const df_var *outer = global(mk->facts, var.name);

        if (df_build_arg(mk->build, var.name, &var.value))
            ;
        else if (p->has_value)
            var.value = value_of(mk, instr, p->value.str);
        else if (outer)
            var.value = outer->value;
        add_var(mk, sc, var);
    }
}

static df_str base_name(df_str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/' || path.ptr[i] == '\\')
            return df_str_from(path, i + 1);
    return path;
}

static df_shell_kind shell_kind(df_str program)
{
    static const char *const posix[] = {"sh", "dash", "ash", NULL};
    df_str name = base_name(program);

    if (df_str_is(name, "bash"))
        return DF_SHELL_BASH;
    return df_str_in(name, posix) ? DF_SHELL_POSIX : DF_SHELL_FOREIGN;
}

/* One word behind the shell's name: -c, -ec, -eo pipefail, … */
static bool shell_option(df_state *st, const df_instr *instr, uint32_t *i)
{
    df_str word = instr->words[*i].str;

    if (word.len < 2 || word.ptr[0] != '-')
        return false;
    if (df_str_is(word, "--login") || df_str_is(word, "-l"))
        return true;
    if (word.ptr[1] == '-')
        return false;
    for (size_t k = 1; k < word.len; k++) {
        char c = word.ptr[k];

        if (c == 'e')
            st->shell_errexit = true;
        else if (c == 'o' && *i + 1 < instr->nwords) {
            df_str name = instr->words[++*i].str;

            st->shell_errexit |= df_str_is(name, "errexit");
            st->shell_pipefail |= df_str_is(name, "pipefail");
        } else if (c != 'c' && c != 'u' && c != 'x' && c != 'l' && c != 'i')
            return false;
    }
    return true;
}

static void apply_shell(df_state *st, const df_instr *instr)
{
    st->shell_default = false;
    st->shell_errexit = st->shell_pipefail = false;
    st->shell =
        instr->nwords ? shell_kind(instr->words[0].str) : DF_SHELL_FOREIGN;
    for (uint32_t i = 1; i < instr->nwords; i++)
        if (!shell_option(st, instr, &i))
            st->shell = DF_SHELL_FOREIGN;
    if (instr->nwords < 2 ||
        !df_str_has(instr->words[instr->nwords - 1].str, "c"))
        if (!st->shell_pipefail)
            st->shell = DF_SHELL_FOREIGN;
}

static void apply_workdir(df_maker *mk, df_state *st, const df_instr *instr)
{
    df_str path = value_of(mk, instr, instr->args.str);

    st->workdir = path.ptr && path.len
                      ? df_image_path(mk->arena, st->workdir, path)
                      : (df_str){NULL, 0};
}

static void apply(df_maker *mk, df_state *st, scope *sc, const df_instr *instr)
{
    if (instr->kind == DF_I_ENV)
        apply_env(mk, st, sc, instr);
    else if (instr->kind == DF_I_ARG)
        apply_arg(mk, sc, instr);
    else if (instr->kind == DF_I_SHELL)
        apply_shell(st, instr);
    else if (instr->kind == DF_I_USER)
        st->user = value_of(mk, instr, instr->args.str);
    else if (instr->kind == DF_I_WORKDIR)
        apply_workdir(mk, st, instr);
}

/*
 * An image may bring a shell of its own. Where the file uses the back quote as
 * escape character, that is how files for Windows look: the shell is unknown
 * until SHELL says it.
 */
static df_state of_image(const df_maker *mk, const df_stage *s)
{
    df_state st = {.shell = DF_SHELL_POSIX, .shell_default = true};

    if (s->windows || (!s->known && mk->facts->doc->escape == '`'))
        st.shell = DF_SHELL_FOREIGN;
    if (df_str_is(s->image, "scratch")) {
        st.workdir = DF_STR("/");
        st.user = DF_STR("");
    } else if (s->known) {
        if (s->known->workdir && *s->known->workdir)
            st.workdir = df_str_of(s->known->workdir);
        st.user = df_str_of(s->known->user ? s->known->user : "");
        if (s->known->shell && *s->known->shell)
            st.shell = DF_SHELL_BASH;
    }
    return st;
}

/* What the last instruction of a stage leaves. */
typedef struct {
    df_state state;
    scope *scope;
    uint32_t nvars; /* of the scope, which may have grown since */
} ending;

/* Goes on in the scope of the base, unless another stage did that before. */
static scope *scope_from(df_maker *mk, const ending *base)
{
    scope *sc;

    if (base && base->nvars == base->scope->nvars)
        return base->scope;
    sc = df_new(mk->arena, scope);
    for (uint32_t i = 0; base && i < base->nvars; i++)
        add_var(mk, sc, base->scope->vars[i]);
    return sc;
}

/* `FROM public.ecr.aws/lambda/python`, `COPY . ${LAMBDA_TASK_ROOT}` */
static void add_image_env(df_maker *mk, scope *sc, const df_stage *s)
{
    for (df_strings e = s->known ? s->known->env : NULL; e && *e; e++) {
        df_str value = df_str_of(*e);
        df_str name;

        df_str_cut(&value, '=', &name);
        add_var(mk, sc, (df_var){name, value, true, false});
    }
}

static void walk_stage(df_maker *mk, const df_stage *s, ending *endings)
{
    const ending *base = s->base ? &endings[s->base->index] : NULL;
    ending *e = &endings[s->index];

    e->state = base ? base->state : of_image(mk, s);
    e->scope = scope_from(mk, base);
    if (!base)
        add_image_env(mk, e->scope, s);
    for (uint32_t i = 0; i < s->ninstrs; i++) {
        const df_instr *instr = s->instrs[i];

        e->state.vars = e->scope->vars;
        e->state.nvars = e->scope->nvars;
        mk->states[instr->index] = e->state;
        apply(mk, &e->state, e->scope, instr);
    }
    e->nvars = e->scope->nvars;
}

void df_make_states(df_maker *mk)
{
    df_facts *facts = mk->facts;
    ending *endings = df_new_array(mk->arena, ending, facts->nstages + 1);

    mk->states = df_new_array(mk->arena, df_state, facts->doc->ninstrs + 1);
    facts->states = mk->states;
    for (uint32_t i = 0; i < facts->nstages; i++)
        walk_stage(mk, &facts->stages[i], endings);
}

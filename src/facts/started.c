/*
 * What is started, where compose files say more than CMD does: see
 * df_use_started in dfopt/use.h.
 */
#include <dfopt/compose.h>
#include <dfopt/program.h>

#include "facts/answers.h"
#include "facts/look.h"

/* A command as a text for sh: a string is one, a list is argv from `from` on;
 * `$$` is a dollar (Compose specification, "Interpolation"). */
static df_str compose_text(df_arena *a, const df_json *node, size_t from)
{
    uint32_t n = (uint32_t)df_json_count(node);
    df_word *words = df_new_array(a, df_word, n + 1);
    df_str text;

    if (df_json_string(node, &text))
        return text;
    for (uint32_t i = 0; i < n; i++)
        if (!df_json_string(df_json_at(node, i), &words[i].str))
            words[i].str = DF_STR("");
    return n > from ? df_argv_text(a, words + from, n - (uint32_t)from)
                    : DF_STR("");
}

/* `test: [CMD, curl, -f, …]`, `[CMD-SHELL, "curl -f …"]`, NONE, a string */
static df_str compose_test(df_arena *a, const df_json *test)
{
    df_str kind;
    df_str text = DF_STR("");

    if (!df_json_string(df_json_at(test, 0), &kind))
        return compose_text(a, test, 0);
    if (df_str_is(kind, "CMD"))
        return compose_text(a, test, 1);
    if (df_str_is(kind, "CMD-SHELL"))
        df_json_string(df_json_at(test, 1), &text);
    return text;
}

/* `command` stands for CMD, and is what ENTRYPOINT gets as further words. */
static void look_command_of(df_looker lk, const df_json *service,
                            const df_instr *at)
{
    const df_instr *entry = df_stage_entrypoint(lk.stage);
    df_str command = compose_text(lk.arena, df_json_get(service, "command"), 0);
    df_str first =
        compose_text(lk.arena, df_json_get(service, "entrypoint"), 0);
    bool own = first.len > 0;
    bool args = false;

    if (!own && !command.len)
        return;
    if (!own && entry)
        first = df_program_text(lk.arena, entry);
    lk.args = &args;
    if (first.len)
        df_look_program(lk, at,
                        df_fmt(lk.arena, "%.*s %.*s", DF_STR_ARG(first),
                               DF_STR_ARG(command)));
    if (command.len && (args || !first.len))
        df_look_program(lk, at, command);
}

/* The stage that a service is an image of. */
static const df_stage *stage_of_service(const df_facts *facts,
                                        const df_json *service)
{
    df_str target;

    if (df_json_string(df_json_get(df_json_get(service, "build"), "target"),
                       &target))
        return df_stage_find(facts, target, facts->nstages, true);
    return &facts->stages[facts->nstages - 1];
}

static void look_service(df_looker lk, const df_json *service)
{
    const df_json *test =
        df_json_get(df_json_get(service, "healthcheck"), "test");
    const df_instr *at = lk.stage->instrs[lk.stage->ninstrs - 1];
    df_str text = compose_test(lk.arena, test);

    look_command_of(lk, service, at);
    if (text.len)
        df_look_program(lk, at, text);
}

static void look_compose(df_looker lk, const df_stage *stage,
                         const df_compose *compose)
{
    for (size_t i = 0; i < df_json_count(compose->services); i++) {
        df_str name;
        const df_json *service = df_json_member(compose->services, i, &name);

        const df_json *more =
            df_json_get(compose->more, df_cstr(lk.arena, name));

        lk.stage = stage_of_service(lk.facts, service);
        lk.script = compose->file;
        if (lk.stage && lk.stage->root == stage &&
            df_compose_builds(lk.cx, compose, service, more)) {
            look_service(lk, service);
            look_service(lk, more);
        }
    }
}

static const df_use *find_started(df_arena *a, const df_facts *facts,
                                  df_context *cx, const df_stage *stage)
{
    const df_composes *all = df_compose_find(cx);
    bool args = false;
    df_looker lk = df_looker_of(a, facts, cx, &args);

    if (!all->nitems)
        return df_use_find(a, facts, cx, stage);
    df_look_stages(lk, stage);
    lk.composed = true;
    for (uint32_t i = 0; i < all->nitems; i++)
        look_compose(lk, stage, &all->items[i]);
    return lk.use;
}

const df_use *df_use_started(df_arena *a, const df_facts *facts, df_context *cx,
                             const df_stage *stage)
{
    const df_use **use = &facts->answers->started[stage->index];

    if (!*use)
        *use = find_started(a, facts, cx, stage);
    return *use;
}

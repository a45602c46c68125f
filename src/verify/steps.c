/*
 * Steps: see verify/steps.h.
 *
 *     #7 [build 2/6] RUN npm ci         #7 CACHED
 *     STEP 3/6: RUN npm ci              --> Using cache 0123…
 *     [1/2] STEP 3/6: RUN npm ci
 *     Step 3/6 : RUN npm ci              ---> Using cache
 */
#include "verify/steps.h"

static bool makes_layer(df_str text)
{
    static const char *const WORDS[] = {"RUN ", "COPY ", "ADD ", "WORKDIR ",
                                        NULL};

    for (const char *const *w = WORDS; *w; w++)
        if (df_str_starts(text, *w))
            return true;
    return false;
}

static df_step *find(df_steps *s, df_str id)
{
    for (uint32_t i = s->nitems; i-- > 0;)
        if (df_str_eq(s->items[i].id, id))
            return &s->items[i];
    return NULL;
}

/* One blank where line breaks and indentation were. */
static df_str squeeze(df_arena *a, df_str text)
{
    char *to = df_cstr(a, text);
    df_str out = {to, 0};

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ' || !out.len || to[out.len - 1] != ' ')
            to[out.len++] = text.ptr[i];
    return out;
}

static void add(df_steps *s, df_str id, df_str text)
{
    text = df_str_trim(text);
    if (makes_layer(text))
        *df_push(s->arena, s, items) = (df_step){
            .id = df_str_dup(s->arena, id), .text = squeeze(s->arena, text)};
    else if (!id.len)
        *df_push(s->arena, s, items) = (df_step){.id = DF_STR("-")};
}

/* line := '#' number ' ' ('CACHED' | '[' where ']' ' ' text) */
static void buildkit(df_steps *s, df_str line)
{
    df_str id;
    df_step *step;

    if (!df_str_cut(&line, ' ', &id))
        return;
    step = find(s, id);
    if (step && df_str_is(df_str_trim(line), "CACHED"))
        step->cached = true;
    if (step || !df_str_starts(line, "[") || df_str_starts(line, "[internal]"))
        return;
    if (df_str_cut(&line, ']', &(df_str){NULL, 0}))
        add(s, id, line);
}

static bool all_digits(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_digit(s.ptr[i]) && s.ptr[i] != '/')
            return false;
    return s.len > 0;
}

/* line := ['[' where '] '] 'STEP' ' ' number ['/' number] [' '] ':' ' ' text */
static bool classic(df_steps *s, df_str line)
{
    df_str head;

    if (df_str_starts(line, "[")) {
        size_t end = df_str_find(line, "] STEP ");

        if (end == SIZE_MAX)
            return false;
        line = df_str_from(line, end + 2);
    }
    if (!df_str_starts(line, "STEP ") && !df_str_starts(line, "Step "))
        return false;
    line = df_str_from(line, 5);
    if (!df_str_cut(&line, ':', &head) || !all_digits(df_str_trim(head)))
        return false;
    add(s, DF_STR(""), line);
    return true;
}

void df_steps_line(df_steps *s, df_str line)
{
    df_str bare = df_str_trim(line);

    if (df_str_has(bare, "no space left on device"))
        s->disk_full = true;
    if (df_str_starts(bare, "#"))
        buildkit(s, bare);
    else if (!classic(s, bare) &&
             (df_str_starts(bare, "--> Using cache") ||
              df_str_starts(bare, "---> Using cache")) &&
             s->nitems)
        s->items[s->nitems - 1].cached = true;
}

uint32_t df_steps_run(const df_steps *s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->nitems; i++)
        n += s->items[i].text.len && !s->items[i].cached;
    return n;
}

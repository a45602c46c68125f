/* Edits: see text/edit.h. */
#include "text/edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

void df_edits_init(df_edits *list, df_arena *a, df_str text)
{
    *list = (df_edits){.arena = a, .text = text};
}

static bool any_taken(const df_edits *list, df_span at)
{
    return list->taken && at.len &&
           memchr(list->taken + at.off, 1, at.len) != NULL;
}

/* An insertion inside bytes that are replaced or moved has no place. */
static bool place_taken(const df_edits *list, uint32_t off)
{
    return list->taken && off > 0 && off < list->text.len &&
           list->taken[off - 1] && list->taken[off];
}

static bool fits(const df_edits *list, const df_edit *e)
{
    if (df_span_end(e->at) > list->text.len ||
        (e->copies && df_span_end(e->from) > list->text.len))
        df_bug("edit at %u reaches behind the text", e->at.off);
    if (e->copies && any_taken(list, e->from))
        return false;
    return e->at.len ? !any_taken(list, e->at) : !place_taken(list, e->at.off);
}

static void take(df_edits *list, df_span at)
{
    if (!list->taken)
        list->taken = df_alloc(list->arena, 1, list->text.len + 1);
    if (at.len)
        memset(list->taken + at.off, 1, at.len);
}

/* Edits of one group may not overlap each other either. */
static void check_group(const df_edit_group *g)
{
    for (uint32_t i = 0; i < g->nedits; i++)
        for (uint32_t k = 0; k < i; k++) {
            df_span a = g->edits[i].at;
            df_span b = g->edits[k].at;

            if (a.len && b.len && a.off < df_span_end(b) &&
                b.off < df_span_end(a))
                df_bug("edits of one finding overlap at %u", a.off);
        }
}

bool df_edits_add(df_edits *list, const df_edit_group *group)
{
    check_group(group);
    for (uint32_t i = 0; i < group->nedits; i++)
        if (!fits(list, &group->edits[i]))
            return false;
    for (uint32_t i = 0; i < group->nedits; i++) {
        const df_edit *e = &group->edits[i];

        take(list, e->at);
        if (e->copies)
            take(list, e->from);
        *df_push(list->arena, &list->all, edits) = *e;
    }
    return true;
}

typedef struct {
    df_edit edit;
    uint32_t order;
} ordered;

/* Insertions stand before what is replaced from the same place on. */
static int by_place(const void *a, const void *b)
{
    const ordered *x = a;
    const ordered *y = b;

    if (x->edit.at.off != y->edit.at.off)
        return x->edit.at.off < y->edit.at.off ? -1 : 1;
    if ((x->edit.at.len == 0) != (y->edit.at.len == 0))
        return x->edit.at.len == 0 ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static ordered *sorted(df_edits *list)
{
    uint32_t n = list->all.nedits;
    ordered *o = df_new_array(list->arena, ordered, n + 1);

    for (uint32_t i = 0; i < n; i++)
        o[i] = (ordered){list->all.edits[i], i};
    qsort(o, n, sizeof *o, by_place);
    return o;
}

static uint32_t new_bytes(const df_edit *e)
{
    return e->copies ? e->from.len : (uint32_t)e->text.len;
}

typedef struct {
    char *out;
    uint32_t *origin;
    uint32_t len;
    const df_edits *list;
    const uint32_t *old_origin;
} writer;

static uint32_t origin_of(const writer *w, uint32_t off)
{
    return w->old_origin ? w->old_origin[off] : off;
}

static void put_source(writer *w, df_span from)
{
    uint32_t *origin = w->origin + w->len;

    if (!from.len)
        return;
    memcpy(w->out + w->len, w->list->text.ptr + from.off, from.len);
    w->len += from.len;
    if (w->old_origin)
        memcpy(origin, w->old_origin + from.off, from.len * sizeof *origin);
    else
        for (uint32_t i = 0; i < from.len; i++)
            origin[i] = from.off + i;
}

static void put_text(writer *w, df_str text, uint32_t at)
{
    if (text.len)
        memcpy(w->out + w->len, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        w->origin[w->len + i] = origin_of(w, at);
    w->len += (uint32_t)text.len;
}

df_str df_edits_apply(df_edits *list, const uint32_t *origin,
                      uint32_t **new_origin)
{
    ordered *o = sorted(list);
    size_t len = list->text.len;
    uint32_t at = 0;
    writer w = {.list = list, .old_origin = origin};

    for (uint32_t i = 0; i < list->all.nedits; i++)
        len += new_bytes(&o[i].edit);
    w.out = df_alloc(list->arena, 1, len + 1);
    w.origin = df_new_array(list->arena, uint32_t, len + 1);
    for (uint32_t i = 0; i < list->all.nedits; i++) {
        const df_edit *e = &o[i].edit;

        put_source(&w, df_span_between(at, e->at.off));
        if (e->copies)
            put_source(&w, e->from);
        else
            put_text(&w, e->text, e->at.off);
        at = df_span_end(e->at);
    }
    put_source(&w, df_span_between(at, (uint32_t)list->text.len));
    w.origin[w.len] = origin_of(&w, (uint32_t)list->text.len);
    *new_origin = w.origin;
    return (df_str){w.out, w.len};
}

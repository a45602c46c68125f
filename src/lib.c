/*
 * The functions of dfopt.h; the only setjmp on the way of a rewrite.
 */
#include <dfopt/dfopt.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "facts/build.h"
#include "holder.h"
#include "pass/manager.h"
#include "pass/pass_docs.h"
#include "pass/pass_table.h"
#include "text/diff.h"

static const df_message NO_MEMORY = {.kind = DF_MSG_ERROR,
                                     .text = {"out of memory", 13}};

static df_str file_name(const df_options *o)
{
    return o->path && strcmp(o->path, "-") != 0 ? df_str_of(o->path)
                                                : DF_STR("<stdin>");
}

static void too_large(df_arena *a, df_rewriting *rw)
{
    df_message *msg = df_push(a, rw, messages);

    *msg = (df_message){.kind = DF_MSG_ERROR};
    msg->text = df_fmt(a, "is larger than the %u MB that dfopt reads",
                       DF_MAX_INPUT / 1000000);
    rw->failed = true;
}

static void fill(df_holder *h, df_str text, const df_options *options)
{
    df_rewriting rw = {.arena = &h->arena,
                       .options = options,
                       .name = file_name(options),
                       .text = text,
                       .input = text};

    if (text.len > DF_MAX_INPUT) {
        too_large(&h->arena, &rw);
    } else {
        df_manager_run(&rw);
    }
    h->result = (df_result){.text = rw.text,
                            .changed = !df_str_eq(rw.text, text),
                            .failed = rw.failed,
                            .messages = rw.messages,
                            .nmessages = rw.nmessages,
                            .context = rw.root,
                            .rounds = rw.rounds};
}

static df_holder *new_holder(const df_options *options)
{
    df_holder *h = calloc(1, sizeof *h);

    if (h)
        df_arena_init(&h->arena, options->allocator, &h->oom);
    return h;
}

static void set_no_memory(df_holder *h, df_str text)
{
    df_arena_release(&h->arena);
    h->result = (df_result){
        .text = text, .failed = true, .messages = &NO_MEMORY, .nmessages = 1};
}

df_result *df_rewrite(df_str text, const df_options *options)
{
    df_holder *h = new_holder(options);

    if (!h)
        return NULL;
    if (setjmp(h->oom))
        set_no_memory(h, text);
    else
        fill(h, text, options);
    return &h->result;
}

void df_result_free(df_result *result)
{
    df_holder *h = (df_holder *)(void *)result;

    if (!h)
        return;
    df_arena_release(&h->arena);
    free(h);
}

df_str df_result_diff(df_result *result, df_str before, df_str after,
                      const char *label_a, const char *label_b)
{
    df_holder *h = (df_holder *)(void *)result;
    df_buf out;

    if (setjmp(h->oom)) {
        set_no_memory(h, before);
        return DF_STR("");
    }
    df_buf_init(&out, &h->arena);
    df_diff_unified(&out, before, after, label_a, label_b);
    return df_buf_str(&out);
}

const df_pass *const *df_passes(size_t *count)
{
    return df_pass_table(count);
}

const char *const *df_pass_manual(const char *name)
{
    const df_pass_doc *doc = df_pass_doc_find(name);

    return doc ? doc->manual : NULL;
}

bool df_pass_example(const char *name, df_str *before, df_str *after)
{
    const df_pass_doc *doc = df_pass_doc_find(name);

    if (!doc)
        return false;
    *before = df_str_of(doc->before);
    *after = df_str_of(doc->after);
    return true;
}

/*
 * What people read of a verification.
 *
 *     Dockerfile: equal: the rewritten file builds the same image
 *
 *                                before       after
 *       image size             136.6 MB    117.6 MB    -14 %
 */
#include <string.h>

#include "report/clean.h"
#include "verify/verify.h"

#define MAX_SHOWN 20u /* differences of files */

static const char *verdict_text(const df_verify_report *r)
{
    switch (r->verdict) {
    case DF_VERIFY_EQUAL:
        return r->unsafe ? "holds: config, started programs and smoke command "
                           "are as before"
                         : "equal: both files build the same image";
    case DF_VERIFY_UNCHANGED:
        return r->nblamed ? "nothing left to change that could be proved"
                          : "nothing to change, so nothing was built";
    case DF_VERIFY_DIFFERS:
        return "not equal: the images differ";
    case DF_VERIFY_BROKEN:
        return "not equal: the rewritten file does not build";
    case DF_VERIFY_FAILED:
        break;
    }
    return "";
}

static df_str size_text(df_arena *a, uint64_t bytes)
{
    if (!bytes)
        return DF_STR("?");
    if (bytes < 10000000)
        return df_fmt(a, "%.2f MB", (double)bytes / 1e6);
    return df_fmt(a, "%.1f MB", (double)bytes / 1e6);
}

static void row(df_buf *out, const char *what, df_str before, df_str after)
{
    df_buf_fmt(out, "  %-22s %12.*s %12.*s", what, DF_STR_ARG(before),
               DF_STR_ARG(after));
}

static void end_row(df_buf *out)
{
    df_buf_addc(out, '\n');
}

static void add_size(df_buf *out, const df_verify_report *r)
{
    uint64_t b = r->before.image.size;
    uint64_t c = r->after.image.size;

    row(out, "image size", size_text(out->arena, b), size_text(out->arena, c));
    if (b && c)
        df_buf_fmt(out, "   %+.0f %%",
                   ((double)c - (double)b) * 100.0 / (double)b);
    end_row(out);
}

static void add_seconds(df_buf *out, const char *what, double before,
                        double after)
{
    row(out, what, df_fmt(out->arena, "%.1f s", before),
        df_fmt(out->arena, "%.1f s", after));
    end_row(out);
}

static df_str steps_text(df_arena *a, const df_steps *s)
{
    uint32_t all = 0;

    for (uint32_t i = 0; i < s->nitems; i++)
        all += s->items[i].text.len != 0;
    return df_fmt(a, "%u of %u", df_steps_run(s), all);
}

static void add_steps(df_buf *out, const char *what, const df_steps *s)
{
    df_buf_fmt(out, "  %s:\n", what);
    for (uint32_t i = 0; i < s->nitems; i++) {
        df_str text = s->items[i].text;

        if (text.len && !s->items[i].cached)
            df_buf_fmt(out, "    %.*s%s\n",
                       (int)(text.len > 66 ? 66 : text.len), text.ptr,
                       text.len > 66 ? "…" : "");
    }
}

static void add_rebuild(df_buf *out, const df_verify_report *r)
{
    df_arena *a = out->arena;

    if (r->rebuild_error.len)
        df_buf_fmt(out, "  no rebuild: %.*s\n", DF_STR_ARG(r->rebuild_error));
    if (!r->after.again.done)
        return;
    df_buf_fmt(out, "  after a change of %.*s\n", DF_STR_ARG(r->touched));
    row(out, "  steps that run again", steps_text(a, &r->before.again.steps),
        steps_text(a, &r->after.again.steps));
    end_row(out);
    add_seconds(out, "  rebuild", r->before.again.seconds,
                r->after.again.seconds);
    df_buf_addc(out, '\n');
    add_steps(out, "run again before", &r->before.again.steps);
    add_steps(out, "run again after", &r->after.again.steps);
}

static void add_table(df_buf *out, const df_verify_report *r)
{
    df_arena *a = out->arena;

    df_buf_addc(out, '\n');
    row(out, "", DF_STR("before"), DF_STR("after"));
    end_row(out);
    add_size(out, r);
    row(out, "layers", df_fmt(a, "%u", r->before.image.layers),
        df_fmt(a, "%u", r->after.image.layers));
    end_row(out);
    add_seconds(out, "build", r->before.image.seconds, r->after.image.seconds);
    add_rebuild(out, r);
}

/* --- differences --- */

static const struct {
    uint32_t bit;
    const char *word;
} WORDS[] = {
    {DF_ONLY_BEFORE, "only before"}, {DF_ONLY_AFTER, "only after"},
    {DF_DIFF_TYPE, "type"},          {DF_DIFF_MODE, "mode"},
    {DF_DIFF_OWNER, "owner"},        {DF_DIFF_LINK, "link"},
    {DF_DIFF_DEVICE, "device"},      {DF_DIFF_XATTRS, "xattrs"},
    {DF_DIFF_CONTENT, "content"},
};

void df_verify_what(df_buf *out, const df_tree_diff *d)
{
    const char *sep = "";

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (d->what & WORDS[i].bit) {
            df_buf_fmt(out, "%s%s", sep, WORDS[i].word);
            sep = ", ";
        }
}

static void add_values(df_buf *out, const df_tree_diff *d)
{
    const df_node *b = d->before;
    const df_node *c = d->after;

    if (!b || !c)
        return;
    if (d->what & DF_DIFF_MODE)
        df_buf_fmt(out, "; %04o, %04o", b->mode, c->mode);
    if (d->what & DF_DIFF_OWNER)
        df_buf_fmt(out, "; %llu:%llu, %llu:%llu", (unsigned long long)b->uid,
                   (unsigned long long)b->gid, (unsigned long long)c->uid,
                   (unsigned long long)c->gid);
    if (d->what & DF_DIFF_LINK)
        df_buf_fmt(out, "; -> %.*s, %.*s", DF_STR_ARG(b->link),
                   DF_STR_ARG(c->link));
    if ((d->what & DF_DIFF_CONTENT) && b->size != c->size)
        df_buf_fmt(out, "; %llu, %llu bytes", (unsigned long long)b->size,
                   (unsigned long long)c->size);
}

/* Names from an image may hold anything; a terminal must not obey it. */
static void add_path(df_buf *out, df_str path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];

        if (c < ' ' || c == 0x7f)
            df_buf_fmt(out, "\\x%02x", c);
        else
            df_buf_addc(out, path.ptr[i]);
    }
}

/* Only on one side, in a directory that is so, too: told with it. */
static bool is_told(const df_tree_diffs *d, uint32_t i)
{
    df_str path = d->items[i].path;
    uint32_t one = d->items[i].what & (DF_ONLY_BEFORE | DF_ONLY_AFTER);

    for (uint32_t k = i; one && k-- > 0;) {
        const df_tree_diff *dir = &d->items[k];

        if (dir->what == one && !dir->allowed && !dir->noise &&
            path.len > dir->path.len && path.ptr[dir->path.len] == '/' &&
            df_str_eq(df_str_slice(path, 0, dir->path.len), dir->path))
            return true;
    }
    return false;
}

static void add_real(df_buf *out, const df_verify_report *r)
{
    uint32_t shown = 0;
    uint32_t more = 0;

    for (uint32_t i = 0; i < r->files.nitems; i++) {
        const df_tree_diff *d = &r->files.items[i];

        if (d->allowed || d->noise || is_told(&r->files, i))
            continue;
        if (shown++ >= MAX_SHOWN) {
            more++;
            continue;
        }
        df_buf_adds(out, "    /");
        add_path(out, d->path);
        df_buf_adds(out, ": ");
        df_verify_what(out, d);
        add_values(out, d);
        df_buf_addc(out, '\n');
    }
    if (more)
        df_buf_fmt(out, "    and %u more\n", more);
}

/* "21 allowed by clean-cache (/var/lib/apt/lists …)" */
static void add_counts(df_buf *out, const df_verify_report *r)
{
    uint32_t allowed = 0;
    uint32_t noise = 0;
    const char *pass = NULL;

    for (uint32_t i = 0; i < r->files.nitems; i++) {
        const df_tree_diff *d = &r->files.items[i];

        allowed += d->allowed;
        noise += d->noise && !d->allowed;
        if (d->allowed)
            pass = d->pass;
    }
    df_buf_fmt(out, "\n  files: %u compared, ", r->compared);
    if (r->nreal)
        df_buf_fmt(out, "%u differ%s\n", r->nreal,
                   r->unsafe ? " on purpose: an unsafe change was made" : ":");
    else
        df_buf_fmt(out, "equal%s\n", allowed || noise ? " but for" : "");
    if (!r->unsafe)
        add_real(out, r);
    if (allowed)
        df_buf_fmt(out, "    %u that %s removes\n", allowed, pass);
    if (noise)
        df_buf_fmt(out,
                   "    %u in which two builds of the original differ, too\n",
                   noise);
}

static void add_config(df_buf *out, const df_verify_report *r)
{
    if (!r->nconfig) {
        df_buf_fmt(out, "  image config: equal%s%.*s\n",
                   r->other_env.len ? " but for variables of the base image or "
                                      "the toolchain: "
                                    : "",
                   DF_STR_ARG(r->other_env));
        return;
    }
    df_buf_adds(out, "  image config differs:\n");
    for (uint32_t i = 0; i < r->nconfig; i++)
        df_buf_fmt(out, "    %s: %.*s, %.*s\n", r->config[i].key,
                   DF_STR_ARG(r->config[i].before),
                   DF_STR_ARG(r->config[i].after));
}

static void add_artefacts(df_buf *out, const df_verify_report *r)
{
    for (uint32_t i = 0; i < r->nartefacts; i++)
        if (r->unsafe || !r->artefacts[i].after)
            df_buf_fmt(out, "  started: %.*s: %s\n",
                       DF_STR_ARG(r->artefacts[i].path),
                       r->artefacts[i].after ? "there" : "missing after");
}

static void add_smoke(df_buf *out, const df_verify_report *r)
{
    if (!r->smoke)
        return;
    df_buf_fmt(out, "  smoke: `%s`: status %d, %d; output %s\n", r->smoke,
               r->before.smoke.status, r->after.smoke.status,
               df_str_eq(r->before.smoke.out, r->after.smoke.out) ? "equal"
                                                                  : "differs");
    if (!r->smoke_equal)
        df_buf_fmt(out, "    before: %.*s\n    after: %.*s\n",
                   DF_STR_ARG(df_str_trim(r->before.smoke.out)),
                   DF_STR_ARG(df_str_trim(r->after.smoke.out)));
}

static void add_blamed(df_buf *out, const char *file, const df_verify_report *r)
{
    for (uint32_t i = 0; i < r->nblamed; i++) {
        const df_blamed *b = &r->blamed[i];

        df_buf_fmt(out,
                   "%s:%u:%u: warning: with this change the image is not the "
                   "same: %.*s; leave it out with --skip %s, or with "
                   "`# dfopt: ignore=%s` above the instruction [%s]\n",
                   file, b->line, b->col, DF_STR_ARG(b->text), b->pass, b->pass,
                   b->pass);
    }
}

void df_verify_print(df_buf *out, const char *path, const df_verify_report *r,
                     bool verbose)
{
    const char *file;
    df_buf name;

    df_buf_init(&name, out->arena);
    df_clean_line(&name, df_str_of(path));
    file = name.ptr;
    if (r->verdict == DF_VERIFY_FAILED) {
        if (r->log.len && !verbose && !r->interrupted)
            df_buf_fmt(out, "%.*s\n", DF_STR_ARG(r->log));
        df_buf_fmt(out, "%s: error: %.*s\n", file, DF_STR_ARG(r->error));
        return;
    }
    if (r->verdict == DF_VERIFY_BROKEN && r->log.len && !verbose)
        df_buf_fmt(out, "%.*s\n", DF_STR_ARG(r->log));
    df_buf_fmt(out, "%s: %s", file, verdict_text(r));
    if (r->engine)
        df_buf_fmt(out, " [%s %.*s]", r->engine, DF_STR_ARG(r->version));
    df_buf_addc(out, '\n');
    if (r->verdict == DF_VERIFY_BROKEN)
        df_buf_fmt(out, "  %.*s\n", DF_STR_ARG(r->error));
    if (r->verdict == DF_VERIFY_EQUAL || r->verdict == DF_VERIFY_DIFFERS) {
        add_table(out, r);
        add_counts(out, r);
        add_config(out, r);
        add_artefacts(out, r);
        add_smoke(out, r);
    }
    add_blamed(out, file, r);
}

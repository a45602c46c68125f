/* Files of the image by the COPY or ADD that brought them: see use.h. */
#include <dfopt/use.h>

#include "base/limits.h"
#include "facts/answers.h"

/* More files than this are not looked at one by one. */
enum { MAX_FILES = 4000 };

static const df_str NOWHERE = {NULL, 0};

bool df_stage_is_on(const df_stage *stage, const df_stage *base)
{
    return stage && base->enter <= stage->enter && stage->enter < base->leave;
}

uint32_t df_stage_copies(const df_facts *facts, const df_stage *stage,
                         uint32_t end)
{
    uint32_t from = stage->from->index;
    uint32_t to = from + stage->ninstrs;

    return facts->copies[end < from ? from
                         : end < to ? end
                                    : to] -
           facts->copies[from];
}

df_str df_stage_sibling(df_arena *a, const df_stage *stage, df_str repo,
                        df_str tag)
{
    df_str name = stage->image;
    size_t end = name.len;

    if (stage->tag.len < end &&
        df_str_eq(df_str_from(name, end - stage->tag.len), stage->tag) &&
        name.ptr[end - stage->tag.len - 1] == ':')
        end -= stage->tag.len + 1;
    if (!df_str_eq(repo, stage->repo) && stage->repo.len <= end)
        return df_fmt(a, "%.*s%.*s:%.*s", (int)(end - stage->repo.len),
                      name.ptr, DF_STR_ARG(repo), DF_STR_ARG(tag));
    return df_fmt(a, "%.*s:%.*s", (int)end, name.ptr, DF_STR_ARG(tag));
}

uint32_t df_line_of(df_str text, size_t off)
{
    uint32_t line = 1;

    for (size_t i = 0; i < off && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

/* COPY and ADD that bring files of the context and nothing else. */
static bool from_context(const df_instr *instr)
{
    return (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
           !instr->bad && instr->nwords >= 2 && !instr->nheredocs &&
           !df_instr_flag(instr, "from") && !df_instr_flag(instr, "parents") &&
           !df_instr_flag(instr, "exclude");
}

static bool is_root(df_str path)
{
    return df_str_is(path, "") || df_str_is(path, "/") ||
           df_str_is(path, ".") || df_str_is(path, "./") ||
           df_str_is(path, "/.");
}

/* What source n of the instruction names. */
static df_names sources(df_arena *a, const df_facts *facts, df_context *cx,
                        const df_instr *instr, uint32_t n)
{
    static const df_str root = {"", 0};
    df_str word = df_expand(a, facts, instr, instr->words[n].str);

    if (!word.ptr || df_str_has(word, "://"))
        return (df_names){NULL, 0};
    if (is_root(word))
        return (df_names){&root, 1};
    return df_context_glob(cx, word);
}

static df_str join(df_arena *a, df_str dir, df_str below)
{
    while (below.len && below.ptr[0] == '/')
        below = df_str_from(below, 1);
    if (!dir.len)
        return below;
    if (!below.len)
        return dir;
    return df_fmt(a, "%.*s/%.*s", DF_STR_ARG(dir), DF_STR_ARG(below));
}

static df_str below(df_str path, df_str dir)
{
    return df_str_from(path, df_str_is(dir, "/") ? 1 : dir.len);
}

static df_str match(df_arena *a, df_context *cx, df_str source, df_str dest,
                    df_str path)
{
    df_str found;

    if (!source.len || df_context_stat(cx, source) == DF_FILE_DIR) {
        if (!df_image_below(path, dest))
            return NOWHERE;
        found = join(a, source, below(path, dest));
        return !found.len || df_context_stat(cx, found) != DF_FILE_NONE
                   ? found
                   : NOWHERE;
    }
    if (df_str_eq(path, dest))
        return source;
    found = df_image_path(a, dest, df_path_base(source));
    return df_str_eq(path, found) ? source : NOWHERE;
}

static df_str destination(df_arena *a, const df_facts *facts,
                          const df_instr *instr)
{
    df_str word = instr->words[instr->nwords - 1].str;

    word = df_expand(a, facts, instr, word);
    if (!word.ptr)
        return NOWHERE;
    return df_image_path(a, facts->states[instr->index].workdir, word);
}

static df_str brought_by(df_arena *a, const df_facts *facts, df_context *cx,
                         const df_instr *instr, df_str path)
{
    df_str dest = destination(a, facts, instr);

    for (uint32_t i = 0; dest.ptr && i + 1 < instr->nwords; i++) {
        df_names names = sources(a, facts, cx, instr, i);

        for (uint32_t k = 0; k < names.count; k++) {
            df_str found = match(a, cx, names.names[k], dest, path);

            if (found.ptr)
                return found;
        }
    }
    return NOWHERE;
}

/* A COPY that is not followed may have laid another file over it. */
static bool may_cover(df_arena *a, const df_facts *facts, const df_instr *instr,
                      df_str path)
{
    df_str dest;

    if ((instr->kind != DF_I_COPY && instr->kind != DF_I_ADD) || !instr->nwords)
        return false;
    dest = destination(a, facts, instr);
    return !dest.ptr || df_image_below(path, dest);
}

/* In a stage with more copies than that nothing is known to be one's. */
static df_str look_for(df_arena *a, const df_facts *facts, df_context *cx,
                       const df_stage *stage, df_str path)
{
    uint32_t left = DF_MAX_COPIES;

    for (; stage; stage = stage->base) {
        uint32_t n = df_stage_copies(facts, stage, UINT32_MAX);

        if (n > left)
            return NOWHERE;
        left -= n;
        for (uint32_t i = stage->ninstrs; i-- > 0;) {
            df_str found = NOWHERE;

            if (from_context(stage->instrs[i]))
                found = brought_by(a, facts, cx, stage->instrs[i], path);
            else if (may_cover(a, facts, stage->instrs[i], path))
                return NOWHERE;
            if (found.ptr)
                return found;
        }
    }
    return NOWHERE;
}

/* Asked for each command of a stage, answered once for each path. */
df_str df_copied_from(df_arena *a, const df_facts *facts, df_context *cx,
                      const df_stage *stage, df_str path)
{
    df_str key, *found;

    if (!path.ptr || path.ptr[0] != '/')
        return NOWHERE;
    key = df_fmt(a, "%u%.*s", stage->index, DF_STR_ARG(path));
    found = df_map_get(&facts->answers->copied, key);
    if (!found) {
        found = df_new(a, df_str);
        *found = look_for(a, facts, cx, stage, path);
        df_map_put(&facts->answers->copied, key, found);
    }
    return *found;
}

/* What brings a path first, and the number of the instruction. */
typedef struct {
    df_str from;
    uint32_t index;
} first_copy;

static void look_first(df_arena *a, const df_facts *facts, df_context *cx,
                       const df_stage *stage, df_str path, first_copy *first)
{
    if (stage->base)
        look_first(a, facts, cx, stage->base, path, first);
    for (uint32_t i = 0; i < stage->ninstrs && !first->from.ptr; i++) {
        if (!from_context(stage->instrs[i]))
            continue;
        first->from = brought_by(a, facts, cx, stage->instrs[i], path);
        first->index = stage->instrs[i]->index;
    }
}

/* Asked for each install, answered once for each path. */
df_str df_copied_before(df_arena *a, const df_facts *facts, df_context *cx,
                        const df_instr *instr, df_str path)
{
    const df_stage *stage = facts->stage_of[instr->index];
    first_copy *first;
    df_str key;

    if (!path.ptr || path.ptr[0] != '/')
        return NOWHERE;
    key = df_fmt(a, "first %u%.*s", stage->index, DF_STR_ARG(path));
    first = df_map_get(&facts->answers->copied, key);
    if (!first) {
        first = df_new(a, first_copy);
        look_first(a, facts, cx, stage, path, first);
        df_map_put(&facts->answers->copied, key, first);
    }
    return first->from.ptr && first->index < instr->index ? first->from
                                                          : NOWHERE;
}

typedef struct {
    df_arena *arena;
    df_context *cx;
    df_files *files;
    const char *const *skip;
} collector;

static void collect(collector *c, df_str path, unsigned depth)
{
    df_names names;

    if (c->files->npaths >= MAX_FILES || depth >= DF_MAX_DEPTH / 4) {
        c->files->cut = true;
        return;
    }
    if (path.len && df_context_lookup(c->cx, path) != DF_FILE_DIR) {
        *df_push(c->arena, c->files, paths) = path;
        return;
    }
    if (df_str_in(df_path_base(path), c->skip))
        return;
    names = df_context_list(c->cx, path);
    for (uint32_t i = 0; i < names.count; i++)
        collect(c, join(c->arena, path, names.names[i]), depth + 1);
}

df_files df_context_files(df_arena *a, df_context *cx, const char *const *skip)
{
    df_files files = {.npaths = 0};
    collector c = {a, cx, &files, skip};

    collect(&c, DF_STR(""), 0);
    return files;
}

df_files df_copied_files(df_arena *a, const df_facts *facts, df_context *cx,
                         const df_stage *stage, uint32_t from, uint32_t to,
                         const char *const *skip)
{
    df_files files = {.npaths = 0};
    collector c = {a, cx, &files, skip};

    for (uint32_t i = from; i < to && i < stage->ninstrs; i++) {
        const df_instr *instr = stage->instrs[i];

        if (!from_context(instr))
            continue;
        for (uint32_t k = 0; k + 1 < instr->nwords; k++) {
            df_names names = sources(a, facts, cx, instr, k);

            if (!names.count && !files.missing.len &&
                df_str_find_char(instr->words[k].str, '*') == SIZE_MAX)
                files.missing = instr->words[k].str;
            for (uint32_t n = 0; n < names.count; n++)
                collect(&c, names.names[n], 0);
        }
    }
    return files;
}

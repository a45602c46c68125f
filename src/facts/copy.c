/*
 * COPY and ADD, resolved against the context: see dfopt/copy.h.
 *
 * A directory's contents land in the destination, a file under its own name;
 * with --parents both keep their path (Dockerfile reference, "COPY").
 */
#include <dfopt/copy.h>
#include <dfopt/use.h>

#include "base/buf.h"
#include "base/limits.h"
#include "facts/answers.h"

static const df_str UNKNOWN = {NULL, 0};

df_str df_image_dir(df_str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/')
            return df_str_slice(path, 0, i ? i : 1);
    return DF_STR("");
}

df_str df_path_below(df_str path, df_str dir)
{
    if (!dir.len || df_str_is(dir, "."))
        return df_str_is(path, ".") ? DF_STR("") : path;
    if (df_str_is(dir, "/"))
        return df_str_from(path, 1);
    return path.len > dir.len ? df_str_from(path, dir.len + 1) : DF_STR("");
}

bool df_image_overlap(df_str a, df_str b)
{
    if (!a.ptr || !b.ptr || df_str_starts(a, "/") != df_str_starts(b, "/"))
        return true;
    return df_image_below(a, b) || df_image_below(b, a);
}

bool df_copy_is_broad(const df_copied *copy)
{
    for (uint32_t i = 0; i < copy->nsources; i++)
        if (copy->sources[i].dir || copy->sources[i].glob)
            return true;
    return false;
}

const df_stage *df_copy_stage(const df_facts *facts, const df_instr *instr)
{
    const df_flag *flag = df_instr_flag(instr, "from");

    return flag ? df_stage_find(facts, flag->value,
                                facts->stage_of[instr->index]->index, true)
                : NULL;
}

bool df_copy_is_whole(const df_copied *copy)
{
    return copy->known && copy->sources[0].dir && !copy->sources[0].path.len;
}

bool df_path_is_settings(df_str path)
{
    static const char *const ends[] = {
        ".json",   ".lock",   ".yaml",    ".yml", ".toml", ".cfg",
        ".ini",    ".txt",    ".in",      ".mod", ".sum",  ".work",
        ".csproj", ".fsproj", ".vbproj",  ".sln", ".slnx", ".props",
        ".sbt",    ".cabal",  ".targets", NULL};
    df_str base = df_path_base(path);

    if (df_str_starts(base, ".") || df_str_find_char(base, '.') == SIZE_MAX)
        return true;
    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(base, *e))
            return true;
    return false;
}

bool df_copy_brings_source(const df_copied *copy)
{
    for (uint32_t i = 0; i < copy->nsources; i++)
        if (copy->sources[i].dir ||
            (copy->sources[i].glob &&
             !df_path_is_settings(copy->sources[i].path)))
            return true;
    return false;
}

bool df_dir_is_of_lists(df_context *cx, df_str dir)
{
    df_names names = df_context_list(cx, dir);

    for (uint32_t i = 0; i < names.count; i++)
        if (!df_str_ends(names.names[i], ".txt") &&
            !df_str_ends(names.names[i], ".in"))
            return false;
    return dir.len && names.count > 0;
}

/* --- reading --- */

static bool is_remote(df_str source)
{
    return df_str_has(source, "://") || df_str_starts(source, "git@") ||
           df_str_ends(source, ".git");
}

/* ADD unpacks these. */
static bool is_archive(df_str path)
{
    static const char *const ends[] = {".tar",  ".gz", ".tgz", ".bz2", ".tbz",
                                       ".tbz2", ".xz", ".txz", ".zst", NULL};

    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(path, *e))
            return true;
    return false;
}

static bool has_meta(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '*' || s.ptr[i] == '?' || s.ptr[i] == '[')
            return true;
    return false;
}

static bool add_source(df_brought *b, df_copied *copy, uint32_t word,
                       df_str path, bool glob)
{
    df_file_kind kind =
        path.len ? df_context_stat(b->context, path) : DF_FILE_DIR;

    if (kind != DF_FILE_DIR && kind != DF_FILE_REGULAR)
        return false;
    if (copy->instr->kind == DF_I_ADD && kind == DF_FILE_REGULAR &&
        is_archive(path))
        return false;
    *df_push(b->arena, copy, sources) =
        (df_copy_source){path, word, kind == DF_FILE_DIR, glob};
    return true;
}

static bool read_source(df_brought *b, df_copied *copy, uint32_t word)
{
    df_str text = df_expand(b->arena, b->facts, copy->instr,
                            copy->instr->words[word].str);
    df_names names;

    if (!text.ptr || !text.len || is_remote(text))
        return false;
    if (!has_meta(text))
        return add_source(b, copy, word,
                          df_context_join(b->arena, DF_STR(""), text), false);
    names = df_context_glob(b->context, text);
    for (uint32_t i = 0; i < names.count; i++)
        if (!add_source(b, copy, word, names.names[i], true))
            return false;
    return true;
}

/* Names only, or `**` and a name: what else a pattern excludes is not known. */
static bool reads_excludes(const df_copied *copy)
{
    for (uint32_t i = 0; i < copy->instr->nflags; i++) {
        const df_flag *f = &copy->instr->flags[i];
        df_str value = f->value;

        if (!df_str_is(f->name, "exclude"))
            continue;
        if (df_str_starts(value, "**/"))
            value = df_str_from(value, 3);
        if (has_meta(value) || df_str_find_char(value, '$') != SIZE_MAX ||
            df_str_starts(value, "!") || copy->nsources != 1 ||
            copy->sources[0].path.len)
            return false;
    }
    return true;
}

static bool is_excluded(const df_copied *copy, df_str path)
{
    for (uint32_t i = 0; i < copy->instr->nflags; i++) {
        const df_flag *f = &copy->instr->flags[i];
        df_str part, rest = path;

        if (!df_str_is(f->name, "exclude"))
            continue;
        if (!df_str_starts(f->value, "**/")) {
            if (df_image_below(path, f->value))
                return true;
            continue;
        }
        while (rest.len) {
            df_str_cut(&rest, '/', &part);
            if (df_str_eq(part, df_str_from(f->value, 3)))
                return true;
        }
    }
    return false;
}

static bool read_sources(df_brought *b, df_copied *copy)
{
    const df_instr *instr = copy->instr;

    if (instr->nheredocs || instr->nwords < 2 || df_instr_flag(instr, "from") ||
        df_instr_flag(instr, "checksum") ||
        df_instr_flag(instr, "keep-git-dir") || df_instr_flag(instr, "unpack"))
        return false;
    for (uint32_t i = 0; i + 1 < instr->nwords; i++)
        if (!read_source(b, copy, i))
            return false;
    return copy->nsources > 0 && reads_excludes(copy);
}

/* Is it certainly a directory by now: a WORKDIR, or something landed there? */
static bool is_directory(const df_brought *b, df_str dest)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (df_image_below(b->copies[i].dest, dest) &&
            !(b->copies[i].names && df_str_eq(b->copies[i].dest, dest)))
            return true;
    return false;
}

static void read_dest(df_brought *b, df_copied *copy)
{
    const df_instr *instr = copy->instr;
    const df_state *state = &b->facts->states[instr->index];
    df_str text = instr->nwords ? df_expand(b->arena, b->facts, instr,
                                            instr->words[instr->nwords - 1].str)
                                : UNKNOWN;
    df_str dir = state->workdir.ptr ? state->workdir : DF_STR(".");

    copy->dest = UNKNOWN;
    if (!text.ptr || !text.len)
        return;
    copy->dest = df_image_path(b->arena, dir, text);
    copy->names = instr->nwords == 2 && copy->nsources == 1 &&
                  !copy->sources[0].dir && !copy->sources[0].glob &&
                  !df_str_ends(text, "/") && !df_str_ends(text, ".") &&
                  !df_image_below(state->workdir, copy->dest) &&
                  !is_directory(b, copy->dest);
    /* `COPY app.js /app` where RUN made /app: the name says it. */
    if (copy->names && df_str_find_char(df_path_base(text), '.') == SIZE_MAX &&
        df_str_find_char(df_path_base(copy->sources[0].path), '.') != SIZE_MAX)
        copy->names = false;
}

static void read_copy(df_brought *b, const df_instr *instr)
{
    df_copied copy = {.instr = instr};

    copy.known = read_sources(b, &copy);
    copy.parents = df_instr_flag(instr, "parents") != NULL;
    read_dest(b, &copy);
    if (copy.parents && df_str_has(instr->args.str, "/./"))
        copy.known = false;
    /* A JSON string with escapes would have to be escaped again. */
    if (instr->json && df_str_find_char(instr->args.str, '\\') != SIZE_MAX)
        copy.known = false;
    *df_push(b->arena, b, copies) = copy;
}

/* Relative to an unknown WORKDIR: the same as at `at` only without another. */
static void forget_relative(df_brought *b)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (b->copies[i].dest.ptr && !df_str_starts(b->copies[i].dest, "/"))
            b->copies[i].dest = UNKNOWN;
}

static df_brought *read_stage(df_arena *a, const df_facts *facts,
                              df_context *context, const df_stage *stage,
                              uint32_t end)
{
    df_brought *b = df_new(a, df_brought);

    *b = (df_brought){.arena = a, .facts = facts, .context = context};
    b->too_many = df_stage_copies(facts, stage, end) > DF_MAX_COPIES;
    if (b->too_many)
        return b;
    for (uint32_t i = 0; i < stage->ninstrs; i++) {
        const df_instr *instr = stage->instrs[i];

        if (instr->index >= end)
            break;
        if (instr->kind == DF_I_WORKDIR)
            forget_relative(b);
        if (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD)
            read_copy(b, instr);
    }
    return b;
}

const df_brought *df_brought_before(df_arena *a, const df_facts *facts,
                                    df_context *context, const df_instr *at)
{
    const df_brought **b = &facts->answers->brought[at->index];

    if (!*b)
        *b = read_stage(a, facts, context, facts->stage_of[at->index],
                        at->index);
    return *b;
}

const df_brought *df_brought_all(df_arena *a, const df_facts *facts,
                                 df_context *context, const df_stage *stage)
{
    const df_brought **b = &facts->answers->all[stage->index];

    if (!*b)
        *b = read_stage(a, facts, context, stage, UINT32_MAX);
    return *b;
}

/* --- asking --- */

static bool from_source(const df_brought *b, const df_copied *copy,
                        const df_copy_source *s, df_str path, df_str *out)
{
    df_str below = df_path_below(path, copy->dest);

    if (copy->parents) {
        *out = below;
        return !s->path.len || df_image_below(below, s->path);
    }
    if (s->dir) {
        *out = df_context_join(b->arena, s->path, below);
        return true;
    }
    *out = s->path;
    return copy->names ? !below.len : df_str_eq(below, df_path_base(s->path));
}

bool df_copy_find(const df_brought *b, const df_copied *copy, df_str path,
                  df_origin *out)
{
    df_str from;

    if (!copy->known || !path.ptr || !df_image_below(path, copy->dest))
        return false;
    for (uint32_t i = copy->nsources; i-- > 0;) {
        const df_copy_source *s = &copy->sources[i];
        df_file_kind kind;

        if (!from_source(b, copy, s, path, &from) || is_excluded(copy, from))
            continue;
        kind = from.len ? df_context_lookup(b->context, from) : DF_FILE_DIR;
        if (kind == DF_FILE_NONE)
            continue;
        *out = (df_origin){copy, s, from, kind};
        return true;
    }
    return false;
}

df_str df_copy_would_bring(const df_brought *b, const df_copied *copy,
                           df_str path)
{
    df_context *cx = b->context;

    if (!copy->known || copy->parents || !copy->sources[0].dir ||
        !df_image_below(path, copy->dest))
        return DF_STR("");
    path = df_context_join(b->arena, copy->sources[0].path,
                           df_path_below(path, copy->dest));
    /* A line that keeps all of its files out does for the directory, too. */
    return df_context_ignores(cx, path) ||
                   df_context_ignores(
                       cx, df_fmt(b->arena, "%.*s/x", DF_STR_ARG(path)))
               ? DF_STR("")
               : path;
}

df_str df_context_ignore_name(df_context *context)
{
    df_str used = df_context_ignore_file(context);

    return used.len ? used : DF_STR(".dockerignore");
}

bool df_brought_find(const df_brought *b, df_str path, df_origin *out)
{
    *out = (df_origin){0};
    for (uint32_t i = b->ncopies; i-- > 0;) {
        const df_copied *copy = &b->copies[i];

        if (df_copy_find(b, copy, path, out))
            return true;
        if (!copy->known && (!copy->dest.ptr || !path.ptr ||
                             df_image_below(path, copy->dest))) {
            out->copy = copy;
            return false;
        }
    }
    return false;
}

/* --- writing --- */

/* Blanks between two things of one line, as the author set them. */
static df_str blanks_between(const df_brought *b, uint32_t from, uint32_t to)
{
    df_str s = df_source(b->facts->doc, df_span_between(from, to));

    for (size_t i = 0; i < s.len; i++)
        if (!df_is_blank(s.ptr[i]))
            return DF_STR(" ");
    return s.len ? s : DF_STR(" ");
}

/* Does the author's spelling mean the same wherever it stands? */
static bool is_absolute(const df_brought *b, const df_copied *copy)
{
    const df_instr *instr = copy->instr;
    df_str text = df_expand(b->arena, b->facts, instr,
                            instr->words[instr->nwords - 1].str);

    return df_str_starts(text, "/");
}

bool df_same_workdir(const df_facts *facts, const df_instr *a,
                     const df_instr *b)
{
    df_str x = facts->states[a->index].workdir;
    df_str y = facts->states[b->index].workdir;

    return x.ptr && y.ptr ? df_str_eq(x, y) : x.ptr == y.ptr;
}

/* The destination, for somebody in that directory: short if it is below. */
static df_str from_workdir(const df_copied *copy, df_str workdir)
{
    if (!workdir.ptr || df_str_is(workdir, "/") ||
        !df_image_below(copy->dest, workdir))
        return copy->dest;
    return df_str_eq(copy->dest, workdir) ? DF_STR(".")
                                          : df_path_below(copy->dest, workdir);
}

df_str df_copy_dest_text(const df_brought *b, const df_copied *copy,
                         const df_instr *at)
{
    const df_instr *instr = copy->instr;
    df_str text = instr->words[instr->nwords - 1].str;

    if (!df_same_workdir(b->facts, instr, at) && !is_absolute(b, copy))
        text = from_workdir(copy, b->facts->states[at->index].workdir);
    while (text.len > 1 && text.ptr[text.len - 1] == '/')
        text = df_str_slice(text, 0, text.len - 1);
    return text;
}

/* `sub` below the destination, as a directory: with a slash at its end. */
static df_str dest_dir(const df_brought *b, const df_copy_line *line)
{
    df_str dest = df_copy_dest_text(b, line->copy, line->at);

    if (!line->sub.len)
        return df_str_is(dest, "/")
                   ? dest
                   : df_fmt(b->arena, "%.*s/", DF_STR_ARG(dest));
    if (df_str_is(dest, "."))
        return df_fmt(b->arena, "%.*s/", DF_STR_ARG(line->sub));
    return df_fmt(b->arena, "%.*s%s%.*s/", DF_STR_ARG(dest),
                  df_str_is(dest, "/") ? "" : "/", DF_STR_ARG(line->sub));
}

/* The file, spelled with the source word that brought it. */
static df_str source_text(const df_brought *b, const df_copy_line *line,
                          df_str file)
{
    const df_copy_source *s = line->like;
    df_str word = line->copy->instr->words[s->word].str;
    df_str rest = df_path_below(file, s->path);

    if (s->glob || !s->dir || !s->path.len)
        return file;
    while (word.len > 1 && word.ptr[word.len - 1] == '/')
        word = df_str_slice(word, 0, word.len - 1);
    return df_fmt(b->arena, "%.*s/%.*s", DF_STR_ARG(word), DF_STR_ARG(rest));
}

static void add_words(df_buf *out, const df_brought *b,
                      const df_copy_line *line)
{
    const df_instr *instr = line->copy->instr;
    const df_word *last = &instr->words[instr->nwords - 1];
    df_str gap = instr->json ? DF_STR("")
                             : blanks_between(b, df_span_end(last[-1].span),
                                              last->span.off);

    for (uint32_t i = 0; i < line->nfiles; i++)
        df_buf_fmt(out,
                   instr->json ? "\"%.*s\", "
                   : i         ? " %.*s"
                               : "%.*s",
                   DF_STR_ARG(source_text(b, line, line->files[i])));
    df_buf_add(out, gap);
    df_buf_fmt(out, instr->json ? "\"%.*s\"" : "%.*s",
               DF_STR_ARG(dest_dir(b, line)));
}

df_str df_copy_line_text(const df_brought *b, const df_copy_line *line)
{
    const df_doc *doc = b->facts->doc;
    const df_instr *instr = line->copy->instr;
    uint32_t end = df_span_end(instr->keyword);
    uint32_t next =
        instr->nflags ? instr->flags[0].span.off : df_text_src(&instr->args, 0);
    df_buf out;

    df_buf_init(&out, b->arena);
    df_buf_add(&out, line->indent);
    df_buf_add(&out, df_source(doc, instr->keyword));
    df_buf_add(&out, blanks_between(b, end, next));
    for (uint32_t i = 0; i < instr->nflags; i++) {
        df_buf_add(&out, df_source(doc, instr->flags[i].span));
        df_buf_addc(&out, ' ');
    }
    df_buf_adds(&out, instr->json ? "[" : "");
    add_words(&out, b, line);
    df_buf_adds(&out, instr->json ? "]" : "");
    df_buf_add(&out, df_newline(doc));
    return df_buf_str(&out);
}

/* Compose files: see dfopt/compose.h. */
#include <dfopt/compose.h>

#include <sys/stat.h>

#include "base/buf.h"
#include "base/inside.h"
#include "context/above.h"
#include "context/disk.h"
#include "context/json.h"
#include "context/path.h"
#include "context/tree.h"

/* The `services` of a compose file; false: there is no such file. */
static bool read_services(df_context *cx, df_disk *disk, df_str name,
                          const df_json **services)
{
    df_node *node = df_disk_node(disk, name);
    df_str text;

    if (node->kind != DF_FILE_REGULAR || !df_disk_read(disk, node, &text))
        return false;
    *services =
        df_json_get(df_yaml_parse_all(df_context_arena(cx), text), "services");
    return true;
}

/* compose.yaml is merged with compose.override.yaml, or .yml (Compose
 * specification, "Merge"). */
static const df_json *read_override(df_context *cx, df_disk *disk, df_str name)
{
    df_str stem = df_str_slice(name, 0, df_str_find(name, ".y"));
    df_arena *a = df_context_arena(cx);
    const df_json *more = NULL;

    if (!read_services(cx, disk,
                       df_fmt(a, "%.*s.override.yml", DF_STR_ARG(stem)), &more))
        read_services(cx, disk,
                      df_fmt(a, "%.*s.override.yaml", DF_STR_ARG(stem)), &more);
    return more;
}

static void read_file(df_context *cx, df_composes *found, df_disk *disk,
                      const char *name, df_str up, df_str below)
{
    df_arena *a = df_context_arena(cx);
    const df_json *services;

    if (read_services(cx, disk, df_str_of(name), &services))
        *df_push(a, found, items) =
            (df_compose){df_fmt(a, "%.*s%s", DF_STR_ARG(up), name), below,
                         services, read_override(cx, disk, df_str_of(name))};
}

/* A look for these files alone does not count as one into the context. */
static df_disk *disk_of(df_context *cx, const char *dir)
{
    return df_context_used(cx)
               ? df_context_disk(cx)
               : df_disk_open(df_context_arena(cx), dir, df_context_fault(cx));
}

static void read_files(df_context *cx, df_composes *found, df_disk *disk,
                       df_str up, df_str below)
{
    static const char *const names[] = {"compose.yaml", "compose.yml",
                                        "docker-compose.yaml",
                                        "docker-compose.yml", NULL};

    for (const char *const *n = names; *n; n++)
        read_file(cx, found, disk, *n, up, below);
}

static void look_above(df_context *cx, df_composes *found)
{
    const df_above *above = df_context_above(cx);
    df_str up = DF_STR("");

    for (uint32_t i = 0; i < above->nitems; i++) {
        up = df_fmt(df_context_arena(cx), "%.*s../", DF_STR_ARG(up));
        read_files(cx, found, above->items[i].disk, up, above->items[i].below);
    }
}

const df_composes *df_compose_find(df_context *cx)
{
    void **slot = df_context_memo(cx, "compose", DF_STR(""));
    const char *dir = df_context_dir(cx);
    df_composes *found = *slot;

    if (found)
        return found;
    *slot = found = df_new(df_context_arena(cx), df_composes);
    if (!dir)
        return found;
    read_files(cx, found, disk_of(cx, dir), DF_STR(""), DF_STR(""));
    look_above(cx, found);
    return found;
}

/* What is built for a service, and by which file, as it is written. */
typedef struct {
    df_str dir, file;
} built;

/* Each key by the later of two files; false: none is built. */
static bool read_build(const df_json *service, const df_json *more, built *out)
{
    const df_json *one = df_json_get(service, "build");
    const df_json *two = df_json_get(more, "build");

    out->file = DF_STR("Dockerfile");
    if (!df_json_string(df_json_get(two, "dockerfile"), &out->file) &&
        !df_json_string(df_json_get(one, "dockerfile"), &out->file))
        out->file = DF_STR("Dockerfile");
    return df_json_string(two, &out->dir) ||
           df_json_string(df_json_get(two, "context"), &out->dir) ||
           df_json_string(one, &out->dir) ||
           df_json_string(df_json_get(one, "context"), &out->dir);
}

/* By this Dockerfile? Where that cannot be told, as of one outside, yes. */
static bool is_this_file(df_context *cx, df_str name)
{
    df_arena *a = df_context_arena(cx);
    const char *own = df_context_dockerfile(cx);
    const char *dir = df_context_dir(cx);
    struct stat one, other;

    if (!own || !df_inside(a, dir, name, &name) || stat(own, &one) != 0 ||
        stat(df_fmt(a, "%s/%.*s", dir, DF_STR_ARG(name)).ptr, &other) != 0)
        return true;
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool df_compose_builds(df_context *cx, const df_compose *compose,
                       const df_json *service, const df_json *more)
{
    built b;

    return read_build(service, more, &b) &&
           df_path_inside(df_context_arena(cx), b.dir, &b.dir) &&
           df_str_eq(b.dir, compose->context) && is_this_file(cx, b.file);
}

/* What a service builds, as seen from its compose file; false if that is not
 * the Dockerfile at `own`. */
static bool builds_file(df_arena *a, const built *b, df_str own, df_str *dir)
{
    df_str file;

    return df_path_inside(a, b->dir, dir) &&
           df_path_inside(a, df_path_join(a, *dir, b->file), &file) &&
           df_str_eq(file, own);
}

/* The way up to it from a directory below: ".." for "web" of "web/docker". */
static df_str way_up(df_arena *a, df_str dir, df_str below)
{
    df_str up = DF_STR("");

    below = df_str_from(below, dir.len + (dir.len && below.len > dir.len));
    while (below.len) {
        df_str part;

        df_str_cut(&below, '/', &part);
        up = df_fmt(a, "%.*s%s..", DF_STR_ARG(up), up.len ? "/" : "");
    }
    return up;
}

/* `web` in `web/docker`, not in `webs`; all in "". */
static bool lies_in(df_str dir, df_str path)
{
    return !dir.len || df_str_eq(dir, path) ||
           (path.len > dir.len && path.ptr[dir.len] == '/' &&
            df_str_eq(df_str_slice(path, 0, dir.len), dir));
}

/* `extends`, `context: ${DIR:-.}`: it may be any directory. */
static bool is_computed(const df_json *service, const built *b)
{
    return df_json_get(service, "extends") ||
           df_str_find_char(b->dir, '$') != SIZE_MAX ||
           df_str_find_char(b->file, '$') != SIZE_MAX;
}

bool df_compose_context(df_context *cx, df_str *dir)
{
    const df_composes *all = df_compose_find(cx);
    df_arena *a = df_context_arena(cx);
    const char *own = df_context_dockerfile(cx);
    bool found = false;

    *dir = DF_STR("");
    for (uint32_t i = 0; own && i < all->nitems; i++) {
        const df_compose *compose = &all->items[i];
        df_str file =
            df_path_join(a, compose->context, df_path_base(df_str_of(own)));

        for (size_t k = 0; k < df_json_count(compose->services); k++) {
            df_str name, here;
            const df_json *service =
                df_json_member(compose->services, k, &name);
            const df_json *more = df_json_get(compose->more, df_cstr(a, name));

            built b = {.dir = DF_STR("")};
            bool builds = read_build(service, more, &b);

            if (is_computed(service, &b) || df_json_get(more, "extends")) {
                *dir = DF_STR("");
                return true;
            }
            if (!builds || !builds_file(a, &b, file, &here))
                continue;
            here = lies_in(here, compose->context)
                       ? way_up(a, here, compose->context)
                       : DF_STR("");
            *dir = found && !df_str_eq(here, *dir) ? DF_STR("") : here;
            found = true;
        }
    }
    return found;
}

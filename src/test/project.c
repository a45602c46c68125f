/* Projects: see test/project.h. */
#include "test/project.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/folder.h"

/* What an input of a fuzzer may cost. */
#define MAX_FILES 100

/* `-- path --` or `-- path -> target --` */
static bool read_head(df_str line, project_file *file)
{
    size_t arrow;

    *file = (project_file){.link = false};
    if (df_str_ends(line, "\r"))
        line = df_str_slice(line, 0, line.len - 1);
    if (line.len < 7 || !df_str_starts(line, "-- ") ||
        !df_str_ends(line, " --"))
        return false;
    file->path = df_str_slice(line, 3, line.len - 3);
    arrow = df_str_find(file->path, " -> ");
    if (arrow != SIZE_MAX) {
        file->link = true;
        file->text = df_str_from(file->path, arrow + 4);
        file->path = df_str_slice(file->path, 0, arrow);
    }
    return true;
}

/* Up to the next head, which is taken, too; false at the end. */
static bool read_part(df_str *text, df_str *part, project_file *next)
{
    df_str from = *text;
    df_str line;

    while (text->len) {
        size_t at = from.len - text->len;

        df_str_cut(text, '\n', &line);
        if (read_head(line, next)) {
            *part = df_str_slice(from, 0, at);
            return true;
        }
    }
    *part = from;
    return false;
}

project project_read(df_arena *a, df_str text)
{
    project p = {.files = NULL};
    project_file next;
    bool more = read_part(&text, &p.dockerfile, &next);

    while (more && p.nfiles < MAX_FILES) {
        project_file *file = df_push(a, &p, files);
        df_str part;

        *file = next;
        more = read_part(&text, &part, &next);
        if (!file->link)
            file->text = part;
    }
    return p;
}

/* Below the directory, whatever the text says. */
static bool is_clean(df_str path)
{
    df_str part;

    if (!path.len || path.len > 500 || df_str_ends(path, "/") ||
        df_str_find_char(path, '\0') != SIZE_MAX)
        return false;
    while (path.len) {
        df_str_cut(&path, '/', &part);
        if (!part.len || part.len > 200 || df_str_is(part, ".") ||
            df_str_is(part, ".."))
            return false;
    }
    return true;
}

static bool is_program(const project_file *file)
{
    return df_str_starts(file->text, "#!") || df_str_ends(file->path, ".sh");
}

static bool make_parents(char *path, size_t from)
{
    struct stat st;

    for (size_t i = from; path[i]; i++) {
        if (path[i] != '/')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0777) != 0 &&
            (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
            return false;
        path[i] = '/';
    }
    return true;
}

static void put(df_arena *a, const char *dir, const project_file *file)
{
    char *path = df_cstr(a, df_fmt(a, "%s/%.*s", dir, DF_STR_ARG(file->path)));
    struct stat st;

    if (!is_clean(file->path) || !make_parents(path, strlen(dir) + 1) ||
        lstat(path, &st) == 0)
        return;
    if (!file->link)
        folder_write(path, file->text);
    if (!file->link && is_program(file))
        chmod(path, 0755);
    if (file->link && symlink(df_cstr(a, file->text), path) != 0)
        return; /* it is odd: then there is none */
}

/* Links last: nothing is written through one. */
static void put_all(df_arena *a, const char *dir, const project *p)
{
    for (int links = 0; links < 2; links++)
        for (uint32_t i = 0; i < p->nfiles; i++)
            if (p->files[i].link == (links == 1))
                put(a, dir, &p->files[i]);
}

project_place project_unpack(df_arena *a, const project *p)
{
    project_file own = {.path = DF_STR("Dockerfile"), .text = p->dockerfile};
    project_place place;
    char message[256];
    char *dir;

    dir = df_cstr(a, df_fmt(a, "%s/dfopt-project-XXXXXX",
                            folder_is_dir("/dev/shm") ? "/dev/shm" : "/tmp"));
    if (!mkdtemp(dir)) {
        perror(dir);
        exit(2);
    }
    put(a, dir, &own);
    put_all(a, dir, p);
    place = (project_place){dir, folder_path(a, dir, "Dockerfile"),
                            df_kb_builtin(), NULL};
    place.own =
        df_kb_open(folder_path(a, dir, ".dfopt.yaml"), message, sizeof message);
    if (place.own)
        place.kb = place.own;
    return place;
}

static void remove_all(df_arena *a, const char *path)
{
    DIR *dir = opendir(path);

    if (!dir)
        return;
    for (const struct dirent *e; (e = readdir(dir));) {
        const char *entry = folder_path(a, path, e->d_name);

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            unlink(entry) == 0)
            continue;
        remove_all(a, entry);
    }
    closedir(dir);
    rmdir(path);
}

void project_remove(df_arena *a, const project_place *place)
{
    df_kb_close(place->own);
    remove_all(a, place->dir);
}

/* --- options --- */

typedef struct {
    const char **args;
    uint32_t nargs, cargs;
} arguments;

static void read_option(df_arena *a, df_str line, df_options *o,
                        arguments *args)
{
    df_str name;
    const char *value;

    df_str_cut(&line, ' ', &name);
    if (!line.len || df_str_find_char(line, '\0') != SIZE_MAX)
        return;
    value = df_cstr(a, df_str_trim(line));
    if (df_str_is(name, "target"))
        o->target = value;
    else if (df_str_is(name, "platform"))
        o->platform = value;
    else if (df_str_is(name, "arg") && strchr(value, '=') > value)
        *df_push(a, args, args) = value;
}

df_options project_options(df_arena *a, const project *p,
                           const project_place *place)
{
    df_options o = {.path = place->dockerfile, .kb = place->kb};
    arguments args = {0};
    df_str text = DF_STR("");
    df_str line;

    for (uint32_t i = 0; i < p->nfiles; i++)
        if (df_str_is(p->files[i].path, "options"))
            text = p->files[i].text;
    while (text.len) {
        df_str_cut(&text, '\n', &line);
        read_option(a, line, &o, &args);
    }
    *df_push(a, &args, args) = NULL;
    o.build_args = args.args;
    return o;
}

/*
 * What `pip install -r` reads: the files it names, and what these include by
 * -r and -c, relative to themselves (pip reference, "Requirements File
 * Format"). A requirement that is a path makes it an install of the source.
 */
#include "facts/install.h"

static bool is_path(df_str s)
{
    return df_str_starts(s, ".") ||
           (df_str_find_char(s, '/') != SIZE_MAX && !df_str_has(s, "://")) ||
           df_str_ends(s, ".whl") || df_str_ends(s, ".zip") ||
           df_str_ends(s, ".gz") || df_str_starts(s, "file:");
}

static void add_file(df_reader *r, df_str path);

static void add_line(df_reader *r, df_str path, const df_req *req)
{
    df_str dir = df_image_dir(path);
    df_origin origin;

    dir = dir.len ? dir : DF_STR(".");
    switch (req->kind) {
    case DF_REQ_PACKAGE:
    case DF_REQ_OPTION:
        return;
    case DF_REQ_INCLUDE:
    case DF_REQ_CONSTRAINT:
        if (df_str_starts(req->name, "file:"))
            df_need_why(r, "%.*s names %.*s, which may be part of the source",
                        DF_STR_ARG(path), DF_STR_ARG(req->name));
        else if (!df_str_has(req->name, "://"))
            add_file(r, df_need_path(r, dir, req->name));
        return;
    case DF_REQ_PLACE: /* relative to the file, or to where pip runs */
        df_need_find(r, path, &origin);
        df_need_named(r, origin.path, req->name);
        df_need_named(r, origin.path, df_need_path(r, dir, req->name));
        return;
    case DF_REQ_LOCAL:
        df_need_find(r, path, &origin);
        df_need_why(r, "%.*s installs %.*s; it is part of the source",
                    DF_STR_ARG(origin.path), DF_STR_ARG(req->name));
        return;
    case DF_REQ_URL:
        if (df_str_starts(req->line, "-") &&
            df_need_find(r, df_need_path(r, r->in->cmd->dir, DF_STR("src")),
                         &origin))
            df_need_why(r, "%.*s is where pip puts an editable checkout",
                        DF_STR_ARG(origin.path));
        return;
    }
}

/* uv takes the list of a project, too, if it is written there (PEP 621). */
static void check_pyproject(df_reader *r, df_str file)
{
    df_str text;

    if (df_str_is(r->in->cmd->tool, "uv") &&
        df_context_read(r->b->context, file, &text) &&
        df_str_has(text, "[project]"))
        df_need_text(r, file, text);
    else
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(file));
}

/* Its settings may stand in the project's own file, here or above. */
static void add_uv_settings(df_reader *r)
{
    df_str dir = r->in->cmd->dir;

    while (dir.len) {
        df_str path = df_need_path(r, dir, DF_STR("pyproject.toml"));
        df_origin origin;
        df_str text;

        if (df_need_find(r, path, &origin) &&
            df_context_read(r->b->context, origin.path, &text) &&
            df_str_has(text, "tool.uv")) {
            df_need_add(r, path, false);
            df_need_text(r, origin.path, text);
        }
        dir = dir.len > 1 ? df_image_dir(dir) : DF_STR("");
    }
}

static void add_file(df_reader *r, df_str path)
{
    uint32_t before = r->in->nneeds;
    df_reqs reqs;

    if (!df_need_add(r, path, true)) {
        if (!r->in->missing.len)
            r->in->missing = path.ptr ? path : DF_STR("a requirements file");
        return;
    }
    if (r->in->nneeds == before)
        return;
    if (df_str_is(df_path_base(path), "pyproject.toml")) {
        check_pyproject(r, r->in->needs[before].origin.path);
        return;
    }
    reqs = df_context_requirements(r->b->context,
                                   r->in->needs[before].origin.path);
    if (!reqs.found)
        df_need_why(r, "%.*s is not understood",
                    DF_STR_ARG(r->in->needs[before].origin.path));
    for (uint32_t i = 0; i < reqs.count; i++)
        add_line(r, path, &reqs.items[i]);
}

static void check_operands(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    uint32_t i;

    for (df_operands it = df_cmd_all_operands(cmd);
         (i = df_operands_next(&it)) != 0;)
        if (is_path(cmd->node->words[i].text))
            df_need_why(r, "%.*s installs %.*s; it is part of the source",
                        DF_STR_ARG(df_install_name(r->b->arena, cmd)),
                        DF_STR_ARG(cmd->node->words[i].text));
}

/* -r, --requirement, -qr; not -c, --constraint, --override */
static bool is_for_requirements(df_str option)
{
    return df_str_starts(option, "--") ? df_str_starts(option, "--r")
                                       : !df_str_starts(option, "-c");
}

bool df_install_pip(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    bool found = false;
    df_str file;

    for (uint32_t i = cmd->sub_word + 1; i < cmd->node->nwords; i++) {
        if (!df_install_file_at(cmd, r->in->eco->file_options, i, &file))
            continue;
        found |= is_for_requirements(cmd->node->words[i].text);
        if (file.ptr && df_str_starts(file, "file:"))
            df_need_why(r, "%.*s may be part of the source", DF_STR_ARG(file));
        if (!file.ptr)
            df_need_why(r, "which requirements it installs is not known");
        else if (!df_str_has(file, "://"))
            add_file(r, df_need_path(r, cmd->dir, file));
    }
    if (!found)
        return false;
    for (df_strings c = r->in->eco->config; *c; c++)
        df_need_config(r, df_str_of(*c));
    if (df_str_is(cmd->tool, "uv"))
        add_uv_settings(r);
    check_operands(r);
    for (uint32_t i = cmd->sub_word + 1; i < cmd->node->nwords; i++)
        if (df_install_file_at(cmd, r->in->eco->path_options, i, &file) &&
            file.ptr)
            df_need_named(r, df_install_name(r->b->arena, cmd), file);
    return true;
}

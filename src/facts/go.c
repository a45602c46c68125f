/*
 * Programs that Go leaves (`go help build`, `go help install`) and the string
 * literals of its source (Go specification, "String literals").
 */
#include <dfopt/go.h>

static const df_str UNKNOWN = {NULL, 0};

static df_str parent(df_str path)
{
    size_t i = path.len;

    while (i > 0 && path.ptr[i - 1] != '/')
        i--;
    return df_str_slice(path, 0, i ? i - 1 : 0);
}

/* A variable of the environment in which a command runs. */
typedef struct {
    bool set;
    df_str value; /* ptr NULL: unknown */
} setting;

static setting of_assigns(const df_sh_node *node, const char *name)
{
    setting s = {false, UNKNOWN};

    for (uint32_t i = 0; i < node->nassigns; i++)
        if (df_str_is(node->assigns[i].name, name))
            s = (setting){true, node->assigns[i].value.value};
    return s;
}

/* `env NAME=value go …`, `export NAME=value`. */
static setting of_words(const df_sh_node *node, uint32_t to, const char *name)
{
    setting s = {false, UNKNOWN};

    for (uint32_t i = 0; i < to && i < node->nwords; i++) {
        df_str rest = node->words[i].text;
        df_str key;

        if (df_str_cut(&rest, '=', &key) && df_str_is(key, name))
            s = (setting){true, node->words[i].is_plain ? rest : UNKNOWN};
    }
    return s;
}

static setting exported(const df_cmd *cmd, const char *name)
{
    setting s = {false, UNKNOWN};

    for (const df_cmd *c = cmd->run->cmds; c < cmd; c++) {
        setting here = {false, UNKNOWN};

        if (df_str_is(c->tool, "export") && c->unconditional)
            here = of_words(c->node, c->node->nwords, name);
        if (here.set)
            s = here;
    }
    return s;
}

static setting variable(const df_cmd *cmd, const char *name)
{
    setting s = of_assigns(cmd->node, name);
    const df_var *var;

    if (!s.set)
        s = of_words(cmd->node, cmd->tool_word, name);
    if (!s.set)
        s = exported(cmd, name);
    var = df_var_get(cmd->run->state, df_str_of(name));
    if (!s.set && var)
        s = (setting){true, var->env ? var->value : UNKNOWN};
    return s;
}

/* The last part of an import path; a major version is none. */
static df_str import_name(df_str path)
{
    df_str last = df_path_base(path);

    if (last.len > 1 && last.ptr[0] == 'v' && df_is_digit(last.ptr[1]) &&
        last.len < path.len)
        last = df_path_base(parent(path));
    return last;
}

/* `go mod init NAME` in that directory; ptr NULL: there is none. */
static df_str named_by_init(const df_stage *stage, df_str dir)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(stage, cmd)) != NULL;) {
        const df_sh_word *verb = df_cmd_word(cmd, df_cmd_operand(cmd, 0));
        const df_sh_word *name = df_cmd_word(cmd, df_cmd_operand(cmd, 1));

        if (df_str_is(cmd->tool, "go") && df_str_is(cmd->sub, "mod") &&
            cmd->unconditional && df_cmd_operands(cmd) == 2 &&
            df_str_is(verb->value, "init") && name->is_plain &&
            df_str_eq(cmd->dir, dir))
            return name->value;
    }
    return UNKNOWN;
}

/* The program of the package in a directory of the image. */
static df_str package_name(df_arena *a, const df_facts *facts, df_context *cx,
                           const df_stage *stage, df_str dir)
{
    df_str path = df_image_path(a, dir, DF_STR("go.mod"));
    df_gomod mod = {.found = false};

    path = df_copied_from(a, facts, cx, stage, path);
    if (path.ptr)
        mod = df_context_gomod(cx, path);
    if (!mod.found)
        mod.module = named_by_init(stage, dir);
    return mod.module.len ? import_name(mod.module) : df_path_base(dir);
}

static df_str program_name(df_arena *a, const df_facts *facts, df_context *cx,
                           const df_cmd *cmd)
{
    uint32_t i = df_cmd_operand(cmd, 0);
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;
    df_str arg;
    df_str path;

    if (!word)
        return package_name(a, facts, cx, cmd->run->stage, cmd->dir);
    if (!word->is_plain || df_str_has(word->value, "..."))
        return UNKNOWN;
    arg = word->value;
    if (df_str_ends(arg, ".go"))
        return df_str_slice(df_path_base(arg), 0, df_path_base(arg).len - 3);
    if (df_cmd_operands(cmd) > 1)
        return UNKNOWN;
    if (arg.ptr[0] == '.' || arg.ptr[0] == '/')
        return package_name(a, facts, cx, cmd->run->stage,
                            df_image_path(a, cmd->dir, arg));
    df_str_cut(&arg, '@', &path);
    return import_name(path);
}

static bool is_directory(df_arena *a, const df_facts *facts, df_context *cx,
                         const df_stage *stage, df_str path)
{
    df_str from = df_copied_from(a, facts, cx, stage, path);

    if (from.ptr && (!from.len || df_context_stat(cx, from) == DF_FILE_DIR))
        return true;
    for (uint32_t i = 0; i < stage->ninstrs; i++)
        if (df_image_below(facts->states[stage->instrs[i]->index].workdir,
                           path))
            return true;
    return false;
}

static df_str built(df_arena *a, const df_facts *facts, df_context *cx,
                    const df_cmd *cmd)
{
    df_str name = program_name(a, facts, cx, cmd);
    df_str out;
    df_str path;

    if (!df_cmd_has(cmd, "-o"))
        return name.ptr ? df_image_path(a, cmd->dir, name) : UNKNOWN;
    if (!df_cmd_value(cmd, "-o", &out) || !out.len)
        return UNKNOWN;
    path = df_image_path(a, cmd->dir, out);
    if (!path.ptr || (!df_str_ends(out, "/") &&
                      !is_directory(a, facts, cx, cmd->run->stage, path)))
        return path;
    return name.ptr ? df_image_path(a, path, name) : UNKNOWN;
}

/* GOPATH is /go in the images. */
static df_str installed(df_arena *a, const df_facts *facts, df_context *cx,
                        const df_cmd *cmd)
{
    df_str name = program_name(a, facts, cx, cmd);
    setting bin = variable(cmd, "GOBIN");
    setting path = variable(cmd, "GOPATH");

    if (!name.ptr || variable(cmd, "GOARCH").set)
        return UNKNOWN;
    if (bin.set)
        return bin.value.ptr ? df_image_path(a, bin.value, name) : UNKNOWN;
    if (path.set)
        return path.value.ptr ? df_fmt(a, "%.*s/bin/%.*s",
                                       DF_STR_ARG(path.value), DF_STR_ARG(name))
                              : UNKNOWN;
    return df_fmt(a, "/go/bin/%.*s", DF_STR_ARG(name));
}

df_go_builds df_go_builds_find(df_arena *a, const df_facts *facts,
                               df_context *cx, const df_stage *stage)
{
    df_go_builds list = {NULL, 0, 0};

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(stage, cmd)) != NULL;) {
        bool install = df_str_is(cmd->sub, "install");
        setting os;

        if (!df_str_is(cmd->tool, "go") || !cmd->unconditional ||
            (!install && !df_str_is(cmd->sub, "build")))
            continue;
        os = variable(cmd, "GOOS");
        *df_push(a, &list, items) = (df_go_build){
            .cmd = cmd,
            .path = install ? installed(a, facts, cx, cmd)
                            : built(a, facts, cx, cmd),
            .pure = df_str_is(variable(cmd, "CGO_ENABLED").value, "0"),
            .linux = !os.set || df_str_is(os.value, "linux")};
    }
    return list;
}

/* Source. */

typedef struct {
    df_arena *arena;
    df_go_source *go;
    df_str text;
    df_str dir; /* of the file */
} reader;

/* //go:embed pattern…: each relative to the file. */
static void read_embed(reader *r, df_str line)
{
    while (line.len) {
        df_str word;
        size_t quoted;

        df_str_cut(&line, ' ', &word);
        word = df_str_trim(word);
        quoted = word.len > 1 && (word.ptr[0] == '"' || word.ptr[0] == '`');
        word = df_str_slice(word, quoted, word.len - quoted);
        if (df_str_starts(word, "all:"))
            word = df_str_from(word, 4);
        if (word.len)
            *df_push(r->arena, r->go, embeds) =
                r->dir.len ? df_fmt(r->arena, "%.*s/%.*s", DF_STR_ARG(r->dir),
                                    DF_STR_ARG(word))
                           : word;
    }
}

static size_t skip_line(reader *r, size_t i)
{
    df_str rest = df_str_from(r->text, i);
    df_str line;

    df_str_cut(&rest, '\n', &line);
    if (df_str_starts(line, "//go:embed "))
        read_embed(r, df_str_from(line, 11));
    return i + line.len;
}

/* Behind the quote at `i`; raw strings know no backslash. */
static size_t skip_literal(reader *r, size_t i)
{
    char quote = r->text.ptr[i];
    size_t from = ++i;

    while (i < r->text.len && r->text.ptr[i] != quote) {
        if (quote != '`' && r->text.ptr[i] == '\n')
            return i;
        i += quote != '`' && r->text.ptr[i] == '\\' ? 2 : 1;
    }
    if (quote != '\'' && i > from)
        *df_push(r->arena, r->go, literals) = df_str_slice(r->text, from, i);
    return i + 1;
}

static void read_file(reader *r)
{
    size_t i = 0;

    while (i < r->text.len) {
        df_str rest = df_str_from(r->text, i);
        char c = r->text.ptr[i];

        if (c == '"' || c == '`' || c == '\'') {
            i = skip_literal(r, i);
        } else if (df_str_starts(rest, "//")) {
            i = skip_line(r, i);
        } else if (df_str_starts(rest, "/*")) {
            size_t end = df_str_find(df_str_from(rest, 2), "*/");

            i = end == SIZE_MAX ? r->text.len : i + end + 4;
        } else {
            i++;
        }
    }
}

static bool starts_programs(df_str text)
{
    return df_str_has(text, "\"os/exec\"") || df_str_has(text, "\"plugin\"") ||
           df_str_has(text, "syscall.Exec") ||
           df_str_has(text, "os.StartProcess");
}

df_go_source df_go_source_read(df_arena *a, df_context *cx,
                               const df_files *files)
{
    df_go_source go = {.found = false};

    for (uint32_t i = 0; i < files->npaths; i++) {
        df_str path = files->paths[i];
        reader r = {a, &go, {NULL, 0}, parent(path)};

        if (!df_str_ends(path, ".go") || df_str_ends(path, "_test.go") ||
            df_str_starts(path, "vendor/") || df_str_has(path, "/vendor/") ||
            !df_context_read(cx, path, &r.text))
            continue;
        go.found = true;
        if (!go.starts.len && starts_programs(r.text))
            go.starts = path;
        read_file(&r);
    }
    return go;
}

bool df_go_embeds(df_context *cx, const df_go_source *go, df_str path)
{
    for (uint32_t i = 0; i < go->nembeds; i++) {
        df_names names = df_context_glob(cx, go->embeds[i]);

        for (uint32_t k = 0; k < names.count; k++)
            if (df_image_below(path, names.names[k]))
                return true;
    }
    return false;
}

/*
 * What `dotnet restore` reads: a project or a solution, the projects that it
 * refers to, and the files that MSBuild and NuGet look for in the directories
 * above (MSBuild reference, "Customize your build"; NuGet, "nuget.config").
 *
 * A project is a program of MSBuild's. What its evaluation may read beside
 * these keeps the install below the source.
 */
#include "facts/install.h"

#include "base/buf.h"
#include "base/map.h"
#include "context/utf8.h"
#include "context/xml.h"
#include "kb/kb.h"

#define MAX_PROJECTS 200

/* The arguments of GetPathOfFileAbove, from the file's own directory or the one
 * above it. */
#define LOOKED_FOR                                                             \
    "\\(\\s*'?Directory\\.(?:Build|Packages)\\.(?:props|targets)'?\\s*"        \
    "(?:,\\s*'?\\$\\(MSBuildThisFileDirectory\\)(?:\\.\\.[\\\\/"               \
    "]?)?'?\\s*)?\\)"

/* Conditions and functions that look at files, and settings that say where. */
static const char READS_MORE[] =
    "(?i)\\bExists\\s*\\(|\\[System\\.IO\\.|\\bInitialTargets\\b|"
    "<(?!RestorePackagesWithLockFile\\b)(?:Restore|NuGet|DirectoryBuild|"
    "DirectoryPackages)\\w*(?:Sources|File|Path|Folders|Root|Directory)\\b|"
    "<BaseIntermediateOutputPath\\b|<MSBuildProjectExtensionsPath\\b|"
    "<Custom(?:Before|After)Microsoft|\\[MSBuild\\]::Get\\w*FileAbove"
    "(?!" LOOKED_FOR ")";

/* Packages or projects that a configuration has and another one has not. */
static const char BY_CONFIGURATION[] = "(?i)<(?:Package\\w+|ProjectReference|"
                                       "ItemGroup|Import|TargetFrameworks?)\\b"
                                       "[^>]*\\$\\(Configuration\\)";

/* Targets that run in a restore. Others may read what they like. */
static const char RUNS_IN_RESTORE[] =
    "(?i)\\b(?:Name|(?:Before|After)Targets)\\s*=\\s*[\"'][^\"']*"
    "(?:Restore|Collect|FrameworkReference|\\$\\()";

static bool is_project(df_str path)
{
    return df_str_ends(path, ".csproj") || df_str_ends(path, ".fsproj") ||
           df_str_ends(path, ".vbproj");
}

static bool is_solution(df_str path)
{
    return df_str_ends(path, ".sln") || df_str_ends(path, ".slnx");
}

/* `..\Core\Core.csproj` */
static df_str with_slashes(df_arena *a, df_str path)
{
    char *out = df_new_array(a, char, path.len + 1);

    for (size_t i = 0; i < path.len; i++)
        out[i] = path.ptr[i] == '\\' ? '/' : path.ptr[i];
    return (df_str){out, path.len};
}

static bool is_literal(df_str path)
{
    return path.len && !df_str_has(path, "$(") && !df_str_has(path, "@(") &&
           df_str_find_char(path, '*') == SIZE_MAX &&
           df_str_find_char(path, ';') == SIZE_MAX;
}

static void read_build_file(df_reader *r, df_str path);

/* $([MSBuild]::GetPathOfFileAbove('Directory.Build.props',
 * '$(MSBuildThisFileDirectory)../')): these are looked for in every directory
 * above anyway. */
static bool is_looked_for(df_reader *r, df_str named)
{
    static const char pattern[] =
        "^\\$\\(\\[MSBuild\\]::GetPathOfFileAbove" LOOKED_FOR "\\)$";
    const df_regex *re = df_kb_regex(r->in->cmd->run->kb, r->b->arena, pattern);
    df_str groups[DF_REGEX_GROUPS];

    return re && df_regex_match(re, r->b->arena, named, groups);
}

/* What `<ProjectReference Include=…>` or `<Import Project=…>` names. */
static void follow(df_reader *r, df_str file, df_str named)
{
    df_str dir = df_image_dir(file);
    df_str path;

    if (is_looked_for(r, named))
        return;
    if (!is_literal(named)) {
        df_need_why(r, "what `%.*s` names is not followed", DF_STR_ARG(named));
        return;
    }
    path = df_need_path(r, dir.len ? dir : DF_STR("."),
                        with_slashes(r->b->arena, named));
    read_build_file(r, path);
}

/* Each element of that name; one with Sdk= is part of the SDK. */
static void follow_elements(df_reader *r, df_str path, df_str text,
                            const char *element, const char *attribute)
{
    df_xml xml = df_xml_of(text);
    df_str named, sdk;

    while (df_xml_next(&xml))
        if (df_xml_ends(&xml, element) &&
            df_xml_attribute(&xml, attribute, &named) &&
            !df_xml_attribute(&xml, "Sdk", &sdk))
            follow(r, path, named);
}

static bool may_match(df_reader *r, const char *pattern, df_str text,
                      df_str *found)
{
    const df_regex *re = df_kb_regex(r->in->cmd->run->kb, r->b->arena, pattern);

    return !re || df_regex_may_match(re, r->b->arena, text, found);
}

/* Files with these names count in each directory above a project. */
static void look_around(df_reader *r, df_str dir)
{
    static const char *const builds[] = {"Directory.Build.props",
                                         "Directory.Build.targets",
                                         "Directory.Packages.props", NULL};
    static const char *const settings[] = {"nuget.config", "NuGet.config",
                                           "NuGet.Config", "global.json", NULL};
    static const char *const options[] = {"Directory.Build.rsp", "MSBuild.rsp",
                                          NULL};
    df_str own = r->in->dir;

    while (dir.len) {
        df_origin origin;

        for (const char *const *b = builds; *b; b++) {
            df_str path = df_need_path(r, dir, df_str_of(*b));

            if (df_need_find(r, path, &origin))
                read_build_file(r, path);
        }
        for (const char *const *o = options; *o; o++)
            if (df_need_find(r, df_need_path(r, dir, df_str_of(*o)), &origin))
                df_need_why(r, "%.*s has options that dfopt does not follow",
                            DF_STR_ARG(origin.path));
        r->in->dir = dir; /* its paths are relative to itself */
        for (const char *const *s = settings; *s; s++)
            df_need_config_at(r, df_need_path(r, dir, df_str_of(*s)));
        r->in->dir = own;
        dir = dir.len > 1 ? df_image_dir(dir) : DF_STR("");
    }
}

/* The text without its targets, which are not run; with them if one may be. */
static df_str evaluated(df_reader *r, df_str text)
{
    df_xml xml = df_xml_of(text);
    df_buf out = {.arena = r->b->arena};
    const char *from = text.ptr;
    uint32_t depth = 0; /* of a target; 0: not in one */

    while (df_xml_next(&xml)) {
        const char *at = xml.tag.ptr - 1;
        df_str found;

        if (depth && xml.depth <= depth) {
            depth = 0;
            from = at;
        }
        if (depth || !df_xml_ends(&xml, "Target"))
            continue;
        if (may_match(r, RUNS_IN_RESTORE, xml.tag, &found))
            return text;
        df_buf_add(&out, (df_str){from, (size_t)(at - from)});
        depth = xml.depth;
    }
    if (!depth)
        df_buf_add(&out, df_str_from(text, (size_t)(from - text.ptr)));
    return df_buf_str(&out);
}

/* A project, or a file that one imports; once. */
static void read_build_file(df_reader *r, df_str path)
{
    uint32_t before = r->in->nneeds;
    df_str dir = df_image_dir(path);
    df_str found = DF_STR("");
    df_str file, text;

    if (r->in->why.len || before > MAX_PROJECTS)
        return;
    if (!df_need_add(r, path, true)) {
        df_need_why(r, "no COPY above brings %.*s", DF_STR_ARG(path));
        return;
    }
    if (r->in->nneeds == before)
        return;
    file = r->in->needs[before].origin.path;
    if (!df_context_read(r->b->context, file, &text)) {
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(file));
        return;
    }
    text = df_utf8_from(r->b->arena, text);
    if (!df_xml_is_whole(text))
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(file));
    if (may_match(r, READS_MORE, evaluated(r, text), &found))
        df_need_why(r, "%.*s may read more of the source: `%.*s`",
                    DF_STR_ARG(file), DF_STR_ARG(found));
    follow_elements(r, path, text, "ProjectReference", "Include");
    follow_elements(r, path, text, "Import", "Project");
    if (!is_project(path))
        return;
    df_need_add(r, df_need_path(r, dir, DF_STR("packages.lock.json")), false);
    df_need_ignored(r, df_need_path(r, dir, DF_STR("obj")), "**/obj");
    look_around(r, dir);
}

/* --- solutions --- */

static void add_member(df_reader *r, df_str solution, df_str named)
{
    df_str dir = df_image_dir(solution);

    named = with_slashes(r->b->arena, named);
    if (is_project(named))
        read_build_file(r, df_need_path(r, dir.len ? dir : DF_STR("."), named));
    else if (df_str_ends(named, "proj"))
        df_need_why(r, "the solution holds %.*s, of another kind",
                    DF_STR_ARG(named));
}

/* Project("{KIND}") = "NAME", "PATH", "{ID}" */
static void read_line(df_reader *r, df_str solution, df_str line)
{
    df_str part;

    if (!df_str_starts(line, "Project("))
        return;
    df_str_cut(&line, ',', &part);
    df_str_cut(&line, '"', &part);
    df_str_cut(&line, '"', &part);
    add_member(r, solution, part);
}

static void read_slnx(df_reader *r, df_str path, df_str text)
{
    df_xml xml = df_xml_of(text);
    df_str value;

    while (df_xml_next(&xml))
        if (df_xml_ends(&xml, "Project") &&
            df_xml_attribute(&xml, "Path", &value))
            add_member(r, path, value);
    if (xml.bad)
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(path));
}

static void read_solution(df_reader *r, df_str path)
{
    df_origin origin;
    df_str text, line;

    if (!df_need_add(r, path, true) || !df_need_find(r, path, &origin) ||
        !df_context_read(r->b->context, origin.path, &text)) {
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(path));
        return;
    }
    text = df_utf8_from(r->b->arena, text);
    if (df_str_ends(path, ".slnx")) {
        read_slnx(r, path, text);
        return;
    }
    while (text.len) {
        df_str_cut(&text, '\n', &line);
        read_line(r, path, df_str_trim(line));
    }
}

/* --- which one --- */

/* Add a name, unless COPY brings it twice. */
static void add_name(df_reader *r, df_map *names, df_str name)
{
    if (!df_map_has(names, name))
        df_map_put(names, name, r);
}

/* What COPYs put into a directory of the image: `COPY *.sln .`, `COPY . .`. */
static df_map landed(df_reader *r, df_str dir)
{
    df_arena *a = r->b->arena;
    df_map out;

    df_map_init(&out, a);
    for (uint32_t i = 0; i < r->b->ncopies; i++) {
        const df_copied *copy = &r->b->copies[i];

        for (uint32_t k = 0; copy->known && k < copy->nsources; k++) {
            const df_copy_source *s = &copy->sources[k];
            df_str at = copy->names ? copy->dest
                                    : df_image_path(a, copy->dest,
                                                    df_path_base(s->path));
            df_names names = {0};

            if (s->dir && df_image_below(dir, copy->dest))
                names = df_context_list(
                    r->b->context,
                    df_context_join(a, s->path,
                                    df_path_below(dir, copy->dest)));
            else if (!s->dir && df_str_eq(df_image_dir(at), dir))
                add_name(r, &out, df_path_base(at));
            for (uint32_t n = 0; n < names.count; n++)
                add_name(r, &out, names.names[n]);
        }
    }
    return out;
}

static df_str without_ending(df_str name)
{
    size_t dot = name.len;

    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    return df_str_slice(name, 0, dot);
}

/* What a directory holds for MSBuild: the names, if there is one of a kind. */
typedef struct {
    df_str project, solution;
    uint32_t nprojects, nsolutions;
} holding;

static holding look_into(df_reader *r, df_str dir, const char *end)
{
    df_map names = landed(r, dir);
    holding h = {0};

    for (uint32_t i = 0; i < names.nentries; i++) {
        df_str name = names.entries[i].key;

        if (is_solution(name)) {
            h.solution = name;
            h.nsolutions++;
        } else if (df_str_ends(name, end)) {
            h.project = name;
            h.nprojects++;
        }
    }
    return h;
}

/* The project or solution that MSBuild takes in a directory, by the rules of
 * its ProcessProjectSwitch; empty: it would not know, or there is none. */
static df_str default_project(df_reader *r, df_str dir)
{
    holding h = look_into(r, dir, "proj");

    if (h.nprojects + h.nsolutions == 0)
        r->in->missing = df_need_path(r, dir, DF_STR("*.csproj"));
    if (h.nprojects > 1 || h.nsolutions > 1 ||
        (h.nprojects && h.nsolutions &&
         !df_str_is_nocase(without_ending(h.project),
                           df_cstr(r->b->arena, without_ending(h.solution)))))
        return DF_STR("");
    return h.nsolutions  ? df_need_path(r, dir, h.solution)
           : h.nprojects ? df_need_path(r, dir, h.project)
                         : DF_STR("");
}

/* The X=Y of `-p:X=Y`, `/p:X=Y`; ptr NULL: it is none. */
static df_str property_of(df_str word)
{
    static const char *const starts[] = {
        "-p:", "/p:", "--property:", "-property:", "/property:", NULL};

    for (const char *const *s = starts; *s; s++)
        if (df_str_starts(word, *s))
            return df_str_from(word, strlen(*s));
    return (df_str){NULL, 0};
}

/* `RestoreConfigFile=ci/nuget.config`, but not `PublishDir=/app` */
static bool names_files(df_str property)
{
    static const char *const outputs[] = {"OutDir", "OutputPath", "PublishDir",
                                          NULL};
    static const char *const starts[] = {"Custom", "Directory", "MSBuild",
                                         "NuGet",  "Restore",   NULL};
    df_str name;

    df_str_cut(&property, '=', &name);
    for (const char *const *s = starts; *s; s++)
        if (df_str_starts(name, *s))
            return true;
    return !df_str_in(name, outputs) &&
           (df_str_find_char(property, '/') != SIZE_MAX ||
            df_str_find_char(property, '\\') != SIZE_MAX ||
            df_str_find_char(property, ';') != SIZE_MAX);
}

/* An option that may say what is restored, and from where; NULL: none. */
static const df_sh_word *odd_option(const df_cmd *cmd)
{
    static const char *const starts[] = {"-p", "-P", "--p", "--configfile",
                                         NULL};

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        /* A restore in front gets the same ones. */
        if (property_of(w->text).ptr) {
            if (names_files(property_of(w->text)))
                return w;
            continue;
        }
        for (const char *const *s = starts; *s; s++)
            if (df_str_starts(w->text, *s))
                return w;
    }
    return NULL;
}

/* The major version of the SDK; 0: the image does not say. */
static unsigned sdk_version(const df_cmd *cmd)
{
    df_str tag = cmd->run->stage->root->tag;
    unsigned n = 0;

    for (size_t i = 0; i < tag.len && i < 3 && df_is_digit(tag.ptr[i]); i++)
        n = n * 10 + (unsigned)(tag.ptr[i] - '0');
    return n;
}

/* What a build takes and a restore may not, or takes for more. */
static void check_restore(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    unsigned version = sdk_version(cmd);
    df_str text, found;

    if ((df_cmd_has(cmd, "-a") || df_cmd_has(cmd, "--arch")) && version < 8)
        df_need_why(r, "`dotnet restore` knows -a from .NET 8 on");
    if (df_cmd_has(cmd, "--os") && version < 9)
        df_need_why(r, "`dotnet restore` knows --os from .NET 9 on");
    for (uint32_t i = 0; i < r->in->nneeds; i++)
        if (df_context_read(r->b->context, r->in->needs[i].origin.path,
                            &text) &&
            may_match(r, BY_CONFIGURATION, evaluated(r, text), &found) &&
            (df_cmd_has(cmd, "-c") || df_cmd_has(cmd, "--configuration")))
            df_need_why(r,
                        "%.*s asks for the configuration, which `dotnet "
                        "restore` is not told",
                        DF_STR_ARG(r->in->needs[i].origin.path));
}

/* The project that is named, *word NULL: none. False: more than one. */
static bool read_operand(const df_cmd *cmd, const df_sh_word **word)
{
    *word = NULL;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        if (property_of(cmd->node->words[it.at].text).ptr)
            continue;
        if (*word)
            return false;
        *word = df_cmd_word(cmd, it.at);
    }
    return true;
}

/* `dotnet publish Web` where nothing brings Web: the build context is another
 * directory, whatever project this one has. */
static void look_for_others(df_reader *r)
{
    static const char *const subs[] = {"build", "publish", "restore",
                                       "run",   "test",    NULL};
    const df_stage *stage = r->in->cmd->run->stage;
    const df_brought *all =
        df_brought_all(r->b->arena, r->b->facts, r->b->context, stage);

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(stage, cmd)) != NULL;) {
        uint32_t operand = df_cmd_operand(cmd, 0);
        const df_sh_word *w = operand ? df_cmd_word(cmd, operand) : NULL;
        df_origin origin;

        if (w && w->is_plain && df_str_is(cmd->tool, "dotnet") &&
            df_str_in(cmd->sub, subs) && cmd->dir.ptr &&
            !df_brought_find(
                all, df_image_path(r->b->arena, cmd->dir, w->value), &origin) &&
            !origin.copy)
            df_need_why(r,
                        "%.*s, which `dotnet %.*s` names, is not in the "
                        "build context; if that is another directory, "
                        "name it with -C",
                        DF_STR_ARG(w->value), DF_STR_ARG(cmd->sub));
    }
}

/* `./Api/ *.csproj`, without the blank: the one project that it matches. */
static df_str matched(df_reader *r, df_str pattern)
{
    df_str dir = df_need_path(r, r->in->cmd->dir, df_image_dir(pattern));
    holding h;

    if (!df_str_is(df_path_base(pattern), "*.csproj") ||
        df_str_find_char(df_image_dir(pattern), '*') != SIZE_MAX || !dir.ptr)
        return (df_str){NULL, 0};
    h = look_into(r, dir, ".csproj");
    return h.nprojects == 1 ? df_need_path(r, dir, h.project) : DF_STR("");
}

/* Is all of a project in the SDK? Its own framework is, and little else. */
static bool is_bare(const df_reader *r, df_str text)
{
    static const char *const signs[] = {"PackageReference",  "PackageDownload",
                                        "RuntimeIdentifier", "Publish",
                                        "WarningsAsErrors",  NULL};
    static const char *const sdks[] = {
        "Sdk=\"Microsoft.NET.Sdk\"", "Sdk=\"Microsoft.NET.Sdk.Web\"",
        "Sdk=\"Microsoft.NET.Sdk.Worker\"", NULL};
    df_str tag = r->in->cmd->run->stage->tag;
    size_t major = 0;
    bool sdk = false;

    while (major < tag.len && df_is_digit(tag.ptr[major]))
        major++;
    for (const char *const *s = signs; *s; s++)
        if (df_str_has(text, *s))
            return false;
    for (const char *const *s = sdks; *s; s++)
        sdk |= df_str_has(text, *s);
    return sdk && major &&
           df_str_has(
               text,
               df_fmt(r->b->arena, ">net%.*s.0<", (int)major, tag.ptr).ptr);
}

/* `-r linux-x64 --self-contained false`: the SDK itself has what that takes. */
static bool takes_own_runtime(const df_cmd *cmd)
{
    df_str runtime = {NULL, 0}, alone = {NULL, 0};

    if (!df_cmd_value(cmd, "-r", &runtime))
        df_cmd_value(cmd, "--runtime", &runtime);
    if (!df_cmd_value(cmd, "--sc", &alone))
        df_cmd_value(cmd, "--self-contained", &alone);
    return df_str_is(runtime, "linux-x64") &&
           (df_str_is(alone, "false") ||
            df_cmd_has(cmd, "--no-self-contained"));
}

static bool names_packages(df_reader *r)
{
    static const char *const options[] = {
        "-r",   "--runtime",        "-a", "--os", "--arch",
        "--sc", "--self-contained", NULL};

    if (df_cmd_has_any(r->in->cmd, options) && !takes_own_runtime(r->in->cmd))
        return true;
    for (uint32_t i = 0; i < r->in->nneeds; i++) {
        df_str path = r->in->needs[i].origin.path;
        df_str text;

        if (is_solution(path) || !df_context_read(r->b->context, path, &text))
            continue;
        if (is_project(path) ? !is_bare(r, text) : df_str_has(text, "Package"))
            return true;
    }
    return false;
}

bool df_install_dotnet(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    const df_sh_word *odd = odd_option(cmd);
    const df_sh_word *word;
    df_str path = cmd->dir;
    df_origin origin;

    if (!read_operand(cmd, &word))
        return false;
    if (odd)
        df_need_why(r, "what `%.*s` changes in a restore is not known",
                    DF_STR_ARG(odd->text));
    if (word && word->flags == DF_WORD_GLOB)
        path = matched(r, word->text);
    else if (word && !word->is_plain)
        return false;
    else if (word)
        path = df_need_path(r, cmd->dir, word->value);
    if (!path.ptr)
        return false;
    if (!df_need_find(r, path, &origin) && !origin.copy &&
        (is_project(path) || is_solution(path))) {
        r->in->missing = path;
        return true;
    }
    if (!origin.copy || origin.kind == DF_FILE_DIR)
        path = default_project(r, path);
    if (r->in->missing.len)
        return true;
    if (!is_project(path) && !is_solution(path))
        return false;
    r->in->dir = df_image_dir(path);
    if (is_solution(path))
        read_solution(r, path);
    else
        read_build_file(r, path);
    look_around(r, cmd->dir);
    look_for_others(r);
    if (df_ecosystem_is(r->in->eco, "prefetch"))
        check_restore(r);
    return r->in->nneeds > 0 &&
           (!df_ecosystem_is(r->in->eco, "prefetch") || names_packages(r));
}

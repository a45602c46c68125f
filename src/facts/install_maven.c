/*
 * What Maven reads of a project before it builds: its POM, the POMs of its
 * modules, and the parents that lie beside them (Maven, "Introduction to the
 * POM", "Project Inheritance" and "Project Aggregation").
 *
 * A module that depends on another one needs what the build makes of that:
 * `dependency:go-offline` builds nothing, does not find it, and fails.
 */
#include "facts/install.h"

#include "base/map.h"
#include "context/utf8.h"
#include "context/xml.h"

/* Nobody wants to read more COPY lines than this. */
#define MAX_POMS 60u

/* Where it is looked for unless a POM says more. */
#define PARENT "../pom.xml"

typedef struct {
    df_reader *r;
    df_map ids;      /* the artifactId of each POM that was read */
    df_map followed; /* those whose modules were, too */
} project;

static void read_pom(project *p, df_str path, bool with_modules);

/* What a POM of the context says; false: the reason is told. */
static bool begin(project *p, df_str file, df_xml *xml)
{
    df_str text;

    if (!df_context_read(p->r->b->context, file, &text))
        return df_need_why(p->r, "%.*s is not understood", DF_STR_ARG(file));
    text = df_utf8_from(p->r->b->arena, text);
    *xml = df_xml_of(text);
    return df_xml_is_whole(text) ||
           df_need_why(p->r, "%.*s is not understood", DF_STR_ARG(file));
}

/* `<module>web</module>` is the directory of a POM, or the POM itself. */
static df_str pom_at(project *p, df_str dir, df_str named)
{
    df_str path = df_need_path(p->r, dir, named);

    return df_str_ends(path, ".xml")
               ? path
               : df_need_path(p->r, path, DF_STR("pom.xml"));
}

/* The parent is in the repository unless it lies where the POM says. */
static void read_parent(project *p, df_str dir, df_str relative)
{
    df_str path = pom_at(p, dir, relative);
    df_origin origin;

    if (!df_str_is(relative, PARENT) || df_need_find(p->r, path, &origin))
        read_pom(p, path, false);
}

static void add_id(project *p, df_str file, df_str id)
{
    if (df_str_find_char(id, '$') != SIZE_MAX)
        df_need_why(p->r, "what %.*s makes is not known", DF_STR_ARG(file));
    else
        df_map_put(&p->ids, id, p);
}

/* `${project.basedir}/repo`, and whatever else a property may stand for. */
static bool is_computed_repository(const df_xml *xml)
{
    return (df_xml_ends(xml, "repository/url") ||
            df_xml_ends(xml, "pluginRepository/url")) &&
           !df_xml_in(xml, "distributionManagement") &&
           df_str_find_char(xml->text, '$') != SIZE_MAX;
}

static bool names_something(const df_xml *xml)
{
    return df_xml_ends(xml, "artifactId") || df_xml_ends(xml, "module") ||
           df_xml_ends(xml, "relativePath") || df_xml_ends(xml, "url");
}

static void follow(project *p, df_str dir, df_str file, bool with_modules)
{
    df_str parent = DF_STR("");
    df_xml xml;

    if (!begin(p, file, &xml))
        return;
    if (with_modules)
        df_map_put(&p->followed, df_need_path(p->r, dir, df_path_base(file)),
                   p);
    while (df_xml_next(&xml)) {
        if (xml.partial && names_something(&xml))
            df_need_why(p->r, "%.*s is not understood", DF_STR_ARG(file));
        if (df_xml_is(&xml, "project/artifactId"))
            add_id(p, file, xml.text);
        else if (df_xml_is(&xml, "project/parent"))
            parent = DF_STR(PARENT);
        else if (df_xml_is(&xml, "project/parent/relativePath"))
            parent = xml.text;
        else if (with_modules && df_xml_ends(&xml, "modules/module"))
            read_pom(p, pom_at(p, dir, xml.text), true);
        else if (is_computed_repository(&xml))
            df_need_why(p->r, "%.*s may name more of the source: `%.*s`",
                        DF_STR_ARG(file), DF_STR_ARG(xml.text));
    }
    if (parent.len)
        read_parent(p, dir, parent);
}

/* Each once; the parent of one may be the one that led to it. */
static void read_pom(project *p, df_str path, bool with_modules)
{
    df_install *in = p->r->in;
    uint32_t before = in->nneeds;
    df_origin origin;
    df_str file, text;

    if (in->why.len)
        return;
    if (!df_need_add(p->r, path, true)) {
        df_need_why(p->r, "no COPY brings %.*s, which the project is made of",
                    DF_STR_ARG(path));
        return;
    }
    if (in->nneeds == before) { /* a parent may be a module, too */
        if (with_modules && df_need_find(p->r, path, &origin) &&
            !df_map_has(&p->followed, path))
            follow(p, df_image_dir(path), origin.path, true);
        return;
    }
    if (in->nneeds > MAX_POMS) {
        df_need_why(p->r, "it has more than %u modules", MAX_POMS);
        return;
    }
    file = in->needs[before].origin.path;
    if (df_context_read(p->r->b->context, file, &text))
        df_need_text(p->r, file, text);
    follow(p, df_image_dir(path), file, with_modules);
}

/* What a download looks for, in one of the poms. */
static bool is_wanted(const df_xml *xml)
{
    return (df_xml_ends(xml, "dependency/artifactId") &&
            !df_xml_in(xml, "dependencyManagement")) ||
           df_xml_ends(xml, "plugin/artifactId") ||
           df_xml_ends(xml, "extension/artifactId");
}

/* `scala-lib_${scala.version}` may be any name that begins so. */
static bool may_be_own(const project *p, df_str id)
{
    size_t known = df_str_find_char(id, '$');

    for (uint32_t i = 0; known != SIZE_MAX && i < p->ids.nentries; i++)
        if (df_str_eq(df_str_slice(p->ids.entries[i].key, 0, known),
                      df_str_slice(id, 0, known)))
            return true;
    return df_map_has(&p->ids, id);
}

static void check_siblings(project *p, df_str file)
{
    df_xml xml;

    if (!begin(p, file, &xml))
        return;
    while (df_xml_next(&xml))
        if (is_wanted(&xml) && may_be_own(p, xml.text))
            df_need_why(p->r,
                        "%.*s needs %.*s, which this build makes itself, so "
                        "nothing is downloaded first",
                        DF_STR_ARG(file), DF_STR_ARG(xml.text));
}

bool df_install_maven(df_reader *r)
{
    df_install *in = r->in;
    project p = {.r = r};
    uint32_t npoms;

    if (!df_install_plain(r))
        return false;
    if (in->missing.len || in->why.len)
        return true;
    df_map_init(&p.ids, r->b->arena);
    df_map_init(&p.followed, r->b->arena);
    follow(&p, in->dir, in->needs[0].origin.path, true);
    npoms = p.ids.nentries;
    for (uint32_t i = 0; npoms > 1 && i < in->nneeds; i++)
        if (in->needs[i].main)
            check_siblings(&p, in->needs[i].origin.path);
    return true;
}

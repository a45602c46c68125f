/*
 * The elements of an XML text, one after the other, as far as build files need
 * it (XML 1.0, "Logical Structures"): no entities, no prefixes of namespaces.
 *
 *     for (df_xml x = df_xml_of(text); df_xml_next(&x);)
 *         if (df_xml_is(&x, "project/modules/module"))
 *             use(x.text);
 */
#ifndef DF_CONTEXT_XML_H
#define DF_CONTEXT_XML_H

#include <dfopt/str.h>

#define DF_XML_DEPTH 64

typedef struct {
    df_str rest;
    df_str names[DF_XML_DEPTH]; /* of the element and of those around it */
    uint32_t depth;
    df_str tag;   /* its start tag, without the brackets */
    df_str text;  /* what follows that up to the next `<`, without blanks */
    bool partial; /* a comment or CDATA stands there, and maybe more text */
    bool empty;   /* <name/> */
    bool bad;     /* after the last element: the text is not well-formed, is
                     nested deeper than DF_XML_DEPTH, or has names with a prefix */
} df_xml;

df_xml df_xml_of(df_str text);

/* The next start tag; false if there is none, or the text is bad. */
bool df_xml_next(df_xml *x);

/* Is it well-formed, as far as one can see here, and not without elements? */
bool df_xml_is_whole(df_str text);

/* Are these the names from the root down to the element? "project/parent" */
bool df_xml_is(const df_xml *x, const char *path);

/* Are these the last of them? */
bool df_xml_ends(const df_xml *x, const char *path);

/* Does an element of that name stand around it? */
bool df_xml_in(const df_xml *x, const char *name);

/* The value of an attribute; not that of IncludeAssets for Include. */
bool df_xml_attribute(const df_xml *x, const char *name, df_str *value);

#endif

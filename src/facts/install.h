/* Parts of install.c, one for each kind of project. */
#ifndef DF_FACTS_INSTALL_H
#define DF_FACTS_INSTALL_H

#include <dfopt/install.h>

typedef struct {
    const df_brought *b;
    df_install *in;
} df_reader;

/* A file that travels if it is there; false if it is not. */
bool df_need_add(df_reader *r, df_str path, bool main);
/* The first reason stays. Always false. */
bool df_need_why(df_reader *r, const char *format, ...) DF_PRINTF(2, 3);
/* `name` in directory `dir` of the image. */
df_str df_need_path(df_reader *r, df_str dir, df_str name);
/* What the install fills must not come from the context. NULL: the line for the
 * ignore file is the path itself. */
void df_need_ignored(df_reader *r, df_str path, const char *line);
/* What the context has at a path of the image. */
bool df_need_find(df_reader *r, df_str path, df_origin *out);

/* Paths in variables, and in what commands before it configured. */
void df_need_settings(df_reader *r);

/* Paths among the words of a text that `by` gives to the install. */
void df_need_named(df_reader *r, df_str by, df_str text);

/* Patterns of the row on the text of a manifest, or of configuration. */
void df_need_text(df_reader *r, df_str file, df_str text);
void df_need_config_text(df_reader *r, df_str file, df_str text);

/* Manifests, locks and configuration of the row; false if one is missing. */
bool df_install_manifests(df_reader *r);
/* Is a lock of the row among the needs? */
bool df_install_has_lock(const df_install *in);
/* One entry of a row's locks or config. */
void df_need_config(df_reader *r, df_str name);
/* The same for a path of the image. */
void df_need_config_at(df_reader *r, df_str path);

/* The value of a file option at word i: `-r x`, `-rx`, `--requirement=x`; ptr
 * NULL: not known. */
bool df_install_file_at(const df_cmd *cmd, df_strings options, uint32_t i,
                        df_str *file);

/* Operands that are part of the subcommand: `go mod download` has one. */
uint32_t df_install_name_words(const df_cmd *cmd);

/* Each fills in needs, or says why not; false: no install after all. */
bool df_install_plain(df_reader *r);
bool df_install_npm(df_reader *r);
bool df_install_pip(df_reader *r);
bool df_install_go(df_reader *r);
bool df_install_dotnet(df_reader *r);
bool df_install_maven(df_reader *r);

/* Of a package.json in `dir` of the image, `file` of the context. */
void df_npm_package(df_reader *r, df_str dir, df_str file,
                    const df_json *package);
/* Is one of the versions in an object a path of the source? */
void df_npm_versions(df_reader *r, df_str file, const df_json *object,
                     unsigned depth);
/* The members of the project, and what makes it one of another. */
void df_npm_workspaces(df_reader *r, const df_json *package);
bool df_npm_has_workspaces(df_reader *r);

#endif

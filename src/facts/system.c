/* Directories of the system, and COPYs that reach into them. */
#include "facts/lift.h"

bool df_user_is_root(df_str user)
{
    return user.ptr && (!user.len || df_str_is(user, "root") ||
                        df_str_is(user, "0") || df_str_is(user, "0:0"));
}

bool df_image_is_home(df_str path)
{
    return df_str_is(path, "/root") || df_str_is(path, "/home") ||
           (df_str_starts(path, "/home/") &&
            df_str_find_char(df_str_from(path, 6), '/') == SIZE_MAX);
}

/* /tide, where nothing of the system and no program is looked for. */
bool df_image_is_own(df_str path)
{
    static const char *const others[] = {
        "bin",    "boot",  "dev",  "etc", "home", "lib", "lib64", "lib32",
        "libx32", "media", "mnt",  "nix", "snap", "srv", "opt",   "proc",
        "root",   "run",   "sbin", "sys", "tmp",  "usr", "var",   NULL};
    df_str first;

    path = df_str_from(path, 1);
    df_str_cut(&path, '/', &first);
    return first.len && !df_str_in(first, others);
}

/* `COPY . /` over what the install itself needs. */
bool df_lift_check_system(df_lift *l, const df_copied *copy)
{
    static const char *const dirs[] = {
        "bin",       "boot",      "dev",       "etc",         "home",
        "lib",       "lib64",     "proc",      "root",        "run",
        "sbin",      "sys",       "tmp",       "usr",         "var",
        "usr/bin",   "usr/lib",   "usr/local", "usr/sbin",    "usr/share",
        "local/bin", "local/lib", "local/etc", "local/share", NULL};
    static const char *const bases[] = {"/", "/usr", ".", NULL};
    df_origin origin;

    if (!df_str_in(copy->dest, bases))
        return true;
    for (const char *const *d = dirs; *d; d++)
        if (df_copy_find(l->b, copy,
                         df_image_path(l->b->arena, copy->dest, df_str_of(*d)),
                         &origin))
            return df_lift_decline(
                l, copy->instr->keyword,
                "%.*s may be copied over directories of the system",
                DF_STR_ARG(origin.path));
    return true;
}

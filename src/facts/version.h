/*
 * Versions of packages and of what runs them: is there a build that needs no
 * compiler?
 */
#ifndef DF_FACTS_VERSION_H
#define DF_FACTS_VERSION_H

#include <dfopt/facts.h>

/* Numbers between dots, compared one by one; what follows them is ignored. */
int df_version_cmp(df_str a, df_str b);

/* "3.12", "20": of the language that an image is about, as far as its tag or
 * what is known of the tag tells; empty: it does not. */
df_str df_runtime_version(const df_kb *kb, const df_stage *stage);

/*
 * Is a rule of `since`, "3.8 3.8.13" or "* 3.9", for that version? Without
 * rules it is; so is `3.8` itself, a tag that moved on to the last release.
 */
bool df_version_since(df_str version, df_strings since);

/* Are all builds of that version for amd64? `native` may be NULL. */
bool df_is_amd64_only(const df_native *native, df_str version);

/*
 * May the package be installed without a compiler? `version` is the lowest
 * that may be installed; empty: the newest one.
 */
bool df_is_prebuilt(const df_native *native, df_str version, df_str runtime);

#endif

/*
 * The files of an image: what a tar archive of its root holds, by path.
 *
 * Times are not kept: two builds of one file never agree on them.
 */
#ifndef DF_VERIFY_TREE_H
#define DF_VERIFY_TREE_H

#include <dfopt/mem.h>

#include "base/sha256.h"

typedef struct {
    df_str path;   /* without slash at either end; "" is the root */
    char type;     /* '-' file, 'd', 'l', 'b', 'c', 'p' */
    uint32_t mode; /* the twelve bits */
    uint64_t uid, gid;
    uint64_t size;
    df_str link; /* of a symbolic link; of a hard link the other path */
    uint32_t major, minor;
    df_str xattrs; /* "name=value\n" …, sorted */
    unsigned char hash[DF_SHA256_BYTES];
} df_node;

typedef struct {
    df_arena *arena;
    df_node *nodes; /* sorted by path */
    uint32_t nnodes, cnodes;
    uint64_t bytes; /* of all files */
} df_tree;

/* By path, without slash at its start; NULL if there is none. */
const df_node *df_tree_find(const df_tree *t, df_str path);

/* The same following symbolic links, on the way too, as the kernel would. */
const df_node *df_tree_resolve(const df_tree *t, df_str path);

/* Bits of what differs between two nodes. */
enum {
    DF_ONLY_BEFORE = 1,
    DF_ONLY_AFTER = 2,
    DF_DIFF_TYPE = 4,
    DF_DIFF_MODE = 8,
    DF_DIFF_OWNER = 16,
    DF_DIFF_LINK = 32,
    DF_DIFF_DEVICE = 64,
    DF_DIFF_XATTRS = 128,
    DF_DIFF_CONTENT = 256,
};

typedef struct {
    df_str path;
    uint32_t what;
    const df_node *before, *after; /* NULL: there is none */
    bool allowed, noise;
    const char *pass; /* that allowed it */
} df_tree_diff;

typedef struct {
    df_tree_diff *items; /* sorted by path */
    uint32_t nitems, citems;
} df_tree_diffs;

df_tree_diffs df_tree_compare(df_arena *a, const df_tree *before,
                              const df_tree *after);

/*
 * A tar archive as it comes (POSIX.1-2008 pax, ustar, GNU long names): what
 * docker export, podman export and GNU tar write.
 */
typedef struct df_tar df_tar;
df_tar *df_tar_open(df_arena *a, df_tree *t);
bool df_tar_feed(df_tar *tar, df_str bytes); /* false: it is no tar archive */
bool df_tar_close(df_tar *tar); /* sorts; false: the archive is cut short */

#endif

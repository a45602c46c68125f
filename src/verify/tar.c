/*
 * Tar archives: see verify/tree.h.
 *
 *     archive := (header data?)* zero-block zero-block
 *     header  := 512 bytes; data is padded to 512
 *
 * A header of type x gives fields of the next entry that do not fit into one
 * ("LEN KEY=VALUE\n"), L and K a long name or link target (GNU). The bytes come
 * in pieces of any size.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "verify/tree.h"

#define BLOCK    512u
#define MAX_META ((size_t)4 * 1024 * 1024) /* of the fields of one entry */

#define XATTR "SCHILY.xattr."

struct df_tar {
    df_arena *arena;
    df_tree *tree;
    unsigned char block[BLOCK];
    size_t have;   /* bytes of the block */
    uint64_t data; /* bytes of the entry still to come */
    uint64_t pad;
    char kind; /* of the entry under way */
    bool ended;
    df_buf meta;       /* data of an x, L or K entry */
    df_buf xattrs;     /* for the next entry */
    df_str path, link; /* for the next entry; ptr NULL: as in its header */
    uint64_t size, uid, gid;
    bool has_size, has_uid, has_gid;
    df_node node;
    df_sha256 sha;
};

df_tar *df_tar_open(df_arena *a, df_tree *t)
{
    df_tar *tar = df_new(a, df_tar);

    tar->arena = a;
    tar->tree = t;
    *t = (df_tree){.arena = a};
    df_buf_init(&tar->meta, a);
    df_buf_init(&tar->xattrs, a);
    return tar;
}

/* --- fields --- */

/* Octal, or base 256 if the first bit is set (GNU). */
static uint64_t number(const unsigned char *field, size_t n)
{
    uint64_t v = 0;

    if (field[0] & 0x80) {
        v = field[0] & 0x3f;
        for (size_t i = 1; i < n; i++)
            v = v << 8 | field[i];
        return v;
    }
    for (size_t i = 0; i < n && field[i]; i++)
        if (field[i] >= '0' && field[i] <= '7')
            v = v << 3 | (uint64_t)(field[i] - '0');
    return v;
}

static df_str text(const unsigned char *field, size_t n)
{
    const char *s = (const char *)field;

    return (df_str){s, strnlen(s, n)};
}

static bool checksum_fits(const unsigned char *b)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : b[i];
    return sum == number(b + 148, 8);
}

static df_str clean_path(df_str path)
{
    for (;;) {
        if (df_str_starts(path, "./"))
            path = df_str_from(path, 2);
        else if (df_str_starts(path, "/"))
            path = df_str_from(path, 1);
        else
            break;
    }
    while (df_str_ends(path, "/"))
        path.len--;
    return df_str_is(path, ".") ? DF_STR("") : path;
}

static df_str header_path(df_tar *tar)
{
    const unsigned char *b = tar->block;
    df_str name = text(b, 100);
    df_str prefix = text(b + 345, 155);

    if (memcmp(b + 257, "ustar\0", 6) == 0 && prefix.len)
        return df_fmt(tar->arena, "%.*s/%.*s", DF_STR_ARG(prefix),
                      DF_STR_ARG(name));
    return name;
}

/* --- entries --- */

static char node_type(char kind)
{
    switch (kind) {
    case '1':
        return '1'; /* until the tree is whole */
    case '2':
        return 'l';
    case '3':
        return 'c';
    case '4':
        return 'b';
    case '5':
        return 'd';
    case '6':
        return 'p';
    default:
        return '-';
    }
}

static void begin_node(df_tar *tar)
{
    const unsigned char *b = tar->block;
    df_str path = tar->path.ptr ? tar->path : header_path(tar);
    df_str link = tar->link.ptr ? tar->link : text(b + 157, 100);

    tar->node = (df_node){
        .path = df_str_dup(tar->arena, clean_path(path)),
        .type = node_type(tar->kind),
        .mode = (uint32_t)number(b + 100, 8) & 07777,
        .uid = tar->has_uid ? tar->uid : number(b + 108, 8),
        .gid = tar->has_gid ? tar->gid : number(b + 116, 8),
        .size = tar->data,
        .xattrs = df_str_dup(tar->arena, df_buf_str(&tar->xattrs)),
    };
    if (tar->kind == '1' || tar->kind == '2')
        tar->node.link =
            df_str_dup(tar->arena, tar->kind == '1' ? clean_path(link) : link);
    if (tar->kind == '3' || tar->kind == '4') {
        tar->node.major = (uint32_t)number(b + 329, 8);
        tar->node.minor = (uint32_t)number(b + 337, 8);
    }
    df_sha256_init(&tar->sha);
    tar->path = tar->link = (df_str){NULL, 0};
    tar->has_size = tar->has_uid = tar->has_gid = false;
    tar->xattrs.len = 0;
}

static void end_node(df_tar *tar)
{
    df_sha256_end(&tar->sha, tar->node.hash);
    if (tar->node.type == '-')
        tar->tree->bytes += tar->node.size;
    *df_push(tar->arena, tar->tree, nodes) = tar->node;
}

static bool is_meta(char kind)
{
    return kind == 'x' || kind == 'L' || kind == 'K';
}

static void take_field(df_tar *tar, df_str key, df_str value)
{
    uint64_t n = strtoull(df_cstr(tar->arena, value), NULL, 10);

    if (df_str_is(key, "path")) {
        tar->path = df_str_dup(tar->arena, value);
    } else if (df_str_is(key, "linkpath")) {
        tar->link = df_str_dup(tar->arena, value);
    } else if (df_str_is(key, "size")) {
        tar->size = n;
        tar->has_size = true;
    } else if (df_str_is(key, "uid")) {
        tar->uid = n;
        tar->has_uid = true;
    } else if (df_str_is(key, "gid")) {
        tar->gid = n;
        tar->has_gid = true;
    } else if (df_str_starts(key, XATTR)) {
        df_buf_add(&tar->xattrs, df_str_from(key, sizeof XATTR - 1));
        df_buf_addc(&tar->xattrs, '=');
        df_buf_add(&tar->xattrs, value);
        df_buf_addc(&tar->xattrs, '\n');
    }
}

/* LEN is that of the whole record, itself and the line end included. */
static bool take_pax(df_tar *tar, df_str rest)
{
    while (rest.len) {
        df_str record, key;
        size_t digits = 0;
        size_t len = 0;

        while (digits < rest.len && df_is_digit(rest.ptr[digits]) &&
               len < MAX_META)
            len = len * 10 + (size_t)(rest.ptr[digits++] - '0');
        if (len < digits + 3 || len > rest.len || rest.ptr[digits] != ' ')
            return false;
        record = df_str_slice(rest, digits + 1, len - 1);
        if (!df_str_cut(&record, '=', &key))
            return false;
        take_field(tar, key, record);
        rest = df_str_from(rest, len);
    }
    return true;
}

static bool end_meta(df_tar *tar)
{
    df_str data = df_buf_str(&tar->meta);

    if (tar->kind == 'x')
        return take_pax(tar, data);
    while (df_str_ends(data, "\n") || (data.len && !data.ptr[data.len - 1]))
        data.len--;
    *(tar->kind == 'L' ? &tar->path : &tar->link) =
        df_str_dup(tar->arena, data);
    return true;
}

static bool end_entry(df_tar *tar)
{
    if (is_meta(tar->kind))
        return end_meta(tar);
    if (tar->kind != 'g')
        end_node(tar);
    return true;
}

static bool is_zero(const unsigned char *b)
{
    for (size_t i = 0; i < BLOCK; i++)
        if (b[i])
            return false;
    return true;
}

static bool begin_entry(df_tar *tar)
{
    if (is_zero(tar->block)) {
        tar->ended = true;
        return true;
    }
    if (!checksum_fits(tar->block))
        return false;
    tar->kind = (char)tar->block[156];
    tar->data = number(tar->block + 124, 12);
    if (tar->has_size && !is_meta(tar->kind))
        tar->data = tar->size;
    if (tar->kind >= '1' && tar->kind <= '6')
        tar->data = 0;
    tar->pad = (BLOCK - tar->data % BLOCK) % BLOCK;
    tar->meta.len = 0;
    if (is_meta(tar->kind))
        return tar->data <= MAX_META && (tar->data || end_meta(tar));
    if (tar->kind != 'g') {
        begin_node(tar);
        if (!tar->data)
            end_node(tar);
    }
    return true;
}

static bool take_data(df_tar *tar, df_str *bytes)
{
    size_t n = tar->data < bytes->len ? (size_t)tar->data : bytes->len;
    df_str piece = df_str_slice(*bytes, 0, n);

    if (is_meta(tar->kind))
        df_buf_add(&tar->meta, piece);
    else if (tar->kind != 'g')
        df_sha256_add(&tar->sha, piece.ptr, piece.len);
    tar->data -= n;
    *bytes = df_str_from(*bytes, n);
    return tar->data || end_entry(tar);
}

static bool take_header(df_tar *tar, df_str *bytes)
{
    size_t room = BLOCK - tar->have;
    size_t n = room < bytes->len ? room : bytes->len;

    memcpy(tar->block + tar->have, bytes->ptr, n);
    tar->have += n;
    *bytes = df_str_from(*bytes, n);
    if (tar->have < BLOCK)
        return true;
    tar->have = 0;
    return begin_entry(tar);
}

bool df_tar_feed(df_tar *tar, df_str bytes)
{
    while (bytes.len && !tar->ended) {
        if (tar->data) {
            if (!take_data(tar, &bytes))
                return false;
        } else if (tar->pad) {
            size_t n = tar->pad < bytes.len ? (size_t)tar->pad : bytes.len;

            tar->pad -= n;
            bytes = df_str_from(bytes, n);
        } else if (!take_header(tar, &bytes)) {
            return false;
        }
    }
    return true;
}

/* --- the end --- */

static int by_path(const void *a, const void *b)
{
    const df_node *x = a;
    const df_node *y = b;

    return df_str_cmp(x->path, y->path);
}

/* A hard link is its file under another name. */
static void resolve_hard_links(df_tree *t)
{
    for (uint32_t i = 0; i < t->nnodes; i++) {
        df_node *n = &t->nodes[i];
        const df_node *file;

        if (n->type != '1')
            continue;
        file = df_tree_find(t, n->link);
        n->type = '-';
        if (file && file->type == '-' && file != n) {
            n->size = file->size;
            memcpy(n->hash, file->hash, sizeof n->hash);
        }
    }
}

bool df_tar_close(df_tar *tar)
{
    df_tree *t = tar->tree;

    if (!tar->ended && (tar->data || tar->have))
        return false;
    if (t->nnodes > 1)
        qsort(t->nodes, t->nnodes, sizeof *t->nodes, by_path);
    resolve_hard_links(t);
    return t->nnodes > 0;
}

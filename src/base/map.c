/*
 * Open addressing over an array of entries, at most half full. The hash is
 * seeded with the place of the arena, so that nobody can prepare names that
 * collide; the order of entries does not depend on it.
 */
#include "base/map.h"

#define FIRST_SLOTS 16u

void df_map_init(df_map *m, df_arena *a)
{
    *m = (df_map){.arena = a};
}

static uint32_t hash_of(const df_map *m, df_str key)
{
    uint64_t h = (uint64_t)(uintptr_t)m->arena * UINT64_C(0x9E3779B97F4A7C15);

    for (size_t i = 0; i < key.len; i++) {
        h = (h ^ (unsigned char)key.ptr[i]) * UINT64_C(0xD6E8FEB86659FD93);
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t slot_of(const df_map *m, df_str key, uint32_t hash)
{
    uint32_t mask = m->nslots - 1;
    uint32_t i = hash & mask;

    for (; m->slots[i]; i = (i + 1) & mask) {
        const df_map_entry *e = &m->entries[m->slots[i] - 1];

        if (e->hash == hash && df_str_eq(e->key, key))
            break;
    }
    return i;
}

/* What is in the slot of the key: 0 if there is no such key. */
static uint32_t find(const df_map *m, df_str key)
{
    return m->nslots ? m->slots[slot_of(m, key, hash_of(m, key))] : 0;
}

static void enlarge(df_map *m)
{
    uint32_t n = m->nslots ? m->nslots * 2 : FIRST_SLOTS;

    m->slots = df_new_array(m->arena, uint32_t, n);
    m->nslots = n;
    for (uint32_t i = 0; i < m->nentries; i++) {
        const df_map_entry *e = &m->entries[i];

        m->slots[slot_of(m, e->key, e->hash)] = i + 1;
    }
}

void *df_map_get(const df_map *m, df_str key)
{
    uint32_t at = find(m, key);

    return at ? m->entries[at - 1].value : NULL;
}

bool df_map_has(const df_map *m, df_str key)
{
    return find(m, key) != 0;
}

void df_map_put(df_map *m, df_str key, void *value)
{
    uint32_t at = find(m, key);
    uint32_t hash;

    if (at) {
        m->entries[at - 1].value = value;
        return;
    }
    if (m->nentries >= m->nslots / 2)
        enlarge(m);
    hash = hash_of(m, key);
    *df_push(m->arena, m, entries) = (df_map_entry){key, value, hash};
    m->slots[slot_of(m, key, hash)] = m->nentries;
}

/*
 * Map from string to pointer, in an arena. The entries stand in the order in
 * which their keys were first put; nothing is ever removed.
 *
 *     for (uint32_t i = 0; i < map.nentries; i++)
 *         use(map.entries[i].key, map.entries[i].value);
 */
#ifndef DF_BASE_MAP_H
#define DF_BASE_MAP_H

#include <dfopt/mem.h>

typedef struct {
    df_str key;
    void *value;
    uint32_t hash;
} df_map_entry;

typedef struct df_map {
    df_arena *arena;
    df_map_entry *entries;
    uint32_t nentries, centries;
    uint32_t *slots; /* index into entries plus one; 0: free */
    uint32_t nslots;
} df_map;

void df_map_init(df_map *m, df_arena *a);

/* The value, or NULL if there is no such key. */
void *df_map_get(const df_map *m, df_str key);

bool df_map_has(const df_map *m, df_str key);

/*
 * Set the value of a key, new or not. The bytes of a new key are not copied:
 * they must live as long as the arena.
 */
void df_map_put(df_map *m, df_str key, void *value);

#endif

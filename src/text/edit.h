/*
 * Edits: the only way a document changes.
 *
 * A pass records what should be where, in offsets of the text it was shown.
 * Edits come in groups, one group a finding, taken or refused as a whole:
 * a group is refused if one of its edits overlaps an edit of an earlier group.
 * Touching is not overlapping. Bytes that no edit covers come out as they
 * went in.
 */
#ifndef DF_TEXT_EDIT_H
#define DF_TEXT_EDIT_H

#include <dfopt/mem.h>
#include <dfopt/str.h>

/* Replace the bytes of `at` by `text`, or by the source bytes of `from`. */
typedef struct {
    df_span at;
    df_str text;
    df_span from;
    bool copies; /* `from` counts, not `text` */
} df_edit;

typedef struct {
    df_edit *edits;
    uint32_t nedits, cedits;
} df_edit_group;

typedef struct {
    df_arena *arena;
    df_str text;          /* what is edited */
    unsigned char *taken; /* a flag for each byte: some edit owns it */
    df_edit_group all;    /* accepted */
} df_edits;

void df_edits_init(df_edits *list, df_arena *a, df_str text);

/* Take the group, or refuse it: false, and nothing of it is kept. */
bool df_edits_add(df_edits *list, const df_edit_group *group);

/*
 * The new text. `origin` tells for each byte of the old text where in the
 * first text of all it came from (NULL: the same place); *new_origin, of
 * out->len + 1 entries, tells it for the new one. What an edit wrote comes
 * from the place where it was put.
 */
df_str df_edits_apply(df_edits *list, const uint32_t *origin,
                      uint32_t **new_origin);

#endif

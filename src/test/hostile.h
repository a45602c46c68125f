/* P8: inputs that are made to take long. */
#ifndef DF_TEST_HOSTILE_H
#define DF_TEST_HOSTILE_H

#include "base/buf.h"

typedef struct {
    const char *name;
    void (*write)(df_buf *out);
} hostile;

extern const hostile HOSTILE[];
extern const size_t NHOSTILE;

#endif

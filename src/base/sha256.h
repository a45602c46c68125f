/*
 * SHA-256 (FIPS 180-4), for telling whether files are equal and for showing
 * which they are. Not for secrets.
 */
#ifndef DF_BASE_SHA256_H
#define DF_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define DF_SHA256_BYTES 32

typedef struct {
    uint32_t h[8];
    uint64_t len; /* bytes so far */
    unsigned char block[64];
} df_sha256;

void df_sha256_init(df_sha256 *s);
void df_sha256_add(df_sha256 *s, const void *bytes, size_t len);
void df_sha256_end(df_sha256 *s, unsigned char digest[DF_SHA256_BYTES]);

#endif

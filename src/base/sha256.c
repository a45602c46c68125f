/* SHA-256: see base/sha256.h. Names are those of FIPS 180-4, 6.2.2. */
#include "base/sha256.h"

#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotr(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static uint32_t load(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static uint32_t big0(uint32_t x)
{
    return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

static uint32_t big1(uint32_t x)
{
    return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}

static uint32_t small0(uint32_t x)
{
    return rotr(x, 7) ^ rotr(x, 18) ^ x >> 3;
}

static uint32_t small1(uint32_t x)
{
    return rotr(x, 17) ^ rotr(x, 19) ^ x >> 10;
}

/* One step of 6.2.2; the names move instead of the values. */
#define STEP(a, b, c, d, e, f, g, h, i)                                        \
    do {                                                                       \
        uint32_t t1 =                                                          \
            (h) + big1(e) + (((e) & (f)) ^ (~(e) & (g))) + K[t + (i)] + w[i];  \
        (d) += t1;                                                             \
        (h) = t1 + big0(a) + (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));        \
    } while (0)

/* Sixteen steps with the words of the schedule that are there. */
static void sixteen_steps(uint32_t v[8], const uint32_t w[16], int t)
{
    uint32_t a = v[0], b = v[1], c = v[2], d = v[3];
    uint32_t e = v[4], f = v[5], g = v[6], h = v[7];

    for (int i = 0; i < 16; i += 8) {
        STEP(a, b, c, d, e, f, g, h, i);
        STEP(h, a, b, c, d, e, f, g, i + 1);
        STEP(g, h, a, b, c, d, e, f, i + 2);
        STEP(f, g, h, a, b, c, d, e, i + 3);
        STEP(e, f, g, h, a, b, c, d, i + 4);
        STEP(d, e, f, g, h, a, b, c, i + 5);
        STEP(c, d, e, f, g, h, a, b, i + 6);
        STEP(b, c, d, e, f, g, h, a, i + 7);
    }
    v[0] = a, v[1] = b, v[2] = c, v[3] = d;
    v[4] = e, v[5] = f, v[6] = g, v[7] = h;
}

static void compress(uint32_t h[8], const unsigned char *block)
{
    uint32_t w[16]; /* the schedule's last words */
    uint32_t v[8];

    for (int t = 0; t < 16; t++)
        w[t] = load(block + 4 * t);
    memcpy(v, h, sizeof v);
    sixteen_steps(v, w, 0);
    for (int t = 16; t < 64; t += 16) {
        for (int i = 0; i < 16; i++)
            w[i] += small0(w[(i + 1) % 16]) + w[(i + 9) % 16] +
                    small1(w[(i + 14) % 16]);
        sixteen_steps(v, w, t);
    }
    for (int i = 0; i < 8; i++)
        h[i] += v[i];
}

void df_sha256_init(df_sha256 *s)
{
    static const uint32_t H0[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                   0xa54ff53a, 0x510e527f, 0x9b05688c,
                                   0x1f83d9ab, 0x5be0cd19};

    memcpy(s->h, H0, sizeof H0);
    s->len = 0;
}

void df_sha256_add(df_sha256 *s, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    size_t used = s->len % 64;

    s->len += len;
    if (used) {
        size_t n = 64 - used < len ? 64 - used : len;

        memcpy(s->block + used, p, n);
        p += n;
        len -= n;
        if (used + n < 64)
            return;
        compress(s->h, s->block);
    }
    for (; len >= 64; p += 64, len -= 64)
        compress(s->h, p);
    if (len)
        memcpy(s->block, p, len);
}

void df_sha256_end(df_sha256 *s, unsigned char digest[DF_SHA256_BYTES])
{
    static const unsigned char PAD[64] = {0x80};
    uint64_t bits = s->len * 8;
    size_t used = s->len % 64;
    unsigned char length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    df_sha256_add(s, PAD, (used < 56 ? 56 : 120) - used);
    df_sha256_add(s, length, sizeof length);
    for (int i = 0; i < DF_SHA256_BYTES; i++)
        digest[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

/* The two loops of hex, and which machine code does them. */
#ifndef TR_CODEC_HEX_INTERNAL_H
#define TR_CODEC_HEX_INTERNAL_H

#include "base/base.h"

typedef struct tr_hex_code {
    const char *name; /* "portable", "avx2", "avx512" */
    /* decode reads n digits (an even number) into n / 2 bytes and returns n, or the index of the
     * first byte that is no digit. */
    size_t (*decode)(const uint8_t *digits, size_t n, uint8_t *out);
    /* encode writes 2 * n digits. */
    void (*encode)(const uint8_t *data, size_t n, uint8_t *out);
} tr_hex_code;

extern const tr_hex_code tr_hex_portable, tr_hex_avx2, tr_hex_avx512;

/* tr_hex_select sets what hex.c calls, tr_hex_chosen tells it.  tr_hex_find gives the code of a
 * name if this machine can run it, else NULL. */
void tr_hex_select(const tr_hex_code *chosen);
const tr_hex_code *tr_hex_chosen(void);
const tr_hex_code *tr_hex_find(const char *name);

/* The value of a hex digit; above 15 for any other byte. */
extern const uint8_t tr_hex_value[256];

#endif

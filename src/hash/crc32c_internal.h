/* What the implementations of CRC-32C share. */
#ifndef TR_HASH_CRC32C_INTERNAL_H
#define TR_HASH_CRC32C_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* update takes len bytes into the register, which holds the sum with its bits inverted. */
typedef struct tr_crc32c_code {
    const char *name;
    uint32_t (*update)(uint32_t sum, const uint8_t *in, size_t len);
} tr_crc32c_code;

extern const tr_crc32c_code tr_crc32c_portable;
extern const tr_crc32c_code *tr_crc32c_chosen;

uint32_t tr_crc32c_update_portable(uint32_t sum, const uint8_t *in, size_t len);
uint32_t tr_crc32c_update_x86(uint32_t start, const uint8_t *in, size_t len);

#endif

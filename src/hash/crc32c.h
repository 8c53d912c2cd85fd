/* CRC-32C (Castagnoli, RFC 3720): a checksum against accidents, no protection against people. */
#ifndef TR_HASH_CRC32C_H
#define TR_HASH_CRC32C_H

#include "base/base.h"

/* tr_crc32c is the sum of what `before` is the sum of, followed by bytes; before is 0 at the start.
 */
uint32_t tr_crc32c(uint32_t before, tr_bytes bytes);

#endif

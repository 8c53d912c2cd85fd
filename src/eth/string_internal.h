/* The header of a string whose content is written after it. */
#ifndef TR_ETH_STRING_INTERNAL_H
#define TR_ETH_STRING_INTERNAL_H

#include "codec/rlp.h"

/* tr_put_string_header writes the header of a string of 56 bytes or more: that of a list, 0x40
 * below. */
static inline void tr_put_string_header(tr_buf *out, size_t len)
{
    size_t at = out->len;
    tr_rlp_put_list(out, len);
    if (tr_buf_err(out) == TR_OK) out->data[at] = (uint8_t)(out->data[at] - 0x40);
}

#endif

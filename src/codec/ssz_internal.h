/* What the files of SSZ share. */
#ifndef TR_CODEC_SSZ_INTERNAL_H
#define TR_CODEC_SSZ_INTERNAL_H

#include "codec/ssz.h"

/* tr_ssz_fixed_size is the length of every encoding of the type, 0 if that varies. */
uint64_t tr_ssz_fixed_size(const tr_ssz_type *type);

/* tr_ssz_check_plain checks the bytes of a plain value, which begin at offset in the input. */
TR_NODISCARD tr_err tr_ssz_check_plain(tr_trail *trail, const tr_ssz_type *type, tr_bytes bytes,
                                       size_t offset);

/* tr_ssz_item_type is the type of item i of a container, a vector or a list. */
static inline const tr_ssz_type *tr_ssz_item_type(const tr_ssz_type *type, size_t i)
{
    return type->kind == TR_SSZ_CONTAINER ? type->fields[i].type : type->item;
}

#endif

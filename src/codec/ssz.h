/* SSZ, the encoding of Ethereum's consensus layer: its basic part (no unions), driven by small
 * tables of types.
 *
 *   static const tr_ssz_field fields[] = {{"epoch", &tr_ssz_u64}, {"root", &tr_ssz_bytes32}};
 *   static const tr_ssz_type checkpoint = TR_SSZ_CONTAINER_OF(fields);
 *
 * A value is a small tree over its encoding: what holds only basic values (numbers, booleans, bits,
 * and vectors and lists of numbers and booleans) is a view of its bytes, which are also what is
 * hashed; anything else has items.
 *
 * Decoding is strict: every encoding that is accepted is the one that encoding gives back.
 * Offsets must lie where the parts before them end, booleans are 0 or 1, bits beyond the length
 * are 0. */
#ifndef TR_CODEC_SSZ_H
#define TR_CODEC_SSZ_H

#include "base/base.h"

typedef enum tr_ssz_kind {
    TR_SSZ_UINT,      /* size: bytes */
    TR_SSZ_BOOL,      /* size: 1 */
    TR_SSZ_VECTOR,    /* size: items, at least one */
    TR_SSZ_LIST,      /* size: how many items are allowed */
    TR_SSZ_BITVECTOR, /* size: bits, at least one */
    TR_SSZ_BITLIST,   /* size: how many bits are allowed */
    TR_SSZ_CONTAINER, /* size: fields, at least one */
} tr_ssz_kind;

/* A type may hold others but never itself; how deep a decoder recurses is given by the type. */
typedef struct tr_ssz_type tr_ssz_type;

typedef struct tr_ssz_field {
    const char *name; /* for trails */
    const tr_ssz_type *type;
} tr_ssz_field;

struct tr_ssz_type {
    tr_ssz_kind kind;
    uint64_t size;
    const tr_ssz_type *item;    /* of a vector or a list */
    const tr_ssz_field *fields; /* of a container */
};

#define TR_SSZ_VECTOR_OF(type, n)                                                                  \
    {                                                                                              \
        TR_SSZ_VECTOR, (n), (type), NULL                                                           \
    }
#define TR_SSZ_LIST_OF(type, most)                                                                 \
    {                                                                                              \
        TR_SSZ_LIST, (most), (type), NULL                                                          \
    }
#define TR_SSZ_BITS(n)                                                                             \
    {                                                                                              \
        TR_SSZ_BITVECTOR, (n), NULL, NULL                                                          \
    }
#define TR_SSZ_BITS_UP_TO(most)                                                                    \
    {                                                                                              \
        TR_SSZ_BITLIST, (most), NULL, NULL                                                         \
    }
#define TR_SSZ_CONTAINER_OF(array)                                                                 \
    {                                                                                              \
        TR_SSZ_CONTAINER, TR_COUNTOF(array), NULL, (array)                                         \
    }

extern const tr_ssz_type tr_ssz_u8, tr_ssz_u16, tr_ssz_u32, tr_ssz_u64, tr_ssz_u128, tr_ssz_u256,
    tr_ssz_bool, tr_ssz_bytes20, tr_ssz_bytes32, tr_ssz_bytes48, tr_ssz_bytes96;

typedef struct tr_ssz tr_ssz;
struct tr_ssz {
    const tr_ssz_type *type;
    tr_bytes bytes; /* the encoding, if the type has only basic values; else empty */
    tr_ssz *items;  /* else the fields of a container, the items of a vector or a list */
    size_t count;   /* of items */
};

/* tr_ssz_decode reads a value; its bytes are views of in, its items lie in the arena.  One item of
 * sizeof(tr_ssz) is taken for each container, vector and so on that in holds, and each of those has
 * at least one byte.  TR_E_SSZ_OFFSET, TR_E_SSZ_LENGTH, TR_E_SSZ_BITS, TR_E_SSZ_BOOL, TR_E_LIMIT
 * (a list longer than its type allows), TR_E_MEMORY; the trail has the offset.  After an error the
 * arena is as before. */
TR_NODISCARD tr_err tr_ssz_decode(tr_trail *trail, tr_arena *arena, const tr_ssz_type *type,
                                  tr_bytes in, tr_ssz *out);

/* tr_ssz_encode adds the encoding of a value to a buffer.  The value may be one that the caller put
 * together; TR_E_TYPE if its items are not of the types that its own type names, and the errors of
 * tr_ssz_decode. */
TR_NODISCARD tr_err tr_ssz_encode(tr_trail *trail, const tr_ssz *value, tr_buf *out);

/* tr_ssz_root gives hash_tree_root.  The value must be one that decode gave or encode accepts.
 * Takes from scratch, and gives back, about 32 bytes for each item or chunk at hand.  TR_E_MEMORY,
 * TR_E_RANGE (more items than the type allows). */
TR_NODISCARD tr_err tr_ssz_root(tr_trail *trail, tr_arena *scratch, const tr_ssz *value,
                                tr_hash *out);

/* tr_ssz_is_plain is true for types whose values have bytes and no items. */
bool tr_ssz_is_plain(const tr_ssz_type *type);

/* tr_ssz_number reads a number of at most 8 bytes, or a boolean. */
uint64_t tr_ssz_number(const tr_ssz *value);

/* tr_ssz_length is how many items a list or vector has, how many bits a bit field, how many fields
 * a container; 1 for a number or a boolean. */
uint64_t tr_ssz_length(const tr_ssz *value);

/* tr_ssz_bit is bit i of a bit field; false beyond its length. */
bool tr_ssz_bit(const tr_ssz *value, uint64_t i);

#endif

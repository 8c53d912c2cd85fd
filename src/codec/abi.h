/* Solidity's ABI: types given as text, values as a tree of views, encoding and decoding between
 * the two, and selectors.
 *
 *   "uint256,(address,bytes)[]"  --parse-->  type  --decode(bytes)-->  value  --encode-->  bytes
 *
 * A list of types is one type, a tuple; what is encoded and decoded is always such a tuple, the
 * parameters of a call.  Words stay as they lie in the input, 32 bytes big-endian: decoding copies
 * nothing and makes 16 bytes of value for each word.
 *
 * Every type of the specification is here: uint, int, fixed and ufixed of all sizes, address, bool,
 * bytes1 to bytes32, function, bytes, string, T[k], T[] and tuples, nested up to TR_ABI_MAX_DEPTH.
 * Only an array whose elements take no room, such as ()[], is refused: its count could claim any
 * number of values. */
#ifndef TR_CODEC_ABI_H
#define TR_CODEC_ABI_H

#include "base/base.h"

enum { TR_ABI_MAX_DEPTH = 32, TR_ABI_MAX_TYPE_TEXT = 1 << 16 };

typedef enum tr_abi_kind {
    TR_ABI_UINT,
    TR_ABI_INT,
    TR_ABI_UFIXED,
    TR_ABI_FIXED,
    TR_ABI_ADDRESS,
    TR_ABI_BOOL,
    TR_ABI_FIXED_BYTES, /* bytes1 to bytes32 */
    TR_ABI_FUNCTION,
    TR_ABI_BYTES,
    TR_ABI_STRING,
    TR_ABI_ARRAY, /* T[k] */
    TR_ABI_LIST,  /* T[] */
    TR_ABI_TUPLE,
} tr_abi_kind;

typedef struct tr_abi_type tr_abi_type;
struct tr_abi_type {
    tr_abi_kind kind;
    uint16_t bits;            /* of a number, and 8 for each byte of bytesN */
    uint8_t decimals;         /* of a fixed-point number */
    uint8_t depth;            /* types around the innermost one, itself included */
    bool dynamic;             /* it lies in the tail, and the head has its offset */
    bool indexed;             /* of an event's parameter */
    bool hollow;              /* something in it takes no room */
    uint32_t count;           /* members of a tuple, k of T[k] */
    uint32_t nodes;           /* types in it, itself included */
    uint64_t inner;           /* size of its own head part */
    uint64_t head;            /* what it takes in the head of what holds it */
    const uint8_t *padding;   /* of a word: 32 bytes, the bits that carry nothing */
    tr_bytes name;            /* as a member, if it was given one; a view of the text */
    const tr_abi_type *first; /* element or first member */
    const tr_abi_type *next;  /* member of the same tuple */
};

/* True for the kinds that are one word. */
static inline bool tr_abi_is_word(const tr_abi_type *type)
{
    return type->kind <= TR_ABI_FUNCTION;
}

/* tr_abi_parse_types reads "T,T,..." (or nothing) into a tuple.  Members may have names, also in
 * tuples within, with the words of Solidity's own declarations between ("uint256[] calldata a").
 * The text must live as long as the type.  TR_E_ABI_TYPE with the offset in the text; TR_E_DEPTH;
 * TR_E_LIMIT; TR_E_MEMORY. */
TR_NODISCARD tr_err tr_abi_parse_types(tr_trail *trail, tr_arena *arena, tr_bytes text,
                                       const tr_abi_type **out);

/* tr_abi_parse_type reads one type. */
TR_NODISCARD tr_err tr_abi_parse_type(tr_trail *trail, tr_arena *arena, tr_bytes text,
                                      const tr_abi_type **out);

/* tr_abi_print writes the canonical text, as it goes into selectors: "(uint256,bytes)[]". */
void tr_abi_print(tr_buf *out, const tr_abi_type *type);

/* A value of any type.  It has no tag: the type tells which it is. */
typedef struct tr_abi_value tr_abi_value;
struct tr_abi_value {
    union {
        const uint8_t *data;       /* a word, or the content of bytes or string */
        const tr_abi_value *items; /* of an array, a list or a tuple */
    };
    size_t count; /* bytes (32 of a word) or items */
};

/* Small words, for callers that know the type: TR_E_RANGE when the word does not fit. */
TR_NODISCARD tr_err tr_abi_u64(const tr_abi_value *value, uint64_t *out);
tr_addr tr_abi_addr(const tr_abi_value *value);
bool tr_abi_bool(const tr_abi_value *value);

/* How strictly to decode.
 *
 * TR_ABI_STRICT accepts exactly what tr_abi_encode writes: padding as it must be, every offset
 * where the encoder puts it, no byte left over.
 *
 * TR_ABI_LENIENT accepts what contracts and other libraries accept: offsets to anywhere in the
 * input, parts that overlap or are not used, bytes after the end.  Bits of a word outside its type
 * are ignored, and the value given back is clean (of a bool, anything but 0 is true); the padding
 * after bytes and strings is not looked at and need not be there.  Parts that overlap stay shared
 * in the value; who writes it out again writes them as often as they occur. */
typedef enum tr_abi_mode { TR_ABI_STRICT, TR_ABI_LENIENT } tr_abi_mode;

/* tr_abi_decode reads the parameters types (a tuple) from in.  Values are views of in where they
 * are clean.  Whatever the offsets say, there are at most as many values as in has bytes and types
 * has types (a canonical encoding never needs more, and most need one for 32 bytes); beyond that it
 * is TR_E_ABI_BOMB.  A value takes 16 bytes of arena, in pieces of which at most half stays unused.
 * TR_E_SHORT: something lies outside of in; TR_E_ABI_OFFSET, TR_E_ABI_PADDING, TR_E_TRAILING: not
 * canonical; the trail has the offset. */
TR_NODISCARD tr_err tr_abi_decode(tr_trail *trail, tr_arena *arena, const tr_abi_type *types,
                                  tr_bytes in, tr_abi_mode mode, tr_abi_value *out);

/* tr_abi_encode writes the parameters.  TR_E_TYPE: the value does not have the type's shape;
 * TR_E_RANGE: a word does not fit its type; the trail says which.  After an error what was written
 * is taken back. */
TR_NODISCARD tr_err tr_abi_encode(tr_trail *trail, const tr_abi_type *types,
                                  const tr_abi_value *value, tr_buf *out);

/* tr_abi_encode_packed writes Solidity's encodePacked: words cut to their size, bytes and strings
 * bare, elements of arrays as whole words.  TR_E_UNSUPPORTED where Solidity has none: tuples,
 * arrays of arrays, of bytes and of strings. */
TR_NODISCARD tr_err tr_abi_encode_packed(tr_trail *trail, const tr_abi_type *types,
                                         const tr_abi_value *value, tr_buf *out);

/* A function, event or error as people write it: "transfer(address,uint256)", or the whole
 * "function transfer(address to, uint256 amount) external returns (bool)". */
typedef enum tr_abi_entry_kind {
    TR_ABI_ENTRY_FUNCTION,
    TR_ABI_ENTRY_EVENT,
    TR_ABI_ENTRY_ERROR,
} tr_abi_entry_kind;

typedef struct tr_abi_entry {
    tr_abi_entry_kind kind;
    bool anonymous;             /* an event without its hash as first topic */
    tr_bytes name;              /* a view of the text */
    const tr_abi_type *inputs;  /* tuples */
    const tr_abi_type *outputs; /* NULL when the text has no returns */
    tr_hash hash;               /* of the canonical signature: an event's topic */
    uint8_t selector[4];        /* its first bytes */
} tr_abi_entry;

TR_NODISCARD tr_err tr_abi_parse_entry(tr_trail *trail, tr_arena *arena, tr_bytes text,
                                       tr_abi_entry *out);

#endif

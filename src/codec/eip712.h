/* EIP-712: the hash that a wallet signs for typed, structured data.
 *
 *   digest = keccak(0x19 0x01 || hashStruct(domain) || hashStruct(message))
 *
 * Read as strictly as a signature deserves: a value has every member of its type and no other, and
 * numbers fit. */
#ifndef TR_CODEC_EIP712_H
#define TR_CODEC_EIP712_H

#include "base/base.h"
#include "codec/json.h"

enum { TR_EIP712_MAX_STRUCTS = 256, TR_EIP712_MAX_MEMBERS = 1024 };

typedef struct tr_eip712 {
    const tr_json *types;   /* an object: struct name to list of {name, type} */
    tr_bytes primary;       /* the message's struct */
    const tr_json *domain;  /* an object */
    const tr_json *message; /* an object */
} tr_eip712;

typedef struct tr_eip712_hashes {
    tr_hash domain;  /* the domain separator */
    tr_hash message; /* hashStruct of the message */
    tr_hash digest;  /* what is signed */
} tr_eip712_hashes;

/* tr_eip712_open takes a document {types, primaryType, domain, message} apart; TR_E_TYPED_DATA. */
TR_NODISCARD tr_err tr_eip712_open(tr_trail *trail, const tr_json *document, tr_eip712 *out);

/* tr_eip712_hash computes the hashes.  Types without an EIP712Domain get the one that the members
 * of domain say.  TR_E_TYPED_DATA: types that are not valid, a member missing or too many;
 * TR_E_LIMIT; value errors as from tr_abi_from_json.  The trail has the offset in the document. */
TR_NODISCARD tr_err tr_eip712_hash(tr_trail *trail, tr_arena *arena, const tr_eip712 *data,
                                   tr_eip712_hashes *out);

/* tr_eip712_encode_type writes encodeType of a struct: "Mail(Person from,...)Person(...)". */
TR_NODISCARD tr_err tr_eip712_encode_type(tr_trail *trail, tr_arena *arena, const tr_eip712 *data,
                                          tr_bytes name, tr_buf *out);

/* tr_eip712_encode_data writes the message's type hash and encodeData: what hashStruct hashes. */
TR_NODISCARD tr_err tr_eip712_encode_data(tr_trail *trail, tr_arena *arena, const tr_eip712 *data,
                                          tr_buf *out);

#endif

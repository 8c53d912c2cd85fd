#include "trestle/hash.h"

#include "hash/hash.h"
#include "hash/poseidon.h"

/* The array forms turn pairs of pointer and length into views in pieces of this many, which lie on
 * the stack. */
enum { PIECE = 64 };

void tr_hash_keccak256(const uint8_t *data, size_t len, uint8_t out[32])
{
    tr_hash hash = tr_keccak256(tr_bytes_of(data, len));
    memcpy(out, &hash, sizeof(hash));
}

void tr_hash_keccak512(const uint8_t *data, size_t len, uint8_t out[64])
{
    tr_keccak512(tr_bytes_of(data, len), out);
}

void tr_hash_sha256(const uint8_t *data, size_t len, uint8_t out[32])
{
    tr_hash hash = tr_sha256(tr_bytes_of(data, len));
    memcpy(out, &hash, sizeof(hash));
}

void tr_hash_sha512(const uint8_t *data, size_t len, uint8_t out[64])
{
    tr_sha512(tr_bytes_of(data, len), out);
}

void tr_hash_ripemd160(const uint8_t *data, size_t len, uint8_t out[20])
{
    tr_ripemd160(tr_bytes_of(data, len), out);
}

static void in_pieces(void (*many)(size_t, const tr_bytes[], tr_hash[]), size_t n,
                      const uint8_t *const data[], const size_t lens[], uint8_t *out)
{
    tr_bytes views[PIECE];
    tr_hash hashes[PIECE];
    for (size_t done = 0; done < n;) {
        size_t count = TR_MIN(n - done, (size_t)PIECE);
        for (size_t i = 0; i < count; i++) views[i] = tr_bytes_of(data[done + i], lens[done + i]);
        many(count, views, hashes);
        memcpy(out + sizeof(tr_hash) * done, hashes, sizeof(tr_hash) * count);
        done += count;
    }
}

void tr_hash_keccak256_many(size_t n, const uint8_t *const data[], const size_t lens[],
                            uint8_t *out)
{
    in_pieces(tr_keccak256_many, n, data, lens, out);
}

void tr_hash_sha256_many(size_t n, const uint8_t *const data[], const size_t lens[], uint8_t *out)
{
    in_pieces(tr_sha256_many, n, data, lens, out);
}

void tr_hash_blake2b_f(uint32_t rounds, uint64_t h[8], const uint64_t m[16], const uint64_t t[2],
                       int final)
{
    tr_blake2b_f(rounds, h, m, t, final != 0);
}

tr_err tr_hash_poseidon(size_t n, const uint8_t *in, uint8_t out[32])
{
    return tr_poseidon_bytes(n, in, out);
}

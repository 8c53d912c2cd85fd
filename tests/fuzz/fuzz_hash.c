/* The hashes for many messages against the portable ones for one, over messages cut from the input
 * at places that the input chooses; and the sponge fed in the same pieces against the whole. */
#include <stdlib.h>

#include "hash/hash.h"
#include "hash/hash_internal.h"

enum { MOST = 48 };

static void expect(bool truth)
{
    if (!truth) abort();
}

/* A byte says how long the next message is: up to 127 bytes, or up to 127 times 24. */
static size_t split(tr_bytes in, tr_bytes messages[MOST])
{
    size_t n = 0;
    tr_cursor c = tr_cursor_of(in);
    while (n < MOST && tr_cursor_left(&c) != 0) {
        uint8_t size = tr_cursor_u8(&c);
        size_t len = size < 128 ? size : (size_t)(size - 128) * 24;
        messages[n++] = tr_cursor_take(&c, TR_MIN(len, tr_cursor_left(&c)));
    }
    return n;
}

static void check_pieces(size_t n, const tr_bytes messages[])
{
    tr_sponge keccak;
    tr_sha256_state sha256;
    uint8_t whole[65536];
    size_t len = 0;
    tr_keccak256_init(&keccak);
    tr_sha256_init(&sha256);
    for (size_t i = 0; i < n && len + messages[i].len <= sizeof(whole); i++) {
        tr_sponge_update(&keccak, messages[i]);
        tr_sha256_update(&sha256, messages[i]);
        if (messages[i].len != 0) memcpy(whole + len, messages[i].data, messages[i].len);
        len += messages[i].len;
    }
    tr_hash a = tr_keccak256_final(&keccak), b = tr_keccak256(tr_bytes_of(whole, len));
    expect(memcmp(&a, &b, sizeof(a)) == 0);
    a = tr_sha256_final(&sha256);
    b = tr_sha256(tr_bytes_of(whole, len));
    expect(memcmp(&a, &b, sizeof(a)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes messages[MOST];
    tr_hash keccak[MOST], sha256[MOST], got[MOST];
    size_t n = split(tr_bytes_of(data, len), messages);
    expect(tr_hash_select("portable"));
    for (size_t i = 0; i < n; i++) {
        keccak[i] = tr_keccak256(messages[i]);
        sha256[i] = tr_sha256(messages[i]);
    }
    for (size_t k = 0; tr_hash_codes(k) != NULL; k++) {
        expect(tr_hash_select(tr_hash_codes(k)));
        tr_keccak256_many(n, messages, got);
        expect(n == 0 || memcmp(got, keccak, n * sizeof(tr_hash)) == 0);
        tr_sha256_many(n, messages, got);
        expect(n == 0 || memcmp(got, sha256, n * sizeof(tr_hash)) == 0);
        check_pieces(n, messages);
    }
    return 0;
}

/* Batches of signatures, in every implementation of this machine: each gives for each signature
 * what the portable code gives for it alone.  A record is 97 bytes (hash, r, s, recovery id), or
 * one byte of 0xf0 and above that repeats the record before it with that many changed. */
#include "curve/k1_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 24, RECORD = 97 };

static size_t read_records(tr_bytes in, tr_hash *hashes, tr_ecdsa_sig *sigs)
{
    size_t n = 0;
    while (in.len != 0 && n < MOST) {
        if (n != 0 && in.data[0] >= 0xf0) {
            hashes[n] = hashes[n - 1];
            sigs[n] = sigs[n - 1];
            sigs[n].s[31] ^= in.data[0] & 0x0f;
            in = tr_bytes_cut(in, 1, SIZE_MAX);
        } else {
            uint8_t record[RECORD] = {0};
            memcpy(record, in.data, TR_MIN(in.len, (size_t)RECORD));
            memcpy(hashes[n].b, record, 32);
            memcpy(sigs[n].r, record + 32, 32);
            memcpy(sigs[n].s, record + 64, 32);
            sigs[n].recovery = record[96] & 7;
            in = tr_bytes_cut(in, RECORD, SIZE_MAX);
        }
        n++;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_hash hashes[MOST];
    tr_ecdsa_sig sigs[MOST];
    tr_addr want[MOST], got[MOST];
    bool ok[MOST];
    size_t n = read_records(tr_bytes_of(data, len), hashes, sigs), found = 0;
    for (size_t i = 0; i < n; i++) {
        tr_pubkey key;
        want[i] = (tr_addr){{0}};
        if (sigs[i].recovery > 3 || tr_ecdsa_check(&sigs[i]) != TR_OK ||
            tr_k1_portable.recover(&hashes[i], &sigs[i], &key) != TR_OK)
            continue;
        want[i] = tr_pubkey_address(&key);
        found++;
    }
    for (size_t c = 0; tr_k1_codes(c) != NULL; c++) {
        TR_ASSERT(tr_k1_select(tr_k1_codes(c)));
        TR_ASSERT(tr_ecdsa_recover_many(n, hashes, sigs, got, ok) == found);
        for (size_t i = 0; i < n; i++) {
            static const tr_addr none;
            TR_ASSERT(memcmp(&got[i], &want[i], sizeof(got[i])) == 0);
            TR_ASSERT(ok[i] == (memcmp(&want[i], &none, sizeof(none)) != 0));
        }
    }
    return 0;
}

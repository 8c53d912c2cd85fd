#include "eth/receipt.h"
#include "hash/keccak.h"

/* Strings that wait to be hashed together: enough to keep the lanes busy, few enough for the
 * stack. */
enum { BATCH = 64 };

static void set_bits(uint8_t bloom[TR_BLOOM], const tr_hash *hash)
{
    for (unsigned i = 0; i < 6; i += 2) {
        unsigned bit = tr_load16be(hash->b + i) & (8 * TR_BLOOM - 1);
        bloom[TR_BLOOM - 1 - bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

void tr_bloom_add(uint8_t bloom[TR_BLOOM], size_t n, const tr_bytes strings[])
{
    tr_hash hashes[BATCH];
    for (size_t done = 0; done < n; done += BATCH) {
        size_t count = TR_MIN(n - done, BATCH);
        tr_keccak256_many(count, strings + done, hashes);
        for (size_t i = 0; i < count; i++) set_bits(bloom, &hashes[i]);
    }
}

void tr_bloom_of_logs(size_t n, const tr_receipt_log logs[], uint8_t bloom[TR_BLOOM])
{
    tr_bytes strings[BATCH];
    size_t count = 0;
    memset(bloom, 0, TR_BLOOM);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k <= logs[i].topics.count; k++) {
            if (count == BATCH) {
                tr_bloom_add(bloom, count, strings);
                count = 0;
            }
            strings[count++] = k == 0 ? TR_VIEW(logs[i].address.b)
                                      : TR_VIEW(TR_LIST_AT(tr_hash, logs[i].topics, k - 1)->b);
        }
    }
    tr_bloom_add(bloom, count, strings);
}

void tr_bloom_join(uint8_t bloom[TR_BLOOM], const uint8_t other[TR_BLOOM])
{
    for (size_t i = 0; i < TR_BLOOM; i++) bloom[i] |= other[i];
}

bool tr_bloom_has(const uint8_t bloom[TR_BLOOM], tr_bytes string)
{
    uint8_t bits[TR_BLOOM] = {0};
    tr_hash hash = tr_keccak256(string);
    set_bits(bits, &hash);
    uint8_t missing = 0;
    for (size_t i = 0; i < TR_BLOOM; i++) missing |= bits[i] & (uint8_t)~bloom[i];
    return missing == 0;
}

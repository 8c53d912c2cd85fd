/* Blooms, against the definition of the yellow paper one bit at a time. */
#include "eth/receipt.h"
#include "eth_constants.h"
#include "harness.h"
#include "hash/keccak.h"

/* Bit n of 2,048, counted from the low end of the last byte. */
static void set_bit(uint8_t bloom[TR_BLOOM], unsigned n)
{
    bloom[255 - n / 8] |= (uint8_t)(1u << (n % 8));
}

static void slow_add(uint8_t bloom[TR_BLOOM], tr_bytes string)
{
    tr_hash hash = tr_keccak256(string);
    set_bit(bloom, (hash.b[0] * 256u + hash.b[1]) % 2048);
    set_bit(bloom, (hash.b[2] * 256u + hash.b[3]) % 2048);
    set_bit(bloom, (hash.b[4] * 256u + hash.b[5]) % 2048);
}

TR_PROP(of_logs)
{
    enum { LOGS = 100 };
    static tr_receipt_log logs[LOGS];
    static tr_hash topics[LOGS][4];
    size_t n = tr_gen_below(g, LOGS + 1);
    uint8_t want[TR_BLOOM] = {0}, got[TR_BLOOM], joined[TR_BLOOM] = {0}, one[TR_BLOOM];
    tr_gen_fill(g, topics, sizeof(topics));
    for (size_t i = 0; i < n; i++) {
        tr_gen_fill(g, logs[i].address.b, 20);
        logs[i].topics = (tr_list){topics[i], tr_gen_below(g, 5)};
        slow_add(want, TR_VIEW(logs[i].address.b));
        for (size_t k = 0; k < logs[i].topics.count; k++) slow_add(want, TR_VIEW(topics[i][k].b));
        tr_bloom_of_logs(1, &logs[i], one);
        tr_bloom_join(joined, one);
    }
    memset(got, 0xff, sizeof(got));
    tr_bloom_of_logs(n, logs, got);
    TR_CHECK_BYTES(TR_VIEW(got), TR_VIEW(want));
    TR_CHECK_BYTES(TR_VIEW(joined), TR_VIEW(want));
    for (size_t i = 0; i < n; i++) TR_CHECK(tr_bloom_has(got, TR_VIEW(logs[i].address.b)));
}

TR_PROP(added_strings)
{
    tr_bytes strings[200];
    size_t n = tr_gen_below(g, TR_COUNTOF(strings) + 1);
    uint8_t want[TR_BLOOM], got[TR_BLOOM];
    tr_gen_fill(g, want, sizeof(want));
    memcpy(got, want, sizeof(got));
    for (size_t i = 0; i < n; i++) {
        strings[i] = tr_gen_bytes(g, 40);
        slow_add(want, strings[i]);
    }
    tr_bloom_add(got, n, strings);
    TR_CHECK_BYTES(TR_VIEW(got), TR_VIEW(want));
}

TR_TEST(what_is_not_there)
{
    uint8_t bloom[TR_BLOOM] = {0};
    TR_CHECK(!tr_bloom_has(bloom, TR_LIT("a")));
    tr_bytes a = TR_LIT("a");
    tr_bloom_add(bloom, 1, &a);
    TR_CHECK(tr_bloom_has(bloom, a));
    TR_CHECK(!tr_bloom_has(bloom, TR_LIT("b")));
    /* Without any one of its bits a string is not there. */
    for (size_t i = 0; i < TR_BLOOM; i++) {
        uint8_t byte = bloom[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            bloom[i] = byte & (uint8_t) ~(1u << bit);
            TR_CHECK_EQ(tr_bloom_has(bloom, a), bloom[i] == byte);
        }
        bloom[i] = byte;
    }
}

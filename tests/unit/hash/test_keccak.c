#include <sys/mman.h>
#include <unistd.h>

#include "for_each_code.h"
#include "harness.h"
#include "hash/keccak.h"

/* The answers of the Keccak team's submission to round 3 for the empty message and for "abc". */
TR_TEST(known_answers)
{
    FOR_EACH_CODE(code)
    {
        tr_hash hash = tr_keccak256((tr_bytes){NULL, 0});
        TR_CHECK_BYTES(
            TR_VIEW(hash.b),
            tr_test_hex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));
        hash = tr_keccak256(TR_LIT("abc"));
        TR_CHECK_BYTES(
            TR_VIEW(hash.b),
            tr_test_hex("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"));
        uint8_t wide[64];
        tr_keccak512((tr_bytes){NULL, 0}, wide);
        TR_CHECK_BYTES(
            TR_VIEW(wide),
            tr_test_hex("0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304"
                        "c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e"));
    }
}

/* A length near the borders of blocks, where padding goes wrong, or any. */
static size_t some_length(tr_gen *g)
{
    static const size_t borders[] = {0, 8, 64, 72, 128, 136, 144, 272, 408, 1088};
    if (tr_gen_bool(g)) return tr_gen_below(g, 700);
    size_t length = borders[tr_gen_below(g, TR_COUNTOF(borders))] + tr_gen_below(g, 5);
    return length < 2 ? 0 : length - 2;
}

TR_PROP(every_code_gives_the_same_hashes)
{
    enum { MOST = 40 };
    tr_bytes in[MOST];
    tr_hash want[MOST], got[MOST + 1];
    size_t n = tr_gen_below(g, MOST + 1);
    uint8_t *pool = tr_arena_get(tr_gen_arena(g), 2048, 1);
    tr_gen_fill(g, pool, 2048);
    for (size_t i = 0; i < n; i++) in[i] = tr_bytes_of(pool + tr_gen_below(g, 900), some_length(g));
    TR_CHECK(tr_hash_select("portable"));
    tr_keccak256_many(n, in, want);
    FOR_EACH_CODE(code)
    {
        memset(got, 0xaa, sizeof(got));
        tr_keccak256_many(n, in, got);
        TR_CHECK_EQ(got[n].b[0], 0xaa);
        for (size_t i = 0; i < n; i++) {
            TR_CHECK_BYTES(TR_VIEW(got[i].b), TR_VIEW(want[i].b));
            tr_hash one = tr_keccak256(in[i]);
            TR_CHECK_BYTES(TR_VIEW(one.b), TR_VIEW(want[i].b));
        }
    }
}

TR_PROP(pieces_give_the_hash_of_the_whole)
{
    tr_bytes whole = tr_gen_bytes(g, 600);
    uint8_t got[64], want[64];
    FOR_EACH_CODE(code)
    {
        tr_sponge narrow, wide;
        tr_keccak256_init(&narrow);
        tr_sponge_init(&wide, TR_KECCAK512_RATE, TR_KECCAK_PAD);
        for (size_t at = 0; at < whole.len;) {
            tr_bytes piece = tr_bytes_cut(whole, at, 1 + tr_gen_below(g, 200));
            tr_sponge_update(&narrow, piece);
            tr_sponge_update(&wide, piece);
            at += piece.len;
        }
        tr_hash hash = tr_keccak256_final(&narrow), direct = tr_keccak256(whole);
        TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(direct.b));
        tr_sponge_squeeze(&wide, got, sizeof(got));
        tr_keccak512(whole, want);
        TR_CHECK_BYTES(TR_VIEW(got), TR_VIEW(want));
    }
}

/* Nothing outside a message is read: each ends where the readable memory ends, and each begins
 * where it begins. */
TR_TEST(reads_stay_inside_the_message)
{
    enum { MOST = 300, GROUP = 10 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *map = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TR_CHECK(map != MAP_FAILED);
    uint8_t *begin = map + page, *end = begin + page;
    TR_CHECK_EQ(mprotect(begin, page, PROT_READ | PROT_WRITE), 0);
    for (size_t i = 0; i < page; i++) begin[i] = (uint8_t)tr_test_random();
    FOR_EACH_CODE(code)
    {
        for (size_t len = 0; len < MOST; len++) {
            tr_bytes in[GROUP];
            tr_hash out[GROUP];
            for (size_t i = 0; i < GROUP; i++)
                in[i] = tr_bytes_of(i % 2 == 0 ? end - len : begin, len);
            tr_keccak256_many(GROUP, in, out);
            TR_CHECK_BYTES(TR_VIEW(out[2].b), TR_VIEW(out[0].b));
            tr_hash one = tr_keccak256(in[1]);
            TR_CHECK_BYTES(TR_VIEW(out[1].b), TR_VIEW(one.b));
        }
    }
    munmap(map, 3 * page);
}

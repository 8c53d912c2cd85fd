#include <sys/mman.h>
#include <unistd.h>

#include "for_each_code.h"
#include "harness.h"
#include "hash/sha2.h"

/* Answers of FIPS 180's examples: one block, two blocks, a million times a. */
TR_TEST(known_answers)
{
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    tr_arena *arena = tr_test_arena();
    uint8_t *million = tr_arena_get(arena, 1000000, 1);
    TR_CHECK(million != NULL);
    memset(million, 'a', 1000000);
    tr_bytes in[] = {TR_LIT("abc"), tr_bytes_str(two), tr_bytes_of(million, 1000000)};
    static const char *const want[] = {
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    };
    FOR_EACH_CODE(code)
    {
        tr_hash many[TR_COUNTOF(in)];
        tr_sha256_many(TR_COUNTOF(in), in, many);
        for (size_t i = 0; i < TR_COUNTOF(in); i++) {
            tr_hash one = tr_sha256(in[i]);
            TR_CHECK_BYTES(TR_VIEW(one.b), tr_test_hex(want[i]));
            TR_CHECK_BYTES(TR_VIEW(many[i].b), tr_test_hex(want[i]));
        }
    }
    uint8_t wide[64];
    tr_sha512(TR_LIT("abc"), wide);
    TR_CHECK_BYTES(TR_VIEW(wide),
                   tr_test_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
}

static size_t some_length(tr_gen *g)
{
    if (tr_gen_bool(g)) return tr_gen_below(g, 400);
    size_t length = 64 * tr_gen_below(g, 5) + (tr_gen_bool(g) ? 56 : 0) + tr_gen_below(g, 5);
    return length < 2 ? 0 : length - 2;
}

TR_PROP(every_code_gives_the_same_hashes)
{
    enum { MOST = 50 };
    tr_bytes in[MOST];
    tr_hash want[MOST], got[MOST + 1];
    size_t n = tr_gen_below(g, MOST + 1);
    uint8_t *pool = tr_arena_get(tr_gen_arena(g), 2048, 1);
    tr_gen_fill(g, pool, 2048);
    for (size_t i = 0; i < n; i++)
        in[i] = tr_bytes_of(pool + tr_gen_below(g, 1600), some_length(g));
    TR_CHECK(tr_hash_select("portable"));
    tr_sha256_many(n, in, want);
    FOR_EACH_CODE(code)
    {
        memset(got, 0xaa, sizeof(got));
        tr_sha256_many(n, in, got);
        TR_CHECK_EQ(got[n].b[0], 0xaa);
        for (size_t i = 0; i < n; i++) {
            TR_CHECK_BYTES(TR_VIEW(got[i].b), TR_VIEW(want[i].b));
            tr_hash one = tr_sha256(in[i]);
            TR_CHECK_BYTES(TR_VIEW(one.b), TR_VIEW(want[i].b));
        }
    }
}

TR_PROP(pieces_give_the_hash_of_the_whole)
{
    tr_bytes whole = tr_gen_bytes(g, 400);
    FOR_EACH_CODE(code)
    {
        tr_sha256_state state;
        tr_sha256_init(&state);
        for (size_t at = 0; at < whole.len;) {
            tr_bytes piece = tr_bytes_cut(whole, at, tr_gen_below(g, 150));
            tr_sha256_update(&state, piece);
            at += piece.len;
        }
        tr_hash hash = tr_sha256_final(&state), direct = tr_sha256(whole);
        TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(direct.b));
    }
}

TR_TEST(reads_stay_inside_the_message)
{
    enum { MOST = 140, GROUP = 18 };
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
            tr_sha256_many(GROUP, in, out);
            TR_CHECK_BYTES(TR_VIEW(out[2].b), TR_VIEW(out[0].b));
            tr_hash one = tr_sha256(in[1]);
            TR_CHECK_BYTES(TR_VIEW(out[1].b), TR_VIEW(one.b));
        }
    }
    munmap(map, 3 * page);
}

/* BLAKE-512: the two answers of its specification, and lengths around a block's end from
 * @noble/hashes 1.8.0. */
#include "harness.h"
#include "hash/blake.h"

TR_TEST(known_answers)
{
    static const uint8_t zeros[144];
    uint8_t out[64];
    tr_blake512(tr_bytes_of(zeros, 1), out);
    TR_CHECK_BYTES(TR_VIEW(out),
                   tr_test_hex("97961587f6d970faba6d2478045de6d1fabd09b61ae50932054d52bc29d31be4"
                               "ff9102b9f69e2bbdb83be13d4b9c06091e5fa0b48bd081b634058be0ec49beb3"));
    tr_blake512(tr_bytes_of(zeros, 144), out);
    TR_CHECK_BYTES(TR_VIEW(out),
                   tr_test_hex("313717d608e9cf758dcb1eb0f0c3cf9fc150b2d500fb33f51c52afc99d358a2f"
                               "1374b8a38bba7974e7f6ef79cab16f22ce1e649d6e01ad9589c213045d545dde"));
}

TR_TEST(lengths_around_a_block)
{
    static const struct {
        size_t len;
        const char *want;
    } cases[] = {
        {0, "a8cfbbd73726062df0c6864dda65defe58ef0cc52a5625090fa17601e1eecd1b"
            "628e94f396ae402a00acc9eab77b4d4c2e852aaaa25a636d80af3fc7913ef5b8"},
        {55, "87c280da884ad31f881f917a5d19f337e436e06dc698ca89106243deb8a14142"
             "7e2cc0181f6ab87b6e43fb800c362167d1e32744cc7edae9015db7aa9c00422a"},
        {111, "5329f386033ff4492299d9a893f8ec8e8c7ed9e5fb24a74d2a018fcf7378edc2"
              "5840a2df487707f02819a5822c1ef203ee41b1595fcd330edee15a7c3c0d82af"},
        {112, "55deffdbf43d5940ec59ea0670940f8ae1015b0c03a1ca920ffaa28cb44687f4"
              "413c38a91ae49d7cc01625c1c840fcb3e913a7ad6b08c43fb15b2c3f0ecd8b52"},
        {127, "b79f3ad1fc9b260f28c223a55e008d1daac41606c7142e00c1827226840e9f7d"
              "6344cfcdbec4e0f293a9bb636871f58a63d252c7df40a397a6762fe6a8ee24c9"},
        {128, "d8501cdaf83ff9159d68e065b4d112bf2e96c570d2eae9eeddcf44f62fa22114"
              "8d2d53722b58778ad681fc8a441ded46fd9e9eb8c58b6e35aa635c7ae0e028f0"},
        {239, "e07189e9fdcf5f44ae90a4afaf992fcc17f626b775151940125867240c590322"
              "73255879bcf3e3902cea8b89f184e8d5c7ca85177afcdaf73e2b9a823637e261"},
        {240, "7726d4b53eb04ccd75c98029d0390a0b334c4d71a29060b899b271829dc5c24c"
              "7b2eb4fdf9d3e75f3af5610db5fc05bdaa6056b44e9b274111fb733767f195e7"},
        {256, "c0b4d984b15a33b656ad20d33f093bf85d344d26c10a51a0bcaef643fc8473fe"
              "6af0301dd1eae72dceed9894b7c79de48dc95ee6450f79326affff4544bd2254"},
    };
    uint8_t counting[256], out[64];
    for (size_t i = 0; i < sizeof(counting); i++) counting[i] = (uint8_t)i;
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_blake512(tr_bytes_of(counting, cases[i].len), out);
        TR_CHECK_BYTES(TR_VIEW(out), tr_test_hex(cases[i].want));
    }
    tr_blake512((tr_bytes){NULL, 0}, out);
    TR_CHECK_BYTES(TR_VIEW(out), tr_test_hex(cases[0].want));
}

/* BLAKE-512: the two answers of its specification, and lengths around a block's end from another
 * program. */
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

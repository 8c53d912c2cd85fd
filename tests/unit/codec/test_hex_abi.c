#include "trestle/hex.h"

#include "harness.h"

TR_TEST(hex_text_there_and_back)
{
    uint8_t out[4];
    char text[TR_HEX_TEXT_SIZE(4)];
    size_t len, at = 99;
    TR_CHECK_OK(tr_hex_read("0x01aBff", 8, out, 4, &len, &at));
    TR_CHECK(len == 3 && at == 99);
    TR_CHECK_OK(tr_hex_write(out, len, text, TR_HEX_TEXT_SIZE(3)));
    TR_CHECK_STR(text, "0x01abff");
    TR_CHECK_OK(tr_hex_write(NULL, 0, text, 3));
    TR_CHECK_STR(text, "0x");
    memset(text, 'u', sizeof(text));
    TR_CHECK_ERR(tr_hex_write(out, len, text, TR_HEX_TEXT_SIZE(3) - 1), TR_E_LIMIT);
    TR_CHECK_ERR(tr_hex_write(out, 0, text, 2), TR_E_LIMIT);
    TR_CHECK_ERR(tr_hex_write(out, SIZE_MAX / 2, text, sizeof(text)), TR_E_LIMIT);
    TR_CHECK_EQ(text[0], 'u');
}

TR_TEST(hex_faults_have_a_place)
{
    uint8_t out[4];
    size_t len, at;
    TR_CHECK_ERR(tr_hex_read("01", 2, out, 4, &len, &at), TR_E_HEX_PREFIX);
    TR_CHECK_EQ(at, 0);
    TR_CHECK_ERR(tr_hex_read("0x0g", 4, out, 4, &len, &at), TR_E_HEX_DIGIT);
    TR_CHECK_EQ(at, 3);
    TR_CHECK_ERR(tr_hex_read("0x012", 5, out, 4, &len, &at), TR_E_HEX_ODD);
    TR_CHECK_EQ(at, 5);
    TR_CHECK_ERR(tr_hex_read("0x0102030405", 12, out, 4, &len, NULL), TR_E_LIMIT);
}

TR_TEST(addresses_there_and_back)
{
    static const char right[] = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
    static const char wrong[] = "0xFB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
    uint8_t address[20];
    char text[TR_ADDRESS_TEXT_SIZE];
    size_t at = 99;
    TR_CHECK_OK(tr_address_read(right, strlen(right), address, &at));
    TR_CHECK_EQ(at, 99);
    tr_address_write(address, text);
    TR_CHECK_STR(text, right);
    TR_CHECK_ERR(tr_address_read(wrong, strlen(wrong), address, &at), TR_E_ADDRESS_CHECKSUM);
    TR_CHECK_EQ(at, 2);
    TR_CHECK_ERR(tr_address_read(right, strlen(right) - 1, address, NULL), TR_E_HEX_LENGTH);
}

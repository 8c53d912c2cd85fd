#include "codec/address.h"

#include "harness.h"

/* The examples of EIP-55. */
static const char *const examples[] = {
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
};

TR_TEST(examples_of_the_standard)
{
    for (size_t i = 0; i < TR_COUNTOF(examples); i++) {
        tr_addr address;
        uint8_t text[TR_ADDRESS_TEXT];
        TR_CHECK_OK(tr_address_parse(NULL, tr_bytes_str(examples[i]), &address));
        tr_address_format(&address, text);
        TR_CHECK_BYTES(TR_VIEW(text), tr_bytes_str(examples[i]));
    }
}

TR_TEST(letters_of_one_case_carry_no_checksum)
{
    tr_addr a, b, c;
    TR_CHECK_OK(tr_address_parse(NULL, tr_bytes_str(examples[0]), &a));
    TR_CHECK_OK(tr_address_parse(NULL, TR_LIT("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), &b));
    TR_CHECK_OK(tr_address_parse(NULL, TR_LIT("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"), &c));
    TR_CHECK_BYTES(TR_VIEW(a.b), TR_VIEW(b.b));
    TR_CHECK_BYTES(TR_VIEW(a.b), TR_VIEW(c.b));
    TR_CHECK_OK(tr_address_parse(NULL, TR_LIT("0x0000000000000000000000000000000000000000"), &a));
}

TR_TEST(a_letter_of_the_wrong_case_is_found)
{
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 2; k < TR_ADDRESS_TEXT; k++) {
            uint8_t text[TR_ADDRESS_TEXT];
            tr_addr address;
            tr_trail trail;
            memcpy(text, examples[i], sizeof(text));
            if (text[k] <= '9') continue;
            text[k] ^= 0x20;
            TR_CHECK_ERR(tr_address_parse(&trail, TR_VIEW(text), &address), TR_E_ADDRESS_CHECKSUM);
            TR_CHECK_EQ(trail.offset, k);
        }
    }
}

TR_TEST(what_is_no_address)
{
    tr_addr address = {{7}};
    TR_CHECK_ERR(tr_address_parse(NULL, TR_LIT(""), &address), TR_E_HEX_PREFIX);
    TR_CHECK_ERR(tr_address_parse(NULL, tr_bytes_str(examples[0] + 2), &address), TR_E_HEX_PREFIX);
    TR_CHECK_ERR(tr_address_parse(NULL, tr_bytes_of(examples[0], 41), &address), TR_E_HEX_LENGTH);
    TR_CHECK_ERR(
        tr_address_parse(NULL, TR_LIT("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0"), &address),
        TR_E_HEX_LENGTH);
    TR_CHECK_ERR(
        tr_address_parse(NULL, TR_LIT("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg"), &address),
        TR_E_HEX_DIGIT);
    TR_CHECK_EQ(address.b[0], 7);
}

#include "codec/address.h"

#include "codec/hex.h"
#include "hash/hash.h"

void tr_address_format(const tr_addr *address, uint8_t out[TR_ADDRESS_TEXT])
{
    uint8_t *digits = out + 2;
    out[0] = '0';
    out[1] = 'x';
    tr_hex_encode(TR_VIEW(address->b), digits);
    tr_hash hash = tr_keccak256(tr_bytes_of(digits, 40));
    for (size_t i = 0; i < 40; i++) {
        uint8_t nibble = i % 2 == 0 ? hash.b[i / 2] >> 4 : hash.b[i / 2] & 15;
        if (digits[i] >= 'a' && nibble >= 8) digits[i] -= 'a' - 'A';
    }
}

tr_err tr_address_parse(tr_trail *trail, tr_bytes text, tr_addr *out)
{
    uint8_t want[TR_ADDRESS_TEXT];
    tr_addr address;
    bool lower = false, upper = false;
    TR_TRY(tr_hex_decode_exact(trail, text, address.b, sizeof(address.b)));
    for (size_t i = 2; i < TR_ADDRESS_TEXT; i++) {
        lower |= text.data[i] >= 'a';
        upper |= text.data[i] >= 'A' && text.data[i] <= 'F';
    }
    if (lower && upper) {
        tr_address_format(&address, want);
        for (size_t i = 2; i < TR_ADDRESS_TEXT; i++) {
            if (text.data[i] != want[i])
                return tr_fail_at(trail, TR_E_ADDRESS_CHECKSUM, i,
                                  "address: the checksum wants '%c' here", want[i]);
        }
    }
    *out = address;
    return TR_OK;
}

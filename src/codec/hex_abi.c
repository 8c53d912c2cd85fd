#include "trestle/hex.h"

#include "codec/address.h"
#include "codec/hex.h"

_Static_assert(TR_ADDRESS_TEXT_SIZE == TR_ADDRESS_TEXT + 1, "room for the zero");

static tr_err report(tr_err err, const tr_trail *trail, size_t *fault_offset)
{
    if (err != TR_OK && fault_offset != NULL) *fault_offset = (size_t)trail->offset;
    return err;
}

tr_err tr_hex_write(const uint8_t *data, size_t len, char *out, size_t room)
{
    if (room < 3 || (room - 3) / 2 < len) return TR_E_LIMIT;
    tr_buf buf;
    tr_buf_init_fixed(&buf, out, room);
    tr_hex_put(&buf, tr_bytes_of(data, len));
    tr_buf_put_u8(&buf, '\0');
    return tr_buf_err(&buf);
}

tr_err tr_hex_read(const char *text, size_t len, uint8_t *out, size_t room, size_t *out_len,
                   size_t *fault_offset)
{
    tr_trail trail;
    return report(tr_hex_decode_0x(&trail, tr_bytes_of(text, len), out, room, out_len), &trail,
                  fault_offset);
}

void tr_address_write(const uint8_t address[20], char out[TR_ADDRESS_TEXT_SIZE])
{
    tr_addr a;
    memcpy(a.b, address, sizeof(a.b));
    tr_address_format(&a, (uint8_t *)out);
    out[TR_ADDRESS_TEXT] = '\0';
}

tr_err tr_address_read(const char *text, size_t len, uint8_t out[20], size_t *fault_offset)
{
    tr_trail trail;
    tr_addr a;
    tr_err err = tr_address_parse(&trail, tr_bytes_of(text, len), &a);
    if (err == TR_OK) memcpy(out, a.b, sizeof(a.b));
    return report(err, &trail, fault_offset);
}

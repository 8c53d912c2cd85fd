#include "codec/rlp.h"

/* Writes the header of a string (base 0x80) or a list (base 0xc0) and returns its size. */
static size_t write_header(uint8_t *to, uint8_t base, size_t len)
{
    if (len < 56) {
        to[0] = (uint8_t)(base + len);
        return 1;
    }
    unsigned n = tr_be_len(len);
    to[0] = (uint8_t)(base + 55 + n);
    for (unsigned i = 0; i < n; i++) to[n - i] = (uint8_t)(len >> (8 * i));
    return 1 + n;
}

void tr_rlp_put_bytes(tr_buf *out, tr_bytes bytes)
{
    size_t size = tr_rlp_bytes_size(bytes);
    uint8_t *to = tr_buf_reserve(out, size);
    if (TR_UNLIKELY(to == NULL)) return;
    if (size != bytes.len) to += write_header(to, 0x80, bytes.len);
    if (bytes.len != 0) memcpy(to, bytes.data, bytes.len);
    out->len += size;
}

void tr_rlp_put_u64(tr_buf *out, uint64_t value)
{
    uint8_t be[8];
    tr_store64be(be, value);
    unsigned n = tr_be_len(value);
    tr_rlp_put_bytes(out, (tr_bytes){be + 8 - n, n});
}

void tr_rlp_put_int(tr_buf *out, tr_bytes big_endian)
{
    while (big_endian.len != 0 && big_endian.data[0] == 0) {
        big_endian.data++;
        big_endian.len--;
    }
    tr_rlp_put_bytes(out, big_endian);
}

void tr_rlp_put_list(tr_buf *out, size_t payload)
{
    uint8_t *to = tr_buf_reserve(out, tr_rlp_list_size(payload) - payload);
    if (to == NULL) return;
    out->len += write_header(to, 0xc0, payload);
}

tr_rlp_mark tr_rlp_begin(tr_buf *out, size_t expect)
{
    uint32_t header = (uint32_t)(tr_rlp_list_size(expect) - expect);
    tr_buf_put_zeros(out, header);
    return (tr_rlp_mark){out->len, header};
}

void tr_rlp_end(tr_buf *out, tr_rlp_mark mark)
{
    if (out->err != TR_OK) return;
    TR_ASSERT(mark.payload <= out->len);
    size_t payload = out->len - mark.payload;
    size_t header = tr_rlp_list_size(payload) - payload;
    if (header > mark.header && tr_buf_reserve(out, header - mark.header) == NULL) return;
    size_t begin = mark.payload - mark.header;
    if (header != mark.header && payload != 0)
        memmove(out->data + begin + header, out->data + mark.payload, payload);
    (void)write_header(out->data + begin, 0xc0, payload);
    out->len = begin + header + payload;
}

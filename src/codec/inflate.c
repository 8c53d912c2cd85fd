#include "codec/inflate.h"

#include "codec/match_internal.h"
#include "codec/prefix_code_internal.h"

enum {
    LITERALS = 288, /* literals, end of block, lengths; the last two are never valid */
    DISTANCES = 32, /* the last two are never valid */
    CODE_LENGTHS = 19,
    LITERAL_ROOT = 11,
    DISTANCE_ROOT = 8,
    LENGTHS_ROOT = 7,
    /* The largest tables that complete codes of 15 bits over these alphabets can need. */
    LITERAL_TABLE = 2342,
    DISTANCE_TABLE = 402,
    LENGTHS_TABLE = 128,
    LONGEST_MATCH = 258,
    /* One turn of the fast loop loads eight bytes twice, the second time at most seven bytes on,
     * and writes two literals and a match, whose last store may go over its end. */
    FAST_IN = 16,
    FAST_OUT = LONGEST_MATCH + 2 + TR_MATCH_SLACK,
};

/* Flags of a literal or length entry, beside those of the prefix code.  A length or distance entry
 * holds its base in the upper half and takes the extra bits along: bits 8-11 are where they begin.
 */
#define LITERAL UINT32_C(0x8000)
#define END     UINT32_C(0x1000)
#define SPECIAL (TR_PREFIX_LINK | TR_PREFIX_INVALID | END)

#define LITERAL_ENTRY(v)       ((uint32_t)(v) << 16 | LITERAL)
#define BASE_ENTRY(base, more) ((uint32_t)(base) << 16 | (more))

static const uint32_t length_bases[] = {
    END,
    BASE_ENTRY(3, 0),
    BASE_ENTRY(4, 0),
    BASE_ENTRY(5, 0),
    BASE_ENTRY(6, 0),
    BASE_ENTRY(7, 0),
    BASE_ENTRY(8, 0),
    BASE_ENTRY(9, 0),
    BASE_ENTRY(10, 0),
    BASE_ENTRY(11, 1),
    BASE_ENTRY(13, 1),
    BASE_ENTRY(15, 1),
    BASE_ENTRY(17, 1),
    BASE_ENTRY(19, 2),
    BASE_ENTRY(23, 2),
    BASE_ENTRY(27, 2),
    BASE_ENTRY(31, 2),
    BASE_ENTRY(35, 3),
    BASE_ENTRY(43, 3),
    BASE_ENTRY(51, 3),
    BASE_ENTRY(59, 3),
    BASE_ENTRY(67, 4),
    BASE_ENTRY(83, 4),
    BASE_ENTRY(99, 4),
    BASE_ENTRY(115, 4),
    BASE_ENTRY(131, 5),
    BASE_ENTRY(163, 5),
    BASE_ENTRY(195, 5),
    BASE_ENTRY(227, 5),
    BASE_ENTRY(258, 0),
    TR_PREFIX_INVALID,
    TR_PREFIX_INVALID,
};

static const uint32_t distance_bases[DISTANCES] = {
    BASE_ENTRY(1, 0),      BASE_ENTRY(2, 0),      BASE_ENTRY(3, 0),     BASE_ENTRY(4, 0),
    BASE_ENTRY(5, 1),      BASE_ENTRY(7, 1),      BASE_ENTRY(9, 2),     BASE_ENTRY(13, 2),
    BASE_ENTRY(17, 3),     BASE_ENTRY(25, 3),     BASE_ENTRY(33, 4),    BASE_ENTRY(49, 4),
    BASE_ENTRY(65, 5),     BASE_ENTRY(97, 5),     BASE_ENTRY(129, 6),   BASE_ENTRY(193, 6),
    BASE_ENTRY(257, 7),    BASE_ENTRY(385, 7),    BASE_ENTRY(513, 8),   BASE_ENTRY(769, 8),
    BASE_ENTRY(1025, 9),   BASE_ENTRY(1537, 9),   BASE_ENTRY(2049, 10), BASE_ENTRY(3073, 10),
    BASE_ENTRY(4097, 11),  BASE_ENTRY(6145, 11),  BASE_ENTRY(8193, 12), BASE_ENTRY(12289, 12),
    BASE_ENTRY(16385, 13), BASE_ENTRY(24577, 13), TR_PREFIX_INVALID,    TR_PREFIX_INVALID,
};

typedef struct inflater {
    const uint8_t *at, *end, *start;
    uint64_t bits;  /* the next bits of the input, lowest first; zeros above count */
    unsigned count; /* how many of them there are */
    tr_buf *out;
    size_t out_start;  /* where the output of this data begins in out */
    const char *fault; /* what is wrong with the data */
    bool fixed;        /* the tables hold the fixed codes */
    uint32_t literals[LITERAL_TABLE];
    uint32_t distances[DISTANCE_TABLE];
} inflater;

typedef enum step { STEP_ON, STEP_END, STEP_FAIL } step;

static tr_err damaged(inflater *z, const char *fault)
{
    z->fault = fault;
    return TR_E_COMPRESSED;
}

static inline uint64_t low_bits(uint64_t bits, unsigned n)
{
    return bits & ((UINT64_C(1) << n) - 1);
}

static inline void drop(inflater *z, unsigned n)
{
    z->bits >>= n;
    z->count -= n;
}

/* Fills the bit buffer byte by byte as far as the input goes; 56 to 63 bits if it goes on. */
static void fill(inflater *z)
{
    while (z->count < 56 && z->at != z->end) {
        z->bits |= (uint64_t)*z->at++ << z->count;
        z->count += 8;
    }
}

static tr_err take(inflater *z, unsigned n, uint32_t *value)
{
    fill(z);
    if (z->count < n) return TR_E_SHORT;
    *value = (uint32_t)low_bits(z->bits, n);
    drop(z, n);
    return TR_OK;
}

/* Symbols, as long as neither the input nor the room for output can come to its end within one
 * turn of the loop. */
static step inflate_fast(inflater *z)
{
    const uint8_t *at = z->at, *const at_last = z->end - FAST_IN;
    uint64_t bits = z->bits;
    unsigned count = z->count;
    uint8_t *to = z->out->data + z->out->len;
    uint8_t *const to_last = z->out->data + z->out->cap - FAST_OUT;
    const uint8_t *const first = z->out->data + z->out_start;
    step result = STEP_ON;

#define REFILL()                                                                                   \
    do {                                                                                           \
        bits |= tr_load64le(at) << count;                                                          \
        at += (63 - count) >> 3;                                                                   \
        count |= 56;                                                                               \
    } while (0)
#define TAKE(entry) (bits >>= ((entry)&0xff), count -= ((entry)&0xff))
#define PUT(entry)  (*to++ = (uint8_t)((entry) >> 16))
#define VALUE(entry, before)                                                                       \
    (((entry) >> 16) + (uint32_t)(low_bits(before, (entry)&0x3f) >> ((entry) >> 8 & 15)))

    while (at <= at_last && to <= to_last) {
        REFILL();
        uint32_t e = z->literals[low_bits(bits, LITERAL_ROOT)];
        if (e & LITERAL) {
            TAKE(e);
            PUT(e);
            e = z->literals[low_bits(bits, LITERAL_ROOT)];
            if (e & LITERAL) {
                TAKE(e);
                PUT(e);
                e = z->literals[low_bits(bits, LITERAL_ROOT)];
            }
            REFILL();
        }
        if (TR_UNLIKELY(e & TR_PREFIX_LINK)) {
            TAKE(e);
            e = z->literals[(e >> 16) + low_bits(bits, e >> 8 & 15)];
        }
        if (e & LITERAL) {
            TAKE(e);
            PUT(e);
            continue;
        }
        if (TR_UNLIKELY(e & (END | TR_PREFIX_INVALID))) {
            TAKE(e);
            result = e & END ? STEP_END : STEP_FAIL;
            if (result == STEP_FAIL) z->fault = "no literal or length has this code";
            break;
        }
        uint64_t before = bits;
        TAKE(e);
        uint32_t length = VALUE(e, before);
        uint32_t d = z->distances[low_bits(bits, DISTANCE_ROOT)];
        if (TR_UNLIKELY(d & TR_PREFIX_LINK)) {
            TAKE(d);
            d = z->distances[(d >> 16) + low_bits(bits, d >> 8 & 15)];
        }
        before = bits;
        TAKE(d);
        uint32_t distance = VALUE(d, before);
        if (TR_UNLIKELY((d & TR_PREFIX_INVALID) || distance > (size_t)(to - first))) {
            z->fault = d & TR_PREFIX_INVALID ? "no distance has this code"
                                             : "a distance reaches back before the start";
            result = STEP_FAIL;
            break;
        }
        tr_match_copy(to, distance, length);
        to += length;
    }
#undef REFILL
#undef TAKE
#undef PUT

    z->at = at;
    z->bits = low_bits(bits, count);
    z->count = count;
    z->out->len = (size_t)(to - z->out->data);
    return result;
}

/* Finds the next entry of a table and takes its bits.  before is told the bits as they were at
 * the code that the entry decodes. */
static tr_err next_entry(inflater *z, const uint32_t *table, unsigned root, uint32_t *entry,
                         uint64_t *before)
{
    fill(z);
    uint32_t e = table[low_bits(z->bits, root)];
    unsigned taken = 0;
    if (e & TR_PREFIX_LINK) {
        taken = root;
        e = table[(e >> 16) + low_bits(z->bits >> root, e >> 8 & 15)];
    }
    if (taken + (e & 0xff) > z->count) return TR_E_SHORT;
    drop(z, taken);
    *before = z->bits;
    drop(z, e & 0xff);
    *entry = e;
    return TR_OK;
}

/* Appends a match, as far as the limit of the output allows. */
static tr_err put_match(inflater *z, size_t distance, size_t length)
{
    tr_buf *out = z->out;
    if (distance > out->len - z->out_start)
        return damaged(z, "a distance reaches back before the start");
    size_t fits = TR_MIN(length, out->limit - out->len);
    uint8_t *to = tr_buf_reserve(out, fits);
    if (to == NULL) return tr_buf_err(out);
    const uint8_t *from = to - distance;
    for (size_t i = 0; i < fits; i++) to[i] = from[i];
    out->len += fits;
    return fits == length ? TR_OK : (out->err = TR_E_LIMIT);
}

/* One symbol, with every check. */
static tr_err inflate_symbol(inflater *z, bool *end)
{
    uint32_t e, d;
    uint64_t before;
    TR_TRY(next_entry(z, z->literals, LITERAL_ROOT, &e, &before));
    if (e & LITERAL) {
        tr_buf_put_u8(z->out, (uint8_t)(e >> 16));
        return tr_buf_err(z->out);
    }
    *end = (e & END) != 0;
    if (*end) return TR_OK;
    if (e & TR_PREFIX_INVALID) return damaged(z, "no literal or length has this code");
    uint32_t length = VALUE(e, before);
    TR_TRY(next_entry(z, z->distances, DISTANCE_ROOT, &d, &before));
    if (d & TR_PREFIX_INVALID) return damaged(z, "no distance has this code");
    return put_match(z, VALUE(d, before), length);
}
#undef VALUE

static tr_err inflate_symbols(inflater *z)
{
    tr_buf *out = z->out;
    for (;;) {
        if (out->cap - out->len < FAST_OUT && out->limit - out->len >= FAST_OUT &&
            tr_buf_grow(out, FAST_OUT) == NULL)
            return tr_buf_err(out);
        if (z->end - z->at >= FAST_IN && out->cap - out->len >= FAST_OUT) {
            step s = inflate_fast(z);
            if (s == STEP_END) return TR_OK;
            if (s == STEP_FAIL) return TR_E_COMPRESSED;
        }
        bool end = false;
        TR_TRY(inflate_symbol(z, &end));
        if (end) return TR_OK;
    }
}

static tr_err build_tables(inflater *z, const uint8_t *literals, size_t literal_count,
                           const uint8_t *distances, size_t distance_count)
{
    uint32_t base[LITERALS];
    for (uint32_t s = 0; s < 256; s++) base[s] = LITERAL_ENTRY(s);
    memcpy(base + 256, length_bases, sizeof(length_bases));
    tr_prefix_spec spec = {literals, base, literal_count, LITERAL_ROOT, true};
    if (tr_prefix_build(&spec, z->literals, LITERAL_TABLE) == 0)
        return damaged(z, "the literal and length codes do not make a complete set");
    spec = (tr_prefix_spec){distances, distance_bases, distance_count, DISTANCE_ROOT, true};
    if (tr_prefix_build(&spec, z->distances, DISTANCE_TABLE) == 0)
        return damaged(z, "the distance codes do not make a complete set");
    return TR_OK;
}

static tr_err use_fixed_codes(inflater *z)
{
    if (z->fixed) return TR_OK;
    uint8_t literals[LITERALS], distances[DISTANCES];
    memset(literals, 8, 144);
    memset(literals + 144, 9, 256 - 144);
    memset(literals + 256, 7, 280 - 256);
    memset(literals + 280, 8, LITERALS - 280);
    memset(distances, 5, DISTANCES);
    z->fixed = true;
    return build_tables(z, literals, LITERALS, distances, DISTANCES);
}

/* The lengths of the literal and distance codes, one after the other, themselves compressed. */
static tr_err read_lengths(inflater *z, const uint32_t *table, uint8_t *lengths, size_t count)
{
    for (size_t i = 0; i < count;) {
        uint32_t e, more;
        uint64_t before;
        TR_TRY(next_entry(z, table, LENGTHS_ROOT, &e, &before));
        uint32_t symbol = e >> 16;
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        TR_TRY(take(z, symbol == 16 ? 2 : symbol == 17 ? 3 : 7, &more));
        if (symbol == 16 && i == 0)
            return damaged(z, "a repeat of a code length that is not there");
        uint8_t value = symbol == 16 ? lengths[i - 1] : 0;
        size_t times = more + (symbol == 18 ? 11 : 3);
        if (times > count - i) return damaged(z, "a repeat goes beyond the last code length");
        memset(lengths + i, value, times);
        i += times;
    }
    return TR_OK;
}

/* Without any codes zlib reads each bit as a length of 0, and finds out at the last one that the
 * end of the block has no code.  So do we: input that ends on the way is cut off, not damaged. */
static bool build_lengths_table(const uint8_t *of_lengths, uint32_t *table)
{
    unsigned any = 0;
    for (size_t i = 0; i < CODE_LENGTHS; i++) any |= of_lengths[i];
    if (any == 0) {
        for (size_t i = 0; i < LENGTHS_TABLE; i++) table[i] = 0x101;
        return true;
    }
    tr_prefix_spec spec = {of_lengths, NULL, CODE_LENGTHS, LENGTHS_ROOT, false};
    return tr_prefix_build(&spec, table, LENGTHS_TABLE) != 0;
}

static tr_err read_dynamic_codes(inflater *z)
{
    static const uint8_t order[CODE_LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint32_t counts;
    TR_TRY(take(z, 14, &counts));
    size_t literal_count = (counts & 31) + 257, distance_count = (counts >> 5 & 31) + 1;
    size_t length_count = (counts >> 10) + 4;
    if (literal_count > 286 || distance_count > 30)
        return damaged(z, "more literal or distance codes than there are symbols");
    uint8_t of_lengths[CODE_LENGTHS] = {0};
    for (size_t i = 0; i < length_count; i++) {
        uint32_t length;
        TR_TRY(take(z, 3, &length));
        of_lengths[order[i]] = (uint8_t)length;
    }
    uint32_t table[LENGTHS_TABLE];
    if (!build_lengths_table(of_lengths, table))
        return damaged(z, "the codes of the code lengths do not make a complete set");
    uint8_t lengths[LITERALS + DISTANCES] = {0};
    TR_TRY(read_lengths(z, table, lengths, literal_count + distance_count));
    if (lengths[256] == 0) return damaged(z, "the end of the block has no code");
    z->fixed = false;
    return build_tables(z, lengths, literal_count, lengths + literal_count, distance_count);
}

/* Gives the whole bytes in the bit buffer back to the input. */
static void to_bytes(inflater *z)
{
    drop(z, z->count & 7);
    z->at -= z->count / 8;
    z->bits = 0;
    z->count = 0;
}

static tr_err copy_stored(inflater *z)
{
    uint32_t head;
    fill(z);
    drop(z, z->count & 7);
    TR_TRY(take(z, 32, &head));
    size_t length = head & 0xffff;
    if (length != (head >> 16 ^ 0xffff))
        return damaged(z, "a stored block's length is not certain");
    to_bytes(z);
    size_t there = TR_MIN(length, (size_t)(z->end - z->at));
    size_t fits = TR_MIN(there, z->out->limit - z->out->len);
    tr_buf_put(z->out, tr_bytes_of(z->at, fits));
    TR_TRY(tr_buf_err(z->out));
    z->at += fits;
    if (fits < there) return z->out->err = TR_E_LIMIT;
    return there < length ? TR_E_SHORT : TR_OK;
}

static tr_err inflate_blocks(inflater *z)
{
    /* Compressed data is as a rule no longer than what it stands for. */
    tr_buf *out = z->out;
    (void)tr_buf_reserve(out, TR_MIN((size_t)(z->end - z->start), out->limit - out->len));
    TR_TRY(tr_buf_err(out));
    uint32_t head;
    do {
        TR_TRY(take(z, 3, &head));
        switch (head >> 1) {
        case 0:
            TR_TRY(copy_stored(z));
            break;
        case 1:
            TR_TRY(use_fixed_codes(z));
            TR_TRY(inflate_symbols(z));
            break;
        case 2:
            TR_TRY(read_dynamic_codes(z));
            TR_TRY(inflate_symbols(z));
            break;
        default:
            return damaged(z, "a block has no known type");
        }
    } while ((head & 1) == 0);
    return TR_OK;
}

static tr_err zlib_head(inflater *z)
{
    uint32_t head;
    TR_TRY(take(z, 16, &head));
    uint32_t method = head & 0xff, flags = head >> 8;
    if ((method << 8 | flags) % 31 != 0) return damaged(z, "the header's check does not hold");
    if ((method & 15) != 8) return damaged(z, "the header names an unknown method");
    if (method >> 4 > 7) return damaged(z, "the header names an unknown window size");
    if ((flags & 0x20) == 0) return TR_OK;
    TR_TRY(take(z, 16, &head)); /* the name of a dictionary, which we do not have */
    TR_TRY(take(z, 16, &head));
    return TR_E_UNSUPPORTED;
}

static tr_err zlib_check(inflater *z)
{
    uint32_t sum;
    to_bytes(z);
    TR_TRY(take(z, 32, &sum));
    tr_bytes made = {z->out->data + z->out_start, z->out->len - z->out_start};
    return __builtin_bswap32(sum) == tr_adler32(1, made) ? TR_OK : TR_E_CHECKSUM;
}

static tr_err finish(inflater *z, tr_trail *trail, size_t *used, tr_err err)
{
    if (err != TR_E_SHORT) to_bytes(z);
    size_t offset = (size_t)(z->at - z->start);
    if (err == TR_OK && used == NULL && z->at != z->end) err = TR_E_TRAILING;
    if (used != NULL) *used = offset;
    if (TR_LIKELY(err == TR_OK)) return TR_OK;
    return tr_fail_at(trail, err, offset, "compressed data: %s",
                      z->fault != NULL ? z->fault : tr_err_text(err));
}

static void begin(inflater *z, tr_bytes in, tr_buf *out)
{
    z->at = z->start = in.data;
    z->end = in.len == 0 ? in.data : in.data + in.len;
    z->bits = 0;
    z->count = 0;
    z->out = out;
    z->out_start = out->len;
    z->fault = NULL;
    z->fixed = false;
}

tr_err tr_inflate_raw(tr_trail *trail, tr_bytes in, size_t *used, tr_buf *out)
{
    inflater z;
    begin(&z, in, out);
    return finish(&z, trail, used, inflate_blocks(&z));
}

tr_err tr_inflate_zlib(tr_trail *trail, tr_bytes in, size_t *used, tr_buf *out)
{
    inflater z;
    begin(&z, in, out);
    tr_err err = zlib_head(&z);
    if (err == TR_OK) err = inflate_blocks(&z);
    if (err == TR_OK) err = zlib_check(&z);
    return finish(&z, trail, used, err);
}

uint32_t tr_adler32(uint32_t sum, tr_bytes bytes)
{
    /* 5552 bytes are the most that 32 bits can take before the remainder is due. */
    enum { MODULUS = 65521, STRETCH = 5552 };
    uint32_t a = sum & 0xffff, b = sum >> 16;
    const uint8_t *at = bytes.data;
    for (size_t left = bytes.len; left != 0;) {
        size_t n = TR_MIN(left, (size_t)STRETCH);
        left -= n;
        for (; n >= 8; n -= 8, at += 8) {
            uint32_t s = 0, weighted = 0;
            for (uint32_t i = 0; i < 8; i++) {
                s += at[i];
                weighted += (8 - i) * at[i];
            }
            b += 8 * a + weighted;
            a += s;
        }
        for (; n != 0; n--) {
            a += *at++;
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    return b << 16 | a;
}

#include "codec/prefix_code_internal.h"

#include "base/base.h"

typedef struct builder {
    const tr_prefix_spec *spec;
    uint16_t left[TR_PREFIX_MAX_BITS + 1]; /* codes of each length that have no entry yet */
    uint16_t sorted[TR_PREFIX_MAX_SYMBOLS];
    const uint16_t *next;
    uint32_t code; /* of the next symbol, its first bit lowest */
} builder;

/* The symbols that occur, by length and then by number.  Gives what is left of the space of codes:
 * 0 for a complete code, below 0 for one that is over-subscribed. */
static int32_t sort_symbols(builder *b, size_t *used)
{
    const tr_prefix_spec *spec = b->spec;
    for (size_t s = 0; s < spec->count; s++) b->left[spec->lengths[s]]++;
    int32_t space = 1;
    uint16_t offset[TR_PREFIX_MAX_BITS + 2];
    offset[1] = 0;
    for (unsigned len = 1; len <= TR_PREFIX_MAX_BITS; len++) {
        space = space * 2 - b->left[len];
        if (space < 0) return space;
        offset[len + 1] = (uint16_t)(offset[len] + b->left[len]);
    }
    *used = offset[TR_PREFIX_MAX_BITS + 1];
    for (size_t s = 0; s < spec->count; s++) {
        unsigned len = spec->lengths[s];
        if (len != 0) b->sorted[offset[len]++] = (uint16_t)s;
    }
    b->next = b->sorted;
    return space;
}

/* The entry of the next symbol, whose code has len bits of which the table at hand decodes the
 * last `own`. */
static inline uint32_t take_entry(builder *b, unsigned own)
{
    uint32_t symbol = *b->next++;
    uint32_t base = b->spec->base == NULL ? symbol << 16 : b->spec->base[symbol];
    return base + own * 0x101;
}

/* Moves code to the next one of len bits: adding one at the last bit, which lies highest. */
static inline void next_code(builder *b, unsigned len)
{
    uint32_t ones = ~b->code & ((1u << len) - 1);
    if (ones == 0) {
        b->code = 0;
        return;
    }
    unsigned top = 31 - (unsigned)__builtin_clz(ones);
    b->code = (b->code & ((1u << top) - 1)) | 1u << top;
}

/* Codes that the root decodes alone.  The table is filled as if it were 1, 2, 3... bits wide, and
 * doubled by copying. */
static void fill_root(builder *b, uint32_t *table)
{
    unsigned root = b->spec->root_bits;
    for (unsigned len = 1; len <= root; len++) {
        size_t half = (size_t)1 << (len - 1);
        memcpy(table + half, table, half * sizeof(*table));
        for (; b->left[len] != 0; b->left[len]--) {
            table[b->code] = take_entry(b, len);
            next_code(b, len);
        }
    }
}

/* How many bits the second table needs whose first code has len bits: until the codes that are
 * left fill it. */
static unsigned second_bits(const builder *b, unsigned len)
{
    unsigned bits = len - b->spec->root_bits;
    uint32_t filled = b->left[len];
    while (filled < 1u << bits) {
        bits++;
        filled = (filled << 1) + b->left[b->spec->root_bits + bits];
    }
    return bits;
}

static size_t fill_second(builder *b, uint32_t *table, size_t capacity)
{
    unsigned root = b->spec->root_bits;
    size_t end = (size_t)1 << root, start = end;
    uint32_t prefix = UINT32_MAX, mask = (1u << root) - 1;
    for (unsigned len = root + 1; len <= TR_PREFIX_MAX_BITS; len++) {
        for (; b->left[len] != 0; b->left[len]--) {
            if ((b->code & mask) != prefix) {
                unsigned bits = second_bits(b, len);
                prefix = b->code & mask;
                start = end;
                end += (size_t)1 << bits;
                TR_ASSERT(end <= capacity);
                table[prefix] = (uint32_t)start << 16 | TR_PREFIX_LINK | bits << 8 | root;
            }
            uint32_t entry = take_entry(b, len - root);
            for (size_t at = start + (b->code >> root); at < end; at += (size_t)1 << (len - root))
                table[at] = entry;
            next_code(b, len);
        }
    }
    return end;
}

/* A code with one symbol of one bit, or with none. */
static size_t fill_lone(builder *b, uint32_t *table, size_t used)
{
    size_t size = (size_t)1 << b->spec->root_bits;
    uint32_t entry = used == 0 ? TR_PREFIX_INVALID | 1 : take_entry(b, 1);
    for (size_t i = 0; i < size; i += 2) {
        table[i] = entry;
        table[i + 1] = TR_PREFIX_INVALID | 1;
    }
    return size;
}

size_t tr_prefix_build(const tr_prefix_spec *spec, uint32_t *table, size_t capacity)
{
    builder b = {.spec = spec};
    size_t used = 0;
    TR_ASSERT(spec->count <= TR_PREFIX_MAX_SYMBOLS && (size_t)1 << spec->root_bits <= capacity);
    int32_t space = sort_symbols(&b, &used);
    if (space < 0) return 0;
    if (space > 0) {
        bool lone = used == 0 || (used == 1 && b.left[1] == 1);
        return spec->lone && lone ? fill_lone(&b, table, used) : 0;
    }
    table[0] = 0;
    fill_root(&b, table);
    return fill_second(&b, table, capacity);
}

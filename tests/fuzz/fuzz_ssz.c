/* SSZ: what is accepted is given back byte for byte, and has a root.  The first byte chooses the
 * type. */
#include "codec/ssz.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const tr_ssz_type numbers = TR_SSZ_LIST_OF(&tr_ssz_u64, 1000);
static const tr_ssz_type flags = TR_SSZ_VECTOR_OF(&tr_ssz_bool, 9);
static const tr_ssz_type bits_13 = TR_SSZ_BITS(13);
static const tr_ssz_type bits_700 = TR_SSZ_BITS_UP_TO(700);
static const tr_ssz_type text = TR_SSZ_LIST_OF(&tr_ssz_u8, (uint64_t)1 << 32);
static const tr_ssz_type texts = TR_SSZ_LIST_OF(&text, 1 << 20);
static const tr_ssz_type three_texts = TR_SSZ_VECTOR_OF(&texts, 3);
static const tr_ssz_field small_fields[] = {{"a", &tr_ssz_u16}, {"b", &tr_ssz_bool}};
static const tr_ssz_type small = TR_SSZ_CONTAINER_OF(small_fields);
static const tr_ssz_type smalls = TR_SSZ_LIST_OF(&small, 40);
static const tr_ssz_field fields[] = {
    {"slot", &tr_ssz_u64}, {"texts", &texts},    {"root", &tr_ssz_bytes32}, {"bits", &bits_700},
    {"small", &small},     {"vector", &bits_13}, {"smalls", &smalls},       {"more", &three_texts},
};
static const tr_ssz_type record = TR_SSZ_CONTAINER_OF(fields);
static const tr_ssz_type records = TR_SSZ_LIST_OF(&record, 5);

static const tr_ssz_type *const types[] = {
    &tr_ssz_u64, &tr_ssz_bool, &numbers, &flags,  &bits_13, &bits_700, &text,
    &texts,      &three_texts, &small,   &smalls, &record,  &records,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    tr_bytes in = {data + 1, len - 1};
    const tr_ssz_type *type = types[data[0] % TR_COUNTOF(types)];
    tr_arena arena;
    /* The smallest item that has a node of its own takes two bytes, and none lies more than three
     * nodes deep. */
    tr_arena_init(&arena, tr_heap(), 3 * sizeof(tr_ssz) * (len + 32));
    tr_ssz value;
    tr_trail trail;
    tr_err err = tr_ssz_decode(&trail, &arena, type, in, &value);
    TR_ASSERT(err != TR_E_MEMORY);
    if (err == TR_OK) {
        tr_buf out;
        tr_hash root;
        arena.limit = SIZE_MAX;
        tr_buf_init(&out, tr_heap(), in.len);
        TR_ASSERT(tr_ssz_encode(NULL, &value, &out) == TR_OK);
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&out), in));
        TR_ASSERT(tr_ssz_root(NULL, &arena, &value, &root) == TR_OK);
        tr_buf_free(&out);
    } else {
        TR_ASSERT(trail.offset <= in.len && arena.used == 0);
    }
    tr_arena_free(&arena);
    return 0;
}

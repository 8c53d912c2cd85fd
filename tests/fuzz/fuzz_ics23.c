/* ICS-23: a proof that is accepted has one encoding, and shows for a key either that it is there
 * or that it is not; a bit changed in it shows nothing. */
#include "../unit/trie/ics23_write.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const tr_ics23_spec *const specs[] = {&tr_ics23_iavl, &tr_ics23_tendermint, &tr_ics23_smt};

/* The same proof written from what was read: the same bytes, unless it was compressed. */
static void check_encoding(tr_arena *arena, tr_bytes in, const tr_ics23_proof *proof)
{
    tr_buf out = ics23_begin(arena);
    if (in.data[0] == 0x22) return; /* a table may hold more than is used, in any order */
    if (in.data[0] == 0x1a) {
        ics23_put_batch(&out, arena, proof, NULL);
    } else {
        ics23_put_entry(&out, arena, &proof->entries[0], NULL);
    }
    TR_ASSERT(tr_buf_err(&out) == TR_OK && tr_bytes_eq(tr_buf_view(&out), in));
}

static const tr_ics23_exist *first_exist(const tr_ics23_proof *proof)
{
    if (proof->count == 0) return NULL;
    const tr_ics23_entry *e = &proof->entries[0];
    if (e->exist != NULL) return e->exist;
    return e->nonexist->left != NULL ? e->nonexist->left : e->nonexist->right;
}

static tr_err check(tr_arena *arena, const tr_ics23_spec *spec, tr_bytes in, tr_bytes root,
                    tr_bytes key, tr_bytes value)
{
    tr_ics23_proof proof;
    TR_TRY(tr_ics23_decode(NULL, arena, in, &proof));
    if (value.len == 0) return tr_ics23_check_absent(NULL, arena, spec, root, &proof, key);
    return tr_ics23_check_member(NULL, arena, spec, root, &proof, key, value);
}

/* The first entry of the proof, against the root that it leads to itself. */
static void check_entry(tr_arena *arena, const tr_ics23_spec *spec, tr_bytes in,
                        const tr_ics23_proof *proof, size_t bit)
{
    const tr_ics23_exist *exist = first_exist(proof);
    tr_ics23_digest root;
    if (exist == NULL || tr_ics23_root(NULL, arena, spec, exist, &root) != TR_OK) return;
    bool there = proof->entries[0].exist != NULL;
    tr_bytes key = there ? exist->key : proof->entries[0].nonexist->key;
    tr_bytes value = there ? exist->value : (tr_bytes){NULL, 0}, view = tr_ics23_view(&root);
    tr_err err = check(arena, spec, in, view, key, value);
    TR_ASSERT(err != TR_E_MEMORY);
    if (there) TR_ASSERT((err == TR_OK) == (tr_ics23_check_spec(NULL, spec, exist) == TR_OK));
    if (err != TR_OK || proof->count != 1 || in.data[0] > 0x12) return;
    tr_bytes bent = tr_arena_copy(arena, in);
    uint8_t *bytes = tr_arena_get(arena, in.len, 1);
    TR_ASSERT(bytes != NULL && bent.data != NULL);
    memcpy(bytes, in.data, in.len);
    bytes[bit / 8 % in.len] ^= (uint8_t)(1u << bit % 8);
    TR_ASSERT(check(arena, spec, tr_bytes_of(bytes, in.len), view, key, value) != TR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 4 || len > 8192) return 0;
    const tr_ics23_spec *spec = specs[data[0] % TR_COUNTOF(specs)];
    size_t bit = (size_t)data[1] << 8 | data[2];
    tr_bytes in = {data + 3, len - 3};
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), 64 * len + 4096); /* what the manual promises */
    tr_ics23_proof proof;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_ics23_decode(&trail, &arena, in, &proof);
    TR_ASSERT(err != TR_E_MEMORY);
    TR_ASSERT(err == TR_OK || trail.offset <= in.len);
    tr_arena more;
    tr_arena_init(&more, tr_heap(), 64 << 20);
    if (err == TR_OK) {
        check_encoding(&more, in, &proof);
        check_entry(&more, spec, in, &proof, bit);
    }
    tr_ics23_spec read;
    if (tr_ics23_decode_spec(NULL, &more, in, &read) == TR_OK)
        TR_ASSERT(read.inner.children <= TR_ICS23_MAX_CHILDREN);
    tr_arena_free(&arena);
    tr_arena_free(&more);
    return 0;
}

/* RLP: what the tree reader accepts is the one encoding of what it says, and the pull reader
 * agrees. */
#include "codec/rlp.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void encode_item(tr_buf *out, const tr_rlp_tree *tree, uint32_t i)
{
    const tr_rlp_item *item = &tree->items[i];
    if (!tr_rlp_is_list(item)) {
        tr_rlp_put_bytes(out, tr_rlp_payload(tree, item));
        return;
    }
    tr_rlp_mark mark = tr_rlp_begin(out, i % 3 * 100);
    uint32_t count = 0;
    TR_RLP_EACH(child, tree, i)
    {
        encode_item(out, tree, child);
        count++;
    }
    TR_ASSERT(count == tr_rlp_item_count(item));
    tr_rlp_end(out, mark);
}

static tr_err walk(tr_rlp *r)
{
    while (tr_rlp_more(r)) {
        if (tr_rlp_next_is_list(r)) {
            tr_rlp inside = tr_rlp_list(r);
            (void)walk(&inside);
            tr_rlp_leave(r, &inside);
        } else if (tr_rlp_count(r) % 2 == 0) {
            (void)tr_rlp_bytes(r);
        } else {
            tr_rlp_skip(r);
        }
    }
    return r->err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len > 4096) return 0; /* counting in walk takes time with the square of the length */
    tr_bytes in = {data, len};
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), 24 * len + 4096);
    tr_rlp_tree tree;
    tr_trail trail;
    tr_err err = tr_rlp_decode(&trail, &arena, in, &tree);
    TR_ASSERT(err != TR_E_MEMORY);
    TR_ASSERT(err == TR_OK || trail.offset <= len);
    if (err == TR_OK) {
        tr_buf out;
        tr_buf_init(&out, tr_heap(), 4 * len + 64);
        encode_item(&out, &tree, 0);
        TR_ASSERT(tr_buf_err(&out) == TR_OK && tr_bytes_eq(tr_buf_view(&out), in));
        tr_buf_free(&out);
    }
    tr_rlp r = tr_rlp_open(in);
    tr_rlp_skip(&r);
    bool one = len != 0 && r.err == TR_OK && !tr_rlp_more(&r);
    r = tr_rlp_open(in);
    TR_ASSERT((one && walk(&r) == TR_OK) == (err == TR_OK));
    tr_arena_free(&arena);
    return 0;
}

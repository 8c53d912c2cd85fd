/* The three roots over a block's content: ordered tries, their scratch taken from an arena and
 * given back to it. */
#include "eth/block.h"
#include "trie/build.h"

/* Encodings one after the other in one buffer, which has room for all of them from the start. */
typedef struct pieces {
    tr_buf buf;
    tr_bytes *views;
} pieces;

static tr_err pieces_init(pieces *p, tr_arena *arena, size_t n, size_t size)
{
    p->views = TR_ARENA_ARRAY(arena, tr_bytes, n);
    tr_buf_init(&p->buf, &arena->alloc, size);
    if (p->views == NULL || (size != 0 && tr_buf_reserve(&p->buf, size) == NULL))
        return TR_E_MEMORY;
    return TR_OK;
}

/* Ends the piece that began at from. */
static void pieces_end(pieces *p, size_t i, size_t from)
{
    p->views[i] = (tr_bytes){p->buf.data + from, p->buf.len - from};
}

static tr_err finish(tr_trail *trail, tr_arena *arena, tr_arena_mark mark, tr_err err)
{
    tr_arena_rewind(arena, mark);
    if (err == TR_E_MEMORY) return tr_fail(trail, err, "No memory to work out a root.");
    return err;
}

tr_err tr_transactions_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                            const tr_tx txs[], tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    tr_bytes *views = TR_ARENA_ARRAY(arena, tr_bytes, n);
    if (views == NULL) return finish(trail, arena, mark, TR_E_MEMORY);
    for (size_t i = 0; i < n; i++) views[i] = txs[i].encoding;
    tr_err err = tr_trie_ordered_root(trail, &arena->alloc, exec, n, views, out);
    return finish(trail, arena, mark, err);
}

tr_err tr_receipts_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                        const tr_receipt receipts[], tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    pieces p;
    size_t size = 0;
    for (size_t i = 0; i < n; i++) size += tr_receipt_size(&receipts[i]);
    tr_err err = pieces_init(&p, arena, n, size);
    if (err != TR_OK) return finish(trail, arena, mark, err);
    for (size_t i = 0; i < n; i++) {
        size_t from = p.buf.len;
        tr_receipt_encode(&p.buf, &receipts[i]);
        pieces_end(&p, i, from);
    }
    TR_ASSERT(tr_buf_err(&p.buf) == TR_OK && p.buf.len == size);
    err = tr_trie_ordered_root(trail, &arena->alloc, exec, n, p.views, out);
    return finish(trail, arena, mark, err);
}

tr_err tr_withdrawals_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                           const tr_withdrawal withdrawals[], tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    const tr_record *record = &tr_withdrawal_record;
    pieces p;
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += tr_rlp_list_size(tr_record_size(record, record->count, &withdrawals[i]));
    tr_err err = pieces_init(&p, arena, n, size);
    if (err != TR_OK) return finish(trail, arena, mark, err);
    for (size_t i = 0; i < n; i++) {
        size_t from = p.buf.len;
        tr_rlp_put_list(&p.buf, tr_record_size(record, record->count, &withdrawals[i]));
        tr_record_write(&p.buf, record, record->count, &withdrawals[i]);
        pieces_end(&p, i, from);
    }
    TR_ASSERT(tr_buf_err(&p.buf) == TR_OK && p.buf.len == size);
    err = tr_trie_ordered_root(trail, &arena->alloc, exec, n, p.views, out);
    return finish(trail, arena, mark, err);
}

/* Receipts: what is accepted is written back as it was, alone and as an item; its bloom has what
 * its logs hold.  Memory is bounded by the input. */
#include "eth/block.h"
#include "eth/receipt.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_logs(tr_arena *arena, const tr_receipt *receipt)
{
    tr_hash hash;
    tr_arena_mark mark = tr_arena_save(arena);
    for (size_t i = 0; i < receipt->logs.count; i++) {
        const tr_receipt_log *log = TR_LIST_AT(tr_receipt_log, receipt->logs, i);
        uint8_t request[192];
        bool is_deposit;
        TR_ASSERT(log->topics.count <= 4);
        TR_ASSERT(tr_bloom_has(receipt->bloom, TR_VIEW(log->address.b)));
        tr_err err = tr_deposit_of_log(NULL, log, request, &is_deposit);
        TR_ASSERT(err == TR_OK || (err == TR_E_BLOCK_DEPOSIT && is_deposit));
    }
    TR_ASSERT(tr_logs_hash(NULL, arena, receipt->logs.count, receipt->logs.at, &hash) == TR_OK);
    TR_ASSERT(arena->used == mark.used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes in = {data, len};
    tr_arena arena, again_arena;
    tr_receipt receipt, again;
    tr_trail trail;
    tr_arena_init(&arena, tr_heap(), TR_RECORD_FACTOR * len + 4096);
    tr_arena_init(&again_arena, tr_heap(), SIZE_MAX);
    tr_err err = tr_receipt_decode(&trail, &arena, in, &receipt);
    TR_ASSERT(err != TR_E_MEMORY && err != TR_E_LIMIT);
    if (err == TR_OK) {
        tr_buf out, anew;
        tr_buf_init(&out, tr_heap(), SIZE_MAX);
        tr_buf_init(&anew, tr_heap(), SIZE_MAX);
        tr_receipt_encode(&out, &receipt);
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&out), in));
        TR_ASSERT(tr_receipt_size(&receipt) == len);
        tr_buf_clear(&out);
        tr_receipt_write(&out, &receipt);
        tr_rlp r = tr_rlp_open(tr_buf_view(&out));
        tr_receipt_read(&r, &again_arena, &again);
        TR_ASSERT(tr_rlp_finish(&r, NULL, "receipt") == TR_OK);
        tr_receipt_encode(&anew, &again);
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&anew), in));
        check_logs(&again_arena, &receipt);
        tr_buf_free(&out);
        tr_buf_free(&anew);
    } else {
        TR_ASSERT(trail.offset <= len);
    }
    /* As an item, whatever it is. */
    tr_rlp r = tr_rlp_open(in);
    tr_receipt_read(&r, &again_arena, &again);
    TR_ASSERT(r.err == TR_OK || r.err_offset <= len);
    tr_arena_free(&arena);
    tr_arena_free(&again_arena);
    return 0;
}

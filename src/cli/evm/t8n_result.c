/* What came of a transition, as JSON. */
#include "cli/evm/t8n_internal.h"
#include "codec/hex.h"

void t8n_write_quantity(tr_json_writer *w, const char *key, tr_u256 value)
{
    char text[TR_U256_HEX_TEXT];
    tr_u256_to_hex(value, text);
    tr_json_key(w, key);
    tr_json_str(w, text);
}

static void put_number(tr_json_writer *w, const char *key, uint64_t value)
{
    t8n_write_quantity(w, key, tr_u256_of(value));
}

static void put_data(tr_json_writer *w, const char *key, tr_bytes data)
{
    tr_json_key(w, key);
    tr_json_put_hex(w, data);
}

/* The block has no hash yet. */
static const tr_hash no_hash = {{0x13, 0x37}};

static void put_log(tr_json_writer *w, const t8n_done *done, const t8n_included *tx,
                    size_t tx_index, const tr_receipt_log *log, size_t log_index)
{
    tr_json_begin_object(w);
    put_data(w, "address", TR_VIEW(log->address.b));
    tr_json_key(w, "topics");
    tr_json_begin_array(w);
    for (size_t i = 0; i < log->topics.count; i++)
        tr_json_put_hex(w, TR_VIEW(TR_LIST_AT(tr_hash, log->topics, i)->b));
    tr_json_end_array(w);
    put_data(w, "data", log->data);
    put_number(w, "blockNumber", done->env->block.number);
    put_data(w, "transactionHash", TR_VIEW(tx->hash.b));
    put_number(w, "transactionIndex", tx_index);
    put_data(w, "blockHash", TR_VIEW(no_hash.b));
    put_number(w, "blockTimestamp", done->env->block.time);
    put_number(w, "logIndex", log_index);
    tr_json_key(w, "removed");
    tr_json_put_bool(w, false);
    tr_json_end_object(w);
}

static void put_receipt(tr_json_writer *w, const t8n_done *done, size_t index, uint64_t gas_used,
                        size_t first_log)
{
    const tr_receipt *receipt = &done->outcome.receipts[index];
    const t8n_included *tx = &done->txs[index];
    tr_addr created = {{0}};
    if (!tx->tx.to.some) created = tr_tx_create_address(&tx->sender, tx->tx.nonce);
    tr_json_begin_object(w);
    if (receipt->type != 0) put_number(w, "type", receipt->type);
    put_data(w, "root", receipt->has_root ? TR_VIEW(receipt->root.b) : TR_LIT(""));
    put_number(w, "status", receipt->success ? 1 : 0);
    put_number(w, "cumulativeGasUsed", receipt->cumulative_gas);
    put_data(w, "logsBloom", TR_VIEW(receipt->bloom));
    tr_json_key(w, "logs");
    tr_json_begin_array(w);
    for (size_t i = 0; i < receipt->logs.count; i++)
        put_log(w, done, tx, index, TR_LIST_AT(tr_receipt_log, receipt->logs, i), first_log + i);
    tr_json_end_array(w);
    put_data(w, "transactionHash", TR_VIEW(tx->hash.b));
    put_data(w, "contractAddress", TR_VIEW(created.b));
    put_number(w, "gasUsed", gas_used);
    tr_json_key(w, "effectiveGasPrice");
    tr_json_put_null(w);
    if (tx->tx.type == TR_TX_BLOB) {
        put_number(w, "blobGasUsed", tr_tx_blob_gas(&tx->tx));
        t8n_write_quantity(w, "blobGasPrice", done->env->block.blob_base_fee);
    }
    put_data(w, "blockHash", TR_VIEW(no_hash.b));
    put_number(w, "blockNumber", done->env->block.number);
    put_number(w, "transactionIndex", index);
    tr_json_end_object(w);
}

static void put_receipts(tr_json_writer *w, const t8n_done *done)
{
    uint64_t before = 0;
    size_t logs = 0;
    tr_json_key(w, "receipts");
    tr_json_begin_array(w);
    for (size_t i = 0; i < done->outcome.receipt_count; i++) {
        const tr_receipt *receipt = &done->outcome.receipts[i];
        put_receipt(w, done, i, receipt->cumulative_gas - before, logs);
        before = receipt->cumulative_gas;
        logs += receipt->logs.count;
    }
    tr_json_end_array(w);
}

static void put_rejected(tr_json_writer *w, const t8n_done *done)
{
    if (done->rejected_count == 0) return;
    tr_json_key(w, "rejected");
    tr_json_begin_array(w);
    for (size_t i = 0; i < done->rejected_count; i++) {
        tr_json_begin_object(w);
        tr_json_key(w, "index");
        tr_json_put_u64(w, done->rejected[i].index);
        tr_json_key(w, "error");
        tr_json_string(w, done->rejected[i].error);
        tr_json_end_object(w);
    }
    tr_json_end_array(w);
}

static void put_requests(tr_json_writer *w, const t8n_done *done)
{
    if (!done->env->block.rules->requests) {
        tr_json_key(w, "requests");
        tr_json_put_null(w);
        return;
    }
    put_data(w, "requestsHash", TR_VIEW(done->outcome.requests_hash.b));
    tr_json_key(w, "requests");
    tr_json_begin_array(w);
    for (size_t i = 0; i < done->outcome.request_count; i++) {
        const tr_request *request = &done->outcome.requests[i];
        if (request->data.len == 0) continue;
        tr_buf text;
        tr_buf_init(&text, w->out->alloc, SIZE_MAX);
        tr_buf_printf(&text, "0x%02x", request->type);
        uint8_t *digits = tr_buf_reserve(&text, 2 * request->data.len);
        if (digits != NULL) {
            tr_hex_encode(request->data, digits);
            text.len += 2 * request->data.len;
        }
        tr_json_string(w, tr_buf_view(&text));
        tr_buf_free(&text);
    }
    tr_json_end_array(w);
}

void t8n_write_result(tr_json_writer *w, const t8n_done *done)
{
    const t8n_env *env = done->env;
    tr_json_begin_object(w);
    put_data(w, "stateRoot", TR_VIEW(done->state_root.b));
    put_data(w, "txRoot", TR_VIEW(done->tx_root.b));
    put_data(w, "receiptsRoot", TR_VIEW(done->outcome.receipts_root.b));
    put_data(w, "logsHash", TR_VIEW(done->logs_hash.b));
    put_data(w, "logsBloom", TR_VIEW(done->outcome.bloom));
    put_receipts(w, done);
    put_rejected(w, done);
    if (env->has_difficulty) {
        t8n_write_quantity(w, "currentDifficulty", env->block.difficulty);
    } else {
        tr_json_key(w, "currentDifficulty");
        tr_json_put_null(w);
    }
    put_number(w, "gasUsed", done->outcome.gas_used);
    if (env->has_base_fee) t8n_write_quantity(w, "currentBaseFee", env->base_fee);
    if (env->block.rules->withdrawals)
        put_data(w, "withdrawalsRoot", TR_VIEW(done->withdrawals_root.b));
    if (env->has_excess) {
        put_number(w, "currentExcessBlobGas", env->excess_blob_gas);
        put_number(w, "blobGasUsed", done->outcome.blob_gas_used);
    }
    put_requests(w, done);
    tr_json_end_object(w);
}

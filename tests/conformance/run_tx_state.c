/* The transactions of state tests: who sent each, whether it is valid as far as the fork and the
 * header tell, and that signing it again gives the same bytes.  What they do comes with evm/. */
#include "eth/header.h"
#include "eth/sender.h"
#include "tx_exceptions.h"
#include "vectors.h"

/* A number in hex, absent: false. */
static bool read_number(const tr_json *json, tr_u256 *out)
{
    tr_bytes text = tr_json_text(json);
    *out = TR_U256_ZERO;
    if (text.len < 3) return false;
    for (size_t i = 2; i < text.len; i++) {
        uint8_t c = text.data[i];
        unsigned digit = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
        if (digit > 15) return false;
        *out = tr_u256_shl(*out, 4);
        out->w[0] |= digit;
    }
    return true;
}

/* What the block of a test leaves to its transaction. */
typedef struct block_view {
    tr_u256 base_fee, blob_fee;
    tr_tx_context context;
} block_view;

static void read_env(const tr_json *env, tr_fork fork, block_view *out)
{
    tr_u256 gas_limit, excess;
    tr_chain_config config = tr_chain_config_at(fork, 1);
    const tr_blob_params *blobs = tr_chain_blobs(&config, 0);
    *out = (block_view){0};
    out->context = (tr_tx_context){.rules = tr_fork_rules_of(fork), .chain_id = 1};
    (void)read_number(tr_json_get(env, "currentGasLimit"), &gas_limit);
    out->context.gas_left = tr_u256_to_u64(gas_limit);
    out->context.blob_gas_left = UINT64_MAX;
    if (read_number(tr_json_get(env, "currentBaseFee"), &out->base_fee))
        out->context.base_fee = &out->base_fee;
    if (blobs == NULL) return;
    out->context.blob_gas_left = (uint64_t)blobs->max * TR_BLOB_GAS;
    if (!read_number(tr_json_get(env, "currentExcessBlobGas"), &excess)) return;
    out->blob_fee = tr_blob_fee(blobs, tr_u256_to_u64(excess));
    out->context.blob_fee = &out->blob_fee;
}

static const char *check_signing(const vec_file *file, const tr_json *transaction, const tr_tx *tx)
{
    tr_tx again = *tx;
    tr_seckey key;
    tr_bytes secret = vec_hex(file, tr_json_text(tr_json_get(transaction, "secretKey")));
    if (secret.data == NULL) return NULL;
    if (secret.len != 32) return "no key";
    memcpy(key.b, secret.data, 32);
    if (tr_tx_sign(NULL, file->arena, &again, &key) != TR_OK) return "not signed";
    return tr_bytes_eq(again.encoding, tx->encoding) ? NULL : "signed otherwise";
}

static const char *check_sender(const vec_file *file, const tr_json *transaction, const tr_tx *tx)
{
    tr_addr sender;
    tr_err err;
    tr_bytes want = vec_hex(file, tr_json_text(tr_json_get(transaction, "sender")));
    (void)tr_tx_senders(file->arena, NULL, 1, tx, &sender, &err);
    if (err != TR_OK) return tr_err_name(err);
    return tr_bytes_eq(TR_VIEW(sender.b), want) ? NULL : "another sender";
}

static void run_post(vec_run *run, const vec_file *file, const tr_json *test, tr_fork fork,
                     const tr_json *post)
{
    tr_tx tx;
    tr_trail trail;
    block_view block;
    const tr_json *transaction = tr_json_get(test, "transaction");
    tr_bytes raw = vec_hex(file, tr_json_text(tr_json_get(post, "txbytes")));
    tr_bytes exception = tr_json_text(tr_json_get(post, "expectException"));
    tr_trail_clear(&trail);
    tr_err err = tr_tx_decode(&trail, file->arena, raw, &tx);
    if (err == TR_OK) {
        const char *fault = check_sender(file, transaction, &tx);
        if (fault == NULL) fault = check_signing(file, transaction, &tx);
        if (fault != NULL) {
            vec_fail(run, test->key, "%s", fault);
            return;
        }
        read_env(tr_json_get(test, "env"), fork, &block);
        err = tr_tx_check(&trail, &tx, &block.context);
    }
    bool ok = exception.data == NULL ? err == TR_OK : tx_exception_fits(exception, err);
    vec_check(run, ok, test->key, "%s (%s), expected %.*s", tr_err_name(err), trail.text,
              (int)exception.len, (const char *)exception.data);
}

/* {name: {env, transaction, post: {fork: [{txbytes, expectException}]}}} */
static void run_state_test(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        TR_JSON_EACH(posts, tr_json_get(test, "post"))
        {
            tr_fork fork;
            if (!tr_fork_find(posts->key, &fork)) {
                vec_fail(run, test->key, "no fork %.*s", (int)posts->key.len,
                         (const char *)posts->key.data);
                continue;
            }
            TR_JSON_EACH(post, posts)
            {
                if (vec_wants(run)) run_post(run, file, test, fork, post);
            }
        }
    }
}

static const vec_row rows[] = {
    {"eest-v5.4.0-state.tar.zst/**", run_state_test, true, NULL},
};
const vec_rows vec_rows_tx_state = {rows, TR_COUNTOF(rows)};

/* Headers: what is accepted is written back as it was and has the hash of that; the rules and the
 * formulas take any two headers.  The first byte chooses the chain, then come parent and child. */
#include "eth/header.h"
#include "hash/keccak.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_written(const tr_header *header, tr_bytes raw)
{
    tr_buf out;
    tr_buf_init(&out, tr_heap(), SIZE_MAX);
    tr_header_encode(&out, header);
    TR_ASSERT(tr_buf_err(&out) == TR_OK);
    TR_ASSERT(tr_bytes_eq(tr_buf_view(&out), raw));
    TR_ASSERT(tr_header_size(header) == raw.len);
    tr_hash hash = tr_header_hash(header), want = tr_keccak256(raw);
    TR_ASSERT(memcmp(&hash, &want, sizeof(hash)) == 0);
    tr_buf_free(&out);
}

/* The fee moves by an eighth at most, and by one at least when it rises. */
static void check_fee(const tr_header *parent)
{
    if (parent->fields < TR_HEADER_LONDON || parent->gas_used > parent->gas_limit) return;
    tr_u256 fee = tr_base_fee(parent), step = tr_u256_shr(parent->base_fee, 3);
    bool carry;
    tr_u256 most = tr_u256_add_carry(parent->base_fee, tr_u256_add(step, TR_U256_ONE), &carry);
    /* An odd limit leaves a bit more above the target than below it. */
    if (parent->gas_limit % 2 == 0 && !carry) TR_ASSERT(!tr_u256_gt(fee, most));
    TR_ASSERT(!tr_u256_lt(fee, tr_u256_sub(parent->base_fee, step)));
}

static void check_pair(const tr_chain_config *config, const tr_header *parent,
                       const tr_header *child, bool merged)
{
    tr_trail trail;
    tr_hash hash = tr_header_hash(parent);
    tr_err err = tr_header_check(&trail, config, parent, &hash, child, merged);
    if (err != TR_OK) {
        TR_ASSERT(err >= TR_E_HEADER_FIELDS && err <= TR_E_HEADER_EXCESS_BLOB_GAS);
        TR_ASSERT(trail.code == err && trail.len != 0);
        return;
    }
    TR_ASSERT(child->number == parent->number + 1 && child->time > parent->time);
    TR_ASSERT(child->gas_used <= child->gas_limit && child->extra.len <= 32);
    TR_ASSERT(memcmp(&child->parent_hash, &hash, sizeof(hash)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    tr_header headers[2];
    tr_rlp r = tr_rlp_open((tr_bytes){data + 1, len - 1});
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *from = r.at;
        tr_header_read(&r, &headers[i]);
        if (r.err != TR_OK) return 0;
        check_written(&headers[i], tr_bytes_of(from, (size_t)(r.at - from)));
        check_fee(&headers[i]);
    }
    /* Any bytes of the input decide nothing about the child but its own fields. */
    unsigned fork = data[0] % (TR_FORKS + 1);
    bool merged = data[0] >= 128;
    tr_chain_config config =
        fork == TR_FORKS ? tr_chain_config_mainnet : tr_chain_config_at((tr_fork)fork, 1);
    check_pair(&config, &headers[0], &headers[1], merged);
    tr_header child = headers[1];
    child.parent_hash = tr_header_hash(&headers[0]);
    child.number = headers[0].number + 1;
    check_pair(&config, &headers[0], &child, merged);
    config.start[TR_PARIS] = TR_NEVER;
    check_pair(&config, &headers[0], &child, merged);
    return 0;
}

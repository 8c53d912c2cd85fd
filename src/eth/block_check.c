#include "eth/block.h"

static bool same(const tr_hash *a, const tr_hash *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static tr_err check_withdrawals(tr_trail *trail, tr_arena *arena, tr_exec *exec,
                                const tr_fork_rules *rules, const tr_block *block)
{
    tr_hash root;
    if (block->has_withdrawals != rules->withdrawals)
        return tr_fail(trail, TR_E_BLOCK_WITHDRAWALS, "A block of %s %s withdrawals.", rules->name,
                       rules->withdrawals ? "has" : "has no");
    if (!block->has_withdrawals) return TR_OK;
    TR_TRY(tr_withdrawals_root(trail, arena, exec, block->withdrawals.count, block->withdrawals.at,
                               &root));
    if (!same(&root, &block->header.withdrawals_root))
        return tr_fail(trail, TR_E_BLOCK_WITHDRAWALS,
                       "The root of the withdrawals is not the header's.");
    return TR_OK;
}

static tr_err check_blob_gas(tr_trail *trail, const tr_fork_rules *rules, const tr_block *block)
{
    if (!rules->blobs) return TR_OK;
    uint64_t used = 0;
    for (size_t i = 0; i < block->txs.count; i++)
        used += tr_tx_blob_gas(TR_LIST_AT(tr_tx, block->txs, i));
    if (used != block->header.blob_gas_used)
        return tr_fail(trail, TR_E_BLOCK_BLOB_GAS,
                       "The transactions use %llu blob gas, the header says %llu.",
                       (unsigned long long)used, (unsigned long long)block->header.blob_gas_used);
    return TR_OK;
}

tr_err tr_block_check_size(tr_trail *trail, const tr_fork_rules *rules, const tr_block *block)
{
    if (rules->block_rlp_max == 0) return TR_OK;
    size_t size = block->encoded_size != 0 ? block->encoded_size : tr_block_size(block);
    if (size <= rules->block_rlp_max) return TR_OK;
    return tr_fail(trail, TR_E_BLOCK_SIZE, "The block is %zu bytes long, above %llu.", size,
                   (unsigned long long)rules->block_rlp_max);
}

tr_err tr_block_check(tr_trail *trail, tr_arena *arena, tr_exec *exec, const tr_fork_rules *rules,
                      const tr_block *block)
{
    const tr_header *header = &block->header;
    tr_hash hash;
    TR_TRY(tr_block_check_size(trail, rules, block));
    TR_TRY(check_withdrawals(trail, arena, exec, rules, block));
    TR_TRY(tr_transactions_root(trail, arena, exec, block->txs.count, block->txs.at, &hash));
    if (!same(&hash, &header->transactions_root))
        return tr_fail(trail, TR_E_BLOCK_TRANSACTIONS,
                       "The root of the transactions is not the header's.");
    TR_TRY(tr_uncles_hash(trail, arena, block->uncles.count, block->uncles.at, &hash));
    if (!same(&hash, &header->uncles_hash))
        return tr_fail(trail, TR_E_BLOCK_UNCLES, "The hash of the uncles is not the header's.");
    return check_blob_gas(trail, rules, block);
}

/* The uncle's parent among the ancestors, or their count.  The newest cannot be it: an uncle is of
 * an earlier generation than the block. */
static size_t parent_of(const tr_header *uncle, size_t count, const tr_hash hashes[])
{
    for (size_t i = 1; i < count; i++)
        if (same(&uncle->parent_hash, &hashes[i])) return i;
    return count;
}

static bool is_among(const tr_hash *hash, size_t n, const tr_hash hashes[])
{
    for (size_t i = 0; i < n; i++)
        if (same(hash, &hashes[i])) return true;
    return false;
}

tr_err tr_uncles_check(tr_trail *trail, const tr_chain_config *config, const tr_block *block,
                       const tr_ancestry *ancestry)
{
    size_t n = block->uncles.count, count = TR_MIN(ancestry->count, TR_UNCLE_ANCESTORS);
    tr_hash ancestors[TR_UNCLE_ANCESTORS], uncles[TR_UNCLES_MAX];
    if (n > TR_UNCLES_MAX) return tr_fail(trail, TR_E_BLOCK_UNCLES, "%zu uncles.", n);
    if (n == 0) return TR_OK;
    for (size_t i = 0; i < count; i++) ancestors[i] = tr_header_hash(&ancestry->ancestors[i]);
    for (size_t i = 0; i < n; i++) {
        const tr_header *uncle = TR_LIST_AT(tr_header, block->uncles, i);
        uncles[i] = tr_header_hash(uncle);
        if (is_among(&uncles[i], i, uncles) ||
            is_among(&uncles[i], ancestry->included_count, ancestry->included))
            return tr_fail(trail, TR_E_BLOCK_UNCLES, "Uncle %zu is there twice.", i);
        if (is_among(&uncles[i], count, ancestors))
            return tr_fail(trail, TR_E_BLOCK_UNCLES, "Uncle %zu is an ancestor.", i);
        size_t parent = parent_of(uncle, count, ancestors);
        if (parent == count)
            return tr_fail(trail, TR_E_BLOCK_UNCLES, "Uncle %zu is no child of an ancestor.", i);
        tr_err err = tr_header_check(trail, config, &ancestry->ancestors[parent],
                                     &ancestors[parent], uncle, false);
        if (err != TR_OK)
            return tr_because(trail, TR_E_BLOCK_UNCLES, "Uncle %zu is no good header.", i);
    }
    return TR_OK;
}

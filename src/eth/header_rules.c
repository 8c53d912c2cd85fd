#include "eth/header.h"

enum { EXTRA_MAX = 32, DAO_BLOCKS = 10 };

/* One header on trial. */
typedef struct trial {
    tr_trail *trail;
    const tr_chain_config *config;
    const tr_fork_rules *rules;
    const tr_header *parent, *header;
} trial;

static tr_err check_place(const trial *t, const tr_hash *parent_hash)
{
    const tr_header *header = t->header, *parent = t->parent;
    if (header->fields != t->rules->header_fields)
        return tr_fail(t->trail, TR_E_HEADER_FIELDS, "A header of %s has %u fields, this one %u.",
                       t->rules->name, t->rules->header_fields, header->fields);
    if (memcmp(&header->parent_hash, parent_hash, sizeof(*parent_hash)) != 0)
        return tr_fail(t->trail, TR_E_HEADER_PARENT, "The header names another parent.");
    if (parent->number == UINT64_MAX || header->number != parent->number + 1)
        return tr_fail(t->trail, TR_E_HEADER_NUMBER, "The number is %llu after %llu.",
                       (unsigned long long)header->number, (unsigned long long)parent->number);
    if (header->time <= parent->time)
        return tr_fail(t->trail, TR_E_HEADER_TIME, "The time is %llu, the parent's %llu.",
                       (unsigned long long)header->time, (unsigned long long)parent->time);
    return TR_OK;
}

/* The first blocks of those who took part in the DAO's fork say so, and no others do. */
static tr_err check_extra(const trial *t)
{
    tr_bytes extra = t->header->extra;
    uint64_t number = t->header->number, dao = t->config->dao_block;
    if (extra.len > EXTRA_MAX)
        return tr_fail(t->trail, TR_E_HEADER_EXTRA, "The extra data is %zu bytes long.", extra.len);
    if (dao == TR_NEVER || number < dao || number - dao >= DAO_BLOCKS) return TR_OK;
    if (tr_bytes_eq(extra, TR_LIT("dao-hard-fork")) != t->config->dao_support)
        return tr_fail(t->trail, TR_E_HEADER_EXTRA,
                       "The extra data of a block at the DAO's fork is not this chain's.");
    return TR_OK;
}

static tr_err check_gas(const trial *t)
{
    const tr_header *header = t->header, *parent = t->parent;
    bool first_london = t->rules->base_fee && parent->fields < TR_HEADER_LONDON;
    if (!tr_gas_limit_ok(parent->gas_limit, header->gas_limit, first_london))
        return tr_fail(t->trail, TR_E_HEADER_GAS_LIMIT, "The gas limit is %llu after %llu.",
                       (unsigned long long)header->gas_limit,
                       (unsigned long long)parent->gas_limit);
    if (header->gas_used > header->gas_limit)
        return tr_fail(t->trail, TR_E_HEADER_GAS_USED, "%llu gas used, above the limit of %llu.",
                       (unsigned long long)header->gas_used, (unsigned long long)header->gas_limit);
    if (t->rules->base_fee && !tr_u256_eq(header->base_fee, tr_base_fee(parent)))
        return tr_fail(t->trail, TR_E_HEADER_BASE_FEE,
                       "The base fee does not follow from the parent.");
    return TR_OK;
}

static bool has_uncles(const tr_header *header)
{
    return memcmp(&header->uncles_hash, &tr_no_uncles_hash, sizeof(tr_hash)) != 0;
}

static tr_err check_seal(const trial *t)
{
    static const uint8_t no_nonce[8] = {0};
    const tr_header *header = t->header, *parent = t->parent;
    tr_u256 want = tr_difficulty(t->rules, header->number, header->time, parent->time,
                                 &parent->difficulty, has_uncles(parent));
    if (!tr_u256_eq(header->difficulty, want))
        return tr_fail(t->trail, TR_E_HEADER_DIFFICULTY,
                       "The difficulty does not follow from the parent.");
    if (t->rules->difficulty != TR_DIFFICULTY_NONE) return TR_OK;
    if (memcmp(header->nonce, no_nonce, sizeof(no_nonce)) != 0)
        return tr_fail(t->trail, TR_E_HEADER_NONCE, "The nonce of a header of %s is not 0.",
                       t->rules->name);
    if (has_uncles(header))
        return tr_fail(t->trail, TR_E_HEADER_UNCLES, "A header of %s names uncles.",
                       t->rules->name);
    return TR_OK;
}

static tr_err check_blob_gas(const trial *t)
{
    if (!t->rules->blobs) return TR_OK;
    static const tr_blob_params no_blobs = {.update_fraction = 1};
    const tr_header *header = t->header;
    const tr_blob_params *params = tr_chain_blobs(t->config, header->time);
    if (params == NULL) params = &no_blobs;
    uint64_t most = (uint64_t)params->max * TR_BLOB_GAS;
    if (header->blob_gas_used > most || header->blob_gas_used % TR_BLOB_GAS != 0)
        return tr_fail(t->trail, TR_E_HEADER_BLOB_GAS,
                       "%llu blob gas used: not a number of blobs up to %u.",
                       (unsigned long long)header->blob_gas_used, params->max);
    uint64_t excess = tr_excess_blob_gas(t->rules, params, t->parent);
    if (header->excess_blob_gas != excess)
        return tr_fail(t->trail, TR_E_HEADER_EXCESS_BLOB_GAS,
                       "The excess blob gas is %llu; from the parent follows %llu.",
                       (unsigned long long)header->excess_blob_gas, (unsigned long long)excess);
    return TR_OK;
}

tr_err tr_header_check(tr_trail *trail, const tr_chain_config *config, const tr_header *parent,
                       const tr_hash *parent_hash, const tr_header *header, bool merged)
{
    tr_fork fork = tr_chain_fork(config, header->number, header->time, merged);
    trial t = {trail, config, tr_fork_rules_of(fork), parent, header};
    TR_TRY(check_place(&t, parent_hash));
    TR_TRY(check_extra(&t));
    TR_TRY(check_gas(&t));
    TR_TRY(check_seal(&t));
    return check_blob_gas(&t);
}

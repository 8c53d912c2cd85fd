/* Genesis files. */
#include "eth/genesis.h"
#include "eth/account.h"
#include "eth/json_internal.h"
#include "hash/keccak.h"
#include "trie/trie.h"

#define HEADER(member) offsetof(tr_header, member)

/* The header's members as a genesis file names them. */
static const tr_field header_fields[] = {
    {"nonce", HEADER(nonce), TR_FIELD_FIXED8, NULL},
    {"timestamp", HEADER(time), TR_FIELD_U64, NULL},
    {"extraData", HEADER(extra), TR_FIELD_BYTES, NULL},
    {"gasLimit", HEADER(gas_limit), TR_FIELD_U64, NULL},
    {"difficulty", HEADER(difficulty), TR_FIELD_U256, NULL},
    {"mixHash", HEADER(mix), TR_FIELD_HASH, NULL},
    {"coinbase", HEADER(coinbase), TR_FIELD_ADDR, NULL},
    {"number", HEADER(number), TR_FIELD_U64, NULL},
    {"gasUsed", HEADER(gas_used), TR_FIELD_U64, NULL},
    {"parentHash", HEADER(parent_hash), TR_FIELD_HASH, NULL},
    {"baseFeePerGas", HEADER(base_fee), TR_FIELD_U256, NULL},
    {"excessBlobGas", HEADER(excess_blob_gas), TR_FIELD_U64, NULL},
    {"blobGasUsed", HEADER(blob_gas_used), TR_FIELD_U64, NULL},
    {"parentBeaconBlockRoot", HEADER(beacon_root), TR_FIELD_HASH, NULL},
};
static const tr_record header_record = {"genesis", header_fields, TR_COUNTOF(header_fields),
                                        sizeof(tr_header)};

#define ACCOUNT(member) offsetof(tr_genesis_account, member)
static const tr_field account_fields[] = {
    {"nonce", ACCOUNT(nonce), TR_FIELD_U64, NULL},
    {"balance", ACCOUNT(balance), TR_FIELD_U256, NULL},
    {"wei", ACCOUNT(balance), TR_FIELD_U256, NULL}, /* the balance in old files */
    {"code", ACCOUNT(code), TR_FIELD_BYTES, NULL},
};
static const tr_record account_record = {"genesis account", account_fields,
                                         TR_COUNTOF(account_fields), sizeof(tr_genesis_account)};

#define SLOT(member) offsetof(tr_genesis_slot, member)
static const tr_field slot_key = {"key", SLOT(key), TR_FIELD_HASH, NULL};
static const tr_field slot_value = {"value", SLOT(value), TR_FIELD_HASH, NULL};

/* The name of a member is itself data: an address, a slot. */
static tr_err read_name(tr_trail *trail, const tr_field *field, const tr_json *member, void *out)
{
    tr_json name = {.kind = TR_JSON_STRING, .text = member->key, .offset = member->offset};
    tr_json holder = {.kind = TR_JSON_OBJECT, .count = 1, .first = &name};
    name.key = tr_bytes_str(field->json);
    tr_record one = {"genesis", field, 1, sizeof(tr_header)};
    uint64_t seen;
    return tr_record_from_json(trail, NULL, TR_JSON_FILE, &one, &holder, out, &seen);
}

static tr_err read_storage(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    if (in == NULL || in->kind == TR_JSON_NULL) return TR_OK;
    if (in->kind != TR_JSON_OBJECT)
        return tr_fail_at(trail, TR_E_JSON_FIELD, in->offset, "genesis: storage is no object");
    tr_genesis_slot *slots = TR_ARENA_ARRAY(arena, tr_genesis_slot, in->count);
    if (slots == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu slots", in->count);
    *out = (tr_list){slots, in->count};
    TR_JSON_EACH(member, in)
    {
        TR_TRY(read_name(trail, &slot_key, member, slots));
        tr_json value = *member, holder = {.kind = TR_JSON_OBJECT, .count = 1, .first = &value};
        value.key = TR_LIT("value");
        value.next = NULL;
        tr_record one = {"genesis storage", &slot_value, 1, sizeof(*slots)};
        uint64_t seen;
        TR_TRY(tr_record_from_json(trail, arena, TR_JSON_FILE, &one, &holder, slots++, &seen));
        if (seen == 0)
            return tr_fail_at(trail, TR_E_JSON_FIELD, member->offset, "genesis: a slot is null");
    }
    return TR_OK;
}

/* Files are sorted by address as a rule, so that inserting from the end costs nothing. */
static void insert_sorted(tr_genesis_account *accounts, size_t count)
{
    tr_genesis_account last = accounts[count];
    size_t at = count;
    while (at > 0 && memcmp(&accounts[at - 1].address, &last.address, sizeof(last.address)) > 0) {
        accounts[at] = accounts[at - 1];
        at--;
    }
    accounts[at] = last;
}

/* Two sorted neighbours, [0, middle) and [middle, end), become one. */
static void merge(const tr_genesis_account *from, tr_genesis_account *to, size_t middle, size_t end)
{
    size_t a = 0, b = middle;
    for (size_t i = 0; i < end; i++) {
        bool left = b >= end || (a < middle && memcmp(&from[a].address, &from[b].address, 20) <= 0);
        to[i] = from[left ? a++ : b++];
    }
}

enum { RUN = 16 }; /* entries that are sorted by insertion */

static tr_err sort_accounts(tr_trail *trail, tr_arena *arena, tr_genesis_account *accounts,
                            size_t count)
{
    for (size_t start = 0; start < count; start += RUN)
        for (size_t i = 1; i < RUN && start + i < count; i++) insert_sorted(accounts + start, i);
    if (count <= RUN) return TR_OK;
    tr_arena_mark mark = tr_arena_save(arena);
    tr_genesis_account *other = TR_ARENA_ARRAY(arena, tr_genesis_account, count);
    if (other == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu accounts", count);
    for (size_t run = RUN; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            size_t left = count - start, end = left < 2 * run ? left : 2 * run;
            merge(accounts + start, other + start, run < end ? run : end, end);
        }
        memcpy(accounts, other, count * sizeof(*accounts));
    }
    tr_arena_rewind(arena, mark);
    return TR_OK;
}

static tr_err read_accounts(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    if (in == NULL || in->kind == TR_JSON_NULL) return TR_OK;
    if (in->kind != TR_JSON_OBJECT)
        return tr_fail_at(trail, TR_E_JSON_FIELD, in->offset, "genesis: alloc is no object");
    tr_genesis_account *accounts = TR_ARENA_ARRAY(arena, tr_genesis_account, in->count);
    if (accounts == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for %zu accounts", in->count);
    *out = (tr_list){accounts, in->count};
    static const tr_field address = {"address", ACCOUNT(address), TR_FIELD_ADDR, NULL};
    tr_genesis_account *at = accounts;
    TR_JSON_EACH(member, in)
    {
        *at = (tr_genesis_account){.nonce = 0};
        TR_TRY(read_name(trail, &address, member, at));
        uint64_t seen;
        TR_TRY(tr_record_from_json(trail, arena, TR_JSON_FILE, &account_record, member, at, &seen));
        TR_TRY(read_storage(trail, arena, tr_json_get(member, "storage"), &at->storage));
        at++;
    }
    TR_TRY(sort_accounts(trail, arena, accounts, in->count));
    for (size_t i = 1; i < in->count; i++)
        if (memcmp(&accounts[i - 1].address, &accounts[i].address, 20) == 0)
            return tr_fail(trail, TR_E_DUPLICATE, "genesis: an address is there twice");
    return TR_OK;
}

/* What the file leaves out has the value of its fork. */
static void complete_header(tr_header *header, const tr_fork_rules *rules, bool has_base_fee)
{
    enum { INITIAL_BASE_FEE = 1000000000 };
    header->fields = rules->header_fields;
    if (rules->base_fee && !has_base_fee) header->base_fee = tr_u256_of(INITIAL_BASE_FEE);
}

tr_err tr_genesis_from_json(tr_trail *trail, tr_arena *arena, const tr_json *in,
                            const tr_chain_config *config, tr_genesis *out)
{
    *out = (tr_genesis){.header = {.fields = 0}};
    if (in == NULL || in->kind != TR_JSON_OBJECT)
        return tr_fail(trail, TR_E_JSON_FIELD, "genesis: not an object");
    const tr_json *given = tr_json_get(in, "config");
    if (given != NULL)
        TR_TRY(tr_chain_config_from_json(trail, given, &out->config));
    else if (config != NULL)
        out->config = *config;
    else
        return tr_fail(trail, TR_E_JSON_FIELD, "genesis: config is missing");
    uint64_t seen;
    tr_header *header = &out->header;
    TR_TRY(tr_record_from_json(trail, arena, TR_JSON_FILE, &header_record, in, header, &seen));
    TR_TRY(read_accounts(trail, arena, tr_json_get(in, "alloc"), &out->accounts));
    bool merged = out->config.has_ttd && !tr_u256_lt(header->difficulty, out->config.ttd);
    tr_fork fork = tr_chain_fork(&out->config, header->number, header->time, merged);
    bool has_base_fee = false;
    for (size_t i = 0; i < header_record.count; i++)
        if (header_fields[i].offset == HEADER(base_fee)) has_base_fee = (seen >> i & 1) != 0;
    complete_header(header, tr_fork_rules_of(fork), has_base_fee);
    return TR_OK;
}

/* The state. */

static tr_err storage_root(tr_trail *trail, tr_arena *arena, const tr_list *slots, tr_hash *out)
{
    *out = tr_trie_empty_root;
    if (slots->count == 0) return TR_OK;
    tr_trie_change *changes = TR_ARENA_ARRAY(arena, tr_trie_change, slots->count);
    uint8_t *values = tr_arena_array(arena, slots->count, 33, 1);
    if (changes == NULL || values == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for %zu slots", slots->count);
    for (size_t i = 0; i < slots->count; i++, values += 33) {
        const tr_genesis_slot *slot = TR_LIST_AT(tr_genesis_slot, *slots, i);
        tr_buf value;
        tr_buf_init_fixed(&value, values, 33);
        tr_bytes number = TR_VIEW(slot->value.b);
        while (number.len != 0 && number.data[0] == 0) number = tr_bytes_cut(number, 1, number.len);
        if (number.len != 0) tr_rlp_put_bytes(&value, number);
        changes[i] = (tr_trie_change){TR_VIEW(slot->key.b), tr_buf_view(&value)};
    }
    tr_trie *trie;
    tr_trie_options options = {.alloc = &arena->alloc, .secure = true, .limit = SIZE_MAX};
    TR_TRY(tr_trie_new(trail, &options, &trie));
    tr_err err = tr_trie_update(trail, trie, NULL, slots->count, changes);
    if (err == TR_OK) err = tr_trie_root(trail, trie, NULL, out);
    tr_trie_free(trie);
    return err;
}

static tr_err account_value(tr_trail *trail, tr_arena *arena, const tr_genesis_account *in,
                            uint8_t to[TR_ACCOUNT_MAX], size_t *len)
{
    tr_account account = {.nonce = in->nonce, .balance = in->balance};
    account.code_hash = in->code.len == 0 ? tr_empty_code_hash : tr_keccak256(in->code);
    tr_arena_mark mark = tr_arena_save(arena);
    tr_err err = storage_root(trail, arena, &in->storage, &account.storage_root);
    tr_arena_rewind(arena, mark);
    *len = tr_account_encode(&account, to);
    return err;
}

static tr_err state_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                         const tr_genesis_account accounts[], tr_hash *out)
{
    tr_trie_change *changes = TR_ARENA_ARRAY(arena, tr_trie_change, n);
    uint8_t *values = tr_arena_array(arena, n, TR_ACCOUNT_MAX, 1);
    if (changes == NULL || values == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for %zu accounts", n);
    for (size_t i = 0; i < n; i++, values += TR_ACCOUNT_MAX) {
        size_t len;
        TR_TRY(account_value(trail, arena, &accounts[i], values, &len));
        changes[i] = (tr_trie_change){TR_VIEW(accounts[i].address.b), {values, len}};
    }
    tr_trie *trie;
    tr_trie_options options = {.alloc = &arena->alloc, .secure = true, .limit = SIZE_MAX};
    TR_TRY(tr_trie_new(trail, &options, &trie));
    tr_err err = tr_trie_update(trail, trie, exec, n, changes);
    if (err == TR_OK) err = tr_trie_root(trail, trie, exec, out);
    tr_trie_free(trie);
    return err;
}

tr_err tr_genesis_state_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                             const tr_genesis_account accounts[], tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    tr_err err = state_root(trail, arena, exec, n, accounts, out);
    tr_arena_rewind(arena, mark);
    return err;
}

tr_err tr_genesis_block(tr_trail *trail, tr_arena *arena, tr_exec *exec, const tr_genesis *genesis,
                        tr_header *out)
{
    *out = genesis->header;
    out->transactions_root = tr_trie_empty_root;
    out->receipts_root = tr_trie_empty_root;
    out->withdrawals_root = tr_trie_empty_root;
    TR_TRY(tr_uncles_hash(trail, arena, 0, NULL, &out->uncles_hash));
    TR_TRY(tr_requests_hash(trail, 0, NULL, &out->requests_hash));
    return tr_genesis_state_root(trail, arena, exec, genesis->accounts.count, genesis->accounts.at,
                                 &out->state_root);
}

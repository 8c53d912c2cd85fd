/* A small random state and random blocks on it: contracts that read, write, call, create and
 * destroy, and transactions that call them.  The state lies in a store of tries, from which a run
 * can be recorded. */
#ifndef TR_TESTS_VILLAGE_H
#define TR_TESTS_VILLAGE_H

#include "chain.h"
#include "state/witness.h"

#define CHECK(x) TR_CHECK(x)
#include "../state/store.h"

enum { VILLAGE_CONTRACTS = 12, VILLAGE_SENDERS = 4, VILLAGE_HEADERS = 6, VILLAGE_CODE = 96 };

typedef struct village {
    chain c;
    tr_memory_world *memory; /* of codes, for the store */
    tr_forest *forest;
    store store;
    tr_header_source headers;
    tr_bytes raw_headers[VILLAGE_HEADERS];
    tr_hash root;
} village;

/* Contracts have low numbers, so that code can name them with two bytes; nobody is at some. */
static inline tr_addr village_contract(uint64_t n)
{
    tr_addr out = {{0}};
    out.b[18] = 0x70;
    out.b[19] = (uint8_t)n;
    return out;
}

static inline void village_push(tr_buf *code, uint64_t value)
{
    if (value > 0xff) {
        tr_buf_put_u8(code, 0x61);
        tr_buf_put_u8(code, (uint8_t)(value >> 8));
    } else {
        tr_buf_put_u8(code, 0x60);
    }
    tr_buf_put_u8(code, (uint8_t)value);
}

static inline void village_push_somebody(tr_gen *g, tr_buf *code)
{
    village_push(code, 0x7000 + tr_gen_below(g, VILLAGE_CONTRACTS + 4));
}

/* CALL, CALLCODE, DELEGATECALL or STATICCALL somebody with one word of input. */
static inline void village_call(tr_gen *g, tr_buf *code)
{
    static const uint8_t ops[] = {0xf1, 0xf1, 0xf2, 0xf4, 0xfa};
    uint8_t op = ops[tr_gen_below(g, TR_COUNTOF(ops))];
    for (int i = 0; i < 2; i++) village_push(code, 0);
    village_push(code, 32);
    village_push(code, 0);
    if (op == 0xf1 || op == 0xf2) village_push(code, tr_gen_below(g, 3));
    village_push_somebody(g, code);
    village_push(code, 0xffff);
    tr_buf_put_u8(code, op);
    tr_buf_put_u8(code, 0x50);
}

/* One thing that a contract does.  Forks that do not know an opcode fail there, which is something
 * too. */
static inline void village_deed(tr_gen *g, tr_buf *code)
{
    static const uint8_t asks[] = {0x31, 0x3b, 0x3f}; /* BALANCE, EXTCODESIZE, EXTCODEHASH */
    switch (tr_gen_below(g, 12)) {
    case 0:
    case 1:
    case 2: /* SSTORE: often of 0 */
        village_push(code, tr_gen_below(g, 3));
        village_push(code, tr_gen_below(g, 10));
        tr_buf_put_u8(code, 0x55);
        break;
    case 3: /* SLOAD of a key, stored at another */
        village_push(code, tr_gen_below(g, 10));
        tr_buf_put_u8(code, 0x54);
        village_push(code, tr_gen_below(g, 10));
        tr_buf_put_u8(code, 0x55);
        break;
    case 4:
        village_push_somebody(g, code);
        tr_buf_put_u8(code, asks[tr_gen_below(g, TR_COUNTOF(asks))]);
        village_push(code, 9);
        tr_buf_put_u8(code, 0x55);
        break;
    case 5: /* BLOCKHASH of one of the parents, into memory */
        village_push(code, 1000 - tr_gen_below(g, VILLAGE_HEADERS + 1));
        tr_buf_put_u8(code, 0x40);
        village_push(code, 0);
        tr_buf_put_u8(code, 0x52);
        break;
    case 6: /* CREATE or CREATE2 of what memory holds */
        if (tr_gen_bool(g)) village_push(code, tr_gen_below(g, 2));
        village_push(code, tr_gen_below(g, 40));
        village_push(code, 0);
        village_push(code, tr_gen_below(g, 2));
        tr_buf_put_u8(code, tr_gen_bool(g) ? 0xf0 : 0xf5);
        break;
    case 7:
        if (tr_gen_below(g, 3) != 0) break;
        village_push_somebody(g, code);
        tr_buf_put_u8(code, 0xff);
        break;
    case 8: /* EXTCODECOPY and LOG1 of it */
        village_push(code, 20);
        village_push(code, 0);
        village_push(code, 0);
        village_push_somebody(g, code);
        tr_buf_put_u8(code, 0x3c);
        village_push(code, 5);
        village_push(code, 20);
        village_push(code, 0);
        tr_buf_put_u8(code, 0xa1);
        break;
    case 9:
        if (tr_gen_below(g, 4) != 0) break;
        village_push(code, 0);
        village_push(code, 0);
        tr_buf_put_u8(code, 0xfd);
        break;
    default:
        village_call(g, code);
    }
}

static inline tr_bytes village_code(tr_gen *g)
{
    tr_buf code;
    tr_buf_init(&code, &tr_gen_arena(g)->alloc, 1024);
    size_t deeds = tr_gen_below(g, 8);
    for (size_t i = 0; i < deeds; i++) village_deed(g, &code);
    TR_CHECK_OK(tr_buf_err(&code));
    return tr_buf_view(&code);
}

static inline tr_account_change village_account(tr_gen *g, tr_addr address, uint64_t nonce,
                                                uint64_t balance, tr_bytes code, size_t slot_count)
{
    tr_slot_change *slots = TR_ARENA_ARRAY(tr_gen_arena(g), tr_slot_change, slot_count);
    for (size_t i = 0; i < slot_count; i++)
        slots[i] = (tr_slot_change){.key = tr_u256_of(i), .value = tr_u256_of(i + 1)};
    return (tr_account_change){.address = address,
                               .exists = true,
                               .had_none = true,
                               .code_changed = code.len != 0,
                               .nonce = nonce,
                               .balance = tr_u256_of(balance),
                               .code_hash = code.len != 0 ? tr_keccak256(code) : tr_empty_code_hash,
                               .code = code,
                               .slots = slots,
                               .slot_count = slot_count};
}

static inline void village_put(village *v, const tr_account_change *account)
{
    tr_changes changes = {account, 1};
    TR_CHECK_OK(tr_memory_world_apply(NULL, v->memory, &changes));
    TR_CHECK_OK(tr_forest_apply(NULL, v->forest, NULL, &changes));
}

static inline void village_fill(tr_gen *g, village *v)
{
    static const system_contract *const system[] = {&beacon_roots_contract, &block_hashes_contract,
                                                    &withdrawal_requests_contract,
                                                    &consolidation_requests_contract};
    tr_bytes none = {NULL, 0};
    for (size_t i = 0; i < TR_COUNTOF(system); i++) {
        tr_account_change a = village_account(g, chain_address(system[i]->address), 1, 0,
                                              tr_test_hex(system[i]->code), 0);
        village_put(v, &a);
    }
    for (unsigned i = 0; i < VILLAGE_CONTRACTS; i++) {
        if (tr_gen_below(g, 6) == 0) continue;
        tr_account_change a =
            village_account(g, village_contract(i), tr_gen_below(g, 2), tr_gen_below(g, 3),
                            village_code(g), tr_gen_below(g, 10));
        village_put(v, &a);
    }
    for (unsigned i = 0; i < VILLAGE_SENDERS; i++) {
        tr_account_change a = village_account(g, chain_sender(i), 0, 4000000000000, none, 0);
        village_put(v, &a);
    }
    TR_CHECK_OK(tr_forest_root(NULL, v->forest, NULL, &v->root));
    TR_CHECK_OK(tr_forest_commit(NULL, v->forest, &v->store.sink));
}

static inline tr_err village_header(tr_header_source *self, tr_trail *trail, uint64_t number,
                                    tr_bytes *out)
{
    const village *v = (const village *)(void *)((uint8_t *)self - offsetof(village, headers));
    uint64_t first = v->c.parent.number + 1 - VILLAGE_HEADERS;
    if (number < first || number > v->c.parent.number)
        return tr_fail(trail, TR_E_NOT_FOUND, "a header that nobody has");
    *out = v->raw_headers[number - first];
    return TR_OK;
}

static inline tr_err village_block_hash(tr_forest_source *self, tr_trail *trail, uint64_t number,
                                        tr_hash *out)
{
    village *v = (village *)(void *)((uint8_t *)self - offsetof(village, store.source));
    tr_bytes raw;
    TR_TRY(village_header(&v->headers, trail, number, &raw));
    *out = tr_keccak256(raw);
    return TR_OK;
}

/* The block's ancestors; the last is its parent, after which the state is the village's. */
static inline void village_ancestors(village *v)
{
    tr_hash hash = {{1}};
    tr_header header = v->c.parent;
    for (uint64_t i = 0; i < VILLAGE_HEADERS; i++) {
        tr_buf buf;
        header.parent_hash = hash;
        header.number = v->c.parent.number + 1 - VILLAGE_HEADERS + i;
        header.state_root = v->root;
        tr_buf_init(&buf, &tr_test_arena()->alloc, 2048);
        tr_header_encode(&buf, &header);
        v->raw_headers[i] = tr_buf_view(&buf);
        hash = tr_keccak256(v->raw_headers[i]);
    }
    v->c.parent = header;
}

static inline void village_txs(tr_gen *g, village *v)
{
    uint64_t nonces[VILLAGE_SENDERS] = {0};
    size_t count = 1 + tr_gen_below(g, 6);
    tr_fork fork = v->c.rules->fork;
    for (size_t i = 0; i < count; i++) {
        unsigned sender = (unsigned)tr_gen_below(g, VILLAGE_SENDERS);
        tr_tx tx = lab_tx(fork >= TR_LONDON && tr_gen_bool(g) ? TR_TX_FEE_MARKET : TR_TX_LEGACY);
        tx.gas = 60000 + tr_gen_below(g, 400000);
        tx.nonce = nonces[sender];
        tx.value = tr_u256_of(tr_gen_below(g, 3));
        tx.to.addr = village_contract(tr_gen_below(g, VILLAGE_CONTRACTS + 2));
        if (fork < TR_SPURIOUS) tx.chain_id = 0;
        if (tr_gen_below(g, 8) == 0) {
            tx.to.some = false;
            tx.data = village_code(g);
        }
        if (tr_gen_below(g, 12) == 0)
            tx.nonce++; /* not valid: it is left out */
        else
            nonces[sender]++;
        chain_add(&v->c, tx, sender);
    }
    if (v->c.rules->withdrawals) {
        v->c.block.withdrawals.count = tr_gen_below(g, 3);
        for (size_t i = 0; i < v->c.block.withdrawals.count; i++)
            v->c.withdrawals[i] = (tr_withdrawal){
                .index = i, .address = village_contract(tr_gen_below(g, 20)), .amount = i};
    }
}

static inline village *village_open(tr_gen *g, tr_fork fork)
{
    village *v = TR_ARENA_NEW(tr_gen_arena(g), village);
    memset(v, 0, sizeof(*v));
    chain_open(&v->c, fork);
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &v->memory));
    store_init(&v->store, tr_test_alloc(), tr_memory_world_door(v->memory));
    v->store.source.block_hash = village_block_hash;
    v->headers.header = village_header;
    tr_forest_options options = {tr_test_alloc(), &v->store.source, tr_trie_empty_root, SIZE_MAX};
    TR_CHECK_OK(tr_forest_new(NULL, &options, &v->forest));
    village_fill(g, v);
    village_ancestors(v);
    village_txs(g, v);
    return v;
}

static inline void village_close(village *v)
{
    chain_close(&v->c);
    tr_forest_free(v->forest);
    tr_memory_world_free(v->memory);
    store_free(&v->store);
}

/* Makes the block over a source, its state root too. */
static inline void village_seal(village *v, tr_forest_source *source)
{
    tr_forest *forest;
    tr_state *state;
    tr_changes changes;
    tr_forest_options options = {tr_test_alloc(), source, v->root, SIZE_MAX};
    TR_CHECK_OK(tr_forest_new(NULL, &options, &forest));
    tr_state_options state_options = {
        .alloc = tr_test_alloc(), .world = tr_forest_world(forest), .limit = SIZE_MAX, .seed = 5};
    TR_CHECK_OK(tr_state_new(NULL, &state_options, &state));
    tr_stf_forest_roots roots = tr_stf_forest_roots_of(forest, tr_test_arena());
    chain_seal(&v->c, state, &roots.roots);
    TR_CHECK_OK(tr_state_changes(NULL, state, tr_test_arena(), &changes));
    TR_CHECK_OK(tr_forest_apply(NULL, forest, NULL, &changes));
    TR_CHECK_OK(tr_forest_root(NULL, forest, NULL, &v->c.block.header.state_root));
    tr_state_free(state);
    tr_forest_free(forest);
}

static inline tr_bytes village_raw(const village *v)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    tr_block_encode(&buf, &v->c.block);
    TR_CHECK_OK(tr_buf_err(&buf));
    return tr_buf_view(&buf);
}

#endif

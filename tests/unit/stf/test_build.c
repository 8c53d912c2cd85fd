/* Blocks step by step: system calls, requests, withdrawals, rewards, receipts. */
#include "lab.h"

#include "eth/genesis.h"
#include "hash/sha2.h"
#include "system_code.h"

enum { ENOUGH = 1000000000 };

typedef struct site {
    lab l;
    tr_stf_block_env env;
    tr_stf_builder *builder;
    tr_stf_outcome out;
} site;

static tr_addr address_of(const char *hex)
{
    tr_addr out;
    tr_bytes bytes = tr_test_hex(hex);
    memcpy(out.b, bytes.data, 20);
    return out;
}

static void put_contract(site *s, const system_contract *contract, const char *code)
{
    lab_put_at(&s->l, address_of(contract->address), 1, TR_U256_ZERO, tr_test_hex(code));
}

static void put_usual(site *s)
{
    put_contract(s, &beacon_roots_contract, beacon_roots_contract.code);
    put_contract(s, &block_hashes_contract, block_hashes_contract.code);
    put_contract(s, &withdrawal_requests_contract, withdrawal_requests_contract.code);
    put_contract(s, &consolidation_requests_contract, consolidation_requests_contract.code);
}

static void make(site *s, tr_fork fork)
{
    memset(s, 0, sizeof(*s));
    lab_open(&s->l, fork);
    const tr_evm_env *evm = &s->l.env.evm;
    s->env = (tr_stf_block_env){.config = &s->l.config,
                                .rules = tr_fork_rules_of(fork),
                                .number = evm->number,
                                .time = evm->time,
                                .gas_limit = evm->gas_limit,
                                .coinbase = evm->coinbase,
                                .base_fee = evm->base_fee,
                                .blob_base_fee = evm->blob_base_fee,
                                .blob_gas_max = 786432,
                                .has_beacon_root = true,
                                .no_reward = true};
    memset(s->env.beacon_root.b, 0xbe, 32);
    memset(s->env.parent_hash.b, 0xfa, 32);
    lab_put(&s->l, LAB_SENDER, 0, ENOUGH, "");
}

static tr_err begin(site *s)
{
    return tr_stf_begin(&s->l.trail, s->l.evm, s->l.state, tr_test_arena(), &s->env, NULL, NULL,
                        &s->builder);
}

static tr_err add(site *s, const tr_tx *tx, tr_receipt **out)
{
    tr_addr sender = lab_addr(LAB_SENDER);
    return tr_stf_add(&s->l.trail, s->builder, tx, &sender, NULL, NULL, out);
}

static tr_err finish(site *s)
{
    return tr_stf_end(&s->l.trail, s->builder, NULL, &s->out);
}

static void slot_is(site *s, const system_contract *contract, uint64_t key, tr_bytes want)
{
    uint8_t be[32];
    tr_u256 word = tr_u256_of(key);
    tr_slot *slot = tr_state_slot(s->l.state, lab_at(&s->l, address_of(contract->address)), &word);
    tr_u256_to_be(slot->value, be);
    TR_CHECK_BYTES(TR_VIEW(be), want);
}

TR_TEST(hashes_are_stored)
{
    static const tr_addr system = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};
    static const uint8_t nothing[32];
    for (tr_fork fork = TR_SHANGHAI; fork <= TR_OSAKA; fork++) {
        site s;
        uint8_t time[32];
        make(&s, fork);
        put_usual(&s);
        TR_CHECK_OK(begin(&s));
        tr_u256_to_be(tr_u256_of(10000), time);
        bool beacon = fork >= TR_CANCUN, hashes = fork >= TR_PRAGUE;
        slot_is(&s, &beacon_roots_contract, 10000 % 8191,
                beacon ? TR_VIEW(time) : TR_VIEW(nothing));
        slot_is(&s, &beacon_roots_contract, 10000 % 8191 + 8191,
                beacon ? TR_VIEW(s.env.beacon_root.b) : TR_VIEW(nothing));
        slot_is(&s, &block_hashes_contract, 999,
                hashes ? TR_VIEW(s.env.parent_hash.b) : TR_VIEW(nothing));
        TR_CHECK(tr_state_peek(s.l.state, &system) == NULL); /* nobody asks who calls */
        TR_CHECK_EQ(tr_stf_builder_env(s.builder)->gas_left, 30000000);
        lab_close(&s.l);
    }
}

/* What keeps hashes may be missing or fail; nothing is changed then. */
TR_TEST(who_keeps_hashes_may_fail)
{
    for (int fails = 0; fails < 2; fails++) {
        site s;
        tr_changes changes;
        make(&s, TR_OSAKA);
        if (fails != 0) {
            put_contract(&s, &beacon_roots_contract, "60015f55fe");
            put_contract(&s, &block_hashes_contract, "60015f555f5ffd");
        }
        TR_CHECK_OK(begin(&s));
        TR_CHECK_OK(tr_state_changes(NULL, s.l.state, tr_test_arena(), &changes));
        TR_CHECK_EQ(changes.count, 0);
        lab_close(&s.l);
    }
}

/* A watcher sees that a call is the system's, and may stop it. */
typedef struct watcher {
    tr_tracer tracer;
    unsigned system_frames;
    bool stops;
} watcher;

static void on_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    (void)frame;
    ((watcher *)self)->system_frames += self->is_system;
}

static bool on_stop(tr_tracer *self)
{
    return ((watcher *)self)->stops;
}

TR_TEST(system_calls_are_watched)
{
    for (int stops = 0; stops < 2; stops++) {
        site s;
        watcher w = {.tracer = {.enter = on_enter, .stop = on_stop}, .stops = stops != 0};
        make(&s, TR_OSAKA);
        put_usual(&s);
        TR_CHECK_ERR(tr_stf_begin(&s.l.trail, s.l.evm, s.l.state, tr_test_arena(), &s.env, NULL,
                                  &w.tracer, &s.builder),
                     stops != 0 ? TR_E_TIMEOUT : TR_OK);
        TR_CHECK_EQ(w.system_frames, stops != 0 ? 1 : 2);
        TR_CHECK(!w.tracer.is_system);
        lab_close(&s.l);
    }
}

/* What gives requests may neither be missing nor fail. */
TR_TEST(who_gives_requests_may_not_fail)
{
    static const system_contract *const contracts[] = {&withdrawal_requests_contract,
                                                       &consolidation_requests_contract};
    static const struct {
        const char *code;
        tr_err err;
    } cases[] = {
        {"", TR_E_BLOCK_SYSTEM_CONTRACT},
        {"fe", TR_E_BLOCK_SYSTEM_CALL},
        {"5f5ffd", TR_E_BLOCK_SYSTEM_CALL},
        {"5b5f56", TR_E_BLOCK_SYSTEM_CALL}, /* for ever, which 30,000,000 gas end */
        {"00", TR_OK},
    };
    for (size_t i = 0; i < TR_COUNTOF(contracts); i++) {
        for (size_t k = 0; k < TR_COUNTOF(cases); k++) {
            site s;
            make(&s, TR_OSAKA);
            put_usual(&s);
            lab_put_at(&s.l, address_of(contracts[i]->address), 0, TR_U256_ZERO, tr_test_hex(""));
            if (cases[k].code[0] != '\0')
                put_contract(&s, contracts[i], cases[k].code);
            else {
                tr_account_change gone = {.address = address_of(contracts[i]->address),
                                          .existed = true,
                                          .code_hash = tr_empty_code_hash};
                tr_changes changes = {&gone, 1};
                TR_CHECK_OK(tr_memory_world_apply(NULL, s.l.world, &changes));
            }
            TR_CHECK_OK(begin(&s));
            TR_CHECK_ERR(finish(&s), cases[k].err);
            lab_close(&s.l);
        }
    }
}

/* sha256 of the sha256 of each request behind its type. */
static tr_hash hash_of(size_t n, const tr_request requests[])
{
    tr_sha256_state all;
    tr_sha256_init(&all);
    for (size_t i = 0; i < n; i++) {
        uint8_t text[400] = {requests[i].type};
        TR_CHECK(requests[i].data.len < sizeof(text));
        memcpy(text + 1, requests[i].data.data, requests[i].data.len);
        tr_hash one = tr_sha256(tr_bytes_of(text, 1 + requests[i].data.len));
        tr_sha256_update(&all, TR_VIEW(one.b));
    }
    return tr_sha256_final(&all);
}

TR_TEST(no_requests)
{
    site s;
    make(&s, TR_OSAKA);
    put_usual(&s);
    TR_CHECK_OK(begin(&s));
    TR_CHECK_OK(finish(&s));
    TR_CHECK(s.out.has_requests && s.out.request_count == 0);
    TR_CHECK_BYTES(TR_VIEW(s.out.requests_hash.b),
                   tr_test_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    lab_close(&s.l);
}

/* One of each of the contracts' kinds: who asks, what was asked. */
TR_TEST(requests_of_contracts)
{
    site s;
    tr_receipt *receipt;
    uint8_t input[96], want[116];
    make(&s, TR_OSAKA);
    put_usual(&s);
    for (size_t i = 0; i < sizeof(input); i++) input[i] = (uint8_t)i;
    TR_CHECK_OK(begin(&s));
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.gas = 500000;
    tx.value = TR_U256_ONE;
    tx.to.addr = address_of(withdrawal_requests_contract.address);
    tx.data = tr_bytes_of(input, 56);
    TR_CHECK_OK(add(&s, &tx, &receipt));
    TR_CHECK(receipt->success);
    tx.nonce = 1;
    tx.to.addr = address_of(consolidation_requests_contract.address);
    tx.data = TR_VIEW(input);
    TR_CHECK_OK(add(&s, &tx, &receipt));
    TR_CHECK(receipt->success);
    TR_CHECK_OK(finish(&s));
    TR_CHECK_EQ(s.out.request_count, 2);
    tr_addr sender = lab_addr(LAB_SENDER);
    memcpy(want, sender.b, 20);
    memcpy(want + 20, input, 48);
    /* The amount is turned to little-endian. */
    for (int i = 0; i < 8; i++) want[68 + i] = input[55 - i];
    TR_CHECK_EQ(s.out.requests[0].type, TR_REQUEST_WITHDRAWAL);
    TR_CHECK_BYTES(s.out.requests[0].data, tr_bytes_of(want, 76));
    memcpy(want + 20, input, 96);
    TR_CHECK_EQ(s.out.requests[1].type, TR_REQUEST_CONSOLIDATION);
    TR_CHECK_BYTES(s.out.requests[1].data, tr_bytes_of(want, 116));
    tr_hash hash = hash_of(2, s.out.requests);
    TR_CHECK_BYTES(TR_VIEW(s.out.requests_hash.b), TR_VIEW(hash.b));
    lab_close(&s.l);
}

/* The data of a deposit's log: where its five strings begin, and each behind its length. */
static tr_bytes deposit_data(uint8_t fill)
{
    static uint8_t data[576];
    static const uint16_t starts[5] = {160, 256, 320, 384, 512}, sizes[5] = {48, 32, 8, 96, 8};
    memset(data, 0, sizeof(data));
    for (int i = 0; i < 5; i++) {
        tr_store16be(data + 32 * i + 30, starts[i]);
        tr_store16be(data + starts[i] + 30, sizes[i]);
        memset(data + starts[i] + 32, fill + i, sizes[i]);
    }
    return TR_VIEW(data);
}

/* Logs its calldata with the topic of a deposit, or with another. */
static const char logs_deposit[] =
    "365f5f377f649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5365fa1";
static const char logs_other[] =
    "365f5f377f649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c6365fa1";
static const char logs_and_fails[] =
    "365f5f377f649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5365fa1fe";

static tr_err run_deposit(site *s, const char *code, tr_bytes data)
{
    tr_receipt *receipt;
    make(s, TR_OSAKA);
    put_usual(s);
    lab_put_at(&s->l, s->l.config.deposit_contract, 1, TR_U256_ZERO, tr_test_hex(code));
    TR_CHECK_OK(begin(s));
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.to.addr = s->l.config.deposit_contract;
    tx.data = data;
    TR_CHECK_OK(add(s, &tx, &receipt));
    return finish(s);
}

TR_TEST(deposits_are_read_from_logs)
{
    site s;
    TR_CHECK_OK(run_deposit(&s, logs_deposit, deposit_data(1)));
    TR_CHECK_EQ(s.out.request_count, 1);
    TR_CHECK_EQ(s.out.requests[0].type, TR_REQUEST_DEPOSIT);
    TR_CHECK_EQ(s.out.requests[0].data.len, 192);
    TR_CHECK_EQ(s.out.requests[0].data.data[0], 1);
    TR_CHECK_EQ(s.out.requests[0].data.data[191], 5);
    lab_close(&s.l);
    TR_CHECK_OK(run_deposit(&s, logs_other, deposit_data(1)));
    TR_CHECK_EQ(s.out.request_count, 0);
    lab_close(&s.l);
    TR_CHECK_OK(run_deposit(&s, logs_and_fails, deposit_data(1)));
    TR_CHECK_EQ(s.out.request_count, 0);
    lab_close(&s.l);
    tr_bytes short_data = deposit_data(1);
    short_data.len--;
    TR_CHECK_ERR(run_deposit(&s, logs_deposit, short_data), TR_E_BLOCK_DEPOSIT);
    lab_close(&s.l);
}

TR_TEST(withdrawals)
{
    site s;
    make(&s, TR_SHANGHAI);
    lab_put(&s.l, 11, 0, 5, "");
    lab_put(&s.l, 12, 0, 0, ""); /* empty, and there by some old mistake */
    tr_withdrawal list[] = {
        {.index = 1, .address = lab_addr(10), .amount = 3},
        {.index = 2, .address = lab_addr(11), .amount = UINT64_MAX},
        {.index = 3, .address = lab_addr(12), .amount = 0},
        {.index = 4, .address = lab_addr(13), .amount = 0},
        {.index = 5, .address = lab_addr(10), .amount = 4},
    };
    s.env.withdrawals = list;
    s.env.withdrawal_count = TR_COUNTOF(list);
    TR_CHECK_OK(begin(&s));
    TR_CHECK_OK(finish(&s));
    TR_CHECK_EQ(lab_balance(&s.l, 10), 7000000000);
    tr_u256 want =
        tr_u256_add(tr_u256_mul(tr_u256_of(UINT64_MAX), tr_u256_of(1000000000)), tr_u256_of(5));
    TR_CHECK(tr_u256_eq(lab_get(&s.l, 11)->balance, want));
    TR_CHECK(!lab_get(&s.l, 12)->exists);
    TR_CHECK(!lab_get(&s.l, 13)->exists);
    TR_CHECK(!s.out.has_requests && s.out.gas_used == 0);
    lab_close(&s.l);
}

/* Two uncles, one and three blocks old: 7/8 and 5/8 of two ether; and 1/32 for each. */
TR_TEST(rewards)
{
    static const uint64_t ether = 1000000000000000000;
    site s;
    tr_header uncles[2] = {{.number = 999, .coinbase = lab_addr(10)},
                           {.number = 997, .coinbase = lab_addr(11)}};
    make(&s, TR_BERLIN);
    s.env.no_reward = false;
    s.env.reward = tr_u256_of(2 * ether);
    s.env.uncles = uncles;
    s.env.uncle_count = 2;
    TR_CHECK_OK(begin(&s));
    TR_CHECK_OK(finish(&s));
    TR_CHECK_EQ(lab_balance(&s.l, LAB_COINBASE), 2 * ether + ether / 8);
    TR_CHECK_EQ(lab_balance(&s.l, 10), ether / 4 * 7);
    TR_CHECK_EQ(lab_balance(&s.l, 11), ether / 4 * 5);
    lab_close(&s.l);
    /* A reward of nothing touches; none does not. */
    for (int none = 0; none < 2; none++) {
        make(&s, TR_FRONTIER);
        s.env.no_reward = none != 0;
        TR_CHECK_OK(begin(&s));
        TR_CHECK_OK(finish(&s));
        TR_CHECK_EQ(lab_get(&s.l, LAB_COINBASE)->exists, none == 0);
        lab_close(&s.l);
    }
}

TR_TEST(the_daos_fork)
{
    static const char first[] = "005f5cee7a43331d5a3d3eec71305925a62f34b6";
    static const char last[] = "fe24cdd8648121a43a7c86d289be4dd2951ed49f";
    static const char refund[] = "bf4ed7b27f1d666546e30d74d50d173d20bca754";
    for (int kind = 0; kind < 3; kind++) {
        site s;
        make(&s, TR_HOMESTEAD);
        s.l.config.dao_block = kind == 1 ? 999 : 1000;
        s.l.config.dao_support = kind != 2;
        lab_put_at(&s.l, address_of(first), 0, tr_u256_of(100), tr_test_hex(""));
        lab_put_at(&s.l, address_of(last), 3, tr_u256_of(20), tr_test_hex("00"));
        lab_put_at(&s.l, address_of(refund), 0, tr_u256_of(3), tr_test_hex(""));
        TR_CHECK_OK(begin(&s));
        bool moves = kind == 0;
        TR_CHECK_EQ(tr_u256_to_u64(lab_at(&s.l, address_of(first))->balance), moves ? 0 : 100);
        TR_CHECK_EQ(tr_u256_to_u64(lab_at(&s.l, address_of(last))->balance), moves ? 0 : 20);
        TR_CHECK_EQ(tr_u256_to_u64(lab_at(&s.l, address_of(refund))->balance), moves ? 123 : 3);
        lab_close(&s.l);
    }
}

/* Logs one topic and the word 7. */
static const char logs_seven[] = "600760005260aa60206000a1";

TR_TEST(receipts)
{
    enum { N = 40 };
    site s;
    tr_receipt *receipt;
    make(&s, TR_LONDON);
    lab_put(&s.l, LAB_TO, 1, 0, logs_seven);
    lab_put(&s.l, LAB_OTHER, 1, 0, "fe");
    TR_CHECK_OK(begin(&s));
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    uint64_t gas = 0;
    for (unsigned i = 0; i < N; i++) {
        tx.to.addr = lab_addr(i % 4 == 3 ? LAB_OTHER : LAB_TO);
        tx.gas = 30000;
        tx.nonce = i;
        TR_CHECK_OK(add(&s, &tx, &receipt));
        TR_CHECK_EQ(receipt->success, i % 4 != 3);
        gas += i % 4 == 3 ? 30000 : 21000 + 5 * 3 + 6 + 375 + 375 + 256;
        /* One that is not valid changes nothing. */
        TR_CHECK_ERR(add(&s, &tx, &receipt), TR_E_TX_NONCE_LOW);
        TR_CHECK(receipt == NULL);
    }
    TR_CHECK_OK(finish(&s));
    TR_CHECK_EQ(s.out.receipt_count, N);
    for (unsigned i = 0; i < N; i++) {
        const tr_receipt *r = &s.out.receipts[i];
        TR_CHECK_EQ(r->type, TR_TX_FEE_MARKET);
        TR_CHECK_EQ(r->logs.count, i % 4 == 3 ? 0 : 1);
        if (i % 4 == 3) continue;
        const tr_receipt_log *log = TR_LIST_AT(tr_receipt_log, r->logs, 0);
        tr_addr to = lab_addr(LAB_TO);
        TR_CHECK_BYTES(TR_VIEW(log->address.b), TR_VIEW(to.b));
        TR_CHECK_EQ(log->topics.count, 1);
        TR_CHECK_EQ(TR_LIST_AT(tr_hash, log->topics, 0)->b[31], 0xaa);
        TR_CHECK(log->data.len == 32 && log->data.data[31] == 7);
        TR_CHECK(memcmp(r->bloom, s.out.bloom, TR_BLOOM) == 0);
    }
    TR_CHECK_EQ(s.out.gas_used, s.out.receipts[N - 1].cumulative_gas);
    TR_CHECK_EQ(s.out.gas_used, gas);
    tr_hash root;
    TR_CHECK_OK(tr_receipts_root(NULL, tr_test_arena(), NULL, N, s.out.receipts, &root));
    TR_CHECK_BYTES(TR_VIEW(s.out.receipts_root.b), TR_VIEW(root.b));
    lab_close(&s.l);
}

/* The gas of a block, and its blobs, are taken until they do not suffice. */
TR_TEST(the_blocks_gas)
{
    static const tr_hash hashes[6] = {{{1}}, {{1}}, {{1}}, {{1}}, {{1}}, {{1}}};
    site s;
    tr_receipt *receipt;
    make(&s, TR_CANCUN);
    s.env.gas_limit = 21000 * 3;
    s.env.blob_gas_max = 6 * 131072;
    TR_CHECK_OK(begin(&s));
    tr_tx tx = lab_tx(TR_TX_BLOB);
    tx.gas = 21000;
    tx.max_blob_fee = tr_u256_of(7);
    tx.blob_hashes = (tr_list){hashes, 4};
    TR_CHECK_OK(add(&s, &tx, &receipt));
    tx.nonce = 1;
    tx.blob_hashes.count = 3;
    TR_CHECK_ERR(add(&s, &tx, &receipt), TR_E_TX_BLOCK_BLOB_GAS);
    tx.blob_hashes.count = 2;
    TR_CHECK_OK(add(&s, &tx, &receipt));
    tx = lab_tx(TR_TX_FEE_MARKET);
    tx.nonce = 2;
    tx.gas = 21001;
    TR_CHECK_ERR(add(&s, &tx, &receipt), TR_E_TX_BLOCK_GAS);
    tx.gas = 21000;
    TR_CHECK_OK(add(&s, &tx, &receipt));
    TR_CHECK_OK(finish(&s));
    TR_CHECK_EQ(s.out.gas_used, 63000);
    TR_CHECK_EQ(s.out.blob_gas_used, 786432);
    lab_close(&s.l);
}

/* Canyon's receipts of deposits have a nonce and a version, earlier ones neither. */
TR_TEST(receipts_of_deposits)
{
    for (tr_fork fork = TR_PARIS; fork <= TR_SHANGHAI; fork++) {
        site s;
        tr_receipt *receipt;
        make(&s, fork);
        s.l.config.deposits = true;
        tr_tx tx = {.type = TR_TX_DEPOSIT, .to.some = true, .gas = 21000};
        TR_CHECK_OK(begin(&s));
        TR_CHECK_OK(add(&s, &tx, &receipt));
        TR_CHECK_EQ(receipt->has_deposit_nonce, fork == TR_SHANGHAI);
        TR_CHECK_EQ(receipt->has_deposit_version, fork == TR_SHANGHAI);
        TR_CHECK_EQ(receipt->deposit_version, fork == TR_SHANGHAI ? 1 : 0);
        lab_close(&s.l);
    }
}

/* Before Byzantium receipts have the root of the state between the transactions: here against the
 * root of what the memory holds, built anew. */
typedef struct naive_roots {
    tr_stf_roots roots;
    site *s;
    unsigned asked;
} naive_roots;

static tr_err naive_root(tr_stf_roots *self, tr_trail *trail, tr_state *state, tr_hash *out)
{
    naive_roots *roots = (naive_roots *)self;
    tr_changes changes, all;
    roots->asked++;
    TR_TRY(tr_state_changes(trail, state, tr_test_arena(), &changes));
    TR_TRY(tr_memory_world_apply(trail, roots->s->l.world, &changes));
    tr_state_settle(state);
    TR_TRY(tr_memory_world_all(trail, roots->s->l.world, tr_test_arena(), &all));
    return tr_state_root(trail, tr_test_arena(), NULL, &all, out);
}

TR_TEST(roots_between_transactions)
{
    site s;
    tr_receipt *receipt;
    tr_changes all;
    tr_hash want;
    make(&s, TR_SPURIOUS);
    naive_roots roots = {.roots = {naive_root}, .s = &s};
    TR_CHECK_OK(tr_stf_begin(NULL, s.l.evm, s.l.state, tr_test_arena(), &s.env, &roots.roots, NULL,
                             &s.builder));
    tr_tx tx = lab_tx(TR_TX_LEGACY);
    tx.value = tr_u256_of(5);
    TR_CHECK_OK(add(&s, &tx, &receipt));
    TR_CHECK(receipt->has_root && roots.asked == 1);
    TR_CHECK_OK(tr_memory_world_all(NULL, s.l.world, tr_test_arena(), &all));
    TR_CHECK_EQ(all.count, 3);
    TR_CHECK_OK(tr_state_root(NULL, tr_test_arena(), NULL, &all, &want));
    TR_CHECK_BYTES(TR_VIEW(receipt->root.b), TR_VIEW(want.b));
    tx.nonce = 1;
    TR_CHECK_OK(add(&s, &tx, &receipt));
    TR_CHECK(memcmp(&receipt->root, &want, sizeof(want)) != 0);
    TR_CHECK_OK(finish(&s));
    lab_close(&s.l);
    /* Without them there is no such receipt. */
    make(&s, TR_SPURIOUS);
    TR_CHECK_OK(begin(&s));
    tx.nonce = 0;
    TR_CHECK_ERR(add(&s, &tx, &receipt), TR_E_ARGUMENT);
    lab_close(&s.l);
}

/* A small block of everything, in an arena that ends early. */
static tr_err small_block(tr_alloc *alloc, void *context)
{
    site *s = context;
    tr_arena arena;
    tr_receipt *receipt;
    tr_addr sender = lab_addr(LAB_SENDER);
    tr_state_clear(s->l.state, tr_memory_world_door(s->l.world));
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.to.addr = s->l.config.deposit_contract;
    tx.data = deposit_data(1);
    tr_err err = tr_stf_begin(NULL, s->l.evm, s->l.state, &arena, &s->env, NULL, NULL, &s->builder);
    if (err == TR_OK) err = tr_stf_add(NULL, s->builder, &tx, &sender, NULL, NULL, &receipt);
    if (err == TR_OK) err = tr_stf_end(NULL, s->builder, NULL, &s->out);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(without_memory)
{
    site s;
    make(&s, TR_OSAKA);
    put_usual(&s);
    lab_put_at(&s.l, s.l.config.deposit_contract, 1, TR_U256_ZERO, tr_test_hex(logs_deposit));
    tr_test_out_of_memory(small_block, &s);
    TR_CHECK_EQ(s.out.request_count, 1);
    lab_close(&s.l);
}

/* The public functions of trestle/evm.h.
 *
 * The program's world of these tests is the world in memory of a second machine, so that both kinds
 * can be held against one another. */
#include "trestle/evm.h"

#include "harness.h"
#include "stf/evm_abi_internal.h"
#include "trestle/trie.h"
#include "trestle/tx.h"

/* Writes 42 to slot 1, logs topic 7 with no data, and returns 42. */
static const char keeper[] = "602a60015560075f5fa1602a5f5260205ff3";
/* Its gas: five PUSH1 and four PUSH0, a cold slot that was 0, a log with a topic, a word of memory.
 */
enum { KEEPER_GAS = 5 * 3 + 4 * 2 + 22100 + 750 + 6 };

static tr_vm *make(const char *fork, size_t max_bytes, const tr_vm_world *world)
{
    tr_vm *vm;
    tr_vm_options options = {.fork = fork, .chain_id = 1, .max_bytes = max_bytes, .world = world};
    TR_CHECK_OK(tr_vm_new(&options, &vm));
    return vm;
}

static void addr(unsigned n, uint8_t out[20])
{
    memset(out, 0, 20);
    out[0] = 0xa0;
    out[19] = (uint8_t)n;
}

static void word(uint64_t n, uint8_t out[32])
{
    memset(out, 0, 32);
    tr_store64be(out + 24, n);
}

static void put(tr_vm *vm, unsigned n, uint64_t balance, const char *code)
{
    uint8_t address[20], be[32];
    tr_bytes bytes = tr_test_hex(code);
    addr(n, address);
    word(balance, be);
    TR_CHECK_OK(tr_vm_set_account(vm, address, 0, be, bytes.data, bytes.len));
}

static void put_slot(tr_vm *vm, unsigned n, uint64_t key, uint64_t value)
{
    uint8_t address[20], k[32], v[32];
    addr(n, address);
    word(key, k);
    word(value, v);
    TR_CHECK_OK(tr_vm_set_slot(vm, address, k, v));
}

static uint64_t slot_of(tr_vm *vm, unsigned n, uint64_t key)
{
    uint8_t address[20], k[32], v[32];
    addr(n, address);
    word(key, k);
    TR_CHECK_OK(tr_vm_get_slot(vm, address, k, v));
    return tr_load64be(v + 24);
}

static uint64_t balance_of(tr_vm *vm, unsigned n)
{
    tr_vm_account account;
    uint8_t address[20];
    addr(n, address);
    TR_CHECK_OK(tr_vm_get_account(vm, address, &account));
    return tr_load64be(account.balance + 24);
}

static tr_vm_message message(unsigned kind, unsigned to)
{
    tr_vm_message m = {.kind = (uint8_t)kind, .gas = 1000000};
    addr(1, m.sender);
    addr(to, m.to);
    return m;
}

static tr_vm_message create(const char *code)
{
    tr_vm_message m = message(TR_VM_CREATE, 0);
    tr_bytes bytes = tr_test_hex(code);
    m.input = bytes.data;
    m.input_len = bytes.len;
    return m;
}

TR_TEST(a_message)
{
    tr_vm_result r;
    uint8_t forty_two[32];
    tr_vm *vm = make("Osaka", 0, NULL);
    put(vm, 1, 1000, "");
    put(vm, 2, 0, keeper);
    tr_vm_message m = message(TR_VM_CALL, 2);
    word(100, m.value);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_OK);
    TR_CHECK_EQ(r.gas_used, KEEPER_GAS);
    TR_CHECK_EQ(r.gas_left, m.gas - KEEPER_GAS);
    word(42, forty_two);
    TR_CHECK_BYTES(tr_bytes_of(r.output, r.output_len), TR_VIEW(forty_two));
    TR_CHECK_EQ(r.log_count, 1);
    TR_CHECK_BYTES(TR_VIEW(r.logs[0].address), TR_VIEW(m.to));
    TR_CHECK_EQ(r.logs[0].topic_count, 1);
    TR_CHECK_EQ(r.logs[0].topics[0][31], 7);
    TR_CHECK_EQ(r.logs[0].data_len, 0);
    TR_CHECK_EQ(r.created, 0);
    TR_CHECK_EQ(balance_of(vm, 1), 900);
    TR_CHECK_EQ(balance_of(vm, 2), 100);
    TR_CHECK_EQ(slot_of(vm, 2, 1), 42);
    /* again: the slot is as it was, and cold again */
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.gas_used, KEEPER_GAS - 22100 + 2200);
    tr_vm_rollback(vm);
    TR_CHECK_EQ(slot_of(vm, 2, 1), 0);
    TR_CHECK_EQ(balance_of(vm, 1), 1000);
    tr_vm_free(vm);
    tr_vm_free(NULL);
}

TR_TEST(how_messages_end)
{
    static const struct {
        const char *code;
        int status;
    } cases[] = {
        {"5f5ffd", TR_VM_REVERT},      {"600356", TR_VM_BAD_JUMP}, {"5b5f56", TR_VM_OUT_OF_GAS},
        {"01", TR_VM_STACK_UNDERFLOW}, {"fe", TR_VM_BAD_OPCODE},   {"60205f5f3e", TR_VM_RETURNDATA},
    };
    tr_vm_result r;
    tr_vm *vm = make("cancun", 0, NULL);
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        put(vm, 2, 0, cases[i].code);
        tr_vm_message m = message(TR_VM_CALL, 2);
        m.gas = 100000;
        TR_CHECK_OK(tr_vm_run(vm, &m, &r));
        TR_CHECK_EQ(r.status, cases[i].status);
        TR_CHECK_EQ(r.gas_left == 0, cases[i].status != TR_VM_REVERT);
        tr_vm_rollback(vm);
    }
    /* code instead of what is there; a static call changes nothing; no money */
    tr_bytes code = tr_test_hex("600356");
    tr_vm_message m = message(TR_VM_CALL, 2);
    m.code = code.data;
    m.code_len = code.len;
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_BAD_JUMP);
    code = tr_test_hex(keeper);
    m = message(TR_VM_STATICCALL, 2);
    m.code = code.data;
    m.code_len = code.len;
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_STATIC);
    m = message(TR_VM_CALL, 2);
    word(1, m.value);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_BALANCE);
    TR_CHECK_EQ(r.gas_left, m.gas);
    TR_CHECK_STR(tr_vm_status_text(TR_VM_OUT_OF_GAS), "out of gas");
    TR_CHECK_STR(tr_vm_status_text(-1), "unknown");
    tr_vm_free(vm);
}

/* The address is the one that this well-known sender's first contract has on the main chain
 * (ethereum's own documents show it). */
TR_TEST(creates)
{
    static uint8_t long_code[49153];
    tr_vm_result r;
    tr_vm_account account;
    const uint8_t *code;
    size_t len;
    uint8_t zero[32] = {0};
    tr_vm *vm = make("Osaka", 0, NULL);
    /* returns one byte of code: 00 */
    tr_vm_message m = create("60015ff3");
    tr_bytes sender = tr_test_hex("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
    memcpy(m.sender, sender.data, sender.len);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_OK);
    TR_CHECK_EQ(r.created, 1);
    TR_CHECK_BYTES(TR_VIEW(r.contract), tr_test_hex("cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"));
    TR_CHECK_EQ(r.gas_used, 3 + 2 + 3 + 200);
    TR_CHECK_OK(tr_vm_get_code(vm, r.contract, &code, &len));
    TR_CHECK_BYTES(tr_bytes_of(code, len), tr_test_hex("00"));
    TR_CHECK_OK(tr_vm_get_account(vm, m.sender, &account));
    TR_CHECK_EQ(account.nonce, 1);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_BYTES(TR_VIEW(r.contract), tr_test_hex("343c43a37d37dff08ae8c4a11544c718abb4fcf8"));
    m.input = long_code;
    m.input_len = sizeof(long_code);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_INITCODE_SIZE);
    TR_CHECK_EQ(r.gas_left, 0);
    TR_CHECK_EQ(r.created, 0);
    tr_vm_rollback(vm);
    TR_CHECK_OK(tr_vm_set_account(vm, m.sender, UINT64_MAX, zero, NULL, 0));
    m.input_len = 1;
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_NONCE);
    TR_CHECK_EQ(r.gas_left, m.gas);
    TR_CHECK_OK(tr_vm_get_code(vm, m.sender, &code, &len));
    TR_CHECK_EQ(len, 0);
    tr_vm_free(vm);
}

/* Roots, against a trie made by hand: an account is rlp([nonce, balance, root, code hash]). */
TR_TEST(roots)
{
    static const char empty[] = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
    static const char leaf[] =
        "f8440105a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0"
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
    uint8_t root[32], want[32], address[20], five[32];
    tr_vm *vm = make("Osaka", 0, NULL);
    TR_CHECK_OK(tr_vm_root(vm, root));
    TR_CHECK_BYTES(TR_VIEW(root), tr_test_hex(empty));
    addr(1, address);
    word(5, five);
    TR_CHECK_OK(tr_vm_set_account(vm, address, 1, five, NULL, 0));
    tr_patricia *trie;
    tr_bytes value = tr_test_hex(leaf);
    TR_CHECK_OK(tr_patricia_new(1, 0, &trie));
    TR_CHECK_OK(tr_patricia_put(trie, address, sizeof(address), value.data, value.len));
    TR_CHECK_OK(tr_patricia_root(trie, want));
    TR_CHECK_OK(tr_vm_root(vm, root));
    TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(want));
    /* storage that comes and goes leaves no trace, nor does an account */
    put_slot(vm, 1, 1, 2);
    TR_CHECK_OK(tr_vm_root(vm, root));
    TR_CHECK(memcmp(root, want, sizeof(root)) != 0);
    put_slot(vm, 1, 1, 2);
    put_slot(vm, 1, 1, 0);
    put(vm, 2, 7, keeper);
    put_slot(vm, 2, 3, 4);
    addr(2, address);
    TR_CHECK_OK(tr_vm_remove_account(vm, address));
    TR_CHECK_OK(tr_vm_remove_account(vm, address));
    TR_CHECK_OK(tr_vm_root(vm, root));
    TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(want));
    tr_patricia_free(trie);
    tr_vm_free(vm);
}

/* A forest that was there before a commit, and one that is built after it, say the same. */
TR_TEST(commits)
{
    tr_vm_result r;
    uint8_t early[32], late[32], before[32];
    const tr_vm_change *changes;
    size_t count;
    tr_vm *vm[2];
    for (unsigned i = 0; i < 2; i++) {
        vm[i] = make("Osaka", 0, NULL);
        put(vm[i], 1, 1000, "");
        put(vm[i], 2, 0, keeper);
        if (i == 0) TR_CHECK_OK(tr_vm_root(vm[0], before));
        tr_vm_message m = message(TR_VM_CALL, 2);
        word(9, m.value);
        TR_CHECK_OK(tr_vm_run(vm[i], &m, &r));
        TR_CHECK_OK(tr_vm_changes(vm[i], &changes, &count));
        TR_CHECK_EQ(count, 2);
        TR_CHECK_EQ(changes[0].address[19], 1);
        TR_CHECK_EQ(changes[0].balance[30], 991 >> 8);
        TR_CHECK_EQ(changes[1].slot_count, 1);
        TR_CHECK_EQ(changes[1].slots[0].key[31], 1);
        TR_CHECK_EQ(changes[1].slots[0].value[31], 42);
        TR_CHECK_EQ(changes[1].slots[0].before[31], 0);
        TR_CHECK_EQ(changes[1].code_changed, 0);
        TR_CHECK_EQ(changes[1].existed, 1);
        TR_CHECK_OK(tr_vm_commit(vm[i]));
        TR_CHECK_OK(tr_vm_changes(vm[i], &changes, &count));
        TR_CHECK_EQ(count, 0);
        tr_vm_rollback(vm[i]);
        TR_CHECK_EQ(slot_of(vm[i], 2, 1), 42);
    }
    TR_CHECK_OK(tr_vm_root(vm[0], early));
    TR_CHECK_OK(tr_vm_root(vm[1], late));
    TR_CHECK_BYTES(TR_VIEW(early), TR_VIEW(late));
    TR_CHECK(memcmp(early, before, sizeof(early)) != 0);
    tr_vm_free(vm[0]);
    tr_vm_free(vm[1]);
}

/* A contract goes, as in the forks before Cancun, and the root is that of a world without it. */
TR_TEST(what_is_destroyed)
{
    tr_vm_result r;
    const tr_vm_change *changes;
    size_t count;
    uint8_t root[32], want[32];
    tr_vm *vm = make("Byzantium", 0, NULL), *other = make("Byzantium", 0, NULL);
    put(vm, 1, 10, "");
    put(vm, 2, 5, "33ff");
    put_slot(vm, 2, 1, 7);
    put(other, 1, 15, "");
    TR_CHECK_OK(tr_vm_root(vm, root));
    tr_vm_message m = message(TR_VM_CALL, 2);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.gas_used, 2 + 5000);
    TR_CHECK_EQ(r.gas_refunded, 24000);
    TR_CHECK_OK(tr_vm_changes(vm, &changes, &count));
    TR_CHECK_EQ(count, 2);
    TR_CHECK_EQ(changes[0].balance[31], 15);
    TR_CHECK(changes[1].existed == 1 && changes[1].exists == 0);
    TR_CHECK_OK(tr_vm_commit(vm));
    TR_CHECK_OK(tr_vm_root(vm, root));
    TR_CHECK_OK(tr_vm_root(other, want));
    TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(want));
    tr_vm_free(vm);
    tr_vm_free(other);
}

TR_TEST(the_block_is_seen)
{
    /* hash of block 99, COINBASE, NUMBER, TIMESTAMP, PREVRANDAO, GASLIMIT, BASEFEE, BLOBBASEFEE,
     * CHAINID, ORIGIN, GASPRICE */
    static const char code[] = "606340"
                               "5f52"
                               "41602052"
                               "43604052"
                               "42606052"
                               "44608052"
                               "4560a052"
                               "4860c052"
                               "4a60e052"
                               "4661010052"
                               "3261012052"
                               "3a61014052"
                               "6101605ff3";
    tr_vm_result r;
    uint8_t hash[32];
    memset(hash, 0x77, sizeof(hash));
    tr_vm *vm = make("Osaka", 0, NULL);
    put(vm, 2, 0, code);
    TR_CHECK_OK(tr_vm_set_block_hash(vm, 99, hash));
    tr_vm_block block = {.number = 100, .time = 5000, .gas_limit = 60000000};
    addr(9, block.coinbase);
    word(123, block.prevrandao);
    word(7, block.base_fee);
    word(3, block.blob_base_fee);
    tr_vm_set_block(vm, &block);
    tr_vm_message m = message(TR_VM_CALL, 2);
    word(11, m.gas_price);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.output_len, 11 * 32);
    TR_CHECK_BYTES(tr_bytes_of(r.output, 32), TR_VIEW(hash));
    TR_CHECK_BYTES(tr_bytes_of(r.output + 32 + 12, 20), TR_VIEW(block.coinbase));
    const uint64_t want[] = {100, 5000, 123, 60000000, 7, 3, 1};
    for (size_t i = 0; i < TR_COUNTOF(want); i++)
        TR_CHECK_EQ(tr_load64be(r.output + 32 * (i + 2) + 24), want[i]);
    TR_CHECK_BYTES(tr_bytes_of(r.output + 9 * 32 + 12, 20), TR_VIEW(m.sender));
    TR_CHECK_EQ(r.output[10 * 32 + 31], 11);
    tr_vm_free(vm);
}

/* Transactions. */

static tr_transaction *sign(unsigned to, uint64_t nonce, uint64_t gas, uint64_t value)
{
    tr_transaction *t;
    uint8_t key[32];
    tr_transaction_fields fields = {.type = 2, .chain_id = 1, .nonce = nonce, .gas = gas};
    addr(to, fields.to);
    word(value, fields.value);
    word(20, fields.max_fee);
    word(2, fields.max_priority);
    memset(key, 0x46, sizeof(key));
    TR_CHECK_OK(tr_transaction_new(&fields, &t));
    TR_CHECK_OK(tr_transaction_sign(t, key));
    return t;
}

static tr_err transact(tr_vm *vm, const tr_transaction *t, tr_vm_receipt *out)
{
    size_t len;
    const uint8_t *raw = tr_transaction_encoding(t, &len);
    return tr_vm_transact(vm, raw, len, out);
}

static void open_block(tr_vm *vm, uint64_t gas_limit)
{
    tr_vm_block block = {.number = 100, .time = 5000, .gas_limit = gas_limit};
    addr(9, block.coinbase);
    word(7, block.base_fee);
    tr_vm_set_block(vm, &block);
}

static void fund(tr_vm *vm, const tr_transaction *t, uint64_t wei, uint8_t sender[20])
{
    uint8_t be[32];
    word(wei, be);
    TR_CHECK_OK(tr_transaction_sender(t, sender));
    TR_CHECK_OK(tr_vm_set_account(vm, sender, 0, be, NULL, 0));
}

TR_TEST(transactions)
{
    tr_vm_receipt r;
    tr_vm_account account;
    uint8_t sender[20], hash[32];
    tr_vm *vm = make("Osaka", 0, NULL);
    tr_transaction *first = sign(2, 0, 100000, 5), *second = sign(2, 1, 90000, 0);
    put(vm, 2, 0, keeper);
    fund(vm, first, 10000000, sender);
    open_block(vm, 150000);
    TR_CHECK_ERR(transact(vm, second, &r), TR_E_TX_NONCE_HIGH);
    TR_CHECK_STR(tr_vm_why(vm), "the nonce is 1, the sender's next one 0");
    TR_CHECK_OK(transact(vm, first, &r));
    TR_CHECK_EQ(r.result.status, TR_VM_OK);
    TR_CHECK_EQ(r.result.gas_used, 21000 + KEEPER_GAS);
    TR_CHECK_EQ(r.result.gas_left, 100000 - 21000 - KEEPER_GAS);
    TR_CHECK_EQ(r.cumulative_gas, 21000 + KEEPER_GAS);
    TR_CHECK_EQ(r.type, 2);
    TR_CHECK_EQ(r.gas_price[31], 9);
    TR_CHECK_BYTES(TR_VIEW(r.sender), TR_VIEW(sender));
    tr_transaction_hash(first, hash);
    TR_CHECK_BYTES(TR_VIEW(r.hash), TR_VIEW(hash));
    TR_CHECK_EQ(r.result.log_count, 1);
    unsigned bits = 0;
    for (size_t i = 0; i < sizeof(r.bloom); i++) bits += (unsigned)__builtin_popcount(r.bloom[i]);
    TR_CHECK(bits >= 4 && bits <= 6); /* three for the address, three for the topic */
    TR_CHECK_EQ(balance_of(vm, 9), 2 * r.result.gas_used);
    TR_CHECK_OK(tr_vm_get_account(vm, sender, &account));
    TR_CHECK_EQ(tr_load64be(account.balance + 24), 10000000 - 5 - 9 * r.result.gas_used);
    /* the block has no room for the second, but when the first is rolled back */
    TR_CHECK_OK(transact(vm, second, &r));
    TR_CHECK(r.cumulative_gas > r.result.gas_used);
    tr_vm_rollback(vm);
    TR_CHECK_OK(transact(vm, first, &r));
    TR_CHECK_EQ(r.cumulative_gas, r.result.gas_used);
    TR_CHECK_OK(tr_vm_commit(vm));
    TR_CHECK_ERR(transact(vm, first, &r), TR_E_TX_NONCE_LOW);
    open_block(vm, 80000);
    TR_CHECK_ERR(transact(vm, second, &r), TR_E_TX_BLOCK_GAS);
    /* nothing was run since the commit: accounts can be set */
    put(vm, 3, 1, "");
    tr_transaction_free(first);
    tr_transaction_free(second);
    tr_vm_free(vm);
}

TR_TEST(creates_and_deposits)
{
    tr_vm *vm;
    tr_vm_receipt r;
    tr_transaction *t;
    uint8_t from[20] = {0};
    tr_vm_options options = {.fork = "Cancun", .chain_id = 10, .deposits = 1};
    tr_bytes code = tr_test_hex("60015ff3");
    tr_transaction_fields fields = {
        .type = 0x7e, .creates = 1, .gas = 100000, .data = code.data, .data_len = code.len};
    TR_CHECK_OK(tr_transaction_new(&fields, &t));
    TR_CHECK_OK(tr_vm_new(&options, &vm));
    TR_CHECK_OK(transact(vm, t, &r));
    TR_CHECK_EQ(r.type, 0x7e);
    TR_CHECK_EQ(r.result.created, 1);
    TR_CHECK_BYTES(TR_VIEW(r.sender), TR_VIEW(from));
    /* keccak(rlp([20 zero bytes, 0])) */
    TR_CHECK_BYTES(TR_VIEW(r.result.contract),
                   tr_test_hex("bd770416a3345f91e4b34576cb804a576fa48eb1"));
    tr_vm_free(vm);
    vm = make("Cancun", 0, NULL);
    TR_CHECK_ERR(transact(vm, t, &r), TR_E_TX_TYPE_FORK);
    tr_transaction_free(t);
    tr_vm_free(vm);
}

/* An account that gives itself the keeper's code: the authorization's signer is not known before,
 * as its signature is made up; it is found again among the changes. */
TR_TEST(authorizations)
{
    static const char json[] =
        "{\"type\":\"0x4\",\"chainId\":\"0x1\",\"nonce\":\"0x0\",\"gas\":\"0x186a0\","
        "\"maxFeePerGas\":\"0x14\",\"maxPriorityFeePerGas\":\"0x2\",\"value\":\"0x0\","
        "\"to\":\"0xa000000000000000000000000000000000000003\",\"input\":\"0x\","
        "\"accessList\":[],\"authorizationList\":[{\"chainId\":\"0x1\",\"address\":"
        "\"0xa000000000000000000000000000000000000002\",\"nonce\":\"0x0\",\"yParity\":\"0x0\","
        "\"r\":\"0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\","
        "\"s\":\"0x1\"}]}";
    tr_vm_receipt r;
    tr_transaction *t;
    const tr_vm_change *changes;
    size_t count, found = 0;
    uint8_t key[32], sender[20];
    memset(key, 0x46, sizeof(key));
    tr_vm *vm = make("Prague", 0, NULL);
    put(vm, 2, 0, keeper);
    TR_CHECK_OK(tr_transaction_from_json(json, strlen(json), &t));
    TR_CHECK_OK(tr_transaction_sign(t, key));
    fund(vm, t, 10000000, sender);
    TR_CHECK_OK(transact(vm, t, &r));
    TR_CHECK_EQ(r.result.gas_used, 21000 + 25000);
    TR_CHECK_OK(tr_vm_changes(vm, &changes, &count));
    for (size_t i = 0; i < count; i++) {
        if (changes[i].code_changed == 0) continue;
        TR_CHECK_BYTES(tr_bytes_of(changes[i].code, changes[i].code_len),
                       tr_test_hex("ef0100a000000000000000000000000000000000000002"));
        TR_CHECK_EQ(changes[i].nonce, 1);
        found++;
    }
    TR_CHECK_EQ(found, 1);
    tr_transaction_free(t);
    tr_vm_free(vm);
}

/* The program's world: another machine's, with a fault to be put in. */
typedef struct backing {
    tr_vm *vm, *user;
    unsigned calls, fail_at;
    bool wrong_code, calls_back;
} backing;

static tr_err step(backing *b)
{
    const tr_vm_block block = {.number = 1};
    tr_vm_result r;
    const tr_vm_message m = message(TR_VM_CALL, 2);
    if (b->calls_back) {
        tr_vm_rollback(b->user); /* these two do nothing here */
        tr_vm_set_block(b->user, &block);
        return tr_vm_run(b->user, &m, &r);
    }
    return ++b->calls == b->fail_at ? TR_E_IO : TR_OK;
}

static tr_err back_account(void *context, const uint8_t address[20], tr_vm_account *out)
{
    backing *b = context;
    TR_TRY(step(b));
    return tr_vm_get_account(b->vm, address, out);
}

static tr_err back_slot(void *context, const uint8_t address[20], const uint8_t key[32],
                        uint8_t out[32])
{
    backing *b = context;
    TR_TRY(step(b));
    return tr_vm_get_slot(b->vm, address, key, out);
}

static tr_err back_code(void *context, const uint8_t address[20], const uint8_t hash[32],
                        const uint8_t **code, size_t *len)
{
    backing *b = context;
    (void)hash;
    TR_TRY(step(b));
    TR_TRY(tr_vm_get_code(b->vm, address, code, len));
    if (b->wrong_code) (*len)--;
    return TR_OK;
}

static tr_err back_block_hash(void *context, uint64_t number, uint8_t out[32])
{
    backing *b = context;
    memset(out, (int)number, 32);
    return step(b);
}

static tr_vm_world world_of(backing *b)
{
    return (tr_vm_world){b, back_account, back_slot, back_code, back_block_hash};
}

/* Adds slot 1 and the hash of block 99, having asked for the size of account 3's code, and keeps
 * the sum in slot 2. */
static const char reader[] = "600154606340"
                             "73a0000000000000000000000000000000000000033b50"
                             "0160025500";

static void village(tr_vm *vm)
{
    put(vm, 1, 1000, "");
    put(vm, 2, 50, reader);
    put_slot(vm, 2, 1, 5);
    put(vm, 3, 0, keeper);
    put_slot(vm, 3, 9, 9);
    put(vm, 4, 77, "fe");
}

TR_TEST(both_worlds_are_the_same)
{
    tr_vm *inner = make("Osaka", 0, NULL), *plain = make("Osaka", 0, NULL);
    backing b = {.vm = inner};
    tr_vm_world world = world_of(&b);
    tr_vm *outer = make("Osaka", 0, &world);
    tr_vm *both[] = {plain, outer};
    uint8_t hash[32], root[2][32], address[20];
    village(inner);
    village(plain);
    memset(hash, 99, sizeof(hash));
    TR_CHECK_OK(tr_vm_set_block_hash(plain, 99, hash));
    for (unsigned i = 0; i < 2; i++) open_block(both[i], 30000000);
    for (unsigned i = 0; i < 12; i++) {
        tr_vm_result r[2];
        for (unsigned k = 0; k < 2; k++) {
            tr_vm_message m = i % 4 == 3 ? create(keeper) : message(TR_VM_CALL, 2 + i % 4);
            word(i, m.value);
            if (i == 4) tr_vm_rollback(both[k]);
            TR_CHECK_OK(tr_vm_run(both[k], &m, &r[k]));
        }
        TR_CHECK_EQ(r[0].status, r[1].status);
        TR_CHECK_EQ(r[0].gas_used, r[1].gas_used);
        TR_CHECK_EQ(r[0].log_count, r[1].log_count);
        TR_CHECK_BYTES(tr_bytes_of(r[0].output, r[0].output_len),
                       tr_bytes_of(r[1].output, r[1].output_len));
    }
    /* what the program's world takes of the changes */
    const tr_vm_change *changes;
    size_t count;
    TR_CHECK_OK(tr_vm_changes(outer, &changes, &count));
    TR_CHECK(count >= 4);
    for (size_t i = 0; i < count; i++) {
        const tr_vm_change *c = &changes[i];
        const uint8_t *code = c->code;
        size_t len = c->code_len;
        if (c->code_changed == 0) TR_CHECK_OK(tr_vm_get_code(inner, c->address, &code, &len));
        TR_CHECK_OK(tr_vm_set_account(inner, c->address, c->nonce, c->balance, code, len));
        for (size_t k = 0; k < c->slot_count; k++)
            TR_CHECK_OK(tr_vm_set_slot(inner, c->address, c->slots[k].key, c->slots[k].value));
    }
    TR_CHECK_OK(tr_vm_commit(outer));
    TR_CHECK_OK(tr_vm_commit(plain));
    TR_CHECK_OK(tr_vm_root(inner, root[0]));
    TR_CHECK_OK(tr_vm_root(plain, root[1]));
    TR_CHECK_BYTES(TR_VIEW(root[0]), TR_VIEW(root[1]));
    TR_CHECK_ERR(tr_vm_root(outer, root[0]), TR_E_STATE);
    addr(1, address);
    TR_CHECK_ERR(tr_vm_remove_account(outer, address), TR_E_STATE);
    TR_CHECK_EQ(slot_of(outer, 3, 9), 9);
    tr_vm_free(outer);
    tr_vm_free(plain);
    tr_vm_free(inner);
}

/* Each callback in turn fails; the machine is good again afterwards. */
TR_TEST(callbacks_that_fail)
{
    backing b = {.vm = make("Osaka", 0, NULL)};
    tr_vm_world world = world_of(&b);
    tr_vm *vm = make("Osaka", 0, &world);
    tr_vm_result r;
    tr_vm_message m = message(TR_VM_CALL, 2);
    tr_vm_account account;
    const uint8_t *code;
    size_t len;
    village(b.vm);
    open_block(vm, 30000000);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.status, TR_VM_OK);
    unsigned all = b.calls;
    TR_CHECK(all >= 6); /* accounts, a code, two slots, a block hash */
    for (unsigned i = 1; i <= all; i++) {
        tr_vm_rollback(vm);
        b.calls = 0;
        b.fail_at = i;
        TR_CHECK_ERR(tr_vm_run(vm, &m, &r), TR_E_IO);
        TR_CHECK(strstr(tr_vm_why(vm), "callback") != NULL);
        b.fail_at = 0;
        TR_CHECK_OK(tr_vm_run(vm, &m, &r));
        TR_CHECK_EQ(r.status, TR_VM_OK);
    }
    for (unsigned i = 1; i <= 2; i++) {
        uint8_t value[32];
        b.calls = 0;
        b.fail_at = i;
        tr_vm_rollback(vm);
        TR_CHECK_ERR(i == 1 ? tr_vm_get_account(vm, m.to, &account)
                            : tr_vm_get_slot(vm, m.to, m.value, value),
                     TR_E_IO);
    }
    b.fail_at = 0;
    b.wrong_code = true;
    TR_CHECK_ERR(tr_vm_run(vm, &m, &r), TR_E_CHECKSUM);
    TR_CHECK_ERR(tr_vm_get_code(vm, m.to, &code, &len), TR_E_CHECKSUM);
    b.wrong_code = false;
    b.calls_back = true;
    b.user = vm;
    TR_CHECK_ERR(tr_vm_run(vm, &m, &r), TR_E_STATE);
    b.calls_back = false;
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    tr_vm_free(vm);
    world.block_hash = NULL;
    vm = make("Osaka", 0, &world);
    open_block(vm, 30000000);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(slot_of(vm, 2, 2), 5);
    tr_vm_free(vm);
    tr_vm_free(b.vm);
}

TR_TEST(what_is_refused)
{
    tr_vm *vm;
    tr_vm_result r;
    tr_vm_receipt receipt;
    uint8_t address[20], zero[32] = {0};
    tr_vm_options options = {.fork = "Rome"};
    TR_CHECK_ERR(tr_vm_new(&options, &vm), TR_E_ARGUMENT);
    options.fork = NULL;
    TR_CHECK_ERR(tr_vm_new(&options, &vm), TR_E_ARGUMENT);
    tr_vm_world world = {.account = back_account, .slot = back_slot};
    options = (tr_vm_options){.fork = "Osaka", .world = &world};
    TR_CHECK_ERR(tr_vm_new(&options, &vm), TR_E_ARGUMENT);
    TR_CHECK(vm == NULL);
    vm = make("Osaka", 0, NULL);
    addr(1, address);
    TR_CHECK_ERR(tr_vm_set_slot(vm, address, zero, zero), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_vm_set_account(vm, address, 0, zero, NULL, 1), TR_E_ARGUMENT);
    tr_vm_message bad[6];
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) bad[i] = message(TR_VM_CALL, 2);
    bad[0].kind = 3;
    bad[1].gas = UINT64_MAX;
    bad[2].input_len = 1;
    bad[3].code_len = 1;
    bad[4].kind = TR_VM_CREATE;
    bad[4].code = zero;
    bad[5].kind = TR_VM_STATICCALL;
    bad[5].value[0] = 1;
    for (size_t i = 0; i < TR_COUNTOF(bad); i++)
        TR_CHECK_ERR(tr_vm_run(vm, &bad[i], &r), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_vm_transact(vm, NULL, 1, &receipt), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_vm_transact(vm, NULL, 0, &receipt), TR_E_SHORT);
    TR_CHECK_ERR(tr_vm_transact(vm, zero, 1, &receipt), TR_E_TX_TYPE);
    tr_bytes unsigned_one = tr_test_hex("c9808080808080808080");
    TR_CHECK_ERR(tr_vm_transact(vm, unsigned_one.data, unsigned_one.len, &receipt), TR_E_TX_V);
    tr_vm_message good = message(TR_VM_CALL, 2);
    TR_CHECK_OK(tr_vm_run(vm, &good, &r));
    TR_CHECK_STR(tr_vm_why(vm), "");
    TR_CHECK_ERR(tr_vm_set_account(vm, address, 0, zero, NULL, 0), TR_E_STATE);
    tr_vm_rollback(vm);
    TR_CHECK_OK(tr_vm_set_account(vm, address, 0, zero, NULL, 0));
    tr_vm_free(vm);
}

TR_TEST(tracing)
{
    const char *json;
    size_t len;
    tr_vm_result r;
    tr_vm_receipt receipt;
    uint8_t sender[20];
    tr_vm *vm = make("Osaka", 0, NULL);
    put(vm, 2, 0, keeper);
    tr_vm_message m = message(TR_VM_CALL, 2);
    TR_CHECK_ERR(tr_vm_trace(vm, &json, &len), TR_E_EMPTY);
    TR_CHECK_ERR(tr_vm_set_tracer(vm, "{step: function() {}}", NULL), TR_E_UNSUPPORTED);
    TR_CHECK_ERR(tr_vm_set_tracer(vm, "callTracer", "{"), TR_E_SHORT);
    TR_CHECK_ERR(tr_vm_set_tracer(vm, "callTracer", "{\"withLog\":3}"), TR_E_TYPE);
    TR_CHECK_OK(tr_vm_set_tracer(vm, "callTracer", "{\"withLog\":true}"));
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_OK(tr_vm_trace(vm, &json, &len));
    TR_CHECK_EQ(strlen(json), len);
    TR_CHECK(strstr(json, "\"type\":\"CALL\"") != NULL);
    TR_CHECK(strstr(json, "\"logs\":[{\"address\":\"0xa0000000") != NULL);
    TR_CHECK_OK(tr_vm_set_tracer(vm, "", NULL));
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_OK(tr_vm_trace(vm, &json, &len));
    TR_CHECK(strstr(json, "\"op\":\"SSTORE\"") != NULL);
    /* a transaction; and one that is not valid leaves nothing to see */
    tr_transaction *t = sign(2, 0, 100000, 0);
    tr_vm_rollback(vm);
    fund(vm, t, 10000000, sender);
    open_block(vm, 30000000);
    TR_CHECK_OK(tr_vm_set_tracer(vm, "flatCallTracer", NULL));
    TR_CHECK_OK(transact(vm, t, &receipt));
    TR_CHECK_OK(tr_vm_trace(vm, &json, &len));
    TR_CHECK(strstr(json, "\"blockNumber\":100") != NULL);
    TR_CHECK(strstr(json, "\"transactionHash\":\"0x") != NULL);
    TR_CHECK_ERR(transact(vm, t, &receipt), TR_E_TX_NONCE_LOW);
    TR_CHECK_ERR(tr_vm_trace(vm, &json, &len), TR_E_EMPTY);
    TR_CHECK_OK(tr_vm_set_tracer(vm, NULL, NULL));
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_ERR(tr_vm_trace(vm, &json, &len), TR_E_EMPTY);
    tr_transaction_free(t);
    tr_vm_free(vm);
}

TR_TEST(precompiled_contracts)
{
    uint8_t out[64];
    tr_vm_result r;
    const uint8_t *abc = (const uint8_t *)"abc";
    TR_CHECK_OK(tr_vm_precompile("Osaka", 2, abc, 3, 1000, out, sizeof(out), &r));
    TR_CHECK_EQ(r.status, TR_VM_OK);
    TR_CHECK_EQ(r.gas_used, 72);
    TR_CHECK_EQ(r.gas_left, 928);
    TR_CHECK_BYTES(tr_bytes_of(r.output, r.output_len),
                   tr_test_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    TR_CHECK_OK(tr_vm_precompile("Byzantium", 8, NULL, 0, 200000, out, sizeof(out), &r));
    TR_CHECK_EQ(r.gas_used, 100000);
    TR_CHECK_EQ(out[31], 1);
    TR_CHECK_OK(tr_vm_precompile("Istanbul", 8, NULL, 0, 200000, out, sizeof(out), &r));
    TR_CHECK_EQ(r.gas_used, 45000);
    TR_CHECK_OK(tr_vm_precompile("Istanbul", 8, NULL, 0, 44999, out, sizeof(out), &r));
    TR_CHECK_EQ(r.status, TR_VM_OUT_OF_GAS);
    TR_CHECK_EQ(r.gas_left, 0);
    TR_CHECK_OK(tr_vm_precompile("Istanbul", 8, abc, 3, 200000, out, sizeof(out), &r));
    TR_CHECK_EQ(r.status, TR_VM_PRECOMPILE);
    TR_CHECK_EQ(r.gas_used, 200000);
    TR_CHECK_ERR(tr_vm_precompile("Osaka", 4, abc, 3, 1000, out, 2, &r), TR_E_LIMIT);
    TR_CHECK_EQ(r.output_len, 3);
    TR_CHECK_ERR(tr_vm_precompile("Rome", 4, abc, 3, 1000, out, 9, &r), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_vm_precompile("Osaka", 4, NULL, 3, 1000, out, 9, &r), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_vm_precompile("Homestead", 8, NULL, 0, 1, out, 9, &r), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_vm_precompile("Prague", 0x100, NULL, 0, 1, out, 9, &r), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_vm_precompile("Prague", 0, NULL, 0, 1, out, 9, &r), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_vm_precompile("Prague", 65540, NULL, 0, 1, out, 9, &r), TR_E_NOT_FOUND);
    TR_CHECK_OK(tr_vm_precompile("Osaka", 0x100, NULL, 0, 6900, NULL, 0, &r));
    TR_CHECK_EQ(r.output_len, 0);
}

/* Code that takes 16 MiB of memory, on a machine that may have little. */
TR_TEST(memory_has_a_bound)
{
    tr_vm *vm;
    tr_vm_result r;
    tr_vm_options options = {.fork = "Osaka", .max_bytes = 1000};
    TR_CHECK_ERR(tr_vm_new(&options, &vm), TR_E_LIMIT);
    vm = make("Osaka", 12 << 20, NULL);
    put(vm, 2, 0, "60016301000000525f5ff3");
    put(vm, 3, 0, keeper);
    tr_vm_message m = message(TR_VM_CALL, 3);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    m = message(TR_VM_CALL, 2);
    m.gas = 1000000000;
    TR_CHECK_ERR(tr_vm_run(vm, &m, &r), TR_E_LIMIT);
    TR_CHECK_EQ(slot_of(vm, 3, 1), 0); /* it was lost, too */
    m = message(TR_VM_CALL, 3);
    TR_CHECK_OK(tr_vm_run(vm, &m, &r));
    TR_CHECK_EQ(r.gas_used, KEEPER_GAS);
    tr_vm_free(vm);
}

/* Everything, with each request for memory failing in turn. */
static tr_err everything(tr_vm *vm)
{
    tr_vm_result r;
    tr_vm_receipt receipt;
    const tr_vm_change *changes;
    const char *json;
    size_t count;
    uint8_t address[20], be[32], root[32];
    tr_bytes code = tr_test_hex(keeper), raw;
    addr(2, address);
    word(1, be);
    TR_TRY(tr_vm_set_account(vm, address, 0, be, code.data, code.len));
    TR_TRY(tr_vm_set_slot(vm, address, be, be));
    TR_TRY(tr_vm_root(vm, root));
    TR_TRY(tr_vm_set_tracer(vm, "callTracer", "{\"withLog\":true}"));
    tr_vm_message m = message(TR_VM_CALL, 2);
    TR_TRY(tr_vm_run(vm, &m, &r));
    TR_TRY(tr_vm_trace(vm, &json, &count));
    tr_transaction *t = sign(2, 0, 100000, 0);
    raw.data = tr_transaction_encoding(t, &raw.len);
    tr_err err = tr_vm_transact(vm, raw.data, raw.len, &receipt);
    tr_transaction_free(t);
    if (err != TR_E_TX_FUNDS) return err == TR_OK ? TR_E_STATE : err;
    TR_TRY(tr_vm_changes(vm, &changes, &count));
    err = tr_vm_commit(vm);
    if (err != TR_OK) {
        TR_CHECK_ERR(tr_vm_run(vm, &m, &r), TR_E_STATE);
        TR_CHECK(tr_vm_why(vm)[0] != 0);
        return err;
    }
    return tr_vm_root(vm, root);
}

static tr_err with_little(tr_alloc *alloc, void *context)
{
    tr_vm *vm;
    tr_vm_result r;
    const tr_vm_message m = message(TR_VM_CALL, 2);
    tr_vm_options options = {.fork = "Osaka", .chain_id = 1, .world = context};
    TR_TRY(vm_make(alloc, &options, &vm));
    tr_err err = context == NULL ? everything(vm) : tr_vm_run(vm, &m, &r);
    tr_vm_free(vm);
    return err;
}

TR_TEST(no_memory)
{
    backing b = {.vm = make("Osaka", 0, NULL)};
    tr_vm_world world = world_of(&b);
    tr_test_out_of_memory(with_little, NULL);
    village(b.vm);
    tr_test_out_of_memory(with_little, &world);
    tr_vm_free(b.vm);
}

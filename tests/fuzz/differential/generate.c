/* Cases from numbers: a fork, a few contracts and accounts, a transaction. */
#include "generate.h"
#include "case.h"
#include "eth/sender.h"
#include "evm/precompile.h"
#include "hash/keccak.h"
#include "os/heap.h"

enum { SENDERS = 4, CONTRACTS = 5 };

tr_u256 any_word(chance *c)
{
    uint8_t bytes[32];
    switch (below(c, 8)) {
    case 0:
    case 1:
        return tr_u256_of(below(c, 5));
    case 2:
        return tr_u256_of(below(c, 300));
    case 3:
        return tr_u256_shl(TR_U256_ONE, below(c, 256));
    case 4:
        return tr_u256_sub(tr_u256_shl(TR_U256_ONE, below(c, 256)), TR_U256_ONE);
    case 5:
        return tr_u256_neg(tr_u256_of(below(c, 5)));
    case 6:
        return tr_u256_of(any(c) >> below(c, 64));
    default:
        fill(c, bytes, sizeof(bytes));
        return tr_u256_from_be(bytes);
    }
}

static void put_number(tr_buf *out, uint64_t x, unsigned size)
{
    for (unsigned i = size; i-- != 0;) tr_buf_put_u8(out, (uint8_t)(x >> 8 * i));
}

static void put_word(tr_buf *out, tr_u256 x)
{
    uint8_t bytes[32];
    tr_u256_to_be(x, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void put_blob(tr_buf *out, tr_bytes bytes)
{
    put_number(out, bytes.len, 4);
    tr_buf_put(out, bytes);
}

static tr_seckey sender_key(unsigned n)
{
    return (tr_seckey){{[31] = (uint8_t)(n + 1)}};
}

/* The accounts with keys: 0 sends most transactions. */
static tr_addr sender_of(unsigned n)
{
    static tr_addr known[SENDERS];
    static bool is_known;
    if (!is_known) {
        for (unsigned i = 0; i < SENDERS; i++) {
            tr_seckey key = sender_key(i);
            tr_pubkey public;
            TR_ASSERT(tr_pubkey_of(&key, &public) == TR_OK);
            known[i] = tr_pubkey_address(&public);
        }
        is_known = true;
    }
    return known[n];
}

static tr_addr contract_of(unsigned n)
{
    return (tr_addr){{[0] = 0xc0, [19] = (uint8_t)(n + 1)}};
}

tr_addr any_address(chance *c)
{
    tr_addr a = {{0}};
    switch (below(c, 16)) {
    case 0:
        a.b[19] = (uint8_t)below(c, 0x14);
        return a;
    case 1:
        a.b[18] = (uint8_t)below(c, 2), a.b[19] = (uint8_t)below(c, 2);
        return a;
    case 2:
        a.b[0] = 0xee, a.b[19] = (uint8_t)below(c, 3);
        return a;
    case 3:
    case 4:
        return sender_of((unsigned)below(c, SENDERS));
    case 5:
        return tr_tx_create_address(&(tr_addr){{[0] = 0xc0, [19] = 1}}, below(c, 3));
    case 6:
        a.b[0] = 0xcb;
        return a;
    case 7:
        fill(c, a.b, 20);
        return a;
    default:
        return contract_of((unsigned)below(c, CONTRACTS));
    }
}

/* What the transaction will be, known before the state is. */
typedef struct plan {
    chance c;
    unsigned fork;
    const tr_evm_rules *rules;
    uint64_t base_fee, blob_fee, nonce;
    tr_addr coinbase, sender;
    unsigned sender_number;
} plan;

static uint64_t any_gas(chance *c)
{
    unsigned n = (unsigned)below(c, 100);
    if (n < 3) return below(c, 60000);
    if (n < 6) return 21000 + below(c, 3000);
    if (n < 12) return 50000 + below(c, 100000);
    if (n < 14) return 16777216 - 1 + below(c, 3);
    if (n < 30) return 1000000 + below(c, 3000000);
    return 200000 + below(c, 800000);
}

static unsigned any_fork(chance *c)
{
    if (percent(c, 45)) return TR_CANCUN + (unsigned)below(c, 3);
    return (unsigned)below(c, TR_FORKS);
}

static void put_env(tr_buf *out, plan *p)
{
    chance *c = &p->c;
    p->coinbase = percent(c, 60) ? (tr_addr){{0xcb}} : any_address(c);
    p->base_fee = percent(c, 30) ? below(c, 3) : below(c, 1000);
    p->blob_fee = 1 + below(c, 20);
    put_number(out, p->fork, 1);
    tr_buf_put(out, TR_VIEW(p->coinbase.b));
    put_number(out, percent(c, 20) ? below(c, 300) : 1000 + below(c, 100000), 8);
    put_number(out, 1000 + below(c, 1u << 30), 8);
    put_number(out, percent(c, 3) ? 500000 : 30000000, 8);
    put_word(out, any_word(c));
    put_number(out, p->base_fee, 8);
    put_number(out, p->blob_fee, 8);
}

static void put_slots(tr_buf *out, chance *c)
{
    unsigned which = (unsigned)below(c, 16), count = 0;
    for (unsigned i = 0; i < 4; i++) count += which >> i & 1;
    put_number(out, count, 2);
    for (unsigned i = 0; i < 4; i++) {
        if ((which >> i & 1) == 0) continue;
        put_word(out, tr_u256_of(i));
        tr_u256 value = any_word(c);
        put_word(out, tr_u256_iszero(value) ? TR_U256_ONE : value);
    }
}

static void put_account(tr_buf *out, tr_addr a, uint64_t nonce, tr_u256 balance, tr_bytes code)
{
    tr_buf_put(out, TR_VIEW(a.b));
    put_number(out, nonce, 8);
    put_word(out, balance);
    put_blob(out, code);
}

static tr_u256 any_balance(chance *c)
{
    switch (below(c, 4)) {
    case 0:
        return TR_U256_ZERO;
    case 1:
        return tr_u256_of(below(c, 4));
    case 2:
        return tr_u256_of(below(c, 1u << 30));
    default:
        return tr_u256_shl(TR_U256_ONE, 60 + below(c, 60));
    }
}

static void put_contract(tr_buf *out, plan *p, unsigned n)
{
    tr_buf code;
    tr_buf_init(&code, tr_heap(), CASE_MAX);
    program_make(&code, &p->c, p->rules, 0);
    TR_ASSERT(tr_buf_err(&code) == TR_OK);
    uint64_t nonce = percent(&p->c, 2) ? UINT64_MAX - below(&p->c, 2) : 1;
    put_account(out, contract_of(n), nonce, any_balance(&p->c), tr_buf_view(&code));
    put_slots(out, &p->c);
    tr_buf_free(&code);
}

/* An account with a key: the sender is rich or has just enough; some are delegated. */
static void put_holder(tr_buf *out, plan *p, unsigned n)
{
    chance *c = &p->c;
    uint8_t delegation[23] = {0xef, 0x01, 0x00};
    tr_addr to = any_address(c);
    memcpy(delegation + 3, to.b, 20);
    bool is_sender = n == p->sender_number;
    bool delegated = p->fork >= TR_PRAGUE && percent(c, is_sender ? 15 : 50);
    tr_bytes code = {NULL, 0};
    if (delegated) code = TR_VIEW(delegation);
    if (is_sender && percent(c, 1)) code = TR_LIT("\x5b");
    uint64_t nonce = is_sender ? p->nonce : below(c, 3);
    tr_u256 balance =
        is_sender && !percent(c, 8) ? tr_u256_shl(TR_U256_ONE, 90 + below(c, 30)) : any_balance(c);
    if (nonce == 0 && code.len == 0 && tr_u256_iszero(balance)) balance = TR_U256_ONE;
    put_account(out, sender_of(n), nonce, balance, code);
    put_number(out, 0, 2);
}

/* Someone who was there before the contract that is to be created. */
static void put_squatter(tr_buf *out, plan *p, tr_addr a)
{
    static const uint8_t code[] = {0x5b};
    bool taken = percent(&p->c, 30);
    bool coded = percent(&p->c, 15);
    put_account(out, a, taken ? 1 : 0, tr_u256_of(1 + below(&p->c, 100)),
                coded ? TR_VIEW(code) : (tr_bytes){NULL, 0});
    put_number(out, 0, 2);
}

static void put_pre(tr_buf *out, plan *p)
{
    chance *c = &p->c;
    unsigned contracts = 1 + (unsigned)below(c, CONTRACTS);
    bool squat = percent(c, 10), inner = percent(c, 10), low = percent(c, 5);
    put_number(out, SENDERS + contracts + squat + inner + low, 2);
    for (unsigned i = 0; i < SENDERS; i++) put_holder(out, p, i);
    for (unsigned i = 0; i < contracts; i++) put_contract(out, p, i);
    if (squat) put_squatter(out, p, tr_tx_create_address(&p->sender, p->nonce));
    tr_addr first = contract_of(0);
    if (inner) put_squatter(out, p, tr_tx_create_address(&first, 1));
    tr_addr precompile = {{[19] = (uint8_t)(1 + below(c, 0x11))}};
    if (low) {
        put_account(out, precompile, 0, tr_u256_of(1 + below(c, 9)), (tr_bytes){NULL, 0});
        put_number(out, 0, 2);
    }
}

static void put_data(tr_buf *out, plan *p, bool is_call, const tr_addr *to)
{
    chance *c = &p->c;
    tr_buf data;
    tr_buf_init(&data, tr_heap(), CASE_MAX);
    unsigned precompile = is_call ? tr_precompile_at(p->rules, to) : 0;
    if (precompile != 0 && percent(c, 80)) {
        input_make(&data, c, precompile);
    } else if (!is_call && percent(c, 95)) {
        initcode_make(&data, c, p->rules, 0);
        if (percent(c, 2)) tr_buf_put_zeros(&data, 49152 - 2 + below(c, 4) - data.len);
    } else {
        size_t n = percent(c, 80) ? below(c, 80) : below(c, 4000);
        uint8_t *at = tr_buf_grow(&data, n);
        TR_ASSERT(at != NULL);
        data.len += n;
        for (size_t i = 0; i < n; i++) at[i] = percent(c, 50) ? 0 : (uint8_t)any(c);
    }
    TR_ASSERT(tr_buf_err(&data) == TR_OK);
    put_blob(out, tr_buf_view(&data));
    tr_buf_free(&data);
}

static void put_lists(tr_buf *out, plan *p, unsigned type)
{
    chance *c = &p->c;
    unsigned n = type >= TR_TX_ACCESS_LIST ? (unsigned)below(c, 4) : 0;
    put_number(out, n, 1);
    for (unsigned i = 0; i < n; i++) {
        unsigned keys = (unsigned)below(c, 4);
        tr_addr a = any_address(c);
        tr_buf_put(out, TR_VIEW(a.b));
        put_number(out, keys, 1);
        for (unsigned k = 0; k < keys; k++) put_word(out, tr_u256_of(below(c, 5)));
    }
    put_word(out, tr_u256_of(type == TR_TX_BLOB ? p->blob_fee - percent(c, 3) + below(c, 9) : 0));
    n = 0;
    if (type == TR_TX_BLOB) n = percent(c, 3) ? (unsigned)below(c, 12) : 1 + (unsigned)below(c, 6);
    put_number(out, n, 1);
    for (unsigned i = 0; i < n; i++) {
        uint8_t hash[32];
        fill(c, hash, sizeof(hash));
        hash[0] = percent(c, 1) ? 2 : 1;
        tr_buf_put(out, TR_VIEW(hash));
    }
}

static void put_authorization(tr_buf *out, plan *p)
{
    chance *c = &p->c;
    unsigned signer = (unsigned)below(c, SENDERS);
    tr_authorization a = {.chain_id = tr_u256_of(percent(c, 10) ? 2 : below(c, 2))};
    a.address = percent(c, 15) ? (tr_addr){{0}} : any_address(c);
    a.nonce = signer == p->sender_number ? p->nonce + percent(c, 80) : below(c, 3);
    if (percent(c, 2)) a.nonce = UINT64_MAX;
    tr_seckey key = sender_key(signer);
    TR_ASSERT(tr_authorization_sign(NULL, &a, &key) == TR_OK);
    if (percent(c, 3)) a.parity = (uint8_t)below(c, 30);
    if (percent(c, 3)) a.s[below(c, 32)] ^= (uint8_t)any(c);
    if (percent(c, 2)) a.r[below(c, 32)] ^= (uint8_t)any(c);
    put_word(out, a.chain_id);
    tr_buf_put(out, TR_VIEW(a.address.b));
    put_number(out, a.nonce, 8);
    put_number(out, a.parity, 1);
    tr_buf_put(out, TR_VIEW(a.r));
    tr_buf_put(out, TR_VIEW(a.s));
}

static unsigned any_type(plan *p)
{
    static const unsigned first[] = {TR_FRONTIER, TR_BERLIN, TR_LONDON, TR_CANCUN, TR_PRAGUE};
    unsigned type = (unsigned)below(&p->c, 5);
    while (p->fork < first[type] && !percent(&p->c, 1)) type = (unsigned)below(&p->c, 5);
    return type;
}

static void put_tx(tr_buf *out, plan *p)
{
    chance *c = &p->c;
    unsigned type = any_type(p);
    bool is_call = percent(c, type >= TR_TX_BLOB ? 98 : 80);
    tr_addr to = percent(c, 70) ? contract_of(0) : any_address(c);
    put_number(out, type, 1);
    tr_buf_put(out, TR_VIEW(p->sender.b));
    put_number(out, percent(c, 2) ? p->nonce + 1 - 2 * below(c, 2) : p->nonce, 8);
    put_number(out, any_gas(c), 8);
    uint64_t tip = below(c, 50);
    put_word(out, tr_u256_of(p->base_fee + below(c, 60) - (percent(c, 2) && p->base_fee != 0)));
    put_word(out, tr_u256_of(percent(c, 95) ? TR_MIN(tip, p->base_fee) : tip));
    put_word(out, percent(c, 60) ? TR_U256_ZERO : any_balance(c));
    put_number(out, is_call, 1);
    tr_buf_put(out, TR_VIEW(to.b));
    put_data(out, p, is_call, &to);
    put_lists(out, p, type);
    unsigned n = type == TR_TX_SET_CODE ? (unsigned)below(c, 4) + !percent(c, 5) : 0;
    put_number(out, n, 1);
    for (unsigned i = 0; i < n; i++) put_authorization(out, p);
}

void case_make(tr_buf *out, uint64_t seed, uint64_t number, unsigned fork)
{
    plan p = {.c = {seed * 0x100000001b3 ^ number}};
    p.c.state = any(&p.c) ^ number << 32;
    unsigned chosen = any_fork(&p.c);
    p.fork = fork < TR_FORKS ? fork : chosen;
    p.rules = tr_evm_rules_of((tr_fork)p.fork);
    p.sender_number = percent(&p.c, 90) ? 0 : (unsigned)below(&p.c, SENDERS);
    p.sender = sender_of(p.sender_number);
    p.nonce = percent(&p.c, 1) ? UINT64_MAX - below(&p.c, 2) : below(&p.c, 4);
    put_env(out, &p);
    put_pre(out, &p);
    put_tx(out, &p);
}

/* Tries of Ethereum's test suite, and the state of its first block. */
#include "codec/rlp.h"
#include "trie/node.h"
#include "vectors.h"

enum { MOST = 6, MOST_INPUT = 16 << 20, SECURE = 1, ONE_BY_ONE = 2 };

/* A text that begins with 0x is hex. */
static tr_bytes bytes_of(const vec_file *file, const tr_json *value)
{
    tr_bytes text = value->kind == TR_JSON_NULL ? (tr_bytes){NULL, 0} : tr_json_text(value);
    bool hex = text.len >= 2 && text.data[0] == '0' && text.data[1] == 'x';
    return hex ? vec_hex(file, text) : text;
}

static void put_key(tr_buf *out, tr_bytes key)
{
    tr_buf_put_u8(out, (uint8_t)(key.len >> 8));
    tr_buf_put_u8(out, (uint8_t)key.len);
    tr_buf_put(out, key);
}

static void put_change(tr_buf *out, tr_bytes key, tr_bytes value)
{
    uint8_t len[4] = {(uint8_t)(value.len >> 24), (uint8_t)(value.len >> 16),
                      (uint8_t)(value.len >> 8), (uint8_t)value.len};
    put_key(out, key);
    tr_buf_put(out, TR_VIEW(len));
    tr_buf_put(out, value);
}

static bool is_secure(const vec_file *file)
{
    for (const char *at = file->path; *at != '\0'; at++)
        if (strncmp(at, "secure", 6) == 0) return true;
    return false;
}

/* Does the operation lead to the root, all at once and one after another? */
static bool has_root(vec_run *run, const vec_file *file, tr_buf *in, tr_bytes root)
{
    for (unsigned flags = 0; flags <= ONE_BY_ONE; flags += ONE_BY_ONE) {
        tr_bytes got;
        if (tr_buf_err(in) != TR_OK) return false;
        in->data[0] = (uint8_t)(flags | (is_secure(file) ? SECURE : 0));
        if (vec_op(run, file, "trie.root", tr_buf_view(in), &got) != TR_OK) return false;
        if (!tr_bytes_eq(got, root)) return false;
    }
    return true;
}

/* A list of changes, in this order. */
static void run_in_order(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in;
        tr_buf_init(&in, &file->arena->alloc, MOST_INPUT);
        tr_buf_put_u8(&in, 0);
        TR_JSON_EACH(pair, tr_json_get(item, "in"))
        {
            const tr_json *key = tr_json_at(pair, 0), *value = tr_json_at(pair, 1);
            if (key == NULL || value == NULL) continue;
            put_change(&in, bytes_of(file, key), bytes_of(file, value));
        }
        tr_bytes root = vec_hex(file, tr_json_text(tr_json_get(item, "root")));
        vec_check(run, root.len == 32 && has_root(run, file, &in, root), item->key, "another root");
    }
}

typedef struct orders {
    vec_run *run;
    const vec_file *file;
    const tr_json *entries[MOST];
    size_t count;
    tr_bytes root;
    bool right;
} orders;

/* All orders of the entries from at on. */
static void try_orders(orders *o, size_t at)
{
    if (at == o->count) {
        tr_buf in;
        tr_buf_init(&in, &o->file->arena->alloc, MOST_INPUT);
        tr_buf_put_u8(&in, 0);
        for (size_t i = 0; i < o->count; i++) {
            tr_json key = {.kind = TR_JSON_STRING, .text = o->entries[i]->key};
            put_change(&in, bytes_of(o->file, &key), bytes_of(o->file, o->entries[i]));
        }
        o->right = o->right && has_root(o->run, o->file, &in, o->root);
        return;
    }
    for (size_t i = at; i < o->count && o->right; i++) {
        const tr_json *first = o->entries[at];
        o->entries[at] = o->entries[i];
        o->entries[i] = first;
        try_orders(o, at + 1);
        o->entries[i] = o->entries[at];
        o->entries[at] = first;
    }
}

/* Entries that lead to the root whatever their order. */
static void run_any_order(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        orders o = {.run = run, .file = file, .right = true};
        o.root = vec_hex(file, tr_json_text(tr_json_get(item, "root")));
        const tr_json *in = tr_json_get(item, "in");
        if (in == NULL || in->count > MOST || o.root.len != 32) {
            vec_fail(run, item->key, "a case that cannot be read");
            continue;
        }
        TR_JSON_EACH(entry, in) o.entries[o.count++] = entry;
        try_orders(&o, 0);
        vec_check(run, o.right, item->key, "another root");
    }
}

/* Keys, and for others which come before and after them. */
static void run_neighbours(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        bool right = true;
        TR_JSON_EACH(test, tr_json_get(item, "tests"))
        {
            tr_bytes got;
            tr_buf in, want;
            tr_buf_init(&in, &file->arena->alloc, MOST_INPUT);
            tr_buf_init(&want, &file->arena->alloc, MOST_INPUT);
            put_key(&in, tr_json_text(tr_json_at(test, 0)));
            TR_JSON_EACH(key, tr_json_get(item, "in")) put_key(&in, tr_json_text(key));
            put_key(&want, tr_json_text(tr_json_at(test, 1)));
            put_key(&want, tr_json_text(tr_json_at(test, 2)));
            right = right && tr_buf_err(&in) == TR_OK && tr_buf_err(&want) == TR_OK &&
                    vec_op(run, file, "trie.neighbours", tr_buf_view(&in), &got) == TR_OK &&
                    tr_bytes_eq(got, tr_buf_view(&want));
        }
        vec_check(run, right, item->key, "other neighbours");
    }
}

/* A quantity: hex digits, any number of them, without leading zeros when written. */
static bool put_quantity(tr_buf *out, tr_bytes text)
{
    uint8_t number[32] = {0};
    if (text.len < 3 || text.len > 66 || text.data[0] != '0' || text.data[1] != 'x') return false;
    for (size_t i = 2; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
        size_t place = text.len - 1 - i;
        unsigned digit = (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
        number[31 - place / 2] |= (uint8_t)(place % 2 == 0 ? digit : digit << 4);
    }
    tr_rlp_put_int(out, TR_VIEW(number));
    return true;
}

/* An account that has a balance and nothing else. */
static bool put_account(tr_buf *out, tr_bytes balance)
{
    static const char no_code[] =
        "\xc5\xd2\x46\x01\x86\xf7\x23\x3c\x92\x7e\x7d\xb2\xdc\xc7\x03\xc0"
        "\xe5\x00\xb6\x53\xca\x82\x27\x3b\x7b\xfa\xd8\x04\x5d\x85\xa4\x70";
    tr_rlp_mark mark = tr_rlp_begin(out, 80);
    tr_rlp_put_u64(out, 0);
    bool right = put_quantity(out, balance);
    tr_rlp_put_bytes(out, TR_VIEW(tr_trie_empty_root.b));
    tr_rlp_put_bytes(out, tr_bytes_of(no_code, sizeof(no_code) - 1));
    tr_rlp_end(out, mark);
    return right && tr_buf_err(out) == TR_OK;
}

/* The 8,893 accounts of mainnet's first block and the root in its header. */
static void run_genesis(vec_run *run, const vec_file *file)
{
    static const char root[] = "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544";
    tr_buf in, account;
    bool right = true;
    if (!vec_wants(run)) return;
    tr_buf_init(&in, &file->arena->alloc, MOST_INPUT);
    tr_buf_init(&account, &file->arena->alloc, 256);
    tr_buf_put_u8(&in, SECURE);
    TR_JSON_EACH(item, tr_json_get(file->json, "alloc"))
    {
        tr_buf_clear(&account);
        right = right && put_account(&account, tr_json_text(tr_json_get(item, "balance")));
        put_change(&in, vec_hex(file, item->key), tr_buf_view(&account));
    }
    tr_bytes got = {NULL, 0};
    right = right && tr_buf_err(&in) == TR_OK &&
            vec_op(run, file, "trie.root", tr_buf_view(&in), &got) == TR_OK &&
            tr_bytes_eq(got, vec_hex(file, tr_bytes_str(root)));
    vec_check(run, right, TR_LIT("state root of block 0"), "another root");
}

static const vec_row rows[] = {
    {"TrieTests/trieanyorder*.json", run_any_order, true},
    {"TrieTests/hex_encoded_securetrie_test.json", run_any_order, true},
    {"TrieTests/trietestnextprev.json", run_neighbours, true},
    {"TrieTests/trietest*.json", run_in_order, true},
    {"ethereum/assets/mainnet.json", run_genesis, true},
};
const vec_rows vec_rows_trie = {rows, TR_COUNTOF(rows)};

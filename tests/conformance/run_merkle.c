/* The message trees of bridges (Hyperlane, Polygon's LxLy), the deposit tree of EIP-4881, and the
 * proofs and parts of ICS-23. */
#include "codec/protobuf.h"
#include "hash/merkle.h"
#include "vectors.h"

enum { MAX_INPUT = 1 << 20, DEPTH = 32, KECCAK = 0, SHA256 = 1 };

/* An input in the file's arena. */
static tr_buf new_input(const vec_file *file)
{
    tr_buf in;
    tr_buf_init(&in, &file->arena->alloc, MAX_INPUT);
    return in;
}

static void put_u32be(tr_buf *out, uint64_t value)
{
    uint8_t bytes[4];
    tr_store32be(bytes, (uint32_t)value);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void put_u64le(tr_buf *out, uint64_t value)
{
    uint8_t bytes[8];
    tr_store64le(bytes, value);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void put_part(tr_buf *out, tr_bytes part)
{
    uint8_t len[4];
    tr_store32le(len, (uint32_t)part.len);
    tr_buf_put(out, TR_VIEW(len));
    tr_buf_put(out, part);
}

static tr_bytes text(const tr_json *value, const char *key)
{
    return tr_json_text(tr_json_get(value, key));
}

static tr_bytes hex(const vec_file *file, const tr_json *value, const char *key)
{
    return vec_hex(file, text(value, key));
}

static uint64_t number(const tr_json *value, const char *key)
{
    uint64_t out;
    return tr_json_u64(tr_json_get(value, key), &out) == TR_OK ? out : UINT64_MAX;
}

static tr_bytes op(vec_run *run, const vec_file *file, const char *name, const tr_buf *in,
                   tr_err *err)
{
    tr_bytes out = {NULL, 0};
    *err = tr_buf_err(in);
    if (*err == TR_OK) *err = vec_op(run, file, name, tr_buf_view(in), &out);
    return out;
}

static tr_bytes keccak(vec_run *run, const vec_file *file, const tr_buf *in)
{
    tr_err err;
    return op(run, file, "hash.keccak256", in, &err);
}

/* The siblings of a proof in JSON, after what the operation begins with. */
static void put_proof(tr_buf *out, const vec_file *file, const tr_json *siblings)
{
    TR_JSON_EACH(item, siblings) tr_buf_put(out, vec_hex(file, tr_json_text(item)));
}

static tr_err check_proof(vec_run *run, const vec_file *file, uint64_t index, tr_bytes root,
                          tr_bytes leaf, const tr_json *siblings)
{
    tr_buf in = new_input(file);
    tr_err err;
    tr_buf_put_u8(&in, KECCAK);
    tr_buf_put_u8(&in, DEPTH);
    put_u64le(&in, index);
    tr_buf_put(&in, root);
    tr_buf_put(&in, leaf);
    put_proof(&in, file, siblings);
    (void)op(run, file, "merkle.check", &in, &err);
    return err;
}

/* A proof holds, and does not with another index or leaf. */
static bool proof_holds(vec_run *run, const vec_file *file, uint64_t index, tr_bytes root,
                        tr_bytes leaf, const tr_json *siblings)
{
    return siblings != NULL && siblings->count == DEPTH && root.len == 32 && leaf.len == 32 &&
           check_proof(run, file, index, root, leaf, siblings) == TR_OK &&
           check_proof(run, file, index ^ 1, root, leaf, siblings) == TR_E_TRIE_PROOF &&
           check_proof(run, file, index, root, root, siblings) == TR_E_TRIE_PROOF;
}

/* The root of leaves that stand in one buffer, without and with the count. */
static tr_bytes root_of(vec_run *run, const vec_file *file, uint8_t hash, tr_bytes leaves)
{
    tr_buf in = new_input(file);
    tr_err err;
    tr_buf_put_u8(&in, hash);
    tr_buf_put_u8(&in, DEPTH);
    tr_buf_put(&in, leaves);
    return op(run, file, "merkle.append-root", &in, &err);
}

static tr_bytes proof_of(vec_run *run, const vec_file *file, uint8_t hash, uint64_t index,
                         tr_bytes leaves)
{
    tr_buf in = new_input(file);
    tr_err err;
    tr_buf_put_u8(&in, hash);
    tr_buf_put_u8(&in, DEPTH);
    put_u64le(&in, index);
    tr_buf_put(&in, leaves);
    return op(run, file, "merkle.append-prove", &in, &err);
}

static bool is_proof(const vec_file *file, tr_bytes got, const tr_json *siblings)
{
    tr_buf want = new_input(file);
    put_proof(&want, file, siblings);
    return got.len != 0 && tr_bytes_eq(got, tr_buf_view(&want));
}

/* What wallets hash when they sign a text (EIP-191): the leaves of Hyperlane's test trees. */
static void put_signed_text(vec_run *run, const vec_file *file, tr_bytes message, tr_buf *out)
{
    tr_buf in = new_input(file);
    tr_buf_printf(&in,
                  "\x19"
                  "Ethereum Signed Message:\n%zu",
                  message.len);
    tr_buf_put(&in, message);
    tr_buf_put(out, keccak(run, file, &in));
}

static void run_hyperlane_trees(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(tree, file->json)
    {
        tr_bytes name = text(tree, "testName"), root = hex(file, tree, "expectedRoot");
        const tr_json *texts = tr_json_get(tree, "leaves"), *proofs = tr_json_get(tree, "proofs");
        tr_buf leaves = new_input(file);
        TR_JSON_EACH(item, texts) put_signed_text(run, file, tr_json_text(item), &leaves);
        if (vec_wants(run)) {
            tr_bytes got = tr_bytes_cut(root_of(run, file, KECCAK, tr_buf_view(&leaves)), 0, 32);
            vec_check(run, root.len == 32 && tr_bytes_eq(got, root), name, "another root");
        }
        size_t i = 0;
        TR_JSON_EACH(proof, proofs)
        {
            tr_bytes leaf = hex(file, proof, "leaf");
            const tr_json *path = tr_json_get(proof, "path");
            uint64_t index = number(proof, "index");
            tr_bytes mine = tr_bytes_cut(tr_buf_view(&leaves), 32 * i++, 32);
            if (!vec_wants(run)) continue;
            bool made =
                is_proof(file, proof_of(run, file, KECCAK, index, tr_buf_view(&leaves)), path);
            vec_check(run,
                      made && index == i - 1 && tr_bytes_eq(leaf, mine) &&
                          proof_holds(run, file, index, root, leaf, path),
                      name, "the proof of leaf %zu", i - 1);
        }
    }
}

/* {proof: {leaf, index, path}, root}, or all of it in one, with the message whose hash the leaf is.
 */
static void run_hyperlane_proof(vec_run *run, const vec_file *file)
{
    if (!vec_wants(run)) return;
    const tr_json *inside = tr_json_get(file->json, "proof"), *path = tr_json_get(inside, "path");
    tr_bytes root = hex(file, file->json, "root"), message = hex(file, file->json, "message");
    if (path == NULL) {
        path = inside;
        inside = file->json;
    }
    tr_bytes leaf = hex(file, inside, "leaf");
    bool right = proof_holds(run, file, number(inside, "index"), root, leaf, path);
    if (message.data != NULL) {
        tr_buf in = new_input(file);
        tr_buf_put(&in, message);
        tr_buf_put_zeros(&in, 28);
        put_u32be(&in, number(inside, "index"));
        right = right && tr_bytes_eq(keccak(run, file, &in), leaf);
    }
    vec_check(run, right, TR_LIT("proof"), "the proof does not hold");
}

/* Proofs without a root, of the first leaf of a tree whose others are those of the texts "two" and
 * "three". */
static void run_hyperlane_process(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf leaves = new_input(file);
        tr_bytes leaf = hex(file, item, "leaf");
        const tr_json *path = tr_json_get(item, "path");
        tr_buf_put(&leaves, leaf);
        put_signed_text(run, file, TR_LIT("two"), &leaves);
        put_signed_text(run, file, TR_LIT("three"), &leaves);
        tr_bytes root = tr_bytes_cut(root_of(run, file, KECCAK, tr_buf_view(&leaves)), 0, 32);
        bool made = is_proof(file, proof_of(run, file, KECCAK, 0, tr_buf_view(&leaves)), path);
        vec_check(run, made && proof_holds(run, file, number(item, "index"), root, leaf, path),
                  TR_LIT("proof"), "the proof does not hold");
    }
}

static void run_hyperlane_ids(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_buf_put_u8(&in, (uint8_t)number(item, "version"));
        put_u32be(&in, number(item, "nonce"));
        put_u32be(&in, number(item, "origin"));
        tr_buf_put(&in, hex(file, item, "sender"));
        put_u32be(&in, number(item, "destination"));
        tr_buf_put(&in, hex(file, item, "recipient"));
        uint64_t byte;
        TR_JSON_EACH(value, tr_json_get(item, "body"))
        {
            if (tr_json_u64(value, &byte) == TR_OK) tr_buf_put_u8(&in, (uint8_t)byte);
        }
        tr_bytes want = hex(file, item, "id"), got = keccak(run, file, &in);
        vec_check(run, want.len == 32 && tr_bytes_eq(got, want), TR_LIT("id"), "another id");
    }
}

static void run_hyperlane_domains(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        put_u32be(&in, number(item, "domain"));
        tr_buf_put(&in, hex(file, item, "mailbox"));
        tr_buf_put_str(&in, "HYPERLANE");
        tr_bytes want = hex(file, item, "expectedDomainHash"), got = keccak(run, file, &in);
        vec_check(run, want.len == 32 && tr_bytes_eq(got, want), TR_LIT("domain"), "another hash");
    }
}

/* An amount of wei, as hex or as decimal digits, in 32 bytes. */
static void put_amount(tr_buf *out, const vec_file *file, tr_bytes digits)
{
    uint8_t word[32] = {0};
    if (digits.len > 2 && digits.data[1] == 'x') {
        tr_bytes bytes = vec_hex(file, digits);
        if (bytes.len <= 32 && bytes.len != 0) memcpy(word + 32 - bytes.len, bytes.data, bytes.len);
    } else {
        for (size_t i = 0; i < digits.len; i++) {
            unsigned carry = (unsigned)(digits.data[i] - '0');
            for (unsigned k = 32; k-- > 0; carry >>= 8) {
                carry += 10u * word[k];
                word[k] = (uint8_t)carry;
            }
        }
    }
    tr_buf_put(out, TR_VIEW(word));
}

/* The leaf of a deposit of Polygon's bridge, kind 0: an asset. */
static tr_bytes lxly_leaf(vec_run *run, const vec_file *file, const tr_json *deposit)
{
    tr_buf in = new_input(file), metadata = new_input(file);
    tr_buf_put_u8(&in, 0);
    put_u32be(&in, number(deposit, "originNetwork"));
    tr_buf_put(&in, hex(file, deposit, "tokenAddress"));
    put_u32be(&in, number(deposit, "destinationNetwork"));
    tr_buf_put(&in, hex(file, deposit, "destinationAddress"));
    put_amount(&in, file, text(deposit, "amount"));
    tr_buf_put(&metadata, hex(file, deposit, "metadata"));
    tr_buf_put(&in, keccak(run, file, &metadata));
    return keccak(run, file, &in);
}

static void run_lxly_leaves(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_bytes want = hex(file, item, "leafValue"), got = lxly_leaf(run, file, item);
        vec_check(run, want.len == 32 && tr_bytes_eq(got, want), TR_LIT("leaf"), "another leaf");
    }
}

static void run_lxly_roots(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf leaves = new_input(file);
        put_proof(&leaves, file, tr_json_get(item, "previousLeafsValues"));
        tr_bytes before = root_of(run, file, KECCAK, tr_buf_view(&leaves));
        const tr_json *fresh = tr_json_get(item, "newLeaf");
        tr_bytes leaf = hex(file, fresh, "currentLeafValue");
        bool right = leaf.len == 32 && tr_bytes_eq(lxly_leaf(run, file, fresh), leaf);
        tr_buf_put(&leaves, leaf);
        tr_bytes after = root_of(run, file, KECCAK, tr_buf_view(&leaves));
        vec_check(run,
                  right &&
                      tr_bytes_eq(tr_bytes_cut(before, 0, 32), hex(file, item, "currentRoot")) &&
                      tr_bytes_eq(tr_bytes_cut(after, 0, 32), hex(file, item, "newRoot")),
                  TR_LIT("root"), "another root of %zu leaves", leaves.len / 32);
    }
}

static void run_lxly_claims(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf leaves = new_input(file);
        bool right = true;
        TR_JSON_EACH(deposit, tr_json_get(item, "leafs"))
        {
            tr_bytes leaf = lxly_leaf(run, file, deposit);
            right = right && tr_bytes_eq(leaf, hex(file, deposit, "leafValue"));
            tr_buf_put(&leaves, leaf);
        }
        tr_bytes all = tr_buf_view(&leaves), root = hex(file, item, "root");
        uint64_t index = number(item, "index");
        const tr_json *siblings = tr_json_get(item, "proof");
        right = right && index < all.len / 32 &&
                tr_bytes_eq(tr_bytes_cut(root_of(run, file, KECCAK, all), 0, 32), root) &&
                is_proof(file, proof_of(run, file, KECCAK, index, all), siblings) &&
                proof_holds(run, file, index, root, tr_bytes_cut(all, 32 * (size_t)index, 32),
                            siblings);
        vec_check(run, right, TR_LIT("claim"), "the proof of leaf %llu", (unsigned long long)index);
    }
}

/* EIP-4881's file: a list of mappings, each value on its own line.  Only that form is read. */
typedef struct deposit_case {
    tr_bytes pubkey, credentials, amount, signature, leaf;
    tr_bytes root, count, block_hash, height;
    tr_buf snapshot; /* its root, then its hashes */
    tr_bytes snapshot_root, snapshot_count, snapshot_block, snapshot_height;
} deposit_case;

/* The next line, cut into a key and a value without spaces, dashes and quotes. */
static bool next_line(tr_bytes *rest, tr_bytes *key, tr_bytes *value)
{
    if (rest->len == 0) return false;
    size_t end = 0, colon;
    while (end < rest->len && rest->data[end] != '\n') end++;
    tr_bytes line = tr_bytes_cut(*rest, 0, end);
    *rest = tr_bytes_cut(*rest, end + 1, rest->len);
    while (line.len != 0 && (line.data[0] == ' ' || line.data[0] == '-'))
        line = tr_bytes_cut(line, 1, line.len);
    for (colon = 0; colon < line.len && line.data[colon] != ':'; colon++) {
    }
    *key = tr_bytes_cut(line, 0, colon);
    *value = colon == line.len ? line : tr_bytes_cut(line, colon + 2, line.len);
    if (value->len > 1 && value->data[0] == '"') *value = tr_bytes_cut(*value, 1, value->len - 2);
    return true;
}

static tr_bytes *field_of(deposit_case *c, tr_bytes key, bool in_snapshot)
{
    const struct {
        const char *name;
        tr_bytes *where;
    } fields[] = {
        {"pubkey", &c->pubkey},
        {"withdrawal_credentials", &c->credentials},
        {"amount", &c->amount},
        {"signature", &c->signature},
        {"deposit_data_root", &c->leaf},
        {"deposit_root", in_snapshot ? &c->snapshot_root : &c->root},
        {"deposit_count", in_snapshot ? &c->snapshot_count : &c->count},
        {"block_hash", &c->block_hash},
        {"block_height", &c->height},
        {"execution_block_hash", &c->snapshot_block},
        {"execution_block_height", &c->snapshot_height},
    };
    for (size_t i = 0; i < TR_COUNTOF(fields); i++)
        if (tr_bytes_eq(key, tr_bytes_str(fields[i].name))) return fields[i].where;
    return NULL;
}

/* One case, up to the line that begins the next one. */
static bool read_deposit(const vec_file *file, tr_bytes *rest, deposit_case *out)
{
    memset(out, 0, sizeof(*out));
    out->snapshot = new_input(file);
    bool in_snapshot = false, any = false;
    for (tr_bytes before = *rest, key, value; next_line(rest, &key, &value); before = *rest) {
        if (tr_bytes_eq(key, TR_LIT("deposit_data"))) {
            if (any) {
                *rest = before;
                break;
            }
            any = true;
        }
        if (tr_bytes_eq(key, TR_LIT("snapshot"))) in_snapshot = true;
        tr_bytes *where = field_of(out, key, in_snapshot);
        if (where != NULL) *where = value;
        bool hash = value.len == 66 && where == NULL; /* of the list "finalized" */
        if (hash) tr_buf_put(&out->snapshot, vec_hex(file, value));
    }
    return any;
}

static uint64_t decimal(tr_bytes digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) value = 10 * value + (uint64_t)(digits.data[i] - '0');
    return value;
}

/* sha256 of up to 64 bytes, filled up with zeros. */
static void put_chunk(vec_run *run, const vec_file *file, tr_buf *out, tr_bytes bytes)
{
    tr_buf in = new_input(file);
    tr_err err;
    tr_buf_put(&in, bytes);
    tr_buf_put_zeros(&in, 64 - TR_MIN(bytes.len, (size_t)64));
    tr_buf_put(out, op(run, file, "hash.sha256", &in, &err));
}

/* hash_tree_root of the deposit's data: the leaf. */
static tr_bytes deposit_leaf(vec_run *run, const vec_file *file, const deposit_case *c)
{
    tr_buf left = new_input(file), right = new_input(file), halves = new_input(file);
    tr_buf both = new_input(file), leaf = new_input(file);
    tr_bytes signature = vec_hex(file, c->signature);
    put_chunk(run, file, &left, vec_hex(file, c->pubkey));
    tr_buf_put(&left, vec_hex(file, c->credentials));
    put_u64le(&right, decimal(c->amount));
    tr_buf_put_zeros(&right, 24);
    put_chunk(run, file, &halves, tr_bytes_cut(signature, 0, 64));
    put_chunk(run, file, &halves, tr_bytes_cut(signature, 64, 32));
    put_chunk(run, file, &right, tr_buf_view(&halves));
    put_chunk(run, file, &both, tr_buf_view(&left));
    put_chunk(run, file, &both, tr_buf_view(&right));
    put_chunk(run, file, &leaf, tr_buf_view(&both));
    return tr_buf_view(&leaf);
}

/* The snapshot before, and this deposit, give the snapshot after. */
static bool deposit_follows(vec_run *run, const vec_file *file, const deposit_case *before,
                            const deposit_case *c)
{
    tr_buf in = new_input(file), want = new_input(file);
    tr_err err;
    put_u64le(&in, decimal(before->snapshot_count));
    tr_buf_put(&in, vec_hex(file, before->snapshot_root));
    tr_buf_put(&in, tr_buf_view(&before->snapshot));
    tr_buf_put(&in, vec_hex(file, c->leaf));
    tr_buf_put(&want, vec_hex(file, c->snapshot_root));
    tr_buf_put(&want, tr_buf_view(&c->snapshot));
    tr_bytes got = op(run, file, "merkle.deposit", &in, &err);
    return err == TR_OK && tr_bytes_eq(got, tr_buf_view(&want)) &&
           tr_bytes_eq(c->root, c->snapshot_root) && tr_bytes_eq(c->count, c->snapshot_count) &&
           tr_bytes_eq(c->block_hash, c->snapshot_block) &&
           tr_bytes_eq(c->height, c->snapshot_height);
}

static void run_deposits(vec_run *run, const vec_file *file)
{
    tr_bytes rest = file->data;
    tr_buf leaves = new_input(file);
    deposit_case before, c;
    memset(&before, 0, sizeof(before));
    size_t count = 0;
    for (; read_deposit(file, &rest, &c); before = c) {
        tr_buf_put(&leaves, vec_hex(file, c.leaf));
        count++;
        if (!vec_wants(run)) continue;
        bool right = decimal(c.count) == count && leaves.len == 32 * count &&
                     tr_bytes_eq(deposit_leaf(run, file, &c), vec_hex(file, c.leaf)) &&
                     deposit_follows(run, file, &before, &c);
        if (right && count % 64 == 0) { /* and all of it at once */
            tr_bytes both = root_of(run, file, SHA256, tr_buf_view(&leaves));
            right = tr_bytes_eq(tr_bytes_cut(both, 32, 32), vec_hex(file, c.root));
        }
        vec_check(run, right, TR_LIT("deposit"), "deposit %zu", count);
    }
    if (count == 0) vec_fail(run, TR_LIT("file"), "no deposit found");
}

static tr_bytes base64(const vec_file *file, tr_bytes in)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    tr_buf out = new_input(file);
    uint32_t bits = 0;
    for (size_t i = 0, have = 0; i < in.len && in.data[i] != '='; i++) {
        uint32_t value = 0;
        while (value < 63 && (uint8_t)digits[value] != in.data[i]) value++;
        bits = bits << 6 | value;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        tr_buf_put_u8(&out, (uint8_t)(bits >> have));
    }
    return tr_buf_view(&out);
}

static tr_bytes bytes_of(const vec_file *file, const tr_json *value, const char *key)
{
    return base64(file, text(value, key));
}

/* The JSON of a message of cosmos.ics23.v1 as its wire form. */
static void put_number(tr_buf *out, uint32_t field, const tr_json *value, const char *key)
{
    if (tr_json_get(value, key) != NULL) tr_proto_put_u64(out, field, number(value, key));
}

static tr_bytes leaf_op(const vec_file *file, const tr_json *value)
{
    tr_buf out = new_input(file);
    put_number(&out, 1, value, "hash");
    put_number(&out, 2, value, "prehash_key");
    put_number(&out, 3, value, "prehash_value");
    put_number(&out, 4, value, "length");
    tr_proto_put_bytes(&out, 5, bytes_of(file, value, "prefix"));
    return tr_buf_view(&out);
}

static tr_bytes inner_op(const vec_file *file, const tr_json *value)
{
    tr_buf out = new_input(file);
    put_number(&out, 1, value, "hash");
    tr_proto_put_bytes(&out, 2, bytes_of(file, value, "prefix"));
    tr_proto_put_bytes(&out, 3, bytes_of(file, value, "suffix"));
    return tr_buf_view(&out);
}

static tr_bytes exist(const vec_file *file, const tr_json *value)
{
    tr_buf out = new_input(file);
    tr_proto_put_bytes(&out, 1, bytes_of(file, value, "key"));
    tr_proto_put_bytes(&out, 2, bytes_of(file, value, "value"));
    const tr_json *leaf = tr_json_get(value, "leaf");
    if (leaf != NULL) tr_proto_put_message(&out, 3, leaf_op(file, leaf));
    TR_JSON_EACH(step, tr_json_get(value, "path"))
    tr_proto_put_message(&out, 4, inner_op(file, step));
    return tr_buf_view(&out);
}

static tr_bytes inner_spec(const vec_file *file, const tr_json *value)
{
    tr_buf out = new_input(file), order = new_input(file);
    TR_JSON_EACH(branch, tr_json_get(value, "child_order"))
    {
        uint64_t i;
        if (tr_json_u64(branch, &i) == TR_OK) tr_proto_put_varint(&order, i);
    }
    tr_proto_put_bytes(&out, 1, tr_buf_view(&order));
    put_number(&out, 2, value, "child_size");
    put_number(&out, 3, value, "min_prefix_length");
    put_number(&out, 4, value, "max_prefix_length");
    tr_proto_put_bytes(&out, 5, bytes_of(file, value, "empty_child"));
    put_number(&out, 6, value, "hash");
    return tr_buf_view(&out);
}

static tr_bytes spec_of(const vec_file *file, const tr_json *value)
{
    tr_buf out = new_input(file);
    tr_proto_put_message(&out, 1, leaf_op(file, tr_json_get(value, "leaf_spec")));
    tr_proto_put_message(&out, 2, inner_spec(file, tr_json_get(value, "inner_spec")));
    put_number(&out, 3, value, "max_depth");
    put_number(&out, 4, value, "min_depth");
    return tr_buf_view(&out);
}

/* The outcome of a case with IsErr and Expected. */
static void check_outcome(vec_run *run, const vec_file *file, const tr_json *item, tr_err err,
                          tr_bytes got)
{
    const tr_json *is_error = tr_json_get(item, "IsErr");
    tr_bytes want = bytes_of(file, item, "Expected");
    if (is_error == NULL || is_error->kind != TR_JSON_BOOL) {
        vec_fail(run, item->key, "a case that cannot be read");
    } else if (is_error->truth) {
        vec_check(run, err != TR_OK && err != TR_E_MEMORY, item->key, "accepted");
    } else {
        vec_check(run, err == TR_OK && tr_bytes_eq(got, want), item->key, "%s",
                  err == TR_OK ? "another result" : tr_err_name(err));
    }
}

static void run_ics23_hashes(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        tr_buf_put_u8(&in, (uint8_t)number(item, "HashOp"));
        const tr_json *message = tr_json_get(item, "Preimage");
        if (message == NULL) message = tr_json_get(item, "PreImage");
        tr_buf_put(&in, tr_json_text(message));
        tr_bytes got = op(run, file, "ics23.hash", &in, &err);
        tr_bytes want = hex(file, item, "ExpectedHash");
        vec_check(run, err == TR_OK && want.len != 0 && tr_bytes_eq(got, want), item->key, "%s",
                  err == TR_OK ? "another hash" : tr_err_name(err));
    }
}

/* A leaf is a proof of existence without steps. */
static void run_ics23_leaves(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        tr_proto_put_bytes(&in, 1, bytes_of(file, item, "Key"));
        tr_proto_put_bytes(&in, 2, bytes_of(file, item, "Value"));
        tr_proto_put_message(&in, 3, leaf_op(file, tr_json_get(item, "Op")));
        tr_bytes got = op(run, file, "ics23.exist", &in, &err);
        check_outcome(run, file, item, err, got);
    }
}

static void run_ics23_steps(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        put_part(&in, inner_op(file, tr_json_get(item, "Op")));
        put_part(&in, bytes_of(file, item, "Child"));
        tr_bytes got = op(run, file, "ics23.step", &in, &err);
        check_outcome(run, file, item, err, got);
    }
}

static void run_ics23_roots(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        tr_buf_put(&in, exist(file, tr_json_get(item, "Proof")));
        tr_bytes got = op(run, file, "ics23.exist", &in, &err);
        check_outcome(run, file, item, err, got);
    }
}

static void run_ics23_leaf_specs(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        put_part(&in, leaf_op(file, tr_json_get(item, "Spec")));
        put_part(&in, leaf_op(file, tr_json_get(item, "Leaf")));
        (void)op(run, file, "ics23.check-leaf", &in, &err);
        check_outcome(run, file, item, err, (tr_bytes){NULL, 0});
    }
}

static void run_ics23_specs(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        put_part(&in, spec_of(file, tr_json_get(item, "Spec")));
        put_part(&in, exist(file, tr_json_get(item, "Proof")));
        (void)op(run, file, "ics23.check-spec", &in, &err);
        bool allowed = text(item, "Err").len == 0;
        vec_check(run, err == (allowed ? TR_OK : TR_E_PROOF_SPEC), item->key, "%s",
                  tr_err_name(err));
    }
}

static void run_ics23_sides(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf in = new_input(file);
        tr_err err;
        put_part(&in, spec_of(file, tr_json_get(item, "Spec")));
        put_part(&in, inner_op(file, tr_json_get(item, "Op")));
        tr_bytes got = op(run, file, "ics23.sides", &in, &err);
        const tr_json *left = tr_json_get(item, "IsLeft"), *right = tr_json_get(item, "IsRight");
        vec_check(run,
                  err == TR_OK && left != NULL && right != NULL && got.len == 2 &&
                      got.data[0] == left->truth && got.data[1] == right->truth,
                  TR_LIT("sides"), "%s", tr_err_name(err));
    }
}

static tr_err check_ics23(vec_run *run, const vec_file *file, uint8_t tree, const tr_bytes parts[4])
{
    tr_buf in = new_input(file);
    tr_err err;
    tr_buf_put_u8(&in, tree);
    for (size_t i = 0; i < 4; i++) put_part(&in, parts[i]);
    (void)op(run, file, "ics23.proof", &in, &err);
    return err;
}

/* A proof shows what it is for and nothing else: not with another root, key or value, not the
 * reverse, not under the rules of another tree. */
static void run_ics23_proof(vec_run *run, const vec_file *file, uint8_t tree)
{
    if (!vec_wants(run)) return;
    tr_bytes parts[4] = {hex(file, file->json, "root"), hex(file, file->json, "key"),
                         hex(file, file->json, "value"), hex(file, file->json, "proof")};
    tr_err err = check_ics23(run, file, tree, parts);
    vec_check(run, err == TR_OK, TR_LIT("proof"), "%s", tr_err_name(err));
    bool absent = parts[2].len == 0;
    for (size_t i = 0; i < 3; i++) {
        tr_bytes bent[4] = {parts[0], parts[1], parts[2], parts[3]};
        uint8_t *copy = TR_ARENA_ARRAY(file->arena, uint8_t, parts[i].len + 1);
        if (copy == NULL) return;
        if (parts[i].len != 0) memcpy(copy, parts[i].data, parts[i].len);
        copy[absent && i == 2 ? 0 : parts[i].len - 1] ^= 1;
        bent[i] = tr_bytes_of(copy, absent && i == 2 ? 1 : parts[i].len);
        err = check_ics23(run, file, tree, bent);
        vec_check(run, err == TR_E_TRIE_PROOF, TR_LIT("bent"), "part %zu: %s", i, tr_err_name(err));
    }
    for (uint8_t other = 0; other < 3; other++) {
        if (other == tree) continue;
        err = check_ics23(run, file, other, parts);
        bool refused = err == TR_E_PROOF_SPEC || err == TR_E_TRIE_PROOF;
        vec_check(run, refused, TR_LIT("other tree"), "%s", tr_err_name(err));
    }
}

static void run_iavl(vec_run *run, const vec_file *file)
{
    run_ics23_proof(run, file, 0);
}

static void run_tendermint(vec_run *run, const vec_file *file)
{
    run_ics23_proof(run, file, 1);
}

static void run_smt(vec_run *run, const vec_file *file)
{
    run_ics23_proof(run, file, 2);
}

static const vec_row rows[] = {
    {"hyperlane/merkle.json", run_hyperlane_trees, true},
    {"hyperlane/proof.json", run_hyperlane_proof, true},
    {"hyperlane/messageWithProof.json", run_hyperlane_proof, true},
    {"hyperlane/proveAndProcess.json", run_hyperlane_process, true},
    {"hyperlane/message.json", run_hyperlane_ids, true},
    {"hyperlane/domainHash.json", run_hyperlane_domains, true},
    {"polygon-lxly/leaf-vectors.json", run_lxly_leaves, true},
    {"polygon-lxly/deposit-raw.json", run_lxly_leaves, true},
    {"polygon-lxly/root-vectors.json", run_lxly_roots, true},
    {"polygon-lxly/claim-vectors.json", run_lxly_claims, true},
    {"deposit-tree/eip-4881-test-cases.yaml", run_deposits, false},
    {"ics23/iavl/*.json", run_iavl, true},
    {"ics23/tendermint/*.json", run_tendermint, true},
    {"ics23/smt/*.json", run_smt, true},
    {"ics23/TestDoHashData.json", run_ics23_hashes, true},
    {"ics23/TestLeafOpData.json", run_ics23_leaves, true},
    {"ics23/TestInnerOpData.json", run_ics23_steps, true},
    {"ics23/TestExistenceProofData.json", run_ics23_roots, true},
    {"ics23/TestCheckLeafData.json", run_ics23_leaf_specs, true},
    {"ics23/TestCheckAgainstSpecData.json", run_ics23_specs, true},
    {"ics23/TestEmptyBranchData.json", run_ics23_sides, true},
};
const vec_rows vec_rows_merkle = {rows, TR_COUNTOF(rows)};

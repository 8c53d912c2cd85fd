/* The key of a node: how long the trie's name is (one byte), the name, the path with one nibble in
 * each byte.  A node comes right before the nodes below it, and all of a trie lie together. */
#include "store/trie_nodes.h"

#include "hash/keccak.h"

enum { TRIE_MAX = 255, KEY_MAX = 1 + TRIE_MAX + TR_TRIE_PATH_MAX, NO_NIBBLE = 16 };

_Static_assert(KEY_MAX + 1 <= TR_KV_KEY_MAX, "a node's key is a key of the store");

typedef struct node_key {
    uint8_t bytes[KEY_MAX + 1];
    size_t len;
} node_key;

static void key_of(tr_bytes trie, const tr_path *path, node_key *out)
{
    TR_ASSERT(trie.len <= TRIE_MAX);
    out->bytes[0] = (uint8_t)trie.len;
    if (trie.len != 0) memcpy(out->bytes + 1, trie.data, trie.len);
    memcpy(out->bytes + 1 + trie.len, path->at, path->len);
    out->len = 1 + trie.len + path->len;
}

static tr_err load_node(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                        const tr_hash *hash, tr_bytes *out)
{
    const tr_trie_kv_source *source = (const tr_trie_kv_source *)self;
    node_key key;
    tr_bytes node;
    tr_hash found;
    key_of(source->trie, path, &key);
    tr_err err =
        tr_kv_get(trail, source->snapshot, source->table, tr_bytes_of(key.bytes, key.len), &node);
    if (err == TR_E_NOT_FOUND)
        return tr_fail(trail, TR_E_TRIE_MISSING, "the store has no node at a path of %u nibbles",
                       path->len);
    TR_TRY(err);
    found = tr_keccak256(node);
    if (memcmp(found.b, hash->b, sizeof(found.b)) != 0)
        return tr_fail(trail, TR_E_TRIE_MISSING,
                       "the store has another node at a path of %u nibbles", path->len);
    *out = node;
    return TR_OK;
}

void tr_trie_kv_source_init(tr_trie_kv_source *source, tr_kv_snapshot *snapshot, tr_kv_table table,
                            tr_bytes trie)
{
    uint64_t count;
    *source = (tr_trie_kv_source){
        .source = {load_node}, .snapshot = snapshot, .table = table, .trie = trie};
    /* From now on several threads may read the table; that it cannot be read shows in load. */
    tr_err ignored = tr_kv_count(NULL, snapshot, table, &count);
    (void)ignored;
}

static tr_err put_node(tr_trie_sink *self, tr_trail *trail, const tr_path *path,
                       const tr_hash *hash, tr_bytes encoding)
{
    const tr_trie_kv_sink *sink = (const tr_trie_kv_sink *)self;
    node_key key;
    (void)hash;
    key_of(sink->trie, path, &key);
    return tr_kv_put(trail, sink->write, sink->table, tr_bytes_of(key.bytes, key.len), encoding);
}

static tr_err remove_node(tr_trie_sink *self, tr_trail *trail, const tr_path *path)
{
    const tr_trie_kv_sink *sink = (const tr_trie_kv_sink *)self;
    node_key key;
    key_of(sink->trie, path, &key);
    return tr_kv_remove(trail, sink->write, sink->table, tr_bytes_of(key.bytes, key.len));
}

void tr_trie_kv_sink_init(tr_trie_kv_sink *sink, tr_kv_write *write, tr_kv_table table,
                          tr_bytes trie)
{
    *sink = (tr_trie_kv_sink){
        .sink = {put_node, remove_node}, .write = write, .table = table, .trie = trie};
}

tr_err tr_trie_kv_remove(tr_trail *trail, tr_kv_write *write, tr_kv_table table, tr_bytes trie)
{
    static const tr_path root;
    node_key first, last;
    key_of(trie, &root, &first);
    last = first;
    last.bytes[last.len++] = NO_NIBBLE;
    return tr_kv_remove_range(trail, write, table, tr_bytes_of(first.bytes, first.len),
                              tr_bytes_of(last.bytes, last.len));
}

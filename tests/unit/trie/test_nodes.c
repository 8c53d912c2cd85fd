/* Tries whose nodes lie elsewhere: commit, load, prune, witnesses. */
#include "hash/keccak.h"
#include "shadow.h"
#include "trie/node.h"

enum { BATCH = 32 };

/* A sink that checks what a store may count on, over a memory store. */
typedef struct strict {
    tr_trie_sink sink;
    tr_trie_memory *memory;
    tr_path last; /* of the last put: children come before parents */
    size_t puts, removes;
    size_t fail_at; /* the call that fails; 0: none */
} strict;

static bool is_above(const tr_path *a, const tr_path *b)
{
    return a->len <= b->len && memcmp(a->at, b->at, a->len) == 0;
}

static tr_err strict_put(tr_trie_sink *self, tr_trail *trail, const tr_path *path,
                         const tr_hash *hash, tr_bytes encoding)
{
    strict *s = (strict *)self;
    tr_trie_node node;
    tr_hash real = tr_keccak256(encoding);
    if (s->fail_at != 0 && s->puts + s->removes + 1 >= s->fail_at)
        return tr_fail(trail, TR_E_FULL, "the sink is full");
    TR_CHECK_BYTES(TR_VIEW(real.b), TR_VIEW(hash->b));
    TR_CHECK_OK(tr_trie_node_decode(NULL, encoding, &node));
    TR_CHECK(encoding.len >= 32 || path->len == 0);
    TR_CHECK(s->puts == 0 || !is_above(&s->last, path));
    s->puts++;
    s->last = *path;
    tr_trie_sink *sink = tr_trie_memory_sink(s->memory);
    return sink->put(sink, trail, path, hash, encoding);
}

static tr_err strict_remove(tr_trie_sink *self, tr_trail *trail, const tr_path *path)
{
    strict *s = (strict *)self;
    tr_trie_sink *sink = tr_trie_memory_sink(s->memory);
    size_t before = tr_trie_memory_count(s->memory);
    if (s->fail_at != 0 && s->puts + s->removes + 1 >= s->fail_at)
        return tr_fail(trail, TR_E_FULL, "the sink is full");
    TR_CHECK_OK(sink->remove(sink, trail, path));
    TR_CHECK_EQ(tr_trie_memory_count(s->memory), before - 1); /* there was one */
    s->removes++;
    return TR_OK;
}

static strict new_strict(void)
{
    strict s = {.sink = {strict_put, strict_remove}};
    TR_CHECK_OK(tr_trie_memory_new(NULL, tr_test_alloc(), &s.memory));
    return s;
}

static void commit(tr_trie *trie, strict *s)
{
    s->puts = s->removes = 0;
    TR_CHECK_OK(tr_trie_commit(NULL, trie, &s->sink));
}

/* How many nodes a store holds after a fresh build of the same entries. */
static size_t fresh_count(const shadow *s)
{
    strict fresh = new_strict();
    tr_trie *trie = new_trie(NULL, NULL);
    for (size_t i = 0; i < s->count; i++) {
        tr_trie_change change = {s->entries[i].key, s->entries[i].value};
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &change));
    }
    check_root(trie, NULL, s);
    commit(trie, &fresh);
    size_t count = tr_trie_memory_count(fresh.memory);
    tr_trie_free(trie);
    tr_trie_memory_free(fresh.memory);
    return count;
}

static void check_all(tr_trie *trie, const shadow *s)
{
    tr_trie_range range;
    uint8_t last[TR_TRIE_KEY_MAX];
    memset(last, 0xff, sizeof(last));
    TR_CHECK_OK(tr_trie_get_range(NULL, trie, tr_test_arena(), (tr_bytes){NULL, 0}, TR_VIEW(last),
                                  SIZE_MAX, SIZE_MAX, &range));
    TR_CHECK_EQ(range.count, s->count);
    for (size_t i = 0; i < s->count; i++) {
        TR_CHECK_BYTES(range.entries[i].key, s->entries[i].key);
        TR_CHECK_BYTES(range.entries[i].value, s->entries[i].value);
    }
}

TR_PROP(a_store_holds_the_nodes_of_the_present_trie)
{
    key_style style = some_style(g);
    shadow *s = TR_ARENA_NEW(tr_gen_arena(g), shadow);
    tr_trie_change changes[BATCH];
    s->count = 0;
    strict store = new_strict();
    tr_trie_source *source = tr_trie_memory_source(store.memory);
    tr_trie *trie = new_trie(source, &tr_trie_empty_root);
    size_t batches = 1 + tr_gen_below(g, 6);
    for (size_t b = 0; b < batches; b++) {
        size_t n = some_batch(g, &style, s, BATCH, changes);
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, n, changes));
        check_root(trie, NULL, s);
        if (tr_gen_below(g, 3) == 0) continue;
        commit(trie, &store);
        TR_CHECK_EQ(tr_trie_memory_count(store.memory), fresh_count(s));
        commit(trie, &store);
        TR_CHECK_EQ(store.puts + store.removes, 0);
        switch (tr_gen_below(g, 4)) {
        case 0:
            tr_trie_prune(trie, (unsigned)tr_gen_below(g, 3));
            break;
        case 1: /* twice: what was used lately goes too */
            tr_trie_prune(trie, 0);
            tr_trie_prune(trie, 0);
            TR_CHECK(tr_trie_get_usage(trie).nodes <= 1);
            break;
        case 2: {
            tr_hash root = shadow_root(s);
            tr_trie_free(trie);
            trie = new_trie(source, &root);
            break;
        }
        default:
            break;
        }
    }
    check_root(trie, NULL, s);
    commit(trie, &store);
    TR_CHECK_EQ(tr_trie_memory_count(store.memory), fresh_count(s));
    tr_hash root = shadow_root(s);
    tr_trie *again = new_trie(source, &root);
    check_all(again, s);
    tr_trie_free(again);
    tr_trie_free(trie);
    tr_trie_memory_free(store.memory);
}

static strict filled_store(const shadow *s)
{
    strict store = new_strict();
    tr_trie *trie = new_trie(NULL, NULL);
    for (size_t i = 0; i < s->count; i++) {
        tr_trie_change change = {s->entries[i].key, s->entries[i].value};
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &change));
    }
    check_root(trie, NULL, s);
    commit(trie, &store);
    tr_trie_free(trie);
    return store;
}

/* The result of a batch over a source that may lack nodes. */
static tr_err replay(tr_trie_source *source, const tr_hash *before, size_t n,
                     const tr_trie_change *changes, tr_hash *after)
{
    tr_trie *trie = new_trie(source, before);
    tr_err err = tr_trie_update(NULL, trie, NULL, n, changes);
    if (err == TR_OK) {
        TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, after));
    } else {
        TR_CHECK_ERR(tr_trie_update(NULL, trie, NULL, n, changes), TR_E_STATE);
        TR_CHECK_ERR(tr_trie_root(NULL, trie, NULL, after), TR_E_STATE);
        tr_trie_prune(trie, 0);
    }
    tr_trie_free(trie);
    return err;
}

TR_PROP(what_a_batch_has_loaded_is_what_it_needs)
{
    key_style style = some_style(g);
    shadow *s = TR_ARENA_NEW(tr_gen_arena(g), shadow);
    tr_trie_change changes[BATCH];
    s->count = 0;
    (void)some_batch(g, &style, s, BATCH, changes);
    tr_hash before = shadow_root(s), after, want;
    strict store = filled_store(s);
    size_t n = some_batch(g, &style, s, 8, changes);
    tr_trie_recorder recorder;
    tr_trie_witness witness;
    tr_trie_proof nodes;
    tr_arena *arena = tr_gen_arena(g);
    TR_CHECK_OK(tr_trie_recorder_init(NULL, &recorder, tr_trie_memory_source(store.memory), arena));
    TR_CHECK_OK(replay(&recorder.source, &before, n, changes, &after));
    want = shadow_root(s);
    TR_CHECK_BYTES(TR_VIEW(after.b), TR_VIEW(want.b));
    TR_CHECK_OK(tr_trie_recorder_get(NULL, &recorder, arena, &nodes));
    TR_CHECK_EQ(nodes.count, recorder.count);
    for (size_t i = 1; i < nodes.count; i++)
        TR_CHECK(tr_bytes_cmp(nodes.nodes[i - 1], nodes.nodes[i]) < 0);
    TR_CHECK_OK(tr_trie_witness_init(NULL, &witness, arena, nodes.count, nodes.nodes));
    TR_CHECK_EQ(witness.count, nodes.count);
    TR_CHECK_OK(replay(&witness.source, &before, n, changes, &after));
    TR_CHECK_BYTES(TR_VIEW(after.b), TR_VIEW(want.b));
    for (size_t missing = 0; missing < nodes.count; missing++) { /* none of them is superfluous */
        tr_bytes *others = TR_ARENA_ARRAY(arena, tr_bytes, nodes.count);
        size_t to = 0;
        for (size_t i = 0; i < nodes.count; i++)
            if (i != missing) others[to++] = nodes.nodes[i];
        TR_CHECK_OK(tr_trie_witness_init(NULL, &witness, arena, to, others));
        TR_CHECK_ERR(replay(&witness.source, &before, n, changes, &after), TR_E_TRIE_MISSING);
    }
    tr_trie_memory_free(store.memory);
}

static tr_trie_change put(const char *key, const char *value)
{
    return (tr_trie_change){tr_bytes_str(key), tr_bytes_str(value)};
}

#define LONG "a value that is too long to be embedded in the branch above it"

/* A branch of two long leaves, one of which goes: the other has to be loaded; but not when a third
 * one comes in the same batch, nor when it is changed itself. */
TR_TEST(a_collapse_is_decided_on_the_whole_batch)
{
    shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
    s->count = 0;
    shadow_change(s, TR_LIT("\x10zzz"), TR_LIT(LONG "1"));
    shadow_change(s, TR_LIT("\x20zzz"), TR_LIT(LONG "2"));
    tr_hash before = shadow_root(s), after;
    strict store = filled_store(s);
    tr_trie_change out = put("\x10zzz", ""), in = put("\x30zzz", LONG), same = put("\x20zzz", LONG);
    tr_trie_change batches[][2] = {{out, out}, {out, in}, {in, out}, {out, same}};
    size_t loads[] = {3, 2, 2, 3}; /* the branch, the leaf that goes, the leaf that stays */
    for (size_t i = 0; i < TR_COUNTOF(batches); i++) {
        tr_trie_recorder recorder;
        TR_CHECK_OK(tr_trie_recorder_init(NULL, &recorder, tr_trie_memory_source(store.memory),
                                          tr_test_arena()));
        TR_CHECK_OK(replay(&recorder.source, &before, 2, batches[i], &after));
        TR_CHECK_EQ(recorder.count, loads[i]);
    }
    tr_trie_memory_free(store.memory);
}

/* A proof of absence that ends in an extension, and a collapse onto one, leave alone what is
 * below. */
TR_TEST(below_an_extension_nothing_is_loaded_without_need)
{
    shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
    s->count = 0;
    shadow_change(s, TR_LIT("\x10ssss1"), TR_LIT(LONG "1"));
    shadow_change(s, TR_LIT("\x10ssss2"), TR_LIT(LONG "2"));
    shadow_change(s, TR_LIT("\x20zzzz"), TR_LIT(LONG "3"));
    tr_hash before = shadow_root(s), after, want;
    strict store = filled_store(s);
    tr_trie_recorder recorder;
    TR_CHECK_OK(tr_trie_recorder_init(NULL, &recorder, tr_trie_memory_source(store.memory),
                                      tr_test_arena()));
    tr_trie *trie = new_trie(&recorder.source, &before);
    tr_trie_proof proof;
    tr_bytes value;
    TR_CHECK_OK(tr_trie_prove(NULL, trie, tr_test_arena(), TR_LIT("\x10szzz"), &proof));
    TR_CHECK_EQ(proof.count, 2); /* the branch and the extension */
    TR_CHECK_ERR(tr_trie_get(NULL, trie, TR_LIT("\x10szzz"), &value), TR_E_NOT_FOUND);
    TR_CHECK_EQ(recorder.count, 2);
    tr_trie_change out = put("\x20zzzz", "");
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &out));
    TR_CHECK_EQ(recorder.count, 3);
    TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &after));
    shadow_change(s, out.key, out.value);
    want = shadow_root(s);
    TR_CHECK_BYTES(TR_VIEW(after.b), TR_VIEW(want.b));
    tr_trie_free(trie);
    tr_trie_memory_free(store.memory);
}

/* A commit that fails can be made again, to another sink. */
TR_TEST(a_failed_commit_changes_nothing)
{
    shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
    s->count = 0;
    tr_trie *trie = new_trie(NULL, NULL);
    for (uint8_t i = 0; i < 40; i++) {
        uint8_t *key = tr_arena_get(tr_test_arena(), 2, 1);
        key[0] = (uint8_t)(i * 37);
        key[1] = (uint8_t)(i * 91);
        tr_trie_change change = {tr_bytes_of(key, 2), TR_LIT(LONG)};
        shadow_change(s, change.key, change.value);
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &change));
    }
    strict first = new_strict();
    TR_CHECK_ERR(tr_trie_commit(NULL, trie, &first.sink), TR_E_STATE); /* no root yet */
    check_root(trie, NULL, s);
    first.fail_at = 20;
    TR_CHECK_ERR(tr_trie_commit(NULL, trie, &first.sink), TR_E_FULL);
    strict second = new_strict();
    commit(trie, &second);
    TR_CHECK_EQ(tr_trie_memory_count(second.memory), fresh_count(s));
    /* removals too */
    for (size_t i = 0; i < 40; i += 2) {
        tr_trie_change change = {s->entries[i / 2].key, {NULL, 0}};
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &change));
        shadow_change(s, change.key, change.value);
    }
    check_root(trie, NULL, s);
    size_t at = 1;
    for (;; at++) { /* the store takes part of it at each try, as one without transactions */
        second.puts = second.removes = 0;
        second.fail_at = at == 3 ? 0 : 1;
        tr_err err = tr_trie_commit(NULL, trie, &second.sink);
        if (err == TR_OK) break;
        TR_CHECK_ERR(err, TR_E_FULL);
    }
    TR_CHECK(second.removes != 0);
    TR_CHECK_EQ(tr_trie_memory_count(second.memory), fresh_count(s));
    tr_trie_free(trie);
    tr_trie_memory_free(first.memory);
    tr_trie_memory_free(second.memory);
}

/* Nodes that are right by themselves and not where they are. */
static void refused(size_t n, const tr_bytes *encodings, tr_bytes key, tr_err want)
{
    tr_trie_witness witness;
    tr_bytes value;
    tr_hash root = tr_keccak256(encodings[0]);
    TR_CHECK_OK(tr_trie_witness_init(NULL, &witness, tr_test_arena(), n, encodings));
    tr_trie *trie = new_trie(&witness.source, &root);
    TR_CHECK_ERR(tr_trie_get(NULL, trie, key, &value), want);
    tr_trie_free(trie);
}

static tr_bytes encode(const tr_trie_node *node)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, 4096);
    tr_trie_node_encode(&out, node);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

TR_TEST(a_node_at_the_wrong_place_is_refused)
{
    tr_trie_node leaf = {.kind = TR_TRIE_LEAF, .value = TR_LIT(LONG), .path = {.len = 3}};
    tr_bytes odd = encode(&leaf);
    refused(1, &odd, TR_LIT("key"), TR_E_TRIE_NODE); /* a key of one and a half bytes */
    refused(1, &(tr_bytes){(const uint8_t *)"\xc0", 1}, TR_LIT("key"), TR_E_SHORT);
    static tr_hash hash; /* viewed by what is encoded later */
    hash = tr_keccak256(odd);
    tr_trie_node extension = {.kind = TR_TRIE_EXTENSION, .path = {.len = 1}};
    extension.child[0] = TR_VIEW(hash.b);
    tr_bytes nodes[2] = {encode(&extension), odd}; /* an extension above a leaf */
    refused(2, nodes, TR_LIT("\0\0"), TR_E_TRIE_NODE);
    refused(1, nodes, TR_LIT("\0\0"), TR_E_TRIE_MISSING);
    tr_trie_node branch = {.kind = TR_TRIE_BRANCH, .value = TR_LIT(LONG)};
    branch.child[0] = branch.child[1] = TR_VIEW(hash.b);
    nodes[1] = encode(&branch); /* a value in the middle of a byte */
    hash = tr_keccak256(nodes[1]);
    nodes[0] = encode(&extension);
    refused(2, nodes, TR_LIT("\0\0"), TR_E_TRIE_NODE);
    leaf.path.len = 127; /* a key that is too long: one nibble of branch, 127 and one */
    branch.value = (tr_bytes){NULL, 0};
    tr_trie_node more = branch;
    nodes[1] = encode(&leaf);
    hash = tr_keccak256(nodes[1]);
    tr_bytes two[2] = {encode(&more), nodes[1]};
    refused(2, two, TR_LIT("\0\0"), TR_E_NOT_FOUND); /* of 128 nibbles: just right */
    hash = tr_keccak256(two[0]);
    extension.path.len = 2;
    tr_bytes three[3] = {encode(&extension), two[0], two[1]};
    refused(3, three, TR_LIT("\0\0"), TR_E_TRIE_PATH);
}

static tr_err use_all(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_trie_memory *memory = NULL;
    tr_trie *trie = NULL;
    tr_trie_options options = {.alloc = alloc, .limit = SIZE_MAX};
    tr_hash root;
    tr_arena arena;
    tr_arena_init(&arena, alloc, 1 << 20);
    tr_err err = tr_trie_memory_new(NULL, alloc, &memory);
    if (err == TR_OK) {
        options.source = tr_trie_memory_source(memory);
        options.root = tr_trie_empty_root;
        err = tr_trie_new(NULL, &options, &trie);
    }
    for (uint16_t round = 0; round < 3 && err == TR_OK; round++) {
        uint16_t keys[100];
        tr_trie_change changes[100];
        for (uint16_t i = 0; i < 100; i++) {
            keys[i] = (uint16_t)(i * 977 + round * 5);
            tr_bytes value = TR_LIT(LONG LONG LONG LONG LONG LONG LONG LONG LONG LONG);
            value.len = i == 50 ? value.len : i % 70u + (round == 0);
            changes[i] = (tr_trie_change){tr_bytes_of(&keys[i], 2), value};
        }
        err = tr_trie_update(NULL, trie, NULL, 100, changes);
        if (err == TR_OK) err = tr_trie_root(NULL, trie, NULL, &root);
        if (err == TR_OK) err = tr_trie_commit(NULL, trie, tr_trie_memory_sink(memory));
        if (err == TR_OK) tr_trie_prune(trie, 0);
        tr_trie_proof proof;
        tr_trie_range range;
        if (err == TR_OK) err = tr_trie_prove(NULL, trie, &arena, changes[3].key, &proof);
        if (err == TR_OK)
            err = tr_trie_get_range(NULL, trie, &arena, TR_LIT("\x10"), TR_LIT("\x80"), 30,
                                    SIZE_MAX, &range);
        tr_trie_recorder recorder;
        tr_trie_witness witness;
        if (err == TR_OK) err = tr_trie_recorder_init(NULL, &recorder, options.source, &arena);
        tr_trie_options other = options;
        tr_trie *second = NULL;
        other.root = root;
        other.source = &recorder.source;
        if (err == TR_OK) err = tr_trie_new(NULL, &other, &second);
        if (err == TR_OK) err = tr_trie_update(NULL, second, NULL, 40, changes + 40);
        tr_trie_free(second);
        if (err == TR_OK) err = tr_trie_recorder_get(NULL, &recorder, &arena, &proof);
        if (err == TR_OK)
            err = tr_trie_witness_init(NULL, &witness, &arena, proof.count, proof.nodes);
    }
    tr_arena_free(&arena);
    tr_trie_free(trie);
    tr_trie_memory_free(memory);
    return err;
}

TR_TEST(without_memory_it_ends_cleanly)
{
    tr_test_out_of_memory(use_all, NULL);
}

/* ICS-23 proofs in their wire form, written from what the decoder gives. */
#ifndef TR_TESTS_UNIT_TRIE_ICS23_WRITE_H
#define TR_TESTS_UNIT_TRIE_ICS23_WRITE_H

#include "codec/protobuf.h"
#include "trie/ics23.h"

/* A message is written to a buffer of its own in arena and then into the one around it. */
static inline tr_buf ics23_begin(tr_arena *arena)
{
    tr_buf buf;
    tr_buf_init(&buf, &arena->alloc, SIZE_MAX);
    return buf;
}

static inline void ics23_put_leaf_op(tr_buf *out, const tr_ics23_leaf_op *op)
{
    tr_proto_put_u64(out, 1, (uint64_t)op->hash);
    tr_proto_put_u64(out, 2, (uint64_t)op->prehash_key);
    tr_proto_put_u64(out, 3, (uint64_t)op->prehash_value);
    tr_proto_put_u64(out, 4, (uint64_t)op->length);
    tr_proto_put_bytes(out, 5, op->prefix);
}

static inline void ics23_put_inner_op(tr_buf *out, const tr_ics23_inner_op *op)
{
    tr_proto_put_u64(out, 1, (uint64_t)op->hash);
    tr_proto_put_bytes(out, 2, op->prefix);
    tr_proto_put_bytes(out, 3, op->suffix);
}

/* Where the steps of compressed proofs go: ops counted from base. */
typedef struct ics23_table {
    const tr_ics23_inner_op **ops;
    size_t count;
} ics23_table;

static inline void ics23_put_path(tr_buf *out, tr_arena *arena, const tr_ics23_exist *exist,
                                  ics23_table *table)
{
    tr_buf packed = ics23_begin(arena);
    for (size_t i = 0; i < exist->steps; i++) {
        if (table == NULL) {
            tr_buf op = ics23_begin(arena);
            ics23_put_inner_op(&op, exist->path[i]);
            tr_proto_put_message(out, 4, tr_buf_view(&op));
            continue;
        }
        size_t at = 0;
        while (at < table->count && table->ops[at] != exist->path[i]) at++;
        if (at == table->count) table->ops[table->count++] = exist->path[i];
        tr_proto_put_varint(&packed, at);
    }
    tr_proto_put_bytes(out, 4, tr_buf_view(&packed));
}

static inline void ics23_put_exist(tr_buf *out, tr_arena *arena, const tr_ics23_exist *exist,
                                   ics23_table *table)
{
    tr_proto_put_bytes(out, 1, exist->key);
    tr_proto_put_bytes(out, 2, exist->value);
    if (exist->has_leaf) {
        tr_buf leaf = ics23_begin(arena);
        ics23_put_leaf_op(&leaf, &exist->leaf);
        tr_proto_put_message(out, 3, tr_buf_view(&leaf));
    }
    ics23_put_path(out, arena, exist, table);
}

static inline void ics23_put_side(tr_buf *out, tr_arena *arena, uint32_t field,
                                  const tr_ics23_exist *exist, ics23_table *table)
{
    if (exist == NULL) return;
    tr_buf side = ics23_begin(arena);
    ics23_put_exist(&side, arena, exist, table);
    tr_proto_put_message(out, field, tr_buf_view(&side));
}

/* The fields of an entry; those of a proof that is no batch are the same. */
static inline void ics23_put_entry(tr_buf *out, tr_arena *arena, const tr_ics23_entry *entry,
                                   ics23_table *table)
{
    ics23_put_side(out, arena, 1, entry->exist, table);
    if (entry->nonexist == NULL) return;
    tr_buf inside = ics23_begin(arena);
    tr_proto_put_bytes(&inside, 1, entry->nonexist->key);
    ics23_put_side(&inside, arena, 2, entry->nonexist->left, table);
    ics23_put_side(&inside, arena, 3, entry->nonexist->right, table);
    tr_proto_put_message(out, 2, tr_buf_view(&inside));
}

/* A batch; compressed into table, which has room for all steps, if that is not NULL. */
static inline void ics23_put_batch(tr_buf *out, tr_arena *arena, const tr_ics23_proof *proof,
                                   ics23_table *table)
{
    tr_buf batch = ics23_begin(arena);
    for (size_t i = 0; i < proof->count; i++) {
        tr_buf entry = ics23_begin(arena);
        ics23_put_entry(&entry, arena, &proof->entries[i], table);
        tr_proto_put_message(&batch, 1, tr_buf_view(&entry));
    }
    for (size_t i = 0; table != NULL && i < table->count; i++) {
        tr_buf op = ics23_begin(arena);
        ics23_put_inner_op(&op, table->ops[i]);
        tr_proto_put_message(&batch, 2, tr_buf_view(&op));
    }
    tr_proto_put_message(out, table == NULL ? 3 : 4, tr_buf_view(&batch));
}

#endif

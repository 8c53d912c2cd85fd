#include "codec/protobuf.h"
#include "trie/ics23.h"

/* The messages nest to a fixed depth, each by a function of its own.  A field that comes once is
 * asked for with one(), which also refuses what a strict encoder leaves out. */

static void unknown(tr_proto *r)
{
    tr_proto_fail(r, TR_E_UNSUPPORTED);
}

static tr_proto open_strict(tr_bytes in)
{
    tr_proto r = tr_proto_open(in);
    tr_proto_strict(&r);
    return r;
}

static tr_bytes one_bytes(tr_proto *r)
{
    tr_proto_once(r);
    tr_bytes bytes = tr_proto_bytes(r);
    tr_proto_present(r, bytes.len != 0);
    return bytes;
}

static uint32_t one_number(tr_proto *r)
{
    tr_proto_once(r);
    int32_t value = tr_proto_i32(r);
    tr_proto_present(r, value != 0);
    if (value < 0) tr_proto_fail(r, TR_E_RANGE);
    return value < 0 ? 0 : (uint32_t)value;
}

/* A value of an enumeration that goes up to last. */
static uint32_t one_of(tr_proto *r, uint32_t last)
{
    uint32_t value = one_number(r);
    if (value <= last) return value;
    tr_proto_fail(r, TR_E_UNSUPPORTED);
    return 0;
}

static tr_ics23_hash one_hash(tr_proto *r)
{
    return (tr_ics23_hash)one_of(r, TR_ICS23_BLAKE3);
}

static tr_proto one_message(tr_proto *r)
{
    tr_proto_once(r);
    return tr_proto_message(r);
}

static void read_leaf_op(tr_proto *r, tr_ics23_leaf_op *out)
{
    *out = (tr_ics23_leaf_op){.prefix = {NULL, 0}};
    while (tr_proto_next(r)) {
        switch (r->field) {
        case 1:
            out->hash = one_hash(r);
            break;
        case 2:
            out->prehash_key = one_hash(r);
            break;
        case 3:
            out->prehash_value = one_hash(r);
            break;
        case 4:
            out->length = (tr_ics23_length)one_of(r, TR_ICS23_REQUIRE_64_BYTES);
            break;
        case 5:
            out->prefix = one_bytes(r);
            break;
        default:
            unknown(r);
        }
    }
}

static void read_inner_op(tr_proto *r, tr_ics23_inner_op *out)
{
    *out = (tr_ics23_inner_op){.prefix = {NULL, 0}};
    while (tr_proto_next(r)) {
        switch (r->field) {
        case 1:
            out->hash = one_hash(r);
            break;
        case 2:
            out->prefix = one_bytes(r);
            break;
        case 3:
            out->suffix = one_bytes(r);
            break;
        default:
            unknown(r);
        }
    }
}

/* How many times a field comes in what is left of a message, the one that comes next included. */
static size_t count_field(const tr_proto *r, uint32_t field)
{
    tr_proto rest = *r;
    size_t count = rest.unread && rest.field == field;
    while (tr_proto_next(&rest)) count += rest.field == field;
    return count;
}

/* An array in arena; an error of the reader's if there is no room. */
static void *array(tr_proto *r, tr_arena *arena, size_t count, size_t size)
{
    void *out = tr_arena_array(arena, count, size, alignof(max_align_t));
    if (out == NULL) tr_proto_fail(r, TR_E_MEMORY);
    return out;
}

/* The messages of field, of which r stands before the first. */
static const tr_ics23_inner_op *read_inner_ops(tr_proto *r, tr_arena *arena, uint32_t field,
                                               size_t *count)
{
    *count = count_field(r, field);
    tr_ics23_inner_op *ops = array(r, arena, *count, sizeof(*ops));
    for (size_t i = 0; ops != NULL && i < *count; i++) {
        if (i != 0 && !tr_proto_next(r)) break; /* fields do not fall: the same one again */
        tr_proto inside = tr_proto_message(r);
        read_inner_op(&inside, &ops[i]);
        tr_proto_leave(r, &inside);
    }
    return ops;
}

/* The table that the paths of a compressed batch point into. */
typedef struct table {
    size_t count;
    const tr_ics23_inner_op *ops;
} table;

static void read_path(tr_proto *r, tr_arena *arena, tr_ics23_exist *out)
{
    const tr_ics23_inner_op *ops = read_inner_ops(r, arena, 4, &out->steps);
    const tr_ics23_inner_op **path = array(r, arena, out->steps, sizeof(void *));
    if (ops == NULL || path == NULL) return;
    for (size_t i = 0; i < out->steps; i++) path[i] = &ops[i];
    out->path = path;
}

static void read_compressed_path(tr_proto *r, tr_arena *arena, const table *inners,
                                 tr_ics23_exist *out)
{
    tr_proto_once(r);
    tr_proto packed = tr_proto_packed(r);
    tr_proto_present(r, tr_proto_packed_more(&packed));
    size_t most = tr_cursor_left(&packed.in); /* a number takes a byte at least */
    const tr_ics23_inner_op **path = array(r, arena, most, sizeof(void *));
    if (path == NULL) return;
    while (tr_proto_packed_more(&packed)) {
        uint64_t index = tr_proto_packed_u64(&packed);
        if (index >= inners->count) tr_proto_fail(&packed, TR_E_RANGE);
        if (packed.in.err == TR_OK) path[out->steps++] = &inners->ops[index];
    }
    tr_proto_leave(r, &packed);
    out->path = path;
}

/* inners is NULL in a proof that is not compressed. */
static void read_exist(tr_proto *r, tr_arena *arena, const table *inners, tr_ics23_exist *out)
{
    *out = (tr_ics23_exist){.path = NULL};
    while (tr_proto_next(r)) {
        if (r->field == 1) {
            out->key = one_bytes(r);
        } else if (r->field == 2) {
            out->value = one_bytes(r);
        } else if (r->field == 3) {
            tr_proto inside = one_message(r);
            read_leaf_op(&inside, &out->leaf);
            out->has_leaf = true;
            tr_proto_leave(r, &inside);
        } else if (r->field == 4 && inners == NULL) {
            read_path(r, arena, out);
        } else if (r->field == 4) {
            read_compressed_path(r, arena, inners, out);
        } else {
            unknown(r);
        }
    }
}

static const tr_ics23_exist *new_exist(tr_proto *r, tr_arena *arena, const table *inners)
{
    tr_ics23_exist *exist = array(r, arena, 1, sizeof(*exist));
    tr_proto inside = one_message(r);
    if (exist == NULL) return NULL;
    read_exist(&inside, arena, inners, exist);
    tr_proto_leave(r, &inside);
    return exist;
}

static const tr_ics23_nonexist *new_nonexist(tr_proto *r, tr_arena *arena, const table *inners)
{
    tr_ics23_nonexist *nonexist = array(r, arena, 1, sizeof(*nonexist));
    tr_proto inside = one_message(r);
    if (nonexist == NULL) return NULL;
    *nonexist = (tr_ics23_nonexist){.left = NULL};
    while (tr_proto_next(&inside)) {
        if (inside.field == 1) {
            nonexist->key = one_bytes(&inside);
        } else if (inside.field == 2) {
            nonexist->left = new_exist(&inside, arena, inners);
        } else if (inside.field == 3) {
            nonexist->right = new_exist(&inside, arena, inners);
        } else {
            unknown(&inside);
        }
    }
    tr_proto_leave(r, &inside);
    return nonexist;
}

/* One of two: a second one, or none, is no proof. */
static void read_entry(tr_proto *r, tr_arena *arena, const table *inners, tr_ics23_entry *out)
{
    *out = (tr_ics23_entry){NULL, NULL};
    size_t count = 0;
    for (; tr_proto_next(r); count++) {
        if (r->field == 1) {
            out->exist = new_exist(r, arena, inners);
        } else if (r->field == 2) {
            out->nonexist = new_nonexist(r, arena, inners);
        } else {
            unknown(r);
        }
    }
    if (count != 1) tr_proto_fail(r, TR_E_SYNTAX);
}

/* The table comes after the entries that point into it. */
static void find_table(tr_proto batch, tr_arena *arena, tr_proto *r, table *out)
{
    while (tr_proto_next(&batch) && batch.field < 2) {
    }
    if (batch.in.err == TR_OK && batch.unread && batch.field == 2)
        out->ops = read_inner_ops(&batch, arena, 2, &out->count);
    tr_proto_leave(r, &batch);
}

static void read_batch(tr_proto *r, tr_arena *arena, bool compressed, tr_ics23_proof *out)
{
    tr_proto inside = one_message(r);
    table inners = {0, NULL};
    if (compressed) find_table(inside, arena, r, &inners);
    tr_ics23_entry *entries = array(r, arena, count_field(&inside, 1), sizeof(*entries));
    if (entries == NULL) return;
    while (r->in.err == TR_OK && tr_proto_next(&inside)) {
        if (inside.field == 1) {
            tr_proto entry = tr_proto_message(&inside);
            read_entry(&entry, arena, compressed ? &inners : NULL, &entries[out->count++]);
            tr_proto_leave(&inside, &entry);
        } else if (inside.field != 2 || !compressed) {
            unknown(&inside);
        }
    }
    tr_proto_leave(r, &inside);
    out->entries = entries;
}

static void read_proof(tr_proto *r, tr_arena *arena, tr_ics23_proof *out)
{
    *out = (tr_ics23_proof){0, NULL};
    size_t count = 0;
    for (; tr_proto_next(r); count++) {
        if (r->field == 3 || r->field == 4) {
            read_batch(r, arena, r->field == 4, out);
        } else if (r->field == 1 || r->field == 2) {
            tr_ics23_entry *entry = array(r, arena, 1, sizeof(*entry));
            if (entry == NULL) return;
            *entry = (tr_ics23_entry){NULL, NULL};
            *out = (tr_ics23_proof){1, entry};
            if (r->field == 1) {
                entry->exist = new_exist(r, arena, NULL);
            } else {
                entry->nonexist = new_nonexist(r, arena, NULL);
            }
        } else {
            unknown(r);
        }
    }
    if (count != 1) tr_proto_fail(r, TR_E_SYNTAX);
}

tr_err tr_ics23_decode(tr_trail *trail, tr_arena *arena, tr_bytes in, tr_ics23_proof *out)
{
    tr_proto r = open_strict(in);
    read_proof(&r, arena, out);
    return tr_proto_finish(&r, trail, "an ICS-23 proof");
}

tr_err tr_ics23_decode_exist(tr_trail *trail, tr_arena *arena, tr_bytes in, tr_ics23_exist *out)
{
    tr_proto r = open_strict(in);
    read_exist(&r, arena, NULL, out);
    return tr_proto_finish(&r, trail, "an ICS-23 proof of existence");
}

tr_err tr_ics23_decode_leaf_op(tr_trail *trail, tr_bytes in, tr_ics23_leaf_op *out)
{
    tr_proto r = open_strict(in);
    read_leaf_op(&r, out);
    return tr_proto_finish(&r, trail, "an ICS-23 leaf");
}

tr_err tr_ics23_decode_inner_op(tr_trail *trail, tr_bytes in, tr_ics23_inner_op *out)
{
    tr_proto r = open_strict(in);
    read_inner_op(&r, out);
    return tr_proto_finish(&r, trail, "an ICS-23 step");
}

static void read_child_order(tr_proto *r, tr_arena *arena, tr_ics23_inner_spec *out)
{
    tr_proto_once(r);
    tr_proto packed = tr_proto_packed(r);
    tr_proto_present(r, tr_proto_packed_more(&packed));
    uint32_t *order = array(r, arena, TR_ICS23_MAX_CHILDREN, sizeof(*order));
    if (order == NULL) return;
    while (tr_proto_packed_more(&packed)) {
        uint64_t branch = tr_proto_packed_u64(&packed);
        if (branch >= TR_ICS23_MAX_CHILDREN || out->children == TR_ICS23_MAX_CHILDREN)
            tr_proto_fail(&packed, TR_E_RANGE);
        if (packed.in.err == TR_OK) order[out->children++] = (uint32_t)branch;
    }
    tr_proto_leave(r, &packed);
    out->child_order = order;
}

static void read_inner_spec(tr_proto *r, tr_arena *arena, tr_ics23_inner_spec *out)
{
    while (tr_proto_next(r)) {
        switch (r->field) {
        case 1:
            read_child_order(r, arena, out);
            break;
        case 2:
            out->child_size = one_number(r);
            break;
        case 3:
            out->min_prefix = one_number(r);
            break;
        case 4:
            out->max_prefix = one_number(r);
            break;
        case 5:
            out->empty_child = one_bytes(r);
            break;
        case 6:
            out->hash = one_hash(r);
            break;
        default:
            unknown(r);
        }
    }
}

tr_err tr_ics23_decode_spec(tr_trail *trail, tr_arena *arena, tr_bytes in, tr_ics23_spec *out)
{
    tr_proto r = open_strict(in), inside;
    *out = (tr_ics23_spec){.min_depth = 0};
    while (tr_proto_next(&r)) {
        switch (r.field) {
        case 1:
            inside = one_message(&r);
            read_leaf_op(&inside, &out->leaf);
            tr_proto_leave(&r, &inside);
            break;
        case 2:
            inside = one_message(&r);
            read_inner_spec(&inside, arena, &out->inner);
            tr_proto_leave(&r, &inside);
            break;
        case 3:
            out->max_depth = one_number(&r);
            break;
        case 4:
            out->min_depth = one_number(&r);
            break;
        case 5:
            tr_proto_once(&r);
            out->prehash_compared_key = tr_proto_bool(&r);
            tr_proto_present(&r, out->prehash_compared_key);
            break;
        default:
            unknown(&r);
        }
    }
    return tr_proto_finish(&r, trail, "an ICS-23 specification");
}

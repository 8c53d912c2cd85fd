#include "trie/node.h"

#include "codec/rlp.h"
#include "hash/keccak.h"

enum {
    ODD = 0x10, /* marks in the high half of a path's first byte */
    LEAF = 0x20,
    RLP_EMPTY = 0x80,
    RLP_HASH = 0xa0,          /* the header of a string of 32 bytes */
    RLP_LIST = 0xc0,          /* the header of an empty list */
    RLP_EMBEDDED_LAST = 0xde, /* that of the longest list which is shorter than a hash */
};

const tr_hash tr_trie_empty_root = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6,
                                     0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
                                     0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0,
                                     0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};

static void spread(tr_bytes bytes, uint8_t *to)
{
    for (size_t i = 0; i < bytes.len; i++) {
        to[2 * i] = bytes.data[i] >> 4;
        to[2 * i + 1] = bytes.data[i] & 15;
    }
}

void tr_path_of(tr_bytes key, tr_path *out)
{
    TR_ASSERT(key.len <= TR_TRIE_KEY_MAX);
    out->len = (uint8_t)(2 * key.len);
    spread(key, out->at);
}

size_t tr_path_encode(const uint8_t *nibbles, size_t len, bool leaf, uint8_t *out)
{
    size_t odd = len & 1;
    out[0] = leaf ? LEAF : 0;
    if (odd != 0) out[0] = (uint8_t)(out[0] | ODD | nibbles[0]);
    for (size_t i = 0; i < len / 2; i++)
        out[1 + i] = (uint8_t)(nibbles[odd + 2 * i] << 4 | nibbles[odd + 2 * i + 1]);
    return len / 2 + 1;
}

tr_err tr_path_decode(tr_bytes in, tr_path *out, bool *leaf)
{
    out->len = 0;
    if (in.len == 0 || (in.data[0] & ~(ODD | LEAF | 15)) != 0) return TR_E_TRIE_PATH;
    size_t odd = (in.data[0] & ODD) != 0 ? 1 : 0;
    if (odd == 0 && (in.data[0] & 15) != 0) return TR_E_TRIE_PATH;
    if (in.len - 1 > (TR_TRIE_PATH_MAX - odd) / 2) return TR_E_TRIE_PATH;
    out->len = (uint8_t)(2 * (in.len - 1) + odd);
    out->at[0] = in.data[0] & 15;
    spread((tr_bytes){in.data + 1, in.len - 1}, out->at + odd);
    *leaf = (in.data[0] & LEAF) != 0;
    return TR_OK;
}

/* Reads a child; false when it is none. */
static bool take_child(tr_rlp *r, tr_bytes *child)
{
    size_t left = (size_t)(r->end - r->at);
    if (TR_UNLIKELY(left == 0)) {
        tr_rlp_fail(r, TR_E_SHORT);
        return false;
    }
    uint8_t b = *r->at;
    if (b == RLP_HASH && left > 32) {
        *child = (tr_bytes){r->at + 1, 32};
        r->at += 33;
    } else if (b == RLP_EMPTY) {
        *child = (tr_bytes){NULL, 0};
        r->at += 1;
    } else if (b >= RLP_LIST && b <= RLP_EMBEDDED_LAST && (size_t)(b - RLP_LIST) < left) {
        *child = (tr_bytes){r->at, (size_t)(b - RLP_LIST) + 1};
        r->at += child->len;
    } else {
        bool cut = b == RLP_HASH || (b >= RLP_LIST && b <= RLP_EMBEDDED_LAST);
        tr_rlp_fail(r, cut ? TR_E_SHORT : TR_E_TRIE_NODE);
        return false;
    }
    return true;
}

static void take_branch(tr_rlp *r, tr_trie_node *out)
{
    tr_rlp begin = *r;
    size_t entries = 0;
    out->kind = TR_TRIE_BRANCH;
    for (size_t i = 0; i < 16; i++) {
        if (!take_child(r, &out->child[i])) return;
        entries += out->child[i].len != 0;
    }
    out->value = tr_rlp_bytes(r);
    entries += out->value.len != 0;
    if (entries < 2 && r->err == TR_OK) {
        tr_rlp_fail(&begin, TR_E_TRIE_NODE);
        *r = begin;
    }
}

/* Reads a leaf or an extension. */
static void take_pair(tr_rlp *r, tr_trie_node *out)
{
    tr_rlp begin = *r;
    bool leaf = false;
    tr_err err = tr_path_decode(tr_rlp_bytes(r), &out->path, &leaf);
    if (r->err == TR_OK && (err != TR_OK || (!leaf && out->path.len == 0))) {
        tr_rlp_fail(&begin, TR_E_TRIE_PATH);
        *r = begin;
        return;
    }
    begin = *r;
    bool present;
    if (leaf) {
        out->kind = TR_TRIE_LEAF;
        out->value = tr_rlp_bytes(r);
        present = out->value.len != 0;
    } else {
        out->kind = TR_TRIE_EXTENSION;
        present = take_child(r, &out->child[0]) && out->child[0].len != 0;
    }
    if (!present && r->err == TR_OK) {
        tr_rlp_fail(&begin, TR_E_TRIE_NODE);
        *r = begin;
    }
}

tr_err tr_trie_node_decode(tr_trail *trail, tr_bytes encoding, tr_trie_node *out)
{
    tr_rlp document = tr_rlp_open(encoding);
    tr_rlp list = tr_rlp_list(&document);
    tr_rlp look = list;
    tr_rlp_skip(&look);
    tr_rlp_skip(&look);
    out->path.len = 0;
    out->value = (tr_bytes){NULL, 0};
    if (look.err == TR_OK && tr_rlp_more(&look)) {
        take_branch(&list, out);
    } else {
        memset(out->child, 0, sizeof(out->child));
        if (look.err == TR_OK)
            take_pair(&list, out);
        else
            list = look;
    }
    tr_rlp_leave(&document, &list);
    return tr_rlp_finish(&document, trail, "trie node");
}

/* How many bytes a child takes in its parent. */
static size_t child_size(tr_bytes child)
{
    return child.len == 0 || child.len == 32 ? 1 + child.len : child.len;
}

static void put_child(tr_buf *out, tr_bytes child)
{
    if (child.len == 0 || child.len == 32)
        tr_rlp_put_bytes(out, child);
    else
        tr_buf_put(out, child);
}

void tr_trie_node_encode(tr_buf *out, const tr_trie_node *node)
{
    uint8_t path[TR_TRIE_PATH_MAX / 2 + 1];
    if (node->kind == TR_TRIE_BRANCH) {
        size_t payload = tr_rlp_bytes_size(node->value);
        for (size_t i = 0; i < 16; i++) payload += child_size(node->child[i]);
        tr_rlp_put_list(out, payload);
        for (size_t i = 0; i < 16; i++) put_child(out, node->child[i]);
        tr_rlp_put_bytes(out, node->value);
        return;
    }
    bool leaf = node->kind == TR_TRIE_LEAF;
    tr_bytes key = {path, tr_path_encode(node->path.at, node->path.len, leaf, path)};
    size_t second = leaf ? tr_rlp_bytes_size(node->value) : child_size(node->child[0]);
    tr_rlp_put_list(out, tr_rlp_bytes_size(key) + second);
    tr_rlp_put_bytes(out, key);
    if (leaf)
        tr_rlp_put_bytes(out, node->value);
    else
        put_child(out, node->child[0]);
}

tr_trie_ref tr_trie_ref_of(tr_bytes encoding)
{
    tr_trie_ref ref = {0};
    if (encoding.len < 32) {
        ref.len = (uint8_t)encoding.len;
        if (encoding.len != 0) memcpy(ref.b, encoding.data, encoding.len);
        return ref;
    }
    tr_hash hash = tr_keccak256(encoding);
    ref.len = 32;
    memcpy(ref.b, &hash, 32);
    return ref;
}

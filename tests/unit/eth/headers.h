/* What the tests of headers and blocks share: mainnet's headers, and a chain of two made up. */
#ifndef TR_TESTS_HEADERS_H
#define TR_TESTS_HEADERS_H

#include "eth/header.h"
#include "eth_constants.h"
#include "harness.h"
#include "trie/node.h"

static inline tr_header read_known(size_t i)
{
    tr_header header;
    TR_CHECK_OK(tr_header_decode(NULL, tr_test_hex(known_headers[i].rlp), &header));
    return header;
}

/* Where a number's header lies among the known. */
static inline size_t known_at(uint64_t number)
{
    size_t i = 0;
    while (i < TR_COUNTOF(known_headers) && known_headers[i].number != number) i++;
    TR_CHECK(i < TR_COUNTOF(known_headers));
    return i;
}

/* A header of a fork that is half full, and has neither uncles nor blobs. */
static inline tr_header some_header(tr_fork fork)
{
    const tr_fork_rules *rules = tr_fork_rules_of(fork);
    tr_header header = {
        .uncles_hash = tr_no_uncles_hash,
        .transactions_root = tr_trie_empty_root,
        .receipts_root = tr_trie_empty_root,
        .withdrawals_root = tr_trie_empty_root,
        .number = 7000,
        .gas_limit = 30000000,
        .gas_used = 15000000,
        .time = 1000,
        .fields = rules->header_fields,
    };
    if (rules->difficulty != TR_DIFFICULTY_NONE) header.difficulty = tr_u256_of(1 << 20);
    if (rules->base_fee) header.base_fee = tr_u256_of(1000000000);
    return header;
}

/* A good child, five seconds later, of a header of the same fork that is half full: its fee stays
 * the same, and its difficulty goes up by a step. */
static inline tr_header good_child(tr_fork fork, const tr_header *parent)
{
    tr_header child = *parent;
    child.parent_hash = tr_header_hash(parent);
    child.number++;
    child.time += 5;
    if (tr_fork_rules_of(fork)->difficulty != TR_DIFFICULTY_NONE)
        child.difficulty = tr_u256_of(parent->difficulty.w[0] + parent->difficulty.w[0] / 2048);
    return child;
}

#endif

/* JSON-RPC 2.0 requests, read in one pass without a tree: the hot path of every node.
 *
 * The scanner accepts exactly the texts that the tree reader (codec/json.h) accepts: UTF-8,
 * escapes, numbers, depth and duplicate keys are checked everywhere, also inside params.  What it
 * gives are views of the body; only methods and keys written with escapes, and the keys of objects
 * that have very many, take memory of the arena: at most TR_JSONRPC_ARENA_FACTOR bytes for each
 * byte of input.  Time grows as for the tree reader. */
#ifndef TR_CODEC_JSONRPC_H
#define TR_CODEC_JSONRPC_H

#include "base/base.h"

enum { TR_JSONRPC_ARENA_FACTOR = 24 };

/* One entry of a batch, or the single request.
 *
 * err says what to answer: TR_OK, the call can be made; TR_E_RPC_INVALID (-32600), this is no
 * request: no object, no "jsonrpc":"2.0", no method, or an id that is no integer, string or null;
 * TR_E_RPC_PARAMS (-32602), params is neither an array nor null. */
typedef struct tr_rpc_call {
    tr_err err;
    bool notification; /* a valid call without an id: no answer is sent */
    tr_bytes id;       /* to be echoed byte for byte, quotes and all; "null" if there is none */
    tr_bytes method;   /* decoded, any text: escape it when it is echoed; empty if there is none */
    tr_bytes params;   /* as it was written; empty if it is absent or null */
    size_t args;       /* values in params, nulls at the end not counted */
    tr_bytes first;    /* text of the first of them if it is a string that has no escapes: the hex
                        * of eth_sendRawTransaction; else data is NULL */
} tr_rpc_call;

typedef struct tr_rpc_body {
    bool batch;   /* the answer is an array */
    size_t count; /* of calls */
} tr_rpc_body;

/* tr_jsonrpc_scan reads a body into calls, of which there are room for max.  One bad entry of a
 * batch does not touch the others.
 *
 * A body that is no JSON (-32700) gives what tr_json_parse gives: TR_E_SYNTAX, TR_E_SHORT,
 * TR_E_TRAILING, TR_E_DEPTH, TR_E_DUPLICATE, with the offset in the trail.  TR_E_RPC_EMPTY: the
 * batch has no entry; TR_E_RPC_BATCH: it has more than max, the first max of them are in calls
 * (both -32600).  TR_E_MEMORY: the arena has no room for the keys of an unusual body. */
TR_NODISCARD tr_err tr_jsonrpc_scan(tr_trail *trail, tr_arena *arena, tr_bytes in,
                                    tr_rpc_call *calls, size_t max, tr_rpc_body *body);

#endif

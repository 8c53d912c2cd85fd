/* What the files of tracers share. */
#ifndef TR_EVM_TRACE_INTERNAL_H
#define TR_EVM_TRACE_INTERNAL_H

#include "evm/ops.h"
#include "evm/tracers.h"

/* tr_trace_init fills in the common part of a tracer.  tr_trace_new takes it from the arena. */
void *tr_trace_new(tr_trail *trail, tr_arena *arena, size_t size,
                   tr_err (*write)(tr_trace *, tr_trail *, tr_buf *));

/* True when a hook has nothing to do: a system call runs, or an error came before. */
static inline bool tr_trace_is_idle(const tr_trace *trace)
{
    return trace->err != TR_OK || trace->tracer.is_system;
}

/* Memory of the trace; NULL (a view with data NULL) when there is none, and the trace holds the
 * error. */
void *tr_trace_get(tr_trace *trace, size_t size);
#define TR_TRACE_NEW(trace, type) ((type *)tr_trace_get((trace), sizeof(type)))
tr_bytes tr_trace_copy(tr_trace *trace, tr_bytes bytes);

/* tr_trace_lack is the error when size more bytes could not be had. */
tr_err tr_trace_lack(const tr_trace *trace, size_t size);
tr_err tr_trace_buf_lack(const tr_trace *trace, const tr_buf *buf); /* of one that did not grow */

/* tr_trace_give puts scratch, the line made, to the sink and empties it. */
void tr_trace_give(tr_trace *trace, tr_buf *scratch, tr_trace_sink *sink);

/* What happened at the instruction that failed, for the frame that ends with it. */
enum { TR_FAULT_TEXT = 120 };
typedef struct tr_trace_fault_note {
    int status; /* TR_EVM_OK: none */
    size_t len;
    char text[TR_FAULT_TEXT];
} tr_trace_fault_note;

/* tr_trace_note_fault is called at each step, tr_trace_end_text at each end of a frame: it gives
 * the frame's error (empty: none), in note or scratch.  precompile and input_size are of the frame.
 */
void tr_trace_note_fault(tr_trace_fault_note *note, const tr_step *step, const tr_evm_rules *rules);
tr_bytes tr_trace_end_text(tr_trace_fault_note *note, tr_evm_status status, unsigned precompile,
                           size_t input_size, char scratch[TR_FAULT_TEXT]);

/* tr_trace_cost is the step's cost as go-ethereum tells it, also of one that fails. */
uint64_t tr_trace_cost(const tr_step *step, const tr_evm_rules *rules);

/* True when go-ethereum reports a step first and its failure after it: what fails is what the
 * instruction does, not its price or its operands' number. */
bool tr_trace_is_late_fault(const tr_step *step);

/* tr_trace_op_name is the opcode's name, or "opcode 0x.. not defined" in scratch. */
enum { TR_OP_SCRATCH = 32 };
const char *tr_trace_op_name(uint8_t op, char scratch[TR_OP_SCRATCH]);

/* tr_step_peek is the n-th word from the top of the stack; false: there is none. */
static inline bool tr_step_peek(const tr_step *step, size_t n, tr_u256 *out)
{
    if (step->stack_size <= n) return false;
    *out = step->stack[step->stack_size - 1 - n];
    return true;
}
tr_addr tr_word_addr(tr_u256 word);

/* tr_step_memory copies a piece of memory into the trace, zeros where it goes beyond the end; by
 * more than a mebibyte it does not (data NULL, no error). */
tr_bytes tr_step_memory(tr_trace *trace, const tr_step *step, tr_u256 offset, tr_u256 size);

/* tr_is_precompile asks by address. */
bool tr_is_precompile(const tr_evm_rules *rules, const tr_addr *address);

/* tr_create2_address is that of a CREATE2. */
tr_addr tr_create2_address(const tr_addr *sender, const tr_u256 *salt, const tr_hash *code_hash);

enum { TR_TRACE_KEY = 32 };

/* Members of JSON. */
void tr_put_quantity(tr_json_writer *w, const char *key, uint64_t value);
void tr_put_number(tr_json_writer *w, const char *key, tr_u256 value);
void tr_put_addr(tr_json_writer *w, const char *key, const tr_addr *address);
void tr_put_data(tr_json_writer *w, const char *key, tr_bytes data);
void tr_put_text(tr_json_writer *w, const char *key, tr_bytes text);
void tr_put_hex_key(tr_json_writer *w, tr_bytes key); /* at most TR_TRACE_KEY bytes */
void tr_put_u64(tr_json_writer *w, const char *key, uint64_t value);
void tr_put_str(tr_json_writer *w, const char *key, const char *text);
void tr_put_stack(tr_json_writer *w, const tr_step *step, size_t size); /* the lowest words */
void tr_put_word(tr_json_writer *w, tr_u256 value);                     /* a value of 32 bytes */

/* A map with keys of one size, up to TR_TRACE_KEY bytes: a crit-bit tree, so that nobody who
 * chooses keys can make it slow. */
typedef struct tr_trace_node tr_trace_node;
struct tr_trace_node {
    tr_trace_node *child[2];
    uint16_t bit; /* that decides here; TR_TRACE_LEAF: an item */
};
typedef struct tr_trace_item tr_trace_item;
struct tr_trace_item {
    tr_trace_node node;
    uint8_t key[TR_TRACE_KEY];
    tr_trace_item *next; /* in the order of coming, or sorted */
    uint64_t count;
    tr_u256 value;
    void *thing;
    tr_bytes data;
};
typedef struct tr_trace_map {
    tr_trace_node *root;
    tr_trace_item *first, *last;
    size_t count, key_size;
} tr_trace_map;

static inline tr_trace_map tr_trace_map_of(size_t key_size)
{
    return (tr_trace_map){.key_size = key_size};
}
tr_trace_item *tr_trace_map_find(const tr_trace_map *map, const void *key);
/* tr_trace_map_add finds or adds; count is 0 (and all else) in a new one.  NULL: no memory. */
tr_trace_item *tr_trace_map_add(tr_trace *trace, tr_trace_map *map, const void *key, bool *is_new);
/* tr_trace_map_sort puts the list into the order of the keys. */
void tr_trace_map_sort(tr_trace_map *map);

/* The key of a word. */
typedef struct tr_word_key {
    uint8_t b[32];
} tr_word_key;
static inline tr_word_key tr_word_key_of(tr_u256 word)
{
    tr_word_key key;
    tr_u256_to_be(word, key.b);
    return key;
}

#endif

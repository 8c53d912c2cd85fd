/* The common part of the tracers: memory, errors, operands, members of JSON. */
#include "codec/hex.h"
#include "evm/trace_internal.h"
#include "hash/keccak.h"

void *tr_trace_new(tr_trail *trail, tr_arena *arena, size_t size,
                   tr_err (*write)(tr_trace *, tr_trail *, tr_buf *))
{
    tr_trace *trace = tr_arena_get(arena, size, alignof(max_align_t));
    if (trace == NULL) {
        (void)tr_fail(trail, TR_E_MEMORY, "no memory for a tracer");
        return NULL;
    }
    memset(trace, 0, size);
    trace->arena = arena;
    trace->write = write;
    return trace;
}

tr_err tr_trace_lack(const tr_trace *trace, size_t size)
{
    return size > trace->arena->limit - trace->arena->used ? TR_E_LIMIT : TR_E_MEMORY;
}

tr_err tr_trace_buf_lack(const tr_trace *trace, const tr_buf *buf)
{
    enum { SOME = 1 << 16 }; /* what was to be added is not known any more */
    return tr_trace_lack(trace, 2 * buf->cap + SOME);
}

void *tr_trace_get(tr_trace *trace, size_t size)
{
    void *memory = tr_arena_get(trace->arena, size, alignof(max_align_t));
    if (memory == NULL && trace->err == TR_OK) trace->err = tr_trace_lack(trace, size);
    return memory;
}

tr_bytes tr_trace_copy(tr_trace *trace, tr_bytes bytes)
{
    tr_bytes copy = tr_arena_copy(trace->arena, bytes);
    if (copy.data == NULL && trace->err == TR_OK) trace->err = tr_trace_lack(trace, bytes.len);
    return copy;
}

void tr_trace_give(tr_trace *trace, tr_buf *scratch, tr_trace_sink *sink)
{
    tr_err err = tr_buf_err(scratch);
    if (err != TR_OK)
        err = tr_trace_buf_lack(trace, scratch);
    else
        err = sink->put(sink, tr_buf_view(scratch));
    if (trace->err == TR_OK) trace->err = err;
    tr_buf_clear(scratch);
}

tr_err tr_trace_write(tr_trail *trail, tr_trace *trace, tr_buf *out)
{
    if (trace->err != TR_OK)
        return tr_fail(trail, trace->err, "the trace is not whole: %s", tr_err_text(trace->err));
    TR_TRY(trace->write(trace, trail, out));
    if (tr_buf_err(out) != TR_OK)
        return tr_fail(trail, tr_buf_err(out), "the trace is too large to be written");
    return TR_OK;
}

tr_addr tr_word_addr(tr_u256 word)
{
    tr_addr address;
    uint8_t bytes[32];
    tr_u256_to_be(word, bytes);
    memcpy(address.b, bytes + 12, 20);
    return address;
}

tr_bytes tr_step_memory(tr_trace *trace, const tr_step *step, tr_u256 offset, tr_u256 size)
{
    enum { MOST_PADDING = 1 << 20 };
    uint64_t from = tr_u256_to_u64(offset), count = tr_u256_to_u64(size), end;
    if (__builtin_add_overflow(from, count, &end) || end > step->memory.len + MOST_PADDING)
        return (tr_bytes){NULL, 0};
    uint8_t *copy = tr_trace_get(trace, (size_t)count);
    if (copy == NULL) return (tr_bytes){NULL, 0};
    tr_bytes there = tr_bytes_cut(step->memory, (size_t)from, (size_t)count);
    if (there.len != 0) memcpy(copy, there.data, there.len);
    if (count != there.len) memset(copy + there.len, 0, (size_t)count - there.len);
    return (tr_bytes){copy, (size_t)count};
}

bool tr_is_precompile(const tr_evm_rules *rules, const tr_addr *address)
{
    static const uint8_t zeros[18];
    if (rules == NULL || memcmp(address->b, zeros, sizeof(zeros)) != 0) return false;
    unsigned number = tr_load16be(address->b + 18);
    return (number != 0 && number <= rules->precompiles) || (number == 0x100 && rules->p256);
}

tr_addr tr_create2_address(const tr_addr *sender, const tr_u256 *salt, const tr_hash *code_hash)
{
    uint8_t text[1 + 20 + 32 + 32] = {0xff};
    tr_addr address;
    memcpy(text + 1, sender->b, 20);
    tr_u256_to_be(*salt, text + 21);
    memcpy(text + 53, code_hash->b, 32);
    tr_hash hash = tr_keccak256(TR_VIEW(text));
    memcpy(address.b, hash.b + 12, 20);
    return address;
}

void tr_put_quantity(tr_json_writer *w, const char *key, uint64_t value)
{
    uint8_t text[TR_HEX_U64_MAX];
    size_t len = tr_hex_encode_u64(value, text);
    tr_json_key(w, key);
    tr_json_string(w, tr_bytes_of(text, len));
}

void tr_put_number(tr_json_writer *w, const char *key, tr_u256 value)
{
    char text[TR_U256_HEX_TEXT];
    size_t len = tr_u256_to_hex(value, text);
    tr_json_key(w, key);
    tr_json_string(w, tr_bytes_of(text, len));
}

void tr_put_addr(tr_json_writer *w, const char *key, const tr_addr *address)
{
    tr_put_data(w, key, TR_VIEW(address->b));
}

void tr_put_data(tr_json_writer *w, const char *key, tr_bytes data)
{
    tr_json_key(w, key);
    tr_json_put_hex(w, data);
}

void tr_put_text(tr_json_writer *w, const char *key, tr_bytes text)
{
    tr_json_key(w, key);
    tr_json_string(w, text);
}

void tr_put_hex_key(tr_json_writer *w, tr_bytes key)
{
    uint8_t memory[2 + 2 * TR_TRACE_KEY];
    tr_buf text;
    tr_buf_init_fixed(&text, memory, sizeof(memory));
    tr_hex_put(&text, key);
    tr_json_key_bytes(w, tr_buf_view(&text));
}

void tr_put_u64(tr_json_writer *w, const char *key, uint64_t value)
{
    tr_json_key(w, key);
    tr_json_put_u64(w, value);
}

void tr_put_str(tr_json_writer *w, const char *key, const char *text)
{
    tr_json_key(w, key);
    tr_json_str(w, text);
}

void tr_put_stack(tr_json_writer *w, const tr_step *step, size_t size)
{
    tr_json_key(w, "stack");
    tr_json_begin_array(w);
    for (size_t i = 0; i < size; i++) {
        char text[TR_U256_HEX_TEXT];
        size_t len = tr_u256_to_hex(step->stack[i], text);
        tr_json_string(w, tr_bytes_of(text, len));
    }
    tr_json_end_array(w);
}

void tr_put_word(tr_json_writer *w, tr_u256 value)
{
    tr_word_key key = tr_word_key_of(value);
    tr_json_put_hex(w, TR_VIEW(key.b));
}

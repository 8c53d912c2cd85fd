/* A machine over an empty world, accounts put into it by hand, and one transaction traced. */
#ifndef TR_TESTS_TRACE_LAB_H
#define TR_TESTS_TRACE_LAB_H

#include <stdlib.h>

#include "evm/tracers.h"
#include "harness.h"
#include "state/memory.h"

typedef struct trace_lab {
    tr_memory_world *world;
    tr_state *state;
    tr_evm *evm;
    tr_evm_env env;
    tr_evm_result result;
} trace_lab;

static inline tr_addr lab_address(unsigned number)
{
    tr_addr address = {{0}};
    tr_store16be(address.b + 18, (uint16_t)number);
    return address;
}

enum { LAB_SENDER = 0xaaaa, LAB_MINER = 0xbbbb, LAB_TO = 0xcccc };

static inline void lab_put(trace_lab *lab, unsigned number, uint64_t balance, const char *code)
{
    tr_addr address = lab_address(number);
    tr_u256 amount = tr_u256_of(balance);
    tr_state_begin(lab->state);
    tr_acct *account = tr_state_account(lab->state, &address);
    TR_CHECK(account != NULL);
    TR_CHECK(tr_state_set_balance(lab->state, account, &amount));
    if (code[0] != '\0') TR_CHECK(tr_state_set_code(lab->state, account, tr_test_hex(code)));
    TR_CHECK(tr_state_end(lab->state, false));
}

static inline void lab_open(trace_lab *lab, tr_fork fork)
{
    *lab = (trace_lab){.env = {.rules = tr_evm_rules_of(fork),
                               .chain_id = 1,
                               .number = 100,
                               .gas_limit = 30000000,
                               .coinbase = lab_address(LAB_MINER),
                               .gas_price = {{10, 0, 0, 0}}}};
    tr_evm_options options = {.alloc = tr_test_alloc()};
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), 1 << 24, &lab->world));
    tr_state_options state = {tr_test_alloc(), tr_memory_world_door(lab->world), 1 << 26, 7};
    TR_CHECK_OK(tr_state_new(NULL, &state, &lab->state));
    TR_CHECK_OK(tr_evm_new(NULL, &options, &lab->evm));
    lab->env.origin = lab_address(LAB_SENDER);
    lab_put(lab, LAB_SENDER, 1000000000, "");
    lab_put(lab, LAB_MINER, 1, "");
}

static inline void lab_close(trace_lab *lab)
{
    tr_evm_free(lab->evm);
    tr_state_free(lab->state);
    tr_memory_world_free(lab->world);
}

/* One transaction to LAB_TO, or a create of it, as stf/ tells it; 21000 gas are taken before. */
static inline void lab_run(trace_lab *lab, tr_trace *trace, bool is_create, tr_bytes input,
                           uint64_t value, uint64_t gas)
{
    tr_message message = {.kind = is_create ? TR_CREATE : TR_CALL,
                          .sender = lab_address(LAB_SENDER),
                          .to = lab_address(LAB_TO),
                          .value = tr_u256_of(value),
                          .gas = gas,
                          .input = input};
    tr_tx_begin begin = {.state = lab->state,
                         .env = &lab->env,
                         .from = message.sender,
                         .to = message.to,
                         .is_create = is_create,
                         .value = message.value,
                         .gas = gas + 21000,
                         .intrinsic_gas = 21000,
                         .input = input};
    tr_state_begin(lab->state);
    if (trace->tracer.tx_begin != NULL) trace->tracer.tx_begin(&trace->tracer, &begin);
    tr_evm_run(lab->evm, lab->state, &lab->env, &message, &trace->tracer, &lab->result);
    tr_tx_end end = {.state = lab->state,
                     .gas_used = 21000 + gas - lab->result.gas_left,
                     .status = (int)lab->result.status,
                     .output = lab->result.output};
    if (trace->tracer.tx_end != NULL) trace->tracer.tx_end(&trace->tracer, &end);
    TR_CHECK(tr_state_end(lab->state, true));
}

/* The result as text in the test's arena. */
static inline tr_bytes lab_text(tr_trace *trace)
{
    tr_buf out;
    tr_trail trail;
    tr_buf_init(&out, &tr_test_arena()->alloc, 1 << 24);
    tr_err err = tr_trace_write(&trail, trace, &out);
    TR_CHECK_MSG(err == TR_OK, "%s", trail.text);
    return tr_buf_view(&out);
}

/* A member deep in a document: "calls/0/error". */
static inline const tr_json *lab_member(tr_bytes text, const char *path)
{
    const tr_json *value;
    tr_trail trail;
    tr_err err = tr_json_parse(&trail, tr_test_arena(), text, &value);
    TR_CHECK_MSG(err == TR_OK, "%s in %.*s", trail.text, (int)text.len, (const char *)text.data);
    while (*path != '\0') {
        char key[100];
        size_t n = 0;
        for (; path[n] != '\0' && path[n] != '/'; n++) key[n] = path[n];
        key[n] = '\0';
        path += n + (path[n] == '/');
        if (value != NULL && value->kind == TR_JSON_ARRAY)
            value = tr_json_at(value, (size_t)strtoul(key, NULL, 10));
        else
            value = tr_json_get(value, key);
    }
    return value;
}

/* A string or number there, or "none". */
static inline const char *lab_at(tr_bytes text, const char *path)
{
    const tr_json *value = lab_member(text, path);
    if (value == NULL) return "none";
    if (value->kind == TR_JSON_BOOL) return value->truth ? "true" : "false";
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, 1 << 20);
    tr_buf_put(&out, value->text);
    return tr_buf_text(&out);
}

/* Makes a tracer by name with options. */
static inline tr_trace *lab_tracer(const char *name, const char *config)
{
    const tr_json *json = NULL;
    tr_trace *trace;
    tr_trail trail;
    if (config != NULL)
        TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(config), &json));
    tr_err err = tr_tracer_find(&trail, tr_test_arena(), NULL, tr_bytes_str(name), json, &trace);
    TR_CHECK_MSG(err == TR_OK, "%s", trail.text);
    return trace;
}

/* Lines kept in memory. */
typedef struct lab_sink {
    tr_trace_sink sink;
    tr_buf text;
    tr_err err; /* what put gives */
} lab_sink;

static inline tr_err lab_put_line(tr_trace_sink *self, tr_bytes text)
{
    lab_sink *sink = (lab_sink *)self;
    tr_buf_put(&sink->text, text);
    return sink->err;
}

static inline lab_sink lab_sink_new(void)
{
    lab_sink sink = {{lab_put_line}, {0}, TR_OK};
    tr_buf_init(&sink.text, &tr_test_arena()->alloc, 1 << 24);
    return sink;
}

#endif

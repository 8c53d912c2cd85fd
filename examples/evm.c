/* An EVM within a program: deploys a contract, calls it, and looks at what the calls did.
 *
 *     cc evm.c $(pkg-config --cflags --libs trestle) -o evm && ./evm */
#include <stdio.h>
#include <string.h>

#include <trestle/evm.h>

/* Adds the word that it is given to slot 0 and returns the sum. */
static const uint8_t initcode[] = {
    0x60, 0x13, 0x80, 0x60, 0x0b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3, /* returns what follows */
    0x60, 0x00, 0x35,                                                 /* the word */
    0x60, 0x00, 0x54, 0x01, 0x80,                                     /* plus slot 0, twice */
    0x60, 0x00, 0x55,                                                 /* one to slot 0 */
    0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xf3                    /* one to give back */
};

static void print_bytes(const char *what, const uint8_t *data, size_t len)
{
    printf("%-10s 0x", what);
    for (size_t i = 0; i < len; i++) printf("%02x", data[i]);
    putchar('\n');
}

static int run(tr_vm *vm, const tr_vm_message *message, tr_vm_result *result)
{
    tr_err err = tr_vm_run(vm, message, result);
    if (err != TR_OK) {
        fprintf(stderr, "%s: %s\n", tr_err_name(err), tr_vm_why(vm));
        return 1;
    }
    printf("%-10s %s, %lu gas\n", message->kind == TR_VM_CREATE ? "create" : "call",
           tr_vm_status_text(result->status), (unsigned long)result->gas_used);
    return result->status != TR_VM_OK;
}

static int use(tr_vm *vm)
{
    uint8_t word[32] = {0}, root[32];
    const char *trace;
    const tr_vm_change *changes;
    size_t len, count;
    tr_vm_result result;
    tr_vm_message message;

    memset(&message, 0, sizeof(message));
    message.kind = TR_VM_CREATE;
    memset(message.sender, 0x35, sizeof(message.sender));
    message.gas = 1000000;
    message.input = initcode;
    message.input_len = sizeof(initcode);
    if (run(vm, &message, &result) != 0) return 1;
    print_bytes("contract", result.contract, sizeof(result.contract));
    if (tr_vm_commit(vm) != TR_OK) return 1;

    message.kind = TR_VM_CALL;
    memcpy(message.to, result.contract, sizeof(message.to));
    word[31] = 40;
    message.input = word;
    message.input_len = sizeof(word);
    if (run(vm, &message, &result) != 0) return 1;
    word[31] = 2;
    if (tr_vm_set_tracer(vm, "callTracer", NULL) != TR_OK) return 1;
    if (run(vm, &message, &result) != 0) return 1;
    print_bytes("sum", result.output, result.output_len);
    if (result.output_len != 32 || result.output[31] != 42) return 1;
    if (tr_vm_trace(vm, &trace, &len) != TR_OK) return 1;
    printf("%-10s %.*s\n", "trace", (int)len, trace);

    if (tr_vm_changes(vm, &changes, &count) != TR_OK || count != 1) return 1;
    print_bytes("slot 0", changes[0].slots[0].value, 32);
    if (tr_vm_commit(vm) != TR_OK || tr_vm_root(vm, root) != TR_OK) return 1;
    print_bytes("root", root, sizeof(root));
    return 0;
}

int main(void)
{
    tr_vm *vm;
    tr_vm_options options;
    memset(&options, 0, sizeof(options));
    options.fork = "Osaka";
    options.chain_id = 1;
    if (tr_vm_new(&options, &vm) != TR_OK) return 1;
    int bad = use(vm);
    tr_vm_free(vm);
    return bad;
}

/* The guest closure as a Linux program for rv64im: reads requests from its standard input, performs
 * the operation of tests/conformance/ops.h and answers on its standard output.  Run by qemu-user;
 * no C library.
 *
 *   request   u32le length of the name, name, u32le length of the input, input
 *   answer    i32le error code, u32le length of the output, output */
#include "ops.h"

enum { SYS_READ = 63, SYS_WRITE = 64, SYS_EXIT = 93 };
enum { MAX_NAME = 64, MAX_INPUT = 32 << 20, MAX_OUTPUT = 64 << 20, ARENA = 512 << 20 };

static uint8_t input[MAX_INPUT], output[MAX_OUTPUT];
static _Alignas(16) uint8_t memory[ARENA];

static long system_call(long number, long a, long b, long c)
{
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

__attribute__((noreturn)) static void leave(int code)
{
    for (;;) (void)system_call(SYS_EXIT, code, 0, 0);
}

/* False at the end of the input. */
static bool read_all(void *to, size_t len)
{
    for (size_t at = 0; at < len;) {
        long n = system_call(SYS_READ, 0, (long)((uint8_t *)to + at), (long)(len - at));
        if (n <= 0) return false;
        at += (size_t)n;
    }
    return true;
}

static void write_all(const void *from, size_t len)
{
    for (size_t at = 0; at < len;) {
        long n = system_call(SYS_WRITE, 1, (long)((const uint8_t *)from + at), (long)(len - at));
        if (n <= 0) leave(3);
        at += (size_t)n;
    }
}

static size_t read_length(size_t most)
{
    uint8_t b[4];
    if (!read_all(b, sizeof(b))) leave(0);
    size_t len = tr_load32le(b);
    if (len > most) leave(4);
    return len;
}

void probe_main(void);
void probe_main(void)
{
    for (;;) {
        static uint8_t name[MAX_NAME];
        size_t name_len = read_length(sizeof(name));
        if (!read_all(name, name_len)) leave(5);
        size_t len = read_length(sizeof(input));
        if (!read_all(input, len)) leave(5);
        tr_arena arena;
        tr_buf out;
        tr_arena_init_fixed(&arena, memory, sizeof(memory));
        tr_buf_init_fixed(&out, output, sizeof(output));
        const tr_op *op = tr_op_find(tr_bytes_of(name, name_len));
        tr_err err = op == NULL ? TR_E_NOT_FOUND : op->run(&arena, tr_bytes_of(input, len), &out);
        uint8_t head[8];
        tr_store32le(head, (uint32_t)err);
        tr_store32le(head + 4, (uint32_t)out.len);
        write_all(head, sizeof(head));
        write_all(output, out.len);
    }
}

/* The processor starts here: the stack is qemu's, the global pointer is not used. */
__attribute__((naked, noreturn, used)) void _start(void);
__attribute__((naked, noreturn, used)) void _start(void)
{
    __asm__ volatile("andi sp, sp, -16\n\tcall probe_main\n\tunimp");
}

/* Programs: statements that put their operands on the stack themselves. */
#include "evm/ops.h"
#include "evm/precompile.h"
#include "generate.h"
#include "os/heap.h"

enum { PIECES = 16, FORWARD = 16 };

/* A program at work.  Pieces are data behind the code; a place that names one is set in the end. */
typedef struct program {
    tr_buf *out;
    chance *c;
    const tr_evm_rules *rules;
    unsigned depth, height, piece_count, forward_count;
    size_t start;
    struct {
        size_t place, from;
    } pieces[PIECES];
    size_t forward[FORWARD]; /* jumps that have not landed */
    tr_buf data;
} program;

static void op(program *p, unsigned code)
{
    tr_buf_put_u8(p->out, (uint8_t)code);
}

static void push_bytes(program *p, const uint8_t *bytes, unsigned n)
{
    op(p, 0x5f + n);
    tr_buf_put(p->out, tr_bytes_of(bytes, n));
}

static void push_word(program *p, tr_u256 x)
{
    uint8_t bytes[32];
    tr_u256_to_be(x, bytes);
    unsigned n = (tr_u256_bit_length(x) + 7) / 8;
    if (n == 0 && (!p->rules->ops[0x5f].defined || percent(p->c, 30))) n = 1;
    push_bytes(p, bytes + 32 - n, n);
}

static void push(program *p, uint64_t x)
{
    push_word(p, tr_u256_of(x));
}

static void push_address(program *p)
{
    tr_addr a = any_address(p->c);
    if (percent(p->c, 10)) {
        op(p, 0x30 + 2 * (unsigned)below(p->c, 2)); /* ADDRESS, ORIGIN */
    } else {
        push_bytes(p, a.b, 20);
    }
}

/* An offset or a length: small, near a border, seldom absurd. */
static void push_size(program *p)
{
    chance *c = p->c;
    if (percent(c, 1))
        push_word(p, any_word(c));
    else if (percent(c, 10))
        push(p, 32 * below(c, 40));
    else
        push(p, below(c, 100));
}

static void push_key(program *p)
{
    if (percent(p->c, 3))
        push_word(p, any_word(p->c));
    else
        push(p, below(p->c, 4));
}

static void push_any(program *p)
{
    static const uint8_t sources[] = {0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42,
                                      0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4a, 0x58, 0x59, 0x5a};
    unsigned code = sources[below(p->c, TR_COUNTOF(sources))];
    if (percent(p->c, 20) && p->rules->ops[code].defined)
        op(p, code);
    else if (p->height > 0 && percent(p->c, 15))
        op(p, 0x80 + (unsigned)below(p->c, TR_MIN(p->height, 16u)));
    else
        push_word(p, any_word(p->c));
}

/* What becomes of a result. */
static void settle(program *p)
{
    switch (below(p->c, 8)) {
    case 0:
    case 1:
    case 2:
        push_key(p), op(p, 0x55);
        break; /* SSTORE */
    case 3:
        push(p, 32 * below(p->c, 6)), op(p, 0x52);
        break; /* MSTORE */
    case 4:
        if (p->height < 900) {
            p->height++;
            break;
        }
        op(p, 0x50);
        break;
    case 5:
        if (p->rules->ops[0x5d].defined) {
            push_key(p), op(p, 0x5d); /* TSTORE */
            break;
        }
        op(p, 0x50);
        break;
    case 6:
        push(p, 32), push(p, 0), op(p, 0xa1);
        break; /* LOG1 */
    default:
        op(p, 0x50);
        break;
    }
}

/* A piece of data, copied to memory: its length is left on the stack when asked for. */
static void copy_piece(program *p, tr_bytes piece, uint64_t to)
{
    if (p->piece_count == PIECES) return;
    push(p, piece.len);
    op(p, 0x61);
    p->pieces[p->piece_count].place = p->out->len;
    p->pieces[p->piece_count++].from = p->data.len;
    tr_buf_put_zeros(p->out, 2);
    push(p, to);
    op(p, 0x39); /* CODECOPY */
    tr_buf_put(&p->data, piece);
}

/* An opcode, or one that every fork has, where this fork lacks it (mostly). */
static unsigned known(program *p, unsigned code, unsigned other)
{
    return p->rules->ops[code].defined || percent(p->c, 1) ? code : other;
}

static void compute(program *p)
{
    static const uint8_t codes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
                                    0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
                                    0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1e, 0x1e};
    unsigned code = known(p, codes[below(p->c, TR_COUNTOF(codes))], 0x03);
    for (unsigned i = p->rules->ops[code].need; i-- != 0;) push_any(p);
    op(p, code);
    settle(p);
}

static void look(program *p)
{
    chance *c = p->c;
    switch (below(c, 12)) {
    case 0:
        push_address(p), op(p, 0x31);
        break; /* BALANCE */
    case 1:
        push_address(p), op(p, 0x3b);
        break; /* EXTCODESIZE */
    case 2:
    case 3:
        push_address(p), op(p, 0x3f);
        break; /* EXTCODEHASH */
    case 4:
        push_size(p), op(p, 0x35);
        break; /* CALLDATALOAD */
    case 5:    /* BLOCKHASH */
        push(p, 1 + below(c, 300)), op(p, 0x43), op(p, percent(c, 80) ? 0x03 : 0x01), op(p, 0x40);
        break;
    case 6:
        push(p, below(c, 8)), op(p, 0x49);
        break; /* BLOBHASH */
    case 7:
        push_size(p), op(p, 0x51);
        break; /* MLOAD */
    case 8:
        push_key(p), op(p, 0x54);
        break; /* SLOAD */
    case 9:
    case 10:
        push_key(p), op(p, p->rules->ops[0x5c].defined ? 0x5c : 0x54);
        break; /* TLOAD */
    default:
        push_size(p), push_size(p), op(p, 0x20);
        break; /* KECCAK256 */
    }
    settle(p);
}

static void move(program *p)
{
    chance *c = p->c;
    static const uint8_t copies[] = {0x37, 0x39, 0x3c, 0x3e, 0x3e, 0x5e, 0x5e, 0x5e};
    unsigned code = copies[below(c, TR_COUNTOF(copies))];
    if (!p->rules->ops[code].defined) code = 0x37;
    if (percent(c, 15)) {
        push_any(p), push_size(p), op(p, 0x53); /* MSTORE8 */
        return;
    }
    if (code == 0x3e && percent(c, 80)) { /* no more than there is */
        op(p, 0x3d), push(p, 0), push_size(p), op(p, code);
        return;
    }
    push_size(p), push_size(p), push_size(p);
    if (code == 0x3c) push_address(p);
    op(p, code);
}

static void keep(program *p)
{
    bool transient = p->rules->ops[0x5d].defined && percent(p->c, 40);
    push_any(p), push_key(p), op(p, transient ? 0x5d : 0x55);
}

static void say(program *p)
{
    unsigned topics = (unsigned)below(p->c, 5);
    for (unsigned i = 0; i < topics; i++) push_any(p);
    push_size(p), push_size(p), op(p, 0xa0 + topics);
}

static void push_gas(program *p)
{
    chance *c = p->c;
    if (percent(c, 60))
        op(p, 0x5a);
    else if (percent(c, 5))
        push_word(p, any_word(c));
    else
        push(p, below(c, percent(c, 50) ? 5000 : 200000));
}

static void push_value(program *p)
{
    if (percent(p->c, 60))
        push(p, 0);
    else if (percent(p->c, 10))
        push_any(p);
    else
        push(p, below(p->c, 4));
}

static unsigned any_call(program *p)
{
    static const uint8_t codes[] = {0xf1, 0xf1, 0xf2, 0xf4, 0xf4, 0xfa};
    unsigned code = codes[below(p->c, TR_COUNTOF(codes))];
    return p->rules->ops[code].defined || percent(p->c, 2) ? code : 0xf1;
}

static void call(program *p)
{
    unsigned code = any_call(p);
    push_size(p), push_size(p), push_size(p), push_size(p);
    if (code == 0xf1 || code == 0xf2) push_value(p);
    push_address(p);
    push_gas(p);
    op(p, code);
    settle(p);
}

static void call_precompile(program *p)
{
    tr_buf input;
    chance *c = p->c;
    unsigned most = p->rules->precompiles, number = 1 + (unsigned)below(c, most + 1u);
    if (number > most) number = p->rules->p256 ? 0x100 : most + 1;
    /* pairings take long: seldom */
    if ((number == 8 || number == 0x0f || number == 0x0a) && percent(c, 75))
        number = 5 % (most + 1u);
    unsigned code = any_call(p);
    tr_buf_init(&input, tr_heap(), 1 << 20);
    input_make(&input, c, number);
    uint64_t to = below(c, 3) * 16;
    size_t size = input.len;
    copy_piece(p, tr_buf_view(&input), to);
    tr_buf_free(&input);
    push(p, percent(c, 80) ? 64 : below(c, 200)), push(p, 32 * below(c, 4));
    push(p, size), push(p, to);
    if (code == 0xf1 || code == 0xf2) push_value(p);
    push(p, number);
    push_gas(p);
    op(p, code);
    settle(p);
    if (p->rules->ops[0x3d].defined && percent(c, 50)) op(p, 0x3d), settle(p);
}

static void create(program *p)
{
    tr_buf code;
    chance *c = p->c;
    if (p->depth >= 2) return;
    bool two = p->rules->ops[0xf5].defined && percent(c, 60);
    tr_buf_init(&code, tr_heap(), 1 << 20);
    initcode_make(&code, c, p->rules, p->depth + 1);
    size_t size = code.len;
    copy_piece(p, tr_buf_view(&code), 0);
    tr_buf_free(&code);
    if (two) push(p, below(c, 2));
    push(p, percent(c, 97) ? size : below(c, 60000)), push(p, 0);
    push_value(p);
    op(p, two ? 0xf5 : 0xf0);
    if (percent(c, 50)) { /* call what was made */
        push(p, 0);
        for (unsigned i = 0; i < 4; i++) push(p, 0);
        op(p, 0x85); /* DUP6 */
        push_gas(p);
        op(p, 0xf1), op(p, 0x50);
    }
    settle(p);
}

/* A jump forward, over what comes next, perhaps; or a loop while there is gas. */
static void jump(program *p)
{
    chance *c = p->c;
    if (p->forward_count == FORWARD || percent(c, 25)) {
        size_t at = p->out->len - p->start;
        op(p, 0x5b);
        push_any(p), op(p, 0x50);
        push(p, 20000 + below(c, 200000)), op(p, 0x5a), op(p, 0x11); /* GAS GT */
        op(p, 0x61), op(p, (unsigned)(at >> 8)), op(p, (unsigned)at & 0xff), op(p, 0x57);
        return;
    }
    bool maybe = percent(c, 80);
    if (maybe) push_any(p);
    op(p, 0x61);
    p->forward[p->forward_count++] = p->out->len;
    tr_buf_put_zeros(p->out, 2);
    op(p, maybe ? 0x57 : 0x56);
}

static void set_place(program *p, size_t place, size_t to)
{
    p->out->data[place] = (uint8_t)(to >> 8);
    p->out->data[place + 1] = (uint8_t)to;
}

static void land(program *p)
{
    for (unsigned i = 0; i < p->forward_count; i++)
        set_place(p, p->forward[i], p->out->len - p->start);
    p->forward_count = 0;
    op(p, 0x5b);
}

static void anything(program *p)
{
    chance *c = p->c;
    unsigned code = (unsigned)any(c) & 0xff;
    if (code >= 0x56 && code <= 0x57) return;
    if (!p->rules->ops[code].defined && percent(c, 80)) return;
    for (unsigned i = p->rules->ops[code].need; i-- != 0 && i < 8;) push_any(p);
    op(p, code);
    if (code >= 0x60 && code <= 0x7f)
        for (unsigned i = 0; i <= code - 0x60; i++) op(p, (unsigned)any(c) & 0xff);
}

static void statement(program *p)
{
    unsigned n = (unsigned)below(p->c, 100);
    if (n < 14)
        compute(p);
    else if (n < 30)
        look(p);
    else if (n < 42)
        move(p);
    else if (n < 54)
        keep(p);
    else if (n < 58)
        say(p);
    else if (n < 72)
        call(p);
    else if (n < 82)
        call_precompile(p);
    else if (n < 88)
        create(p);
    else if (n < 94)
        jump(p);
    else if (n < 96)
        land(p);
    else if (n < 98)
        anything(p);
    else if (percent(p->c, 15))
        push_address(p), op(p, 0xff); /* SELFDESTRUCT */
}

static void finish(program *p)
{
    chance *c = p->c;
    if (p->forward_count > 0) land(p);
    switch (below(c, 8)) {
    case 0:
        op(p, 0x00);
        break;
    case 1:
    case 2:
    case 3:
        push_size(p), push_size(p), op(p, 0xf3);
        break;
    case 4:
        push_size(p), push_size(p), op(p, p->rules->ops[0xfd].defined ? 0xfd : 0xf3);
        break;
    case 5:
        push_address(p), op(p, 0xff);
        break;
    case 6:
        op(p, percent(c, 30) ? 0xfe : 0x00);
        break;
    default:
        break;
    }
}

static program begin(tr_buf *out, chance *c, const tr_evm_rules *rules, unsigned depth)
{
    program p = {.out = out, .c = c, .rules = rules, .depth = depth, .start = out->len};
    tr_buf_init(&p.data, tr_heap(), 1 << 20);
    return p;
}

/* The pieces go behind the code. */
static void end(program *p)
{
    size_t behind = p->out->len - p->start;
    for (unsigned i = 0; i < p->piece_count; i++)
        set_place(p, p->pieces[i].place, behind + p->pieces[i].from);
    TR_ASSERT(tr_buf_err(&p->data) == TR_OK);
    tr_buf_put(p->out, tr_buf_view(&p->data));
    tr_buf_free(&p->data);
}

void program_make(tr_buf *out, chance *c, const tr_evm_rules *rules, unsigned depth)
{
    program p = begin(out, c, rules, depth);
    unsigned n = 1 + (unsigned)below(c, depth == 0 ? 24 : 8);
    for (unsigned i = 0; i < n; i++) statement(&p);
    finish(&p);
    end(&p);
}

void initcode_make(tr_buf *out, chance *c, const tr_evm_rules *rules, unsigned depth)
{
    static const uint8_t delegation[23] = {0xef, 0x01, 0x00, [22] = 1};
    program p = begin(out, c, rules, depth);
    tr_buf runtime;
    unsigned n = (unsigned)below(c, depth == 0 ? 10 : 4);
    for (unsigned i = 0; i < n; i++) statement(&p);
    if (p.forward_count > 0) land(&p);
    tr_buf_init(&runtime, tr_heap(), 1 << 20);
    if (percent(c, 85))
        program_make(&runtime, c, rules, depth + 1);
    else if (percent(c, 50))
        tr_buf_put(&runtime, TR_VIEW(delegation));
    else if (percent(c, 20))
        push(&p, 24576 - 2 + below(c, 5)), push(&p, 0), op(&p, 0xf3);
    size_t size = runtime.len;
    copy_piece(&p, tr_buf_view(&runtime), 0);
    tr_buf_free(&runtime);
    push(&p, size), push(&p, 0), op(&p, percent(c, 5) && rules->ops[0xfd].defined ? 0xfd : 0xf3);
    end(&p);
}

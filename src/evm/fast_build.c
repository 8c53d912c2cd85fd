/* Builds the form of fast_internal.h: one pass over the code, block by block. */
#include "evm/fast_internal.h"

enum {
    BLOCK_OPS = 128, /* a block is cut after so many, which bounds what follows */
    CENTER = 1024,   /* of the places: a block reaches down by less than 8 words an instruction */
    SPAN = 2048,
    WORD = 32,
};

/* What stands at a position of the stack: a word in a place, or a constant of the block. */
typedef struct name {
    bool is_const;
    int32_t at;
} name;

typedef struct builder {
    tr_alloc *alloc;
    const tr_code *code;
    const tr_evm_rules *rules;
    tr_cell *cells;
    tr_u256 *constants;
    size_t count, capacity, constant_count, constant_capacity;
    uint32_t *targets;
    bool failed;

    /* the block */
    name names[SPAN];     /* by position + CENTER; live from lowest to top */
    uint16_t users[SPAN]; /* of a place: how many live names */
    int32_t top, lowest, need, highest;
    int32_t least_place, most_place; /* that users[] has been set for */
    size_t head;
    uint64_t gas;
    unsigned ops;
    tr_u256 values[2 * BLOCK_OPS];
    int32_t pooled[2 * BLOCK_OPS]; /* place among the constants, or -1 */
    int32_t value_count;
} builder;

typedef enum after {
    AFTER_NEXT, /* the block goes on */
    AFTER_FALL, /* a block begins behind it */
    AFTER_END,  /* what follows is not reached from here */
} after;

static bool grow(builder *b, void **array, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) return true;
    size_t more = *capacity == 0 ? 64 : 2 * *capacity;
    void *to = b->failed ? NULL : b->alloc->resize(b->alloc, *array, *capacity * size, more * size);
    if (to == NULL) {
        b->failed = true;
        return false;
    }
    *array = to;
    *capacity = more;
    return true;
}

static void emit(builder *b, unsigned op, int32_t d, int32_t a, int32_t other, int32_t n)
{
    void *cells = b->cells;
    bool ok = grow(b, &cells, &b->capacity, b->count, sizeof(tr_cell));
    b->cells = cells;
    if (ok) b->cells[b->count++] = (tr_cell){.op = op, .d = d, .a = a, .b = other, .n = n};
}

static void use(builder *b, int32_t place, int32_t change)
{
    b->users[place + CENTER] = (uint16_t)(b->users[place + CENTER] + change);
    if (place < b->least_place) b->least_place = place;
    if (place > b->most_place) b->most_place = place;
}

static void touch(builder *b, int32_t position)
{
    while (b->lowest > position) {
        b->lowest--;
        b->names[b->lowest + CENTER] = (name){false, b->lowest};
        use(b, b->lowest, 1);
    }
    if (1 - position > b->need) b->need = 1 - position;
}

static void drop(builder *b, name n)
{
    if (!n.is_const) use(b, n.at, -1);
}

/* Takes the top; its place is still in use until it is dropped. */
static name pop(builder *b)
{
    touch(b, b->top);
    return b->names[b->top-- + CENTER];
}

static void push(builder *b, name n)
{
    b->names[++b->top + CENTER] = n;
    if (!n.is_const) use(b, n.at, 1);
    if (b->top > b->highest) b->highest = b->top;
}

/* A place that nobody uses, best that of the position. */
static int32_t free_place(builder *b, int32_t position)
{
    while (b->users[position + CENTER] != 0) position++;
    if (position > b->highest) b->highest = position;
    return position;
}

static name constant(builder *b, tr_u256 value)
{
    if (b->value_count == 2 * BLOCK_OPS) {
        b->failed = true;
        return (name){true, 0};
    }
    b->values[b->value_count] = value;
    b->pooled[b->value_count] = -1;
    return (name){true, b->value_count++};
}

/* Where a name's word is: bytes from the base, or from the start of the constants. */
static int32_t place_of(builder *b, name n)
{
    if (!n.is_const) return n.at * WORD;
    if (b->pooled[n.at] >= 0) return b->pooled[n.at];
    void *constants = b->constants;
    bool ok = grow(b, &constants, &b->constant_capacity, b->constant_count, sizeof(tr_u256));
    b->constants = constants;
    if (!ok) return 0;
    b->constants[b->constant_count] = b->values[n.at];
    b->pooled[n.at] = (int32_t)b->constant_count++ * WORD;
    return b->pooled[n.at];
}

/* A constant as a word on the stack, for instructions that want one. */
static name in_place(builder *b, name n)
{
    if (!n.is_const) return n;
    int32_t place = free_place(b, b->top + 1);
    emit(b, TR_FAST_MOVE_K, place * WORD, place_of(b, n), 0, 0);
    use(b, place, 1);
    return (name){false, place};
}

static bool is_home(const builder *b, int32_t position)
{
    name n = b->names[position + CENTER];
    return !n.is_const && n.at == position;
}

static void come_home(builder *b, int32_t position)
{
    drop(b, b->names[position + CENTER]);
    b->names[position + CENTER] = (name){false, position};
    use(b, position, 1);
}

/* Two words change places, and all names with them. */
static void exchange(builder *b, int32_t one, int32_t other)
{
    emit(b, TR_FAST_EXCHANGE, 0, one * WORD, other * WORD, 0);
    for (int32_t p = b->lowest; p <= b->top; p++) {
        name *n = &b->names[p + CENTER];
        if (n->is_const || (n->at != one && n->at != other)) continue;
        use(b, n->at, -1);
        n->at = n->at == one ? other : one;
        use(b, n->at, 1);
    }
}

/* Puts each word where the plain loop has it. */
static void flush(builder *b)
{
    for (;;) {
        bool moved = false;
        int32_t stuck = INT32_MAX;
        for (int32_t p = b->lowest; p <= b->top; p++) {
            name n = b->names[p + CENTER];
            if (n.is_const || n.at == p) continue;
            if (b->users[p + CENTER] != 0) {
                stuck = p;
                continue;
            }
            emit(b, TR_FAST_MOVE, p * WORD, n.at * WORD, 0, 0);
            come_home(b, p);
            moved = true;
        }
        if (moved) continue;
        if (stuck == INT32_MAX) break;
        exchange(b, stuck, b->names[stuck + CENTER].at);
    }
    for (int32_t p = b->lowest; p <= b->top; p++) {
        name n = b->names[p + CENTER];
        if (!n.is_const) continue;
        emit(b, TR_FAST_MOVE_K, p * WORD, place_of(b, n), 0, 0);
        come_home(b, p);
    }
}

/* Only the highest words count from here on. */
static void keep_top(builder *b, int32_t words)
{
    if (words > 0) touch(b, b->top - words + 1);
    while (b->lowest <= b->top - words) drop(b, b->names[b->lowest++ + CENTER]);
}

static void begin_block(builder *b, size_t pc)
{
    for (int32_t p = b->least_place; p <= b->most_place; p++) b->users[p + CENTER] = 0;
    b->least_place = 1;
    b->most_place = 0;
    b->top = b->need = b->highest = 0;
    b->lowest = 1;
    b->gas = 0;
    b->ops = 0;
    b->value_count = 0;
    b->head = b->count;
    emit(b, TR_FAST_CHECK, 0, 0, 0, (int32_t)pc);
}

static void end_block(builder *b)
{
    if (b->failed) return;
    tr_cell *head = &b->cells[b->head];
    int64_t least = (int64_t)b->need * WORD;
    int64_t most = (int64_t)(TR_EVM_STACK_LIMIT - b->highest) * WORD;
    bool never = most < least || b->gas > INT32_MAX;
    head->d = b->gas > INT32_MAX ? INT32_MAX : (int32_t)b->gas;
    head->a = never ? INT32_MAX : (int32_t)least;
    head->b = never ? 0 : (int32_t)(most - least);
}

/* The result of an instruction: what it takes has been popped. */
static void result(builder *b, unsigned op, name x, name y, int32_t a, int32_t other, int32_t n)
{
    drop(b, x);
    drop(b, y);
    int32_t place = free_place(b, b->top + 1);
    emit(b, op, place * WORD, a, other, n);
    push(b, (name){false, place});
}

static const name no_name = {true, 0};

static bool fold(uint8_t op, const tr_u256 *a, const tr_u256 *b, tr_u256 *out)
{
    switch (op) {
    case TR_OP_ADD:
        *out = tr_u256_add(*a, *b);
        return true;
    case TR_OP_SUB:
        *out = tr_u256_sub(*a, *b);
        return true;
    case TR_OP_MUL:
        *out = tr_u256_mul(*a, *b);
        return true;
    case TR_OP_DIV:
        *out = tr_u256_div(a, b);
        return true;
    case TR_OP_AND:
        *out = tr_u256_and(*a, *b);
        return true;
    case TR_OP_OR:
        *out = tr_u256_or(*a, *b);
        return true;
    case TR_OP_XOR:
        *out = tr_u256_xor(*a, *b);
        return true;
    case TR_OP_SHL:
        *out = tr_u256_shl(*b, tr_u256_to_u64(*a));
        return true;
    case TR_OP_SHR:
        *out = tr_u256_shr(*b, tr_u256_to_u64(*a));
        return true;
    default:
        return false;
    }
}

/* A shift by a constant. */
static void shift(builder *b, uint8_t op, uint64_t by, name x)
{
    if (op == TR_OP_SAR) {
        result(b, TR_FAST_SAR_N, x, no_name, 0, place_of(b, x), by > 256 ? 256 : (int32_t)by);
    } else if (by >= 256) {
        drop(b, x);
        push(b, constant(b, TR_U256_ZERO));
    } else {
        unsigned first = op == TR_OP_SHL ? TR_FAST_SHL_0 : TR_FAST_SHR_0;
        result(b, first + (unsigned)by / 64, x, no_name, 0, place_of(b, x), (int32_t)(by % 64));
    }
}

/* form: of the three forms the first. */
static void two(builder *b, uint8_t op, unsigned form)
{
    name x = pop(b), y = pop(b);
    tr_u256 value;
    if (x.is_const && y.is_const) {
        if (fold(op, &b->values[x.at], &b->values[y.at], &value)) {
            push(b, constant(b, value));
            return;
        }
        y = in_place(b, y);
    }
    bool is_shift = op == TR_OP_SHL || op == TR_OP_SHR || op == TR_OP_SAR;
    if (is_shift && x.is_const) {
        shift(b, op, tr_u256_to_u64(b->values[x.at]), y);
        return;
    }
    form += x.is_const ? 2 : y.is_const ? 1 : 0;
    result(b, form, x, y, place_of(b, x), place_of(b, y), 0);
}

/* GT and SGT are LT and SLT of the words exchanged. */
static void compare(builder *b, unsigned form, bool exchanged)
{
    name x = pop(b), y = pop(b);
    if (exchanged) {
        name kept = x;
        x = y;
        y = kept;
    }
    if (x.is_const && y.is_const) y = in_place(b, y);
    form += x.is_const ? 2 : y.is_const ? 1 : 0;
    result(b, form, x, y, place_of(b, x), place_of(b, y), 0);
}

/* Whether the last cell made the word that only this name means. */
static bool is_last_result(const builder *b, name n)
{
    return !b->failed && b->count > b->head + 1 && !n.is_const &&
           b->cells[b->count - 1].d == n.at * WORD && b->users[n.at + CENTER] == 1;
}

/* The opposite of a comparison, or TR_FAST_OPS. */
static unsigned opposite(uint64_t op)
{
    if (op == TR_FAST_ISZERO) return TR_FAST_NONZERO;
    if (op == TR_FAST_NONZERO) return TR_FAST_ISZERO;
    if (op < TR_FAST_LT || op >= TR_FAST_JLT) return TR_FAST_OPS;
    unsigned at = (unsigned)op - TR_FAST_LT; /* pairs of three forms */
    return TR_FAST_LT + (at / 3 % 2 == 0 ? at + 3 : at - 3);
}

static void is_zero(builder *b)
{
    touch(b, b->top);
    name n = b->names[b->top + CENTER];
    if (is_last_result(b, n)) {
        unsigned other = opposite(b->cells[b->count - 1].op);
        if (other != TR_FAST_OPS) {
            b->cells[b->count - 1].op = other;
            return;
        }
    }
    name x = pop(b);
    if (x.is_const) {
        push(b, constant(b, tr_u256_of(tr_u256_iszero(b->values[x.at]))));
        return;
    }
    result(b, TR_FAST_ISZERO, x, no_name, place_of(b, x), 0, 0);
}

static void one(builder *b, unsigned op)
{
    name x = pop(b);
    if (op == TR_FAST_NOT && x.is_const) {
        push(b, constant(b, tr_u256_not(b->values[x.at])));
        return;
    }
    x = in_place(b, x);
    result(b, op, x, no_name, place_of(b, x), 0, 0);
}

static void three(builder *b, unsigned op, unsigned op_k)
{
    name x = in_place(b, pop(b)), y = in_place(b, pop(b)), z = pop(b);
    int32_t a = place_of(b, x), other = place_of(b, y), n = place_of(b, z);
    drop(b, z);
    result(b, z.is_const ? op_k : op, x, y, a, other, n);
}

static bool is_small(const builder *b, name n)
{
    return n.is_const && tr_u256_to_u64(b->values[n.at]) <= INT32_MAX;
}

static int32_t small(const builder *b, name n)
{
    return (int32_t)b->values[n.at].w[0];
}

static void load(builder *b, unsigned op, unsigned op_n)
{
    name x = pop(b);
    if (is_small(b, x)) {
        result(b, op_n, x, no_name, 0, 0, small(b, x));
        return;
    }
    x = in_place(b, x);
    result(b, op, x, no_name, place_of(b, x), 0, 0);
}

static void store(builder *b, bool is_byte)
{
    name at = pop(b), value = pop(b);
    bool is_fixed = !is_byte && is_small(b, at);
    if (!is_fixed) at = in_place(b, at);
    if (is_byte) value = in_place(b, value);
    unsigned op = value.is_const ? (is_fixed ? TR_FAST_MSTORE_N_K : TR_FAST_MSTORE_K)
                  : is_fixed     ? TR_FAST_MSTORE_N
                                 : TR_FAST_MSTORE;
    if (is_byte) op = TR_FAST_MSTORE8;
    emit(b, op, 0, is_fixed ? 0 : place_of(b, at), place_of(b, value), is_fixed ? small(b, at) : 0);
    drop(b, at);
    drop(b, value);
}

/* An instruction whose words lie as in the plain loop. */
static void called(builder *b, uint8_t op, unsigned fast, int32_t n)
{
    const tr_op_rule *rule = &b->rules->ops[op];
    if (rule->need > 0) touch(b, b->top - rule->need + 1);
    flush(b);
    emit(b, fast, b->top * WORD, 0, 0, n);
    for (unsigned i = 0; i < rule->need; i++) drop(b, pop(b));
    if (rule->growth + rule->need > 0) push(b, (name){false, b->top + 1});
}

static after fall(builder *b)
{
    flush(b);
    emit(b, TR_FAST_FALL, b->top * WORD, 0, 0, 0);
    return AFTER_FALL;
}

static after to_plain(builder *b, size_t pc)
{
    flush(b);
    emit(b, TR_FAST_PLAIN, b->top * WORD, 0, 0, (int32_t)pc);
    return AFTER_END;
}

static bool is_target(const builder *b, name n)
{
    uint64_t pc = n.is_const ? tr_u256_to_u64(b->values[n.at]) : UINT64_MAX;
    return pc < b->code->len && (b->code->jumps[pc / 64] >> (pc % 64) & 1) != 0;
}

static after jump(builder *b, size_t pc)
{
    touch(b, b->top);
    name to = b->names[b->top + CENTER];
    if (to.is_const && !is_target(b, to)) {
        b->gas -= b->rules->ops[TR_OP_JUMP].gas;
        return to_plain(b, pc);
    }
    if (to.is_const) {
        (void)pop(b);
        flush(b);
        emit(b, TR_FAST_JUMP, b->top * WORD, 0, 0, small(b, to));
        return AFTER_END;
    }
    flush(b);
    emit(b, TR_FAST_JUMP_TO, (b->top - 1) * WORD, b->top * WORD, 0, 0);
    return AFTER_END;
}

/* Whether putting words in their places would overwrite what a comparison reads. */
static bool is_overwritten(const builder *b, const tr_cell *cell)
{
    for (int32_t p = b->lowest; p <= b->top; p++)
        if (!is_home(b, p) && (cell->a == p * WORD || cell->b == p * WORD)) return true;
    return false;
}

/* A jump on what the last cell compares, made one with it. */
static bool jump_on_compare(builder *b, name condition, int32_t target)
{
    if (!is_last_result(b, condition)) return false;
    tr_cell cell = b->cells[b->count - 1];
    unsigned op;
    if (cell.op == TR_FAST_ISZERO || cell.op == TR_FAST_NONZERO)
        op = cell.op == TR_FAST_ISZERO ? TR_FAST_JUMPZ : TR_FAST_JUMPI;
    else if (cell.op >= TR_FAST_LT && cell.op < TR_FAST_JLT)
        op = (unsigned)cell.op - TR_FAST_LT + TR_FAST_JLT;
    else
        return false;
    drop(b, pop(b));
    if (is_overwritten(b, &cell)) {
        push(b, condition);
        return false;
    }
    b->count--;
    flush(b);
    emit(b, op, b->top * WORD, cell.a, cell.b, target);
    return true;
}

static after jump_if(builder *b, size_t pc)
{
    touch(b, b->top - 1);
    name to = b->names[b->top + CENTER];
    if (to.is_const && !is_target(b, to)) {
        b->gas -= b->rules->ops[TR_OP_JUMPI].gas;
        return to_plain(b, pc);
    }
    if (!to.is_const) {
        flush(b);
        emit(b, TR_FAST_JUMPI_TO, (b->top - 2) * WORD, b->top * WORD, (b->top - 1) * WORD, 0);
        return AFTER_FALL;
    }
    (void)pop(b);
    int32_t target = small(b, to);
    if (jump_on_compare(b, b->names[b->top + CENTER], target)) return AFTER_FALL;
    flush(b);
    emit(b, TR_FAST_JUMPI, (b->top - 1) * WORD, b->top * WORD, 0, target);
    return AFTER_FALL;
}

static after finish(builder *b, unsigned op, int32_t words)
{
    keep_top(b, words);
    flush(b);
    emit(b, op, b->top * WORD, 0, 0, 0);
    return AFTER_END;
}

static tr_u256 pushed(const uint8_t *at, unsigned len)
{
    return tr_u256_from_be_short(tr_bytes_of(at, len));
}

static void give(builder *b, unsigned op)
{
    result(b, op, no_name, no_name, 0, 0, 0);
}

#define TWO(name)                                                                                  \
    case TR_OP_##name:                                                                             \
        two(b, op, TR_FAST_##name);                                                                \
        return AFTER_NEXT;
#define GIVE(name)                                                                                 \
    case TR_OP_##name:                                                                             \
        give(b, TR_FAST_##name);                                                                   \
        return AFTER_NEXT;
#define CALLED(name)                                                                               \
    case TR_OP_##name:                                                                             \
        called(b, op, TR_FAST_##name, 0);                                                          \
        return AFTER_NEXT;
/* Gas is exact at these, and what follows is paid for after them. */
#define EXACT(name)                                                                                \
    case TR_OP_##name:                                                                             \
        called(b, op, TR_FAST_##name, 0);                                                          \
        return fall(b);
#define BEGIN(name, other)                                                                         \
    case TR_OP_##name:                                                                             \
        called(b, op, TR_FAST_##name, 0);                                                          \
        return AFTER_FALL;

static after instruction(builder *b, uint8_t op, size_t pc)
{
    const uint8_t *at = b->code->bytes + pc;
    if (op >= TR_OP_PUSH0 && op <= TR_OP_PUSH32) {
        push(b, constant(b, pushed(at + 1, (unsigned)op - TR_OP_PUSH0)));
        return AFTER_NEXT;
    }
    if (op >= TR_OP_DUP1 && op <= TR_OP_DUP16) {
        int32_t from = b->top - (op - TR_OP_DUP1);
        touch(b, from);
        push(b, b->names[from + CENTER]);
        return AFTER_NEXT;
    }
    if (op >= TR_OP_SWAP1 && op <= TR_OP_SWAP16) {
        int32_t with = b->top - (op - TR_OP_SWAP1) - 1;
        touch(b, with);
        name kept = b->names[with + CENTER];
        b->names[with + CENTER] = b->names[b->top + CENTER];
        b->names[b->top + CENTER] = kept;
        return AFTER_NEXT;
    }
    if (op >= TR_OP_LOG0 && op <= TR_OP_LOG4) {
        called(b, op, TR_FAST_LOG, op - TR_OP_LOG0);
        return fall(b);
    }
    switch (op) {
        TR_FAST_TWO(TWO)
        TR_FAST_GIVE(GIVE)
        TR_FAST_BEGIN(BEGIN)
        CALLED(EXP)
        CALLED(KECCAK256)
        CALLED(CALLDATACOPY)
        CALLED(CODECOPY)
        CALLED(BLOBHASH)
        CALLED(TLOAD)
        CALLED(MCOPY)
        EXACT(BALANCE)
        EXACT(EXTCODESIZE)
        EXACT(EXTCODECOPY)
        EXACT(EXTCODEHASH)
        EXACT(RETURNDATACOPY)
        EXACT(BLOCKHASH)
        EXACT(SLOAD)
        EXACT(SSTORE)
        EXACT(TSTORE)
    case TR_OP_LT:
    case TR_OP_GT:
        compare(b, TR_FAST_LT, op == TR_OP_GT);
        return AFTER_NEXT;
    case TR_OP_SLT:
    case TR_OP_SGT:
        compare(b, TR_FAST_SLT, op == TR_OP_SGT);
        return AFTER_NEXT;
    case TR_OP_EQ:
        compare(b, TR_FAST_EQ, false);
        return AFTER_NEXT;
    case TR_OP_ISZERO:
        is_zero(b);
        return AFTER_NEXT;
    case TR_OP_NOT:
        one(b, TR_FAST_NOT);
        return AFTER_NEXT;
    case TR_OP_CLZ:
        one(b, TR_FAST_CLZ);
        return AFTER_NEXT;
    case TR_OP_ADDMOD:
        three(b, TR_FAST_ADDMOD, TR_FAST_ADDMOD_K);
        return AFTER_NEXT;
    case TR_OP_MULMOD:
        three(b, TR_FAST_MULMOD, TR_FAST_MULMOD_K);
        return AFTER_NEXT;
    case TR_OP_CODESIZE:
        push(b, constant(b, tr_u256_of(b->code->len)));
        return AFTER_NEXT;
    case TR_OP_PC:
        push(b, constant(b, tr_u256_of(pc)));
        return AFTER_NEXT;
    case TR_OP_POP:
        drop(b, pop(b));
        return AFTER_NEXT;
    case TR_OP_MLOAD:
        load(b, TR_FAST_MLOAD, TR_FAST_MLOAD_N);
        return AFTER_NEXT;
    case TR_OP_CALLDATALOAD:
        load(b, TR_FAST_CALLDATALOAD, TR_FAST_CALLDATALOAD_N);
        return AFTER_NEXT;
    case TR_OP_MSTORE:
    case TR_OP_MSTORE8:
        store(b, op == TR_OP_MSTORE8);
        return AFTER_NEXT;
    case TR_OP_JUMP:
        return jump(b, pc);
    case TR_OP_JUMPI:
        return jump_if(b, pc);
    case TR_OP_GAS:
        give(b, TR_FAST_GAS);
        return fall(b);
    case TR_OP_STOP:
        return finish(b, TR_FAST_STOP, 0);
    case TR_OP_RETURN:
        return finish(b, TR_FAST_RETURN, 2);
    case TR_OP_REVERT:
        return finish(b, TR_FAST_REVERT, 2);
    default:
        b->gas -= b->rules->ops[op].gas;
        return to_plain(b, pc);
    }
}

static bool is_jumpdest(const builder *b, size_t pc)
{
    return pc < b->code->len && (b->code->jumps[pc / 64] >> (pc % 64) & 1) != 0;
}

/* The heads of a row of JUMPDESTs, behind which one block follows.  All that a JUMPDEST does is to
 * cost 1 gas, so a row of them is one subtraction of its length: nothing is left out by that, and
 * where gas ends within the row the plain loop finds out.  Programs that are such rows gain by as
 * much as the rows are long. */
static size_t jumpdests(builder *b, size_t pc)
{
    size_t end = pc + 1;
    b->targets[pc] = (uint32_t)b->count;
    while (is_jumpdest(b, end)) end++;
    if (end - pc == 1) {
        begin_block(b, pc);
        b->gas = 1;
        return end;
    }
    begin_block(b, pc);
    b->gas = end - pc;
    end_block(b);
    b->targets[end] = (uint32_t)b->count; /* for those inside the row (row_heads) */
    begin_block(b, end);
    return end;
}

/* Jumps into the middle of a row pay for the rest of it and go to the block behind. */
static void row_heads(builder *b)
{
    for (size_t pc = 0; pc < b->code->len && !b->failed; pc++) {
        if (!is_jumpdest(b, pc) || !is_jumpdest(b, pc + 1)) continue;
        size_t end = pc + 1;
        while (is_jumpdest(b, end)) end++;
        for (size_t i = pc + 1; i < end; i++) {
            b->targets[i] = (uint32_t)b->count;
            begin_block(b, i);
            b->gas = end - i;
            end_block(b);
            emit(b, TR_FAST_JUMP, 0, 0, 0, (int32_t)end);
        }
        pc = end - 1;
    }
}

static void build_code(builder *b)
{
    size_t pc = 0, len = b->code->len;
    bool reached = true;
    if (!is_jumpdest(b, 0)) begin_block(b, 0);
    while (!b->failed && (pc < len || reached)) {
        uint8_t op = b->code->bytes[pc];
        if (is_jumpdest(b, pc)) {
            if (reached && pc != 0) {
                if (b->count != b->head || b->ops != 0) (void)fall(b);
                end_block(b);
            }
            pc = jumpdests(b, pc);
            reached = true;
            continue;
        }
        size_t next = pc + 1;
        if (op > TR_OP_PUSH0 && op <= TR_OP_PUSH32) next += (size_t)op - TR_OP_PUSH0;
        if (!reached) {
            pc = next;
            continue;
        }
        b->gas += b->rules->ops[op].gas;
        after then = b->rules->ops[op].defined ? instruction(b, op, pc) : to_plain(b, pc);
        if (then == AFTER_NEXT && ++b->ops == BLOCK_OPS) then = fall(b);
        pc = next;
        if (then == AFTER_NEXT) continue;
        end_block(b);
        reached = then == AFTER_FALL;
        if (reached && !is_jumpdest(b, pc)) begin_block(b, pc);
        if (reached && is_jumpdest(b, pc)) {
            pc = jumpdests(b, pc);
        }
    }
}

/* Code of jumps alone is shorter, and so faster, as it is. */
static bool is_dull(const builder *b)
{
    enum { FEW = 256 };
    size_t heads = 0, ways = 0;
    for (size_t i = 0; i < b->count; i++) {
        heads += b->cells[i].op == TR_FAST_CHECK;
        ways += b->cells[i].op <= TR_FAST_JUMP;
    }
    return heads > FEW && 2 * (b->count - ways) < heads;
}

static bool has_target(uint64_t op)
{
    return op == TR_FAST_JUMP || op == TR_FAST_JUMPI || op == TR_FAST_JUMPZ ||
           (op >= TR_FAST_JLT && op < TR_FAST_ADDRESS);
}

/* Cells, constants and targets in one piece of memory. */
static tr_fast *pack(builder *b, const void *const *handlers, size_t limit)
{
    size_t cells = b->count * sizeof(tr_cell), constants = b->constant_count * sizeof(tr_u256);
    size_t targets = (b->code->len + 1) * sizeof(uint32_t);
    size_t size = sizeof(tr_fast) + cells + constants + targets;
    if (b->failed || size > limit) return NULL;
    tr_fast *fast = tr_alloc_get(b->alloc, size);
    if (fast == NULL) return NULL;
    tr_cell *to = (tr_cell *)(void *)(fast + 1);
    tr_u256 *words = (tr_u256 *)(void *)(to + b->count);
    uint32_t *places = (uint32_t *)(void *)(words + b->constant_count);
    memcpy(to, b->cells, cells);
    if (constants != 0) memcpy(words, b->constants, constants);
    memcpy(places, b->targets, targets);
    for (size_t i = 0; i < b->count; i++) {
        if (has_target(to[i].op)) to[i].n = (int32_t)places[to[i].n];
        to[i].go = handlers[to[i].op];
    }
    *fast = (tr_fast){
        .rules = b->rules, .cells = to, .constants = words, .targets = places, .taken = size};
    return fast;
}

tr_fast *tr_fast_build(tr_alloc *alloc, const tr_code *code, const tr_evm_rules *rules,
                       const void *const *handlers, size_t limit)
{
    size_t targets = (code->len + 1) * sizeof(uint32_t);
    builder *b = tr_alloc_get(alloc, sizeof(*b));
    if (b == NULL) return NULL;
    memset(b, 0, sizeof(*b));
    b->alloc = alloc;
    b->code = code;
    b->rules = rules;
    b->targets = tr_alloc_get(alloc, targets);
    tr_fast *fast = NULL;
    if (b->targets != NULL) {
        memset(b->targets, 0, targets);
        build_code(b);
        if (!is_dull(b)) {
            row_heads(b);
            fast = pack(b, handlers, limit);
        }
    }
    tr_alloc_put(alloc, b->cells, b->capacity * sizeof(tr_cell));
    tr_alloc_put(alloc, b->constants, b->constant_capacity * sizeof(tr_u256));
    tr_alloc_put(alloc, b->targets, targets);
    tr_alloc_put(alloc, b, sizeof(*b));
    return fast;
}

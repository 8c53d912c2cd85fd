#include "codec/brotli.h"

#include "codec/brotli_internal.h"
#include "codec/brotli_reader_internal.h"
#include "codec/match_internal.h"
#include "codec/prefix_code_internal.h"

enum {
    LITERALS = 256,
    COMMANDS = 704,
    BLOCK_LENGTHS = 26,
    MOST_TYPES = 256,
    MOST_TABLE = 1080, /* the largest table of a complete code of 15 bits over 704 symbols */
    CODE_LENGTHS = 18,
    SHORT_DISTANCES = 16,
    MOST_DISTANCE_BITS = 24,
    WINDOW_GAP = 16,
    LITERAL_CONTEXTS = 64,
    DISTANCE_CONTEXTS = 4,
    ONE_TYPE_LENGTH = 1 << 24,
    OUTPUT_STEP = 4096, /* room that is asked for at once */
};

/* Values that a symbol and the extra bits after it stand for. */
typedef struct range {
    uint16_t first;
    uint8_t bits;
} range;

static const range block_lengths[BLOCK_LENGTHS] = {
    {1, 2},     {5, 2},     {9, 2},     {13, 2},    {17, 3},     {25, 3},  {33, 3},
    {41, 3},    {49, 4},    {65, 4},    {81, 4},    {97, 4},     {113, 5}, {145, 5},
    {177, 5},   {209, 5},   {241, 6},   {305, 6},   {369, 7},    {497, 8}, {753, 9},
    {1265, 10}, {2289, 11}, {4337, 12}, {8433, 13}, {16625, 24},
};

static const range insert_lengths[24] = {
    {0, 0},   {1, 0},   {2, 0},   {3, 0},   {4, 0},     {5, 0},     {6, 1},     {8, 1},
    {10, 2},  {14, 2},  {18, 3},  {26, 3},  {34, 4},    {50, 4},    {66, 5},    {98, 5},
    {130, 6}, {194, 7}, {322, 8}, {578, 9}, {1090, 10}, {2114, 12}, {6210, 14}, {22594, 24},
};

static const range copy_lengths[24] = {
    {2, 0},  {3, 0},   {4, 0},   {5, 0},   {6, 0},   {7, 0},   {8, 0},     {9, 0},
    {10, 1}, {12, 1},  {14, 2},  {18, 2},  {22, 3},  {30, 3},  {38, 4},    {54, 4},
    {70, 5}, {102, 5}, {134, 6}, {198, 7}, {326, 8}, {582, 9}, {1094, 10}, {2118, 24},
};

/* The first insert and copy code of each group of 64 commands; the first two groups take the last
 * distance again. */
static const uint8_t insert_groups[11] = {0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16};
static const uint8_t copy_groups[11] = {0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16};

/* Blocks of one of the three categories. */
typedef struct category {
    uint32_t types, left; /* how many symbols the present block still has */
    uint32_t type, last;
    const uint32_t *type_table, *length_table;
} category;

enum { OF_LITERALS, OF_COMMANDS, OF_DISTANCES };

typedef struct brotli {
    tr_brotli_reader in;
    tr_arena arena;
    tr_buf *out;
    size_t out_start, window;
    const char *fault;
    bool last;     /* metablock */
    uint32_t left; /* bytes of the metablock's output to come */
    category blocks[3];
    uint32_t postfix_bits, direct_codes;
    uint8_t modes[MOST_TYPES];
    bool one_table[MOST_TYPES]; /* all contexts of this type of literals have the same table */
    uint8_t *literal_map, *distance_map;
    const uint32_t **literal_tables, **command_tables, **distance_tables;
    uint32_t distances[4]; /* the last four, newest at [newest] */
    unsigned newest;
} brotli;

/* An error in the data, unless what seems wrong is only zeros behind its end. */
static tr_err damaged(brotli *b, const char *fault)
{
    if (tr_brotli_is_past_end(&b->in)) return TR_E_SHORT;
    b->fault = fault;
    return TR_E_COMPRESSED;
}

static tr_err not_short(const brotli *b)
{
    return tr_brotli_is_past_end(&b->in) ? TR_E_SHORT : TR_OK;
}

/* ---- prefix codes ---- */

/* A table for up to four symbols: entries of the first bits, repeated to the width of the root. */
static void fill_simple(uint32_t *table, const uint32_t *few, size_t count)
{
    for (size_t i = 0; i < (size_t)1 << TR_BROTLI_ROOT; i++) table[i] = few[i & (count - 1)];
}

static void sort_two(uint32_t *a, uint32_t *b)
{
    if (*a <= *b) return;
    uint32_t t = *a;
    *a = *b;
    *b = t;
}

static uint32_t entry(uint32_t symbol, uint32_t bits)
{
    return symbol << 16 | bits;
}

static tr_err read_simple_code(brotli *b, uint32_t alphabet, uint32_t *table)
{
    uint32_t count = tr_brotli_take(&b->in, 2) + 1, v[4] = {0};
    unsigned width = 32 - (unsigned)__builtin_clz(alphabet - 1);
    for (uint32_t i = 0; i < count; i++) {
        v[i] = tr_brotli_take(&b->in, width);
        if (v[i] >= alphabet) return damaged(b, "a simple code has a symbol outside the alphabet");
        for (uint32_t k = 0; k < i; k++)
            if (v[k] == v[i]) return damaged(b, "a simple code has a symbol twice");
    }
    bool deep = count == 4 && tr_brotli_take(&b->in, 1);
    if (deep) {
        sort_two(&v[2], &v[3]);
        uint32_t few[8] = {entry(v[0], 1), entry(v[1], 2), entry(v[0], 1), entry(v[2], 3),
                           entry(v[0], 1), entry(v[1], 2), entry(v[0], 1), entry(v[3], 3)};
        fill_simple(table, few, 8);
    } else if (count == 4) {
        sort_two(&v[0], &v[1]);
        sort_two(&v[2], &v[3]);
        sort_two(&v[0], &v[2]);
        sort_two(&v[1], &v[3]);
        sort_two(&v[1], &v[2]);
        uint32_t few[4] = {entry(v[0], 2), entry(v[2], 2), entry(v[1], 2), entry(v[3], 2)};
        fill_simple(table, few, 4);
    } else if (count == 3) {
        sort_two(&v[1], &v[2]);
        uint32_t few[4] = {entry(v[0], 1), entry(v[1], 2), entry(v[0], 1), entry(v[2], 2)};
        fill_simple(table, few, 4);
    } else if (count == 2) {
        sort_two(&v[0], &v[1]);
        uint32_t few[2] = {entry(v[0], 1), entry(v[1], 1)};
        fill_simple(table, few, 2);
    } else {
        uint32_t one = entry(v[0], 0);
        fill_simple(table, &one, 1);
    }
    return TR_OK;
}

/* The code of the code lengths.  skip lengths are left out at the start. */
static tr_err read_length_code(brotli *b, uint32_t skip, uint32_t *table, unsigned *root)
{
    static const uint8_t order[CODE_LENGTHS] = {1, 2, 3, 4,  0,  5,  17, 6,  16,
                                                7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const uint8_t widths[16] = {2, 2, 2, 3, 2, 2, 2, 4, 2, 2, 2, 3, 2, 2, 2, 4};
    static const uint8_t values[16] = {0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5};
    uint8_t lengths[CODE_LENGTHS] = {0};
    int32_t space = 32;
    uint32_t used = 0, only = 0;
    for (uint32_t i = skip; i < CODE_LENGTHS && space > 0; i++) {
        tr_brotli_refill(&b->in);
        uint32_t next = tr_brotli_peek(&b->in, 4);
        tr_brotli_drop(&b->in, widths[next]);
        if (values[next] == 0) continue;
        lengths[order[i]] = values[next];
        space -= 32 >> values[next];
        only = order[i];
        used++;
    }
    TR_TRY(not_short(b));
    if (used == 1) { /* it takes no bits */
        *root = 0;
        table[0] = entry(only, 0);
        return TR_OK;
    }
    *root = 5;
    tr_prefix_spec spec = {lengths, NULL, CODE_LENGTHS, *root, false};
    if (space != 0 || tr_prefix_build(&spec, table, 32) == 0)
        return damaged(b, "the codes of the code lengths do not make a complete set");
    return TR_OK;
}

static tr_err read_code_lengths(brotli *b, uint32_t alphabet, const uint32_t *table, unsigned root,
                                uint8_t *lengths)
{
    enum { REPEAT = 16, ZEROS = 17, FIRST_REPEATED = 8 };
    uint32_t i = 0, previous = FIRST_REPEATED, repeat = 0, repeated = 0;
    int32_t space = 32768;
    while (i < alphabet && space > 0) {
        tr_brotli_refill(&b->in);
        uint32_t e = table[tr_brotli_peek(&b->in, root)];
        tr_brotli_drop(&b->in, e & 0xff);
        uint32_t symbol = e >> 16;
        if (symbol < REPEAT) {
            repeat = 0;
            lengths[i++] = (uint8_t)symbol;
            if (symbol == 0) continue;
            previous = symbol;
            space -= 32768 >> symbol;
            continue;
        }
        unsigned more = symbol == REPEAT ? 2 : 3;
        uint32_t value = symbol == REPEAT ? previous : 0;
        uint32_t delta = tr_brotli_bits(&b->in, more);
        /* A repeat right after one of the same length makes that one longer. */
        if (repeated != value) repeat = 0;
        repeated = value;
        uint32_t before = repeat;
        if (repeat > 0) repeat = (repeat - 2) << more;
        repeat += delta + 3;
        uint32_t times = repeat - before;
        if (times > alphabet - i) return damaged(b, "a repeat goes beyond the last code length");
        memset(lengths + i, (int)value, times);
        i += times;
        if (value != 0) space -= (int32_t)(times << (15 - value));
    }
    return space == 0 ? TR_OK : damaged(b, "the codes do not make a complete set");
}

/* Reads a prefix code into a table in the arena. */
static tr_err read_code(brotli *b, uint32_t alphabet, const uint32_t **out)
{
    uint32_t *table = TR_ARENA_ARRAY(&b->arena, uint32_t, MOST_TABLE);
    if (table == NULL) return TR_E_MEMORY;
    size_t size = (size_t)1 << TR_BROTLI_ROOT;
    uint32_t kind = tr_brotli_take(&b->in, 2);
    if (kind == 1) {
        TR_TRY(read_simple_code(b, alphabet, table));
    } else {
        uint32_t length_table[32];
        unsigned root;
        TR_TRY(read_length_code(b, kind, length_table, &root));
        uint8_t lengths[COMMANDS] = {0};
        TR_TRY(read_code_lengths(b, alphabet, length_table, root, lengths));
        tr_prefix_spec spec = {lengths, NULL, alphabet, TR_BROTLI_ROOT, false};
        size = tr_prefix_build(&spec, table, MOST_TABLE);
    }
    TR_TRY(not_short(b));
    tr_alloc *arena = &b->arena.alloc; /* what is not needed goes back */
    *out = arena->resize(arena, table, MOST_TABLE * sizeof(*table), size * sizeof(*table));
    return TR_OK;
}

static tr_err read_codes(brotli *b, uint32_t count, uint32_t alphabet, const uint32_t ***out)
{
    const uint32_t **tables = TR_ARENA_ARRAY(&b->arena, const uint32_t *, count);
    if (tables == NULL) return TR_E_MEMORY;
    for (uint32_t i = 0; i < count; i++) TR_TRY(read_code(b, alphabet, &tables[i]));
    *out = tables;
    return TR_OK;
}

/* ---- the head of a metablock ---- */

/* A number from 1 to 256. */
static uint32_t read_count(brotli *b)
{
    tr_brotli_refill(&b->in);
    if (tr_brotli_bits(&b->in, 1) == 0) return 1;
    uint32_t bits = tr_brotli_bits(&b->in, 3);
    return 1 + (1u << bits) + tr_brotli_bits(&b->in, bits);
}

static uint32_t read_block_length(tr_brotli_reader *r, const uint32_t *table)
{
    tr_brotli_refill(r);
    range length = block_lengths[tr_brotli_symbol(r, table)];
    return length.first + tr_brotli_bits(r, length.bits);
}

static tr_err read_category(brotli *b, category *c)
{
    *c = (category){.types = read_count(b), .left = ONE_TYPE_LENGTH, .last = 1};
    if (c->types == 1) return not_short(b);
    TR_TRY(read_code(b, c->types + 2, &c->type_table));
    TR_TRY(read_code(b, BLOCK_LENGTHS, &c->length_table));
    c->left = read_block_length(&b->in, c->length_table);
    return not_short(b);
}

static void undo_move_to_front(uint8_t *map, size_t size)
{
    uint8_t order[256];
    for (unsigned i = 0; i < 256; i++) order[i] = (uint8_t)i;
    for (size_t i = 0; i < size; i++) {
        uint8_t index = map[i], value = order[index];
        memmove(order + 1, order, index);
        order[0] = map[i] = value;
    }
}

/* Reads the map of contexts to tables, and how many tables there are. */
static tr_err read_map(brotli *b, size_t size, uint8_t **out, uint32_t *tables)
{
    *tables = read_count(b);
    uint8_t *map = tr_arena_get(&b->arena, size, 1);
    if (map == NULL) return TR_E_MEMORY;
    *out = map;
    memset(map, 0, size);
    if (*tables == 1) return not_short(b);
    uint32_t runs = tr_brotli_take(&b->in, 1) ? tr_brotli_bits(&b->in, 4) + 1 : 0;
    const uint32_t *table;
    TR_TRY(read_code(b, *tables + runs, &table));
    for (size_t i = 0; i < size;) {
        tr_brotli_refill(&b->in);
        uint32_t symbol = tr_brotli_symbol(&b->in, table);
        if (symbol == 0 || symbol > runs) {
            map[i++] = (uint8_t)(symbol == 0 ? 0 : symbol - runs);
            continue;
        }
        size_t times = ((size_t)1 << symbol) + tr_brotli_bits(&b->in, symbol);
        if (times > size - i) return damaged(b, "a run goes beyond the end of a context map");
        i += times;
    }
    if (tr_brotli_take(&b->in, 1)) undo_move_to_front(map, size);
    return not_short(b);
}

static tr_err read_metablock_codes(brotli *b)
{
    tr_arena_reset(&b->arena);
    for (int i = 0; i < 3; i++) TR_TRY(read_category(b, &b->blocks[i]));
    b->postfix_bits = tr_brotli_take(&b->in, 2);
    b->direct_codes = tr_brotli_bits(&b->in, 4) << b->postfix_bits;
    uint32_t literal_types = b->blocks[OF_LITERALS].types;
    for (uint32_t i = 0; i < literal_types; i++) b->modes[i] = (uint8_t)tr_brotli_take(&b->in, 2);
    uint32_t literals, distances;
    TR_TRY(read_map(b, (size_t)literal_types * LITERAL_CONTEXTS, &b->literal_map, &literals));
    for (uint32_t i = 0; i < literal_types; i++) {
        const uint8_t *map = b->literal_map + (size_t)i * LITERAL_CONTEXTS;
        b->one_table[i] = memcmp(map, map + 1, LITERAL_CONTEXTS - 1) == 0;
    }
    size_t distance_contexts = (size_t)b->blocks[OF_DISTANCES].types * DISTANCE_CONTEXTS;
    TR_TRY(read_map(b, distance_contexts, &b->distance_map, &distances));
    uint32_t distance_codes =
        SHORT_DISTANCES + b->direct_codes + ((uint32_t)MOST_DISTANCE_BITS << (b->postfix_bits + 1));
    TR_TRY(read_codes(b, literals, LITERALS, &b->literal_tables));
    TR_TRY(read_codes(b, b->blocks[OF_COMMANDS].types, COMMANDS, &b->command_tables));
    return read_codes(b, distances, distance_codes, &b->distance_tables);
}

/* ---- the body of a metablock ---- */

/* Makes room for more output if there is none, and says how much there is. */
static tr_err room(brotli *b, size_t *out)
{
    tr_buf *to = b->out;
    size_t allowed = to->limit - to->len;
    if (to->cap == to->len &&
        tr_buf_grow(to, allowed == 0 ? 1 : TR_MIN(allowed, OUTPUT_STEP)) == NULL)
        return tr_buf_err(to);
    *out = to->cap - to->len;
    return TR_OK;
}

static void switch_block(tr_brotli_reader *r, category *c)
{
    if (c->types == 1) {
        c->left = ONE_TYPE_LENGTH;
        return;
    }
    tr_brotli_refill(r);
    uint32_t type = tr_brotli_symbol(r, c->type_table);
    c->left = read_block_length(r, c->length_table);
    if (type == 0)
        type = c->last;
    else if (type == 1)
        type = c->type + 1;
    else
        type -= 2;
    if (type >= c->types) type -= c->types;
    c->last = c->type;
    c->type = type;
}

/* Literals of one context after another, three for each refill; there are `count` and room for
 * them.  Stops near the end of the input.  Gives how many were made. */
static size_t literals_by_context(brotli *b, const category *c, uint8_t *to, size_t count)
{
    tr_brotli_reader r = b->in;
    const uint8_t *map = b->literal_map + (size_t)c->type * LITERAL_CONTEXTS;
    const uint8_t *contexts = tr_brotli_contexts + 512 * b->modes[c->type];
    const uint32_t *const *tables = b->literal_tables;
    const uint8_t *start = to, *end = to + count;
    uint32_t before = to[-1], before_that = to[-2];
    while (end - to >= 3 && r.end - r.at >= 8) {
        tr_brotli_refill(&r);
        uint32_t one =
            tr_brotli_symbol(&r, tables[map[contexts[before] | contexts[256 + before_that]]]);
        uint32_t two = tr_brotli_symbol(&r, tables[map[contexts[one] | contexts[256 + before]]]);
        uint32_t three = tr_brotli_symbol(&r, tables[map[contexts[two] | contexts[256 + one]]]);
        to[0] = (uint8_t)one;
        to[1] = (uint8_t)two;
        to[2] = (uint8_t)three;
        to += 3;
        before = three;
        before_that = two;
    }
    b->in = r;
    return (size_t)(to - start);
}

/* The same where all contexts have one table. */
static size_t literals_of_one_table(brotli *b, const uint32_t *table, uint8_t *to, size_t count)
{
    tr_brotli_reader r = b->in;
    const uint8_t *start = to, *end = to + count;
    while (end - to >= 3 && r.end - r.at >= 8) {
        tr_brotli_refill(&r);
        to[0] = (uint8_t)tr_brotli_symbol(&r, table);
        to[1] = (uint8_t)tr_brotli_symbol(&r, table);
        to[2] = (uint8_t)tr_brotli_symbol(&r, table);
        to += 3;
    }
    b->in = r;
    return (size_t)(to - start);
}

/* Decodes count literals that are all in one block; there is room for them. */
static tr_err literals_of_block(brotli *b, uint32_t count)
{
    const category *c = &b->blocks[OF_LITERALS];
    const uint8_t *map = b->literal_map + (size_t)c->type * LITERAL_CONTEXTS;
    const uint8_t *contexts = tr_brotli_contexts + 512 * b->modes[c->type];
    size_t made = b->out->len - b->out_start;
    uint8_t *to = b->out->data + b->out->len, *end = to + count;
    if (b->one_table[c->type])
        to += literals_of_one_table(b, b->literal_tables[*map], to, count);
    else if (made > 1)
        to += literals_by_context(b, c, to, count);
    made += (size_t)(to - end) + count;
    for (; to != end; made++) {
        tr_brotli_refill(&b->in);
        uint8_t before = made > 0 ? to[-1] : 0, before_that = made > 1 ? to[-2] : 0;
        uint8_t context = contexts[before] | contexts[256 + before_that];
        uint32_t literal = tr_brotli_symbol(&b->in, b->literal_tables[map[context]]);
        if (TR_UNLIKELY(tr_brotli_is_past_end(&b->in))) break;
        *to++ = (uint8_t)literal;
    }
    b->out->len = (size_t)(to - b->out->data);
    return to == end ? TR_OK : TR_E_SHORT;
}

static tr_err put_literals(brotli *b, uint32_t count)
{
    category *c = &b->blocks[OF_LITERALS];
    while (count != 0) {
        if (c->left == 0) switch_block(&b->in, c);
        size_t there = 0;
        TR_TRY(room(b, &there));
        uint32_t now = TR_MIN(count, c->left);
        if (there < now) now = (uint32_t)there;
        TR_TRY(literals_of_block(b, now));
        count -= now;
        c->left -= now;
        b->left -= now;
    }
    return TR_OK;
}

/* Appends a copy of earlier output, as far as the limit allows. */
static tr_err put_copy(brotli *b, size_t distance, uint32_t length)
{
    tr_buf *out = b->out;
    if (length > b->left) return damaged(b, "a copy goes beyond the end of its metablock");
    b->left -= length;
    size_t with_slack = (size_t)length + TR_MATCH_SLACK;
    if (TR_UNLIKELY(out->cap - out->len < with_slack) && out->limit - out->len >= with_slack &&
        tr_buf_grow(out, with_slack) == NULL)
        return tr_buf_err(out);
    if (TR_LIKELY(out->cap - out->len >= with_slack)) {
        tr_match_copy(out->data + out->len, distance, length);
        out->len += length;
        return TR_OK;
    }
    size_t fits = TR_MIN((size_t)length, out->limit - out->len);
    uint8_t *to = tr_buf_reserve(out, fits);
    if (to == NULL) return tr_buf_err(out);
    const uint8_t *from = to - distance;
    for (size_t i = 0; i < fits; i++) to[i] = from[i];
    out->len += fits;
    return fits == length ? TR_OK : (out->err = TR_E_LIMIT);
}

/* Puts the character at c into upper case, as the format understands it; gives its length. */
static size_t to_upper(uint8_t *c)
{
    if (c[0] < 0xc0) {
        if (c[0] >= 'a' && c[0] <= 'z') c[0] ^= 32;
        return 1;
    }
    if (c[0] < 0xe0) {
        c[1] ^= 32;
        return 2;
    }
    c[2] ^= 5;
    return 3;
}

/* A word of the dictionary after a transform: at most 8 + 24 + 8 letters, and two that to_upper may
 * change behind the last. */
enum { LONGEST_MADE = 8 + TR_BROTLI_LONGEST_WORD + 8 + 2 };

static size_t make_word(uint8_t *to, const uint8_t *word, size_t len, tr_brotli_transform how)
{
    const uint8_t *prefix = tr_brotli_affixes + how.prefix,
                  *suffix = tr_brotli_affixes + how.suffix;
    memset(to, 0, LONGEST_MADE);
    memcpy(to, prefix + 1, *prefix);
    uint8_t *first = to + *prefix;
    size_t omit = 0;
    if (how.kind <= TR_BROTLI_OMIT_LAST_9) {
        omit = how.kind;
    } else if (how.kind > TR_BROTLI_OMIT_FIRST_0) {
        omit = how.kind - TR_BROTLI_OMIT_FIRST_0;
        word += TR_MIN(omit, len);
    }
    len -= TR_MIN(omit, len);
    memcpy(first, word, len);
    if (how.kind == TR_BROTLI_UPPER_FIRST) (void)to_upper(first);
    if (how.kind == TR_BROTLI_UPPER_ALL)
        for (size_t i = 0; i < len;) i += to_upper(first + i);
    memcpy(first + len, suffix + 1, *suffix);
    return (size_t)*prefix + len + *suffix;
}

/* Appends the word that a distance beyond the window stands for. */
static tr_err put_word(brotli *b, uint32_t address, uint32_t length)
{
    if (length < TR_BROTLI_SHORTEST_WORD || length > TR_BROTLI_LONGEST_WORD)
        return damaged(b, "the dictionary has no words of this length");
    uint32_t bits = tr_brotli_word_bits[length];
    uint32_t index = address & ((1u << bits) - 1), transform = address >> bits;
    if (transform >= TR_BROTLI_TRANSFORMS) return damaged(b, "a distance is too far");
    uint8_t made[LONGEST_MADE];
    const uint8_t *word = tr_brotli_words + tr_brotli_word_offsets[length] + index * length;
    size_t len = make_word(made, word, length, tr_brotli_transforms[transform]);
    if (len > b->left) return damaged(b, "a word goes beyond the end of its metablock");
    b->left -= (uint32_t)len;
    size_t fits = TR_MIN(len, b->out->limit - b->out->len);
    tr_buf_put(b->out, tr_bytes_of(made, fits));
    TR_TRY(tr_buf_err(b->out));
    return fits == len ? TR_OK : (b->out->err = TR_E_LIMIT);
}

/* One of the 16 short codes: the last four distances, or near the last two. */
static uint32_t short_distance(const brotli *b, uint32_t code)
{
    static const int8_t near[6] = {-1, 1, -2, 2, -3, 3};
    if (code < 4) return b->distances[(b->newest - code) & 3];
    uint32_t base = b->distances[(b->newest - (code < 10 ? 0u : 1u)) & 3];
    int64_t value = (int64_t)base + near[(code - 4) % 6];
    return value > 0 ? (uint32_t)value : UINT32_MAX;
}

/* Reads the distance of a copy.  *again: it is the last one, which is not remembered twice. */
static uint32_t read_distance(brotli *b, uint32_t copy_length, bool *again)
{
    category *c = &b->blocks[OF_DISTANCES];
    if (c->left == 0) switch_block(&b->in, c);
    c->left--;
    uint32_t context = copy_length > 4 ? 3 : copy_length - 2;
    uint8_t table = b->distance_map[c->type * DISTANCE_CONTEXTS + context];
    tr_brotli_refill(&b->in);
    uint32_t code = tr_brotli_symbol(&b->in, b->distance_tables[table]);
    *again = code == 0;
    if (code < SHORT_DISTANCES) return short_distance(b, code);
    code -= SHORT_DISTANCES;
    if (code < b->direct_codes) return code + 1;
    code -= b->direct_codes;
    uint32_t group = code >> b->postfix_bits, postfix = code & ((1u << b->postfix_bits) - 1);
    uint32_t bits = 1 + (group >> 1);
    uint32_t offset = ((2 + (group & 1)) << bits) - 4;
    return ((offset + tr_brotli_bits(&b->in, bits)) << b->postfix_bits) + postfix +
           b->direct_codes + 1;
}

/* One command: literals, then a copy or a word. */
static tr_err run_command(brotli *b)
{
    category *c = &b->blocks[OF_COMMANDS];
    if (c->left == 0) switch_block(&b->in, c);
    c->left--;
    tr_brotli_refill(&b->in);
    uint32_t command = tr_brotli_symbol(&b->in, b->command_tables[c->type]);
    range insert = insert_lengths[insert_groups[command >> 6] + (command >> 3 & 7)];
    range copy = copy_lengths[copy_groups[command >> 6] + (command & 7)];
    uint32_t inserted = insert.first + tr_brotli_bits(&b->in, insert.bits);
    tr_brotli_refill(&b->in);
    uint32_t copied = copy.first + tr_brotli_bits(&b->in, copy.bits);
    TR_TRY(not_short(b));
    if (inserted > b->left) return damaged(b, "literals go beyond the end of their metablock");
    if (inserted != 0) {
        TR_TRY(put_literals(b, inserted));
        if (b->left == 0) return TR_OK;
    }
    bool again = true;
    uint32_t distance = b->distances[b->newest];
    if (command >= 128) distance = read_distance(b, copied, &again);
    TR_TRY(not_short(b));
    size_t farthest = TR_MIN(b->out->len - b->out_start, b->window);
    if (distance > farthest) {
        if (distance == UINT32_MAX) return damaged(b, "a distance is below one");
        return put_word(b, distance - (uint32_t)farthest - 1, copied);
    }
    if (!again) {
        b->newest = (b->newest + 1) & 3;
        b->distances[b->newest] = distance;
    }
    return put_copy(b, distance, copied);
}

static tr_err copy_plain(brotli *b)
{
    tr_brotli_unread(&b->in);
    size_t there = TR_MIN((size_t)b->left, (size_t)(b->in.end - b->in.at));
    size_t fits = TR_MIN(there, b->out->limit - b->out->len);
    tr_buf_put(b->out, tr_bytes_of(b->in.at, fits));
    TR_TRY(tr_buf_err(b->out));
    b->in.at += fits;
    if (fits < there) return b->out->err = TR_E_LIMIT;
    return there < b->left ? TR_E_SHORT : TR_OK;
}

static tr_err skip_metadata(brotli *b)
{
    if (tr_brotli_take(&b->in, 1) != 0) return damaged(b, "a reserved bit is set");
    uint32_t width = tr_brotli_bits(&b->in, 2) * 8;
    uint32_t length = tr_brotli_bits(&b->in, width);
    if (width > 8 && length >> (width - 8) == 0)
        return damaged(b, "a length has more bytes than it needs");
    if (width != 0) length++;
    TR_TRY(not_short(b));
    if (!tr_brotli_to_byte(&b->in)) return damaged(b, "bits that should be zero are not");
    tr_brotli_unread(&b->in);
    size_t there = TR_MIN((size_t)length, (size_t)(b->in.end - b->in.at));
    b->in.at += there;
    return there < length ? TR_E_SHORT : TR_OK;
}

static tr_err run_metablock(brotli *b)
{
    tr_brotli_refill(&b->in);
    b->last = tr_brotli_bits(&b->in, 1);
    if (b->last && tr_brotli_bits(&b->in, 1)) return not_short(b);
    uint32_t nibbles = tr_brotli_bits(&b->in, 2) + 4;
    if (nibbles == 7) return skip_metadata(b);
    uint32_t length = tr_brotli_bits(&b->in, nibbles * 4);
    TR_TRY(not_short(b));
    if (nibbles > 4 && length >> (4 * nibbles - 4) == 0)
        return damaged(b, "a length has more digits than it needs");
    b->left = length + 1;
    if (!b->last && tr_brotli_take(&b->in, 1)) {
        TR_TRY(not_short(b));
        if (!tr_brotli_to_byte(&b->in)) return damaged(b, "bits that should be zero are not");
        return copy_plain(b);
    }
    TR_TRY(read_metablock_codes(b));
    while (b->left != 0) TR_TRY(run_command(b));
    return TR_OK;
}

static tr_err read_window(brotli *b)
{
    unsigned bits = 16;
    tr_brotli_refill(&b->in);
    if (tr_brotli_bits(&b->in, 1)) {
        uint32_t n = tr_brotli_bits(&b->in, 3);
        if (n != 0) {
            bits = 17 + n;
        } else {
            n = tr_brotli_bits(&b->in, 3);
            if (n == 1) return damaged(b, "windows of this size are not part of the format");
            bits = n == 0 ? 17 : 8 + n;
        }
    }
    b->window = ((size_t)1 << bits) - WINDOW_GAP;
    return not_short(b);
}

static tr_err decode(brotli *b)
{
    tr_buf *out = b->out;
    /* Compressed data is as a rule no longer than what it stands for. */
    (void)tr_buf_reserve(out, TR_MIN((size_t)(b->in.end - b->in.at), out->limit - out->len));
    TR_TRY(tr_buf_err(out));
    TR_TRY(read_window(b));
    do TR_TRY(run_metablock(b));
    while (!b->last);
    return tr_brotli_to_byte(&b->in) ? TR_OK : damaged(b, "bits that should be zero are not");
}

tr_err tr_brotli_decode(tr_trail *trail, tr_alloc *alloc, tr_bytes in, size_t *used, tr_buf *out)
{
    brotli b = {.out = out, .out_start = out->len, .distances = {16, 15, 11, 4}, .newest = 3};
    b.in.at = in.data;
    b.in.end = in.len == 0 ? in.data : in.data + in.len;
    tr_arena_init(&b.arena, alloc, TR_BROTLI_TABLE_LIMIT);
    tr_err err = decode(&b);
    tr_arena_free(&b.arena);
    tr_brotli_unread(&b.in);
    size_t offset = (size_t)(b.in.at - in.data);
    if (err == TR_OK && used == NULL && offset != in.len) err = TR_E_TRAILING;
    if (used != NULL) *used = offset;
    if (TR_LIKELY(err == TR_OK)) return TR_OK;
    return tr_fail_at(trail, err, offset, "compressed data: %s",
                      b.fault != NULL ? b.fault : tr_err_text(err));
}

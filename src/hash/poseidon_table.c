/* Poseidon's constants: what is published, by the procedure that published it, and what follows
 * from it for poseidon_impl.h.  All widths together would be some 300 kB; they are made when a
 * width is first used instead, into memory that is otherwise never touched. */
#include "hash/grain_internal.h"
#include "hash/poseidon_internal.h"

enum {
    WIDTHS = TR_POSEIDON_WIDTH - 1,
    SQUARE = TR_POSEIDON_WIDTH * TR_POSEIDON_WIDTH,
    ELEMENTS = 9490, /* of the tables of all widths */
};

/* circomlib's numbers of partial rounds for widths of 2 to 17. */
static const uint8_t partial_rounds[WIDTHS] = {56, 57, 56, 60, 60, 63, 64, 63,
                                               60, 66, 60, 65, 70, 60, 64, 68};

unsigned tr_poseidon_rounds(unsigned width)
{
    return partial_rounds[width - 2];
}

/* A table while it is made.  observe has the rows e0 N^i, whose products with u are the outputs
 * that follow if all S are zero; back is its inverse. */
typedef struct making {
    tr_poseidon_table *table;
    unsigned t;
    tr_bn_fr observe[SQUARE], back[SQUARE];
    tr_bn_fr a[TR_POSEIDON_WIDTH + 1], b[TR_POSEIDON_WIDTH + 1]; /* of the recurrence, from 1 */
} making;

static void add_product(tr_bn_fr *to, const tr_bn_fr *x, const tr_bn_fr *y)
{
    tr_bn_fr product;
    tr_bn_fr_mul(&product, x, y);
    tr_bn_fr_add(to, to, &product);
}

static void sub_product(tr_bn_fr *from, const tr_bn_fr *x, const tr_bn_fr *y)
{
    tr_bn_fr product;
    tr_bn_fr_mul(&product, x, y);
    tr_bn_fr_sub(from, from, &product);
}

/* out = a row times a matrix of t rows and columns. */
static void row_times(unsigned t, tr_bn_fr *out, const tr_bn_fr *row, const tr_bn_fr *matrix)
{
    for (unsigned k = 0; k < t; k++) {
        out[k] = tr_bn_fr_zero;
        for (unsigned i = 0; i < t; i++) add_product(&out[k], &row[i], &matrix[i * t + k]);
    }
}

/* The matrix 1 / (x[i] + y[k]), of which the procedure draws x and y after the constants. */
static void make_matrix(tr_grain *grain, unsigned t, tr_bn_fr *matrix)
{
    tr_bn_fr x[TR_POSEIDON_WIDTH], y[TR_POSEIDON_WIDTH], scratch[SQUARE];
    for (unsigned i = 0; i < t; i++) tr_grain_element_any(grain, &x[i]);
    for (unsigned i = 0; i < t; i++) tr_grain_element_any(grain, &y[i]);
    for (unsigned i = 0; i < t * t; i++) tr_bn_fr_add(&matrix[i], &x[i / t], &y[i % t]);
    tr_bn_fr_inv_many((size_t)t * t, matrix, scratch);
}

void tr_poseidon_constants(unsigned width, tr_bn_fr *constants, tr_bn_fr *matrix)
{
    tr_grain grain;
    unsigned partial = tr_poseidon_rounds(width);
    tr_grain_begin(&grain, tr_bn_fr_bits, width, TR_POSEIDON_FULL, partial);
    for (unsigned i = 0; i < width * (TR_POSEIDON_FULL + partial); i++)
        tr_grain_element(&grain, &constants[i]);
    make_matrix(&grain, width, matrix);
}

/* Of the constants of partial rounds only the first is added where it is; what the others have
 * become at the end is added with those of the full round that follows. */
static void place_constants(making *m, const tr_bn_fr *published)
{
    unsigned t = m->t, half = t * TR_POSEIDON_FULL / 2;
    tr_poseidon_table *table = m->table;
    tr_bn_fr sum[TR_POSEIDON_WIDTH] = {{{0}}}, next[TR_POSEIDON_WIDTH];
    memcpy(table->full, published, half * sizeof *published);
    published += half;
    for (unsigned r = 0; r < table->partial_rounds; r++, published += t) {
        for (unsigned i = 0; i < t; i++) tr_bn_fr_add(&sum[i], &sum[i], &published[i]);
        table->partial[r] = sum[0];
        for (unsigned i = 0; i < t; i++) {
            next[i] = tr_bn_fr_zero;
            for (unsigned k = 1; k < t; k++) add_product(&next[i], &table->mix[i * t + k], &sum[k]);
        }
        memcpy(sum, next, t * sizeof *sum);
    }
    memcpy(table->full + half, published, half * sizeof *published);
    for (unsigned i = 0; i < t; i++)
        tr_bn_fr_add(&table->full[half + i], &table->full[half + i], &sum[i]);
}

/* The inverse by elimination.  No pivot is zero: there are sixteen matrices, and a test takes a
 * hash of each. */
static void invert(unsigned t, const tr_bn_fr *matrix, tr_bn_fr *inverse)
{
    tr_bn_fr left[SQUARE], scale, factor;
    memcpy(left, matrix, (size_t)t * t * sizeof *left);
    for (unsigned i = 0; i < t * t; i++)
        inverse[i] = i % (t + 1) == 0 ? tr_bn_fr_one : tr_bn_fr_zero;
    for (unsigned k = 0; k < t; k++) {
        tr_bn_fr_inv(&scale, &left[k * t + k]);
        for (unsigned j = 0; j < t; j++) {
            tr_bn_fr_mul(&left[k * t + j], &left[k * t + j], &scale);
            tr_bn_fr_mul(&inverse[k * t + j], &inverse[k * t + j], &scale);
        }
        for (unsigned i = 0; i < t; i++) {
            if (i == k) continue;
            factor = left[i * t + k];
            for (unsigned j = 0; j < t; j++) {
                sub_product(&left[i * t + j], &factor, &left[k * t + j]);
                sub_product(&inverse[i * t + j], &factor, &inverse[k * t + j]);
            }
        }
    }
}

/* The recurrence: e0 N^t is a combination of the rows e0 N^i, which gives a; e0 N^(j-1) m, what
 * follows from one S after j rounds, gives b. */
static void find_recurrence(making *m)
{
    unsigned t = m->t;
    const tr_bn_fr *mix = m->table->mix;
    tr_bn_fr row[TR_POSEIDON_WIDTH] = {{{0}}}, next[TR_POSEIDON_WIDTH];
    tr_bn_fr after[TR_POSEIDON_WIDTH + 1];
    row[0] = tr_bn_fr_one;
    for (unsigned j = 1; j <= t; j++) {
        memcpy(&m->observe[(j - 1) * t], row, t * sizeof *row);
        row_times(t, next, row, mix);
        after[j] = next[0];
        memcpy(row, next, t * sizeof *row);
        row[0] = tr_bn_fr_zero;
    }
    invert(t, m->observe, m->back);
    row_times(t, next, row, m->back);
    for (unsigned j = 1; j <= t; j++) m->a[j] = next[t - j];
    for (unsigned j = 1; j <= t; j++) {
        m->b[j] = after[j];
        for (unsigned i = 1; i < j; i++) sub_product(&m->b[j], &m->a[i], &after[j - i]);
    }
    for (unsigned j = 0; j < t; j++) {
        m->table->step[2 * j] = m->b[t - j];
        if (j + 1 < t) m->table->step[2 * j + 1] = m->a[t - 1 - j];
    }
}

/* Each column of what leads to the partial rounds: the outputs f that follow from it with S zero
 * are to follow from S of the rounds before, of which the last t - r reach round r. */
static void find_enter(making *m)
{
    unsigned t = m->t;
    tr_bn_fr *enter = m->table->enter, last, sum, f[TR_POSEIDON_WIDTH], s[TR_POSEIDON_WIDTH + 1];
    for (unsigned i = 0; i < t; i++) row_times(t, &enter[i * t], &m->observe[i * t], m->table->mix);
    tr_bn_fr_inv(&last, &m->b[t]);
    for (unsigned column = 0; column < t; column++) {
        for (unsigned r = 0; r < t; r++) f[r] = enter[r * t + column];
        for (unsigned back = 1; back <= t; back++) { /* s[back]: S of round -back */
            unsigned r = t - back;
            sum = f[r];
            for (unsigned i = 1; i <= r; i++) sub_product(&sum, &m->a[i], &f[r - i]);
            for (unsigned i = 1; i < back; i++) sub_product(&sum, &m->b[r + i], &s[i]);
            tr_bn_fr_mul(&s[back], &sum, &last);
        }
        for (unsigned i = 0; i < t; i++) enter[i * t + column] = s[t - i];
    }
}

/* Each column of what leads from the last S and y to the state: the outputs that would follow with
 * S zero, and back from them. */
static void find_leave(making *m)
{
    unsigned t = m->t, columns = 2 * t - 1;
    for (unsigned column = 0; column < columns; column++) {
        tr_bn_fr past[4 * TR_POSEIDON_WIDTH] = {{{0}}}; /* S y S y ... */
        past[column] = tr_bn_fr_one;
        for (unsigned r = 0; r < t; r++)
            for (unsigned i = 0; i < columns; i++)
                add_product(&past[columns + 2 * r], &m->table->step[i], &past[2 * r + i]);
        for (unsigned i = 0; i < t; i++) {
            tr_bn_fr *to = &m->table->leave[i * columns + column];
            *to = tr_bn_fr_zero;
            for (unsigned k = 0; k < t; k++)
                add_product(to, &m->back[i * t + k], &past[columns + 2 * k]);
        }
    }
}

static void make(tr_poseidon_table *table)
{
    tr_bn_fr published[TR_POSEIDON_WIDTH * (TR_POSEIDON_FULL + TR_POSEIDON_PARTIAL)];
    making m = {.table = table, .t = table->width};
    tr_poseidon_constants(m.t, published, table->mix);
    place_constants(&m, published);
    find_recurrence(&m);
    find_enter(&m);
    find_leave(&m);
}

/* Where the table of a width has its elements. */
static void place(tr_poseidon_table *table, unsigned width, tr_bn_fr *memory)
{
    size_t t = width;
    *table = (tr_poseidon_table){.width = width, .partial_rounds = tr_poseidon_rounds(width)};
    table->full = memory;
    table->partial = table->full + t * TR_POSEIDON_FULL;
    table->mix = table->partial + table->partial_rounds;
    table->enter = table->mix + t * t;
    table->leave = table->enter + t * t;
    table->step = table->leave + t * (2 * t - 1);
}

const tr_poseidon_table *tr_poseidon_table_of(unsigned width)
{
    static tr_bn_fr memory[ELEMENTS];
    static tr_poseidon_table tables[WIDTHS];
    static tr_once made[WIDTHS];
    tr_poseidon_table *table = &tables[width - 2];
    if (tr_once_begin(&made[width - 2])) {
        tr_bn_fr *at = memory;
        for (unsigned before = 2; before < width; before++) {
            tr_poseidon_table other;
            place(&other, before, at);
            at = other.step + 2 * (size_t)before - 1;
        }
        place(table, width, at);
        make(table);
        tr_once_end(&made[width - 2]);
    }
    return table;
}

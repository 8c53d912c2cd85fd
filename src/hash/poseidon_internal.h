/* Poseidon's tables and the ways to compute it.
 *
 * In a partial round only the first element goes through the S-box, so that the rounds between the
 * full ones are one linear system with one input and one output.  With u the state but for
 * constants, y = u[0] and S = (y + constant)^5, a round is u' = M (u with S for u[0]).  Let N be M
 * with its first column cleared and m that column: u' = N u + m S.  The outputs of such a system
 * follow a recurrence of its width t,
 *
 *   y(r) = a(1) y(r-1) + ... + a(t-1) y(r-t+1) + b(1) S(r-1) + ... + b(t) S(r-t)
 *
 * whose coefficients are the same in every round, so that a round is one sum of 2t - 1 products,
 * reduced once.  At its begin, rounds before the first are made up, with y zero and such S that
 * what follows is what follows from u; at its end, u is a combination of the last y and S. */
#ifndef TR_HASH_POSEIDON_INTERNAL_H
#define TR_HASH_POSEIDON_INTERNAL_H

#include "hash/once_internal.h"
#include "hash/poseidon.h"

enum {
    TR_POSEIDON_WIDTH = TR_POSEIDON_INPUTS + 1,
    TR_POSEIDON_FULL = 8,     /* full rounds, half of them at each end */
    TR_POSEIDON_PARTIAL = 70, /* the most partial rounds of any width */
};

typedef struct tr_poseidon_table {
    unsigned width, partial_rounds;
    tr_bn_fr *full;    /* constants of the full rounds, each width elements */
    tr_bn_fr *partial; /* of the partial ones, one each */
    tr_bn_fr *mix;     /* M, row after row */
    tr_bn_fr *enter; /* instead of M before the partial rounds: the S of made-up rounds -t ... -1 */
    tr_bn_fr *step;  /* b(t) a(t-1) b(t-1) ... a(1) b(1) */
    tr_bn_fr *leave; /* rows of u, from S y S ... S as step takes them */
} tr_poseidon_table;

/* tr_poseidon_table_of makes the table for a width of 2 to 17 at its first use. */
const tr_poseidon_table *tr_poseidon_table_of(unsigned width);

/* tr_poseidon_constants gives what is published: width (8 + partial rounds) constants, and the
 * matrix in width^2 elements.  tr_poseidon_rounds is the number of partial rounds. */
unsigned tr_poseidon_rounds(unsigned width);
void tr_poseidon_constants(unsigned width, tr_bn_fr *constants, tr_bn_fr *matrix);

/* A way to compute: the hash of a state of table->width elements is its first after the rounds. */
typedef struct tr_poseidon_code {
    const char *name;
    void (*hash)(const tr_poseidon_table *table, const tr_bn_fr *state, tr_bn_fr *out);
} tr_poseidon_code;

extern const tr_poseidon_code tr_poseidon_portable, tr_poseidon_x86;
extern const tr_poseidon_code *tr_poseidon_chosen;

#endif

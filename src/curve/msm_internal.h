/* Sums of products: what does not depend on the group.
 *
 * The method is Pippenger's.  Scalars are split by an endomorphism and cut into signed digits; for
 * each digit's place (a window) the points are sorted by the size of their digit, so that those of
 * one bucket lie together, and each bucket is summed as a tree: all pairs of a level, over all
 * buckets of a chunk, are affine additions that share one inversion.  Nothing has to be queued, and
 * scalars that are all equal are no worse than others. */
#ifndef TR_CURVE_MSM_INTERNAL_H
#define TR_CURVE_MSM_INTERNAL_H

#include "base/exec.h"
#include "curve/scalar_internal.h"

enum {
    TR_MSM_CHUNK = 4096,    /* points that are summed together */
    TR_MSM_SEGMENTS = 1024, /* parts of the buckets that are weighed side by side */
    TR_MSM_WINDOW_MAX = 16,
    TR_MSM_TASKS_MAX = 512,
    TR_MSM_AHEAD = 12, /* how far points are asked for before they are read */
};

/* How the work is cut. */
typedef struct tr_msm_plan {
    unsigned width;   /* bits of a digit */
    unsigned windows; /* digits of a scalar */
    unsigned splits;  /* parts of the points, each with buckets of its own */
    unsigned workers;
    size_t buckets; /* of one window: digits are 1 .. buckets in size */
} tr_msm_plan;

/* The plan with the least work for the busiest worker: terms additions for each window, and a few
 * for each bucket. */
static inline tr_msm_plan tr_msm_choose(size_t terms, unsigned bits, size_t threads)
{
    tr_msm_plan best = {0};
    uint64_t least = 0;
    unsigned most = (unsigned)TR_MIN(threads, (size_t)64);
    for (unsigned width = 3; width <= TR_MSM_WINDOW_MAX; width++) {
        for (unsigned splits = 1; splits <= most; splits += TR_MAX(most - 1, 1u)) {
            unsigned windows = bits / width + 1, tasks = windows * splits;
            unsigned workers = TR_MIN(tasks, most), rounds = (tasks + workers - 1) / workers;
            size_t buckets = (size_t)1 << (width - 1);
            uint64_t work = rounds * ((uint64_t)terms / splits + 5 * (uint64_t)buckets + 200);
            if (tasks > TR_MSM_TASKS_MAX || (best.width != 0 && work >= least)) continue;
            best = (tr_msm_plan){width, windows, splits, workers, buckets};
            least = work;
        }
    }
    return best;
}

/* The digits of a scalar w without carries from one to the next: half a digit's range is added at
 * every window but the last, and taken away where the digit is read. */
static inline void tr_msm_bias(const tr_msm_plan *plan, uint64_t *w, unsigned limbs)
{
    for (unsigned i = 0; i + 1 < plan->windows; i++) {
        unsigned at = plan->width * i + plan->width - 1;
        uint64_t add = (uint64_t)1 << (at % 64);
        for (unsigned k = at / 64; k < limbs && add != 0; k++)
            add = __builtin_add_overflow(w[k], add, &w[k]) ? 1 : 0;
    }
}

static inline int tr_msm_digit(const tr_msm_plan *plan, const uint64_t *w, unsigned limbs,
                               unsigned window)
{
    int digit = (int)tr_scalar_bits(w, limbs, window * plan->width, plan->width);
    return window + 1 < plan->windows ? digit - (1 << (plan->width - 1)) : digit;
}

#endif

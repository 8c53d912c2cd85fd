/* How proof of work's difficulty follows from the parent's.
 *
 * All of it saturates at 256 bits: the bomb doubles every 100,000 blocks and knows no end, and a
 * header cannot hold more. */
#include "eth/header.h"

enum {
    LEAST = 131072,
    STEP_BITS = 11,       /* a step is this part of the parent's difficulty: 1 / 2048 */
    LOWEST = 99,          /* steps down at once */
    BOMB_PERIOD = 100000, /* blocks between doublings */
};

static tr_u256 add(tr_u256 a, tr_u256 b)
{
    bool carry;
    tr_u256 sum = tr_u256_add_carry(a, b, &carry);
    return carry ? TR_U256_MAX : sum;
}

/* How many steps the difficulty goes up (1 or 2), or down. */
static uint64_t steps(const tr_fork_rules *rules, uint64_t elapsed, bool uncles, bool *down)
{
    uint64_t up = 1, late;
    if (rules->difficulty == TR_DIFFICULTY_FRONTIER) {
        *down = elapsed >= 13;
        return 1;
    }
    if (rules->difficulty == TR_DIFFICULTY_HOMESTEAD) {
        late = elapsed / 10;
    } else {
        late = elapsed / 9;
        if (uncles) up = 2;
    }
    *down = late > up;
    return *down ? TR_MIN(late - up, LOWEST) : up - late;
}

static tr_u256 bomb(const tr_fork_rules *rules, uint64_t number)
{
    uint64_t period = number <= rules->bomb_delay ? 0 : (number - rules->bomb_delay) / BOMB_PERIOD;
    if (period < 2) return TR_U256_ZERO;
    return period - 2 < 256 ? tr_u256_shl(TR_U256_ONE, period - 2) : TR_U256_MAX;
}

tr_u256 tr_difficulty(const tr_fork_rules *rules, uint64_t number, uint64_t time,
                      uint64_t parent_time, const tr_u256 *parent_difficulty,
                      bool parent_has_uncles)
{
    if (rules->difficulty == TR_DIFFICULTY_NONE) return TR_U256_ZERO;
    uint64_t elapsed = time > parent_time ? time - parent_time : 0;
    bool down;
    uint64_t count = steps(rules, elapsed, parent_has_uncles, &down);
    /* No overflow: 99 steps are less than the whole. */
    tr_u256 change = tr_u256_mul(tr_u256_shr(*parent_difficulty, STEP_BITS), tr_u256_of(count));
    tr_u256 difficulty =
        down ? tr_u256_sub(*parent_difficulty, change) : add(*parent_difficulty, change);
    difficulty = add(difficulty, bomb(rules, number));
    return tr_u256_lt(difficulty, tr_u256_of(LEAST)) ? tr_u256_of(LEAST) : difficulty;
}

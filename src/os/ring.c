#include "os/ring.h"

#include <string.h>

#include "base/bits.h"
#include "os/clock.h"

static bool power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

void tr_spsc_init(tr_spsc *ring, void *memory, size_t capacity, size_t element)
{
    TR_ASSERT(power_of_two(capacity) && element != 0);
    memset(ring, 0, sizeof(*ring));
    ring->slots = memory;
    ring->capacity = capacity;
    ring->element = element;
}

/* The elements from position at on lie in at most two pieces: up to the end of the memory, and
 * from its start. */
static void copy_in(tr_spsc *ring, size_t at, const uint8_t *from, size_t count)
{
    size_t slot = at & (ring->capacity - 1), first = TR_MIN(count, ring->capacity - slot);
    memcpy(ring->slots + slot * ring->element, from, first * ring->element);
    if (first != count)
        memcpy(ring->slots, from + first * ring->element, (count - first) * ring->element);
}

static void copy_out(tr_spsc *ring, size_t at, uint8_t *to, size_t count)
{
    size_t slot = at & (ring->capacity - 1), first = TR_MIN(count, ring->capacity - slot);
    memcpy(to, ring->slots + slot * ring->element, first * ring->element);
    if (first != count)
        memcpy(to + first * ring->element, ring->slots, (count - first) * ring->element);
}

size_t tr_spsc_push(tr_spsc *ring, const void *elements, size_t count)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    size_t room = ring->capacity - (tail - ring->head_seen);
    if (room < count) {
        ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
        room = ring->capacity - (tail - ring->head_seen);
    }
    if (count > room) count = room;
    if (count == 0) return 0;
    copy_in(ring, tail, elements, count);
    atomic_store_explicit(&ring->tail, tail + count, memory_order_release);
    return count;
}

size_t tr_spsc_pop(tr_spsc *ring, void *out, size_t max)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    size_t count = ring->tail_seen - head;
    if (count < max) {
        ring->tail_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
        count = ring->tail_seen - head;
    }
    if (count > max) count = max;
    if (count == 0) return 0;
    copy_out(ring, head, out, count);
    atomic_store_explicit(&ring->head, head + count, memory_order_release);
    return count;
}

static bool spsc_closed(tr_spsc *ring)
{
    return atomic_load_explicit(&ring->closed, memory_order_acquire);
}

static bool spsc_can_send(void *context)
{
    tr_spsc *ring = context;
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    return spsc_closed(ring) ||
           tail - atomic_load_explicit(&ring->head, memory_order_acquire) < ring->capacity;
}

static bool spsc_can_receive(void *context)
{
    tr_spsc *ring = context;
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    return spsc_closed(ring) || atomic_load_explicit(&ring->tail, memory_order_acquire) != head;
}

tr_err tr_spsc_send(tr_spsc *ring, const void *elements, size_t count, int64_t deadline,
                    size_t *sent)
{
    const uint8_t *at = elements;
    *sent = 0;
    while (*sent < count) {
        if (spsc_closed(ring)) return TR_E_CLOSED;
        size_t n = tr_spsc_push(ring, at + *sent * ring->element, count - *sent);
        *sent += n;
        if (n != 0)
            tr_event_signal(&ring->not_empty);
        else
            TR_TRY(tr_event_wait(&ring->not_full, spsc_can_send, ring, deadline));
    }
    return TR_OK;
}

tr_err tr_spsc_receive(tr_spsc *ring, void *out, size_t max, int64_t deadline, size_t *received)
{
    TR_ASSERT(max != 0);
    for (;;) {
        /* Looked at first: what was put before the close is then seen by the pop. */
        bool closed = spsc_closed(ring);
        *received = tr_spsc_pop(ring, out, max);
        if (*received != 0) {
            tr_event_signal(&ring->not_full);
            return TR_OK;
        }
        if (closed) return TR_E_CLOSED;
        TR_TRY(tr_event_wait(&ring->not_empty, spsc_can_receive, ring, deadline));
    }
}

void tr_spsc_close(tr_spsc *ring)
{
    atomic_store_explicit(&ring->closed, true, memory_order_release);
    tr_event_signal(&ring->not_empty);
    tr_event_signal(&ring->not_full);
}

/* A slot is its turn number and then the element.  In round r (the position divided by the
 * capacity) slot i is free for the put at position p when turn = p, and full for the take at p
 * when turn = p + 1; the take sets it to the position of the next round. */
typedef _Atomic size_t turn;

static size_t mpmc_stride(size_t element)
{
    return (sizeof(turn) + element + sizeof(turn) - 1) / sizeof(turn) * sizeof(turn);
}

size_t tr_mpmc_memory(size_t capacity, size_t element)
{
    size_t size;
    if (element > SIZE_MAX / 2) return 0;
    return tr_mul_size(capacity, mpmc_stride(element), &size) ? size : 0;
}

static turn *turn_at(tr_mpmc *ring, size_t position)
{
    return (turn *)(void *)(ring->slots + (position & (ring->capacity - 1)) * ring->stride);
}

void tr_mpmc_init(tr_mpmc *ring, void *memory, size_t capacity, size_t element)
{
    TR_ASSERT(power_of_two(capacity) && capacity >= 2 && element != 0);
    TR_ASSERT(((uintptr_t)memory & (alignof(turn) - 1)) == 0);
    memset(ring, 0, sizeof(*ring));
    ring->slots = memory;
    ring->capacity = capacity;
    ring->element = element;
    ring->stride = mpmc_stride(element);
    for (size_t i = 0; i < capacity; i++) atomic_init(turn_at(ring, i), i);
}

/* Takes the next position of one side: the slot's turn must be position + ahead.  False when that
 * turn has not come: the ring is full, or empty. */
static bool take_position(tr_mpmc *ring, _Atomic size_t *side, size_t ahead, size_t *position)
{
    size_t at = atomic_load_explicit(side, memory_order_relaxed);
    for (;;) {
        size_t now = atomic_load_explicit(turn_at(ring, at), memory_order_acquire);
        ptrdiff_t late = (ptrdiff_t)(now - (at + ahead));
        if (late < 0) return false;
        if (late > 0) {
            at = atomic_load_explicit(side, memory_order_relaxed);
        } else if (atomic_compare_exchange_weak_explicit(side, &at, at + 1, memory_order_relaxed,
                                                         memory_order_relaxed)) {
            *position = at;
            return true;
        }
    }
}

tr_err tr_mpmc_push(tr_mpmc *ring, const void *element)
{
    size_t at;
    if (!take_position(ring, &ring->tail, 0, &at)) return TR_E_FULL;
    turn *slot = turn_at(ring, at);
    memcpy((uint8_t *)slot + sizeof(turn), element, ring->element);
    atomic_store_explicit(slot, at + 1, memory_order_release);
    return TR_OK;
}

tr_err tr_mpmc_pop(tr_mpmc *ring, void *out)
{
    size_t at;
    if (!take_position(ring, &ring->head, 1, &at)) return TR_E_EMPTY;
    turn *slot = turn_at(ring, at);
    memcpy(out, (const uint8_t *)slot + sizeof(turn), ring->element);
    atomic_store_explicit(slot, at + ring->capacity, memory_order_release);
    return TR_OK;
}

static bool mpmc_closed(tr_mpmc *ring)
{
    return atomic_load_explicit(&ring->closed, memory_order_acquire);
}

static bool mpmc_can_send(void *context)
{
    tr_mpmc *ring = context;
    size_t at = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    size_t now = atomic_load_explicit(turn_at(ring, at), memory_order_acquire);
    return mpmc_closed(ring) || (ptrdiff_t)(now - at) >= 0;
}

static bool mpmc_can_receive(void *context)
{
    tr_mpmc *ring = context;
    size_t at = atomic_load_explicit(&ring->head, memory_order_relaxed);
    size_t now = atomic_load_explicit(turn_at(ring, at), memory_order_acquire);
    return mpmc_closed(ring) || (ptrdiff_t)(now - (at + 1)) >= 0;
}

tr_err tr_mpmc_send(tr_mpmc *ring, const void *element, int64_t deadline)
{
    for (;;) {
        if (mpmc_closed(ring)) return TR_E_CLOSED;
        if (tr_mpmc_push(ring, element) == TR_OK) {
            tr_event_signal(&ring->not_empty);
            return TR_OK;
        }
        TR_TRY(tr_event_wait(&ring->not_full, mpmc_can_send, ring, deadline));
    }
}

tr_err tr_mpmc_receive(tr_mpmc *ring, void *out, int64_t deadline)
{
    for (;;) {
        bool closed = mpmc_closed(ring);
        if (tr_mpmc_pop(ring, out) == TR_OK) {
            tr_event_signal(&ring->not_full);
            return TR_OK;
        }
        if (closed) return TR_E_CLOSED;
        TR_TRY(tr_event_wait(&ring->not_empty, mpmc_can_receive, ring, deadline));
    }
}

void tr_mpmc_close(tr_mpmc *ring)
{
    atomic_store_explicit(&ring->closed, true, memory_order_release);
    tr_event_signal(&ring->not_empty);
    tr_event_signal(&ring->not_full);
}

/* Rings: bounded queues of elements of one size, in memory that the caller supplies and keeps.
 *
 *   tr_spsc   one thread puts, one thread takes; batches; about as cheap as a copy
 *   tr_mpmc   any number of threads on both sides; one element at a time
 *
 * push and pop never wait.  send and receive wait for room or for elements and can be closed; a
 * ring that one side waits on is used through send and receive by both sides. */
#ifndef TR_OS_RING_H
#define TR_OS_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "os/event.h"

/* What two threads write lies this far apart: processors fetch cache lines in pairs. */
enum { TR_RING_APART = 128 };

typedef struct tr_spsc {
    alignas(TR_RING_APART) _Atomic size_t tail; /* elements ever put; written by the producer */
    size_t head_seen;                           /* what it last saw of head */
    alignas(TR_RING_APART) _Atomic size_t head; /* elements ever taken; written by the consumer */
    size_t tail_seen;
    alignas(TR_RING_APART) uint8_t *slots;
    size_t element, capacity;
    _Atomic bool closed;
    alignas(TR_RING_APART) tr_event not_empty;
    alignas(TR_RING_APART) tr_event not_full;
} tr_spsc;

/* tr_spsc_init makes an empty ring.  capacity is a power of two; memory has room for capacity
 * elements. */
void tr_spsc_init(tr_spsc *ring, void *memory, size_t capacity, size_t element);

/* tr_spsc_push puts up to count elements and returns how many there was room for. */
size_t tr_spsc_push(tr_spsc *ring, const void *elements, size_t count);

/* tr_spsc_pop takes up to max elements and returns how many there were. */
size_t tr_spsc_pop(tr_spsc *ring, void *out, size_t max);

/* tr_spsc_send puts all count elements, waiting for room until deadline (monotonic; TR_NS_FOREVER:
 * no limit).  *sent says how many were put when it fails.  TR_E_TIMEOUT; TR_E_CLOSED. */
TR_NODISCARD tr_err tr_spsc_send(tr_spsc *ring, const void *elements, size_t count,
                                 int64_t deadline, size_t *sent);

/* tr_spsc_receive takes at least one and up to max elements, waiting until deadline.  TR_E_TIMEOUT;
 * TR_E_CLOSED when the ring is closed and everything in it was taken. */
TR_NODISCARD tr_err tr_spsc_receive(tr_spsc *ring, void *out, size_t max, int64_t deadline,
                                    size_t *received);

/* tr_spsc_close says that nothing more comes (or is wanted) and wakes both sides. */
void tr_spsc_close(tr_spsc *ring);

/* The other ring: each slot has a number that says whose turn it is. */
typedef struct tr_mpmc {
    alignas(TR_RING_APART) _Atomic size_t tail;
    alignas(TR_RING_APART) _Atomic size_t head;
    alignas(TR_RING_APART) uint8_t *slots;
    size_t element, stride, capacity;
    _Atomic bool closed;
    alignas(TR_RING_APART) tr_event not_empty;
    alignas(TR_RING_APART) tr_event not_full;
} tr_mpmc;

/* tr_mpmc_memory is how many bytes a ring needs, aligned to 8; 0 if that is more than there can
 * be. */
size_t tr_mpmc_memory(size_t capacity, size_t element);

/* tr_mpmc_init makes an empty ring.  capacity is a power of two of at least 2. */
void tr_mpmc_init(tr_mpmc *ring, void *memory, size_t capacity, size_t element);

/* tr_mpmc_push puts one element; TR_E_FULL.  tr_mpmc_pop takes one; TR_E_EMPTY. */
TR_NODISCARD tr_err tr_mpmc_push(tr_mpmc *ring, const void *element);
TR_NODISCARD tr_err tr_mpmc_pop(tr_mpmc *ring, void *out);

/* tr_mpmc_send and tr_mpmc_receive wait until deadline.  TR_E_TIMEOUT; TR_E_CLOSED, for a receiver
 * only when everything was taken. */
TR_NODISCARD tr_err tr_mpmc_send(tr_mpmc *ring, const void *element, int64_t deadline);
TR_NODISCARD tr_err tr_mpmc_receive(tr_mpmc *ring, void *out, int64_t deadline);

/* tr_mpmc_close wakes everybody.  An element whose send runs at the same moment may be put and
 * then be left in the ring: close after the senders have ended. */
void tr_mpmc_close(tr_mpmc *ring);

#endif

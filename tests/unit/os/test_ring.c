#include <stdatomic.h>

#include "harness.h"
#include "os/clock.h"
#include "os/ring.h"
#include "os/thread.h"

/* Element i of a stream, of any size: bytes that depend on both. */
static void make_element(uint8_t *to, size_t element, uint64_t i)
{
    for (size_t k = 0; k < element; k++) to[k] = (uint8_t)(i * 31 + k * 7 + (i >> 8));
}

enum { MAX_ELEMENT = 24, MAX_CAPACITY = 64 };

TR_PROP(spsc_is_a_bounded_queue)
{
    static _Alignas(16) uint8_t memory[MAX_CAPACITY * MAX_ELEMENT + 1];
    uint8_t batch[100 * MAX_ELEMENT], want[MAX_ELEMENT];
    size_t capacity = (size_t)1 << tr_gen_below(g, 7), element = 1 + tr_gen_below(g, MAX_ELEMENT);
    tr_spsc ring;
    memory[capacity * element] = 0x5a;
    tr_spsc_init(&ring, memory, capacity, element);
    /* Positions near the end of size_t must work as well. */
    if (tr_gen_bool(g)) ring.head = ring.tail = ring.head_seen = ring.tail_seen = SIZE_MAX - 20;
    uint64_t put = 0, taken = 0;
    for (size_t steps = tr_gen_below(g, 60); steps > 0; steps--) {
        size_t count = tr_gen_below(g, 100);
        if (tr_gen_bool(g)) {
            for (size_t i = 0; i < count; i++) make_element(batch + i * element, element, put + i);
            size_t done = tr_spsc_push(&ring, batch, count);
            TR_CHECK_EQ(done, TR_MIN(count, capacity - (put - taken)));
            put += done;
        } else {
            size_t done = tr_spsc_pop(&ring, batch, count);
            TR_CHECK_EQ(done, TR_MIN(count, put - taken));
            for (size_t i = 0; i < done; i++) {
                make_element(want, element, taken + i);
                TR_CHECK_BYTES(tr_bytes_of(batch + i * element, element),
                               tr_bytes_of(want, element));
            }
            taken += done;
        }
    }
    TR_CHECK_EQ(memory[capacity * element], 0x5a);
}

TR_PROP(mpmc_is_a_bounded_queue)
{
    static _Alignas(16) uint8_t memory[MAX_CAPACITY * (MAX_ELEMENT + 16) + 1];
    uint8_t got[MAX_ELEMENT], want[MAX_ELEMENT];
    size_t capacity = (size_t)2 << tr_gen_below(g, 6), element = 1 + tr_gen_below(g, MAX_ELEMENT);
    size_t size = tr_mpmc_memory(capacity, element);
    TR_CHECK(size != 0 && size < sizeof(memory));
    tr_mpmc ring;
    memory[size] = 0x5a;
    tr_mpmc_init(&ring, memory, capacity, element);
    uint64_t put = 0, taken = 0;
    for (size_t steps = tr_gen_below(g, 400); steps > 0; steps--) {
        if (tr_gen_below(g, 5) < 3) {
            make_element(want, element, put);
            tr_err err = tr_mpmc_push(&ring, want);
            TR_CHECK_ERR(err, put - taken == capacity ? TR_E_FULL : TR_OK);
            put += err == TR_OK;
        } else {
            tr_err err = tr_mpmc_pop(&ring, got);
            TR_CHECK_ERR(err, put == taken ? TR_E_EMPTY : TR_OK);
            if (err != TR_OK) continue;
            make_element(want, element, taken++);
            TR_CHECK_BYTES(tr_bytes_of(got, element), tr_bytes_of(want, element));
        }
    }
    TR_CHECK_EQ(memory[size], 0x5a);
}

TR_TEST(mpmc_memory_that_cannot_be)
{
    TR_CHECK_EQ(tr_mpmc_memory((size_t)1 << 62, 100), 0);
    TR_CHECK_EQ(tr_mpmc_memory(2, SIZE_MAX), 0);
    TR_CHECK_EQ(tr_mpmc_memory(4, 9), 4 * 24);
}

static int64_t soon(int64_t ms)
{
    return tr_clock_deadline(tr_clock_system(), ms * TR_NS_PER_MS);
}

/* Threads.  A check in another thread cannot end the test, so they count what is wrong. */
enum { STREAM = 200000 };

typedef struct stream {
    tr_spsc *spsc;
    tr_mpmc *mpmc;
    uint64_t first; /* of the numbers this thread sends */
    uint64_t sum, count;
    _Atomic uint64_t wrong;
} stream;

static void spsc_sender(void *context)
{
    stream *s = context;
    uint64_t batch[64], next = 0, seed = 7;
    while (next < STREAM) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t count = TR_MIN(1 + (size_t)(seed >> 58), (size_t)(STREAM - next)), sent;
        for (size_t i = 0; i < count; i++) batch[i] = next + i;
        if (tr_spsc_send(s->spsc, batch, count, TR_NS_FOREVER, &sent) != TR_OK) s->wrong++;
        if (sent != count) s->wrong++;
        next += count;
    }
    tr_spsc_close(s->spsc);
}

static void spsc_receiver(void *context)
{
    stream *s = context;
    uint64_t batch[40];
    for (;;) {
        size_t count;
        tr_err err = tr_spsc_receive(s->spsc, batch, 40, TR_NS_FOREVER, &count);
        if (err == TR_E_CLOSED) return;
        if (err != TR_OK || count == 0) s->wrong++;
        for (size_t i = 0; i < count; i++)
            if (batch[i] != s->count++) s->wrong++;
    }
}

static void run_pair(size_t capacity)
{
    static uint64_t memory[256];
    static tr_spsc ring;
    tr_spsc_init(&ring, memory, capacity, sizeof(uint64_t));
    stream sender = {.spsc = &ring}, receiver = {.spsc = &ring};
    tr_thread a, b;
    TR_CHECK_OK(
        tr_thread_start(NULL, &a, &(tr_thread_options){.name = "send"}, spsc_sender, &sender));
    TR_CHECK_OK(tr_thread_start(NULL, &b, &(tr_thread_options){.name = "receive"}, spsc_receiver,
                                &receiver));
    tr_thread_join(&a);
    tr_thread_join(&b);
    TR_CHECK_EQ(sender.wrong, 0);
    TR_CHECK_EQ(receiver.wrong, 0);
    TR_CHECK_EQ(receiver.count, STREAM);
}

TR_TEST(spsc_between_two_threads_keeps_order)
{
    run_pair(256);
    run_pair(8);
}

enum { SENDERS = 3, RECEIVERS = 3, EACH = 40000 };

static void mpmc_sender(void *context)
{
    stream *s = context;
    for (uint64_t i = 0; i < EACH; i++) {
        uint64_t element[2] = {s->first + i, ~(s->first + i)};
        if (tr_mpmc_send(s->mpmc, element, TR_NS_FOREVER) != TR_OK) s->wrong++;
    }
}

static void mpmc_receiver(void *context)
{
    stream *s = context;
    uint64_t last[SENDERS] = {0}, element[2];
    while (tr_mpmc_receive(s->mpmc, element, TR_NS_FOREVER) == TR_OK) {
        uint64_t sender = element[0] / EACH, number = element[0] % EACH + 1;
        if (element[1] != ~element[0] || sender >= SENDERS) {
            s->wrong++;
            continue;
        }
        /* What one thread put, any one thread takes in that order. */
        if (number <= last[sender]) s->wrong++;
        last[sender] = number;
        s->sum += element[0];
        s->count++;
    }
}

TR_TEST(mpmc_between_many_threads_loses_nothing)
{
    static uint64_t memory[64 * 3];
    static tr_mpmc ring;
    TR_CHECK(tr_mpmc_memory(64, 16) == sizeof(memory));
    tr_mpmc_init(&ring, memory, 64, 16);
    stream senders[SENDERS], receivers[RECEIVERS];
    tr_thread threads[SENDERS + RECEIVERS];
    tr_thread_options options = {.name = "ring"};
    for (size_t i = 0; i < RECEIVERS; i++) {
        receivers[i] = (stream){.mpmc = &ring};
        TR_CHECK_OK(
            tr_thread_start(NULL, &threads[SENDERS + i], &options, mpmc_receiver, &receivers[i]));
    }
    for (size_t i = 0; i < SENDERS; i++) {
        senders[i] = (stream){.mpmc = &ring, .first = i * EACH};
        TR_CHECK_OK(tr_thread_start(NULL, &threads[i], &options, mpmc_sender, &senders[i]));
    }
    for (size_t i = 0; i < SENDERS; i++) tr_thread_join(&threads[i]);
    tr_mpmc_close(&ring);
    uint64_t sum = 0, count = 0, wrong = 0, n = SENDERS * EACH;
    for (size_t i = 0; i < RECEIVERS; i++) {
        tr_thread_join(&threads[SENDERS + i]);
        sum += receivers[i].sum;
        count += receivers[i].count;
        wrong += receivers[i].wrong;
    }
    for (size_t i = 0; i < SENDERS; i++) wrong += senders[i].wrong;
    TR_CHECK_EQ(wrong, 0);
    TR_CHECK_EQ(count, n);
    TR_CHECK_EQ(sum, n * (n - 1) / 2);
}

TR_TEST(waiting_ends_at_the_deadline)
{
    uint64_t memory[8] = {0}, value = 1;
    size_t n;
    tr_spsc spsc;
    tr_spsc_init(&spsc, memory, 4, 8);
    int64_t before = tr_clock_monotonic(tr_clock_system());
    TR_CHECK_ERR(tr_spsc_receive(&spsc, &value, 1, soon(5), &n), TR_E_TIMEOUT);
    TR_CHECK(tr_clock_monotonic(tr_clock_system()) - before >= 5 * TR_NS_PER_MS);
    uint64_t five[5] = {1, 2, 3, 4, 5};
    TR_CHECK_ERR(tr_spsc_send(&spsc, five, 5, soon(5), &n), TR_E_TIMEOUT);
    TR_CHECK_EQ(n, 4);
    TR_CHECK_ERR(tr_spsc_send(&spsc, five, 1, 0, &n), TR_E_TIMEOUT);
    tr_spsc_close(&spsc);
    TR_CHECK_ERR(tr_spsc_send(&spsc, five, 5, TR_NS_FOREVER, &n), TR_E_CLOSED);
    for (uint64_t i = 1; i <= 4; i++) {
        TR_CHECK_OK(tr_spsc_receive(&spsc, &value, 1, TR_NS_FOREVER, &n));
        TR_CHECK_EQ(value, i);
    }
    TR_CHECK_ERR(tr_spsc_receive(&spsc, &value, 1, TR_NS_FOREVER, &n), TR_E_CLOSED);

    tr_mpmc mpmc;
    TR_CHECK_EQ(tr_mpmc_memory(2, 8), 32);
    tr_mpmc_init(&mpmc, memory, 2, 8);
    TR_CHECK_ERR(tr_mpmc_receive(&mpmc, &value, soon(2)), TR_E_TIMEOUT);
    TR_CHECK_OK(tr_mpmc_send(&mpmc, &five[0], 0));
    TR_CHECK_OK(tr_mpmc_send(&mpmc, &five[1], 0));
    TR_CHECK_ERR(tr_mpmc_send(&mpmc, &five[2], soon(2)), TR_E_TIMEOUT);
    tr_mpmc_close(&mpmc);
    TR_CHECK_ERR(tr_mpmc_send(&mpmc, &five[2], TR_NS_FOREVER), TR_E_CLOSED);
    TR_CHECK_OK(tr_mpmc_receive(&mpmc, &value, TR_NS_FOREVER));
    TR_CHECK_OK(tr_mpmc_receive(&mpmc, &value, TR_NS_FOREVER));
    TR_CHECK_EQ(value, 2);
    TR_CHECK_ERR(tr_mpmc_receive(&mpmc, &value, TR_NS_FOREVER), TR_E_CLOSED);
}

static void close_later(void *context)
{
    tr_clock_sleep(tr_clock_system(), 10 * TR_NS_PER_MS);
    tr_mpmc_close(context);
}

TR_TEST(a_close_wakes_a_sleeper)
{
    uint64_t memory[4], value;
    tr_mpmc ring;
    tr_mpmc_init(&ring, memory, 2, 8);
    tr_thread thread;
    TR_CHECK_OK(tr_thread_start(NULL, &thread, &(tr_thread_options){0}, close_later, &ring));
    tr_err err = tr_mpmc_receive(&ring, &value, TR_NS_FOREVER);
    tr_thread_join(&thread);
    TR_CHECK_ERR(err, TR_E_CLOSED);
}

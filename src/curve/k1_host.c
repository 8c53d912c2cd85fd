/* Chooses, at the start of the program, how secp256k1 is computed; and hands batches to the lanes,
 * in packets, with what they cannot decide going to the scalar code. */
#include "curve/k1_internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "curve/k1_combine_avx512.h"
#include "curve/k1_recover_avx512.h"
#include "curve/k1_room_host.h"
#include "curve/k1_x86.h"
#include "os/cpu.h"

enum { MAX_CODES = 4 };
static tr_k1_code codes[MAX_CODES];
static size_t code_count;

#if defined(__x86_64__)
/* Such memory (a megabyte) is kept for the next one: fresh pages would cost a tenth of
 * the work. */
enum { ROOMS = 4 };
static _Atomic(void *) rooms[ROOMS];

void *tr_k1_take_room(void)
{
    for (size_t i = 0; i < ROOMS; i++) {
        void *room = atomic_exchange(&rooms[i], NULL);
        if (room != NULL) return room;
    }
    return aligned_alloc(64, (TR_MAX(tr_k1_packet_room, tr_k1_combine_room) + 63) / 64 * 64);
}

void tr_k1_give_room(void *room)
{
    for (size_t i = 0; i < ROOMS && room != NULL; i++) room = atomic_exchange(&rooms[i], room);
    free(room);
}

static const tr_k1_code *scalar; /* for what the lanes leave */

static void recover_packet(void *room, size_t n, const size_t place[], const tr_hash *hashes,
                           const tr_ecdsa_sig *sigs, tr_pubkey *keys, bool *found)
{
    tr_k1_task tasks[TR_K1_PACKET] = {{NULL, NULL}};
    tr_pubkey made[TR_K1_PACKET];
    tr_k1_answer answers[TR_K1_PACKET];
    for (size_t i = 0; i < n; i++) tasks[i] = (tr_k1_task){&hashes[place[i]], &sigs[place[i]]};
    tr_k1_recover_avx512(room, n, tasks, made, answers);
    for (size_t i = 0; i < n; i++) {
        size_t to = place[i];
        if (answers[i] == TR_K1_ASK) {
            found[to] = scalar->recover(&hashes[to], &sigs[to], &keys[to]) == TR_OK;
        } else {
            found[to] = answers[i] == TR_K1_FOUND;
            keys[to] = made[i];
        }
    }
}

static void recover_rest(size_t n, const size_t place[], const tr_hash *hashes,
                         const tr_ecdsa_sig *sigs, tr_pubkey *keys, bool *found)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = place[i];
        found[at] = scalar->recover(&hashes[at], &sigs[at], &keys[at]) == TR_OK;
    }
}

/* One vector of eight takes 48 us, one signature in k1_x86.c 24. */
enum { FEWEST = 3 };

static void recover_many(size_t n, const tr_hash *hashes, const tr_ecdsa_sig *sigs, tr_pubkey *keys,
                         bool *found)
{
    void *room = n < FEWEST ? NULL : tr_k1_take_room();
    size_t place[TR_K1_PACKET], count = 0;
    for (size_t i = 0; i < n; i++) {
        if (sigs[i].recovery > 1) /* x above the order: never seen but in attacks */
            recover_rest(1, &i, hashes, sigs, keys, found);
        else
            place[count++] = i;
        if (count == 0 || (count < TR_K1_PACKET && i + 1 < n)) continue;
        if (room == NULL || count < FEWEST)
            recover_rest(count, place, hashes, sigs, keys, found);
        else
            recover_packet(room, count, place, hashes, sigs, keys, found);
        count = 0;
    }
    tr_k1_give_room(room);
}

static void schnorr_verify_many(size_t n, const uint8_t keys[][32], const tr_bytes messages[],
                                const uint8_t sigs[][64], bool ok[])
{
    tr_k1_schnorr_many(scalar, n, keys, messages, sigs, ok);
}

static void find_scalar(void)
{
    const tr_cpu *cpu = tr_cpu_get();
    if (!(cpu->bmi2 && cpu->adx)) return;
    tr_k1_code code = codes[code_count - 1];
    code.name = "x86";
    code.recover = tr_k1_recover_x86;
    codes[code_count++] = code;
}

static void find_lanes(void)
{
    const tr_cpu *cpu = tr_cpu_get();
    if (!(cpu->avx512vbmi && cpu->ifma && cpu->bmi2 && cpu->adx)) return;
    tr_k1_code code = codes[code_count - 1];
    scalar = &codes[code_count - 1];
    code.name = "avx512";
    code.recover_many = recover_many;
    code.schnorr_verify_many = schnorr_verify_many;
    codes[code_count++] = code;
}
#else
static void find_scalar(void) {}
static void find_lanes(void) {}
#endif

__attribute__((constructor)) static void choose(void)
{
    codes[code_count++] = tr_k1_portable;
    if (&tr_k1_library != NULL) codes[code_count++] = tr_k1_library;
    find_scalar();
    find_lanes();
    tr_k1_chosen = &codes[code_count - 1];
}

const char *tr_k1_codes(size_t i)
{
    return i < code_count ? codes[i].name : NULL;
}

bool tr_k1_select(const char *name)
{
    for (size_t i = 0; i < code_count; i++) {
        if (strcmp(codes[i].name, name) == 0) {
            tr_k1_chosen = &codes[i];
            return true;
        }
    }
    return false;
}

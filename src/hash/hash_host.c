/* Chooses, at the start of the program, the fastest code that the processor has. */
#include "hash/hash_internal.h"

#include <string.h>

#include "hash/blake2_internal.h"
#include "hash/crc32c_internal.h"
#include "hash/keccak_internal.h"
#include "hash/poseidon2_internal.h"
#include "hash/poseidon_internal.h"
#include "hash/sha2_internal.h"
#include "os/cpu.h"

typedef struct choice {
    const char *name;
    const tr_keccak_code *keccak;
    const tr_sha256_code *sha256;
    const tr_crc32c_code *crc32c;
    const tr_poseidon_code *poseidon;
    const tr_poseidon2_code *poseidon2;
    const tr_blake2b_code *blake2b;
} choice;

enum { MAX_CHOICES = 3 };
static choice choices[MAX_CHOICES];
static size_t choice_count;

#if defined(__x86_64__)
static const tr_keccak_code keccak_bmi2 = {"bmi2", tr_keccak_permute_bmi2, NULL};
static const tr_keccak_code keccak_avx512 = {"avx512", tr_keccak_permute_bmi2,
                                             tr_keccak256_many_avx512};
static const tr_sha256_code sha256_sha = {"sha", tr_sha256_blocks_sha, NULL};
static const tr_sha256_code sha256_avx512 = {"avx512", tr_sha256_blocks_portable,
                                             tr_sha256_many_avx512};
static const tr_sha256_code sha256_sha_avx512 = {"sha+avx512", tr_sha256_blocks_sha,
                                                 tr_sha256_many_avx512};

static const tr_crc32c_code crc32c_x86 = {"sse42+clmul", tr_crc32c_update_x86};

static const tr_poseidon2_code poseidon2_avx512 = {
    "avx512", tr_poseidon2_bn_x86, tr_poseidon2_kb16_many_avx512, tr_poseidon2_kb24_many_avx512};

static const tr_blake2b_code blake2b_avx512 = {"avx512", tr_blake2b_f_avx512};

static void find_choices(void)
{
    const tr_cpu *cpu = tr_cpu_get();
    const tr_keccak_code *keccak = cpu->bmi2 ? &keccak_bmi2 : &tr_keccak_portable;
    const tr_sha256_code *sha256 = cpu->sha ? &sha256_sha : &tr_sha256_portable;
    const tr_crc32c_code *crc32c = cpu->pclmul ? &crc32c_x86 : &tr_crc32c_portable;
    const tr_poseidon_code *poseidon =
        cpu->bmi2 && cpu->adx ? &tr_poseidon_x86 : &tr_poseidon_portable;
    static tr_poseidon2_code poseidon2;
    poseidon2 = tr_poseidon2_portable;
    if (cpu->bmi2 && cpu->adx) poseidon2.bn = tr_poseidon2_bn_x86;
    choices[choice_count++] =
        (choice){"portable",          &tr_keccak_portable,   &tr_sha256_portable,
                 &tr_crc32c_portable, &tr_poseidon_portable, &tr_poseidon2_portable,
                 &tr_blake2b_portable};
    if (cpu->bmi2 || cpu->sha || cpu->pclmul)
        choices[choice_count++] =
            (choice){"x86", keccak, sha256, crc32c, poseidon, &poseidon2, &tr_blake2b_portable};
    if (cpu->avx512vbmi && cpu->ifma && cpu->bmi2 && cpu->adx)
        choices[choice_count++] =
            (choice){"avx512",       &keccak_avx512, cpu->sha ? &sha256_sha_avx512 : &sha256_avx512,
                     crc32c,         poseidon,       &poseidon2_avx512,
                     &blake2b_avx512};
}
#else
static void find_choices(void)
{
    choices[choice_count++] =
        (choice){"portable",          &tr_keccak_portable,   &tr_sha256_portable,
                 &tr_crc32c_portable, &tr_poseidon_portable, &tr_poseidon2_portable,
                 &tr_blake2b_portable};
}
#endif

static void use(const choice *c)
{
    tr_keccak_chosen = c->keccak;
    tr_sha256_chosen = c->sha256;
    tr_crc32c_chosen = c->crc32c;
    tr_poseidon_chosen = c->poseidon;
    tr_poseidon2_chosen = c->poseidon2;
    tr_blake2b_chosen = c->blake2b;
}

__attribute__((constructor)) static void choose(void)
{
    find_choices();
    use(&choices[choice_count - 1]);
}

const char *tr_hash_codes(size_t i)
{
    return i < choice_count ? choices[i].name : NULL;
}

bool tr_hash_select(const char *name)
{
    for (size_t i = 0; i < choice_count; i++) {
        if (strcmp(choices[i].name, name) == 0) {
            use(&choices[i]);
            return true;
        }
    }
    return false;
}

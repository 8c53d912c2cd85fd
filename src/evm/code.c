/* Code made ready to run, and the cache of it. */
#include "evm/fast_internal.h"

/* A bit for each JUMPDEST that is not the data of a PUSH.  64 bytes at a time: where they hold
 * neither PUSH nor JUMPDEST, which a comparison of whole words finds, there is nothing to do. */
void tr_code_scan(tr_bytes code, uint64_t *jumps)
{
    memset(jumps, 0, (code.len + TR_CODE_PAD + 63) / 64 * 8);
    for (size_t i = 0; i < code.len;) {
        uint8_t op = code.data[i];
        if (op == TR_OP_JUMPDEST) jumps[i / 64] |= (uint64_t)1 << (i % 64);
        bool pushes = op >= TR_OP_PUSH1 && op <= TR_OP_PUSH32;
        i += pushes ? (size_t)(op - TR_OP_PUSH1) + 2 : 1;
    }
}

void tr_code_make(tr_code *out, tr_bytes code, void *memory)
{
    uint64_t *jumps = memory;
    uint8_t *bytes = (uint8_t *)memory + (code.len + TR_CODE_PAD + 63) / 64 * 8;
    if (code.len != 0) memcpy(bytes, code.data, code.len);
    memset(bytes + code.len, 0, TR_CODE_PAD);
    tr_code_scan(code, jumps);
    out->bytes = bytes;
    out->jumps = jumps;
    out->len = code.len;
    out->memory = memory;
    out->taken = tr_code_size(code.len);
}

static uint16_t *chain_of(tr_code_cache *cache, const tr_hash *hash)
{
    return &cache->chains[tr_load32le(hash->b) % TR_CODE_CHAINS];
}

static void forget_fast(tr_code_cache *cache, tr_code *code)
{
    if (code->fast == NULL) return;
    cache->taken -= code->fast->taken;
    tr_alloc_put(cache->alloc, code->fast, code->fast->taken);
    code->fast = NULL;
}

static void forget(tr_code_cache *cache, tr_code *code)
{
    forget_fast(cache, code);
    uint16_t index = (uint16_t)(code - cache->entries), *at = chain_of(cache, &code->hash);
    while (*at != index) at = &cache->entries[*at].next;
    *at = code->next;
    tr_alloc_put(cache->alloc, code->memory, code->taken);
    cache->taken -= code->taken;
    code->memory = NULL;
    code->next = cache->free;
    cache->free = index;
}

/* The hand goes round and takes what nobody used since it last came by.  False: all is in use. */
static bool forget_one(tr_code_cache *cache)
{
    for (unsigned i = 0; i < 2u * cache->made; i++) {
        tr_code *code = &cache->entries[cache->hand];
        cache->hand = (uint16_t)((cache->hand + 1) % cache->made);
        if (code->memory == NULL || code->pins != 0) continue;
        if (!code->was_used) {
            forget(cache, code);
            return true;
        }
        code->was_used = false;
    }
    return false;
}

static tr_code *free_entry(tr_code_cache *cache)
{
    if (cache->free == TR_CODE_NONE && cache->made == TR_CODE_ENTRIES && !forget_one(cache))
        return NULL;
    if (cache->free == TR_CODE_NONE) return &cache->entries[cache->made++];
    tr_code *code = &cache->entries[cache->free];
    cache->free = code->next;
    return code;
}

tr_code *tr_code_cached(tr_code_cache *cache, const tr_hash *hash, tr_bytes code)
{
    uint16_t *chain = chain_of(cache, hash);
    for (uint16_t i = *chain; i != TR_CODE_NONE; i = cache->entries[i].next)
        if (memcmp(&cache->entries[i].hash, hash, sizeof(*hash)) == 0) return &cache->entries[i];

    size_t size = tr_code_size(code.len);
    if (size > cache->limit) return NULL;
    while (cache->taken + size > cache->limit)
        if (!forget_one(cache)) return NULL;
    void *memory = tr_alloc_get(cache->alloc, size);
    if (memory == NULL) return NULL;
    tr_code *entry = free_entry(cache);
    if (entry == NULL) {
        tr_alloc_put(cache->alloc, memory, size);
        return NULL;
    }
    *entry = (tr_code){.hash = *hash, .next = *chain};
    tr_code_make(entry, code, memory);
    *chain = (uint16_t)(entry - cache->entries);
    cache->taken += size;
    return entry;
}

struct tr_fast *tr_code_hot(tr_code_cache *cache, tr_code *code, const tr_evm_rules *rules,
                            uint64_t gas_per_byte)
{
    if (TR_LIKELY(code->fast != NULL && code->fast->rules == rules)) return code->fast;
    if (gas_per_byte == UINT64_MAX || code->heat < code->len * gas_per_byte) return NULL;
    if (code->dull == rules) return NULL;
    if (code->fast != NULL && code->pins != 0) return NULL;
    forget_fast(cache, code);
    size_t room = cache->limit - cache->taken;
    code->fast = tr_fast_build(cache->alloc, code, rules, tr_evm_loop_fast(NULL), room);
    if (code->fast != NULL) cache->taken += code->fast->taken;
    code->dull = code->fast == NULL ? rules : NULL;
    return code->fast;
}

void tr_code_cache_free(tr_code_cache *cache)
{
    for (unsigned i = 0; i < cache->made; i++) {
        forget_fast(cache, &cache->entries[i]);
        tr_alloc_put(cache->alloc, cache->entries[i].memory, cache->entries[i].taken);
    }
    tr_alloc_put(cache->alloc, cache->entries, TR_CODE_ENTRIES * sizeof(tr_code));
}

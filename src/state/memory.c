/* The world in memory.
 *
 * An account lies in one cache line, but for its code and the way to its slots, which lie in the
 * next.  Codes are kept once for all accounts that have them and stay as long as the world. */
#include "state/memory.h"

#include "eth/account.h"
#include "hash/keccak.h"
#include "state/table.h"

typedef struct stored_code {
    tr_hash hash;
    size_t len;
    uint8_t bytes[];
} stored_code;

typedef struct stored_slot stored_slot;

typedef struct stored_account {
    tr_u256 balance;
    uint64_t nonce;
    tr_addr address;
    uint32_t mark;
    const stored_code *code; /* NULL: none */
    stored_slot *slots;
    struct stored_account *next_free;
    uint64_t unused[5]; /* two cache lines */
} stored_account;

struct stored_slot {
    tr_u256 key, value;
    stored_account *owner;
    stored_slot *next, *previous; /* of the same account */
    uint32_t mark, unused;
};

typedef struct known_hash {
    uint64_t number;
    tr_hash hash;
    bool known;
} known_hash;

enum { KNOWN_HASHES = 256 };

struct tr_memory_world {
    tr_world door;
    tr_counted memory;
    tr_table accounts, slots, codes;
    tr_chunks account_chunks, slot_chunks;
    tr_arena code_bytes;
    stored_account *free_accounts;
    stored_slot *free_slots;
    tr_seed seed;
    known_hash hashes[KNOWN_HASHES];
};

_Static_assert(sizeof(stored_account) == 2 * TR_CACHE_LINE, "as said above");

static stored_account *find_account(const tr_memory_world *w, uint32_t mark, const tr_addr *address)
{
    TR_TABLE_EACH(place, &w->accounts, mark)
    {
        stored_account *a = place->entry;
        if (tr_address_eq(&a->address, address)) return a;
    }
    return NULL;
}

static stored_slot *find_slot(const tr_memory_world *w, uint32_t mark, const stored_account *owner,
                              const tr_u256 *key)
{
    TR_TABLE_EACH(place, &w->slots, mark)
    {
        stored_slot *s = place->entry;
        if (s->owner == owner && tr_u256_eq(s->key, *key)) return s;
    }
    return NULL;
}

/* The first bytes of a hash that nobody chose at will; whoever can is slow at it. */
static uint32_t code_mark(const tr_hash *hash)
{
    return tr_load32le(hash->b);
}

static const stored_code *find_code(const tr_memory_world *w, const tr_hash *hash)
{
    TR_TABLE_EACH(place, &w->codes, code_mark(hash))
    {
        const stored_code *c = place->entry;
        if (memcmp(&c->hash, hash, sizeof(*hash)) == 0) return c;
    }
    return NULL;
}

static tr_err world_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                            tr_world_account *out)
{
    const tr_memory_world *w = (const tr_memory_world *)self;
    const stored_account *a = find_account(w, tr_address_mark(&w->seed, address), address);
    (void)trail;
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    if (a == NULL) return TR_OK;
    out->exists = true;
    out->has_storage = a->slots != NULL;
    out->nonce = a->nonce;
    out->balance = a->balance;
    if (a->code != NULL) out->code_hash = a->code->hash;
    return TR_OK;
}

static tr_err world_slot(tr_world *self, tr_trail *trail, const tr_addr *address,
                         const tr_u256 *key, tr_u256 *out)
{
    const tr_memory_world *w = (const tr_memory_world *)self;
    const stored_account *a = find_account(w, tr_address_mark(&w->seed, address), address);
    (void)trail;
    *out = TR_U256_ZERO;
    if (a == NULL || a->slots == NULL) return TR_OK;
    const stored_slot *s = find_slot(w, tr_slot_mark(&w->seed, a->mark, key), a, key);
    if (s != NULL) *out = s->value;
    return TR_OK;
}

static tr_err world_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                         const tr_hash *code_hash, tr_bytes *out)
{
    const stored_code *code = find_code((const tr_memory_world *)self, code_hash);
    (void)address;
    *out = (tr_bytes){NULL, 0};
    if (code == NULL) return tr_fail(trail, TR_E_NOT_FOUND, "the world has no code of this hash");
    *out = tr_bytes_of(code->bytes, code->len);
    return TR_OK;
}

static tr_err world_block_hash(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    const tr_memory_world *w = (const tr_memory_world *)self;
    const known_hash *known = &w->hashes[number % KNOWN_HASHES];
    (void)trail;
    *out = known->known && known->number == number ? known->hash : (tr_hash){{0}};
    return TR_OK;
}

/* First the place, then what it leads to. */
static void world_expect(tr_world *self, const tr_addr *address, bool near)
{
    const tr_memory_world *w = (const tr_memory_world *)self;
    uint32_t mark = tr_address_mark(&w->seed, address);
    if (!near) {
        __builtin_prefetch(&w->accounts.places[mark & (w->accounts.capacity - 1)]);
        return;
    }
    TR_TABLE_EACH(place, &w->accounts, mark)
    {
        const stored_account *a = place->entry;
        __builtin_prefetch(a);
        __builtin_prefetch(&a->code);
    }
}

tr_err tr_memory_world_new(tr_trail *trail, tr_alloc *alloc, size_t limit, tr_memory_world **out)
{
    tr_memory_world *w = tr_alloc_get(alloc, sizeof(*w));
    if (w == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a world");
    memset(w, 0, sizeof(*w));
    w->door = (tr_world){world_account, world_slot, world_code, world_block_hash, world_expect};
    tr_counted_init(&w->memory, alloc, limit);
    w->account_chunks.each = sizeof(stored_account);
    w->slot_chunks.each = sizeof(stored_slot);
    w->seed = tr_seed_of(0, w);
    tr_arena_init(&w->code_bytes, &w->memory.alloc, SIZE_MAX);
    if (!tr_table_init(&w->accounts, &w->memory.alloc) ||
        !tr_table_init(&w->slots, &w->memory.alloc) ||
        !tr_table_init(&w->codes, &w->memory.alloc)) {
        tr_err err = tr_counted_fail(trail, &w->memory, "world");
        tr_memory_world_free(w);
        return err;
    }
    *out = w;
    return TR_OK;
}

void tr_memory_world_free(tr_memory_world *w)
{
    if (w == NULL) return;
    tr_alloc *alloc = &w->memory.alloc;
    tr_table_free(&w->accounts, alloc);
    tr_table_free(&w->slots, alloc);
    tr_table_free(&w->codes, alloc);
    tr_chunks_free(&w->account_chunks, alloc);
    tr_chunks_free(&w->slot_chunks, alloc);
    tr_arena_free(&w->code_bytes);
    tr_alloc_put(w->memory.from, w, sizeof(*w));
}

tr_world *tr_memory_world_door(tr_memory_world *w)
{
    return &w->door;
}

size_t tr_memory_world_count(const tr_memory_world *w)
{
    return w->accounts.count;
}

void tr_memory_world_set_block_hash(tr_memory_world *w, uint64_t number, const tr_hash *hash)
{
    w->hashes[number % KNOWN_HASHES] = (known_hash){number, *hash, true};
}

/* Changes. */

static stored_account *add_account(tr_memory_world *w, uint32_t mark, const tr_addr *address)
{
    stored_account *a = w->free_accounts;
    if (!tr_table_reserve(&w->accounts, &w->memory.alloc)) return NULL;
    if (a != NULL)
        w->free_accounts = a->next_free;
    else
        a = tr_chunks_get(&w->account_chunks, &w->memory.alloc);
    if (a == NULL) return NULL;
    *a = (stored_account){.address = *address, .mark = mark};
    tr_table_put(&w->accounts, mark, a);
    return a;
}

static void remove_slot(tr_memory_world *w, stored_slot *s)
{
    if (s->next != NULL) s->next->previous = s->previous;
    if (s->previous != NULL)
        s->previous->next = s->next;
    else
        s->owner->slots = s->next;
    tr_table_remove(&w->slots, s->mark, s);
    s->next = w->free_slots;
    w->free_slots = s;
}

static void remove_account(tr_memory_world *w, stored_account *a)
{
    while (a->slots != NULL) remove_slot(w, a->slots);
    tr_table_remove(&w->accounts, a->mark, a);
    a->next_free = w->free_accounts;
    w->free_accounts = a;
}

static bool add_slot(tr_memory_world *w, uint32_t mark, stored_account *owner,
                     const tr_slot_change *change)
{
    stored_slot *s = w->free_slots;
    if (!tr_table_reserve(&w->slots, &w->memory.alloc)) return false;
    if (s != NULL)
        w->free_slots = s->next;
    else
        s = tr_chunks_get(&w->slot_chunks, &w->memory.alloc);
    if (s == NULL) return false;
    *s = (stored_slot){.key = change->key,
                       .value = change->value,
                       .owner = owner,
                       .next = owner->slots,
                       .mark = mark};
    if (s->next != NULL) s->next->previous = s;
    owner->slots = s;
    tr_table_put(&w->slots, mark, s);
    return true;
}

static bool apply_slot(tr_memory_world *w, stored_account *owner, const tr_slot_change *change)
{
    uint32_t mark = tr_slot_mark(&w->seed, owner->mark, &change->key);
    stored_slot *s = find_slot(w, mark, owner, &change->key);
    if (tr_u256_iszero(change->value)) {
        if (s != NULL) remove_slot(w, s);
        return true;
    }
    if (s == NULL) return add_slot(w, mark, owner, change);
    s->value = change->value;
    return true;
}

/* A code that is there already is not needed again. */
static tr_err take_code(tr_trail *trail, tr_memory_world *w, const tr_account_change *change,
                        const stored_code **out)
{
    *out = NULL;
    if (memcmp(&change->code_hash, &tr_empty_code_hash, sizeof(tr_hash)) == 0) return TR_OK;
    *out = find_code(w, &change->code_hash);
    if (*out != NULL) return TR_OK;
    if (change->code.len == 0) return tr_fail(trail, TR_E_ARGUMENT, "a code hash without the code");
    size_t size;
    stored_code *code = NULL;
    if (tr_table_reserve(&w->codes, &w->memory.alloc) &&
        tr_add_size(sizeof(*code), change->code.len, &size))
        code = tr_arena_get(&w->code_bytes, size, alignof(stored_code));
    if (code == NULL) return tr_counted_fail(trail, &w->memory, "world");
    code->hash = change->code_hash;
    code->len = change->code.len;
    memcpy(code->bytes, change->code.data, change->code.len);
    tr_table_put(&w->codes, code_mark(&code->hash), code);
    *out = code;
    return TR_OK;
}

static tr_err apply_account(tr_trail *trail, tr_memory_world *w, const tr_account_change *change)
{
    uint32_t mark = tr_address_mark(&w->seed, &change->address);
    stored_account *a = find_account(w, mark, &change->address);
    if (!change->exists) {
        if (a != NULL) remove_account(w, a);
        return TR_OK;
    }
    const stored_code *code = NULL;
    if (change->code_changed || a == NULL) TR_TRY(take_code(trail, w, change, &code));
    if (a == NULL) {
        a = add_account(w, mark, &change->address);
        if (a == NULL) return tr_counted_fail(trail, &w->memory, "world");
        a->code = code;
    } else if (change->code_changed) {
        a->code = code;
    }
    while (change->cleared && a->slots != NULL) remove_slot(w, a->slots);
    a->nonce = change->nonce;
    a->balance = change->balance;
    for (size_t i = 0; i < change->slot_count; i++)
        if (!apply_slot(w, a, &change->slots[i]))
            return tr_counted_fail(trail, &w->memory, "world");
    return TR_OK;
}

tr_err tr_memory_world_apply(tr_trail *trail, tr_memory_world *w, const tr_changes *changes)
{
    enum { FAR = 16, NEAR = 8 };
    for (size_t i = 0; i < changes->count; i++) {
        if (i + FAR < changes->count)
            world_expect(&w->door, &changes->accounts[i + FAR].address, false);
        if (i + NEAR < changes->count)
            world_expect(&w->door, &changes->accounts[i + NEAR].address, true);
        TR_TRY(apply_account(trail, w, &changes->accounts[i]));
    }
    return TR_OK;
}

/* Listing. */

static int tie_accounts(const void *a, const void *b)
{
    return memcmp(&((const stored_account *)a)->address, &((const stored_account *)b)->address,
                  sizeof(tr_addr));
}

static int tie_slots(const void *a, const void *b)
{
    return tr_u256_cmp(((const stored_slot *)a)->key, ((const stored_slot *)b)->key);
}

static size_t list_slots(const stored_account *a, tr_sorted *items, tr_slot_change *out)
{
    size_t n = 0;
    for (const stored_slot *s = a->slots; s != NULL; s = s->next)
        items[n++] = (tr_sorted){s->key.w[3], s};
    tr_sort_entries(n, items, tie_slots);
    for (size_t i = 0; i < n; i++) {
        const stored_slot *s = items[i].entry;
        out[i] = (tr_slot_change){.key = s->key, .value = s->value};
    }
    return n;
}

tr_err tr_memory_world_all(tr_trail *trail, const tr_memory_world *w, tr_arena *arena,
                           tr_changes *out)
{
    size_t count = w->accounts.count, slot_count = w->slots.count, n = 0;
    tr_account_change *accounts = TR_ARENA_ARRAY(arena, tr_account_change, count);
    tr_slot_change *slots = TR_ARENA_ARRAY(arena, tr_slot_change, slot_count);
    tr_sorted *items = TR_ARENA_ARRAY(arena, tr_sorted, 2 * TR_MAX(count, slot_count));
    tr_sorted *sorted = TR_ARENA_ARRAY(arena, tr_sorted, 2 * count);
    if (accounts == NULL || slots == NULL || items == NULL || sorted == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory to list a world");
    for (size_t i = 0; i < w->accounts.capacity; i++) {
        const tr_place *place = &w->accounts.places[i];
        if (place->epoch != w->accounts.epoch) continue;
        const stored_account *a = place->entry;
        sorted[n++] = (tr_sorted){tr_load64be(a->address.b), a};
    }
    tr_sort_entries(n, sorted, tie_accounts);
    for (size_t i = 0; i < n; i++) {
        const stored_account *a = sorted[i].entry;
        bool has_code = a->code != NULL;
        accounts[i] = (tr_account_change){
            .address = a->address,
            .exists = true,
            .had_none = true,
            .code_changed = has_code,
            .nonce = a->nonce,
            .balance = a->balance,
            .code_hash = has_code ? a->code->hash : tr_empty_code_hash,
            .code = has_code ? tr_bytes_of(a->code->bytes, a->code->len) : (tr_bytes){NULL, 0},
            .slots = slots,
            .slot_count = list_slots(a, items, slots),
        };
        slots += accounts[i].slot_count;
    }
    *out = (tr_changes){accounts, n};
    return TR_OK;
}

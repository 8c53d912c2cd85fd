/* Lists of accounts: JSON to changes from nothing, and back. */
#include "cli/evm/fixture.h"
#include "codec/hex.h"
#include "hash/keccak.h"

static void swap(void *a, void *b, size_t size)
{
    uint8_t hold[256];
    TR_ASSERT(size <= sizeof(hold));
    memcpy(hold, a, size);
    memcpy(a, b, size);
    memcpy(b, hold, size);
}

static int by_key(const void *a, const void *b)
{
    return tr_u256_cmp(((const tr_slot_change *)a)->key, ((const tr_slot_change *)b)->key);
}

static int by_address(const void *a, const void *b)
{
    return memcmp(&((const tr_account_change *)a)->address,
                  &((const tr_account_change *)b)->address, sizeof(tr_addr));
}

/* Heap sort: lists are usually in order, and then nothing is done. */
static void sift(uint8_t *at, size_t root, size_t n, size_t size,
                 int (*cmp)(const void *, const void *))
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && cmp(at + child * size, at + (child + 1) * size) < 0) child++;
        if (cmp(at + root * size, at + child * size) >= 0) return;
        swap(at + root * size, at + child * size, size);
    }
}

static void sort(void *list, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
    uint8_t *at = list;
    bool sorted = true;
    for (size_t i = 1; sorted && i < n; i++) sorted = cmp(at + (i - 1) * size, at + i * size) < 0;
    if (sorted) return;
    for (size_t i = n / 2; i-- > 0;) sift(at, i, n, size, cmp);
    for (size_t i = n; i-- > 1;) {
        swap(at, at + i * size, size);
        sift(at, 0, i, size, cmp);
    }
}

static tr_err read_storage(tr_trail *trail, tr_arena *arena, const tr_json *in,
                           tr_account_change *out)
{
    if (in == NULL || in->count == 0) return TR_OK;
    tr_slot_change *slots = TR_ARENA_ARRAY(arena, tr_slot_change, in->count);
    if (slots == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for an account's storage");
    size_t n = 0;
    TR_JSON_EACH(item, in)
    {
        uint8_t key[32];
        slots[n] = (tr_slot_change){.before = TR_U256_ZERO};
        if (!fixture_exact(item->key, key, sizeof(key)) || !fixture_number(item, &slots[n].value))
            return tr_fail_at(trail, TR_E_JSON_FIELD, item->offset, "not a slot of storage");
        slots[n].key = tr_u256_from_be(key);
        if (!tr_u256_iszero(slots[n].value)) n++;
    }
    sort(slots, n, sizeof(*slots), by_key);
    for (size_t i = 1; i < n; i++)
        if (tr_u256_eq(slots[i - 1].key, slots[i].key))
            return tr_fail_at(trail, TR_E_DUPLICATE, in->offset, "a slot is there twice");
    out->slots = slots;
    out->slot_count = n;
    return TR_OK;
}

static tr_err read_account(tr_trail *trail, tr_arena *arena, const tr_json *in,
                           tr_account_change *out)
{
    const tr_json *nonce = tr_json_get(in, "nonce"), *balance = tr_json_get(in, "balance");
    *out = (tr_account_change){.exists = true, .code = TR_LIT("")};
    if (in->kind != TR_JSON_OBJECT ||
        !fixture_exact(in->key, out->address.b, sizeof(out->address.b)) ||
        (nonce != NULL && !fixture_u64(nonce, &out->nonce)) ||
        (balance != NULL && !fixture_number(balance, &out->balance)) ||
        !fixture_bytes(arena, fixture_text(in, "code"), &out->code))
        return tr_fail_at(trail, TR_E_JSON_FIELD, in->offset, "not an account");
    out->code_hash = tr_keccak256(out->code);
    out->code_changed = out->code.len != 0;
    return read_storage(trail, arena, tr_json_get(in, "storage"), out);
}

tr_err fixture_alloc(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_changes *out)
{
    *out = (tr_changes){NULL, 0};
    if (in == NULL || in->kind != TR_JSON_OBJECT)
        return tr_fail(trail, TR_E_JSON_FIELD, "there is no list of accounts");
    tr_account_change *list = TR_ARENA_ARRAY(arena, tr_account_change, in->count);
    if (list == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for the accounts");
    size_t n = 0;
    TR_JSON_EACH(item, in) TR_TRY(read_account(trail, arena, item, &list[n++]));
    sort(list, n, sizeof(*list), by_address);
    for (size_t i = 1; i < n; i++)
        if (by_address(&list[i - 1], &list[i]) == 0)
            return tr_fail_at(trail, TR_E_DUPLICATE, in->offset, "an account is there twice");
    *out = (tr_changes){list, n};
    return TR_OK;
}

static void write_quantity(tr_json_writer *to, tr_u256 value)
{
    char text[TR_U256_HEX_TEXT];
    tr_u256_to_hex(value, text);
    tr_json_str(to, text);
}

static void write_hex_key(tr_json_writer *to, tr_bytes bytes)
{
    char text[2 * 32 + 3];
    tr_buf hex;
    tr_buf_init_fixed(&hex, text, sizeof(text));
    tr_hex_put(&hex, bytes);
    tr_json_key_bytes(to, tr_buf_view(&hex));
}

static void write_account(tr_json_writer *to, const tr_account_change *a)
{
    write_hex_key(to, TR_VIEW(a->address.b));
    tr_json_begin_object(to);
    if (a->code.len != 0) {
        tr_json_key(to, "code");
        tr_json_put_hex(to, a->code);
    }
    if (a->slot_count != 0) {
        tr_json_key(to, "storage");
        tr_json_begin_object(to);
        for (size_t i = 0; i < a->slot_count; i++) {
            uint8_t be[32];
            tr_u256_to_be(a->slots[i].key, be);
            write_hex_key(to, TR_VIEW(be));
            tr_u256_to_be(a->slots[i].value, be);
            tr_json_put_hex(to, TR_VIEW(be));
        }
        tr_json_end_object(to);
    }
    tr_json_key(to, "balance");
    write_quantity(to, a->balance);
    if (a->nonce != 0) {
        tr_json_key(to, "nonce");
        write_quantity(to, tr_u256_of(a->nonce));
    }
    tr_json_end_object(to);
}

void fixture_alloc_write(tr_json_writer *to, const tr_changes *all)
{
    tr_json_begin_object(to);
    for (size_t i = 0; i < all->count; i++)
        if (all->accounts[i].exists) write_account(to, &all->accounts[i]);
    tr_json_end_object(to);
}

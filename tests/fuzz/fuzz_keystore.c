/* Keystores: what is read is written and read the same; what is decrypted has its address; a bomb
 * is refused before it takes memory. */
#include "keys/keystore.h"

#include "keys/key.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MEMORY = 64 << 10 };

/* An allocator that gives no more than the limits allow. */
static void *bounded(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    (void)self;
    TR_ASSERT(new_size <= MEMORY);
    return tr_heap()->resize(tr_heap(), old, old_size, new_size);
}

static void write_and_read(tr_arena *arena, const tr_keystore *keystore)
{
    tr_keystore again;
    tr_buf first, second;
    tr_buf_init(&first, &arena->alloc, TR_KEYSTORE_FILE_MAX);
    tr_buf_init(&second, &arena->alloc, TR_KEYSTORE_FILE_MAX);
    tr_keystore_encode(keystore, &first);
    TR_ASSERT(tr_buf_err(&first) == TR_OK);
    tr_err err = tr_keystore_decode(NULL, arena, tr_buf_view(&first), &again);
    TR_ASSERT(err == TR_OK);
    tr_keystore_encode(&again, &second);
    TR_ASSERT(tr_bytes_eq(tr_buf_view(&first), tr_buf_view(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_alloc alloc = {bounded};
    tr_kdf_limits limits = {.memory = MEMORY, .work = 4096, .rounds = 64};
    tr_keystore keystore;
    tr_trail trail;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), 4 << 20);
    tr_err err = tr_keystore_decode(&trail, &arena, tr_bytes_of(data, len), &keystore);
    if (err == TR_OK) {
        tr_seckey key;
        tr_addr address;
        err = tr_keystore_decrypt(&trail, &alloc, &keystore, &limits, TR_LIT(""), &key);
        if (err == TR_OK) {
            TR_ASSERT(tr_key_address(&key, &address) == TR_OK);
            TR_ASSERT(!keystore.has_address || memcmp(&address, &keystore.address, 20) == 0);
        } else {
            TR_ASSERT(trail.code == err && trail.len != 0);
        }
        if (keystore.version == 3) write_and_read(&arena, &keystore);
    } else {
        TR_ASSERT(trail.code == err && trail.len != 0);
    }
    tr_arena_free(&arena);
    return 0;
}

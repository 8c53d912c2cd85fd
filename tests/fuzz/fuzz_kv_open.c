/* The store's file as it is looked at before anything is mapped: nothing is read outside of it,
 * what the shallow look finds wrong the deep one finds wrong too, and the figures fit the file. */
#include "os/heap.h"
#include "store/kv_pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

typedef struct memory_pages {
    tr_kv_pages pages;
    const uint8_t *data;
} memory_pages;

static tr_err read_memory(tr_kv_pages *self, tr_trail *trail, uint64_t offset, void *to, size_t len)
{
    const memory_pages *m = (const memory_pages *)self;
    (void)trail;
    TR_ASSERT(offset <= self->size && len <= self->size - offset);
    memcpy(to, m->data + offset, len);
    return TR_OK;
}

static tr_err check(tr_bytes in, uint64_t transaction, bool deep, tr_kv_pages_report *out)
{
    memory_pages m = {{.read = read_memory, .size = in.len}, in.data};
    tr_trail trail;
    tr_err err = tr_kv_pages_check(&trail, tr_heap(), &m.pages, transaction, deep, out);
    TR_ASSERT(err == TR_OK || err == TR_E_KV_DAMAGED || err == TR_E_KV_FORMAT ||
              err == TR_E_KV_VERSION || err == TR_E_NOT_FOUND);
    TR_ASSERT(err == TR_OK || trail.code == err);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_kv_pages_report shallow, deep, other;
    tr_bytes in = {data, len};
    tr_err first = check(in, 0, false, &shallow), second = check(in, 0, true, &deep);
    TR_ASSERT(first == TR_OK || second != TR_OK);
    if (second == TR_OK) {
        TR_ASSERT(deep.used + deep.free <= deep.last_page + 1 && deep.is_ours);
        TR_ASSERT(deep.cut == ((deep.last_page + 1) * deep.page_size > len));
        TR_ASSERT(deep.entries == shallow.entries && deep.tables == shallow.tables);
        TR_ASSERT(check(in, deep.transaction, true, &other) == TR_OK);
    }
    if (deep.transaction != 0) (void)check(in, deep.transaction - 1, true, &other);
    return 0;
}

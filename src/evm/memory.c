/* The memory of all frames: one region, a frame's part behind its caller's. */
#include "evm/evm_internal.h"

static bool is_inside(const tr_evm *m, const uint8_t *at)
{
    return (uintptr_t)at - (uintptr_t)m->memory < m->memory_cap;
}

/* What was returned lies behind the memory of the frame that runs, which is about to grow. */
static bool save_returned(tr_evm *m)
{
    if (m->returned.len == 0 || !is_inside(m, m->returned.data)) return true;
    if (m->returned.len > m->copy_cap) {
        size_t cap = TR_MAX(m->returned.len, (size_t)4096);
        void *copy = tr_alloc_get(m->alloc, cap);
        if (copy == NULL) return false;
        tr_alloc_put(m->alloc, m->copy, m->copy_cap);
        m->copy = copy;
        m->copy_cap = cap;
    }
    memcpy(m->copy, m->returned.data, m->returned.len);
    m->returned.data = m->copy;
    return true;
}

static bool enlarge(tr_evm *m, size_t need)
{
    if (need > m->memory_limit) return false;
    size_t cap = m->memory_cap;
    while (cap < need) cap *= 2;
    cap = TR_MIN(cap, m->memory_limit);
    cap = TR_MAX(cap, need);
    const uint8_t *from = m->memory;
    size_t from_cap = m->memory_cap;
    uint8_t *to = m->alloc->resize(m->alloc, m->memory, m->memory_cap, cap);
    if (to == NULL) return false;
    m->memory = to;
    m->memory_cap = cap;
    for (uint32_t i = 0; i < m->depth; i++) {
        tr_evm_frame *f = &m->frames[i];
        f->memory = to + ((uintptr_t)f->memory - (uintptr_t)from);
        uintptr_t input = (uintptr_t)f->input.data - (uintptr_t)from;
        if (f->input.len != 0 && input < from_cap) f->input.data = to + input;
    }
    return true;
}

bool tr_evm_reserve(tr_evm *m, tr_evm_frame *f, uint64_t end)
{
    if (end <= f->memory_size) return true;
    size_t size = (size_t)(end + 31) / 32 * 32;
    size_t need = (size_t)(f->memory - m->memory) + size;
    if (!save_returned(m)) return false;
    if (need > m->memory_cap && !enlarge(m, need)) return false;
    memset(f->memory + f->memory_size, 0, size - f->memory_size);
    f->memory_size = size;
    f->memory_room = size - 31;
    return true;
}

int64_t tr_evm_grow(tr_evm *m, tr_evm_frame *f, const tr_u256 *offset, uint64_t size, int64_t gas)
{
    uint64_t end;
    tr_u256 length = tr_u256_of(size);
    if (!tr_memory_end(offset, &length, &end)) return tr_evm_fault(TR_EVM_OUT_OF_GAS);
    uint64_t cost = tr_memory_price(f, end);
    if ((uint64_t)gas < cost) return tr_evm_fault(TR_EVM_OUT_OF_GAS);
    if (!tr_evm_reserve(m, f, end)) return tr_evm_fault(TR_EVM_ABORTED);
    return gas - (int64_t)cost;
}

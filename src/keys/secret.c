#include "keys/secret.h"

#include <sys/mman.h>
#include <unistd.h>

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), sum;
    return tr_add_size(size, page - 1, &sum) ? sum / page * page : 0;
}

static void *locked_get(size_t size)
{
    size_t pages = whole_pages(size);
    if (pages == 0) return NULL;
    void *at = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return NULL;
    /* both are protection beyond the contract: a system that refuses still gets its key */
    (void)madvise(at, pages, MADV_DONTDUMP);
    (void)mlock(at, pages);
    return at;
}

static void *locked_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    (void)self;
    void *fresh = NULL;
    if (new_size != 0) {
        fresh = locked_get(new_size);
        if (fresh == NULL) return NULL;
    }
    if (old != NULL) {
        if (fresh != NULL) memcpy(fresh, old, TR_MIN(old_size, new_size));
        tr_wipe(old, old_size);
        munmap(old, whole_pages(old_size));
    }
    return fresh;
}

tr_alloc *tr_locked_heap(void)
{
    static tr_alloc heap = {locked_resize};
    return &heap;
}

tr_err tr_secret_new(tr_alloc *alloc, size_t len, tr_secret *out)
{
    *out = (tr_secret){tr_alloc_get(alloc, TR_MAX(len, 1)), len, alloc};
    if (out->data == NULL) {
        out->len = 0;
        return TR_E_MEMORY;
    }
    memset(out->data, 0, TR_MAX(len, 1));
    return TR_OK;
}

tr_err tr_secret_copy(tr_alloc *alloc, tr_bytes bytes, tr_secret *out)
{
    TR_TRY(tr_secret_new(alloc, bytes.len, out));
    if (bytes.len != 0) memcpy(out->data, bytes.data, bytes.len);
    return TR_OK;
}

void tr_secret_free(tr_secret *secret)
{
    if (secret->data != NULL) {
        tr_wipe(secret->data, secret->len);
        tr_alloc_put(secret->alloc, secret->data, TR_MAX(secret->len, 1));
    }
    *secret = (tr_secret){NULL, 0, NULL};
}

/* below gives all ones when x < y, else zero, for small numbers. */
static unsigned below(unsigned x, unsigned y)
{
    return 0u - ((x - y) >> (sizeof(unsigned) * 8 - 1));
}

static char digit(unsigned nibble)
{
    return (char)('0' + nibble + (~below(nibble, 10) & ('a' - '0' - 10)));
}

/* The value of a digit; *bad collects whether any was none. */
static unsigned nibble_of(char c, unsigned *bad)
{
    unsigned u = (unsigned char)c, folded = u | 0x20;
    unsigned is_decimal = below(u - '0', 10) & below('0' - 1, u);
    unsigned is_letter = below(folded - 'a', 6) & below('a' - 1, folded);
    *bad |= ~(is_decimal | is_letter);
    return (is_decimal & (u - '0')) | (is_letter & (folded - 'a' + 10));
}

void tr_secret_to_hex(const uint8_t *bytes, size_t n, char *digits)
{
    for (size_t i = 0; i < n; i++) {
        digits[2 * i] = digit(bytes[i] >> 4);
        digits[2 * i + 1] = digit(bytes[i] & 15);
    }
}

bool tr_secret_from_hex(const char *digits, size_t n, uint8_t *bytes)
{
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned high = nibble_of(digits[2 * i], &bad);
        unsigned low = nibble_of(digits[2 * i + 1], &bad);
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return bad == 0;
}

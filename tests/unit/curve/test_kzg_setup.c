/* The reader of KZG setups: what is wrong with a file in each way it can be. */
#include "harness.h"

#include "curve/kzg_internal.h"
#include "os/file.h"
#include "os/heap.h"
#include "os/pool.h"

enum { N = TR_KZG_BLOB_FIELDS, LINE1 = 97, LINE2 = 193, START = 8 };
enum { G2_AT = START + N * LINE1, MONOMIAL_AT = G2_AT + TR_KZG_G2 * LINE2 };

static tr_buf original;

/* A copy of the ceremony's text, found as tr_kzg_load finds it. */
static uint8_t *fresh(void)
{
    char path[4096];
    if (original.len == 0) {
        TR_CHECK(tr_kzg_find(path, sizeof(path)));
        tr_buf_init(&original, tr_heap(), 1 << 20);
        TR_CHECK_OK(tr_file_read_all(NULL, tr_fs_system(), path, 1 << 20, &original));
    }
    uint8_t *copy = tr_arena_get(tr_test_arena(), original.len, 1);
    TR_CHECK(copy != NULL);
    memcpy(copy, original.data, original.len);
    return copy;
}

static void refused(const uint8_t *text, size_t len, const char *why)
{
    tr_pool *pool;
    tr_pool_options options = {.workers = 1};
    tr_kzg *kzg = NULL;
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_OK(tr_pool_new(&trail, tr_heap(), &options, &pool));
    tr_err err =
        tr_kzg_new(&trail, tr_test_alloc(), tr_pool_exec(pool), tr_bytes_of(text, len), &kzg);
    tr_pool_free(pool);
    TR_CHECK_ERR(err, TR_E_KZG_SETUP);
    TR_CHECK_MSG(strstr(trail.text, why) != NULL, "\"%s\" instead of \"%s\"", trail.text, why);
}

static void swap(uint8_t *text, size_t a, size_t b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t c = text[a + i];
        text[a + i] = text[b + i];
        text[b + i] = c;
    }
}

TR_TEST(text)
{
    uint8_t *text = fresh();
    refused(text, 0, "not 4096 points");
    refused((const uint8_t *)"4096\n64\n", 8, "not 65 points of G2");
    refused(text, 8, "a point has another length");
    refused(text, original.len - 2, "a point has another length");
    refused(text, MONOMIAL_AT + 40, "a point has another length");
    text[START + 5 * LINE1 + 17] = 'g';
    refused(text, original.len, "no hex digit");
    text = fresh();
    text[G2_AT + LINE2 - 1] = '0';
    refused(text, original.len, "a point has another length");
    uint8_t *longer = tr_arena_get(tr_test_arena(), original.len + 2, 1);
    memcpy(longer, original.data, original.len);
    memcpy(longer + original.len, "\n0", 2);
    refused(longer, original.len + 2, "more than its points");
}

TR_TEST(generators)
{
    uint8_t *text = fresh();
    swap(text, MONOMIAL_AT, MONOMIAL_AT + LINE1, LINE1);
    refused(text, original.len, "generators");
}

TR_TEST(a_point_outside)
{
    /* x = 0 is on the curve, but its point (0, 2) has order 3. */
    uint8_t *text = fresh();
    memset(text + START + 77 * LINE1, '0', 96);
    text[START + 77 * LINE1] = '8';
    refused(text, original.len, "no point of the subgroup");
}

TR_TEST(no_powers_in_g2)
{
    uint8_t *text = fresh();
    swap(text, G2_AT + 20 * LINE2, G2_AT + 21 * LINE2, LINE2);
    refused(text, original.len, "points of G2 are no powers");
}

TR_TEST(no_powers_in_g1)
{
    /* Their Lagrange points would have to fit as well; one that is exchanged does not. */
    uint8_t *text = fresh();
    swap(text, MONOMIAL_AT + 4094 * LINE1, MONOMIAL_AT + 4095 * LINE1, LINE1);
    refused(text, original.len, "Lagrange");
}

TR_TEST(lagrange)
{
    uint8_t *text = fresh();
    swap(text, START, START + LINE1, LINE1);
    refused(text, original.len, "Lagrange");
}

/* Memory of the test that ends after a number of requests.  All of them would take minutes: the
 * first ones come before anything is computed. */
typedef struct ending {
    tr_alloc alloc;
    unsigned left;
} ending;

static void *ending_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    ending *e = (ending *)self;
    if (old == NULL && e->left == 0) return NULL;
    if (old == NULL) e->left--;
    tr_alloc *inner = tr_test_alloc();
    return inner->resize(inner, old, old_size, new_size);
}

TR_TEST(out_of_memory)
{
    const uint8_t *text = fresh();
    for (unsigned n = 0; n < 11; n++) {
        ending e = {{ending_resize}, n};
        tr_kzg *kzg;
        TR_CHECK_ERR(tr_kzg_new(NULL, &e.alloc, NULL, tr_bytes_of(text, original.len), &kzg),
                     TR_E_MEMORY);
    }
}

TR_TEST(a_file_that_is_not_there)
{
    tr_kzg *kzg;
    tr_trail trail;
    TR_CHECK_ERR(tr_kzg_load(&trail, tr_test_alloc(), NULL, "/nowhere/setup", &kzg),
                 TR_E_NOT_FOUND);
}

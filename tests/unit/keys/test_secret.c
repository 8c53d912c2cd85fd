#include "harness.h"

#include "keys/secret.h"

#include <stdio.h>
#include <unistd.h>

/* An allocator that keeps what is given back, so that a test can look at it. */
typedef struct keeping {
    tr_alloc alloc;
    uint8_t *kept;
    size_t kept_size;
} keeping;

static void *keep_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    keeping *k = (keeping *)self;
    if (new_size == 0) {
        k->kept = old;
        k->kept_size = old_size;
        return NULL;
    }
    return old == NULL ? tr_alloc_get(tr_test_alloc(), new_size) : NULL;
}

TR_TEST(memory_is_wiped_before_it_is_given_back)
{
    keeping k = {{keep_resize}, NULL, 0};
    tr_secret secret;
    TR_CHECK_OK(tr_secret_copy(&k.alloc, TR_LIT("correct horse battery staple"), &secret));
    TR_CHECK_BYTES(tr_secret_view(&secret), TR_LIT("correct horse battery staple"));
    tr_secret_free(&secret);
    TR_CHECK(secret.data == NULL && secret.len == 0);
    TR_CHECK_EQ(k.kept_size, 28);
    for (size_t i = 0; i < k.kept_size; i++) TR_CHECK_EQ(k.kept[i], 0);
    tr_alloc_put(tr_test_alloc(), k.kept, k.kept_size);
    tr_secret_free(&secret); /* twice is no harm */
}

static tr_err make_two(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_secret a, b = {NULL, 0, NULL};
    tr_err err = tr_secret_new(alloc, 0, &a);
    if (err == TR_OK) err = tr_secret_copy(alloc, TR_LIT("secret"), &b);
    tr_secret_free(&a);
    tr_secret_free(&b);
    return err;
}

TR_TEST(secrets_without_memory)
{
    tr_test_out_of_memory(make_two, NULL);
}

static long locked_kib(void)
{
    long kib = -1;
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return -1;
    while (fgets(line, sizeof(line), status) != NULL)
        if (sscanf(line, "VmLck: %ld", &kib) == 1) break;
    fclose(status);
    return kib;
}

TR_TEST(locked_heap_keeps_bytes_when_it_grows_and_locks_them)
{
    tr_alloc *heap = tr_locked_heap();
    long before = locked_kib();
    uint8_t *at = tr_alloc_get(heap, 100);
    TR_CHECK(at != NULL);
    memset(at, 0x5a, 100);
    at = heap->resize(heap, at, 100, 10000);
    TR_CHECK(at != NULL);
    for (size_t i = 0; i < 100; i++) TR_CHECK_EQ(at[i], 0x5a);
    at[9999] = 1;
    long during = locked_kib();
    tr_alloc_put(heap, at, 10000);
    TR_CHECK_EQ(locked_kib(), before);
    TR_CHECK(tr_alloc_get(heap, SIZE_MAX) == NULL);
    if (before < 0 || during == before) TR_SKIP("the system does not let this process lock memory");
    TR_CHECK(during >= before + 12);
}

TR_PROP(hex_is_read_as_it_is_written)
{
    tr_bytes in = tr_gen_bytes(g, 60);
    char text[121], want[121];
    uint8_t back[60];
    tr_secret_to_hex(in.data, in.len, text);
    for (size_t i = 0; i < in.len; i++) snprintf(want + 2 * i, 3, "%02x", in.data[i]);
    TR_CHECK_BYTES(tr_bytes_of(text, 2 * in.len), tr_bytes_of(want, 2 * in.len));
    for (size_t i = 0; i < 2 * in.len; i++)
        if (text[i] >= 'a' && tr_gen_bool(g)) text[i] = (char)(text[i] - 'a' + 'A');
    TR_CHECK(tr_secret_from_hex(text, in.len, back));
    TR_CHECK_BYTES(tr_bytes_of(back, in.len), in);
}

TR_TEST(all_256_characters_are_digits_or_not)
{
    for (unsigned c = 0; c < 256; c++) {
        char text[2] = {(char)c, '0'};
        uint8_t byte;
        bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        TR_CHECK_EQ(tr_secret_from_hex(text, 1, &byte), is_digit);
        text[0] = '0';
        text[1] = (char)c;
        TR_CHECK_EQ(tr_secret_from_hex(text, 1, &byte), is_digit);
    }
}

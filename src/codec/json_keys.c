#include "codec/json_lex.h"

/* Merge sort from the bottom up, between a and b.  Returns the one that is sorted in the end. */
static const tr_json_name *sort(tr_json_name *a, tr_json_name *b, size_t n)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t middle = TR_MIN(low + width, n), high = TR_MIN(low + 2 * width, n);
            size_t i = low, j = middle;
            for (size_t k = low; k < high; k++) {
                bool left = j == high || (i < middle && tr_bytes_cmp(a[i].text, a[j].text) <= 0);
                b[k] = left ? a[i++] : a[j++];
            }
        }
        tr_json_name *sorted = b;
        b = a;
        a = sorted;
    }
    return a;
}

/* The second of two neighbours in a sorted list that are equal. */
static size_t equal_neighbours(const tr_json_name *keys, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (tr_bytes_eq(keys[i - 1].text, keys[i].text)) return keys[i].offset;
    }
    return SIZE_MAX;
}

/* Keys that differ here differ; most keys of an ordinary object do. */
static uint8_t fingerprint(tr_bytes key)
{
    if (key.len == 0) return 0;
    return (uint8_t)(key.data[0] + 7 * key.data[key.len - 1] + 31 * key.data[key.len / 2] +
                     (uint8_t)(key.len * 57));
}

static size_t few_keys_twice(const tr_json_name *keys, size_t n)
{
    uint64_t seen[4] = {0};
    for (size_t i = 0; i < n; i++) {
        uint8_t print = fingerprint(keys[i].text);
        uint64_t bit = (uint64_t)1 << (print & 63);
        if (TR_UNLIKELY((seen[print >> 6] & bit) != 0)) {
            for (size_t j = 0; j < i; j++) {
                if (tr_bytes_eq(keys[i].text, keys[j].text)) return keys[i].offset;
            }
        }
        seen[print >> 6] |= bit;
    }
    return SIZE_MAX;
}

size_t tr_json_keys_twice(tr_json_name *keys, tr_json_name *scratch, size_t n)
{
    if (n <= TR_JSON_FEW_KEYS) return few_keys_twice(keys, n);
    size_t ascending = 1;
    while (ascending < n && tr_bytes_cmp(keys[ascending - 1].text, keys[ascending].text) < 0)
        ascending++;
    return ascending == n ? SIZE_MAX : equal_neighbours(sort(keys, scratch, n), n);
}

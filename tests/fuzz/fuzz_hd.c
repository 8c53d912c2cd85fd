/* Extended keys, base58 and paths: a text that is accepted is the one text of what it says.  The
 * first line is an extended key or any base58, the second a path from it. */
#include "keys/hd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_base58(tr_bytes text)
{
    uint8_t bytes[TR_BASE58_BYTES_MAX];
    char again[TR_BASE58_TEXT_MAX];
    size_t len;
    if (tr_base58check_decode(NULL, text, bytes, &len) != TR_OK) return;
    TR_ASSERT(tr_base58check_encode(tr_bytes_of(bytes, len), again) == TR_OK);
    TR_ASSERT(tr_bytes_eq(tr_bytes_str(again), text));
}

/* Bytes with a good checksum: what a fuzzer would not find. */
static void check_bytes(tr_bytes bytes)
{
    char text[TR_BASE58_TEXT_MAX];
    tr_hd_key key;
    if (tr_base58check_encode(bytes, text) != TR_OK) return;
    check_base58(tr_bytes_str(text));
    if (tr_hd_decode(NULL, tr_bytes_str(text), &key) != TR_OK) return;
    char again[TR_BASE58_TEXT_MAX];
    TR_ASSERT(tr_hd_encode(&key, again) == TR_OK);
    TR_ASSERT(tr_bytes_eq(tr_bytes_str(again), tr_bytes_str(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes all = tr_bytes_of(data, len);
    size_t line = 0;
    while (line < len && data[line] != '\n') line++;
    tr_bytes text = tr_bytes_cut(all, 0, line), path = tr_bytes_cut(all, line + 1, 64);
    tr_hd_key key, child;
    tr_trail trail;
    check_base58(text);
    check_bytes(all);
    if (tr_hd_decode(NULL, text, &key) != TR_OK &&
        tr_hd_master(TR_LIT("a seed of 16 bytes"), &key) != TR_OK)
        return 0;
    tr_err err = tr_hd_path(&trail, &key, path, &child);
    if (err == TR_OK)
        TR_ASSERT(child.is_private == key.is_private && child.depth >= key.depth);
    else
        TR_ASSERT(trail.code == err && trail.offset <= path.len);
    return 0;
}

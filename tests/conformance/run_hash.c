/* Known answers of the keccak permutation (SHA-3, SHAKE, cSHAKE) as go-ethereum keeps them. */
#include "codec/inflate.h"
#include "vectors.h"

enum { MAX_KATS = 8 << 20, MAX_MESSAGE = 1 << 16 };

static const struct kind {
    const char *name;
    uint8_t rate, pad;
    bool customized; /* cSHAKE: with two strings before the message */
} kinds[] = {
    {"SHA3-224", 144, 0x06, false}, {"SHA3-256", 136, 0x06, false}, {"SHA3-384", 104, 0x06, false},
    {"SHA3-512", 72, 0x06, false},  {"SHAKE128", 168, 0x1f, false}, {"SHAKE256", 136, 0x1f, false},
    {"cSHAKE128", 168, 0x04, true}, {"cSHAKE256", 136, 0x04, true},
};

/* NIST SP 800-185: the length in bits before the string, itself with its length in bytes. */
static void put_string(tr_buf *out, tr_bytes string)
{
    unsigned len = TR_MAX(tr_be_len(8 * string.len), 1u);
    tr_buf_put_u8(out, (uint8_t)len);
    for (unsigned i = len; i-- > 0;) tr_buf_put_u8(out, (uint8_t)(8 * string.len >> (8 * i)));
    tr_buf_put(out, string);
}

static void put_customization(tr_buf *out, const vec_file *file, const tr_json *item, unsigned rate)
{
    size_t start = out->len;
    tr_buf_put_u8(out, 1);
    tr_buf_put_u8(out, (uint8_t)rate);
    put_string(out, vec_hex(file, tr_json_text(tr_json_get(item, "N"))));
    put_string(out, vec_hex(file, tr_json_text(tr_json_get(item, "S"))));
    tr_buf_put_zeros(out, (rate - (out->len - start) % rate) % rate);
}

/* One case: a digest, and the first length bits of a message. */
static void run_kat(vec_run *run, const vec_file *file, const struct kind *kind,
                    const tr_json *item)
{
    tr_bytes name = tr_bytes_str(kind->name), got;
    tr_bytes digest = vec_hex(file, tr_json_text(tr_json_get(item, "digest")));
    tr_bytes message = vec_hex(file, tr_json_text(tr_json_get(item, "message")));
    uint64_t bits;
    if (digest.data == NULL || message.data == NULL ||
        tr_json_u64(tr_json_get(item, "length"), &bits) != TR_OK || bits % 8 != 0 ||
        bits / 8 > message.len) {
        vec_fail(run, name, "a case that cannot be read");
        return;
    }
    uint8_t memory[MAX_MESSAGE];
    tr_buf in;
    tr_buf_init_fixed(&in, memory, sizeof(memory));
    tr_buf_put_u8(&in, kind->rate);
    tr_buf_put_u8(&in, kind->pad);
    tr_buf_put_u8(&in, (uint8_t)(digest.len >> 8));
    tr_buf_put_u8(&in, (uint8_t)digest.len);
    if (kind->customized) put_customization(&in, file, item, kind->rate);
    tr_buf_put(&in, tr_bytes_cut(message, 0, (size_t)(bits / 8)));
    tr_err err = tr_buf_err(&in);
    if (err == TR_OK) err = vec_op(run, file, "hash.sponge", tr_buf_view(&in), &got);
    vec_check(run, err == TR_OK && tr_bytes_eq(got, digest), name, "%llu bits: %s",
              (unsigned long long)bits, err == TR_OK ? "another digest" : tr_err_name(err));
}

static tr_err parse_kats(const vec_file *file, tr_trail *trail, const tr_json **out)
{
    tr_buf text;
    tr_buf_init(&text, &file->arena->alloc, MAX_KATS);
    TR_TRY(tr_inflate_raw(trail, file->data, NULL, &text));
    return tr_json_parse(trail, file->arena, tr_buf_view(&text), out);
}

static void run_kats(vec_run *run, const vec_file *file)
{
    const tr_json *root;
    tr_trail trail;
    tr_trail_clear(&trail);
    if (parse_kats(file, &trail, &root) != TR_OK) {
        vec_fail(run, TR_LIT("file"), "%s", trail.text);
        return;
    }
    TR_JSON_EACH(group, tr_json_get(root, "kats"))
    {
        const struct kind *kind = NULL;
        for (size_t i = 0; i < TR_COUNTOF(kinds); i++)
            if (tr_bytes_eq(group->key, tr_bytes_str(kinds[i].name))) kind = &kinds[i];
        if (kind == NULL) {
            vec_fail(run, group->key, "an unknown function");
            continue;
        }
        TR_JSON_EACH(item, group)
        {
            if (vec_wants(run)) run_kat(run, file, kind, item);
        }
    }
}

static const vec_row rows[] = {
    {"keccakKats*.deflate", run_kats, false},
};
const vec_rows vec_rows_hash = {rows, TR_COUNTOF(rows)};

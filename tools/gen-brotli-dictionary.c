/* Writes src/codec/brotli_tables.c from libbrotlicommon: the static dictionary, its transforms and
 * the literal contexts of RFC 7932 (appendices A and B, section 7.1).
 *
 *   cc tools/gen-brotli-dictionary.c -lbrotlicommon -o gen && ./gen >src/codec/brotli_tables.c
 *
 * Run once; a test compares the result with the library. */
#include <stdint.h>
#include <stdio.h>

/* What the library exports without a public header. */
typedef struct dictionary {
    uint8_t size_bits_by_length[32];
    uint32_t offsets_by_length[32];
    size_t data_size;
    const uint8_t *data;
} dictionary;

typedef struct transforms {
    uint16_t prefix_suffix_size;
    const uint8_t *prefix_suffix;
    const uint16_t *prefix_suffix_map;
    uint32_t num_transforms;
    const uint8_t *transforms;
} transforms;

extern const dictionary *BrotliGetDictionary(void);
extern const transforms *BrotliGetTransforms(void);
extern const uint8_t _kBrotliContextLookupTable[2048];

/* A string literal of the bytes.  Octal escapes have three digits, so nothing can run into them. */
static void put_text(const uint8_t *bytes, size_t count)
{
    size_t column = 0;
    for (size_t i = 0; i < count; i++) {
        if (column == 0) column = (size_t)printf("    \"");
        if (bytes[i] == '"' || bytes[i] == '\\')
            column += (size_t)printf("\\%c", bytes[i]);
        else if (bytes[i] >= ' ' && bytes[i] < 127 && bytes[i] != '?')
            column += (size_t)printf("%c", bytes[i]);
        else
            column += (size_t)printf("\\%03o", bytes[i]);
        if (column >= 94 || i + 1 == count) {
            printf("\"%s\n", i + 1 == count ? ";" : "");
            column = 0;
        }
    }
}

static void put_numbers(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%u,%s", i % 24 == 0 ? "    " : " ", bytes[i],
               i % 24 == 23 || i + 1 == count ? "\n" : "");
    printf("};\n");
}

int main(void)
{
    const dictionary *d = BrotliGetDictionary();
    const transforms *t = BrotliGetTransforms();
    printf("/* Made by tools/gen-brotli-dictionary.c: do not edit. */\n"
           "#include \"codec/brotli_internal.h\"\n\n/* clang-format off */\n");
    printf("const uint8_t tr_brotli_words[%zu] =\n", d->data_size);
    put_text(d->data, d->data_size);
    printf("\nconst uint8_t tr_brotli_word_bits[32] = {\n");
    put_numbers(d->size_bits_by_length, 32);
    printf("\nconst uint32_t tr_brotli_word_offsets[32] = {\n");
    for (int i = 0; i < 32; i++)
        printf("%s%u,%s", i % 12 == 0 ? "    " : " ", d->offsets_by_length[i],
               i % 12 == 11 || i == 31 ? "\n" : "");
    printf("};\n\nconst uint8_t tr_brotli_affixes[%u] =\n", t->prefix_suffix_size);
    put_text(t->prefix_suffix, t->prefix_suffix_size);
    printf("\nconst tr_brotli_transform tr_brotli_transforms[%u] = {\n", t->num_transforms);
    for (uint32_t i = 0; i < t->num_transforms; i++) {
        const uint8_t *row = t->transforms + 3 * (size_t)i;
        printf("%s{%u, %u, %u},%s", i % 6 == 0 ? "    " : " ", t->prefix_suffix_map[row[0]], row[1],
               t->prefix_suffix_map[row[2]], i % 6 == 5 || i + 1 == t->num_transforms ? "\n" : "");
    }
    printf("};\n\nconst uint8_t tr_brotli_contexts[2048] = {\n");
    put_numbers(_kBrotliContextLookupTable, 2048);
    return 0;
}

/* JSON: reads a block's header, prints what is in it, and shows what a mistake looks like.
 *
 *     cc json.c $(pkg-config --cflags --libs trestle) -o json && ./json */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <trestle/json.h>

static const char text[] = "{\"number\": 18446744073709551615,\n"
                           " \"extra\": \"a \\\"quoted\\\" word\",\n"
                           " \"transactions\": [{\"index\": 0}, {\"index\": 1}]}";
static const char wrong[] = "{\"number\": 1, \"number\": 2}";

static const tr_json_value *member(const tr_json_value *object, const char *key)
{
    return tr_json_value_member(object, key, strlen(key));
}

int main(void)
{
    tr_json_document *document;
    size_t offset, len;
    uint64_t number;

    /* 64 KiB are more than enough for the tree; a hostile text gets no more. */
    if (tr_json_document_new(text, strlen(text), 65536, &document, &offset) != TR_OK) return 1;
    const tr_json_value *root = tr_json_document_root(document);
    printf("%u members:", (unsigned)tr_json_value_count(root));
    for (const tr_json_value *v = tr_json_value_first(root); v != NULL; v = tr_json_value_next(v)) {
        const char *key = tr_json_value_key(v, &len);
        printf(" %.*s", (int)len, key);
    }
    putchar('\n');

    if (tr_json_value_u64(member(root, "number"), &number) != TR_OK) return 1;
    if (number != UINT64_MAX) return 1; /* exact, where a double would not be */
    const char *extra = tr_json_value_text(member(root, "extra"), &len);
    printf("extra: %.*s\n", (int)len, extra);

    const tr_json_value *second = tr_json_value_item(member(root, "transactions"), 1);
    if (tr_json_value_u64(member(second, "index"), &number) != TR_OK) return 1;
    printf("the second has index %u\n", (unsigned)number);

    /* What is not there is no value, through any number of steps. */
    if (tr_json_value_kind(member(member(root, "parent"), "hash")) != TR_JSON_KIND_NONE) return 1;
    tr_json_document_free(document);

    tr_err err = tr_json_document_new(wrong, strlen(wrong), 65536, &document, &offset);
    if (err != TR_E_DUPLICATE) return 1;
    printf("at %u: %s\n", (unsigned)offset, tr_err_text(err));
    return 0;
}

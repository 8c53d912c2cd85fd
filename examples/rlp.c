/* RLP: writes a list, reads it back and prints its items.
 *
 *     cc rlp.c $(pkg-config --cflags --libs trestle) -o rlp && ./rlp */
#include <stdio.h>

#include <trestle/rlp.h>

static void print_bytes(const char *what, const uint8_t *data, size_t len)
{
    printf("%-8s 0x", what);
    for (size_t i = 0; i < len; i++) printf("%02x", data[i]);
    putchar('\n');
}

int main(void)
{
    uint8_t memory[64];
    size_t len, offset;
    tr_rlp_writer *writer;
    tr_rlp_document *document;

    if (tr_rlp_writer_new(memory, sizeof(memory), &writer) != TR_OK) return 1;
    tr_rlp_writer_begin_list(writer);
    tr_rlp_writer_bytes(writer, (const uint8_t *)"cat", 3);
    tr_rlp_writer_begin_list(writer);
    tr_rlp_writer_u64(writer, 1024);
    tr_rlp_writer_end_list(writer);
    tr_rlp_writer_end_list(writer);
    tr_err err = tr_rlp_writer_finish(writer, &len);
    tr_rlp_writer_free(writer);
    if (err != TR_OK) return 1;
    print_bytes("written", memory, len);

    if (tr_rlp_document_new(memory, len, &document, &offset) != TR_OK) return 1;
    for (size_t i = 0; i < tr_rlp_document_size(document); i++) {
        size_t size;
        const uint8_t *data = tr_rlp_item_bytes(document, i, &size);
        if (tr_rlp_item_is_list(document, i))
            printf("%-8s of %u\n", "list", (unsigned)tr_rlp_item_children(document, i));
        else
            print_bytes("bytes", data, size);
    }
    tr_rlp_document_free(document);

    /* A list that ends too early is refused, and the place is told. */
    if (tr_rlp_document_new(memory, len - 1, &document, &offset) != TR_E_SHORT) return 1;
    return 0;
}

/* The public functions of RLP and the ABI: what they say when something is wrong.  That they work
 * is shown by examples/rlp.c and examples/abi.c. */
#include "trestle/abi.h"
#include "trestle/rlp.h"

#include "harness.h"

TR_TEST(a_document_is_walked)
{
    tr_bytes in = tr_test_hex("c7 05 c3 8200ff c0 80");
    tr_rlp_document *document;
    size_t len;
    TR_CHECK_OK(tr_rlp_document_new(in.data, in.len, &document, NULL));
    TR_CHECK_EQ(tr_rlp_document_size(document), 6);
    TR_CHECK_EQ(tr_rlp_item_children(document, 0), 4);
    TR_CHECK(tr_rlp_item_is_list(document, 2) && !tr_rlp_item_is_list(document, 3));
    TR_CHECK_EQ(tr_rlp_item_next(document, 2), 4);
    const uint8_t *data = tr_rlp_item_bytes(document, 3, &len);
    TR_CHECK_BYTES(tr_bytes_of(data, len), tr_test_hex("00ff"));
    TR_CHECK_EQ(data - in.data, 4);
    tr_rlp_document_free(document);
    tr_rlp_document_free(NULL);
}

TR_TEST(documents_that_are_refused)
{
    tr_rlp_document *document = NULL;
    size_t offset = 99;
    tr_bytes in = tr_test_hex("c28105");
    TR_CHECK_ERR(tr_rlp_document_new(in.data, in.len, &document, &offset), TR_E_CANONICAL);
    TR_CHECK_EQ(offset, 1);
    TR_CHECK_ERR(tr_rlp_document_new(in.data, in.len, &document, NULL), TR_E_CANONICAL);
    TR_CHECK_ERR(tr_rlp_document_new(NULL, 0, &document, &offset), TR_E_SHORT);
    TR_CHECK(document == NULL);
}

TR_TEST(a_writer_remembers_what_went_wrong)
{
    uint8_t memory[80];
    size_t len = 7;
    tr_rlp_writer *writer;
    TR_CHECK_OK(tr_rlp_writer_new(memory, sizeof(memory), &writer));
    tr_rlp_writer_begin_list(writer);
    TR_CHECK_ERR(tr_rlp_writer_finish(writer, &len), TR_E_STATE);
    tr_rlp_writer_u64(writer, 1024);
    tr_rlp_writer_bytes(writer, NULL, 0);
    tr_rlp_writer_end_list(writer);
    TR_CHECK_OK(tr_rlp_writer_finish(writer, &len));
    TR_CHECK_BYTES(tr_bytes_of(memory, len), tr_test_hex("c4 820400 80"));
    tr_rlp_writer_end_list(writer);
    TR_CHECK_ERR(tr_rlp_writer_finish(writer, &len), TR_E_STATE);
    tr_rlp_writer_free(writer);
    TR_CHECK_OK(tr_rlp_writer_new(memory, 3, &writer));
    tr_rlp_writer_u64(writer, 100000);
    TR_CHECK_ERR(tr_rlp_writer_finish(writer, &len), TR_E_LIMIT);
    tr_rlp_writer_free(writer);
    TR_CHECK_OK(tr_rlp_writer_new(memory, sizeof(memory), &writer));
    for (int i = 0; i < 65; i++) tr_rlp_writer_begin_list(writer);
    TR_CHECK_ERR(tr_rlp_writer_finish(writer, &len), TR_E_DEPTH);
    tr_rlp_writer_free(writer);
}

static tr_abi_types *types_of(const char *text)
{
    tr_abi_types *types;
    TR_CHECK_OK(tr_abi_types_new(text, strlen(text), &types, NULL));
    return types;
}

TR_TEST(types_and_signatures_that_are_refused)
{
    tr_abi_types *types = NULL;
    uint8_t hash[32];
    size_t offset = 99;
    TR_CHECK_ERR(tr_abi_types_new("bool,uint7", 10, &types, &offset), TR_E_ABI_TYPE);
    TR_CHECK_EQ(offset, 5);
    TR_CHECK_ERR(tr_abi_types_new("bool,uint7", 10, &types, NULL), TR_E_ABI_TYPE);
    TR_CHECK(types == NULL);
    tr_abi_types_free(NULL);
    TR_CHECK_ERR(tr_abi_signature_hash("f(", 2, hash, &offset), TR_E_ABI_TYPE);
    TR_CHECK_EQ(offset, 2);
    TR_CHECK_OK(tr_abi_signature_hash("transfer(address,uint256)", 25, hash, NULL));
    TR_CHECK_BYTES(tr_bytes_of(hash, 4), tr_test_hex("a9059cbb"));
}

TR_TEST(values_both_ways)
{
    uint8_t data[32];
    char json[8];
    size_t len, offset = 99;
    tr_abi_types *types = types_of("uint8");
    TR_CHECK_OK(tr_abi_encode_json(types, "[7]", 3, data, sizeof(data), &len, NULL));
    TR_CHECK_EQ(len, 32);
    TR_CHECK_ERR(tr_abi_encode_json(types, "[7]", 3, data, 31, &len, &offset), TR_E_LIMIT);
    TR_CHECK_ERR(tr_abi_encode_json(types, "[ 256]", 6, data, 32, &len, &offset), TR_E_RANGE);
    TR_CHECK_EQ(offset, 2);
    TR_CHECK_ERR(tr_abi_encode_json(types, "[7", 2, data, 32, &len, &offset), TR_E_SHORT);
    TR_CHECK_EQ(offset, 2);
    TR_CHECK_OK(tr_abi_decode_json(types, data, 32, TR_ABI_DECODE_STRICT, json, 6, &len, NULL));
    TR_CHECK_STR(json, "[\"7\"]");
    TR_CHECK_EQ(len, 5);
    TR_CHECK_ERR(tr_abi_decode_json(types, data, 32, TR_ABI_DECODE_STRICT, json, 5, &len, NULL),
                 TR_E_LIMIT);
    TR_CHECK_ERR(tr_abi_decode_json(types, data, 32, 2, json, 6, &len, NULL), TR_E_ARGUMENT);
    data[0] = 1;
    TR_CHECK_ERR(tr_abi_decode_json(types, data, 32, TR_ABI_DECODE_STRICT, json, 6, &len, &offset),
                 TR_E_ABI_PADDING);
    TR_CHECK_EQ(offset, 0);
    TR_CHECK_OK(tr_abi_decode_json(types, data, 32, TR_ABI_DECODE_LENIENT, json, 6, &len, NULL));
    tr_abi_types_free(types);
}

TR_TEST(typed_data)
{
    static const char text[] = "{\"types\":{\"A\":[]},\"primaryType\":\"A\",\"domain\":{},"
                               "\"message\":{}}";
    uint8_t domain[32], digest[32];
    size_t offset = 99;
    TR_CHECK_OK(tr_abi_typed_data(text, strlen(text), domain, digest, NULL));
    TR_CHECK_ERR(tr_abi_typed_data("{}", 2, domain, digest, &offset), TR_E_TYPED_DATA);
    TR_CHECK_EQ(offset, 0);
}

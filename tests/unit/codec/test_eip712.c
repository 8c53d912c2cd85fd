/* EIP-712.  The example and its hashes are those of the EIP; 123 more cases are in the conformance
 * vectors. */
#include "codec/eip712.h"
#include "harness.h"
#include "hash/keccak.h"

static const char mail[] =
    "{\"types\":{\"EIP712Domain\":[{\"name\":\"name\",\"type\":\"string\"},"
    "{\"name\":\"version\",\"type\":\"string\"},{\"name\":\"chainId\",\"type\":\"uint256\"},"
    "{\"name\":\"verifyingContract\",\"type\":\"address\"}],"
    "\"Person\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"wallet\",\"type\":\"address\"}"
    "],"
    "\"Mail\":[{\"name\":\"from\",\"type\":\"Person\"},{\"name\":\"to\",\"type\":\"Person\"},"
    "{\"name\":\"contents\",\"type\":\"string\"}]},\"primaryType\":\"Mail\","
    "\"domain\":{\"name\":\"Ether Mail\",\"version\":\"1\",\"chainId\":1,"
    "\"verifyingContract\":\"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC\"},"
    "\"message\":{\"from\":{\"name\":\"Cow\",\"wallet\":"
    "\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\"},\"to\":{\"name\":\"Bob\",\"wallet\":"
    "\"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB\"},\"contents\":\"Hello, Bob!\"}}";

static tr_err hash_text(tr_trail *trail, tr_arena *arena, const char *text, tr_eip712_hashes *out)
{
    const tr_json *doc;
    tr_eip712 data;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(text), &doc));
    TR_TRY(tr_eip712_open(trail, doc, &data));
    return tr_eip712_hash(trail, arena, &data, out);
}

TR_TEST(the_example_of_the_eip)
{
    tr_eip712_hashes hashes;
    TR_CHECK_OK(hash_text(NULL, tr_test_arena(), mail, &hashes));
    TR_CHECK_BYTES(TR_VIEW(hashes.domain.b),
                   tr_test_hex("f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"));
    TR_CHECK_BYTES(TR_VIEW(hashes.message.b),
                   tr_test_hex("c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e"));
    TR_CHECK_BYTES(TR_VIEW(hashes.digest.b),
                   tr_test_hex("be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"));
    const tr_json *doc;
    tr_eip712 data;
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(mail), &doc));
    TR_CHECK_OK(tr_eip712_open(NULL, doc, &data));
    TR_CHECK_OK(tr_eip712_encode_type(NULL, tr_test_arena(), &data, TR_LIT("Mail"), &out));
    TR_CHECK_STR(tr_buf_text(&out), "Mail(Person from,Person to,string contents)"
                                    "Person(string name,address wallet)");
    TR_CHECK_ERR(tr_eip712_encode_type(NULL, tr_test_arena(), &data, TR_LIT("None"), &out),
                 TR_E_TYPED_DATA);
    tr_buf_clear(&out);
    TR_CHECK_OK(tr_eip712_encode_data(NULL, tr_test_arena(), &data, &out));
    TR_CHECK_EQ(out.len, 4 * 32);
    TR_CHECK_BYTES(tr_bytes_cut(tr_buf_view(&out), 0, 32),
                   tr_test_hex("a0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2"));
    tr_hash message = tr_keccak256(tr_buf_view(&out));
    TR_CHECK_BYTES(TR_VIEW(message.b), TR_VIEW(hashes.message.b));
    data.primary = TR_LIT("None");
    TR_CHECK_ERR(tr_eip712_encode_data(NULL, tr_test_arena(), &data, &out), TR_E_TYPED_DATA);
}

/* A document around types and a message of struct A. */
static const char *document(const char *types, const char *message)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_printf(&out,
                  "{\"types\":{%s},\"primaryType\":\"A\",\"domain\":{\"chainId\":1},"
                  "\"message\":%s}",
                  types, message);
    return tr_buf_text(&out);
}

#define MEMBER(name, type) "{\"name\":\"" name "\",\"type\":\"" type "\"}"

/* A domain that types do not describe is as if they had described it. */
TR_TEST(the_domain_is_found_out)
{
    tr_eip712_hashes with, without;
    TR_CHECK_OK(hash_text(NULL, tr_test_arena(), document("\"A\":[]", "{}"), &without));
    TR_CHECK_OK(hash_text(
        NULL, tr_test_arena(),
        document("\"A\":[],\"EIP712Domain\":[" MEMBER("chainId", "uint256") "]", "{}"), &with));
    TR_CHECK_BYTES(TR_VIEW(with.digest.b), TR_VIEW(without.digest.b));
}

TR_TEST(structs_may_contain_themselves_in_lists)
{
    tr_eip712_hashes hashes;
    const char *text =
        document("\"A\":[" MEMBER("a", "A[]") "]", "{\"a\":[{\"a\":[]},{\"a\":[]}]}");
    TR_CHECK_OK(hash_text(NULL, tr_test_arena(), text, &hashes));
}

TR_TEST(what_is_refused)
{
    static const struct {
        const char *types, *message;
        tr_err err;
    } cases[] = {
        {"\"A\":[" MEMBER("a", "uint8") "]", "{}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint8") "]", "{\"a\":1,\"b\":2}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint8") "]", "{\"a\":256}", TR_E_RANGE},
        {"\"A\":[" MEMBER("a", "uint8") "]", "{\"a\":null}", TR_E_TYPE},
        {"\"A\":[" MEMBER("a", "uint8[2]") "]", "{\"a\":[1]}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint8[]") "]", "{\"a\":1}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "A") "]", "{\"a\":1}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "B") "]", "{\"a\":1}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint7") "]", "{\"a\":1}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint8[") "]", "{\"a\":[1]}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint8[01]") "]", "{\"a\":[1]}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "uint8 b") "]", "{\"a\":1}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "(uint8)") "]", "{\"a\":[1]}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "function") "]", "{\"a\":1}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "bool") "," MEMBER("a", "bool") "]", "{\"a\":true}",
         TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a b", "bool") "]", "{\"a b\":true}", TR_E_TYPED_DATA},
        {"\"A\":[" MEMBER("a", "bytes") "]", "{\"a\":\"12\"}", TR_E_HEX_PREFIX},
        {"\"A\":[1]", "{}", TR_E_TYPED_DATA},
        {"\"A\":{}", "{}", TR_E_TYPED_DATA},
        {"\"A\":[],\"uint8\":[]", "{}", TR_E_TYPED_DATA},
        {"\"A\":[],\"B C\":[]", "{}", TR_E_TYPED_DATA},
        {"\"A\":[],\"EIP712Domain\":[]", "{}", TR_E_TYPED_DATA},
        {"\"B\":[]", "{}", TR_E_TYPED_DATA},
        {"\"A\":[]", "[]", TR_E_TYPED_DATA},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_eip712_hashes hashes;
        tr_trail trail;
        const char *text = document(cases[i].types, cases[i].message);
        tr_err err = hash_text(&trail, tr_test_arena(), text, &hashes);
        TR_CHECK_MSG(err == cases[i].err && trail.offset < strlen(text), "%s gives %s", text,
                     tr_err_name(err));
    }
    static const char *const documents[] = {
        "1",
        "{}",
        "{\"types\":{},\"primaryType\":\"A\",\"domain\":{}}",
        "{\"types\":{},\"primaryType\":1,\"domain\":{},\"message\":{}}",
        "{\"types\":{},\"primaryType\":\"EIP712Domain\",\"domain\":{},\"message\":{}}",
        "{\"types\":{\"A\":[]},\"primaryType\":\"A\",\"domain\":{\"x\":1},\"message\":{}}"};
    for (size_t i = 0; i < TR_COUNTOF(documents); i++) {
        tr_eip712_hashes hashes;
        TR_CHECK_ERR(hash_text(NULL, tr_test_arena(), documents[i], &hashes), TR_E_TYPED_DATA);
    }
}

TR_TEST(sizes_are_bounded)
{
    tr_buf types;
    tr_buf_init(&types, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put_str(&types, "\"A\":[]");
    for (unsigned i = 0; i < TR_EIP712_MAX_STRUCTS; i++) tr_buf_printf(&types, ",\"B%u\":[]", i);
    tr_eip712_hashes hashes;
    TR_CHECK_ERR(hash_text(NULL, tr_test_arena(), document(tr_buf_text(&types), "{}"), &hashes),
                 TR_E_LIMIT);
    tr_buf_clear(&types);
    tr_buf_put_str(&types, "\"A\":[" MEMBER("a", "bool"));
    for (unsigned i = 0; i < TR_EIP712_MAX_MEMBERS; i++)
        tr_buf_printf(&types, "," MEMBER("b%u", "bool"), i);
    tr_buf_put_str(&types, "]");
    TR_CHECK_ERR(hash_text(NULL, tr_test_arena(), document(tr_buf_text(&types), "{}"), &hashes),
                 TR_E_LIMIT);
}

static tr_err hash_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_eip712_hashes hashes;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = hash_text(NULL, &arena, context, &hashes);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(memory_runs_out)
{
    tr_buf types;
    tr_buf_init(&types, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put_str(&types, "\"A\":[" MEMBER("a", "bytes"));
    for (unsigned i = 0; i < 100; i++) tr_buf_printf(&types, "," MEMBER("b%u", "C[]"), i);
    tr_buf_put_str(&types, "],\"C\":[]");
    tr_buf message;
    tr_buf_init(&message, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put_str(&message, "{\"a\":\"0x01\"");
    for (unsigned i = 0; i < 100; i++) tr_buf_printf(&message, ",\"b%u\":[{}]", i);
    tr_buf_put_str(&message, "}");
    const char *text = document(tr_buf_text(&types), tr_buf_text(&message));
    tr_test_out_of_memory(hash_in, (void *)(uintptr_t)text);
}

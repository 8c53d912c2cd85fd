// The rows of `trestle bench` in C and C++ libraries: the same inputs, the same method.
//
//   peer-cpp --inputs DIR [ROW...]
//
// prints one JSON line for each row and peer.
#include "peer.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <simdjson.h>

namespace
{

using peer::input;
using peer::row;

// SHA3-256 has keccak-256's rate and permutation; they differ in one byte of padding.
void keccak(const char *name)
{
    std::string document = input(name);
    if (document.empty()) return;
    EVP_MD *sha3 = EVP_MD_fetch(nullptr, "SHA3-256", nullptr);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (sha3 == nullptr || EVP_DigestInit_ex2(context, sha3, nullptr) != 1) abort();
    row(name, "openssl sha3", document.size() / 64, [&] {
        uint64_t sum = 0;
        for (size_t i = 0; i < document.size(); i += 64) {
            unsigned char out[32];
            if (EVP_DigestInit_ex2(context, nullptr, nullptr) != 1 ||
                EVP_DigestUpdate(context, document.data() + i, 64) != 1 ||
                EVP_DigestFinal_ex(context, out, nullptr) != 1)
                abort();
            sum ^= out[0];
        }
        return sum;
    });
    EVP_MD_CTX_free(context);
    EVP_MD_free(sha3);
}

void json()
{
    const char *name = "json-rpc-batch-100";
    std::string document = input(name);
    if (document.empty()) return;
    simdjson::padded_string padded(document);
    simdjson::ondemand::parser ondemand;
    row(name, "simdjson ondemand", 1, [&] {
        uint64_t sum = 0;
        simdjson::ondemand::document batch = ondemand.iterate(padded);
        for (simdjson::ondemand::object call : batch.get_array()) {
            sum += call.find_field("id").get_uint64();
            sum += std::string_view(call.find_field("method")).size();
            for (std::string_view first : call.find_field("params").get_array()) {
                sum += first.size();
                break;
            }
        }
        return sum;
    });
    simdjson::dom::parser dom;
    row(name, "simdjson dom", 1, [&] {
        uint64_t sum = 0;
        for (simdjson::dom::element call : simdjson::dom::array(dom.parse(padded))) {
            sum += uint64_t(call["id"]);
            sum += std::string_view(call["method"]).size();
            sum += std::string_view(call["params"].at(0)).size();
        }
        return sum;
    });
}

const unsigned char *bytes(const std::string &document, size_t at)
{
    return reinterpret_cast<const unsigned char *>(document.data()) + at;
}

BIGNUM *number(const std::string &document, size_t at, size_t len)
{
    BIGNUM *n = BN_bin2bn(bytes(document, at), static_cast<int>(len), nullptr);
    if (n == nullptr) abort();
    return n;
}

// A context that verifies by the key of this point, x and y.
EVP_PKEY_CTX *verifier(const unsigned char *point)
{
    unsigned char key[65] = {4};
    char group[] = "P-256";
    EVP_PKEY *made = nullptr;
    memcpy(key + 1, point, 64);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, key, sizeof(key)),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
    if (EVP_PKEY_fromdata_init(maker) != 1 ||
        EVP_PKEY_fromdata(maker, &made, EVP_PKEY_PUBLIC_KEY, params) != 1)
        abort();
    EVP_PKEY_CTX_free(maker);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(made, nullptr);
    if (context == nullptr || EVP_PKEY_verify_init(context) != 1) abort();
    return context;
}

// Keys and signatures are in the library's form before the time is taken.
void p256()
{
    const char *name = "p256-verify";
    std::string document = input(name);
    if (document.empty()) return;
    std::vector<EVP_PKEY_CTX *> keys;
    std::vector<std::vector<unsigned char>> signatures;
    for (size_t at = 0; at < document.size(); at += 160) {
        ECDSA_SIG *sig = ECDSA_SIG_new();
        unsigned char *der = nullptr;
        if (ECDSA_SIG_set0(sig, number(document, at + 32, 32), number(document, at + 64, 32)) != 1)
            abort();
        int len = i2d_ECDSA_SIG(sig, &der);
        signatures.emplace_back(der, der + len);
        keys.push_back(verifier(bytes(document, at + 96)));
        OPENSSL_free(der);
        ECDSA_SIG_free(sig);
    }
    row(name, "openssl", keys.size(), [&] {
        for (size_t i = 0; i < keys.size(); i++)
            if (EVP_PKEY_verify(keys[i], signatures[i].data(), signatures[i].size(),
                                bytes(document, 160 * i), 32) != 1)
                abort();
        return static_cast<uint64_t>(keys.size());
    });
}

void power(const char *name, size_t len)
{
    std::string document = input(name);
    if (document.empty()) return;
    std::vector<BIGNUM *> numbers;
    for (size_t at = 0; at < document.size(); at += len)
        numbers.push_back(number(document, at, len));
    BN_CTX *context = BN_CTX_new();
    BIGNUM *out = BN_new();
    row(name, "openssl", numbers.size() / 4, [&] {
        for (size_t i = 0; i < numbers.size(); i += 4)
            if (BN_mod_exp(out, numbers[i], numbers[i + 1], numbers[i + 2], context) != 1 ||
                BN_cmp(out, numbers[i + 3]) != 0)
                abort();
        return uint64_t{1};
    });
}

} // namespace

int main(int argc, char **argv)
{
    peer::command_line(argc, argv);
    keccak("keccak256-8x64");
    keccak("keccak256-1x64");
    json();
    p256();
    power("modexp-256", 256 / 8);
    power("modexp-2048", 2048 / 8);
    return 0;
}

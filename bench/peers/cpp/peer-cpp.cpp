// The rows of `trestle bench` in C and C++ libraries: the same inputs, the same method.
//
//   peer-cpp --inputs DIR [ROW...]
//
// prints one JSON line for each row and peer.
#include "peer.hpp"

#include <openssl/evp.h>
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

} // namespace

int main(int argc, char **argv)
{
    peer::command_line(argc, argv);
    keccak("keccak256-8x64");
    keccak("keccak256-1x64");
    json();
    return 0;
}

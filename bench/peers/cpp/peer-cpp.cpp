// The rows of `trestle bench` in C and C++ libraries: the same inputs, the same method.
//
//   peer-cpp --inputs DIR [ROW...]
//
// prints one JSON line for each row and peer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>
#include <simdjson.h>
#include <time.h>

namespace {

constexpr int kSamples = 25;
constexpr int64_t kWarmNs = 60000000, kSampleNs = 8000000;

std::string inputs = ".";
std::vector<std::string> wanted;
volatile uint64_t sink;

int64_t thread_ns()
{
    timespec t{};
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0) abort();
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

template <typename Run> int64_t time_calls(Run &run, int64_t calls)
{
    uint64_t sum = 0;
    int64_t start = thread_ns();
    for (int64_t i = 0; i < calls; i++) sum += run();
    int64_t took = thread_ns() - start;
    sink = sink + sum;
    return took;
}

template <typename Run> int64_t calls_in(Run &run, int64_t ns)
{
    for (int64_t calls = 1;; calls *= 2) {
        int64_t took = time_calls(run, calls);
        if (took >= ns) return std::max(calls * ns / took, INT64_C(1));
    }
}

template <typename Run> void row(const char *name, const char *peer, size_t ops, Run run)
{
    calls_in(run, kWarmNs);
    int64_t calls = calls_in(run, kSampleNs);
    std::vector<double> ns;
    for (int i = 0; i < kSamples; i++)
        ns.push_back(static_cast<double>(time_calls(run, calls)) / static_cast<double>(calls) /
                     static_cast<double>(ops));
    std::sort(ns.begin(), ns.end());
    printf("{\"row\":\"%s\",\"peer\":\"%s\",\"ns\":%.4f,\"min_ns\":%.4f}\n", name, peer,
           ns[kSamples / 2], ns[0]);
    fflush(stdout);
}

std::string input(const char *name)
{
    bool ok = wanted.empty();
    for (const auto &w : wanted) ok = ok || std::string_view(name).substr(0, w.size()) == w;
    if (!ok) return {};
    std::ifstream file(inputs + "/" + name + ".bin", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

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
    for (int i = 1; i < argc; i++) {
        if (std::string_view(argv[i]) == "--inputs" && i + 1 < argc) inputs = argv[++i];
        else wanted.emplace_back(argv[i]);
    }
    keccak("keccak256-8x64");
    keccak("keccak256-1x64");
    json();
    return 0;
}

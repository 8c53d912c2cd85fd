// The rows of signatures in the system's libsecp256k1.
//
//   peer-secp256k1 --inputs DIR [ROW...]
#include "peer.hpp"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_recovery.h>
#include <secp256k1_schnorrsig.h>

namespace
{

const char *const PEER = "libsecp256k1 of the system";

const unsigned char *bytes(const std::string &document, size_t at)
{
    return reinterpret_cast<const unsigned char *>(document.data()) + at;
}

void recover()
{
    const char *name = "ecdsa-recover-1000";
    std::string document = peer::input(name);
    if (document.empty()) return;
    peer::row(name, PEER, (document.size() - 4) / 129, [&] {
        uint64_t sum = 0;
        for (size_t at = 4; at < document.size(); at += 129) {
            secp256k1_ecdsa_recoverable_signature sig;
            secp256k1_pubkey key;
            unsigned char out[65];
            size_t len = sizeof(out);
            if (secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &sig,
                                                                    bytes(document, at + 32),
                                                                    document[at + 96]) != 1 ||
                secp256k1_ecdsa_recover(secp256k1_context_static, &key, &sig,
                                        bytes(document, at)) != 1)
                abort();
            secp256k1_ec_pubkey_serialize(secp256k1_context_static, out, &len, &key,
                                          SECP256K1_EC_UNCOMPRESSED);
            if (memcmp(out + 1, bytes(document, at + 97), 32) != 0) abort();
            sum += out[64];
        }
        return sum;
    });
}

void verify()
{
    const char *name = "schnorr-verify-512";
    std::string document = peer::input(name);
    if (document.empty()) return;
    peer::row(name, PEER, (document.size() - 4) / 128, [&] {
        uint64_t good = 0;
        for (size_t at = 4; at < document.size(); at += 128) {
            secp256k1_xonly_pubkey key;
            if (secp256k1_xonly_pubkey_parse(secp256k1_context_static, &key, bytes(document, at)) !=
                    1 ||
                secp256k1_schnorrsig_verify(secp256k1_context_static, bytes(document, at + 64),
                                            bytes(document, at + 32), 32, &key) != 1)
                abort();
            good++;
        }
        return good;
    });
}

} // namespace

int main(int argc, char **argv)
{
    peer::command_line(argc, argv);
    recover();
    verify();
    return 0;
}

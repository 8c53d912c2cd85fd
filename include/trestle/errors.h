/* The error codes of Trestle: one list, for the library's own files and for programs that use it.
 *
 * A function that can fail returns a tr_err; 0 is success.  Codes are stable: a number is never
 * given a second meaning. */
#ifndef TRESTLE_ERRORS_H
#define TRESTLE_ERRORS_H

#include <stdint.h>

#include "trestle/api.h"

typedef int32_t tr_err;

/* X(name, number, sentence).  The numbers go in blocks of a hundred, one for each subject. */
#define TR_ERROR_LIST(X)                                                                           \
    X(TR_OK, 0, "success")                                                                         \
    /* general */                                                                                  \
    X(TR_E_MEMORY, 1, "out of memory")                                                             \
    X(TR_E_LIMIT, 2, "a size limit was reached")                                                   \
    X(TR_E_SHORT, 3, "the input ends too early")                                                   \
    X(TR_E_TRAILING, 4, "the input goes on after its end")                                         \
    X(TR_E_SYNTAX, 5, "the input is not well formed")                                              \
    X(TR_E_RANGE, 6, "a value is out of range")                                                    \
    X(TR_E_CANONICAL, 7, "the input is not in its canonical form")                                 \
    X(TR_E_TYPE, 8, "a value has the wrong type")                                                  \
    X(TR_E_DEPTH, 9, "the input is nested too deeply")                                             \
    X(TR_E_ARGUMENT, 10, "an argument is not valid")                                               \
    X(TR_E_NOT_FOUND, 11, "not found")                                                             \
    X(TR_E_UNSUPPORTED, 12, "not supported")                                                       \
    X(TR_E_CHECKSUM, 13, "a checksum does not match")                                              \
    X(TR_E_DUPLICATE, 14, "something that must be unique appears twice")                           \
    X(TR_E_STATE, 15, "not possible in this state")                                                \
    /* the host */                                                                                 \
    X(TR_E_IO, 100, "reading or writing failed")                                                   \
    X(TR_E_FULL, 101, "no room left")                                                              \
    X(TR_E_EMPTY, 102, "nothing there yet")                                                        \
    X(TR_E_CLOSED, 103, "closed")                                                                  \
    X(TR_E_PERMISSION, 104, "permission denied")                                                   \
    X(TR_E_TIMEOUT, 105, "took too long")                                                          \
    X(TR_E_EXISTS, 106, "exists already")                                                          \
    X(TR_E_LOCKED, 107, "in use by somebody else")                                                 \
    X(TR_E_SYNC, 108, "a sync to disk failed; what was written may be lost")                       \
    /* configuration */                                                                            \
    X(TR_E_CONFIG, 200, "the configuration is not valid")                                          \
    X(TR_E_CONFIG_KEY, 201, "unknown configuration key")                                           \
    X(TR_E_CONFIG_UNIT, 202, "unknown unit")                                                       \
    /* codec: Solidity's ABI and typed data */                                                     \
    X(TR_E_ABI_TYPE, 400, "the text is no type of the Solidity ABI")                               \
    X(TR_E_ABI_OFFSET, 401, "an offset is not where the encoder puts it")                          \
    X(TR_E_ABI_PADDING, 402, "bits outside of a value are set")                                    \
    X(TR_E_ABI_BOMB, 403, "the value would be much larger than its encoding")                      \
    X(TR_E_TYPED_DATA, 404, "the typed data is not valid")                                         \
    /* text: hex, JSON-RPC, addresses, SSZ */                                                      \
    X(TR_E_HEX_PREFIX, 500, "hex text must begin with 0x")                                         \
    X(TR_E_HEX_ODD, 501, "hex text has an odd number of digits")                                   \
    X(TR_E_HEX_DIGIT, 502, "a byte is no hex digit")                                               \
    X(TR_E_HEX_LENGTH, 503, "hex text has the wrong length")                                       \
    X(TR_E_ADDRESS_CHECKSUM, 505, "the case of the letters does not match the address (EIP-55)")   \
    X(TR_E_RPC_INVALID, 510, "not a valid JSON-RPC 2.0 request")                                   \
    X(TR_E_RPC_EMPTY, 511, "the batch is empty")                                                   \
    X(TR_E_RPC_BATCH, 512, "the batch is too large")                                               \
    X(TR_E_RPC_PARAMS, 513, "params is no array")                                                  \
    X(TR_E_SSZ_OFFSET, 520, "an SSZ offset is not where the part must begin")                      \
    X(TR_E_SSZ_LENGTH, 521, "an SSZ value has the wrong length")                                   \
    X(TR_E_SSZ_BITS, 522, "an SSZ bit field has bits beyond its end or no delimiter")              \
    X(TR_E_SSZ_BOOL, 523, "an SSZ boolean is neither 0 nor 1")                                     \
    /* compression and archives */                                                                 \
    X(TR_E_COMPRESSED, 600, "the compressed data is damaged")                                      \
    X(TR_E_ARCHIVE, 601, "the archive is damaged")                                                 \
    /* keys and signatures */                                                                      \
    X(TR_E_KEY_RANGE, 700, "a private key is zero or not below the order of the curve")            \
    X(TR_E_POINT, 701, "a public key is no point of the curve")                                    \
    X(TR_E_SIGNATURE, 702, "the signature does not verify")                                        \
    X(TR_E_SIGNATURE_RANGE, 703, "a part of the signature is out of range")                        \
    X(TR_E_SIGNATURE_HIGH_S, 704, "the signature's s is above half the order")                     \
    X(TR_E_KDF, 710, "the figures of a key derivation make no sense")                              \
    X(TR_E_KDF_LIMIT, 711, "a key derivation asks for more work or memory than is allowed")        \
    X(TR_E_KEYSTORE, 712, "not a keystore file")                                                   \
    X(TR_E_KEYSTORE_VERSION, 713, "a keystore of a version or with a cipher that is not known")    \
    X(TR_E_PASSWORD, 714, "the password is wrong or the keystore damaged")                         \
    X(TR_E_KEYSTORE_ADDRESS, 715, "the keystore's address is not that of its key")                 \
    X(TR_E_MNEMONIC_COUNT, 720, "a mnemonic has 12, 15, 18, 21 or 24 words")                       \
    X(TR_E_MNEMONIC_WORD, 721, "a word is not in the list")                                        \
    X(TR_E_MNEMONIC_CHECKSUM, 722, "the words' checksum does not match")                           \
    X(TR_E_HD_KEY, 723, "not an extended key")                                                     \
    X(TR_E_HD_PATH, 724, "not a derivation path")                                                  \
    X(TR_E_HD_HARDENED, 725, "a hardened child cannot be derived from a public key")               \
    X(TR_E_KZG, 740, "the KZG proof does not prove it")                                            \
    X(TR_E_KZG_SETUP, 741, "not the points of a KZG setup")                                        \
    /* tries and Merkle trees */                                                                   \
    X(TR_E_TRIE_PATH, 800, "a path of a trie node is not well formed")                             \
    X(TR_E_TRIE_NODE, 801, "the bytes are no trie node")                                           \
    X(TR_E_TRIE_MISSING, 802, "a trie node that is needed is not there")                           \
    X(TR_E_TRIE_HASH, 803, "a node of the proof is not the one its parent names")                  \
    X(TR_E_TRIE_ORDER, 804, "the keys do not rise")                                                \
    X(TR_E_TRIE_PROOF, 805, "the proof does not prove it")                                         \
    X(TR_E_PROOF_SPEC, 820, "the proof is not of the kind that its specification allows")          \
    /* log and store */                                                                            \
    X(TR_E_WAL_DAMAGED, 850, "the log is damaged in its middle")                                   \
    X(TR_E_WAL_VERSION, 851, "the log was written by a newer version")                             \
    X(TR_E_KV_FORMAT, 860, "not a store of this kind")                                             \
    X(TR_E_KV_VERSION, 861, "the store was written by a newer version")                            \
    X(TR_E_KV_DAMAGED, 862, "the store is damaged")                                                \
    /* Ethereum's types */                                                                         \
    X(TR_E_TX_TYPE, 900, "no transaction type of this number is known")                            \
    X(TR_E_TX_WRAPPED, 901, "a blob transaction with its blobs, where they may not be")            \
    X(TR_E_TX_TYPE_FORK, 902, "the fork does not know this type of transaction")                   \
    X(TR_E_TX_INTRINSIC_GAS, 903,                                                                  \
      "the gas limit is below what the transaction costs before it runs")                          \
    X(TR_E_TX_FLOOR_GAS, 904, "the gas limit is below the floor for its data")                     \
    X(TR_E_TX_NONCE_MAX, 905, "the nonce is at its maximum")                                       \
    X(TR_E_TX_INITCODE, 906, "the initcode is too long")                                           \
    X(TR_E_TX_GAS_MAX, 907, "the gas limit is above the maximum for a transaction")                \
    X(TR_E_TX_BLOCK_GAS, 908, "the gas limit is above what the block has left")                    \
    X(TR_E_TX_BLOCK_BLOB_GAS, 909, "the blobs are more than the block has left")                   \
    X(TR_E_TX_CHAIN_ID, 910, "the transaction is for another chain")                               \
    X(TR_E_TX_V, 911, "v is no parity and holds no chain id")                                      \
    X(TR_E_TX_PRIORITY_FEE, 912, "the priority fee is above the maximum fee")                      \
    X(TR_E_TX_FEE, 913, "the maximum fee is below the base fee")                                   \
    X(TR_E_TX_BLOBS_NONE, 914, "a blob transaction without blobs")                                 \
    X(TR_E_TX_BLOBS_COUNT, 915, "more blobs than a transaction may have")                          \
    X(TR_E_TX_BLOB_VERSION, 916, "a blob's versioned hash has an unknown version")                 \
    X(TR_E_TX_BLOB_FEE, 917, "the maximum blob fee is below the blob fee")                         \
    X(TR_E_TX_BLOB_CREATE, 918, "a blob transaction cannot create a contract")                     \
    X(TR_E_TX_SET_CODE_CREATE, 919, "a set-code transaction cannot create a contract")             \
    X(TR_E_TX_AUTHORIZATIONS_NONE, 920, "a set-code transaction without authorizations")           \
    X(TR_E_TX_COST, 921, "the price of all the gas does not fit 256 bits")                         \
    X(TR_E_TX_SIDECAR, 922, "the blobs' sidecar does not fit the transaction")                     \
    X(TR_E_TX_FIELD, 923, "a field that this type of transaction does not have, or lacks one")     \
    X(TR_E_TX_NONCE_LOW, 924, "the nonce has been used already")                                   \
    X(TR_E_TX_NONCE_HIGH, 925, "the nonce is not yet the sender's next one")                       \
    X(TR_E_TX_FUNDS, 926, "the sender cannot pay for the gas and the value")                       \
    X(TR_E_TX_SENDER_CODE, 927, "the sender is a contract")                                        \
    X(TR_E_HEADER_FIELDS, 930, "the header has more or fewer fields than its fork")                \
    X(TR_E_HEADER_PARENT, 931, "the header names another parent")                                  \
    X(TR_E_HEADER_NUMBER, 932, "the number is not the parent's plus one")                          \
    X(TR_E_HEADER_TIME, 933, "the time is not after the parent's")                                 \
    X(TR_E_HEADER_EXTRA, 934, "the extra data is longer than 32 bytes")                            \
    X(TR_E_HEADER_GAS_LIMIT, 935, "the gas limit is out of bounds or too far from the parent's")   \
    X(TR_E_HEADER_GAS_USED, 936, "more gas used than the limit")                                   \
    X(TR_E_HEADER_BASE_FEE, 937, "the base fee does not follow from the parent")                   \
    X(TR_E_HEADER_DIFFICULTY, 938, "the difficulty does not follow from the parent")               \
    X(TR_E_HEADER_NONCE, 939, "the nonce is not zero")                                             \
    X(TR_E_HEADER_UNCLES, 940, "uncles after the merge")                                           \
    X(TR_E_HEADER_BLOB_GAS, 941, "blob gas above the maximum, or no multiple of a blob's")         \
    X(TR_E_HEADER_EXCESS_BLOB_GAS, 942, "the excess blob gas does not follow from the parent")     \
    X(TR_E_RECEIPT_BLOOM, 950, "the bloom is not that of the logs")                                \
    X(TR_E_RECEIPT_STATUS, 951, "neither a status nor a state root")                               \
    X(TR_E_BLOCK_TRANSACTIONS, 960, "the transactions are not those of the header")                \
    X(TR_E_BLOCK_WITHDRAWALS, 961, "the withdrawals are not those of the header or the fork")      \
    X(TR_E_BLOCK_UNCLES, 962, "the uncles are not valid or not those of the header")               \
    X(TR_E_BLOCK_BLOB_GAS, 963, "the blob gas used is not that of the transactions")               \
    X(TR_E_BLOCK_SIZE, 964, "the block is too large")                                              \
    X(TR_E_BLOCK_REQUESTS, 965, "the requests are not in order")                                   \
    X(TR_E_BLOCK_DEPOSIT, 966, "a deposit event whose layout is not the contract's")               \
    X(TR_E_JSON_FIELD, 970, "a field is missing, of the wrong form, or too large")                 \
    X(TR_E_CHAIN_CONFIG, 971, "the chain's configuration makes no sense")                          \
    /* execution */                                                                                \
    X(TR_E_BLOCK_GAS_USED, 980, "the gas used is not the header's")                                \
    X(TR_E_BLOCK_RECEIPTS, 981, "the receipts are not those of the header")                        \
    X(TR_E_BLOCK_BLOOM, 982, "the bloom is not the header's")                                      \
    X(TR_E_BLOCK_REQUESTS_HASH, 983, "the requests are not those of the header")                   \
    X(TR_E_BLOCK_STATE_ROOT, 984, "the state root is not the header's")                            \
    X(TR_E_BLOCK_SYSTEM_CONTRACT, 985, "a system contract that the fork needs is not there")       \
    X(TR_E_BLOCK_SYSTEM_CALL, 986, "a system call failed")                                         \
    X(TR_E_WITNESS_HEADERS, 990, "the witness's headers are no chain that ends at the parent")     \
    X(TR_E_WITNESS_CODE, 991, "a code that is needed is not in the witness")                       \
    X(TR_E_WITNESS_HEADER, 992, "a header that is needed is not in the witness")                   \
    /* the list ends here */

enum {
#define TR_ERROR_ENUM(name, number, sentence) name = (number),
    TR_ERROR_LIST(TR_ERROR_ENUM)
#undef TR_ERROR_ENUM
};

#ifdef __cplusplus
extern "C" {
#endif

/* tr_err_name gives the name of the constant ("TR_E_SHORT"), tr_err_text its sentence.  Both
 * answer for any number; an unknown one is "TR_E_?" and "unknown error". */
TR_API const char *tr_err_name(tr_err code);
TR_API const char *tr_err_text(tr_err code);

#ifdef __cplusplus
}
#endif

#endif

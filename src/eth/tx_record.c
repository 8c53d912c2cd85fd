/* The fields of each type of transaction, in the order of RLP and with the names of RPC. */
#include "eth/tx.h"

#define FIELD(type, json_, member_, kind_)                                                         \
    {                                                                                              \
        .json = (json_), .offset = offsetof(type, member_), .kind = (kind_)                        \
    }
#define TX(json, member, kind) FIELD(tr_tx, json, member, kind)

static const tr_field access_fields[] = {
    FIELD(tr_access, "address", address, TR_FIELD_ADDR),
    FIELD(tr_access, "storageKeys", keys, TR_FIELD_HASHES),
};
const tr_record tr_access_record = {"access list entry", access_fields, TR_COUNTOF(access_fields),
                                    sizeof(tr_access)};

static const tr_field authorization_fields[] = {
    FIELD(tr_authorization, "chainId", chain_id, TR_FIELD_U256),
    FIELD(tr_authorization, "address", address, TR_FIELD_ADDR),
    FIELD(tr_authorization, "nonce", nonce, TR_FIELD_U64),
    FIELD(tr_authorization, "yParity", parity, TR_FIELD_U8),
    FIELD(tr_authorization, "r", r, TR_FIELD_WORD),
    FIELD(tr_authorization, "s", s, TR_FIELD_WORD),
};
const tr_record tr_authorization_record = {"authorization", authorization_fields,
                                           TR_COUNTOF(authorization_fields),
                                           sizeof(tr_authorization)};

#define CHAIN_ID      TX("chainId", chain_id, TR_FIELD_U64)
#define NONCE         TX("nonce", nonce, TR_FIELD_U64)
#define GAS_PRICE     TX("gasPrice", max_fee, TR_FIELD_U256)
#define MAX_PRIORITY  TX("maxPriorityFeePerGas", max_priority, TR_FIELD_U256)
#define MAX_FEE       TX("maxFeePerGas", max_fee, TR_FIELD_U256)
#define GAS           TX("gas", gas, TR_FIELD_U64)
#define TO            TX("to", to, TR_FIELD_TO)
#define VALUE         TX("value", value, TR_FIELD_U256)
#define INPUT         TX("input", data, TR_FIELD_BYTES)
#define MAX_BLOB_FEE  TX("maxFeePerBlobGas", max_blob_fee, TR_FIELD_U256)
#define BLOB_HASHES   TX("blobVersionedHashes", blob_hashes, TR_FIELD_HASHES)
#define ACCESS_LIST   LIST("accessList", access_list, tr_access_record)
#define AUTHORIZATION LIST("authorizationList", authorizations, tr_authorization_record)
#define LIST(json_, member_, of_)                                                                  \
    {                                                                                              \
        .json = (json_), .offset = offsetof(tr_tx, member_), .kind = TR_FIELD_LIST, .of = &(of_)   \
    }
#define SIGNATURE TX("v", v, TR_FIELD_U64), TX("r", r, TR_FIELD_WORD), TX("s", s, TR_FIELD_WORD)

static const tr_field legacy[] = {NONCE, GAS_PRICE, GAS, TO, VALUE, INPUT, SIGNATURE};
static const tr_field access_list[] = {CHAIN_ID, NONCE, GAS_PRICE,   GAS,      TO,
                                       VALUE,    INPUT, ACCESS_LIST, SIGNATURE};
static const tr_field fee_market[] = {CHAIN_ID, NONCE, MAX_PRIORITY, MAX_FEE,     GAS,
                                      TO,       VALUE, INPUT,        ACCESS_LIST, SIGNATURE};
static const tr_field blob[] = {CHAIN_ID,    NONCE,        MAX_PRIORITY, MAX_FEE,
                                GAS,         TO,           VALUE,        INPUT,
                                ACCESS_LIST, MAX_BLOB_FEE, BLOB_HASHES,  SIGNATURE};
static const tr_field set_code[] = {CHAIN_ID, NONCE, MAX_PRIORITY, MAX_FEE,       GAS,      TO,
                                    VALUE,    INPUT, ACCESS_LIST,  AUTHORIZATION, SIGNATURE};
static const tr_field deposit[] = {
    TX("sourceHash", source, TR_FIELD_HASH),
    TX("from", from, TR_FIELD_ADDR),
    TO,
    TX("mint", mint, TR_FIELD_U256),
    VALUE,
    GAS,
    TX("isSystemTx", system, TR_FIELD_BOOL),
    INPUT,
};

enum { SIGNATURE_FIELDS = 3 };
#define RECORD(name, fields)                                                                       \
    {                                                                                              \
        (name), (fields), TR_COUNTOF(fields), sizeof(tr_tx)                                        \
    }

static const tr_record records[] = {
    [TR_TX_LEGACY] = RECORD("transaction", legacy),
    [TR_TX_ACCESS_LIST] = RECORD("access-list transaction", access_list),
    [TR_TX_FEE_MARKET] = RECORD("fee-market transaction", fee_market),
    [TR_TX_BLOB] = RECORD("blob transaction", blob),
    [TR_TX_SET_CODE] = RECORD("set-code transaction", set_code),
};
static const tr_record deposit_record = RECORD("deposit", deposit);

const tr_record *tr_tx_record(uint8_t type, size_t *signed_count)
{
    if (TR_LIKELY(type < TR_COUNTOF(records))) {
        *signed_count = (size_t)records[type].count - SIGNATURE_FIELDS;
        return &records[type];
    }
    *signed_count = 0;
    if (type != TR_TX_DEPOSIT) return NULL;
    *signed_count = deposit_record.count;
    return &deposit_record;
}

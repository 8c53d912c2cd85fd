#include "tx_exceptions.h"

/* The errors with which we refuse what a fixture calls by one name; what is not here may be refused
 * with any.  More than one where a case has more than one fault, and the fixture names another than
 * we meet first.  (The places that are left hold TR_OK, which is asked for only where it is meant.)
 */
static const struct {
    const char *exception;
    tr_err errs[4];
} exceptions[] = {
    {"NONCE_TOO_BIG", {TR_E_TX_NONCE_MAX}},
    {"NONCE_OVERFLOW", {TR_E_RANGE}},
    {"GASLIMIT_OVERFLOW", {TR_E_RANGE, TR_E_CANONICAL}},
    {"GASPRICE_OVERFLOW", {TR_E_RANGE}},
    {"PRIORITY_OVERFLOW", {TR_E_RANGE}},
    {"VALUE_OVERFLOW", {TR_E_RANGE}},
    {"ADDRESS_TOO_LONG", {TR_E_RANGE}},
    {"ADDRESS_TOO_SHORT", {TR_E_RANGE}},
    {"RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG", {TR_E_RANGE}},
    {"RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT", {TR_E_RANGE}},
    {"RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG", {TR_E_RANGE}},
    {"RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT", {TR_E_RANGE}},
    {"RLP_LEADING_ZEROS_NONCE", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_NONCE_SIZE", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_DATA_SIZE", {TR_E_CANONICAL}},
    {"RLP_ERROR_SIZE_LEADING_ZEROS", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_VALUE", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_GASPRICE", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_GASLIMIT", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_R", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_S", {TR_E_CANONICAL}},
    {"RLP_LEADING_ZEROS_V", {TR_E_CANONICAL}},
    {"RLP_INVALID_NONCE", {TR_E_TYPE}},
    {"RLP_INVALID_GASLIMIT", {TR_E_TYPE}},
    {"RLP_INVALID_TO", {TR_E_TYPE}},
    {"RLP_INVALID_DATA", {TR_E_TYPE}},
    {"RLP_INVALID_SIGNATURE_R", {TR_E_TYPE}},
    {"RLP_INVALID_SIGNATURE_S", {TR_E_TYPE}},
    {"RLP_TOO_FEW_ELEMENTS", {TR_E_SHORT, TR_E_RANGE}},
    {"RLP_TOO_MANY_ELEMENTS", {TR_E_TRAILING}},
    {"INTRINSIC_GAS_TOO_LOW", {TR_E_TX_INTRINSIC_GAS}},
    {"INITCODE_SIZE_EXCEEDED", {TR_E_TX_INITCODE}},
    {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2", {TR_E_TX_PRIORITY_FEE}},
    {"GASLIMIT_PRICE_PRODUCT_OVERFLOW", {TR_E_TX_COST}},
    {"INVALID_CHAINID", {TR_E_TX_CHAIN_ID, TR_E_TX_V, TR_E_RANGE, TR_E_TX_INTRINSIC_GAS}},
    {"EC_RECOVERY_FAIL", {TR_E_SIGNATURE, TR_E_SIGNATURE_RANGE, TR_E_TX_INTRINSIC_GAS}},
    {"TYPE_NOT_SUPPORTED", {TR_E_TX_TYPE, TR_E_TX_TYPE_FORK, TR_E_TYPE, TR_E_RANGE}},
    /* of state tests */
    {"GAS_LIMIT_EXCEEDS_MAXIMUM", {TR_E_TX_GAS_MAX}},
    {"GAS_ALLOWANCE_EXCEEDED", {TR_E_TX_BLOCK_GAS}},
    {"INTRINSIC_GAS_BELOW_FLOOR_GAS_COST", {TR_E_TX_FLOOR_GAS}},
    {"NONCE_IS_MAX", {TR_E_TX_NONCE_MAX}},
    {"INSUFFICIENT_MAX_FEE_PER_GAS", {TR_E_TX_FEE}},
    {"INSUFFICIENT_MAX_FEE_PER_BLOB_GAS", {TR_E_TX_BLOB_FEE}},
    {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", {TR_E_TX_PRIORITY_FEE}},
    {"TYPE_1_TX_PRE_FORK", {TR_E_TX_TYPE_FORK}},
    {"TYPE_2_TX_PRE_FORK", {TR_E_TX_TYPE_FORK}},
    {"TYPE_3_TX_PRE_FORK", {TR_E_TX_TYPE_FORK}},
    {"TYPE_4_TX_PRE_FORK", {TR_E_TX_TYPE_FORK}},
    {"TYPE_3_TX_ZERO_BLOBS", {TR_E_TX_BLOBS_NONE}},
    {"TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH", {TR_E_TX_BLOB_VERSION}},
    {"TYPE_3_TX_BLOB_COUNT_EXCEEDED", {TR_E_TX_BLOBS_COUNT}},
    {"TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", {TR_E_TX_BLOCK_BLOB_GAS}},
    {"TYPE_3_TX_CONTRACT_CREATION", {TR_E_TX_BLOB_CREATE}},
    {"TYPE_4_TX_CONTRACT_CREATION", {TR_E_TX_SET_CODE_CREATE}},
    {"TYPE_4_EMPTY_AUTHORIZATION_LIST", {TR_E_TX_AUTHORIZATIONS_NONE}},
    /* what only the state tells, as far as we get without it */
    {"INSUFFICIENT_ACCOUNT_FUNDS", {TR_OK}},
    {"SENDER_NOT_EOA", {TR_OK}},
};

static bool one_fits(tr_bytes exception, tr_err err)
{
    static const char prefix[] = "TransactionException.";
    exception = tr_bytes_cut(exception, sizeof(prefix) - 1, SIZE_MAX);
    for (size_t i = 0; i < TR_COUNTOF(exceptions); i++) {
        if (!tr_bytes_eq(exception, tr_bytes_str(exceptions[i].exception))) continue;
        if (err == TR_OK) return exceptions[i].errs[0] == TR_OK;
        for (size_t k = 0; k < TR_COUNTOF(exceptions[i].errs); k++)
            if (err == exceptions[i].errs[k]) return true;
        return false;
    }
    return err != TR_OK;
}

bool tx_exception_fits(tr_bytes names, tr_err err)
{
    size_t at = 0;
    for (size_t i = 0; i <= names.len; i++) {
        if (i != names.len && names.data[i] != '|') continue;
        if (one_fits(tr_bytes_cut(names, at, i - at), err)) return true;
        at = i + 1;
    }
    return false;
}

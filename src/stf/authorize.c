/* Authorizations of EIP-7702: accounts whose code a transaction sets to the name of another. */
#include "stf/tx_internal.h"

enum {
    DELEGATION = 23,      /* bytes: 0xef0100 and an address */
    REFUND_KNOWN = 12500, /* the account was there already: 25000 were paid for a new one */
};

static bool is_for_us(const stf_run *run, const tr_authorization *a)
{
    return tr_u256_iszero(a->chain_id) ||
           tr_u256_eq(a->chain_id, tr_u256_of(run->env->config->chain_id));
}

static bool is_zero(const tr_addr *address)
{
    static const tr_addr zero;
    return memcmp(address, &zero, sizeof(zero)) == 0;
}

static bool set_delegation(tr_state *state, tr_acct *authority, const tr_addr *to)
{
    uint8_t code[DELEGATION] = {0xef, 0x01, 0x00};
    memcpy(code + 3, to->b, sizeof(to->b));
    /* The zero address takes the delegation away. */
    tr_bytes view = is_zero(to) ? (tr_bytes){NULL, 0} : TR_VIEW(code);
    return tr_state_set_code(state, authority, view) &&
           tr_state_set_nonce(state, authority, authority->nonce + 1);
}

/* One whose signer is known.  What does not fit is skipped; but the signer stays warm.  False: the
 * state failed. */
static bool apply(stf_run *run, const tr_authorization *a, const tr_addr *signer)
{
    tr_state *state = run->state;
    tr_addr delegate;
    tr_acct *authority = tr_state_account(state, signer);
    if (authority == NULL) return false;
    (void)tr_state_warm_account(state, authority);
    if (authority->has_code) {
        if (!tr_state_code(state, authority)) return false;
        if (!tr_code_delegate(authority->code, &delegate)) return true;
    }
    if (authority->nonce != a->nonce) return true;
    if (authority->exists) tr_state_add_refund(state, REFUND_KNOWN);
    return set_delegation(state, authority, &a->address);
}

tr_err stf_authorize(stf_run *run)
{
    const tr_list *list = &run->tx->authorizations;
    for (size_t i = 0; i < list->count; i++) {
        const tr_authorization *a = TR_LIST_AT(tr_authorization, *list, i);
        if (!is_for_us(run, a) || a->nonce == UINT64_MAX || run->signers->errs[i] != TR_OK)
            continue;
        if (!apply(run, a, &run->signers->signers[i]))
            return tr_state_error(run->state, run->trail);
    }
    return TR_OK;
}

/* What fixtures call the faults of transactions, and which errors of ours these are. */
#ifndef TR_CONFORMANCE_TX_EXCEPTIONS_H
#define TR_CONFORMANCE_TX_EXCEPTIONS_H

#include "base/base.h"

/* tx_exception_fits tells whether err is what one of the names ("TransactionException.A|...")
 * stands for. */
bool tx_exception_fits(tr_bytes names, tr_err err);

#endif

//! Transactions: decoded and hashed.

use crate::method::{pieces, Bench};
use alloy_consensus::TxEnvelope;
use alloy_eips::Decodable2718;
use std::hint::black_box;

pub fn rows(b: &Bench) {
    let row = "tx-decode-hash-1000";
    let Some(document) = b.input(row) else { return };
    let raw = pieces(&document);
    b.row(row, "alloy-consensus", raw.len(), || {
        black_box(&raw).iter().fold(0, |sum: u64, encoding| {
            let tx = TxEnvelope::decode_2718_exact(encoding).expect("a transaction");
            sum.wrapping_add(tx.tx_hash()[0].into())
        })
    });
}

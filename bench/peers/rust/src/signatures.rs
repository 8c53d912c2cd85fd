//! Signatures over secp256k1: libsecp256k1 as its newest crate ships it.

use crate::method::Bench;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{schnorr, Message, XOnlyPublicKey};
use std::hint::black_box;

const PEER: &str = "secp256k1";

/// The number of signatures, then `N` bytes for each.
fn records<const N: usize>(document: &[u8]) -> Vec<[u8; N]> {
    let count = u32::from_le_bytes(document[..4].try_into().expect("a count")) as usize;
    let all: Vec<_> = document[4..].chunks_exact(N).map(|c| c.try_into().expect("N")).collect();
    assert_eq!(all.len(), count);
    all
}

fn part<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    record[at..at + N].try_into().expect("inside")
}

fn recover(b: &Bench) {
    let row = "ecdsa-recover-1000";
    let Some(document) = b.input(row) else { return };
    let all = records::<129>(&document);
    let recovered = |r: &[u8; 129]| {
        let id = RecoveryId::from_u8_masked(r[96]);
        let sig = RecoverableSignature::from_compact(&r[32..96], id).expect("in range");
        sig.recover_ecdsa(Message::from_digest(part(r, 0))).expect("a key").serialize_uncompressed()
    };
    assert!(all.iter().all(|r| recovered(r)[1..33] == r[97..]));
    b.row(row, PEER, all.len(), || {
        black_box(&all).iter().fold(0, |sum, r| sum + u64::from(recovered(r)[64]))
    });
}

fn verify(b: &Bench) {
    let row = "schnorr-verify-512";
    let Some(document) = b.input(row) else { return };
    let all = records::<128>(&document);
    b.row(row, PEER, all.len(), || {
        let mut good = 0;
        for r in black_box(&all) {
            let key = XOnlyPublicKey::from_byte_array(part(r, 0)).expect("a key");
            let sig = schnorr::Signature::from_byte_array(part(r, 64));
            good += u64::from(schnorr::verify(&sig, &r[32..64], &key).is_ok());
        }
        assert_eq!(good as usize, all.len());
        good
    });
}

pub fn rows(b: &Bench) {
    recover(b);
    verify(b);
}

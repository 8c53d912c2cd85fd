//! BLS12-381: blst, with ADX (it asks the compiler).  Points are uncompressed, results affine.

use crate::method::Bench;
use blst::*;
use std::hint::black_box;

const TAG: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
const SCALAR_BITS: usize = 255;

fn g1(bytes: &[u8]) -> blst_p1_affine {
    let mut point = blst_p1_affine::default();
    let read = unsafe { blst_p1_deserialize(&mut point, bytes[..96].as_ptr()) };
    assert_eq!(read, BLST_ERROR::BLST_SUCCESS);
    point
}

fn g2(bytes: &[u8]) -> blst_p2_affine {
    let mut point = blst_p2_affine::default();
    let read = unsafe { blst_p2_deserialize(&mut point, bytes[..192].as_ptr()) };
    assert_eq!(read, BLST_ERROR::BLST_SUCCESS);
    point
}

/// A scalar, lowest byte first.
fn scalar(bytes: &[u8]) -> [u8; 32] {
    let mut out: [u8; 32] = bytes.try_into().expect("32 bytes");
    out.reverse();
    out
}

fn pairing(b: &Bench) {
    let row = "bls-pairing";
    let Some(document) = b.input(row) else { return };
    let all: Vec<_> = document.chunks_exact(336).map(|c| (g1(c), g2(&c[96..]))).collect();
    let pair = |(p, q): &(blst_p1_affine, blst_p2_affine)| {
        let mut f = blst_fp12::default();
        let mut out = blst_fp12::default();
        unsafe {
            blst_miller_loop(&mut f, q, p);
            blst_final_exp(&mut out, &f);
        }
        out.fp6[0].fp2[0].fp[0]
    };
    for (both, record) in all.iter().zip(document.chunks_exact(336)) {
        let mut bytes = [0; 48];
        unsafe { blst_bendian_from_fp(bytes.as_mut_ptr(), &pair(both)) };
        assert_eq!(bytes, record[288..]);
    }
    b.row(row, "blst", all.len(), || {
        black_box(&all).iter().fold(0, |sum, both| sum ^ pair(both).l[0])
    });
}

fn g1_mul(b: &Bench) {
    let row = "bls-g1-mul";
    let Some(document) = b.input(row) else { return };
    let all: Vec<_> = document.chunks_exact(224).map(|c| (g1(c), scalar(&c[96..128]))).collect();
    let product = |(p, k): &(blst_p1_affine, [u8; 32])| {
        let mut point = blst_p1::default();
        let mut product = blst_p1::default();
        let mut out = blst_p1_affine::default();
        unsafe {
            blst_p1_from_affine(&mut point, p);
            blst_p1_mult(&mut product, &point, k.as_ptr(), SCALAR_BITS);
            blst_p1_to_affine(&mut out, &product);
        }
        out
    };
    assert!(document.chunks_exact(224).zip(&all).all(|(c, a)| g1(&c[128..]) == product(a)));
    b.row(row, "blst", all.len(), || {
        black_box(&all).iter().fold(0, |sum, a| sum ^ product(a).x.l[0])
    });
}

fn g2_mul(b: &Bench) {
    let row = "bls-g2-mul";
    let Some(document) = b.input(row) else { return };
    let all: Vec<_> = document.chunks_exact(416).map(|c| (g2(c), scalar(&c[192..224]))).collect();
    let product = |(p, k): &(blst_p2_affine, [u8; 32])| {
        let mut point = blst_p2::default();
        let mut product = blst_p2::default();
        let mut out = blst_p2_affine::default();
        unsafe {
            blst_p2_from_affine(&mut point, p);
            blst_p2_mult(&mut product, &point, k.as_ptr(), SCALAR_BITS);
            blst_p2_to_affine(&mut out, &product);
        }
        out
    };
    assert!(document.chunks_exact(416).zip(&all).all(|(c, a)| g2(&c[224..]) == product(a)));
    b.row(row, "blst", all.len(), || {
        black_box(&all).iter().fold(0, |sum, a| sum ^ product(a).x.fp[0].l[0])
    });
}

fn hash_to_g2(b: &Bench) {
    let row = "bls-hash-to-g2";
    let Some(document) = b.input(row) else { return };
    let all: Vec<_> = document.chunks_exact(224).map(|c| c.split_at(32)).collect();
    let hash = |m: &[u8]| {
        let mut point = blst_p2::default();
        let mut out = blst_p2_affine::default();
        let (tag, none) = (TAG.as_ptr(), std::ptr::null());
        unsafe {
            blst_hash_to_g2(&mut point, m.as_ptr(), m.len(), tag, TAG.len(), none, 0);
            blst_p2_to_affine(&mut out, &point);
        }
        out
    };
    assert!(all.iter().all(|(m, point)| g2(point) == hash(m)));
    b.row(row, "blst", all.len(), || {
        black_box(&all).iter().fold(0, |sum, (m, _)| sum ^ hash(m).x.fp[0].l[0])
    });
}

pub fn rows(b: &Bench) {
    pairing(b);
    g1_mul(b);
    g2_mul(b);
    hash_to_g2(b);
}

//! BN254: arkworks, in two threads and by the wall's clock.

use crate::method::Bench;
use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::PrimeField;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use std::hint::black_box;

const PEER: &str = "arkworks";

fn point(bytes: &[u8]) -> G1Affine {
    let (x, y) = bytes.split_at(32);
    G1Affine::new(Fq::from_be_bytes_mod_order(x), Fq::from_be_bytes_mod_order(y))
}

fn sum(b: &Bench, row: &str) {
    let Some(document) = b.input(row) else { return };
    let (points, rest) = document.split_at(document.len() / 96 * 64);
    let (scalars, total) = rest.split_at(rest.len() - 64);
    let points: Vec<_> = points.chunks_exact(64).map(point).collect();
    let scalars: Vec<_> = scalars.chunks_exact(32).map(Fr::from_be_bytes_mod_order).collect();
    let add = || G1Projective::msm(&points, &scalars).expect("as many").into_affine();
    assert_eq!(add(), point(total));
    b.wall_row(row, PEER, || {
        let _ = black_box(add());
    });
}

fn transform(b: &Bench) {
    let row = "ntt-bn-20";
    let Some(document) = b.input(row) else { return };
    let n = 1usize << document[0];
    let results: Vec<_> = document[1..].chunks_exact(32).map(Fr::from_le_bytes_mod_order).collect();
    let domain = Radix2EvaluationDomain::<Fr>::new(n).expect("roots");
    let mut values: Vec<_> = (0..n as u64).map(|i| Fr::from(i * i + 1)).collect();
    domain.fft_in_place(&mut values);
    assert_eq!([domain.group_gen, values[1], values[n - 1]], results[..]);
    b.wall_row(row, PEER, || domain.fft_in_place(black_box(&mut values)));
}

pub fn rows(b: &Bench) {
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("the first pool");
    sum(b, "bn-g1-msm-65536");
    sum(b, "bn-g1-msm-262144");
    transform(b);
}

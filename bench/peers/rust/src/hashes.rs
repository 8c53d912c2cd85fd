//! Hashes over fields: Poseidon over BN254 with circomlib's parameters, Poseidon2 over KoalaBear.

use crate::method::Bench;
use ark_bn254::Fr;
use ark_ff::PrimeField;
use light_poseidon::{Poseidon, PoseidonHasher};
use p3_field::{Field, PackedValue, PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::{default_koalabear_poseidon2_16, default_koalabear_poseidon2_24, KoalaBear};
use p3_symmetric::Permutation;
use std::hint::black_box;

type Packed = <KoalaBear as Field>::Packing;

fn poseidon(b: &Bench) {
    let row = "poseidon-2";
    let Some(document) = b.input(row) else { return };
    let all: Vec<[Fr; 3]> = document
        .chunks_exact(96)
        .map(|c| std::array::from_fn(|i| Fr::from_be_bytes_mod_order(&c[32 * i..32 * i + 32])))
        .collect();
    let mut hasher = Poseidon::<Fr>::new_circom(2).expect("parameters");
    b.row(row, "light-poseidon", all.len(), || {
        for [x, y, hash] in black_box(&all) {
            assert_eq!(hasher.hash(&[*x, *y]).expect("two inputs"), *hash);
        }
        0
    });
}

/// States, and what they become.
fn states<const N: usize>(document: &[u8]) -> (Vec<[KoalaBear; N]>, Vec<[KoalaBear; N]>) {
    let number = |c: &[u8]| KoalaBear::from_u32(u32::from_le_bytes(c.try_into().expect("four")));
    let all: Vec<[KoalaBear; N]> = document
        .chunks_exact(4 * N)
        .map(|c| std::array::from_fn(|i| number(&c[4 * i..4 * i + 4])))
        .collect();
    let (before, after) = all.split_at(all.len() / 2);
    (before.to_vec(), after.to_vec())
}

/// One state after the other.
fn one(b: &Bench) {
    let row = "poseidon2-kb16";
    let Some(document) = b.input(row) else { return };
    let (mut all, after) = states::<16>(&document);
    let permutation = default_koalabear_poseidon2_16();
    let mut permute = || {
        for state in black_box(&mut all) {
            permutation.permute_mut(state);
        }
        u64::from(all[0][0].as_canonical_u32())
    };
    assert_eq!(permute(), u64::from(after[0][0].as_canonical_u32()));
    b.row(row, "plonky3", after.len(), permute);
}

/// States side by side in vectors, as the library's own programs have them in memory.
fn many<const N: usize>(b: &Bench, row: &str, permutation: impl Permutation<[Packed; N]>) {
    let Some(document) = b.input(row) else { return };
    let (before, after) = states::<N>(&document);
    let pack = |all: &[[KoalaBear; N]]| -> Vec<[Packed; N]> {
        all.chunks_exact(Packed::WIDTH)
            .map(|c| std::array::from_fn(|i| Packed::from_fn(|lane| c[lane][i])))
            .collect()
    };
    let permute = |all: &mut Vec<[Packed; N]>| {
        for state in black_box(all) {
            permutation.permute_mut(state);
        }
        0
    };
    let mut all = pack(&before);
    permute(&mut all);
    assert!(all == pack(&after));
    b.row(row, "plonky3", before.len(), || permute(&mut all));
}

pub fn rows(b: &Bench) {
    poseidon(b);
    one(b);
    many(b, "poseidon2-kb16-many", default_koalabear_poseidon2_16());
    many(b, "poseidon2-kb24-many", default_koalabear_poseidon2_24());
}

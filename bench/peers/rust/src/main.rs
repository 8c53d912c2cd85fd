//! The rows of `trestle bench` in crates: the same inputs, the same method.
//!
//! peer-rust --inputs DIR [ROW...]: one JSON line for each row and peer.

use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_rlp::Header;
use ruint::aliases::U256;
use serde::Deserialize;
use std::hint::black_box;

mod blocks;
mod curves_bls;
mod curves_bn;
mod evm;
mod hashes;
mod method;
mod signatures;
mod tries;
mod txs;

use method::Bench;

fn fold(x: U256) -> u64 {
    x.as_limbs().iter().fold(0, |a, b| a ^ b)
}

/// Sets of N numbers, each four limbs, lowest first.
fn numbers<const N: usize>(document: &[u8]) -> Vec<[U256; N]> {
    document
        .chunks_exact(32 * N)
        .map(|set| std::array::from_fn(|i| U256::from_le_slice(&set[32 * i..32 * i + 32])))
        .collect()
}

fn u256_pairs(b: &Bench, row: &str, op: impl Fn(U256, U256) -> U256) {
    let Some(document) = b.input(row) else { return };
    let all = numbers::<2>(&document);
    b.row(row, "ruint", all.len(), || {
        black_box(&all).iter().fold(0, |sum, [x, y]| sum ^ fold(op(*x, *y)))
    });
}

fn u256_triples(b: &Bench, row: &str, op: impl Fn(U256, U256, U256) -> U256) {
    let Some(document) = b.input(row) else { return };
    let all = numbers::<3>(&document);
    b.row(row, "ruint", all.len(), || {
        black_box(&all).iter().fold(0, |sum, [x, y, m]| sum ^ fold(op(*x, *y, *m)))
    });
}

fn keccak(b: &Bench, row: &str) {
    let Some(document) = b.input(row) else { return };
    let messages: Vec<&[u8]> = document.chunks_exact(64).collect();
    b.row(row, "tiny-keccak", messages.len(), || {
        use tiny_keccak::{Hasher, Keccak};
        let mut sum = 0;
        for m in black_box(&messages) {
            let mut out = [0; 32];
            let mut k = Keccak::v256();
            k.update(m);
            k.finalize(&mut out);
            sum ^= u64::from(out[0]);
        }
        sum
    });
    b.row(row, "keccak-asm", messages.len(), || {
        use keccak_asm::Keccak256;
        black_box(&messages).iter().fold(0, |sum, m| sum ^ u64::from(Keccak256::digest(m)[0]))
    });
}

/// Whatever RLP holds; byte strings are views of the input.
enum Item<'a> {
    Bytes(&'a [u8]),
    List(Vec<Item<'a>>),
}

fn rlp_item<'a>(buf: &mut &'a [u8]) -> alloy_rlp::Result<Item<'a>> {
    let header = Header::decode(buf)?;
    let (mut payload, rest) = buf.split_at(header.payload_length);
    *buf = rest;
    if !header.list {
        return Ok(Item::Bytes(payload));
    }
    let mut items = Vec::new();
    while !payload.is_empty() {
        items.push(rlp_item(&mut payload)?);
    }
    Ok(Item::List(items))
}

/// A body as a program would declare it: transactions are envelopes or lists of fields.
struct Body<'a> {
    txs: Vec<Item<'a>>,
    uncles: Vec<Item<'a>>,
    withdrawals: Vec<[&'a [u8]; 4]>,
}

fn rlp_list<'a>(buf: &mut &'a [u8]) -> alloy_rlp::Result<&'a [u8]> {
    Header::decode_bytes(buf, true)
}

fn rlp_body<'a>(buf: &mut &'a [u8]) -> alloy_rlp::Result<Body<'a>> {
    let mut body = rlp_list(buf)?;
    let mut out = Body { txs: Vec::new(), uncles: Vec::new(), withdrawals: Vec::new() };
    let mut list = rlp_list(&mut body)?;
    while !list.is_empty() {
        out.txs.push(rlp_item(&mut list)?);
    }
    list = rlp_list(&mut body)?;
    while !list.is_empty() {
        out.uncles.push(rlp_item(&mut list)?);
    }
    list = rlp_list(&mut body)?;
    while !list.is_empty() {
        let mut one = rlp_list(&mut list)?;
        let mut fields = [&[][..]; 4];
        for field in &mut fields {
            *field = Header::decode_bytes(&mut one, false)?;
        }
        out.withdrawals.push(fields);
    }
    Ok(out)
}

fn rlp(b: &Bench) {
    let row = "rlp-decode-bodies";
    let Some(document) = b.input(row) else { return };
    b.row(row, "alloy-rlp", 1, || {
        let mut buf = black_box(&document[..]);
        let mut all = rlp_list(&mut buf).expect("a list");
        let mut sum = 0;
        while !all.is_empty() {
            let body = rlp_body(&mut all).expect("a body");
            sum += body.uncles.len() + body.withdrawals.iter().map(|w| w[3].len()).sum::<usize>();
            sum += body.txs.iter().map(|tx| match tx {
                Item::Bytes(bytes) => bytes.len(),
                Item::List(fields) => fields.len(),
            }).sum::<usize>();
        }
        sum as u64
    });
}

#[derive(Deserialize)]
struct Call<'a> {
    jsonrpc: &'a str,
    id: u64,
    method: &'a str,
    #[serde(borrow)]
    params: Vec<&'a str>,
}

fn json(b: &Bench) {
    let row = "json-rpc-batch-100";
    let Some(document) = b.input(row) else { return };
    b.row(row, "serde_json", 1, || {
        let calls: Vec<Call> = serde_json::from_slice(black_box(&document)).expect("a batch");
        calls.iter().fold(0, |sum, c| {
            sum + c.id + (c.jsonrpc.len() + c.method.len() + c.params[0].len()) as u64
        })
    });
}

fn abi(b: &Bench) {
    let row = "abi-decode-nested";
    let Some(document) = b.input(row) else { return };
    let len = u32::from_le_bytes(document[..4].try_into().expect("four bytes")) as usize;
    let text = std::str::from_utf8(&document[4..4 + len]).expect("text");
    let payload = &document[4 + len..];
    let count = |value: DynSolValue| value.as_array().map_or(0, |orders| orders.len() as u64);
    let parsed = DynSolType::parse(text).expect("a type");
    assert_eq!(parsed.abi_decode(payload).map(count).expect("a value"), 16);
    b.row(row, "alloy-dyn-abi", 1, || {
        let ty = DynSolType::parse(black_box(text)).expect("a type");
        count(ty.abi_decode(black_box(payload)).expect("a value"))
    });
    b.row("abi-decode-nested-parsed", "alloy-dyn-abi", 1, || {
        count(parsed.abi_decode(black_box(payload)).expect("a value"))
    });
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut b = Bench { inputs: String::new(), wanted: Vec::new() };
    while let Some(arg) = args.next() {
        if arg == "--inputs" {
            b.inputs = args.next().expect("--inputs DIR");
        } else if arg == "--scratch" {
            args.next().expect("--scratch DIR");
        } else {
            b.wanted.push(arg);
        }
    }
    keccak(&b, "keccak256-8x64");
    keccak(&b, "keccak256-1x64");
    u256_pairs(&b, "u256-mul", |x, y| x.wrapping_mul(y));
    for row in ["u256-div", "u256-div-128", "u256-div-64"] {
        u256_pairs(&b, row, |x, y| x / y);
    }
    u256_triples(&b, "u256-addmod", |x, y, m| x.add_mod(y, m));
    u256_triples(&b, "u256-mulmod", |x, y, m| x.mul_mod(y, m));
    u256_pairs(&b, "u256-exp", |x, y| x.wrapping_pow(y));
    rlp(&b);
    json(&b);
    abi(&b);
    signatures::rows(&b);
    txs::rows(&b);
    tries::rows(&b);
    curves_bls::rows(&b);
    curves_bn::rows(&b);
    blocks::rows(&b);
    evm::rows(&b);
    hashes::rows(&b);
}

//! Tries: roots after changes, ordered roots, proofs.

use crate::method::{number, pieces, Bench};
use alloy_primitives::map::HashMap;
use alloy_primitives::{Bytes, B256, U256};
use alloy_trie::proof::verify_proof;
use alloy_trie::root::ordered_trie_root_encoded;
use alloy_trie::{BranchNodeCompact, HashBuilder, Nibbles, TrieAccount, EMPTY_ROOT_HASH, KECCAK_EMPTY};
use std::hint::black_box;

/// splitmix64, as tr_bench_random.
pub struct Random(pub u64);

impl Random {
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn key(&mut self) -> [u8; 32] {
        let mut key = [0; 32];
        for word in key.chunks_exact_mut(8) {
            word.copy_from_slice(&self.draw().to_le_bytes());
        }
        key
    }

    fn account(&mut self) -> Vec<u8> {
        alloy_rlp::encode(TrieAccount {
            nonce: self.draw() % 1000,
            balance: U256::from(self.draw()) * U256::from(1_000_000_000),
            storage_root: EMPTY_ROOT_HASH,
            code_hash: KECCAK_EMPTY,
        })
    }
}

/// A batch of changes: the places of leaves, sorted, and their two values.
type Batch = Vec<(usize, [Vec<u8>; 2])>;

/// A trie whose keys stay: its leaves in their order, and of its branches what alloy-trie gives to be
/// kept, from which it makes the next root without the parts that have not changed.
pub struct Trie {
    pub keys: Vec<Nibbles>,
    pub values: Vec<Vec<u8>>,
    pub branches: HashMap<Nibbles, BranchNodeCompact>,
}

impl Trie {
    /// The root over all leaves, nothing else.
    pub fn rebuild(&self) -> B256 {
        let mut builder = HashBuilder::default();
        for (key, value) in self.keys.iter().zip(&self.values) {
            builder.add_leaf_unchecked(*key, value);
        }
        builder.root()
    }

    /// The same, and keeps the branches.
    pub fn build(&mut self) -> B256 {
        let mut builder = kept();
        for (key, value) in self.keys.iter().zip(&self.values) {
            builder.add_leaf_unchecked(*key, value);
        }
        let root = builder.root();
        self.branches = builder.split().1;
        root
    }

    /// The root after changes at these leaves.
    pub fn update(&mut self, changed: &[usize]) -> B256 {
        let mut builder = kept();
        self.walk(&mut builder, 0, self.keys.len(), changed);
        let root = builder.root();
        self.branches.extend(builder.split().1);
        root
    }

    /// Gives the builder the leaves first..last, which are all those below some node; in their place
    /// the hashes of branches in which nothing has changed. A branch that was not kept has nothing
    /// but leaves.
    fn walk(&self, builder: &mut HashBuilder, first: usize, last: usize, mut changed: &[usize]) {
        if last - first == 1 {
            return builder.add_leaf_unchecked(self.keys[first], &self.values[first]);
        }
        let depth = self.keys[first].common_prefix_length(&self.keys[last - 1]);
        let mut path = self.keys[first].slice(..depth);
        let Some(branch) = self.branches.get(&path) else {
            for (key, value) in self.keys[first..last].iter().zip(&self.values[first..last]) {
                builder.add_leaf_unchecked(*key, value);
            }
            return;
        };
        let mut at = first;
        for nibble in (0..16).filter(|n| branch.state_mask.is_bit_set(*n)) {
            path.push(nibble);
            let is_here = |i: &&usize| self.keys[**i].get_unchecked(depth) == nibble;
            let here = changed.iter().take_while(is_here).count();
            let (below, beyond) = changed.split_at(here);
            if here == 0 && branch.hash_mask.is_bit_set(nibble) {
                let hash = branch.hash_for_nibble(nibble);
                builder.add_branch(path, hash, branch.tree_mask.is_bit_set(nibble));
            } else {
                at += self.leaves_below(at, last, depth, nibble, true);
                let len = self.leaves_below(at, last, depth, nibble, false);
                self.walk(builder, at, at + len, below);
                at += len;
            }
            changed = beyond;
            path.pop();
        }
    }

    /// How many of the leaves from `at` on have a lower nibble at this depth; or, if `lower` is not
    /// asked, this one or a lower one.
    fn leaves_below(&self, at: usize, last: usize, depth: usize, nibble: u8, lower: bool) -> usize {
        let is = |key: &Nibbles| {
            let n = key.get_unchecked(depth);
            n < nibble || (n == nibble && !lower)
        };
        let keys = &self.keys[at..last];
        if keys.len() < 64 {
            keys.iter().take_while(|key| is(key)).count()
        } else {
            keys.partition_point(is)
        }
    }
}

fn kept() -> HashBuilder {
    HashBuilder::default().with_updates(true)
}

/// The accounts and the batches that src/cli/bench/rows_trie.c describes.
fn accounts(document: &[u8]) -> (Trie, Vec<Batch>) {
    let [count, batches, size] = std::array::from_fn(|i| number(&document[4 * i..]).0);
    let seed = u64::from_le_bytes(document[12..20].try_into().expect("eight bytes"));
    let mut random = Random(seed);
    let drawn: Vec<_> = (0..count).map(|_| (random.key(), random.account())).collect();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_unstable_by_key(|i| drawn[*i].0);
    let mut place = vec![0; count];
    for (i, account) in order.iter().enumerate() {
        place[*account] = i;
    }
    let mut used_by = vec![0; count];
    let batches = (1..=batches)
        .map(|b| {
            let mut batch: Batch = (0..size)
                .map(|_| loop {
                    let account = (random.draw() % count as u64) as usize;
                    if used_by[account] != b {
                        used_by[account] = b;
                        return (place[account], [random.account(), random.account()]);
                    }
                })
                .collect();
            batch.sort_unstable_by_key(|change| change.0);
            batch
        })
        .collect();
    let trie = Trie {
        keys: order.iter().map(|i| Nibbles::unpack_array(&drawn[*i].0)).collect(),
        values: order.iter().map(|i| drawn[*i].1.clone()).collect(),
        branches: HashMap::default(),
    };
    (trie, batches)
}

/// Sorting the changes and finding their leaves is not in the time: it is done before.
fn update(b: &Bench, row: &str) {
    let Some(document) = b.input(row) else { return };
    let (mut trie, batches) = accounts(&document);
    assert_eq!(trie.rebuild(), B256::from_slice(&document[20..52]), "the root of all accounts");
    assert_eq!(trie.build(), trie.rebuild());
    let mut runs = 0;
    let mut changed = Vec::new();
    let mut change = |trie: &mut Trie, changed: &mut Vec<usize>| {
        let variant = runs / batches.len() % 2;
        changed.clear();
        for (leaf, values) in &batches[runs % batches.len()] {
            trie.values[*leaf].clone_from(&values[variant]);
            changed.push(*leaf);
        }
        runs += 1;
    };
    change(&mut trie, &mut changed);
    assert_eq!(trie.update(&changed), trie.rebuild(), "the root after a change");
    b.row(row, "alloy-trie", batches[0].len(), || {
        change(&mut trie, &mut changed);
        black_box(trie.update(&changed))[0].into()
    });
    b.row(row, "alloy-trie-rebuild", batches[0].len(), || {
        change(&mut trie, &mut changed);
        black_box(trie.rebuild())[0].into()
    });
}

fn ordered_root(b: &Bench) {
    let row = "ordered-root-10000";
    let Some(document) = b.input(row) else { return };
    let values = pieces(&document);
    b.row(row, "alloy-trie", 1, || ordered_trie_root_encoded(black_box(&values))[0].into());
}

struct Proof {
    key: [u8; 32],
    value: Vec<u8>,
    nodes: Vec<Bytes>,
}

fn proofs(mut rest: &[u8]) -> Vec<Proof> {
    let mut take = |len: Option<usize>| {
        let len = len.unwrap_or_else(|| {
            let (len, after) = number(rest);
            rest = after;
            len
        });
        let (piece, after) = rest.split_at(len);
        rest = after;
        piece
    };
    let count = number(take(Some(4))).0;
    (0..count)
        .map(|_| Proof {
            key: take(Some(32)).try_into().expect("a key"),
            value: take(None).to_vec(),
            nodes: (0..number(take(Some(4))).0).map(|_| Bytes::copy_from_slice(take(None))).collect(),
        })
        .collect()
}

fn account_proof(b: &Bench) {
    let row = "account-proof";
    let Some(document) = b.input(row) else { return };
    let root = B256::from_slice(&document[..32]);
    let proofs = proofs(&document[32..]);
    b.row(row, "alloy-trie", proofs.len(), || {
        for proof in black_box(&proofs) {
            let key = Nibbles::unpack_array(&proof.key);
            verify_proof(root, key, Some(proof.value.clone()), &proof.nodes).expect("a proof");
        }
        proofs.len() as u64
    });
}

pub fn rows(b: &Bench) {
    update(b, "trie-update-2000");
    update(b, "trie-update-100000");
    ordered_root(b);
    account_proof(b);
}

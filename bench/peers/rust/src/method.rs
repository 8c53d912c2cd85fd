//! The method of `trestle bench`, and the inputs.

use std::hint::black_box;
use std::time::Instant;

/// How long a row is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    samples: usize,
    warm_ns: u64,
    sample_ns: u64,
    slow_ns: u64, // no more samples after this time, but at least LEAST_SAMPLES
}

const FULL: Effort = Effort {
    samples: 25,
    warm_ns: 60_000_000,
    sample_ns: 8_000_000,
    slow_ns: 4_000_000_000,
};
/// For rows of which there are many; `trestle bench --quick` has the same.
pub const SHORT: Effort =
    Effort { samples: 15, warm_ns: 5_000_000, sample_ns: 1_000_000, slow_ns: 2_000_000_000 };
const LEAST_SAMPLES: usize = 3;

fn thread_ns() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) }, 0);
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

fn show(row: &str, peer: &str, mut ns: Vec<f64>) {
    ns.sort_by(f64::total_cmp);
    println!(
        "{{\"row\":\"{row}\",\"peer\":\"{peer}\",\"ns\":{:.4},\"min_ns\":{:.4}}}",
        ns[ns.len() / 2],
        ns[0]
    );
}

fn time_calls(run: &mut dyn FnMut() -> u64, calls: u64) -> u64 {
    let start = thread_ns();
    for _ in 0..calls {
        black_box(run());
    }
    thread_ns() - start
}

fn calls_in(run: &mut dyn FnMut() -> u64, ns: u64) -> u64 {
    let mut calls = 1;
    loop {
        let took = time_calls(run, calls);
        if took >= ns {
            return (calls * ns / took).max(1);
        }
        calls *= 2;
    }
}

pub struct Bench {
    pub inputs: String,
    pub wanted: Vec<String>,
}

impl Bench {
    /// The row's document, if the row is wanted.
    pub fn input(&self, row: &str) -> Option<Vec<u8>> {
        if !self.is_wanted(row) {
            return None;
        }
        std::fs::read(format!("{}/{}.bin", self.inputs, row)).ok()
    }

    fn is_wanted(&self, row: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|w| row.starts_with(w.as_str()))
    }

    /// The documents of a folder of inputs whose rows are wanted, each with its row: the name of
    /// the file after what such rows begin with.
    pub fn folder(&self, folder: &str, begins: &str) -> Vec<(String, Vec<u8>)> {
        let path = format!("{}/{}", self.inputs, folder);
        let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
        let mut all: Vec<_> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let row = format!("{begins}{}", path.file_stem()?.to_str()?);
                let document = self.is_wanted(&row).then(|| std::fs::read(path))?.ok()?;
                Some((row, document))
            })
            .collect();
        all.sort();
        all
    }

    pub fn row(&self, row: &str, peer: &str, ops: usize, run: impl FnMut() -> u64) {
        self.row_for(FULL, row, peer, ops, run)
    }

    pub fn row_for(
        &self,
        effort: Effort,
        row: &str,
        peer: &str,
        ops: usize,
        mut run: impl FnMut() -> u64,
    ) {
        calls_in(&mut run, effort.warm_ns);
        let calls = calls_in(&mut run, effort.sample_ns);
        let mut ns = Vec::new();
        let start = thread_ns();
        while ns.len() < effort.samples
            && (ns.len() < LEAST_SAMPLES || thread_ns() - start < effort.slow_ns)
        {
            ns.push(time_calls(&mut run, calls) as f64 / (calls as f64 * ops as f64));
        }
        show(row, peer, ns);
    }

    /// By the wall's clock, of work in several threads.
    pub fn wall_row(&self, row: &str, peer: &str, mut run: impl FnMut()) {
        run();
        let start = Instant::now();
        let mut ns = Vec::new();
        while ns.len() < FULL.samples
            && (ns.len() < LEAST_SAMPLES || start.elapsed().as_nanos() < FULL.slow_ns as u128)
        {
            let before = Instant::now();
            run();
            ns.push(before.elapsed().as_nanos() as f64);
        }
        show(row, peer, ns);
    }
}

/// Takes a document apart: a count, then for each piece its length and its bytes; numbers are 32
/// bits, lowest byte first.
pub fn pieces(document: &[u8]) -> Vec<&[u8]> {
    let (count, mut rest) = number(document);
    (0..count)
        .map(|_| {
            let (len, after) = number(rest);
            let (piece, after) = after.split_at(len);
            rest = after;
            piece
        })
        .collect()
}

pub fn number(bytes: &[u8]) -> (usize, &[u8]) {
    let (four, rest) = bytes.split_at(4);
    (u32::from_le_bytes(four.try_into().expect("four bytes")) as usize, rest)
}

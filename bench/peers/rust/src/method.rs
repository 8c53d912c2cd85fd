//! The method of `trestle bench`, and the inputs.

use std::hint::black_box;
use std::time::{Duration, Instant};

const SAMPLES: usize = 25;
const WARM_NS: u64 = 60_000_000;
const SAMPLE_NS: u64 = 8_000_000;
// No more samples after this time, but at least LEAST_SAMPLES.
const SLOW: Duration = Duration::from_secs(4);
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
        if !self.wanted.is_empty() && !self.wanted.iter().any(|w| row.starts_with(w.as_str())) {
            return None;
        }
        std::fs::read(format!("{}/{}.bin", self.inputs, row)).ok()
    }

    pub fn row(&self, row: &str, peer: &str, ops: usize, mut run: impl FnMut() -> u64) {
        calls_in(&mut run, WARM_NS);
        let calls = calls_in(&mut run, SAMPLE_NS);
        let mut ns = Vec::new();
        let start = thread_ns();
        while ns.len() < SAMPLES
            && (ns.len() < LEAST_SAMPLES || thread_ns() - start < SLOW.as_nanos() as u64)
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
        while ns.len() < SAMPLES && (ns.len() < LEAST_SAMPLES || start.elapsed() < SLOW) {
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

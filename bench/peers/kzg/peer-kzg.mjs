// The rows of KZG in c-kzg, which is C: the same inputs, the same method.
//
//   node peer-kzg.mjs --inputs DIR [ROW...]
//
// prints one JSON line for each row and peer.  Time is the processor time of the process.  A setup
// of c-kzg has tables for the proofs of cells or not; there is a peer for both ("c-kzg" without,
// "c-kzg-tables" with those of width 8, which its documents recommend), each in a process of its own.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const kzg = createRequire(import.meta.url)("c-kzg");
const SAMPLES = 11, BLOB = 131072, CELL = 2048, CELLS = 128, POINT = 48;
let inputs = ".", tables = 0;
const wanted = [];
for (let i = 2; i < process.argv.length; i++) {
    if (process.argv[i] === "--inputs") inputs = process.argv[++i];
    else if (process.argv[i] === "--scratch") i++;
    else if (process.argv[i] === "--tables") tables = 8;
    else wanted.push(process.argv[i]);
}

function row(name, run) {
    let document;
    if (wanted.length !== 0 && !wanted.some((w) => name.startsWith(w))) return;
    try {
        document = readFileSync(join(inputs, name + ".bin"));
    } catch {
        return;
    }
    const work = run(document), ns = [];
    work();
    for (let i = 0; i < SAMPLES; i++) {
        const start = process.cpuUsage();
        work();
        const took = process.cpuUsage(start);
        ns.push((took.user + took.system) * 1e3);
    }
    ns.sort((a, b) => a - b);
    const peer = tables ? "c-kzg-tables" : "c-kzg";
    console.log(JSON.stringify({ row: name, peer, ns: ns[SAMPLES >> 1], min_ns: ns[0] }));
}

function cut(document, at, size, count) {
    return Array.from({ length: count }, (_, i) =>
        Uint8Array.from(document.subarray(at + i * size, at + (i + 1) * size)));
}

function must(truth) {
    if (!truth) throw new Error("c-kzg refuses what Trestle made");
}

function cellsOf(document) {
    const commitment = cut(document, 0, POINT, 1)[0];
    const cells = cut(document, POINT, CELL, CELLS);
    const proofs = cut(document, POINT + CELLS * CELL, POINT, CELLS);
    return { commitment, cells, proofs };
}

kzg.loadTrustedSetup(tables);
row("kzg-cells", (d) => () => kzg.computeCellsAndKzgProofs(d));
row("kzg-recover", (d) => {
    const { cells } = cellsOf(d), even = cells.filter((_, i) => i % 2 === 0);
    const indexes = even.map((_, i) => 2 * i);
    return () => kzg.recoverCellsAndKzgProofs(indexes, even);
});
if (tables === 0) {
    row("kzg-commit", (d) => () => kzg.blobToKzgCommitment(d));
    row("kzg-prove-blob", (d) => {
        const commitment = kzg.blobToKzgCommitment(d);
        return () => kzg.computeBlobKzgProof(d, commitment);
    });
    row("kzg-check-blobs-6", (d) => {
        const size = BLOB + 2 * POINT, all = cut(d, 0, size, 6);
        const blobs = all.map((x) => x.slice(0, BLOB));
        const commitments = all.map((x) => x.slice(BLOB, BLOB + POINT));
        const proofs = all.map((x) => x.slice(BLOB + POINT));
        return () => must(kzg.verifyBlobKzgProofBatch(blobs, commitments, proofs));
    });
    row("kzg-check-cells-128", (d) => {
        const { commitment, cells, proofs } = cellsOf(d);
        const indexes = cells.map((_, i) => i), commitments = cells.map(() => commitment);
        return () => must(kzg.verifyCellKzgProofBatch(commitments, indexes, cells, proofs));
    });
    process.stdout.write(execFileSync(process.execPath,
        [...process.argv.slice(1), "--tables"]));
}

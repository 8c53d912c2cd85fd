// The rows of `trestle bench` in npm packages: the same inputs, the same method.
//
//   node peer-node.mjs --inputs DIR [ROW...]
//
// prints one JSON line for each row and peer.  Time is the processor time of the process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AbiCoder, ParamType } from "ethers";

const SAMPLES = 25, WARM_US = 300e3, SAMPLE_US = 20e3;
let sink = 0;

function timeCalls(run, calls) {
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) sink += run();
    const took = process.cpuUsage(start);
    return took.user + took.system;
}

function callsIn(run, us) {
    for (let calls = 1; ; calls *= 2) {
        const took = timeCalls(run, calls);
        if (took >= us) return Math.max(Math.floor(calls * us / took), 1);
    }
}

function row(name, peer, run) {
    callsIn(run, WARM_US);
    const calls = callsIn(run, SAMPLE_US);
    const ns = [];
    for (let i = 0; i < SAMPLES; i++) ns.push(timeCalls(run, calls) * 1e3 / calls);
    ns.sort((a, b) => a - b);
    console.log(JSON.stringify({ row: name, peer, ns: ns[SAMPLES >> 1], min_ns: ns[0] }));
}

function input(name) {
    if (wanted.length !== 0 && !wanted.some((w) => name.startsWith(w))) return null;
    try {
        return readFileSync(join(inputs, name + ".bin"));
    } catch {
        return null;
    }
}

function abi(name) {
    const document = input(name);
    if (document === null) return;
    const length = document.readUInt32LE(0);
    const text = document.toString("utf8", 4, 4 + length);
    const payload = Uint8Array.from(document.subarray(4 + length));
    const coder = AbiCoder.defaultAbiCoder(), parsed = ParamType.from(text);
    if (coder.decode([text], payload)[0].length !== 16) throw new Error("not the document");
    row(name, "ethers", () => coder.decode([text], payload)[0].length);
    row(name + "-parsed", "ethers", () => coder.decode([parsed], payload)[0].length);
}

let inputs = ".";
const wanted = [];
for (let i = 2; i < process.argv.length; i++) {
    if (process.argv[i] === "--inputs") inputs = process.argv[++i];
    else if (process.argv[i] === "--scratch") i++;
    else wanted.push(process.argv[i]);
}
abi("abi-decode-nested");
if (sink < 0) console.error(sink);

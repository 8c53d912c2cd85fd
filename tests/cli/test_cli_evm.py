#!/usr/bin/env python3
"""`trestle evm` from outside: what other tools that drive such a program rely on.

    test_cli_evm.py TRESTLE

TAP on stdout.  Each case is a function.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

TRESTLE = os.path.abspath(sys.argv[1])
CASES = []
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ARCHIVE = os.path.join(ROOT, "..", "shared", "vectors", "geth-vectors", "geth-t8n-eip3155.tar.zst")
DATA = None  # cmd/evm/testdata of the archive, once unpacked

# One account with money and one with code that stores 1 at 0.
KEY = "0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8"
SENDER = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
CONTRACT = "0x00000000000000000000000000000000000000aa"
ALLOC = {SENDER: {"balance": "0xde0b6b3a7640000"}, CONTRACT: {"balance": "0x0", "code": "0x600160005500"}}
ENV = {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentNumber": "0x1",
       "currentTimestamp": "0x3e8", "currentGasLimit": "0x1000000", "currentRandom": "0x0",
       "currentBaseFee": "0x7", "withdrawals": [], "currentExcessBlobGas": "0x0",
       "parentBeaconBlockRoot": "0x" + "00" * 32}


def tx(nonce, **more):
    return {"type": "0x0", "nonce": hex(nonce), "gas": "0x186a0", "gasPrice": "0xa", "to": CONTRACT,
            "value": "0x0", "input": "0x", "v": "0x0", "r": "0x0", "s": "0x0", "secretKey": KEY, **more}


def case(function):
    CASES.append(function)
    return function


def run(*args, text=None, cwd=None):
    done = subprocess.run([TRESTLE, "evm", *args], input=text, text=True, capture_output=True, cwd=cwd,
                          timeout=120)
    return done.returncode, done.stdout, done.stderr


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, expected {want!r}")


def three_lines(err):
    lines = err.strip().splitlines()[-3:]
    starts = ["error: ", "  because  ", "  try      "]
    if len(lines) != 3 or any(not l.startswith(s) for l, s in zip(lines, starts)):
        raise AssertionError(f"not the three lines of an error: {err!r}")


def t8n(txs, env=None, alloc=None, fork="Cancun", more=()):
    document = {"alloc": alloc or ALLOC, "env": env or ENV, "txs": txs}
    code, out, err = run("t8n", "--input.alloc=stdin", "--input.txs=stdin", "--input.env=stdin",
                         "--output.result=stdout", "--output.alloc=stdout", "--output.body=stdout",
                         f"--state.fork={fork}", "--state.chainid=1", *more, text=json.dumps(document))
    return code, json.loads(out) if code == 0 else out, err


@case
def t8n_over_standard_input_as_test_fillers_drive_it():
    code, out, _ = t8n([tx(0), tx(1), tx(7)], more=["--state.reward", "0"])
    equal(code, 0)
    result = out["result"]
    equal(len(result["receipts"]), 2)
    equal([r["status"] for r in result["receipts"]], ["0x1", "0x1"])
    equal(result["rejected"], [{"index": 2, "error": "nonce too high: address "
                                "0xa94f5374Fce5edBC8E2a8697C15331677e6EbF0B, tx: 7 state: 2"}])
    equal(out["alloc"][CONTRACT]["storage"], {"0x" + "00" * 32: "0x" + "00" * 31 + "01"})
    equal(out["alloc"][SENDER]["nonce"], "0x2")
    assert out["body"].startswith("0xf8"), out["body"]
    equal(result["receipts"][0]["cumulativeGasUsed"], hex(21000 + 6 + 22100))
    equal(result["gasUsed"], result["receipts"][1]["cumulativeGasUsed"])


@case
def t8n_tells_its_faults_by_exit_codes():
    lacks = {k: v for k, v in ENV.items() if k != "currentRandom"}
    equal(t8n([], env=lacks)[0], 3)
    equal(t8n([], fork="Nowhere")[0], 3)
    equal(t8n([], env={**ENV, "currentNumber": "x"})[0], 10)
    code, _, err = run("t8n", "--input.alloc=/nowhere/alloc.json")
    equal(code, 11)
    three_lines(err)
    code, _, _ = run("t8n", "--input.alloc=stdin", text="{")
    equal(code, 10)
    blockhash = {**ALLOC, CONTRACT: {"balance": "0x0", "code": "0x600140"}}
    code, _, err = t8n([tx(0)], env={**ENV, "currentNumber": "0x5"}, alloc=blockhash)
    equal(code, 4)
    assert "getHash(1) invoked" in err, err
    code, _, _ = t8n("0x01")
    equal(code, 12)
    no_contracts = t8n([], fork="Prague")
    equal(no_contracts[0], 2)


@case
def t8n_writes_files_and_traces_into_its_folder():
    with tempfile.TemporaryDirectory() as folder:
        document = json.dumps({"alloc": ALLOC, "env": ENV, "txs": [tx(0)]})
        code, _, err = run("t8n", "--input.alloc=stdin", "--input.txs=stdin", "--input.env=stdin",
                           "--state.fork", "Cancun", "--trace", "--output.basedir", folder,
                           "--output.body=body.json", text=document)
        equal((code, err), (0, ""))
        result = json.load(open(os.path.join(folder, "result.json")))
        equal(sorted(os.path.basename(p) for p in glob.glob(folder + "/*.json")),
              ["alloc.json", "body.json", "result.json"])
        name = f"trace-0-{result['receipts'][0]['transactionHash']}.jsonl"
        lines = [json.loads(l) for l in open(os.path.join(folder, name))]
        equal([l["opName"] for l in lines[:-1]], ["PUSH1", "PUSH1", "SSTORE", "STOP"])
        equal(lines[-1]["gasUsed"], hex(22106))
        code, _, _ = run("t8n", "--input.alloc=stdin", "--input.txs=stdin", "--input.env=stdin",
                         "--state.fork", "Cancun", "--trace.tracer", "callTracer", "--output.basedir",
                         folder, text=document)
        equal(code, 0)
        call = json.load(open(os.path.join(folder, name.replace("jsonl", "json"))))
        equal((call["type"], call["to"]), ("CALL", CONTRACT))


@case
def t9n_says_who_sent_what():
    code, out, _ = run("t9n", "--input.txs=stdin", "--state.fork", "London",
                       text=json.dumps({"txs": [tx(0), tx(0, gas="0x1")]}))
    equal(code, 0)
    good, bad = json.loads(out)
    equal((good["address"], good["intrinsicGas"]), (SENDER, "0x5208"))
    equal(bad["error"], "intrinsic gas too low: have 1, want 21000")


@case
def b11r_puts_a_block_together():
    header = {"stateRoot": "0x" + "11" * 32, "number": "0x1", "gasLimit": "0x1000", "timestamp": "0x5",
              "difficulty": "0x20000"}
    with tempfile.TemporaryDirectory() as folder:
        for name, value in (("header.json", header), ("ommers.json", []), ("txs.rlp", "c0")):
            json.dump(value, open(os.path.join(folder, name), "w"))
        code, out, err = run("b11r", "--input.ommers", "ommers.json", "--output.block=stdout", cwd=folder)
        equal((code, err), (0, ""))
        block = json.loads(out)
        assert block["rlp"].startswith("0xf9") and len(block["hash"]) == 66, block
        json.dump({"number": "0x1"}, open(os.path.join(folder, "header.json"), "w"))
        code, _, err = run("b11r", "--output.block=stdout", cwd=folder)
        equal(code, 10)
        three_lines(err)


@case
def run_prints_the_output_or_the_error():
    equal(run("run", "60016000526020" + "6000f3")[:2], (0, "0x" + "00" * 31 + "01\n"))
    code, out, _ = run("run", "--code", "0xfe")

    assert "error" in out, out
    # initcode whose code is one byte, and what was stored by call data
    code, out, _ = run("run", "--create", "--dump", "--code", "600160005360016000f3")
    assert '"code": "0x01"' in out, out
    code, out, _ = run("run", "--input", "0x2a", "--dump", "--code", "60003560f81c600155")
    assert '"0x' + "00" * 31 + '01": "2a"' in out, out
    code, _, err = run("run", "60zz")
    equal(code, 1)
    three_lines(err)


@case
def run_takes_a_genesis_and_a_fork():
    with tempfile.NamedTemporaryFile("w", suffix=".json") as genesis:
        json.dump({"alloc": {CONTRACT: {"balance": "0x5", "code": "0x47600052" + "60206000f3"}}}["alloc"], genesis)
        genesis.flush()
        code, out, _ = run("run", "--prestate", genesis.name, "--receiver", CONTRACT)
        equal((code, out), (0, "0x" + "00" * 31 + "05\n"))
        code, out, _ = run("run", "--prestate", genesis.name, "--receiver", CONTRACT, "--fork", "Byzantium")
        assert "error" in out, out  # no SELFBALANCE yet
    equal(run("run", "--fork", "Nowhere", "00")[0], 1)


@case
def bench_says_how_long_it_took():
    for words in (["run", "--bench", "6040"], ["bench", "6040"], ["run", "--statdump", "6040"]):
        code, _, err = run(*words)
        equal(code, 0)
        assert re.fullmatch(r"EVM gas used:    3\nexecution time:  \d+\.\d+.s\nallocations:     \d+\n"
                            r"allocated bytes: \d+\n", err), err


def state_test(hash_, **more):
    return {"one": {"env": ENV, "pre": ALLOC, "transaction": {
        "nonce": "0x0", "gasPrice": "0xa", "gasLimit": ["0x186a0"], "to": CONTRACT, "value": ["0x0"],
        "data": ["0x"], "secretKey": KEY, "sender": SENDER}, "post": {"Cancun": [
            {"hash": hash_, "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
             "indexes": {"data": 0, "gas": 0, "value": 0}, **more}]}}}


@case
def statetest_lists_how_each_case_went():
    with tempfile.NamedTemporaryFile("w", suffix=".json") as fixture:
        json.dump(state_test("0x" + "00" * 32), fixture)
        fixture.flush()
        code, out, err = run("statetest", fixture.name)
        equal(code, 0)
        (one,) = json.loads(out)
        equal((one["name"], one["fork"], one["pass"]), ("one", "Cancun", False))
        assert one["error"].startswith("post state root mismatch: got "), one
        equal(err, '{"stateRoot": "%s"}\n' % one["stateRoot"])
        root = one["stateRoot"]
        equal(run("statetest", "--check", fixture.name)[0], 7)
        equal(json.loads(run("statetest", "--run", "^two", fixture.name)[1]), [])
        equal(json.loads(run("statetest", "--fork", "London", fixture.name)[1]), [])
        fixture.seek(0)
        fixture.truncate()
        json.dump(state_test(root), fixture)
        fixture.flush()
        code, out, err = run("statetest", "--json", "--dump", fixture.name)
        (one,) = json.loads(out)
        equal((one["pass"], one["state"][CONTRACT]["storage"]),
              (True, {"0x" + "00" * 32: "0x" + "00" * 31 + "01"}))
        lines = [json.loads(l) for l in err.splitlines()]
        equal(lines[0]["opName"], "PUSH1")
        equal(lines[-1], {"stateRoot": root})
        code, out, _ = run("statetest", "--human", text=fixture.name + "\n")
        equal((code, out), (0, "PASS one [Cancun]\n1 passed, 0 failed\n"))
        fixture.seek(0)
        fixture.truncate()
        json.dump(state_test(root, expectException="TransactionException.NONCE_IS_MAX"), fixture)
        fixture.flush()
        (one,) = json.loads(run("statetest", fixture.name)[1])
        equal(one["pass"], False)


@case
def a_broken_fixture_is_an_error_of_its_own():
    with tempfile.NamedTemporaryFile("w", suffix=".json") as fixture:
        fixture.write("{")
        fixture.flush()
        for verb in ("statetest", "blocktest", "trace"):
            code, _, err = run(verb, fixture.name)
            equal(code, 1)
            three_lines(err)
        fixture.write('"one": {}}')
        fixture.flush()
        (one,) = json.loads(run("blocktest", fixture.name)[1])
        equal(one["pass"], False)
        (one,) = json.loads(run("statetest", fixture.name)[1])
        equal(one["pass"], False)


@case
def what_it_does_not_know_it_says():
    for words in ([], ["statetst"], ["run", "--gaz", "1"], ["run", "--gas"], ["run", "--trace.format", "x", "00"]):
        code, _, err = run(*words)
        equal(code, 2)
        three_lines(err)
    assert "statetest" in run("statetst")[2]
    assert "--gas" in run("run", "--gaz", "1")[2]


def without_log(text):
    """Lines of a log, which the originals have among their output, carry the time."""
    return "".join(l for l in text.splitlines(True) if not re.match(r"(INFO|WARN) \[", l))


def original(name):
    return open(os.path.join(DATA, "evmrun", name), encoding="utf-8").read()


@case
def what_run_and_statetest_print_is_what_geth_prints():
    if DATA is None:
        return
    for number, words in (("1", ["run", "--trace", "--trace.format=json", "6040"]),
                          ("1", ["run", "--json", "6040"]),
                          ("2", ["run", "--trace", "--trace.format=struct", "0x6040"]),
                          ("3", ["run", "--trace", "--trace.format=struct", "--dump", "0x6040"]),
                          ("4", ["run", "--trace", "--dump", "0x6040"]),
                          ("5", ["run", "--trace", "--trace.format=md", "0x6040"]),
                          ("6", ["statetest", "statetest.json"]),
                          ("7", ["statetest", "--trace", "--trace.format=md", "statetest.json"]),
                          ("8", ["statetest", "--trace", "--trace.format=json", "statetest.json"])):
        code, out, err = run(*words, cwd=DATA)
        equal(code, 0)
        equal(out, original(f"{number}.out.1.txt"))
        equal(err, without_log(original(f"{number}.out.2.txt")))
    for number, words in (("9", ["run", "--bench", "6040"]), ("10", ["statetest", "--bench", "statetest.json"])):
        code, out, err = run(*words, cwd=DATA)
        assert re.match(original(f"{number}.out.1.txt"), out), out
        assert re.match(original(f"{number}.out.2.txt"), err), err


def main():
    global DATA
    with tempfile.TemporaryDirectory() as folder:
        if os.path.exists(ARCHIVE):
            subprocess.run(f"zstd -dc {ARCHIVE} | tar xf - -C {folder}", shell=True, check=True)
            (DATA,) = glob.glob(folder + "/**/cmd/evm/testdata", recursive=True)
        print("TAP version 13")
        print(f"1..{len(CASES)}", flush=True)
        bad = 0
        for number, function in enumerate(CASES, 1):
            try:
                function()
                print(f"ok {number} - {function.__name__}", flush=True)
            except Exception as error:  # any failure is one failed case, the others still run
                bad += 1
                print(f"not ok {number} - {function.__name__}\n# {error!r}", flush=True)
        return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

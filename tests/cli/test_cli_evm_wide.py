#!/usr/bin/env python3
"""`trestle evm` in its breadth: every kind of transaction and why it is refused, chains of blocks
made and then run, networks, traces, and wrong input to each command.

    test_cli_evm_wide.py TRESTLE

TAP on stdout, as test_cli_evm.py, whose ways of calling the program are used here.
"""
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from test_cli_evm import (  # noqa: E402
    ALLOC, CASES, CONTRACT, ENV, KEY, SENDER, case, equal, main, run, state_test, t8n, three_lines, tx)

CASES.clear()  # its own are run there

ZERO_HASH = "0x" + "00" * 32
BLOB = "0x01" + "00" * 31
LOGGER = "0x00000000000000000000000000000000000010f5"
CODED = "0x00000000000000000000000000000000000c0ded"
# What Prague asks for requests; the code stops at once, so there are none.
ASKED = {"0x00000961ef480eb55e80d19ad83579a64c007002": {"balance": "0x0", "code": "0x00"},
         "0x0000bbddc7ce488642fb579f8b00f3a590007251": {"balance": "0x0", "code": "0x00"}}
WIDE = {**ALLOC, **ASKED, LOGGER: {"balance": "0x0", "code": "0x602a60005260016002602060" + "00a200"}}


def refused(words, exit_code, *args, text=None, cwd=None):
    """The program fails with this exit code, three lines, and these words in them."""
    code, _, err = run(*args, text=text, cwd=cwd)
    equal(code, exit_code)
    three_lines(err)
    if words not in err:
        raise AssertionError(f"{words!r} is not in {err!r}")


def rlp(value):
    """The RLP of bytes, numbers and lists of them."""
    if isinstance(value, int):
        value = value.to_bytes((value.bit_length() + 7) // 8, "big")
    if isinstance(value, list):
        return head(0xc0, b"".join(rlp(v) for v in value))
    return value if len(value) == 1 and value[0] < 0x80 else head(0x80, value)


def head(base, body):
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return (bytes([base + len(body)]) if len(body) < 56 else bytes([base + 55 + len(size)]) + size) + body


def items(text):
    """The items of an RLP list in hex, as bytes each."""
    def size_at(at):
        first = raw[at]
        if first < 0x80:
            return at, 1
        short, long = (0x80, 0xb7) if first < 0xc0 else (0xc0, 0xf7)
        if first <= long:
            return at + 1, first - short
        count = first - long
        return at + 1 + count, int.from_bytes(raw[at + 1:at + 1 + count], "big")
    raw = bytes.fromhex(text[2:])
    at, _ = size_at(0)
    out = []
    while at < len(raw):
        start, size = size_at(at)
        out.append(raw[at:start + size])
        at = start + size
    return out


def fees(**more):
    legacy = tx(0)
    del legacy["gasPrice"]
    return {**legacy, "type": "0x2", "chainId": "0x1", "maxFeePerGas": "0x64", "maxPriorityFeePerGas": "0x1",
            "accessList": [], **more}


def blobs(**more):
    return fees(**{"type": "0x3", "maxFeePerBlobGas": "0x64", "blobVersionedHashes": [BLOB], **more})


def set_code(**more):
    authorization = {"chainId": "0x1", "address": CONTRACT, "nonce": "0x1", "yParity": "0x0", "r": "0x1", "s": "0x1"}
    return fees(**{"type": "0x4", "authorizationList": [authorization], **more})


def why(transaction, fork="Osaka", env=None, alloc=None):
    """What is said of a transaction that is not taken; None of one that is."""
    code, out, err = t8n([transaction], fork=fork, env=env or {**ENV, "currentGasLimit": "0x2000000"},
                         alloc=alloc or WIDE)
    equal((code, err), (0, ""))
    rejected = out["result"].get("rejected", [])
    equal(len(rejected) + len(out["result"]["receipts"]), 1)
    return rejected[0]["error"] if rejected else None


@case
def every_type_of_transaction_is_taken():
    listed = {**tx(0), "type": "0x1", "chainId": "0x1",
              "accessList": [{"address": CONTRACT, "storageKeys": [ZERO_HASH]}]}
    gas = []
    for number, transaction in enumerate((tx(0), listed, fees(), blobs(), set_code())):
        code, out, _ = t8n([transaction], fork="Osaka", alloc=WIDE)
        equal(code, 0)
        (receipt,) = out["result"]["receipts"]
        equal((receipt["status"], receipt.get("type", "0x0")), ("0x1", hex(number)))
        gas.append(int(receipt["gasUsed"], 16))
        if number == 3:
            equal((receipt["blobGasUsed"], receipt["blobGasPrice"]), ("0x20000", "0x1"))
            equal(out["result"]["blobGasUsed"], "0x20000")
    # the address and the slot of the list cost 2400 and 1900, and make the slot 2100 cheaper
    equal([g - gas[0] for g in gas], [0, 2400 + 1900 - 2100, 0, 0, 25000])


@case
def each_reason_to_refuse_a_transaction_is_said():
    who = "address 0xa94f5374Fce5edBC8E2a8697C15331677e6EbF0B"
    money = WIDE[SENDER]
    signature = "invalid transaction v, r, s values"
    no_address = "rlp: input string too short for common.Address, decoding into (types.Transaction)"
    for words, transaction, more in (
            (f"nonce has max value: {who}, nonce: 18446744073709551615", tx(2 ** 64 - 1), {}),
            (f"nonce too low: {who}, tx: 0 state: 5", tx(0), {"alloc": {**WIDE, SENDER: {**money, "nonce": "0x5"}}}),
            (f"sender not an eoa: {who}, len(code): 1", tx(0), {"alloc": {**WIDE, SENDER: {**money, "code": "0x00"}}}),
            (f"insufficient funds for gas * price + value: {who} have 1000000000000000000 want 1000000000001000000",
             tx(0, value="0xde0b6b3a7640000"), {}),
            (f"max priority fee per gas higher than max fee per gas: {who}, maxPriorityFeePerGas: 101, "
             "maxFeePerGas: 100", fees(maxPriorityFeePerGas="0x65"), {}),
            (f"max fee per gas less than block base fee: {who}, maxFeePerGas: 6, baseFee: 7",
             fees(maxFeePerGas="0x6"), {}),
            (f"max fee per blob gas less than block blob gas fee: {who} blobGasFeeCap: 0, blobBaseFee: 1",
             blobs(maxFeePerBlobGas="0x0"), {}),
            ("intrinsic gas too low: have 20999, want 21000", tx(0, gas="0x5207"), {}),
            ("insufficient gas for floor data gas cost: have 61439, want 61440",
             tx(0, input="0x" + "11" * 1011, gas=hex(61439)), {}),
            ("max initcode size exceeded: code size 49153 limit 49152",
             tx(0, to="", input="0x" + "00" * 49153, gas="0x1000000"), {}),
            ("transaction gas limit too high (cap: 16777216, tx: 16777217)", tx(0, gas="0x1000001"), {}),
            ("gas limit reached", tx(0, gas="0x1000001"), {"fork": "Prague", "env": ENV}),
            ("blob transaction missing blob hashes", blobs(blobVersionedHashes=[]), {}),
            ("blob 1 has invalid hash version", blobs(blobVersionedHashes=[BLOB, "0x02" + "00" * 31]), {}),
            ("too many blobs in transaction (have 7, permitted 6)", blobs(blobVersionedHashes=[BLOB] * 7), {}),
            ("blob gas (917504) would exceed maximum allowance 786432", blobs(blobVersionedHashes=[BLOB] * 7),
             {"fork": "Cancun"}),
            (no_address + "(types.BlobTx).To", blobs(to=""), {}),
            (no_address + "(types.SetCodeTx).To", set_code(to=""), {}),
            ("EIP-7702 transaction with empty auth list", set_code(authorizationList=[]), {}),
            ("transaction type not supported", set_code(), {"fork": "Cancun"}),
            ("transaction type not supported", fees(), {"fork": "Berlin", "env": {**ENV, "currentDifficulty": "0x20000"}}),
            ("invalid chain id for signer", fees(chainId="0x2"), {}),
            ("gas * maxFeePerGas exceeds 256 bits", fees(maxFeePerGas="0x" + "ff" * 32), {}),
            (signature, tx(0, v="0x1b", r="0x1", s="0x" + "ff" * 32), {}),
            (signature, tx(0, v="0x1d", r="0x1", s="0x1"), {}),
            ("invalid chain id for signer", tx(0, v="0x99", r="0x1", s="0x1"), {})):
        equal(why(transaction, **more), words)


@case
def transactions_come_as_rlp_too():
    _, out, _ = t8n([tx(0), fees(nonce="0x1"), blobs(nonce="0x2")], fork="Osaka", alloc=WIDE)
    body, result = out["body"], out["result"]
    document = {"alloc": WIDE, "env": ENV, "txsRlp": body}
    words = ("t8n", "--input.alloc=stdin", "--input.txs=stdin", "--input.env=stdin", "--output.result=stdout",
             "--output.alloc=", "--state.fork=Osaka")
    code, out, err = run(*words, text=json.dumps(document))
    equal((code, err), (0, ""))
    equal(json.loads(out)["result"], result)
    bad = "0x" + rlp([b"\x05\xc0", items(body)[1][2:]]).hex()
    code, out, _ = run(*words, text=json.dumps({**document, "txsRlp": bad}))
    equal(code, 0)
    rejected = json.loads(out)["result"]["rejected"]
    equal([r["index"] for r in rejected], [0, 1])
    equal(rejected[0]["error"], "transaction type not supported")
    for wrong in ("0x1", "0x01", "0xf8", "0xc2c3c0"):
        refused("the state transition failed", 12, *words, text=json.dumps({**document, "txsRlp": wrong}))
    equal(run(*words, text=json.dumps({"alloc": WIDE, "env": ENV, "txs": {"a": 1}}))[0], 10)
    for wrong in (tx(0, secretKey=KEY + "z"), tx(0, gas="0xx")):
        equal(run(*words, text=json.dumps({"alloc": WIDE, "env": ENV, "txs": [wrong]}))[0], 10)


@case
def logs_and_creations_are_in_the_receipts():
    code, out, _ = t8n([tx(0, to=LOGGER), tx(1, to="", input="0x6001600c60003960016000f300")], fork="Osaka", alloc=WIDE)
    equal(code, 0)
    logging, creating = out["result"]["receipts"]
    (log,) = logging["logs"]
    equal((log["address"], log["topics"], log["data"]),
          (LOGGER, ["0x" + "00" * 31 + "02", "0x" + "00" * 31 + "01"], "0x" + "00" * 31 + "2a"))
    assert int(logging["logsBloom"], 16) != 0 and out["result"]["logsBloom"] == logging["logsBloom"], out
    equal(creating["contractAddress"], "0x" + "ec0e71ad0a90ffe1909d27dac207f7680abba42d")
    equal(out["alloc"][creating["contractAddress"]]["code"], "0x00")
    code, out, _ = t8n([tx(0)], fork="Homestead", env={**ENV, "currentDifficulty": "0x20000"},
                       more=["--state.reward", "2000"])
    equal(code, 0)
    equal(out["result"]["receipts"][0]["root"][:2], "0x")
    equal(len(out["result"]["receipts"][0]["root"]), 66)


@case
def the_environment_is_checked_and_completed():
    def result(fork, env, code=0):
        got, out, err = t8n([], fork=fork, env=env, alloc=WIDE)
        equal(got, code)
        return out["result"] if code == 0 else err
    bare = {k: v for k, v in ENV.items() if k not in ("currentBaseFee", "currentExcessBlobGas", "currentRandom")}
    parent = {"parentBaseFee": "0x3e8", "parentGasUsed": "0x10000", "parentGasLimit": "0x10000",
              "parentExcessBlobGas": "0xa0000", "parentBlobGasUsed": "0x60000", "currentRandom": "0x1"}
    got = result("Cancun", {**bare, **parent})
    equal((got["currentBaseFee"], got["currentExcessBlobGas"]), (hex(1125), "0xa0000"))
    assert "parentBaseFee" in result("London", {**bare, "currentDifficulty": "0x1"}, 3)
    assert "currentRandom" in result("Cancun", {**bare, "currentBaseFee": "0x7"}, 3)
    assert "difficulty must be zero" in result("Cancun", {**ENV, "currentDifficulty": "0x1"}, 3)
    assert "withdrawals" in result("Cancun", {k: v for k, v in ENV.items() if k != "withdrawals"}, 3)
    work = {**bare, "currentNumber": "0x5", "parentDifficulty": "0x20000", "parentTimestamp": "0x3e0"}
    equal(result("Berlin", work)["currentDifficulty"], hex(0x20000 + 0x20000 // 2048))
    uncles = {**work, "parentUncleHash": "0x" + "11" * 32,
              "ommers": [{"delta": 1, "address": "0x" + "0a" * 20}]}
    equal(result("Berlin", uncles)["currentDifficulty"], hex(0x20000 + 2 * (0x20000 // 2048)))
    code, out, _ = t8n([], fork="Berlin", env=uncles, alloc=WIDE, more=["--state.reward", "0x100"])
    equal((code, out["alloc"]["0x" + "0a" * 20]["balance"]), (0, hex(0x100 * 7 // 8)))
    assert "parentDifficulty" in result("Berlin", bare, 3)
    assert "block number 0" in result("Berlin", {**work, "currentNumber": "0x0"}, 3)
    assert "after parent time" in result("Berlin", {**work, "parentTimestamp": "0x3e8"}, 3)
    paid = {**ENV, "withdrawals": [{"index": "0x1", "validatorIndex": "0x2", "amount": "0x3", "address": CODED}]}
    code, out, _ = t8n([], fork="Shanghai", env=paid)
    equal((code, out["alloc"][CODED]["balance"]), (0, hex(3 * 10 ** 9)))
    for key, value in (("currentCoinbase", "0x1z"), ("currentGasLimit", "y"), ("currentNumber", None),
                       ("currentTimestamp", "0x1" + "00" * 8), ("currentBaseFee", "z"), ("currentDifficulty", "z"),
                       ("withdrawals", [{"index": "0x1"}]), ("ommers", [{"address": CODED}]),
                       ("parentExcessBlobGas", "z")):
        refused_env = {**ENV, key: value}
        assert "env." in result("Cancun", refused_env, 10), key
    for key in ("parentTimestamp", "parentUncleHash", "currentDifficulty"):
        assert key in result("Berlin", {**work, key: "z"}, 10)
    equal(t8n([], env=[1])[0], 10)
    for alloc in ([1], {"0x1z": {}}, {CONTRACT: {"balance": "z"}}, {CONTRACT: {"storage": {"0x1": "z"}}},
                  {CONTRACT: {"storage": {"0x1": "0x1", "0x01": "0x1"}}}, {"0xaa": {}, CONTRACT: {}}):
        equal(t8n([], alloc=alloc)[0], 10)


@case
def t8n_reads_and_writes_files_and_streams():
    with tempfile.TemporaryDirectory() as folder:
        for name, value in (("alloc", ALLOC), ("env", ENV), ("txs", [tx(0)])):
            json.dump(value, open(os.path.join(folder, name + ".json"), "w"))
        code, out, err = run("t8n", "--state.fork=Cancun", "--output.result", "stderr", "--output.alloc", "",
                             cwd=folder)
        equal((code, out), (0, ""))
        equal(len(json.loads(err)["result"]["receipts"]), 1)
        for more in (["--state.chainid", "x"], ["--state.reward", "x"], ["--trace.format", "x"]):
            equal(run("t8n", "--state.fork=Cancun", *more, cwd=folder)[0], 3)
        equal(run("t8n", "--state.fork=Cancun", "--trace.jsonconfig", "{", cwd=folder)[0], 10)
        for more in (["--trace.tracer", "noTracer"], ["--trace", "--output.basedir", "/nowhere"],
                     ["--output.basedir", "/nowhere"], ["--output.result", "/nowhere/result.json"],
                     ["--output.result", "x" * 5000]):
            equal(run("t8n", "--state.fork=Cancun", *more, cwd=folder)[0], 11)
        open(os.path.join(folder, "txs.json"), "w").write("{")
        refused("in txs.json", 10, "t8n", "--state.fork=Cancun", cwd=folder)


if __name__ == "__main__":
    sys.exit(main())

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


# Blocks: t8n says what they do, b11r puts them together, blocktest runs them.

NUMBERS = {"difficulty": "currentDifficulty", "gasUsed": "gasUsed", "baseFeePerGas": "currentBaseFee",
           "withdrawalsRoot": "withdrawalsRoot", "excessBlobGas": "currentExcessBlobGas",
           "blobGasUsed": "blobGasUsed", "requestsHash": "requestsHash"}


def block(fork, parent, env, alloc, txs):
    """A block as a fixture has it, and the accounts after it."""
    reward = {"Homestead": "5", "Berlin": "2"}.get(fork)
    code, out, err = t8n(txs, fork=fork, env=env, alloc=alloc,
                         more=[] if reward is None or env["currentNumber"] == "0x0" else
                         ["--state.reward", reward + "0" * 18])
    equal((code, err), (0, ""))
    result = out["result"]
    header = {"parentHash": parent, "miner": env["currentCoinbase"], "stateRoot": result["stateRoot"],
              "transactionsRoot": result["txRoot"], "receiptsRoot": result["receiptsRoot"],
              "logsBloom": result["logsBloom"], "number": env["currentNumber"], "gasLimit": env["currentGasLimit"],
              "timestamp": env["currentTimestamp"], "mixHash": ZERO_HASH, "nonce": "0x0000000000000000",
              **{ours: result[theirs] for ours, theirs in NUMBERS.items() if result.get(theirs)}}
    if "withdrawalsRoot" in header and "excessBlobGas" in header:
        header["parentBeaconBlockRoot"] = env["parentBeaconBlockRoot"]
    document = {"header": header, "txs": out["body"], "withdrawals": env.get("withdrawals")}
    words = ["--input.withdrawals=stdin"] if "withdrawalsRoot" in header else []
    code, made, err = run("b11r", "--input.header=stdin", "--input.txs=stdin", "--output.block=stdout", *words,
                          text=json.dumps(document))
    equal((code, err), (0, ""))
    made = json.loads(made)
    return {"rlp": made["rlp"], "blockHeader": {"hash": made["hash"]}}, out["alloc"]


def chain(fork, *steps, env=ENV, alloc=ALLOC):
    """A test of blocks, each with what is other in its environment and its transactions."""
    first, pre = block(fork, ZERO_HASH, {**env, "currentNumber": "0x0", "currentTimestamp": "0x0"}, alloc, [])
    states, blocks = [pre], [first]
    for parent, more, txs in steps:
        one, state = block(fork, blocks[parent]["blockHeader"]["hash"], {**env, **more}, states[parent], txs)
        blocks.append(one)
        states.append(state)
    return {"network": fork, "pre": pre, "genesisRLP": first["rlp"], "genesisBlockHeader": first["blockHeader"],
            "blocks": blocks[1:], "lastblockhash": blocks[-1]["blockHeader"]["hash"], "postState": states[-1]}


def blocktest(test, *words):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as fixture:
        json.dump({"one": test}, fixture)
        fixture.flush()
        code, out, err = run("blocktest", *words, fixture.name)
    equal(code, 0)
    (one,) = json.loads(out)
    return one, err


PLAIN = {k: v for k, v in ENV.items() if k not in ("withdrawals", "currentExcessBlobGas", "parentBeaconBlockRoot")}
WORK = {**{k: v for k, v in PLAIN.items() if k not in ("currentBaseFee", "currentRandom")},
        "currentDifficulty": "0x20000"}


@case
def blocks_that_t8n_and_b11r_made_pass_as_blocktests():
    later = {"currentNumber": "0x2", "currentTimestamp": "0x3e9"}
    for fork, env, alloc in (("Homestead", WORK, ALLOC), ("Berlin", WORK, ALLOC), ("Paris", PLAIN, ALLOC),
                             ("Shanghai", ENV, ALLOC), ("Cancun", ENV, ALLOC), ("Osaka", ENV, WIDE)):
        steps = [(0, {"currentTimestamp": "0x9"}, [tx(0), tx(1)]), (1, {**later, "currentTimestamp": "0x12"}, [tx(2)])]
        if env is WORK:  # a step of time that leaves the difficulty where it is
            steps = [(i, {**more, "currentTimestamp": hex(10 + 12 * i)}, txs) for i, more, txs in steps]
        test = chain(fork, *steps, env=env, alloc=alloc)
        one, _ = blocktest(test)
        equal((one["pass"], one.get("error")), (True, None))
        lines = blocktest(test, "--trace")[1].splitlines()
        assert [json.loads(l) for l in lines][0]["pc"] == 0, lines[:1]


@case
def the_heavier_branch_is_the_chain():
    quick, slow = {"currentTimestamp": "0x5"}, {"currentTimestamp": "0xf"}
    harder = {"currentDifficulty": hex(0x20000 + 64)}
    branches = chain("Berlin", (0, {**slow}, [tx(0)]), (0, {**quick, **harder}, [tx(0), tx(1)]),
                     (1, {"currentNumber": "0x2", "currentTimestamp": hex(15 + 12)}, [tx(1)]),
                     (2, {"currentNumber": "0x2", "currentTimestamp": hex(5 + 12), **harder}, [tx(2)]), env=WORK)
    one, _ = blocktest(branches)
    equal((one["pass"], one.get("error")), (True, None))
    third = branches["blocks"][2]["blockHeader"]["hash"]
    one, _ = blocktest({**branches, "lastblockhash": third})
    equal((one["pass"], one["error"]), (False, "another last block: number 2 (TR_E_STATE)"))


@case
def a_blocktest_says_what_is_not_as_it_should_be():
    good = chain("Cancun", (0, {}, [tx(0)]))
    (only,) = good["blocks"]
    bare = {k: v for k, v in only.items() if k != "blockHeader"}
    other, _ = block("Cancun", "0x" + "77" * 32, ENV, ALLOC, [])
    roots = {k: v for k, v in ENV.items() if k != "parentBeaconBlockRoot"}
    wrong, _ = block("Cancun", good["genesisBlockHeader"]["hash"], {**roots, "parentBeaconBlockRoot": "0x" + "01" * 32},
                     {**ALLOC, CODED: {"balance": "0x1"}}, [])
    elsewhere = {"blocks": [], "lastblockhash": good["genesisBlockHeader"]["hash"]}
    for words, more in (
            ("block 0: TR_E_HEADER_PARENT (no such parent), expected ", {"blocks": [other]}),
            ("block 0: TR_E_BLOCK_STATE_ROOT (block 1: another state root), expected ", {"blocks": [wrong]}),
            ("block 0: rlp is no hex text", {"blocks": [{"rlp": "0xz"}]}),
            ("block 0: TR_E_SHORT (", {"blocks": [{"rlp": "0xf8"}]}),
            ("block 0: TR_OK (), expected BlockException.INVALID_GAS_USED",
             {"blocks": [{**bare, "expectException": "BlockException.INVALID_GAS_USED"}]}),
            ("block 0: TR_E_HEADER_PARENT (no such parent), expected BlockException.INVALID_GAS_USED",
             {"blocks": [{**other, "expectException": "BlockException.INVALID_GAS_USED"}]}),
            ("block 0 has another hash", {"blocks": [{**only, "blockHeader": {"hash": ZERO_HASH}}]}),
            ("lastblockhash is missing or no hash (TR_E_JSON_FIELD)", {"lastblockhash": "0xz"}),
            ("another last block: number 1 (TR_E_STATE)", {"lastblockhash": ZERO_HASH}),
            ("the state after the last block is another one (TR_E_STATE)", {"postState": ALLOC}),
            ("the state after the last block is another one (TR_E_STATE)", {"postStateHash": ZERO_HASH}),
            ("postStateHash is no hash (TR_E_JSON_FIELD)", {"postStateHash": "z"}),
            ("the genesis is missing or no hex text (TR_E_JSON_FIELD)", {"genesisRLP": "0xz"}),
            ("the genesis has another hash (TR_E_STATE)", {"genesisBlockHeader": {"hash": ZERO_HASH}}),
            ("the genesis has another state root (TR_E_BLOCK_STATE_ROOT)", {"pre": WIDE}),
            ("config.chainid is no number (TR_E_JSON_FIELD)", {"config": {"chainid": "z"}}),
            ("no network Nowhere is known (TR_E_CHAIN_CONFIG)", {"network": "Nowhere"}),
            ("no entry of a blob schedule (TR_E_JSON_FIELD)", {"config": {"blobSchedule": {"Cancun": {"max": "z"}}}})):
        one, _ = blocktest({**good, **more})
        assert not one["pass"] and one["error"].startswith(words), (words, one)
    for more in ({"blocks": [{**other, "expectException": "BlockException.X|BlockException.UNKNOWN_PARENT"}],
                  "lastblockhash": elsewhere["lastblockhash"], "postState": good["pre"]},
                 {**elsewhere, "postState": None, "postStateHash": None},
                 {"config": {"chainid": "0x1", "blobSchedule": {
                     "Cancun": {"target": "0x3", "max": "0x6", "baseFeeUpdateFraction": "0x32f0ed"}}}}):
        one, _ = blocktest({k: v for k, v in {**good, **more}.items() if v is not None})
        equal((one["pass"], one.get("error")), (True, None))


@case
def networks_change_where_their_names_say():
    has_base_fee = ["4860005260206000f3"]
    has_push0 = ["5f60005260206000f3"]
    for fork, code, works in (("BerlinToLondonAt5", has_base_fee, False), ("LondonToParisAtDiff0xc0000", has_base_fee, True),
                              ("ParisToShanghaiAtTime15k", has_push0, False), ("ShanghaiToCancunAtTime15k", has_push0, True),
                              ("HomesteadToDaoAt5", has_push0, False), ("Dao", has_push0, False),
                              ("OsakaToBPO1AtTime15k", has_push0, True), ("BPO1", has_push0, True)):
        exit_code, out, _ = run("run", "--fork", fork, *code)
        equal((exit_code, "error" in out), (0, not works))
    for fork in ("ParisToShanghaiAtDiffz", "XToYAt1", "ParisToNowhereAt5", "BPO0", ""):
        refused("TR_E_CHAIN_CONFIG", 1, "run", "--fork", fork, "00")


GENESIS = {"config": {"chainId": 1, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0,
                      "byzantiumBlock": 0, "constantinopleBlock": 0, "petersburgBlock": 0, "istanbulBlock": 0,
                      "berlinBlock": 0, "londonBlock": 0, "terminalTotalDifficulty": 0, "shanghaiTime": 0},
           "difficulty": "0x0", "gasLimit": "0x1000000", "timestamp": "0x0", "mixHash": "0x" + "00" * 31 + "2a"}


@case
def trace_says_what_a_tracer_says():
    raw = "0x" + items(t8n([tx(0)])[1]["body"])[0].hex()
    document = {"genesis": {**GENESIS, "alloc": ALLOC}, "input": raw,
                "context": {"number": "1", "timestamp": "5", "gasLimit": "0x1000000", "baseFeePerGas": "7",
                            "difficulty": "0", "miner": ENV["currentCoinbase"]}}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tx.json")

        def traced(*words, **more):
            json.dump({**document, **more}, open(path, "w"))
            code, out, err = run("trace", *words, path)
            equal((code, err), (0, ""))
            return json.loads(out)

        call = traced("--tracer", "callTracer")
        equal((call["type"], call["from"], call["to"], call["gasUsed"]), ("CALL", SENDER, CONTRACT, hex(43106)))
        equal(traced("--trace.tracer", "callTracer"), call)
        equal([l["op"] for l in traced()["structLogs"]], ["PUSH1", "PUSH1", "SSTORE", "STOP"])
        diff = traced("--tracer", "prestateTracer", "--config", '{"diffMode": true}')
        equal(sorted(diff), ["post", "pre"])
        equal(traced("--tracer", "prestateTracer", tracerConfig={"diffMode": True}), diff)
        equal(traced("--tracer", "prestateTracer", "--trace.jsonconfig", '{"diffMode": true}'), diff)
        for words, say in ((["--tracer", "noTracer"], "TR_E_UNSUPPORTED"), (["--config", "{"], "TR_E_SHORT"),
                           (["--tracer", "prestateTracer", "--config", '{"diffMode": 1}'], "TR_E_TYPE")):
            refused(say, 1, "trace", *words, path)
        for more, say in (({"input": "0xz"}, "TR_E_JSON_FIELD"), ({"input": "0x04c0"}, "TR_E_"),
                          ({"genesis": {"config": GENESIS["config"]}}, "TR_E_JSON_FIELD"),
                          ({"genesis": {**GENESIS, "config": {"londonBlock": "z"}, "alloc": {}}}, "TR_E_"),
                          ({"genesis": {**GENESIS, "alloc": {}}}, "TR_E_TX_FUNDS")):
            json.dump({**document, **more}, open(path, "w"))
            refused(say, 1, "trace", path)


@case
def t9n_judges_bytes():
    body = t8n([tx(0), {**tx(1), "type": "0x1", "chainId": "0x1", "accessList": []},
                fees(nonce="0x2"), blobs(nonce="0x3"),
                set_code(nonce="0x4")], fork="Osaka", alloc=WIDE)[1]["body"]
    good = items(body)
    legacy = [bytes(i) for i in ([b""] * 9)]
    legacy[2], legacy[3] = (21000).to_bytes(2, "big"), bytes(20)
    legacy[6:] = [b"\x1b", b"\x01", b"\x01"]

    def other(**at):
        fields = list(legacy)
        for name, value in at.items():
            fields[int(name[1:])] = value
        return rlp(fields)

    listed = good + [other(), other(_1=b"\x01" * 33), other(_4=b"\x01" * 33), other(_1=b"\x01" * 33, _8=b"\x01" * 33),
                     other(_0=b"\x01" * 9), other(_3=b"\x01" * 19), rlp(b""), rlp(b"\x02\x01"), rlp(b"\x00\xc0"),
                     rlp(b"\x09\xc0"), rlp(b"\x02\xc0")]

    def judge(fork, raw):
        code, out, err = run("t9n", "--input.txs=stdin", "--state.fork", fork, text=json.dumps(raw))
        equal((code, err), (0, ""))
        return json.loads(out)

    raw = "0x" + head(0xc0, b"".join(listed)).hex()
    got = judge("Osaka", raw)
    equal(got, judge("Osaka", {"txsRlp": raw}))
    for verdict in got[:5]:
        equal((verdict["address"], verdict.get("error"), len(verdict["hash"])), (SENDER, None, 66))
    equal([v["intrinsicGas"] for v in got[:5]], ["0x5208"] * 4 + [hex(21000 + 25000)])
    equal([v["error"] for v in judge("Berlin", raw)[2:5]], ["transaction type not supported"] * 3)
    said = [v.get("error", "") for v in got[5:]]
    equal(said[1:4], ["gasPrice exceeds 256 bits", "value exceeds 256 bits", "invalid transaction v, r, s values"])
    equal(said[6:10], ["typed transaction too short" if i == 0 else
                       "rlp: expected input list for types.DynamicFeeTx" if i == 1 else
                       "transaction type not supported" for i in range(4)])
    for text in (said[4], said[5], said[10]):
        assert text.startswith("rlp: "), said
    words = []
    for transaction in (tx(2 ** 64 - 1), fees(maxPriorityFeePerGas="0x65"), fees(maxFeePerGas="0x" + "ff" * 32),
                        tx(0, gas="0x1000001"), blobs(blobVersionedHashes=[]), tx(0, gas="0x0"),
                        tx(0, v="0x1d", r="0x1", s="0x1")):
        (verdict,) = judge("Osaka", {"txs": [transaction]})
        words.append(verdict["error"])
    equal(words, ["nonce exceeds 2^64-1", "maxFeePerGas < maxPriorityFeePerGas", "gas * gasPrice exceeds 256 bits",
                  "gas limit exceeds maximum", "blob transaction missing blob hashes",
                  "intrinsic gas too low: have 0, want 21000", "invalid transaction v, r, s values"])
    for exit_code, more, text in ((10, [], "{"), (11, [], '"0xz"'), (11, [], '"0x01"'), (11, [], '"0xc2c3c0"'),
                                  (11, [], json.dumps({"txs": [{"type": "z"}]})), (3, ["--state.fork", "Nowhere"], "[]"),
                                  (3, ["--state.chainid", "z"], "[]")):
        refused("the transactions cannot be read", exit_code, "t9n", "--input.txs=stdin", *more, text=text)
    refused("the transactions cannot be read", 11, "t9n", "--input.txs=/nowhere/txs.rlp")


@case
def b11r_checks_each_part():
    first, _ = block("Osaka", ZERO_HASH, ENV, WIDE, [tx(0)])
    header = {"stateRoot": "0x" + "11" * 32, "number": "0x1", "gasLimit": "0x1000", "timestamp": "0x5"}
    full = {**header, "baseFeePerGas": "0x7", "withdrawalsRoot": ZERO_HASH, "parentBeaconBlockRoot": ZERO_HASH,
            "blobGasUsed": "0x0", "excessBlobGas": "0x0", "requestsHash": ZERO_HASH}
    seal = {"secretKey": KEY, "voted": CONTRACT, "authorize": True, "vanity": "0x" + "22" * 32}

    def build(document, *words):
        return run("b11r", "--input.header=stdin", "--input.txs=stdin", "--output.block=stdout", *words,
                   text=json.dumps({"header": full, "txs": "0xc0", **document}))

    def made(*words, **document):
        code, out, err = build(document, *words)
        equal((code, err), (0, ""))
        return json.loads(out)["rlp"]

    uncles = made("--input.ommers=stdin", header=header, ommers=[first["rlp"]])
    equal(len(items(uncles)), 3)
    equal(len(items("0x" + items(uncles)[0].hex())), 15)
    equal(len(items("0x" + items(made())[0].hex())), 21)
    paid = made("--input.withdrawals=stdin", withdrawals=[
        {"index": "0x1", "validatorIndex": "0x2", "amount": "0x3", "address": CODED}])
    equal(len(items(paid)), 4)
    for authorize in (True, False):
        sealed = made("--seal.clique=stdin", header=header, clique={**seal, "authorize": authorize})
        fields = items("0x" + items(sealed)[0].hex())
        equal(fields[12][2:34].hex(), "22" * 32)
        equal(fields[14].hex(), "88" + ("00" if authorize else "ff") * 8)
    for name in ("stateRoot", "number", "gasLimit", "timestamp", "gasUsed", "difficulty", "extraData", "parentHash",
                 "miner", "logsBloom", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "requestsHash"):
        code, _, err = build({"header": {**full, name: "0xz"}})
        equal(code, 10)
        assert name in err, err
    for exit_code, words, document in ((12, [], {"txs": "0xz"}), (12, [], {"txs": "0x01"}), (12, [], {"txs": "0xc101"}),
                                       (12, ["--input.ommers=stdin"], {"ommers": ["0xz"]}),
                                       (12, ["--input.ommers=stdin"], {"ommers": ["0xc0"]}),
                                       (10, ["--input.withdrawals=stdin"], {"withdrawals": [{"index": "z"}]}),
                                       (10, ["--seal.clique=stdin"], {"clique": {**seal, "secretKey": "z"}}),
                                       (12, ["--seal.clique=stdin"], {"clique": {**seal, "secretKey": "0x0"}}),
                                       (11, ["--input.ommers=/nowhere/ommers.json"], {}),
                                       (11, ["--output.block=/nowhere/block.json"], {})):
        equal(build(document, *words)[0], exit_code)
    refused("the block cannot be put together", 10, "b11r", "--input.header=stdin", text="{")
    with tempfile.TemporaryDirectory() as folder:
        code, out, err = run("b11r", "--input.header=stdin", "--input.txs=stdin", "--output.basedir", folder,
                             text=json.dumps({"header": full, "txs": "0xc0"}))
        equal((code, out, err), (0, "", ""))
        equal(sorted(json.load(open(os.path.join(folder, "block.json")))), ["hash", "rlp"])
        open(os.path.join(folder, "ommers.json"), "w").write("{")
        equal(build({}, "--input.ommers", os.path.join(folder, "ommers.json"))[0], 10)


def statetest(test, *words, check=True):
    """What is said of the one case of a state test."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as fixture:
        json.dump({"one": test}, fixture)
        fixture.flush()
        code, out, err = run("statetest", *words, fixture.name)
    equal(code, 0)
    (one,) = json.loads(out)
    return one, err


def with_parts(test, post=None, transaction=None, **more):
    """The test with other fields in its parts; None leaves a field out."""
    def other(part, fields):
        return {k: v for k, v in {**part, **(fields or {})}.items() if v is not None}
    (old,) = test["post"]["Cancun"]
    fork = more.pop("fork", "Cancun")
    return {**test, "transaction": other(test["transaction"], transaction), "post": {fork: [other(old, post)]}, **more}


@case
def statetests_of_every_type_and_their_faults():
    one, _ = statetest(state_test(ZERO_HASH)["one"])
    good = state_test(one["stateRoot"])["one"]
    equal(statetest(good)[0]["pass"], True)
    no_key = {"secretKey": ZERO_HASH}
    equal(statetest(with_parts(good, transaction=no_key))[0]["pass"], True)
    raw = "0x" + items(t8n([tx(0)])[1]["body"])[0].hex()
    equal(statetest(with_parts(good, {"txbytes": raw}))[0]["pass"], True)
    equal(statetest(with_parts(good, {"txbytes": raw}, no_key))[0]["pass"], True)
    for words, post, transaction in (
            ("the bytes are not the transaction that its fields make (TR_E_STATE)", {"txbytes": raw}, {"value": ["0x1"]}),
            ("txbytes is no hex text", {"txbytes": "0xzz"}, {}),
            ("the case has no indexes", {"indexes": None}, {}),
            ("the transaction's nonce is missing", {}, {"nonce": None}),
            ("the transaction's gasPrice is missing", {}, {"gasPrice": "z"}),
            ("the transaction's gas is missing", {}, {"gasLimit": []}),
            ("the transaction's value is missing", {}, {"value": ["z"]}),
            ("the transaction's data is missing", {}, {"data": ["0xz"]}),
            ("the transaction's to is missing", {}, {"to": "0xzz"}),
            ("the transaction's secretKey is missing", {}, {"secretKey": "z"}),
            ("the transaction's access list is missing", {}, {"accessLists": [[{"address": "z"}]]}),
            ("the transaction's hash is missing", {}, {"accessLists": [[{"address": CONTRACT, "storageKeys": ["z"]}]]}),
            ("the transaction's maxFeePerBlobGas is missing", {},
             {"maxFeePerGas": "0x64", "maxPriorityFeePerGas": "0x1", "blobVersionedHashes": [BLOB]}),
            ("the transaction's authorization is missing", {},
             {"maxFeePerGas": "0x64", "maxPriorityFeePerGas": "0x1", "authorizationList": [{"chainId": "0x1", "nonce": "0x0",
                                                                                            "v": "0x100"}]}),
            ("the sender is no address", {}, {**no_key, "sender": "z"}),
            ("post state logs hash mismatch: got ", {"logs": ZERO_HASH}, {}),
            ("the case has no hash or no logs", {"logs": "z"}, {}),
            ("the nonce is 4, the sender's next one 0", {}, {"nonce": "0x4"})):
        one, _ = statetest(with_parts(good, post, transaction))
        assert not one["pass"] and words in one["error"], (words, one)
    refusal = {"expectException": "TransactionException.NONCE_MISMATCH_TOO_HIGH"}
    one, _ = statetest(with_parts(good, {**refusal, "hash": ZERO_HASH}, {"nonce": "0x4"}))
    assert one["error"].startswith("post state root mismatch"), one
    equal(statetest(with_parts(good, {**refusal, "hash": one["stateRoot"]}, {"nonce": "0x4"}))[0]["pass"], True)
    for fork, more in (("Berlin", {"accessLists": [[{"address": CONTRACT, "storageKeys": ["0x0"]}]]}),
                       ("London", {"gasPrice": None, "maxFeePerGas": "0x64", "maxPriorityFeePerGas": "0x1"}),
                       ("Cancun", {"gasPrice": None, "maxFeePerGas": "0x64", "maxPriorityFeePerGas": "0x1",
                                   "maxFeePerBlobGas": "0x1", "blobVersionedHashes": [BLOB]}),
                       ("Osaka", {"gasPrice": None, "maxFeePerGas": "0x64", "maxPriorityFeePerGas": "0x1",
                                  "authorizationList": [{"chainId": "0x1", "address": CONTRACT, "nonce": "0x1",
                                                         "yParity": "0x0", "r": "0x1", "s": "0x1"}]})):
        one, _ = statetest(with_parts(good, {"hash": ZERO_HASH}, more, fork=fork))
        assert one["error"].startswith("post state root mismatch"), one
        equal(statetest(with_parts(good, {"hash": one["stateRoot"]}, more, fork=fork))[0]["pass"], True)
    one, _ = statetest(with_parts(good, {"hash": ZERO_HASH}, {"to": ""}))
    assert one["error"].startswith("post state root mismatch"), one
    for more in ({"env": {**ENV, "currentGasLimit": "z"}}, {"config": {"chainid": "z"}}, {"pre": [1]}):
        equal(statetest({**good, **more})[0]["pass"], False)
    equal(statetest({**good, "config": {"chainid": "0x1", "blobSchedule": {"Cancun": {"max": "z"}}}})[0]["pass"], False)


@case
def a_statetest_names_the_account_that_differs():
    test = state_test(ZERO_HASH)["one"]
    one, _ = statetest(test, "--dump")
    state = one["state"]
    said = []
    for more in ({CODED: {"balance": "0x1"}}, {CONTRACT: None}, {CONTRACT: {**state[CONTRACT], "balance": "0x1"}},
                 {CONTRACT: {**state[CONTRACT], "nonce": "0x1"}}, {CONTRACT: {**state[CONTRACT], "code": "0x01"}},
                 {CONTRACT: {**state[CONTRACT], "storage": {"0x00": "0x02"}}}, {}):
        expected = {k: v for k, v in {**state, **more}.items() if v is not None}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as fixture:
            json.dump({"one": with_parts(test, {"state": expected})}, fixture)
            fixture.flush()
            code, out, _ = run("statetest", "--human", fixture.name)
        equal(code, 0)
        said.append(out.splitlines()[0])
    for line, words in zip(said, (f"{CODED} is missing", f"{CONTRACT} should not be there",
                                  f"{CONTRACT} balance 0x0, expected 0x1;", f"{CONTRACT} nonce 0, expected 1;",
                                  f"{CONTRACT} code of 6 bytes, expected 1;",
                                  f"{CONTRACT} slot 0x0 is 0x1, expected 0x2;", "")):
        equal(line, "FAIL one [Cancun]: another state root; gas used 43106 (ok). " + words)


@case
def tests_are_found_in_folders_and_chosen():
    one, _ = statetest(state_test(ZERO_HASH)["one"])
    good = state_test(one["stateRoot"])
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "a", "b"))
        for name in ("a/one.json", "a/b/two.json", "a/b/none.txt"):
            json.dump({name: good["one"]}, open(os.path.join(folder, name), "w"))
        code, out, _ = run("statetest", "--human", folder)
        equal((code, sorted(out.splitlines())), (0, ["2 passed, 0 failed", "PASS a/b/two.json [Cancun]",
                                                     "PASS a/one.json [Cancun]"]))
        equal(run("statetest", "--human", "--run", "b/two", folder)[1],
              "PASS a/b/two.json [Cancun]\n1 passed, 0 failed\n")
        for words, count in ((["--statetest.index", "0"], 2), (["--statetest.index", "1"], 0),
                             (["--statetest.fork", "Cancun"], 2), (["--fork", "Paris"], 0)):
            equal(len(json.loads(run("statetest", *words, folder)[1])), count)
        for words in (["--statetest.index", "z"], ["--run", "("]):
            refused("the tests cannot be run", 2, "statetest", *words, folder)
        bench = json.loads(run("statetest", "--bench", os.path.join(folder, "a", "one.json"))[1])[0]["benchStats"]
        equal(sorted(bench), ["allocs", "bytesAllocated", "gasUsed", "time"])
        equal(bench["gasUsed"], 43106)
        for words in (["--debug"], ["--trace.format", "md"], ["--trace", "--trace.memory", "--trace.nostack"]):
            code, _, err = run("statetest", *words, os.path.join(folder, "a", "one.json"))
            equal(code, 0)
            assert "SSTORE" in err, err
        code, _, err = run("statetest", "--trace.format", "x", folder)
        equal(code, 2)
        three_lines(err)


@case
def run_reads_each_of_its_parts():
    echo = "3660006000373660" + "00f3"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "hex")
        open(path, "w").write("  0x0102\n")
        equal(run("run", "--code", echo, "--inputfile", path), (0, "0x0102\n", ""))
        equal(run("run", "--codefile", "-", "--input", "0x05", text=echo + "\n"), (0, "0x05\n", ""))
        json.dump({**GENESIS, "alloc": {CONTRACT: {"balance": "0x0", "code": "0x44600052" + "60206000f3"}}}, open(path, "w"))
        equal(run("run", "--prestate", path, "--receiver", CONTRACT), (0, "0x" + "00" * 31 + "2a\n", ""))
        equal(run("run", "--prestate", path, "--receiver", CONTRACT, "--fork", "Osaka")[0], 0)
        equal(run("run", "--prestate", path, "--receiver", CONTRACT, "--state.fork", "Osaka")[0], 0)
        json.dump({"alloc": {}, "config": {"londonBlock": "z"}}, open(path, "w"))
        refused("TR_E_", 1, "run", "--prestate", path, "00")
    for words, say in ((["--prestate", "/nowhere/genesis.json", "00"], "TR_E_NOT_FOUND"),
                       (["--codefile", "/nowhere/code"], "TR_E_NOT_FOUND"),
                       (["--sender", "0x1z", "00"], "--sender is no address"),
                       (["--receiver", "z", "00"], "--receiver is no address"),
                       (["--gas", "z", "00"], "--gas, --value and --price are numbers"),
                       (["--gas", "0x1" + "00" * 8, "00"], "--gas, --value and --price are numbers"),
                       (["--value", "", "00"], "--gas, --value and --price are numbers"),
                       (["--input", "0x1", "00"], "the input is no hex text")):
        refused(say, 1, "run", *words)
    equal(run("run", "--gas=0x5", "--", "6001")[1], "0x\n")
    equal(run("run", "--gas=2", "--", "6001")[1], "0x\n error: out of gas\n")
    code, out, err = run("run", "--create", "--input", "0xff", "--trace", "--trace.format=struct", "--trace.memory",
                         "--trace.returndata", "--code", "38600052")
    equal(code, 0)
    # the input stands after the code, and is run as its last byte
    assert "00000000  0x5\n" in err and "SELFDESTRUCT    pc=00000004" in err and "00 05  |" in err, err
    for words in (["--nomemory=false"], ["--noreturndata=false"], ["--trace.nomemory=false"], ["--trace.noreturndata=0"],
                  ["--trace.nostorage"], ["--trace.callframes"]):
        code, _, err = run("run", "--json", *words, "6001600052")
        equal(code, 0)
        assert ("memory" in json.loads(err.splitlines()[-2])) == ("nomemory" in words[0]), err


@case
def every_command_has_the_help_page():
    page = run("--help")
    equal(page[0], 0)
    for command in ("run", "statetest", "blocktest", "t8n", "t9n", "b11r", "trace", "bench"):
        equal(run(command, "--help"), page)


if __name__ == "__main__":
    sys.exit(main())

"""Makes the constants of the tests of headers, fees and difficulty: mainnet's headers as RLP, written
from what nodes answered in JSON (folders of the shared vectors, unpacked), and the sums of EIP-4844
worked out with Python's integers.

    python3 make_eth_constants.py UNPACKED | clang-format > eth_constants.h
"""
import json
import random
import sys
from pathlib import Path

root = Path(sys.argv[1])


def rlp(item):
    if isinstance(item, list):
        body, base = b"".join(map(rlp, item)), 0xC0
    elif len(item) == 1 and item[0] < 0x80:
        return item
    else:
        body, base = item, 0x80
    if len(body) < 56:
        return bytes([base + len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size + body


NUMBERS = "difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas".split()
ORDER = (
    "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty number gasLimit "
    "gasUsed timestamp extraData mixHash nonce baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas "
    "parentBeaconBlockRoot requestsHash"
).split()


def header(block):
    items = []
    for name in ORDER:
        if block.get(name) is None:
            continue
        data = block[name][2:]
        if name in NUMBERS:
            n = int(data, 16)
            items.append(n.to_bytes((n.bit_length() + 7) // 8, "big"))
        else:
            items.append(bytes.fromhex(data))
    return rlp(items)


def fake_exponential(factor, numerator, denominator):
    i, output, accum = 1, 0, factor * denominator
    while accum > 0:
        output += accum
        accum = accum * numerator // (denominator * i)
        i += 1
    return output // denominator


def find(name):
    return json.loads(next(root.rglob(name)).read_text())


genesis = find("genesishashestest.json")
raw = bytes.fromhex(genesis["genesis_rlp_hex"])
blocks = [(0, genesis["genesis_hash"], raw[3:-2])]  # without the list around it, and two empty ones
for name in ["block_1.json", "116525.json", "block_12964999.json", "12965000.json", "15537394.json",
             "17034870.json", "19426587.json"]:
    block = find(name)
    blocks.append((int(block["number"], 16), block["hash"][2:], header(block)))

print("/* Made by make_eth_constants.py. */")
print("#ifndef TR_TESTS_UNIT_ETH_ETH_CONSTANTS_H\n#define TR_TESTS_UNIT_ETH_ETH_CONSTANTS_H\n")
print("typedef struct known_header { uint64_t number; const char *hash, *rlp; } known_header;")
print("static const known_header known_headers[] __attribute__((unused)) = {")
for number, its_hash, encoding in blocks:
    print('{%d, "%s", "%s"},' % (number, its_hash, encoding.hex()))
print("};\n")

random.seed(4844)
cases = [(1, 0, 1), (38493, 0, 1000), (0, 1234, 2345), (1, 2, 1), (1, 4, 2), (1, 3, 1), (1, 6, 2), (1, 4, 1),
         (10, 8, 2), (11, 8, 2), (2, 5, 2), (1, 50000000, 2225652), (1, 177, 1), (1, 178, 1),
         (1, 177 * (2**64 - 1), 2**64 - 1), (3, 11**20, 2**64 - 59)]
for _ in range(12):
    d = random.choice([1, 17, 3338477, 5007716, 2**63 - 25, 2**64 - 1])
    cases.append((random.choice([1, 1, 7, 2**64 - 1]), random.randrange(d * random.choice([1, 5, 40, 130, 179])), d))


def quantity(text):
    n = int(text, 16)
    return n.to_bytes((n.bit_length() + 7) // 8, "big")


def data(text):
    return bytes.fromhex(text[2:])


def show(name, raw):
    print("static const char %s[] __attribute__((unused)) = %s;" % (name, '"' + raw.hex() + '"'))


block = find("46147.json")
txs = [b"".join([rlp([quantity(tx["nonce"]), quantity(tx["gasPrice"]), quantity(tx["gas"]), data(tx["to"]),
                      quantity(tx["value"]), data(tx["input"]), quantity(tx["v"]), quantity(tx["r"]),
                      quantity(tx["s"])])]) for tx in block["transactions"]]


def rlp_of(encoded):  # a list of what is encoded already
    body = b"".join(encoded)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return (bytes([0xC0 + len(body)]) if len(body) < 56 else bytes([0xF7 + len(size)]) + size) + body


print("/* Block 46147, the first with a transaction. */")
show("known_block", rlp_of([header(block), rlp_of(txs), b"\xc0"]))
print("/* The withdrawals of block 19426587. */")
block = find("19426587.json")
show("known_withdrawals", rlp([[quantity(w["index"]), quantity(w["validatorIndex"]), data(w["address"]),
                                quantity(w["amount"])] for w in block["withdrawals"]]))
print("/* A receipt of block 21925176: a deposit to the beacon chain, and its request. */")
receipt = find("receipt.json")
logs = [[data(log["address"]), [data(t) for t in log["topics"]], data(log["data"])] for log in receipt["logs"]]
show("known_receipt", data(receipt["type"].replace("x", "x0")) + rlp([quantity(receipt["status"]),
     quantity(receipt["cumulativeGasUsed"]), data(receipt["logsBloom"]), logs]))
event = logs[0][2]
words = lambda at, size: event[at:at + size]
show("known_deposit", words(192, 48) + words(288, 32) + words(352, 8) + words(416, 96) + words(544, 8))
print()
print("/* factor, numerator, denominator and the result, at most 2^256 - 1. */")
print("static const struct { uint64_t factor; const char *numerator; uint64_t denominator; const char *result; }")
print("known_exponentials[] __attribute__((unused)) = {")
for f, n, d in cases:
    print('{%dull, "%x", %dull, "%x"},' % (f, n, d, min(fake_exponential(f, n, d), 2**256 - 1)))
print("};\n#endif")

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
print("#ifndef TR_TESTS_ETH_CONSTANTS_H\n#define TR_TESTS_ETH_CONSTANTS_H\n")
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
print("/* factor, numerator, denominator and the result, at most 2^256 - 1. */")
print("static const struct { uint64_t factor; const char *numerator; uint64_t denominator; const char *result; }")
print("exponentials[] __attribute__((unused)) = {")
for f, n, d in cases:
    print('{%dull, "%x", %dull, "%x"},' % (f, n, d, min(fake_exponential(f, n, d), 2**256 - 1)))
print("};\n#endif")

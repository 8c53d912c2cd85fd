#!/usr/bin/env python3
"""Writes the blocks of the rows block-erc20, block-uniswap and worst-* of `trestle bench` and of its
peers.

    bench/blocks.py ../shared/vectors FOLDER [--gas 30M]

FOLDER/blocks/<row>.bin, numbers little-endian:

    u32 accounts, each: address (20), u64 nonce, balance (32), u32 len, code,
        u32 slots, each: key (32), value (32)
    u32 blocks, of which the last is measured and those before it make its state, each:
        u64 number, u64 time, coinbase (20), u64 base fee, prevRandao (32), u64 gas used (0: not
        known, and every transaction succeeds)
        u32 transactions, each: u8 type, sender (20), u8 1 when there is a receiver, receiver (20),
            u64 nonce, u64 gas, u64 max fee, u64 priority fee, value (32), u32 len, data,
            u32 blob hashes (32 each), u64 max fee of a unit of blob gas

Osaka, chain 1, a gas limit of 10^12, no excess of blob gas.  The rows worst-* are the scenarios of
eest-benchmark at one value of gas; those of one gigagas are made here of the codes of evm-bench-macro:
37,123 transfers of an ERC-20 token between as many people, and 6,413 swaps in a pool of Uniswap v3.
FOLDER/blocks/index.json says for each row how much gas it uses, as far as that is known.
"""
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

TRANSFERS, SWAPS = 37123, 6413
ETHER = 10**18
FEE = 3000


# Keccak-256 of many short messages at once: number k of a lane of all messages is one long integer.

ROTATIONS = [[0, 36, 3, 41, 18], [1, 44, 10, 45, 2], [62, 6, 43, 15, 61], [28, 55, 25, 21, 56],
             [27, 20, 39, 8, 14]]


def round_constants():
    state = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (state & 1) << ((1 << j) - 1)
            state = (state << 1) ^ (0x171 if state >> 7 else 0)
        yield constant


def permute(a, every):
    """a[x][y], each lane of 64 bits of all messages; every is a 1 in each."""
    full = every * (2**64 - 1)

    def rotate(lane, by):
        if by == 0:
            return lane
        low = every * (2**by - 1)
        return ((lane << by) & (full ^ low)) | ((lane >> (64 - by)) & low)

    for constant in round_constants():
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[x - 1] ^ rotate(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = rotate(a[x][y] ^ d[x], ROTATIONS[x][y])
        a = [[b[x][y] ^ ((full ^ b[(x + 1) % 5][y]) & b[(x + 2) % 5][y]) for y in range(5)]
             for x in range(5)]
        a[0][0] ^= every * constant
    return a


def keccak_many(messages):
    """The hashes of messages below 136 bytes."""
    blocks = [m + b"\x01" + bytes(134 - len(m)) + b"\x80" if len(m) < 135 else m + b"\x81"
              for m in messages]
    a = [[0] * 5 for _ in range(5)]
    for i in range(17):
        lane = b"".join(block[8 * i:8 * i + 8] for block in blocks)
        a[i % 5][i // 5] = int.from_bytes(lane, "little")
    every = int.from_bytes((1).to_bytes(8, "little") * len(messages), "little")
    a = permute(a, every)
    lanes = [a[i][0].to_bytes(8 * len(messages), "little") for i in range(4)]
    return [b"".join(lane[8 * k:8 * k + 8] for lane in lanes) for k in range(len(messages))]


def keccak(message):
    return keccak_many([message])[0]


def word(value):
    if isinstance(value, bytes):
        return value.rjust(32, b"\0")
    return (value % 2**256).to_bytes(32, "big")


def in_mapping(slot, keys):
    """The places of keys in the mapping at a slot; a slot for each key, or one for all."""
    slots = slot if isinstance(slot, list) else [slot] * len(keys)
    return keccak_many([word(key) + word(s) for key, s in zip(keys, slots)])


def text(short):
    return short.encode().ljust(31, b"\0") + bytes([2 * len(short)])


# Accounts are {address: (nonce, balance, code, {key: value})}.

def put_bytes(data):
    return struct.pack("<I", len(data)) + data


def encode_accounts(accounts):
    out = [struct.pack("<I", len(accounts))]
    for address, (nonce, balance, code, storage) in accounts.items():
        out += [address, struct.pack("<Q", nonce), word(balance), put_bytes(code)]
        out.append(struct.pack("<I", len(storage)))
        out += [word(key) + word(value) for key, value in storage.items()]
    return b"".join(out)


def encode_tx(tx):
    to = tx["to"]
    out = bytes([tx["type"]]) + tx["sender"] + bytes([to is not None]) + (to or bytes(20))
    out += struct.pack("<QQQQ", tx["nonce"], tx["gas"], tx["max_fee"], tx["priority"])
    out += word(tx["value"]) + put_bytes(tx["data"]) + struct.pack("<I", len(tx["blobs"]))
    return out + b"".join(tx["blobs"]) + struct.pack("<Q", tx["blob_fee"])


def encode_block(header, txs):
    out = struct.pack("<QQ", header["number"], header["time"]) + header["coinbase"]
    out += struct.pack("<Q", header["base_fee"]) + header["random"]
    out += struct.pack("<QI", header["gas_used"], len(txs))
    return out + b"".join(encode_tx(tx) for tx in txs)


def write(folder, row, accounts, blocks):
    with open(os.path.join(folder, row + ".bin"), "wb") as out:
        out.write(encode_accounts(accounts) + struct.pack("<I", len(blocks)))
        for header, txs in blocks:
            out.write(encode_block(header, txs))


# The blocks of one gigagas.

class Gigagas:
    def __init__(self, codes, seed):
        self.codes, self.random = codes, random.Random(seed)
        self.accounts, self.txs = {}, []

    def address(self):
        return self.random.getrandbits(160).to_bytes(20, "big")

    def people(self, count):
        all_of_them = [self.address() for _ in range(count)]
        for person in all_of_them:
            self.accounts[person] = (0, 4567 * ETHER, b"", {})
        return all_of_them

    def contract(self, address, name, storage, replaced=()):
        code = self.codes[name]
        for what, by in replaced:
            code = code.replace(what, by.hex())
        storage = {word(key): value for key, value in storage.items() if value not in (0, b"")}
        self.accounts[address] = (1, 0, bytes.fromhex(code), storage)

    def token(self, address, symbol, balances, allowances=None):
        storage = {2: 222222 * ETHER, 3: text(symbol), 4: text(symbol), 5: 18}
        storage.update(zip(in_mapping(0, list(balances)), balances.values()))
        if allowances:
            owners, spenders, amounts = zip(*allowances)
            inner = in_mapping(1, list(owners))
            storage.update(zip(in_mapping(inner, list(spenders)), amounts))
        self.contract(address, "ERC20Token", storage)

    def call(self, sender, to, gas, data):
        self.txs.append({"type": 0, "sender": sender, "to": to, "nonce": 0, "gas": gas,
                         "max_fee": 3 * 10**9, "priority": 3 * 10**9, "value": 0, "data": data,
                         "blobs": [], "blob_fee": 0})

    def write(self, folder, row):
        header = {"number": 1, "time": 1800000000, "coinbase": self.address(), "base_fee": 10**9,
                  "random": bytes(32), "gas_used": 0}
        write(folder, row, self.accounts, [(header, self.txs)])


def erc20(codes, folder):
    g = Gigagas(codes, 20)
    people, token = g.people(TRANSFERS), g.address()
    g.token(token, "GLD", dict.fromkeys(people, ETHER))
    for person in people:
        to = g.random.choice(people)
        g.call(person, token, 60000,
               bytes.fromhex("a9059cbb") + word(to) + word(g.random.randrange(1, 256)))
    g.write(folder, "block-erc20")


def uniswap(codes, folder):
    g = Gigagas(codes, 3)
    people = g.people(SWAPS)
    dai, usdc = sorted([g.address(), g.address()])
    router, swap, weth, owner, factory, manager = (g.address() for _ in range(6))
    init_hash = keccak(b"the code that makes a pool")
    salt = keccak(word(dai) + word(usdc) + word(FEE))
    pool = keccak(b"\xff" + factory + salt + init_hash)[12:]
    liquidity = 111111000000010412955141
    g.contract(weth, "WETH9", {0: text("Wrapped Ether"), 1: text("WETH"), 2: 18})
    for token, symbol in ((dai, "DAI"), (usdc, "USDC")):
        balances = {**dict.fromkeys(people, ETHER), pool: 111111 * ETHER}
        g.token(token, symbol, balances, [(person, swap, ETHER) for person in people])
    spacings, pools = in_mapping(4, [500, FEE, 10000]), {}
    for a, b in ((dai, usdc), (usdc, dai)):
        pools[in_mapping(in_mapping(in_mapping(5, [a]), [b]), [FEE])[0]] = pool
    g.contract(factory, "UniswapV3Factory",
               {3: owner, **dict(zip(spacings, (10, 60, 200))), **pools},
               [("0b748751e6f8b1a38c9386a19d9f8966b3593a9e", factory)])
    g.contract(pool, "UniswapV3Pool", pool_storage(manager, liquidity),
               [("261d8c5e9742e6f7f1076fa1f560894524e19cad", dai),
                ("ce3478a9e0167a6bc5716dc39dbbbfac38f27623", usdc),
                ("cba6b9a951749b8735c603e7ffc5151849248772", factory),
                ("d495d5e5cab2567777fff988c4fcd71328b17c9d", pool)])
    g.contract(router, "SwapRouter", {0: 2**256 - 1},
               [("6509f2a854ba7441039fce3b959d5badd2ffcfcd", weth),
                ("d787a42ee3ac477c46dd6c912e7af795d44453d5", factory),
                ("636fcf59d7fdf3a03833dba1c6d936c9d7c6730057c8c4c8e5059feaeab60e04", init_hash)])
    g.contract(swap, "SingleSwap", {0: dai, 1: FEE << 160 | int.from_bytes(usdc, "big")},
               [("e7cfcccb38ce07ba9d8d13431afe8cf6172de031", router)])
    calls = ["c92b0891" + word(2000).hex(), "6b055260" + word(2000).hex(),
             "8dc33f82" + word(1000).hex() + word(2000).hex(),
             "b2db18a2" + word(1000).hex() + word(2000).hex()]
    for i, person in enumerate(people):
        g.call(person, swap, 300000, bytes.fromhex(calls[i % 4]))
    g.write(folder, "block-uniswap")


def pool_storage(manager, liquidity):
    """One position over nearly all prices, at a price of 1."""
    storage = {0: 2**96 | 1 << 200 | 1 << 216 | 1 << 240, 4: liquidity, 8: 1 | 1 << 248}
    for tick, net, more in ((-600000, liquidity, 1 << 216), (600000, -liquidity, 0)):
        first = int.from_bytes(in_mapping(5, [tick])[0], "big")
        storage[first] = (net % 2**128) << 128 | liquidity
        storage[first + 3] = 1 << 248 | more
        index = tick // 60
        storage[in_mapping(6, [index >> 8])[0]] = 1 << (index & 255)
    low, high = (word(tick)[29:] for tick in (-600000, 600000))
    storage[in_mapping(7, [keccak(manager + low + high)])[0]] = liquidity
    return storage


# The worst blocks.

def number(digits):
    return int(digits or "0x0", 16)


def hex_of(digits):
    return bytes.fromhex(digits[2:])


def fixture_tx(tx):
    fee = tx.get("maxFeePerGas") or tx.get("gasPrice")
    if tx.get("accessList") or tx.get("authorizationList"):
        raise SystemExit("a transaction with a list that this form does not have")
    return {"type": number(tx.get("type")), "sender": hex_of(tx["sender"]),
            "to": hex_of(tx["to"]) if tx["to"] else None, "nonce": number(tx["nonce"]),
            "gas": number(tx["gasLimit"]), "max_fee": number(fee),
            "priority": number(tx.get("maxPriorityFeePerGas") or fee), "value": number(tx["value"]),
            "data": hex_of(tx["data"]),
            "blobs": [hex_of(h) for h in tx.get("blobVersionedHashes", [])],
            "blob_fee": number(tx.get("maxFeePerBlobGas"))}


def fixture_block(block):
    h = block["blockHeader"]
    if number(h["excessBlobGas"]):
        raise SystemExit("an excess of blob gas, which this form does not have")
    return ({"number": number(h["number"]), "time": number(h["timestamp"]),
             "coinbase": hex_of(h["coinbase"]), "base_fee": number(h["baseFeePerGas"]),
             "random": hex_of(h["mixHash"]), "gas_used": number(h["gasUsed"])},
            [fixture_tx(tx) for tx in block["transactions"]])


def row_of(key):
    name, parameters = re.search(r"::test_(\w+)\[(.*)\]", key).groups()
    parts = re.split("-?(?:fork_Osaka|blockchain_test|benchmark-gas-value_[0-9]+M)-?", parameters)
    return "worst-" + re.sub("[^A-Za-z0-9_]+", "-", "-".join([name, *filter(None, parts)]))


def worst(where, folder, gas, index):
    for root, _, files in sorted(os.walk(where)):
        for file in sorted(files):
            with open(os.path.join(root, file), encoding="utf-8") as opened:
                cases = json.load(opened)
            for key, case in cases.items():
                if f"gas-value_{gas}]" not in key or not case["blocks"][-1]["transactions"]:
                    continue
                accounts = {
                    hex_of(address): (number(a["nonce"]), number(a["balance"]), hex_of(a["code"]),
                                      {number(k): number(v) for k, v in a["storage"].items()})
                    for address, a in case["pre"].items()}
                blocks = [fixture_block(block) for block in case["blocks"]]
                write(folder, row_of(key), accounts, blocks)
                index[row_of(key)] = blocks[-1][0]["gas_used"]


def unpack(archive, where):
    subprocess.run(["tar", "--zstd", "-xf", archive, "-C", where], check=True)


def main():
    vectors, folder = sys.argv[1], os.path.join(sys.argv[2], "blocks")
    gas = sys.argv[4] if len(sys.argv) > 4 else "30M"
    os.makedirs(folder, exist_ok=True)
    index = {}
    with tempfile.TemporaryDirectory() as where:
        unpack(os.path.join(vectors, "evm-bench", "evm-bench-macro.tar.zst"), where)
        codes = {}
        for file in os.listdir(os.path.join(where, "uniswap")):
            with open(os.path.join(where, "uniswap", file), encoding="ascii") as opened:
                codes[file.split(".")[0]] = opened.read().strip().removeprefix("0x")
    erc20(codes, folder)
    uniswap(codes, folder)
    with tempfile.TemporaryDirectory() as where:
        unpack(os.path.join(vectors, "eest-benchmark", "eest-benchmark-v0.0.7.tar.zst"), where)
        worst(where, folder, gas, index)
    with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as out:
        json.dump(index, out, indent=1)
    print(len(index) + 2, "blocks in", folder)


if __name__ == "__main__":
    main()

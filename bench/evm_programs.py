#!/usr/bin/env python3
"""Writes the programs of evm-bench-bytecode.tar.zst, one file each, for the rows evm-* of
`trestle bench` and for those of its peers.

    bench/evm_programs.py ../shared/vectors/evm-bench/evm-bench-bytecode.tar.zst FOLDER

FOLDER/evm-bench/<program>.bin, numbers little-endian:

    u32 accounts, each: address (20), u32 len, code, u32 slots, each: key (32), value (32)
    sender (20), to (20), value (32), u32 len, calldata
    u64 gas used as expected (with the intrinsic part, after refunds), keccak of the output (32)

Every account has nonce 1 and 2^192 wei.  Osaka, block 0, base fee 10^9, gas price 2 * 10^9.
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile


def hex_of(text, size=None):
    digits = text[2:] if text.startswith("0x") else text
    if size is not None:
        digits = digits.zfill(2 * size)
    elif len(digits) % 2:
        digits = "0" + digits
    return bytes.fromhex(digits)


def pick(documents, key, file):
    """The case of a program, and which of its transactions."""
    name, _, index = key.partition("#")
    origin = "ipsilon" if index else "evm2"
    for path, document in documents:
        if os.path.basename(path) == file and origin in path:
            case = document.get(name) or (len(document) == 1 and next(iter(document.values())))
            if case:
                return case, int(index) if index else None
    raise SystemExit("no program " + key)


def put_bytes(data):
    return struct.pack("<I", len(data)) + data


def encode(case, index, expected):
    tx = case["transaction"]
    at = {"data": 0, "value": 0} if index is None else case["post"]["London"][index]["indexes"]
    sender = tx.get("sender") or "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
    accounts = dict(case["pre"])
    accounts.setdefault(sender, {"code": "0x", "storage": {}})
    out = struct.pack("<I", len(accounts))
    for address, account in accounts.items():
        out += hex_of(address, 20) + put_bytes(hex_of(account["code"]))
        out += struct.pack("<I", len(account["storage"]))
        for key, value in account["storage"].items():
            out += hex_of(key, 32) + hex_of(value, 32)
    out += hex_of(sender, 20) + hex_of(tx["to"], 20)
    out += hex_of(tx["value"][at["value"]] if tx.get("value") else "0x", 32)
    out += put_bytes(hex_of(tx["data"][at["data"]]))
    return out + struct.pack("<Q", expected["gasUsed"]) + hex_of(expected["outputKeccak"], 32)


def main():
    archive, folder = sys.argv[1], os.path.join(sys.argv[2], "evm-bench")
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as where:
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", where], check=True)
        documents, expected = [], None
        for root, _, files in os.walk(where):
            for file in files:
                path = os.path.join(root, file)
                if file.startswith("expected-"):
                    expected = json.load(open(path))["programs"]
                elif file.endswith(".json"):
                    documents.append((path, json.load(open(path))))
        for key, row in expected.items():
            case, index = pick(documents, key, row["file"])
            name = re.sub("[^A-Za-z0-9_]+", "-", key)
            with open(os.path.join(folder, name + ".bin"), "wb") as out:
                out.write(encode(case, index, row))
    print(len(expected), "programs in", folder)


if __name__ == "__main__":
    main()

"""Makes the constants of test_ssz.c: encodings and roots, worked out from the text of the consensus
specification (simple-serialize) with hashlib and nothing of this repository.

    python3 make_ssz_constants.py | clang-format > ssz_constants.h
"""
import hashlib

sha = lambda b: hashlib.sha256(b).digest()


def merkleize(chunks, limit=None):
    limit = len(chunks) if limit is None else limit
    width = 1
    while width < limit:
        width *= 2
    zero, layer = bytes(32), list(chunks)
    while width > 1:
        if len(layer) % 2:
            layer.append(zero)
        layer = [sha(layer[i] + layer[i + 1]) for i in range(0, len(layer), 2)]
        zero, width = sha(zero + zero), width // 2
    return layer[0] if layer else zero


def pack(data):
    data += bytes(-len(data) % 32)
    return [data[i:i + 32] for i in range(0, len(data), 32)]


def with_length(root, n):
    return sha(root + n.to_bytes(32, 'little'))


def bits(flags):
    out = bytearray((len(flags) + 7) // 8)
    for i, f in enumerate(flags):
        out[i // 8] |= f << i % 8
    return bytes(out)


def uint(v, size):
    b = v.to_bytes(size, 'little')
    return b, pack(b)[0]


def uints(values, size, limit=None):
    b = b''.join(v.to_bytes(size, 'little') for v in values)
    if limit is None:
        return b, merkleize(pack(b), (len(values) * size + 31) // 32)
    return b, with_length(merkleize(pack(b), (limit * size + 31) // 32), len(values))


def bitvector(flags):
    return bits(flags), merkleize(pack(bits(flags)), (len(flags) + 255) // 256)


def bitlist(flags, limit):
    return bits(flags + [1]), with_length(
        merkleize(pack(bits(flags)) if flags else [], (limit + 255) // 256), len(flags))


def join(parts):
    """parts: (fixed?, encoding)"""
    at = sum(len(e) if f else 4 for f, e in parts)
    head, tail = b'', b''
    for f, e in parts:
        if f:
            head += e
        else:
            head += (at + len(tail)).to_bytes(4, 'little')
            tail += e
    return head + tail


def container(fields):
    return join([(f, v[0]) for f, v in fields]), merkleize([v[1] for f, v in fields])


def sequence(fixed, values, limit=None):
    e = join([(fixed, v[0]) for v in values])
    root = merkleize([v[1] for v in values], limit if limit is not None else len(values))
    return e, root if limit is None else with_length(root, len(values))


def pair(x, fill):
    return container([(True, uint(x, 1)), (True, uints([fill] * 32, 1))])


def everything():
    return container([
        (True, uint(0x1234, 2)),
        (False, uints([1, 2, 3, 250], 1, 100)),
        (True, sequence(True, [pair(7, 0xaa), pair(8, 0xbb)])),
        (False, sequence(False, [uints([1, 2], 2, 4), uints([], 2, 4), uints([9], 2, 4)], 3)),
        (True, uint(1, 1)),
        (False, bitlist([1, 0, 1], 8)),
        (True, bitvector([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
    ])


CASES = {
    'U64': uint(0x0123456789abcdef, 8),
    'U256': uint(2**256 - 2, 32),
    'TRUE': uint(1, 1),
    'VECTOR_U16': uints(range(20), 2),
    'LIST_U64': uints([1, 2, 3, 4, 5], 8, 1000),
    'LIST_EMPTY': uints([], 8, 1000),
    'LIST_DEEP': uints([7], 1, 2**40),
    'BITVECTOR': bitvector([1, 0, 1, 1, 0, 0, 0, 0, 0, 1]),
    'BITLIST': bitlist([i % 3 == 0 for i in range(260)], 300),
    'BITLIST_FULL_BYTE': bitlist([1] * 8, 8),
    'BITLIST_EMPTY': bitlist([], 2048),
    'CHECKPOINT': container([(True, uint(9, 8)), (True, uints([0x11] * 32, 1))]),
    'LIST_CONTAINER': sequence(True, [pair(i, i) for i in range(5)], 16),
    'LIST_VARIABLE': sequence(False, [uints([1, 2], 2, 4), uints([], 2, 4), uints([9], 2, 4)], 3),
    'LIST_VARIABLE_EMPTY': sequence(False, [], 3),
    'EVERYTHING': everything(),
}

print('/* Made by make_ssz_constants.py. */')
print('#ifndef TR_TESTS_SSZ_CONSTANTS_H\n#define TR_TESTS_SSZ_CONSTANTS_H\n')
for name, (encoding, root) in CASES.items():
    h = encoding.hex()
    lines = [h[i:i + 80] for i in range(0, len(h), 80)] or ['']
    print('#define SSZ_%s \\' % name)
    print(' \\\n'.join('    "%s"' % l for l in lines))
    print('#define SSZ_%s_ROOT \\\n    "%s"' % (name, root.hex()))
print('\n#endif')

#!/usr/bin/env python3
"""The verbs that sign, verify and commit, with answers of the field.

    test_cli_curves.py TRESTLE

TAP on stdout, as test_cli.py, whose ways of calling the program are used here.
"""
import hashlib
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from test_cli import CASES, case, equal, main, private, run, three_lines  # noqa: E402

CASES.clear()  # its own are run there

# blst 0.3 made these of the bytes 0 .. 31, info "info" and the message "Trestle".
KEY = "0x4f73ca10a24bd1989a6ca6a99e5f1b795f4118c0f61ebf2a84b10f33c950e602"
PUBLIC = "0x8a275bcded320ff9d7e178747b95821fbbaef791f8c7e31cd690deca81f5911b43b40e32abf599051b453a6f09e82ecc"
SIGNATURE = ("0x8fb87f35080c439bc3cdfdbd3b766c0dc4dc4f4bf8de46095a08d8867d8721d6ff06454c8da08ff329166f2b307ad90f"
             "0b18b74a52daca633672813f3c6aa233cb82199e5a11eadd06baa1e290000143cc682a0c330fad4e27d01df639fdf75d")
PROOF = ("0xa14e7f441c7c1e937eac23393031d726bed3f16102ce74cff795d624f18013ec3c7aeef12d81daed0a38bcbfc0370a20"
         "05aa5813fb63828bcfcb11518ad3a6d9cd52fc6f9fb07065d7c71df72328a1444aadccf3390afbd8e0c36c36cbd3dc84")
MESSAGE = "0x" + b"Trestle".hex()
ORDER = "0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"

# The case "valid_blob_6" of the consensus tests: all zero but for a one.
THE_ONE = 3211
COMMITMENT = "0x93efc82d2017e9c57834a1246463e64774e56183bb247c8fc9dd98c56817e878d97b05f5c8d900acf1fbbbca6f146556"
BLOB_PROOF = "0x9720099d507280aba6a9c9e8c31187336d10dc6a4b04646d1aa42c8d38f891de36f939313cb99e9e7953606555db269a"
AT = "0x5eb7004fe57383e6c88b99d839937fddf3f99279353aaf8d5c9a75f91ce33c62"
VALUE = "0x5fd58150b731b4facfcdd89c0e393ff842f5f2071303eff99b51e103161cd233"
POINT_PROOF = "0x94425f5cf336685a6a4e806ad4601f4b0d3707a655718f968c57e225f0e4b8d5fd61878234f25ec59d090c07ea725cf4"


def refused(code, *args, text=None, say=""):
    """The program fails with this exit code, three lines, and this word in them."""
    got, out, err = run(*args, text=text)
    equal((got, out), (code, ""))
    three_lines(err)
    assert say in err, err


@case
def bls_keys_and_signatures_are_those_of_another_library():
    secret = bytes(range(32)).hex()
    info = "0x" + b"info".hex()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "key")
        equal(run("bls", "make-key", "--info", info, text=secret), (0, KEY + "\n", ""))
        equal(run("bls", "make-key", "--info", info, "--out", path, text=secret), (0, PUBLIC + "\n", ""))
        equal(os.stat(path).st_mode & 0o777, 0o600)
        equal(open(path).read(), KEY + "\n")
        refused(1, "bls", "make-key", "--out", path, text=secret, say="TR_E_EXISTS")
        refused(1, "bls", "make-key", text=secret[:62], say="32 bytes")
        equal(run("bls", "public-key", "--key", path), (0, PUBLIC + "\n", ""))
        equal(run("bls", "public-key", text=KEY), (0, PUBLIC + "\n", ""))
        equal(run("bls", "sign", MESSAGE, "--key", path), (0, SIGNATURE + "\n", ""))
        equal(run("bls", "sign", "-", "--key", path, text="Trestle"), (0, SIGNATURE + "\n", ""))
        message = private(folder, "message", "Trestle")
        equal(run("bls", "sign", "@" + message, "--key=" + path), (0, SIGNATURE + "\n", ""))
        refused(1, "bls", "sign", "-", text="Trestle", say="both")
        equal(run("bls", "prove", "--key", path), (0, PROOF + "\n", ""))
        os.chmod(path, 0o644)
        refused(1, "bls", "prove", "--key", path, say="TR_E_PERMISSION")
    for bad in ("0x" + "00" * 32, ORDER):
        refused(1, "bls", "public-key", text=bad, say="TR_E_KEY_RANGE")


@case
def bls_verification_fails_with_7():
    equal(run("bls", "verify", MESSAGE, SIGNATURE, PUBLIC), (0, "ok\n", ""))
    equal(run("bls", "check", PUBLIC, PROOF), (0, "ok\n", ""))
    refused(7, "bls", "verify", "0x00", SIGNATURE, PUBLIC, say="TR_E_SIGNATURE")
    refused(7, "bls", "verify", MESSAGE, SIGNATURE, "0xc0" + "00" * 47, say="TR_E_POINT")
    refused(7, "bls", "check", PUBLIC, SIGNATURE, say="TR_E_SIGNATURE")
    refused(1, "bls", "verify", MESSAGE, SIGNATURE[:-2], PUBLIC, say="TR_E_HEX_LENGTH")
    refused(1, "bls", "verify", MESSAGE, "0xzz", PUBLIC, say="TR_E_HEX_DIGIT")
    refused(2, "bls", "verify", MESSAGE, SIGNATURE, say="too few")
    refused(2, "bls", "forge", say="there are make-key")
    refused(2, "bls")
    refused(2, "bls", "sign", MESSAGE, "--key")


@case
def bls_signatures_and_keys_add_up():
    keys = [KEY, "0x" + "11" * 32, "0x" + "22" * 32]
    publics = [run("bls", "public-key", text=key)[1].strip() for key in keys]
    same = [run("bls", "sign", MESSAGE, "--key", "-", text=key)[1].strip() for key in keys]
    code, total, _ = run("bls", "aggregate", *same)
    equal((code, len(total)), (0, 195))
    equal(run("bls", "verify", MESSAGE, total.strip(), *publics), (0, "ok\n", ""))
    refused(7, "bls", "verify", MESSAGE, total.strip(), *publics[:2])
    code, one, _ = run("bls", "aggregate", *publics)
    equal((code, len(one)), (0, 99))
    equal(run("bls", "verify", MESSAGE, total.strip(), one.strip()), (0, "ok\n", ""))
    messages = ["0x", "0x01", "0x0203"]
    each = [run("bls", "sign", m, text=key)[1].strip() for m, key in zip(messages, keys)]
    total = run("bls", "aggregate", *each)[1].strip()
    pairs = [word for pair in zip(publics, messages) for word in pair]
    equal(run("bls", "verify-each", total, *pairs), (0, "ok\n", ""))
    pairs[1], pairs[3] = pairs[3], pairs[1]
    refused(7, "bls", "verify-each", total, *pairs)
    refused(1, "bls", "verify-each", total, *pairs[:-1], say="message behind it")
    refused(1, "bls", "aggregate", publics[0], same[0], say="TR_E_HEX_LENGTH")


@case
def ecdsa_signers_are_recovered():
    # EIP-155's example.
    sighash = "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
    rs = ("0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
          "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83")
    key = "46" * 32
    equal(run("signature", "sign", sighash, text=key), (0, rs + "00\n", ""))
    public = run("signature", "public-key", text=key)[1].strip()
    want = f"address     0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F\npublic-key  {public}\n"
    for recovery in ("00", "1b"):
        equal(run("signature", "recover", sighash, rs + recovery), (0, want, ""))
    assert run("signature", "recover", sighash, rs + "1c")[1] != want
    refused(7, "signature", "recover", sighash, rs + "1d", say="TR_E_SIGNATURE")
    refused(7, "signature", "recover", sighash, "0x" + "00" * 65, say="TR_E_SIGNATURE_RANGE")
    refused(1, "signature", "recover", sighash, rs, say="not 65")
    equal(run("signature", "verify", sighash, rs, public), (0, "ok\n", ""))
    refused(7, "signature", "verify", AT, rs, public, say="TR_E_SIGNATURE")
    refused(7, "signature", "verify", sighash, rs, "0x02" + "ff" * 32, say="TR_E_POINT")
    order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141
    high = rs[:66] + f"{order - int(rs[66:], 16):064x}"
    code, out, _ = run("signature", "verify", sighash, high, public)
    assert code == 0 and "high" in out, out
    shared = run("signature", "shared", public, text="01" * 32)[1]
    other = run("signature", "public-key", text="01" * 32)[1].strip()
    equal(run("signature", "shared", other, text=key), (0, shared, ""))
    refused(1, "signature", "sign", sighash, text="00" * 32, say="TR_E_KEY_RANGE")
    refused(1, "signature", "sign", sighash, "--scheme", "rsa", text=key, say="schemes")


@case
def schnorr_and_p256_signatures_verify():
    # Vector 0 of BIP-340.
    message, schnorr = "0x" + "00" * 32, ["--scheme", "schnorr"]
    public = "0xf9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"
    signature = ("0xe907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
                 "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0")
    equal(run("signature", "public-key", *schnorr, text="0" * 63 + "3"), (0, public + "\n", ""))
    equal(run("signature", "verify", message, signature, public, *schnorr), (0, "ok\n", ""))
    refused(7, "signature", "verify", "0x", signature, public, *schnorr, say="TR_E_SIGNATURE")
    mine = run("signature", "sign", "0x616263", *schnorr, text="0" * 63 + "3")[1].strip()
    equal(run("signature", "verify", "-", mine, public, *schnorr, text="abc"), (0, "ok\n", ""))
    # Wycheproof, ecdsa_secp256r1_sha256_p1363, case 1.
    p256 = ["--scheme", "p256"]
    sighash = "0x" + hashlib.sha256(b"123400").hexdigest()
    public = ("2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
              "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e")
    signature = ("0x2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
                 "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76")
    for form in ("0x" + public, "0x04" + public):
        equal(run("signature", "verify", sighash, signature, form, *p256), (0, "ok\n", ""))
    refused(7, "signature", "verify", AT, signature, "0x" + public, *p256, say="TR_E_SIGNATURE")
    refused(1, "signature", "verify", sighash, signature, "0x02" + public[:64], *p256, say="not 64")
    refused(1, "signature", "sign", sighash, *p256, text=KEY, say="TR_E_UNSUPPORTED")


@case
def poseidon_of_field_elements():
    one, two = f"{1:064x}", f"{2:064x}"
    equal(run("hash", "poseidon", "0x" + one + two)[1],
          "0x115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a\n")
    equal(run("hash", "poseidon", "0x" + one)[1],
          "0x29176100eaa962bdc1fe6c654d6a3c130e96a4d1168b33848b897dc502820133\n")
    refused(1, "hash", "poseidon", "0x01", say="numbers of 32 bytes")
    refused(1, "hash", "poseidon", "0x", say="numbers of 32 bytes")
    refused(1, "hash", "poseidon", "0x" + "ff" * 32, say="TR_E_RANGE")


def write_blob(folder, name, at, text=False):
    blob = bytearray(131072)
    blob[32 * at + 31] = 1
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(b"0x" + blob.hex().encode() + b"\n" if text else blob)
    return path


@case
def kzg_of_a_blob():
    versioned = "0x01" + hashlib.sha256(bytes.fromhex(COMMITMENT[2:])).hexdigest()[2:]
    equal(run("kzg", "hash", COMMITMENT), (0, versioned + "\n", ""))
    with tempfile.TemporaryDirectory() as folder:
        blob = write_blob(folder, "blob", THE_ONE)
        with open(write_blob(folder, "hex", THE_ONE, text=True)) as f:
            equal(run("kzg", "commit", "-", text=f.read()), (0, COMMITMENT + "\n", ""))
        equal(run("kzg", "prove", blob), (0, BLOB_PROOF + "\n", ""))
        equal(run("kzg", "prove", blob, "--commitment", COMMITMENT), (0, BLOB_PROOF + "\n", ""))
        equal(run("kzg", "prove", blob, "--at", AT),
              (0, f"proof       {POINT_PROOF}\nvalue       {VALUE}\n", ""))
        claim = ["--commitment", COMMITMENT, "--proof", BLOB_PROOF]
        equal(run("kzg", "verify", blob, *claim), (0, "ok\n", ""))
        refused(7, "kzg", "verify", write_blob(folder, "other", 0), *claim, say="TR_E_KZG")
        refused(1, "kzg", "commit", os.devnull, say="131072")
        refused(1, "kzg", "commit", os.path.join(folder, "none"), say="TR_E_NOT_FOUND")
        refused(1, "kzg", "commit", blob, "--setup", blob, say="TR_E_KZG_SETUP")
        refused(1, "kzg", "verify", blob, "--proof", BLOB_PROOF, say="--commitment is missing")


@case
def kzg_of_a_point_needs_no_setup():
    claim = ["kzg", "verify", "--commitment", COMMITMENT, "--proof", POINT_PROOF, "--at", AT, "--value"]
    equal(run(*claim, VALUE), (0, "ok\n", ""))
    refused(7, *claim, AT, say="TR_E_KZG")
    refused(7, *claim, ORDER, say="TR_E_RANGE")
    refused(1, *claim, "0x00", say="TR_E_HEX_LENGTH")


@case
def kzg_cells_are_checked_and_recovered():
    with tempfile.TemporaryDirectory() as folder:
        code, out, _ = run("kzg", "cells", write_blob(folder, "blob", THE_ONE))
        lines = out.splitlines(keepends=True)
        equal((code, len(lines)), (0, 128))
        # SHA-256 of the consensus test's proofs, one behind the other.
        proofs = b"".join(bytes.fromhex(line.split()[2][2:]) for line in lines)
        equal(hashlib.sha256(proofs).hexdigest(),
              "4abe0277af836b5ac6ee00f60ed684ba140b9d6a494800512d6a780d3954bc4e")
        half = "".join(lines[1::2])
        equal(run("kzg", "recover", "-", text=half), (0, out, ""))
        equal(run("kzg", "check", "-", "--commitment", COMMITMENT, text=half), (0, "ok, 64 cells\n", ""))
        wrong = lines[0].replace("0 ", "1 ", 1)
        refused(7, "kzg", "check", "-", "--commitment", COMMITMENT, text=wrong, say="TR_E_KZG")
        refused(7, "kzg", "recover", "-", text="".join(lines[:64]) + lines[66].replace("66 ", "65 ", 1), say="TR_E_KZG")
        refused(1, "kzg", "recover", "-", text="128 0x 0x\n", say="index")
        refused(1, "kzg", "recover", "-", text=lines[0] + "1 0x00\n", say="line 2")
        refused(1, "kzg", "recover", "-", text="".join(lines) + lines[0], say="more than 128")
        refused(1, "kzg", "check", "-", "--commitment", COMMITMENT, text="", say="no cell")


if __name__ == "__main__":
    sys.exit(main())

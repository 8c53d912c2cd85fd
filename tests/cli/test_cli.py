#!/usr/bin/env python3
"""The program from outside: each verb with known answers, and what it says to wrong input.

    test_cli.py TRESTLE

TAP on stdout.  Each case is a function; its docstring is the test's name.
"""
import hashlib
import json
import os
import shlex
import struct
import subprocess
import sys
import tempfile

TRESTLE = os.path.abspath(sys.argv[1])
CASES = []


def case(function):
    CASES.append(function)
    return function


def run(*args, text=None, env=None):
    """Runs the program; gives (exit code, stdout, stderr)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LAYER2_")}
    environment.update(env or {})
    done = subprocess.run([TRESTLE, *args], input=text, text=True, capture_output=True,
                          env=environment, timeout=120)
    return done.returncode, done.stdout, done.stderr


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, expected {want!r}")


def verbs():
    """The names of the verbs, from the help page."""
    code, out, _ = run("--help")
    equal(code, 0)
    return [line.split()[0] for line in out.splitlines() if line.startswith("  ")]


def flags(verb):
    """The flags of a verb, from its help page."""
    _, out, _ = run(verb, "--help")
    lines = out.split("examples:")[0].splitlines()
    return [line.split()[0] for line in lines if line.startswith("  --") and "--KEY" not in line]


def three_lines(err):
    """An error is three lines: what happened, why, what to do."""
    lines = err.strip().splitlines()[-3:]
    starts = ["error: ", "  because  ", "  try      "]
    if len(lines) != 3 or any(not l.startswith(s) for l, s in zip(lines, starts)):
        raise AssertionError(f"not the three lines of an error: {err!r}")


@case
def every_verb_has_help_with_usage_and_two_examples():
    for verb in verbs():
        for flag in ("--help", "-h"):
            code, out, _ = run(verb, flag)
            equal(code, 0)
            assert f"usage: trestle {verb}" in out, out
        examples = out.split("examples:\n")[1].strip().splitlines()
        assert len(examples) >= 2 and all("trestle" in e for e in examples), examples


@case
def man_page_and_completions_know_every_verb_and_flag():
    pages = {"man": run("man")[1].replace("\\-", "-")}
    for shell in ("bash", "zsh", "fish"):
        code, pages[shell], _ = run("completion", shell)
        equal(code, 0)
    for verb in verbs():
        for page in pages.values():
            assert verb in page, verb
        for flag in flags(verb):
            for shell, page in pages.items():
                assert (flag[2:] if shell == "fish" else flag) in page, (verb, flag, shell)


@case
def bash_completion_is_a_bash_script():
    _, script, _ = run("completion", "bash")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    words = subprocess.run(
        ["bash", "-c", script + '\nCOMP_WORDS=(trestle comp); COMP_CWORD=1; _trestle; echo "${COMPREPLY[@]}"'],
        text=True, capture_output=True, check=True).stdout
    equal(words.strip(), "completion")


@case
def an_unknown_verb_names_the_nearest():
    code, _, err = run("versoin")
    equal(code, 2)
    three_lines(err)
    assert "version" in err, err
    code, _, err = run("qqqqqqqq")
    equal(code, 2)
    three_lines(err)


@case
def an_unknown_flag_names_the_nearest():
    code, _, err = run("version", "--jsn")
    equal(code, 2)
    three_lines(err)
    assert "--json" in err, err


@case
def no_verb_is_a_usage_error():
    code, out, err = run()
    equal((code, out), (2, ""))
    assert "usage: trestle VERB" in err


@case
def version_is_the_same_as_text_and_json():
    code, out, _ = run("--version")
    equal(code, 0)
    version = out.split()[1]
    code, out, _ = run("version", "--json")
    equal(json.loads(out)["version"], version)


@case
def test_vectors_refuses_what_is_not_there():
    code, _, err = run("test-vectors", "no/such/path")
    equal(code, 1)
    three_lines(err)
    code, _, err = run("test-vectors")
    equal(code, 2)
    three_lines(err)


@case
def test_vectors_fails_on_a_file_that_no_row_knows():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "surprise.bin"), "w") as f:
            f.write("x")
        code, out, _ = run("test-vectors", folder)
        equal(code, 7)
        equal(out.splitlines()[-1], "0 passed, 1 failed")


@case
def test_vectors_holds_its_list_against_what_it_meets():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "README.md"), "w") as f:
            f.write("x")
        code, out, _ = run("test-vectors", folder)
        equal(code, 0)
        equal(out.splitlines()[-2:], ["1 skipped", "0 passed, 0 failed"])
        code, out, _ = run("test-vectors", "--whole", folder)
        equal(code, 7)
        equal("FAIL not_applicable.def: PoWTests/*.json: it says 1 files, and 0 were met" in out, True)


@case
def test_vectors_knows_a_test_by_what_is_in_it():
    zero = "0x" + 64 * "0"
    sender = "0x" + 40 * "1"
    test = {
        "env": {
            "currentCoinbase": "0x" + 40 * "2",
            "currentNumber": "1",
            "currentTimestamp": "1",
            "currentGasLimit": "0x100000",
            "currentRandom": zero,
            "currentBaseFee": "7",
        },
        "pre": {},
        "transaction": {
            "sender": sender,
            "to": sender,
            "nonce": "0",
            "gasPrice": "7",
            "data": ["0x"],
            "gasLimit": ["0x5208"],
            "value": ["0"],
        },
    }
    nothing = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    no_logs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
    # what is said of it: the last three are not so, and the last is no name at all
    for exception, root, good in (
        ("TransactionException.INSUFFICIENT_ACCOUNT_FUNDS", nothing, True),
        ("TransactionException.NONCE_IS_MAX|TransactionException.INSUFFICIENT_ACCOUNT_FUNDS", nothing, True),
        ("TransactionException.INSUFFICIENT_ACCOUNT_FUNDS", zero, False),
        ("TransactionException.NONCE_IS_MAX", nothing, False),
        ("TransactionException.SOME_FAULT", nothing, False),
    ):
        post = {"hash": root, "logs": no_logs, "indexes": {"data": 0, "gas": 0, "value": 0}}
        post["expectException"] = exception
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "some.json"), "w") as f:
                json.dump({"one": dict(test, post={"Shanghai": [post]})}, f)
            code, out, _ = run("test-vectors", folder)
            equal((code, out.splitlines()[-1]), (0, "1 passed, 0 failed") if good else (7, "0 passed, 1 failed"))


@case
def hash_of_an_argument_and_of_standard_input():
    abc = "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45\n"
    equal(run("hash", "keccak256", "0x616263"), (0, abc, ""))
    equal(run("hash", "keccak256", "-", text="abc"), (0, abc, ""))
    equal(run("hash", "ripemd160", "0x616263")[1], "0x8eb208f7e05d987a9b044a8e98c6b087f15a0bfc\n")
    for name in ("sha256", "sha512"):
        equal(run("hash", name, "-", text="abc")[1], "0x" + getattr(hashlib, name)(b"abc").hexdigest() + "\n")
    code, _, err = run("hash", "keccak256", "0x6162zz")
    equal(code, 1)
    three_lines(err)
    assert "TR_E_HEX_DIGIT" in err and "at byte 6" in err, err
    equal(run("hash", "md5", "0x")[0], 2)


def private(folder, name, text):
    path = os.path.join(folder, name)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write(text)
    return path


@case
def accounts_are_those_of_every_devnet():
    code, out, _ = run("accounts", "--json")
    equal(code, 0)
    accounts = json.loads(out)["accounts"]
    equal(len(accounts), 10)
    equal(accounts[0]["address"], "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
    equal(accounts[9]["privateKey"], "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6")
    text = run("accounts")[1]
    assert all(a["address"] in text and a["privateKey"] in text for a in accounts)
    equal(run("accounts", "more")[0], 2)


@case
def a_key_goes_into_a_keystore_and_comes_back():
    secret = "0x" + "46" * 32
    with tempfile.TemporaryDirectory() as folder:
        password = private(folder, "password", "correct horse\n")
        out = os.path.join(folder, "key.json")
        code, address, _ = run("key", "import", "--light", "--out", out, "--password-file", password,
                               text=secret + "\n")
        equal((code, address), (0, "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F\n"))
        equal(os.stat(out).st_mode & 0o777, 0o600)
        equal(json.load(open(out))["address"], address[2:-1].lower())
        code, shown, _ = run("key", "show", out)
        assert code == 0 and address in shown and secret not in shown, shown
        code, shown, _ = run("key", "show", out, "--secret", "--password-file", password)
        assert code == 0 and secret in shown, shown
        wrong = private(folder, "wrong", "correct hors\n")
        code, shown, err = run("key", "show", out, "--secret", f"--password-file={wrong}")
        equal(code, 1)
        three_lines(err)
        assert secret not in shown + err and "TR_E_PASSWORD" in err, err
        code, _, err = run("key", "new", "--light", "--out", out, "--password-file", password)
        equal(code, 1)  # a key is never overwritten
        assert "TR_E_EXISTS" in err, err
        equal(run("key", "show", os.path.join(folder, "none"))[0], 1)


@case
def a_secret_that_others_can_read_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        key = private(folder, "key", "0x" + "46" * 32)
        equal(run("key", "address", "--from", key)[0], 0)
        for mode in (0o640, 0o604, 0o660):
            os.chmod(key, mode)
            code, out, err = run("key", "address", "--from", key)
            equal((code, out), (1, ""))
            assert "TR_E_PERMISSION" in err, err


@case
def keys_are_never_arguments_and_never_echoed():
    secret = "46" * 32
    code, out, err = run("key", "address", secret)
    equal((code, out), (2, ""))
    assert secret not in err, err
    for text in ("", "46", secret + "00", "0x" + "zz" * 32, "00" * 32, "ff" * 32):
        code, out, err = run("key", "address", text=text)
        equal((code, out), (1, ""))
        three_lines(err)
        assert len(text) < 4 or text not in err, err


@case
def mnemonics_are_made_and_derive_accounts():
    code, words, _ = run("key", "mnemonic", "new", "--words", "24")
    equal((code, len(words.split())), (0, 24))
    assert run("key", "mnemonic", "new")[1] != run("key", "mnemonic", "new")[1]
    code, out, _ = run("key", "mnemonic", "derive", "--count", "2", text="test " * 11 + "junk\n")
    equal(code, 0)
    assert "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" in out and "0x70997970C5" in out, out
    with tempfile.TemporaryDirectory() as folder:
        passphrase = private(folder, "passphrase", "TREZOR")
        code, out, _ = run("key", "mnemonic", "derive", "--passphrase-file", passphrase, "--secret",
                           text="abandon " * 11 + "about")
        # as the Python packages mnemonic and bip32 have it
        assert "0x9c32F71D4DB8Fb9e1A58B0a80dF79935e7256FA6" in out, out
    for bad in ("zoo " * 12, "zoo " * 11 + "nonsense", "zoo"):
        code, _, err = run("key", "mnemonic", "derive", text=bad)
        equal(code, 1)
        three_lines(err)
        assert "nonsense" not in err, err
    for bad in (["new", "--words", "13"], ["derive", "--count", "0"]):
        code, _, err = run("key", "mnemonic", *bad)
        assert code in (1, 2), code
        three_lines(err)


@case
def key_refuses_what_it_does_not_know():
    for words in ([], ["bogus"], ["show"], ["new", "x"], ["mnemonic"], ["mnemonic", "x"], ["new", "--out"],
                  ["new", "--light=1"]):
        code, out, err = run("key", *words)
        equal((code, out), (2, ""))
        three_lines(err)


@case
def config_shows_each_value_and_where_it_came_from():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.yaml")
        with open(path, "w") as f:
            f.write("layer2:\n  batch_size: 7\n  security:\n    fuzz_testing: true\n")
        code, out, _ = run("config", "show", "--config", path, "--timeout=2m", "--no-enabled", "--json",
                           env={"LAYER2_QUEUE_SIZE": "9", "LAYER2_BATCH_SIZE": "8"})
    equal(code, 0)
    keys = {k["name"]: k for k in json.loads(out)["keys"]}
    got = {n: (keys[n]["value"], keys[n]["origin"]) for n in
           ("batch_size", "queue_size", "timeout", "enabled", "fuzz_testing", "target_tps")}
    equal(got, {"batch_size": (8, "environment"), "queue_size": (9, "environment"), "timeout": ("2m", "flag"),
                "enabled": (False, "flag"), "fuzz_testing": (True, "file"), "target_tps": (50000, "default")})
    equal(keys["fuzz_testing"]["from"], path + ":4")
    equal(keys["timeout"]["ns"], 120 * 10**9)
    equal(len(keys), 24)


@case
def config_tells_all_errors_at_once():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.yaml")
        with open(path, "w") as f:
            f.write("layer2:\n  bach_size: 7\n  timeout: 30\n")
        for what in ("show", "check"):
            code, out, err = run("config", what, "--config", path, "--queue-size=x")
            equal((code, out), (2, ""))
            three_lines(err)
            for text in (path + ":2:3: unknown key \"bach_size\": the nearest one is \"batch_size\"\n"
                         "    2 |   bach_size: 7\n      |   ^\n", "a unit is missing", "--queue-size: a whole number",
                         "error: the configuration has 3 errors"):
                assert text in err, err
        code, out, _ = run("config", "check", "--config", path, "--json")
    equal(code, 2)
    answer = json.loads(out)
    equal((answer["valid"], answer["count"]), (False, 2))
    equal([e["code"] for e in answer["errors"]], ["TR_E_CONFIG_KEY", "TR_E_CONFIG_UNIT"])
    code, _, err = run("config", "show", "--config", "no/such/file")
    equal(code, 1)
    three_lines(err)
    assert "No such file" in err, err


@case
def config_refuses_what_it_does_not_know():
    for args, hint in ((("--batchsize=1", "show"), "--batch-size"), (("shw",), "show, check"), ((), "show, check"),
                       (("show", "check"), "show, check"), (("show", "--timeout"), "a value is missing"),
                       (("show", "--config"), "--config")):
        code, out, err = run("config", *args)
        equal((code, out), (2, ""))
        three_lines(err)
        assert hint in err, err


@case
def config_schema_sample_and_docs_agree():
    schema = json.loads(run("config", "schema")[1])["properties"]["layer2"]["properties"]
    values = json.loads(run("config", "show", "--json")[1])["keys"]
    sample, docs = run("config", "init")[1], run("config", "docs")[1]
    for key in values:
        name = key["name"]
        assert name in schema and f"{name}: " in sample and f"`layer2.{name}`" in docs, name
        assert f"`--{name.replace('_', '-')}`" in docs and f"`LAYER2_{name.upper()}`" in docs, name
        assert f"{name}: {json.dumps(schema[name]['default']).strip(chr(34))}\n" in sample, name
    equal(set(schema) - {k["name"] for k in values}, {"performance", "security"})
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.yaml")
        with open(path, "w") as f:
            f.write(sample)
        equal(run("config", "check", "--config", path), (0, "the configuration is valid\n", ""))
        filed = json.loads(run("config", "show", "--config", path, "--json")[1])["keys"]
    equal([(k["name"], k["value"]) for k in filed], [(k["name"], k["value"]) for k in values])
    equal(json.loads(run("config", "check", "--json")[1]), {"valid": True, "count": 0, "errors": []})


@case
def doctor_says_the_same_as_text_and_json():
    code, text, _ = run("doctor")
    equal(code, 0)
    code, out, _ = run("doctor", "--json")
    equal(code, 0)
    answer = json.loads(out)
    findings = {f["name"]: f for f in answer["findings"]}
    for name in ("cores", "sha", "keccak-256", "libsecp256k1", "libyaml", "memory", "open files", "clock source"):
        assert findings[name]["state"] in ("ok", "warn"), name
        assert name in text, name
    equal(answer["warnings"], sum(f["state"] == "warn" for f in answer["findings"]))
    assert all(("try" in f) == (f["state"] == "warn") for f in answer["findings"]), out
    portable = json.loads(run("doctor", "--json", env={"TRESTLE_CPU": "portable"})[1])
    values = {f["name"]: f for f in portable["findings"]}
    equal((values["sha-256"]["value"], values["TRESTLE_CPU"]["state"]), ("portable", "warn"))
    code, _, err = run("doctor", "twice")
    equal(code, 2)
    three_lines(err)


@case
def tries_and_their_proofs():
    """trie: known root, proofs of what is there and is not, changed proofs refused"""
    dogs = json.dumps({"do": "verb", "dog": "puppy", "doge": "coin", "0x686f727365": "stallion"})
    root = "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"
    equal(run("trie", "root", "-", text=dogs), (0, root + "\n", ""))
    for flag in ([], ["--secure"]):
        code, out, _ = run("trie", "prove", *flag, "dog", "-", text=dogs)
        equal(code, 0)
        proof = json.loads(out)
        equal(proof["value"], "0x" + b"puppy".hex())
        equal(run("trie", "verify", "-", text=out)[:2], (0, "holds: 0x7075707079\n"))
        absent = run("trie", "prove", *flag, "cat", "-", text=dogs)[1]
        equal(run("trie", "verify", "-", text=absent)[:2], (0, "holds: nothing is there\n"))
        for change in ({"value": "0x00"}, {"value": None}, {"key": "0x00"}, {"proof": []},
                       {"root": "0x" + "00" * 32}, {"proof": proof["proof"] * 2}):
            code, _, err = run("trie", "verify", "-", text=json.dumps({**proof, **change}))
            equal(code, 7)
            three_lines(err)
    equal(run("trie", "verify", "--root", "0x" + "11" * 32, "-", text=out)[0], 7)
    for bad in ("[]", "{", '{"key": 1}', '{"a": 1}'):
        code, _, err = run("trie", "root", "-", text=bad)
        equal(code, 1)
        three_lines(err)
    equal(run("trie", "verify", "-", text="{}")[0], 1)
    equal(run("trie", "root")[0], 2)
    equal(run("trie", "root", "/nowhere/at/all")[0], 1)


@case
def answers_of_get_proof():
    """trie verify: an answer of eth_getProof against a state root, whole and changed"""
    # One account with one slot, made by hand: a trie of one leaf is its own proof.
    key = "0x" + "00" * 31 + "05"
    slot = run("hash", "keccak256", key)[1].strip()
    storage = run("trie", "prove", slot, "-", text=json.dumps({slot: "0x2a"}))[1]
    storage = json.loads(storage)
    empty = "0x" + "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    account = run("rlp", "encode", json.dumps([7, 1000, storage["root"], empty]))[1].strip()
    address = "0x" + "ab" * 20
    state = json.loads(run("trie", "prove", "--secure", address, "-",
                           text=json.dumps({address: account}))[1])
    answer = {"address": address, "nonce": "0x7", "balance": "0x3e8", "codeHash": empty,
              "storageHash": storage["root"], "accountProof": state["proof"],
              "storageProof": [{"key": key, "value": "0x2a", "proof": storage["proof"]},
                               {"key": "0x6", "value": "0x0", "proof": storage["proof"]}]}
    verify = ["trie", "verify", "--root", state["root"], "-"]
    equal(run(*verify, text=json.dumps(answer))[:2],
          (0, "holds: the account is there, and 2 slots\n"))
    equal(run(*verify, text=json.dumps({"result": answer}))[0], 0)
    equal(run("trie", "verify", "-", text=json.dumps(answer))[0], 1)
    for change in ({"nonce": "0x8"}, {"balance": "0x0"}, {"codeHash": key}, {"storageHash": key},
                   {"address": "0x" + "ac" * 20}, {"accountProof": []},
                   {"storageProof": [{"key": key, "value": "0x2b", "proof": storage["proof"]}]},
                   {"storageProof": [{"key": key, "value": "0x2a", "proof": []}]}):
        code, _, err = run(*verify, text=json.dumps({**answer, **change}))
        equal(code, 7)
        three_lines(err)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def wal_segment(first, bodies, salt=0x1122334455667788):
    """A segment of the log as store/wal_internal.h describes it; each record is a group."""
    header = struct.pack("<8sII16sQQ12x", b"TRSTLWAL", 1, 0, b"log of the tests", first, salt)
    out = (header + struct.pack("<I", crc32c(header))).ljust(512, b"\0")
    for i, body in enumerate(bodies):
        head = struct.pack("<IIIQ", crc32c(body), len(body) | i << 25, len(out), first + i)
        out += struct.pack("<I", crc32c(struct.pack("<QQ", salt, len(out)) + head)) + head + body
        out += bytes(-len(out) % 8)
    return out


@case
def wal_check_and_cat():
    """wal check and cat: whole, torn and damaged logs"""
    bodies = [b"first", b"", b"\x00\xff" * 100]
    with tempfile.TemporaryDirectory() as log:
        path = os.path.join(log, f"{7:020}.wal")
        whole = wal_segment(7, bodies)

        def write(content):
            with open(path, "wb") as file:
                file.write(content)

        write(whole + bytes(64))
        code, out, _ = run("wal", "check", log)
        equal((code, out.splitlines()[-1]), (0, "1 segments, 3 records, first 7, next 10"))
        equal(run("wal", "cat", log, "--count", "2")[:2], (0, "7 0 0x6669727374\n8 1 0x\n"))
        raw = subprocess.run([TRESTLE, "wal", "cat", log, "--from=9", "--raw"], capture_output=True, check=True)
        equal(raw.stdout, bodies[2])
        code, out, _ = run("wal", "cat", log, "--json", "--from", "9")
        equal((code, json.loads(out)), (0, {"sequence": 9, "type": 2, "body": "0x" + bodies[2].hex()}))
        equal(run("wal", "cat", log, "--type", "5")[:2], (0, ""))
        equal(run("wal", "cat", log, "--from", "11")[0], 1)

        write(whole[:-8])  # the last record is cut short
        code, out, _ = run("wal", "check", log)
        equal((code, out.splitlines()[-1]),
              (0, f"torn: opening cuts {len(whole) - 8 - 568} bytes off {7:020}.wal at offset 568"))
        write(whole[:540] + b"!" + whole[541:])  # the first has a wrong byte
        for verb in "check", "cat":
            code, out, err = run("wal", verb, log)
            equal(code, 1)
            three_lines(err)
            equal("at offset 512 is a bad record, and later ones are good" in err, True)
        write(wal_segment(7, bodies).replace(b"TRSTLWAL", b"trstlwal"))
        code, out, err = run("wal", "check", log)
        equal((code, "there is no good header" in err), (1, True))
    equal(run("wal", "check", "/nowhere")[0], 3)
    for wrong in [], ["cat"], ["check", "a", "b"], ["cat", "a", "--type", "128"], ["look", "a"]:
        code, _, err = run("wal", *wrong)
        equal(code, 2)
        three_lines(err)




EIP155 = ('{"chainId":"0x1","nonce":"0x9","gasPrice":"0x4a817c800","gas":"0x5208","value":"0xde0b6b3a7640000",'
          '"to":"0x3535353535353535353535353535353535353535","input":"0x"}')
EIP155_RAW = ("0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
              "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b"
              "3800ccf555c9f3dc64214b297fb1966a3b6d83")
EIP155_HASH = "0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788"


@case
def transactions_are_signed():
    """A transaction is signed with a key from a file, standard input or a keystore: EIP-155's example"""
    with tempfile.TemporaryDirectory() as folder:
        key = private(folder, "key", "46" * 32)
        want = f"raw   {EIP155_RAW}\nhash  {EIP155_HASH}\n"
        equal(run("tx", "sign", EIP155, "--key", key), (0, want, ""))
        equal(run("tx", "sign", "-", "--key", key, text=EIP155)[1], want)
        equal(run("tx", "sign", EIP155, text="46" * 32)[1], want)
        tx = private(folder, "tx.json", EIP155)
        equal(json.loads(run("tx", "sign", f"@{tx}", "--json", f"--key={key}")[1]),
              {"raw": EIP155_RAW, "hash": EIP155_HASH})
        password = private(folder, "password", "a password\n")
        store = os.path.join(folder, "store.json")
        equal(run("key", "import", "--light", "--from", key, "--out", store, "--password-file", password)[0], 0)
        equal(run("tx", "sign", EIP155, "--keystore", store, "--password-file", password)[1], want)
        for bad in (["tx", "sign", "{}", "--key", key], ["tx", "sign", EIP155, "--key", key + "x"],
                    ["tx", "sign", "@" + key + "x", "--key", key], ["tx", "sign", EIP155, "--keystore", tx]):
            code, out, err = run(*bad, text="")
            equal((code, out), (1, ""))
            three_lines(err)
        for bad in (["tx", "sign", "-"], ["tx", "sign"], ["tx", "send", EIP155], ["tx", "sign", EIP155, "--key"],
                    ["tx", "sign", EIP155, "more"]):
            code, _, err = run(*bad, text="")
            equal(code, 2)
            three_lines(err)


@case
def transactions_are_decoded():
    """A transaction's fields, hash, sender and price; in hex, in a file, as bytes, with blobs"""
    sender = "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"
    lines = dict(line.split(None, 1) for line in run("tx", "decode", EIP155_RAW)[1].splitlines()
                 if not line.startswith(("signing", "floor", "intrinsic")))
    equal((lines["hash"], lines["sender"], lines["nonce"]), (EIP155_HASH, sender, "0x9"))
    code, out, _ = run("tx", "decode", "-", "--json", "--chain-fork", "Frontier", text=EIP155_RAW + "\n")
    said = json.loads(out)
    equal((code, said["transaction"]["hash"], said["sender"]), (0, EIP155_HASH, sender))
    equal((said["fork"], said["intrinsicGas"], said["error"]), ("Frontier", 21000, "TR_E_TX_V"))
    equal(said["signingHash"], "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
    equal(json.loads(run("tx", "decode", EIP155_RAW, "--json")[1])["error"], None)
    corpus = os.path.join(os.path.dirname(__file__), "../fuzz/corpus/tx")
    for name in ("first", "type1", "type2", "type3", "type4", "deposit", "wrapped0", "wrapped1", "create"):
        code, out, _ = run("tx", "decode", "--json", f"@{corpus}/{name}")
        equal((code, "hash" in json.loads(out)["transaction"]), (0, True))
        code, out, _ = run("tx", "decode", f"@{corpus}/{name}")
        assert code == 0 and "intrinsic gas" in out, out
    assert "none: v is no parity" in run("tx", "decode", "0xc9" + "80" * 9)[1]
    for bad in ("0x05c0", EIP155_RAW[:-2], EIP155_RAW + "00", "0xzz", "", "@/nowhere"):
        code, out, err = run("tx", "decode", bad)
        equal((code, out), (1, ""))
        three_lines(err)
    equal(run("tx", "decode", EIP155_RAW, "--chain-fork", "Rome")[0], 2)
    equal(run("tx", "decode")[0], 2)


@case
def rlp_both_ways():
    equal(run("rlp", "decode", "0xc88363617483646f67"), (0, '["0x636174","0x646f67"]\n', ""))
    equal(run("rlp", "encode", '["cat","0x646f67"]'), (0, "0xc88363617483646f67\n", ""))
    equal(run("rlp", "encode", "-", text="[[], 1024]")[1], "0xc4c0820400\n")
    code, _, err = run("rlp", "decode", "0xc28105")
    equal(code, 1)
    three_lines(err)
    assert "TR_E_CANONICAL" in err and "at byte 1" in err, err
    equal(run("rlp", "encode", "[true]")[0], 1)
    equal(run("rlp", "decode", "c1" * 65 + "c0")[0], 1)
    equal(run("rlp", "turn", "0x")[0], 2)


@case
def abi_both_ways():
    encoded = "0x" + f"{1:064x}{0x40:064x}{1:064x}" + "ff".ljust(64, "0")
    equal(run("abi", "encode", "bool,bytes", '[true,"0xff"]'), (0, encoded + "\n", ""))
    equal(run("abi", "decode", "bool,bytes", encoded), (0, '[true,"0xff"]\n', ""))
    dirty = "0x" + f"{2:064x}"
    code, _, err = run("abi", "decode", "bool", dirty)
    equal(code, 1)
    three_lines(err)
    assert "TR_E_ABI_PADDING" in err and "at byte 0" in err, err
    equal(run("abi", "decode", "--lenient", "bool", dirty)[1], "[true]\n")
    equal(run("abi", "encode", "--packed", "uint16,string", '[3,"ab"]')[1], "0x00036162\n")
    equal(run("abi", "selector", "transfer(address,uint256)")[1], "0xa9059cbb\n")
    equal(len(run("abi", "selector", "event E(bool)")[1]), 67)
    equal(run("abi", "selector", "transfer(")[0], 1)
    equal(run("abi", "encode", "bool")[0], 2)


@case
def abi_hashes_typed_data():
    """The domain separator and the digest are those of the example of EIP-712."""
    person = [{"name": "name", "type": "string"}, {"name": "wallet", "type": "address"}]
    mail = [{"name": "from", "type": "Person"}, {"name": "to", "type": "Person"}, {"name": "contents", "type": "string"}]
    document = json.dumps({
        "types": {"Person": person, "Mail": mail},
        "primaryType": "Mail",
        "domain": {"name": "Ether Mail", "version": "1", "chainId": 1, "verifyingContract": "0x" + "cc" * 20},
        "message": {
            "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
            "to": {"name": "Bob", "wallet": "0x" + "bb" * 20},
            "contents": "Hello, Bob!",
        },
    })
    code, out, _ = run("abi", "typed-data", "-", text=document)
    equal(code, 0)
    lines = out.split()
    equal(lines[1], "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f")
    equal(lines[5], "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mail.json")
        with open(path, "w") as f:
            f.write(document)
        equal(run("abi", "typed-data", path)[1], out)
    equal(run("abi", "typed-data", "/nowhere/at/all")[0], 1)
    equal(run("abi", "typed-data", "-", text="{}")[0], 1)


@case
def bench_measures_and_writes():
    code, out, _ = run("bench", "--list")
    equal(code, 0)
    names = [line.split()[0] for line in out.splitlines()[1:-1]]
    equal(len(names), len(set(names)))
    with tempfile.TemporaryDirectory() as folder:
        result, inputs = os.path.join(folder, "b.json"), os.path.join(folder, "inputs")
        code, out, err = run("bench", "--quick", "u256-div", f"--json={result}", "--inputs", inputs)
        equal((code, err), (0, ""))
        wanted = [name for name in names if name.startswith("u256-div")]
        equal([line.split()[0] for line in out.splitlines()[1:]], wanted)
        with open(result) as f:
            rows = json.load(f)["rows"]
        equal([row["row"] for row in rows], wanted)
        for row in rows:
            figures = [row["min_ns"], row["ns"], row["p50_ns"], row["p99_ns"], row["ops_per_s"]]
            equal(all(figure > 0 for figure in figures), True)
            equal(row["min_ns"] <= row["ns"] and row["p50_ns"] <= row["p99_ns"], True)
            bounds = row["tiers"]
            equal(bounds["ultra_ns"] < bounds["high_ns"] < bounds["medium_ns"], True)
            tier = next((t for t in ("ultra", "high", "medium") if row["ns"] <= bounds[t + "_ns"]), "low")
            equal(row["tier"], tier)
        equal(sorted(os.listdir(inputs)), sorted(name + ".bin" for name in wanted))
        equal(os.path.getsize(os.path.join(inputs, "u256-div.bin")), 1024 * 64)
    equal(run("bench", "no-such-row")[0], 3)
    equal(run("bench", "--json")[0], 2)
    equal(run("bench", "--quick", "u256-div", "--json", "/nowhere/at/all/b.json")[0], 1)


@case
def doctor_tells_the_code_that_was_chosen():
    def chosen(env):
        answer = json.loads(run("doctor", "--json", env=env)[1])
        return {f["name"]: f["value"] for f in answer["findings"] if f["group"] == "code"}

    portable = chosen({"TRESTLE_CPU": "portable"})
    equal(set(portable.values()), {"portable"})
    processor = json.loads(run("version", "--json")[1])["features"]
    if "vbmi" in processor and "ifma" in processor and "bmi2" in processor:
        here = chosen({})
        equal((here["hex"], here["json"], here["keccak-256"]), ("avx512",) * 3)


@case
def the_commands_of_the_readme_work_as_written():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    with open(os.path.join(root, "README.md")) as readme:
        lines = [line.strip() for line in readme if line.startswith("    build/trestle")]
    assert len(lines) >= 4, lines
    for line in lines:
        words = shlex.split(line)[1:]
        if words[0] == "test-vectors":
            words[1] = os.path.join(root, words[1])
            if not os.path.isdir(words[1]) and os.environ.get("CI") != "true":
                continue
            # a few of one folder: all of them are `make conformance`
            words[1:2] = ["--every", "50", os.path.join(words[1], "geth-vectors")]
        code, out, err = run(*words)
        assert code == 0 and out + err, (line, code)  # a trace goes to standard error


def main():
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

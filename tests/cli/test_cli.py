#!/usr/bin/env python3
"""The program from outside: each verb with known answers, and what it says to wrong input.

    test_cli.py TRESTLE

TAP on stdout.  Each case is a function; its docstring is the test's name.
"""
import hashlib
import json
import os
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

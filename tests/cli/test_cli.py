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

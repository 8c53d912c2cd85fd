#!/usr/bin/env python3
"""Each rule of tools/check-style and tools/check-docs against a small tree that breaks it."""
import os
import subprocess
import sys
import tempfile

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
SLASH = "/"  # so that this file itself names no machine's path

GOOD = {
    "src/os/README.md": "# os\n\n[the clock](clock.h), [below](#more-of-it)\n\n## More of it\n",
    "src/os/clock.h": "#ifndef TR_OS_CLOCK_H\n#define TR_OS_CLOCK_H\n#endif\n",
    "src/os/clock.c": '#include "os/clock.h"\n\n#include <time.h>\n\nvoid f(void)\n{\n    clock_gettime(0, 0);\n}\n',
    "src/hash/k.c": '/* strcpy() in a comment */\nconst char *s = "rand()";\nint g(struct x *p)\n{\n'
                    "    return p->time(p) + p.exit(1) + my_rand();\n}\n",
    "src/cli/bench/bench.h": "#ifndef TR_CLI_BENCH_H\n#define TR_CLI_BENCH_H\n#endif\n",
    "include/trestle/hash.h": "#ifndef TRESTLE_HASH_H\n#define TRESTLE_HASH_H\n"
                              "/* tr_hash_one and tr_hash_two hash. */\nTR_API int tr_hash_one(const void *in);\n"
                              "TR_API void *tr_hash_two(\n    void);\n\n"
                              "/* tr_hash_three hashes. */\nTR_API int tr_hash_three(void);\n#endif\n",
    "Makefile": "a:\n\tb\n",
}

BAD = [
    ("a tab", {"src/os/x.h": "#ifndef TR_OS_X_H\n#define TR_OS_X_H\n\tint x;\n#endif\n"}, "text"),
    ("space at the end", {"a.md": "x \n"}, "text"),
    ("no newline at the end", {"a.md": "x"}, "text"),
    ("a carriage return", {"a.md": "x\r\n"}, "text"),
    ("a machine's path", {"a.md": f"see {SLASH}home/joe/x\n"}, "place"),
    ("a registry", {"a.md": "see https:" + "//registry.example.org/x\n"}, "place"),
    ("a TODO", {"src/os/a.c": "/* TO" + "DO: more */\n"}, "todo"),
    ("strcpy", {"src/hash/a.c": "int f(void)\n{\n    strcpy(a, b);\n}\n"}, "banned"),
    ("the clock outside os/", {"src/hash/a.c": "int f(void)\n{\n    clock_gettime(0, 0);\n}\n"}, "banned"),
    ("exit outside cli/", {"src/os/a.c": "int f(void)\n{\n    exit(1);\n}\n"}, "banned"),
    ("a wrong guard", {"src/os/clock.h": "#ifndef CLOCK_H\n#define CLOCK_H\n#endif\n"}, "guard"),
    ("no guard", {"include/trestle/hash.h": "\n"}, "guard"),
    ("own header last", {"src/os/clock.c": '#include <time.h>\n\n#include "os/clock.h"\n'}, "order"),
    ("own header missing", {"src/os/clock.c": "#include <time.h>\n"}, "order"),
    ("a function without a comment", {"include/trestle/hash.h": GOOD["include/trestle/hash.h"].replace(
        "/* tr_hash_three hashes. */\n", "")}, "public"),
    ("a function that its comment does not name", {"include/trestle/hash.h": GOOD[
        "include/trestle/hash.h"].replace("and tr_hash_two", "")}, "public"),
    ("a header outside the whole", {"include/trestle/trestle.h": "#ifndef TRESTLE_TRESTLE_H\n"
                                    "#define TRESTLE_TRESTLE_H\n#endif\n"}, "public"),
    ("a long file", {"src/os/a.c": "int x;\n" * 1001}, "size"),
    ("a long function", {"src/os/a.c": "int f(void)\n{\n" + "    x();\n" * 200 + "}\n"}, "size"),
    ("a long README", {"src/os/README.md": "x\n" * 61}, "size"),
]
BAD_DOCS = [
    ("a link to nothing", {"docs/a.md": "[x](b.md)\n"}, "there is no b.md"),
    ("a link to no heading", {"docs/a.md": "# A\n[x](#b)\n"}, "no heading #b"),
    ("... of another page", {"docs/a.md": "[x](b.md#c)\n", "docs/b.md": "# B\n"}, "no heading #c"),
    ("an image that is not there", {"docs/a.md": "![x](b.png)\n"}, "there is no b.png"),
]


def run(tool, tree):
    with tempfile.TemporaryDirectory() as root:
        for path, text in tree.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8", newline="") as f:
                f.write(text)
        done = subprocess.run([sys.executable, os.path.join(TOOLS, tool), root], capture_output=True,
                              text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def main():
    cases = [("check-style", "a tree in style", {}, None), ("check-docs", "a tree of good links", {}, None)]
    cases += [("check-style", name, change, f": {rule}: ") for name, change, rule in BAD]
    cases += [("check-docs", name, change, said) for name, change, said in BAD_DOCS]
    failures = 0
    print(f"TAP version 13\n1..{len(cases)}")
    for number, (tool, name, change, wanted) in enumerate(cases, 1):
        code, said = run(tool, {**GOOD, **change})
        if wanted is None:
            good = code == 0
        else:  # this finding and no other
            good = code == 1 and all(wanted in line for line in said.splitlines())
        print(f"{'ok' if good else 'not ok'} {number} - {tool}: {name}")
        if not good:
            failures += 1
            print("".join(f"# {line}\n" for line in said.splitlines()), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

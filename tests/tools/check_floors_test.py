#!/usr/bin/env python3
"""Each rule of tools/check-floors against a small tree that breaks it, and only it."""
import os
import subprocess
import sys
import tempfile

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "check-floors")

GOOD = {
    "include/trestle/errors.h": "#include <stdint.h>\n",
    "include/trestle/hash.h": '#include "trestle/errors.h"\n#include <stddef.h>\n',
    "src/base/README.md": "base\n",
    "src/base/base.h": '#include "trestle/errors.h"\n#include <stdbool.h>\n',
    "src/base/memory.h": "#if __STDC_HOSTED__\n#include <string.h>\n#endif\n",
    "src/base/a.c": '#include "base/base.h"\n',
    "src/base/meson.build": "guest_sources += files('a.c')\n",
    "src/os/README.md": "os\n",
    "src/os/cpu.h": '#include "base/base.h"\n',
    "src/os/cpu.c": '#include "os/cpu.h"\n#include <unistd.h>\n',
    "src/os/meson.build": "host_sources += files('cpu.c')\n",
    "src/hash/README.md": "hash\n",
    "src/hash/keccak.h": '#include "base/base.h"\n',
    "src/hash/keccak.c": '/* no #include <stdio.h> here */\n#include "keccak.h"\n',
    "src/hash/keccak_avx512.c": '#include "hash/keccak.h"\n#include <immintrin.h>\n',
    "src/hash/sha_x86.c": '#include <immintrin.h>\n',
    "src/hash/hash_host.c": '#include "hash/keccak.h"\n#include "os/cpu.h"\n#include <stdio.h>\n',
    "src/hash/hash_abi.c": '#include "trestle/hash.h"\n#include "hash/keccak.h"\n',
    "src/hash/meson.build": "guest_sources += files('keccak.c')\n"
                            "avx512_sources += files('keccak_avx512.c')\n"
                            "sha_sources += files('sha_x86.c')\n"
                            "host_sources += files('hash_host.c', 'hash_abi.c')\n",
}

# name of the case, what changes in GOOD (None: the file goes), the rule that must speak
BAD = [
    ("an earlier room includes a later one", {"src/os/cpu.h": '#include "hash/keccak.h"\n'}, "climb"),
    ("... with spaces in the directive", {"src/os/cpu.h": '  #  include   "hash/keccak.h"  // x\n'}, "climb"),
    ("... by a relative path", {"src/os/cpu.h": '#include "../hash/keccak.h"\n'}, "climb"),
    ("a file outside src/", {"src/os/cpu.h": '#include "../../tests/x.h"\n', "tests/x.h": ""}, "climb"),
    ("a host file climbs beyond os/", {"src/hash/hash_host.c": '#include "codec/c.h"\n', "src/codec/c.h": "",
                                      "src/codec/README.md": ""}, "climb"),
    ("a guest file includes stdio.h", {"src/hash/keccak.c": '#include <stdio.h>\n'}, "closure"),
    ("a guest file includes string.h", {"src/base/base.h": '#include <string.h>\n'}, "closure"),
    ("a guest file includes os/", {"src/hash/keccak.h": '#include "os/cpu.h"\n'}, "closure"),
    ("a guest file includes a host header", {"src/hash/keccak.c": '#include "hash/k_x86.h"\n',
                                            "src/hash/k_x86.h": ""}, "closure"),
    ("a public header includes src/", {"include/trestle/hash.h": '#include "base/base.h"\n'}, "public"),
    ("a public header includes stdio.h", {"include/trestle/hash.h": '#include <stdio.h>\n'}, "public"),
    ("an ordinary file includes a public header", {"src/hash/keccak.c": '#include "trestle/hash.h"\n'}, "public"),
    ("base/ includes another public header", {"src/base/a.c": '#include "trestle/hash.h"\n'}, "public"),
    ("two headers in a circle", {"src/hash/keccak.h": '#include "hash/b.h"\n',
                                 "src/hash/b.h": '#include "hash/keccak.h"\n'}, "cycle"),
    ("a header includes itself", {"src/hash/keccak.h": '#include "keccak.h"\n'}, "cycle"),
    ("a file that is not there", {"src/hash/keccak.h": '#include "hash/none.h"\n'}, "missing"),
    ("a computed name", {"src/hash/keccak.h": '#include WHAT\n'}, "missing"),
    ("our header in angle brackets", {"src/os/cpu.c": '#include <hash/keccak.h>\n'}, "missing"),
    ("an unknown room", {"src/misc/README.md": "misc\n"}, "room"),
    ("a file in no room", {"src/x.h": "\n"}, "room"),
    ("a room without README", {"src/hash/README.md": None}, "readme"),
    ("a guest file among host_sources", {"src/base/meson.build": "host_sources += files('a.c')\n"}, "list"),
    ("a guest file among avx512_sources", {"src/base/meson.build": "avx512_sources += files('a.c')\n"}, "list"),
    ("a guest file among cli_sources", {"src/base/meson.build": "cli_sources += files('a.c')\n"}, "list"),
    ("a host file among guest_sources", {"src/hash/meson.build": GOOD["src/hash/meson.build"].replace(
        "'keccak.c'", "'keccak.c', 'hash_host.c'").replace("files('hash_host.c', ", "files(")}, "list"),
    ("a file of os/ among guest_sources", {"src/os/meson.build": "guest_sources += files('cpu.c')\n"}, "list"),
    ("a file in no list", {"src/base/b.c": "\n"}, "list"),
    ("a file in two lists", {"src/os/meson.build": "host_sources += files('cpu.c')\n"
                                                   "linked_sources += files('cpu.c')\n"}, "list"),
]


def run(tree):
    with tempfile.TemporaryDirectory() as root:
        for path, text in tree.items():
            if text is None:
                continue
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)
        done = subprocess.run([sys.executable, TOOL, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def main():
    failures = 0
    print(f"TAP version 13\n1..{len(BAD) + 1}")
    cases = [("a good tree", {}, None)] + BAD
    for number, (name, change, rule) in enumerate(cases, 1):
        code, said = run({**GOOD, **change})
        if rule is None:
            good = code == 0
        else:
            rules = {line.split(": ")[1] for line in said.splitlines() if line.count(": ") >= 2}
            good = code == 1 and rules == {rule}
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            failures += 1
            print("".join(f"# {line}\n" for line in said.splitlines()), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

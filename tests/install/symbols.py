#!/usr/bin/env python3
"""symbols.py SOURCE LIBRARY.so LIBRARY.a [--update]: what the library exports is what the public
headers declare and what tools/abi-symbols.txt has recorded; the static one exports nothing more.
A function that has gone breaks programs; a new one is a promise: both are to be seen in a commit."""
import glob
import os
import re
import subprocess
import sys


def exported(command):
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in said.splitlines() if re.match(r"[0-9a-f]+ [A-Z] ", line)}


def declared(source):
    names = set()
    for path in glob.glob(os.path.join(source, "include/trestle/*.h")):
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        for declaration in re.findall(r"\bTR_API\s+([^;{]*);", text):
            match = re.search(r"\b(tr_\w+)\s*(?:\(|\[|$)", declaration)
            if match:
                names.add(match.group(1))
    return names


def main():
    source, shared, static = sys.argv[1:4]
    recorded_at = os.path.join(source, "tools/abi-symbols.txt")
    have = exported(["nm", "-D", "--defined-only", shared])
    if "--update" in sys.argv:
        with open(recorded_at, "w", encoding="utf-8") as f:
            f.write("".join(name + "\n" for name in sorted(have)))
        return 0
    with open(recorded_at, encoding="utf-8") as f:
        recorded = set(f.read().split())
    failures = 0
    for what, other in (("tools/abi-symbols.txt", recorded), ("include/trestle", declared(source)),
                        ("libtrestle.a", exported(["nm", "-g", "--defined-only", static]))):
        for name in sorted(have - other):
            print(f"{name} is in libtrestle.so and not in {what}")
            failures += 1
        for name in sorted(other - have):
            print(f"{name} is in {what} and not in libtrestle.so")
            failures += 1
    for name in sorted(have):
        if not name.startswith("tr_"):
            print(f"{name} is exported without the prefix tr_")
            failures += 1
    if failures:
        print("if this is meant: make abi-symbols, and commit")
        return 1
    print(f"{len(have)} public symbols")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The constants in src/field are what tools/make-fields writes."""
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILES = {"prime": "prime_constants.h", "tower": "tower_constants.h", "lanes": "lanes_constants_avx512.h"}

print("TAP version 13")
print("1..%d" % len(FILES))
for number, (what, name) in enumerate(FILES.items(), 1):
    made = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "make-fields"), what],
                          capture_output=True, check=True).stdout
    with open(os.path.join(ROOT, "src", "field", name), "rb") as f:
        same = f.read() == made
    print("%sok %d - %s" % ("" if same else "not ", number, name))
    if not same:
        print("# again: tools/make-fields %s > src/field/%s" % (what, name))

#!/usr/bin/env python3
"""run_test.py BUILD: the runner notices an attack that goes through, and counts it right."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = [  # the list, exit status, critical, warnings, status
    ("a | critical | x | run true\n", 0, 0, 0, "secure"),
    ("a | critical | x | run false\nb | warning | x | run true\n", 1, 1, 0, "critical"),
    ("a | warning | x | run false\n", 1, 0, 1, "warnings"),
    ("a | critical | x | run python3 -c bytes(3<<30)\n", 1, 1, 0, "critical"),
    ("a | critical | x | unit base-buf no_such_test\n", 1, 1, 0, "critical"),
    ("a | critical | x | unit no-such-program x\n", 1, 1, 0, "critical"),
    ("a | critical | x | pray\n", 1, 1, 0, "critical"),
    ("", 1, 0, 0, "secure"),
]


def main():
    build = sys.argv[1]
    print(f"TAP version 13\n1..{len(CASES)}")
    failures = 0
    with tempfile.TemporaryDirectory() as work:
        attacks, out = os.path.join(work, "attacks"), os.path.join(work, "out.json")
        for number, (text, code, critical, warnings, status) in enumerate(CASES, 1):
            with open(attacks, "w", encoding="utf-8") as f:
                f.write(text)
            done = subprocess.run([sys.executable, os.path.join(HERE, "run"), "--build", build, "--list", attacks,
                                   "--json", out], capture_output=True, text=True, check=False)
            with open(out, encoding="utf-8") as f:
                got = json.load(f)
            good = (done.returncode, got["critical"], got["warnings"], got["status"]) == (code, critical, warnings,
                                                                                       status)
            failures += not good
            print(f"{'ok' if good else 'not ok'} {number} - {text.splitlines()[0] if text else 'an empty list'}")
            if not good:
                print("".join(f"# {line}\n" for line in (done.stdout + done.stderr).splitlines()), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""installed.py BUILD SOURCE: installs into a folder of its own and is then a user of the library:
headers as C99 and C++17, each example against the shared and the static library, one program in
each language whose toolchain is there."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

BUILD, SOURCE = (os.path.abspath(p) for p in sys.argv[1:3])
WARN = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def call(command, env=None, cwd=None):
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, **(env or {})})
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


class User:
    """Somebody with libtrestle under prefix, who knows of it only through pkg-config."""

    def __init__(self, work):
        self.work = work
        stage = os.path.join(work, "stage")
        call(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", stage])
        pc = glob.glob(f"{stage}/**/trestle.pc", recursive=True)
        if len(pc) != 1:
            raise Failed(f"trestle.pc: {pc}")
        prefix = [line[len("prefix="):].strip() for line in open(pc[0], encoding="utf-8")
                  if line.startswith("prefix=")][0]
        self.prefix = stage + prefix
        self.libdir = os.path.dirname(os.path.dirname(pc[0]))
        self.env = {"PKG_CONFIG_PATH": os.path.dirname(pc[0]), "LD_LIBRARY_PATH": self.libdir}
        self.config = ["pkg-config", f"--define-variable=prefix={self.prefix}"]
        self.cflags = self.flags("--cflags")
        self.libs = self.flags("--libs")
        self.static_libs = ["-l:libtrestle.a" if f == "-ltrestle" else f
                            for f in self.flags("--static", "--libs")]

    def flags(self, *what):
        return call(self.config + list(what) + ["trestle"], self.env).split()

    def path(self, *names):
        return os.path.join(self.work, *names)

    def run(self, command):
        return call(command, self.env)


def files_are_there(user):
    for name in ["bin/trestle", "share/man/man1/trestle.1", "include/trestle/trestle.h",
                 "share/bash-completion/completions/trestle", "share/doc/trestle/LICENSE",
                 "share/trestle/kzg/trusted_setup.txt"]:
        if not os.path.exists(os.path.join(user.prefix, name)):
            raise Failed(f"{name} was not installed")
    for name in ["libtrestle.a", "libtrestle.so", "libtrestle.so.0", "libtrestle.so.0.1.0"]:
        if not os.path.exists(os.path.join(user.libdir, name)):
            raise Failed(f"{name} was not installed")
    if "[libtrestle.so.0]" not in call(["readelf", "-d", os.path.join(user.libdir, "libtrestle.so")]):
        raise Failed("the soname is not libtrestle.so.0")


def program_runs(user):
    said = user.run([os.path.join(user.prefix, "bin/trestle"), "--version"])
    version = user.flags("--modversion")[0]
    if version not in said:
        raise Failed(f"trestle --version says {said!r}, trestle.pc says {version}")


def man_page_is_clean(user):
    if shutil.which("man") is None:
        raise Skipped("no man")
    page = os.path.join(user.prefix, "share/man/man1/trestle.1")
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr:
        raise Failed(done.stderr)


def completion_parses(user):
    call(["bash", "-n", os.path.join(user.prefix, "share/bash-completion/completions/trestle")])


def header_alone(name):
    def test(user):
        for language, standard, compiler in (("c", "c99", "cc"), ("c++", "c++17", "c++")):
            source = user.path("header." + ("c" if language == "c" else "cpp"))
            with open(source, "w", encoding="utf-8") as f:
                f.write(f"#include <trestle/{name}>\n#include <trestle/{name}>\nint x;\n")
            call([compiler, f"-std={standard}", "-x", language, "-fsyntax-only"] + WARN + user.cflags + [source])
    return test


def example(path):
    def test(user):
        # What the library brings along is found beside the library; where that is a part of the
        # program, beside the program.
        for libs, out in ((user.libs, user.path("example")),
                          (user.static_libs, os.path.join(user.prefix, "bin/example"))):
            call(["cc", "-std=c99", "-O1"] + WARN + user.cflags + [path, "-o", out] + libs)
            user.run([out])
        needed = call(["readelf", "-d", out])
        if "libtrestle" in needed:
            raise Failed("the static program asks for the shared library")
    return test


def python(user):
    user.run([sys.executable, os.path.join(SOURCE, "examples/bindings/trestle.py")])


def cpp(user):
    out = user.path("cpp")
    call(["c++", "-std=c++17"] + WARN + user.cflags +
         [os.path.join(SOURCE, "examples/bindings/main.cpp"), "-o", out] + user.libs)
    user.run([out])


def rust(user):
    if shutil.which("rustc") is None:
        raise Skipped("no rustc")
    out = user.path("rust")
    call(["rustc", "--edition", "2021", "-D", "warnings", "-L", f"native={user.libdir}",
          os.path.join(SOURCE, "examples/bindings/rust/main.rs"), "-o", out])
    user.run([out])


def go(user):
    if shutil.which("go") is None:
        raise Skipped("no go")
    out = user.path("go")
    env = {"CGO_ENABLED": "1", "CGO_CFLAGS": " ".join(user.cflags), "CGO_LDFLAGS": " ".join(user.libs),
           "GOFLAGS": "-mod=mod -trimpath", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    if "HOME" not in os.environ:
        env["GOCACHE"] = user.path("go-cache")
    call(["go", "build", "-buildvcs=false", "-o", out, "."], env, os.path.join(SOURCE, "examples/bindings/go"))
    user.run([out])


def main():
    tests = [("files", files_are_there), ("trestle --version", program_runs), ("man page", man_page_is_clean),
             ("bash completion", completion_parses)]
    for header in sorted(glob.glob(f"{SOURCE}/include/trestle/*.h")):
        name = os.path.basename(header)
        tests.append((f"<trestle/{name}> as C99 and C++17", header_alone(name)))
    for path in sorted(glob.glob(f"{SOURCE}/examples/*.c")):
        tests.append((f"examples/{os.path.basename(path)}, shared and static", example(path)))
    tests += [("Python", python), ("C++", cpp), ("Rust", rust), ("Go", go)]
    failures = 0
    print(f"TAP version 13\n1..{len(tests)}")
    with tempfile.TemporaryDirectory() as work:
        user = User(work)
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(user)
                print(f"ok {number} - {name}")
            except Skipped as why:
                print(f"ok {number} - {name} # SKIP {why}")
            except Failed as why:
                failures += 1
                print(f"not ok {number} - {name}")
                print("".join(f"# {line}\n" for line in str(why).splitlines()), end="")
            sys.stdout.flush()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

# A thin front door: meson and ninja do the work, the longer recipes are in tools/.
# `make help` lists what there is.

ifeq ($(origin CC),default)
CC := clang
endif
export CC

BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
MESON_TEST := meson test --print-errorlogs

.DEFAULT_GOAL := build
.NOTPARALLEL:
.PHONY: build run test check asan ubsan tsan fuzz coverage coverage-check security bench soak \
    conformance install abi-symbols format clean help setup setup-test setup-check configured testing

##: build        the program at build/trestle, and the library
build: setup configured
	@ninja -C $(BUILD) $(NINJA_TARGETS)

##: run          install what is missing, build, then show this machine and a quick benchmark
run: NINJA_TARGETS = trestle
run: build
	@$(BUILD)/trestle doctor
	@$(BUILD)/trestle bench --quick

##: test         install what is missing, build, and run the tests
test: setup-test testing
	@$(MESON_TEST) -C $(BUILD)

##: check        format, clang-tidy, cppcheck, gcc, floors, style, links of the docs, shell scripts
check: setup-check testing
	@tools/check $(STEPS)

##: asan         the tests under AddressSanitizer
##: ubsan        the tests under UndefinedBehaviorSanitizer
##: tsan         the tests under ThreadSanitizer
asan ubsan tsan: setup-test
	@tools/sanitize $@ $(SUITES)

##: fuzz         every fuzz target for FUZZ_SECONDS (60); TARGETS="rlp abi" for some
fuzz: setup-test
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz $(TARGETS)

##: coverage     line coverage of src/ by folder, and pages in build-coverage/html
coverage: setup-test setup-check
	@tools/coverage

##: coverage-check  the same, and at least 90 % of the lines
coverage-check: setup-test setup-check
	@tools/coverage --bound 90

##: security     every registered attack, and build/security.json
security: setup-test testing
	@ninja -C $(BUILD)
	@tests/security/run --build $(BUILD) --json $(BUILD)/security.json

##: bench        our rows and our peers', side by side, to bench/out/
bench: build
	@tools/setup bench || echo "bench: going on without these"
	@tools/bench $(ROWS)

##: soak         every campaign at its full count; goes on where it stopped (CAMPAIGNS="...")
soak: setup-test
	@tools/soak $(CAMPAIGNS)

##: conformance  every vector of ../shared/vectors that applies, here and as rv64im under qemu-user
conformance: setup-test testing
	@ninja -C $(BUILD)
	@tools/conformance $(BUILD)

ifneq ($(wildcard tests/e2e),)
.PHONY: e2e
##: e2e          other people's programs against ours
e2e: setup-test testing
	@$(MESON_TEST) -C $(BUILD) --suite e2e
endif

##: install      to PREFIX (/usr/local) under DESTDIR
install: setup configured
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@ninja -C $(BUILD) install

##: abi-symbols  writes the public functions of the library to tools/abi-symbols.txt
abi-symbols: build
	@python3 tests/install/symbols.py . $(BUILD)/include/libtrestle.so $(BUILD)/include/libtrestle.a --update

##: format       clang-format on every C file
format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

##: clean        every build folder; what tools/setup installed stays
clean:
	@rm -rf build build-*

##: help         this list
help:
	@sed -n 's/^##: /  make /p' Makefile

setup:
	@tools/setup product

setup-test:
	@tools/setup product test

setup-check:
	@tools/setup product test check

# A first `make run` leaves the tests out, so that it needs none of their packages.
configured:
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) -Dtests=false

testing: configured
	@tr -d ' \n' <$(BUILD)/meson-info/intro-buildoptions.json | \
	    grep -q '"name":"tests","value":true' || meson configure $(BUILD) -Dtests=true

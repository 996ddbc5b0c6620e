# Everything a fresh machine with Rust needs is set up by the targets themselves.
#
#   make verify   build, then check every claim of the catalogue
#   make test     the whole test suite: unit, property, snapshot and command-line tests, docs, lints
#   make bench    criterion benchmarks (not part of the tests)

CARGO ?= cargo

.PHONY: verify test lint bench setup clean

verify: setup
	$(CARGO) run --release --quiet -- verify

test: setup lint
	$(CARGO) test --all-targets
	$(CARGO) test --doc

lint: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps

bench: setup
	$(CARGO) bench

# GMP and MPFR are built from source, once; that needs a C compiler, make and m4.
setup:
	@sh .ci/setup

clean:
	$(CARGO) clean

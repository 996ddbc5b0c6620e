# Everything a fresh machine with Rust needs is set up by the targets themselves.
#
#   make verify   build, then check every claim of the catalogue
#   make test     the whole test suite: unit, property, snapshot and command-line tests, docs, lints
#   make install  the optimised binary, its completions (bash, fish, zsh) and its manual, under PREFIX (~/.local)
#   make bench    criterion benchmarks (not part of the tests)
#   make bench-peers
#                 times beside JAX and others, which come from PyPI into target/peers; a quiet machine, some minutes
#   make bench-instructions
#                 counts the instructions of a step under valgrind, if that is installed: more than 3 % over the baseline fails
#   make update-instructions
#                 makes the counts of now the baseline

CARGO ?= cargo
PYTHON ?= python3
PEERS = target/peers
PREFIX ?= $(HOME)/.local
SHARE = $(DESTDIR)$(PREFIX)/share

.PHONY: verify test lint install bench bench-peers bench-instructions update-instructions setup clean

verify: setup
	$(CARGO) run --release --quiet -- verify

test: setup lint
	$(CARGO) test --workspace --all-features --all-targets
	$(CARGO) test --workspace --all-features --doc

lint: setup
	$(CARGO) fmt --all --check
	for features in --all-features --no-default-features; do \
		$(CARGO) clippy --workspace --all-targets $$features -- -D warnings && \
		RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps $$features || exit 1; \
	done

install: setup
	$(CARGO) build --release --quiet
	install -D -m 755 target/release/witness $(DESTDIR)$(PREFIX)/bin/witness
	mkdir -p $(SHARE)/bash-completion/completions $(SHARE)/fish/vendor_completions.d $(SHARE)/zsh/site-functions $(SHARE)/man/man1
	target/release/witness completions bash > $(SHARE)/bash-completion/completions/witness
	target/release/witness completions fish > $(SHARE)/fish/vendor_completions.d/witness.fish
	target/release/witness completions zsh > $(SHARE)/zsh/site-functions/_witness
	target/release/witness man --out $(SHARE)/man/man1

bench: setup
	$(CARGO) bench

# Each script builds what it needs of this side and prints one table.
bench-peers: setup $(PEERS)/.installed
	$(PEERS)/bin/python benches/peers/f64_step.py
	$(PEERS)/bin/python benches/peers/certified_step.py
	$(CARGO) bench --bench peers -- certified
	$(PEERS)/bin/python benches/peers/flow.py
	$(PEERS)/bin/python benches/peers/flow_certified.py

bench-instructions: setup
	$(CARGO) bench --bench instructions -- compare

update-instructions: setup
	$(CARGO) bench --bench instructions -- update

$(PEERS)/.installed: benches/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --requirement benches/peers/requirements.txt
	@touch $@

# GMP and MPFR are built from source, once; that needs a C compiler, make and m4.
setup:
	@sh .ci/setup

clean:
	$(CARGO) clean

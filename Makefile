# pcapindex: `make demo` shows it, `make test` tests it; both install what is missing on Debian.
PREFIX ?= /usr/local
SWIFT ?= swift
SWIFT_FLAGS = --explicit-target-dependency-import-check error
BINARY = .build/release/pcapindex
SAMPLE = Tests/Captures/browse.pcapng

# Where a header is, in a folder for all machines or in the one of this kind of machine.
header = $(or $(wildcard /usr/include/$(1) /usr/include/*/$(1)),/usr/include/$(1))

# Headers and tools that the build, the tests and the demo need, and the Debian package that each is in; then what only
# the measurements need.
NEEDS = /usr/include/pcap/pcap.h:libpcap-dev /usr/include/sqlite3.h:libsqlite3-dev /usr/include/zlib.h:zlib1g-dev \
	/usr/include/zstd.h:libzstd-dev /usr/include/lz4frame.h:liblz4-dev /usr/include/lzma.h:liblzma-dev \
	/usr/include/bzlib.h:libbz2-dev /usr/include/libpsl.h:libpsl-dev $(call header,maxminddb.h):libmaxminddb-dev \
	$(call header,curl/curl.h):libcurl4-openssl-dev $(call header,nghttp2/nghttp2.h):libnghttp2-dev \
	/usr/include/magic.h:libmagic-dev /usr/include/brotli/decode.h:libbrotli-dev /usr/bin/sqlite3:sqlite3
# What the tests' own servers need.
TEST_NEEDS = /usr/bin/python3:python3 /usr/bin/openssl:openssl
BENCH_NEEDS = /usr/bin/python3:python3 /usr/bin/cc:gcc
INSTRUCTIONS_NEEDS = /usr/bin/python3:python3 /usr/bin/strip:binutils /usr/bin/valgrind:valgrind
# Options of `make bench`: BENCH=--full, BENCH=--markdown; Benchmarks/bench.py --help lists them.
BENCH =

# Installs the packages among $(1) whose file is missing.
define install_missing
	@missing=; for need in $(1); do [ -e "$${need%%:*}" ] || missing="$$missing $${need#*:}"; done; \
	[ -z "$$missing" ] || { \
	  command -v apt-get > /dev/null || { echo "please install:$$missing" >&2; exit 1; }; \
	  [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -q -y --no-install-recommends $$missing; \
	}
endef

.PHONY: all setup build demo test lint install uninstall bench instructions instructions-update verdicts captures clean

all: build

setup:
	@command -v $(SWIFT) > /dev/null || { echo "Swift is missing: https://www.swift.org/install" >&2; exit 1; }
	$(call install_missing,$(NEEDS))

build: setup
	$(SWIFT) build -c release --product pcapindex --static-swift-stdlib $(SWIFT_FLAGS)

demo: build
	@rm -f demo.sqlite
	$(BINARY) ingest $(SAMPLE) demo.sqlite
	$(BINARY) query unknown_ips demo.sqlite
	$(BINARY) query cleartext_passwords demo.sqlite
	sqlite3 -box demo.sqlite < queries/ftp_passive_ports.sql

test: setup
	$(call install_missing,$(TEST_NEEDS))
	$(SWIFT) test $(SWIFT_FLAGS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -s -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/pcapindex"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/pcapindex"

# Times whole runs beside a floor and other programs, and says which targets are met: Benchmarks/README.md.
bench: build
	$(call install_missing,$(BENCH_NEEDS))
	python3 Benchmarks/bench.py $(BENCH)
	python3 Benchmarks/verdicts.py --program $(BINARY)

# Times the verdicts on 100,000 addresses by 10,000 rules, and fails where that takes a second.
verdicts: build
	$(call install_missing,$(BENCH_NEEDS))
	python3 Benchmarks/verdicts.py --program $(BINARY)

# Counts instructions, and fails if they are more than those kept in Benchmarks/instructions.json allow.
instructions: build
	$(call install_missing,$(INSTRUCTIONS_NEEDS))
	python3 Benchmarks/instructions.py

# Keeps what is counted as the new figures.
instructions-update: build
	$(call install_missing,$(INSTRUCTIONS_NEEDS))
	python3 Benchmarks/instructions.py --update

# Makes the tests' captures anew from real servers and clients; needs root.
captures:
	python3 Tests/Captures/make/make_captures.py
	python3 Tests/Captures/make/encapsulations.py

clean:
	rm -rf .build demo.sqlite

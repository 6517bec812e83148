# pcapindex: `make demo` shows it, `make test` tests it; both install what is missing on Debian.
PREFIX ?= /usr/local
SWIFT ?= swift
SWIFT_FLAGS = --explicit-target-dependency-import-check error
BINARY = .build/release/pcapindex
SAMPLE = Tests/Captures/browse.pcapng

# Headers and tools that the build, the tests and the demo need, and the Debian package that each is in.
NEEDS = /usr/include/pcap/pcap.h:libpcap-dev /usr/include/sqlite3.h:libsqlite3-dev /usr/include/zlib.h:zlib1g-dev \
	/usr/bin/sqlite3:sqlite3

.PHONY: all setup build demo test lint install uninstall bench captures clean

all: build

setup:
	@command -v $(SWIFT) > /dev/null || { echo "Swift is missing: https://www.swift.org/install" >&2; exit 1; }
	@missing=; for need in $(NEEDS); do [ -e "$${need%%:*}" ] || missing="$$missing $${need#*:}"; done; \
	[ -z "$$missing" ] || { \
	  command -v apt-get > /dev/null || { echo "please install:$$missing" >&2; exit 1; }; \
	  [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -q -y --no-install-recommends $$missing; \
	}

build: setup
	$(SWIFT) build -c release --product pcapindex --static-swift-stdlib $(SWIFT_FLAGS)

demo: build
	@rm -f demo.sqlite
	$(BINARY) ingest $(SAMPLE) demo.sqlite
	$(BINARY) query unknown_ips demo.sqlite
	$(BINARY) query cleartext_passwords demo.sqlite
	sqlite3 -box demo.sqlite < queries/ftp_passive_ports.sql

test: setup
	$(SWIFT) test $(SWIFT_FLAGS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -s -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/pcapindex"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/pcapindex"

# Times whole runs beside tshark and tcpdump on captures of about 100 MB, and prints ratios: mixed from the tests' own
# captures, and from a collection of others where there is one; with downloads among them, and without.
bench: build
	python3 Benchmarks/bench.py Tests/Captures ../shared/captures
	python3 Benchmarks/bench.py --downloads 0 Tests/Captures ../shared/captures

# Makes the tests' captures anew from real servers and clients; needs root.
captures:
	python3 Tests/Captures/make/make_captures.py

clean:
	rm -rf .build demo.sqlite

#!/usr/bin/env python3
"""Makes pcapindex's own test captures from real servers and clients, in network namespaces of this machine.

Run as root on Debian 12: `make_captures.py` makes all captures, `make_captures.py NAME...` some of them. Packages that
are missing are installed with apt-get, aioquic with pip. Nothing but that reaches the network: the servers' addresses exist inside the
namespaces only. EXPECTED.md is written anew from what tshark says about the captures.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

PACKAGES = {
    "ip": "iproute2",
    "tcpdump": "tcpdump",
    "tshark": "tshark",
    "dumpcap": "wireshark-common",
    "ethtool": "ethtool",
    "ping": "iputils-ping",
    "arping": "iputils-arping",
    "traceroute": "traceroute",
    "vsftpd": "vsftpd",
    "/usr/lib/python3/dist-packages/pyftpdlib/__init__.py": "python3-pyftpdlib",
    "nginx": "nginx",
    "named": "bind9",
    "dnssec-signzone": "bind9-utils",
    "dig": "bind9-dnsutils",
    "curl": "curl",
    "openssl": "openssl",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "postfix": "postfix",
    "dovecot": "dovecot-core",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "/usr/lib/dovecot/pop3": "dovecot-pop3d",
    "/usr/lib/news/bin/nnrpd": "inn2",
    "swaks": "swaks",
    "telnetd": "inetutils-telnetd",
    "telnet": "inetutils-telnet",
    "inetd": "openbsd-inetd",
    "in.rexecd": "rsh-server",
    "netkit-rlogin": "rsh-client",
    "redis-server": "redis-server",
    "redis-cli": "redis-tools",
    "mosquitto": "mosquitto",
    "mosquitto_pub": "mosquitto-clients",
    "ngircd": "ngircd",
    "inspircd": "inspircd",
    "atheme-services": "atheme-services",
    "microsocks": "microsocks",
    "danted": "dante-server",
    "apache2": "apache2",
    "slapd": "slapd",
    "ldapwhoami": "ldap-utils",
    "/usr/lib/python3/dist-packages/ldap3": "python3-ldap3",
    "snmpd": "snmpd",
    "snmpget": "snmp",
    "psql": "postgresql",
    "mariadbd": "mariadb-server",
    "mariadb": "mariadb-client",
    "Xtigervnc": "tigervnc-standalone-server",
    "tigervncpasswd": "tigervnc-tools",
    "vncsnapshot": "vncsnapshot",
    "xtigervncviewer": "tigervnc-viewer",
    "/usr/lib/python3/dist-packages/pymysql": "python3-pymysql",
    "krb5kdc": "krb5-kdc",
    "kadmin.local": "krb5-admin-server",
    "kinit": "krb5-user",
    "freeradius": "freeradius",
    "radtest": "freeradius-utils",
    "kamailio": "kamailio",
    "sipsak": "sipsak",
    "tsql": "freetds-bin",
    "smbd": "samba",
    "smbclient": "smbclient",
    "/usr/lib/rabbitmq/bin/rabbitmq-server": "rabbitmq-server",
    "amqp-publish": "amqp-tools",
    "/usr/lib/python3/dist-packages/pika/__init__.py": "python3-pika",
    "/usr/lib/python3/dist-packages/proton/__init__.py": "python3-qpid-proton",
    "prosody": "prosody",
    "dnsmasq": "dnsmasq-base",
    "dhclient": "isc-dhcp-client",
    "chronyd": "chrony",
    "nmblookup": "samba-common-bin",
    "busybox": "busybox",
    "minidlnad": "minidlna",
    "zstd": "zstd",
    "/usr/lib/python3/dist-packages/brotli.py": "python3-brotli",
    "/usr/lib/python3/dist-packages/PIL/__init__.py": "python3-pil",
    "nmap": "nmap",
    "unbound": "unbound",
    "kdig": "knot-dnsutils",
    "wireguard-go": "wireguard-go",
    "wg": "wireguard-tools",
    "openvpn": "openvpn",
    "ike-scan": "ike-scan",
    "nghttpd": "nghttp2-server",
    "nghttp": "nghttp2-client",
    "/usr/lib/python3/dist-packages/websockets/__init__.py": "python3-websockets",
    "/usr/lib/python3/dist-packages/slixmpp/__init__.py": "python3-slixmpp",
    "/usr/lib/python3.11/ensurepip": "python3-venv",
}


def install():
    """Installs the packages whose programs are missing, without starting their services."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    os.environ["PATH"] = path
    there = {name for name in PACKAGES if shutil.which(name, path=path) or os.path.exists(name)}
    missing = sorted({package for name, package in PACKAGES.items() if name not in there})
    if not missing:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *missing]):
            subprocess.run(["apt-get", *command], check=True, env=environment, stdout=sys.stderr)
    finally:
        if ours:
            policy.unlink()


def main():
    import captures
    import describe
    import tcp_corners

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", nargs="*", help="captures to make (all, when none is named)")
    parser.add_argument("--into", type=Path, default=HERE.parent, help="folder for the captures")
    parser.add_argument("--list", action="store_true", help="list the captures and stop")
    parser.add_argument("--describe", action="store_true", help="only check the captures and write EXPECTED.md")
    options = parser.parse_args()
    if options.list:
        print("\n".join([*captures.RECIPES, *captures.CONTAINERS]))
        return
    unknown = [n for n in options.name if n not in captures.RECIPES and n not in captures.CONTAINERS]
    if unknown:
        parser.error(f"no such capture: {', '.join(unknown)}")
    if os.geteuid():
        raise SystemExit("namespaces need root")
    install()
    options.into.mkdir(parents=True, exist_ok=True)
    if not options.describe:
        for name in options.name or [*captures.RECIPES, *captures.CONTAINERS]:
            print(f"making {name}", file=sys.stderr)
            captures.make(name, options.into)
        if not options.name:
            tcp_corners.make(options.into / "tcp")
    captures.check(options.into)
    describe.write(options.into)


if __name__ == "__main__":
    main()

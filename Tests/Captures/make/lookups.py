"""DNS: BIND's named as the server, dig as the client."""

import shutil
import time

import web
from lab import run

RESOLVER, OTHER, OTHER6 = web.GATEWAY, "9.9.9.9", "2620:fe::9"

EXAMPLE_COM = r"""
$TTL 300
@            SOA    ns1.example.com. hostmaster.example.com. 2023111401 7200 3600 1209600 300
             NS     ns1
             NS     ns2
             MX     10 mail
             MX     20 mail2.example.net.
             TXT    "v=spf1 mx -all" "second string; with \"quotes\""
             CAA    0 issue "ca.example.net"
             CAA    128 iodef "mailto:security@example.com"
             A      93.184.215.14
             AAAA   2606:2800:21f:cb07::1
ns1          A      192.168.10.1
ns2          A      9.9.9.9
mail         A      93.184.215.25
www          A      93.184.215.14
www          AAAA   2606:2800:21f:cb07::1
www          HTTPS  1 . alpn="h2,http/1.1" ipv4hint=93.184.215.14 ipv6hint=2606:2800:21f:cb07::1
old          CNAME  www
alias        HTTPS  0 www
_8443._https.api SVCB 1 api alpn="h2" port=8443 ipv4hint=104.16.132.229 key65333="extra"
_sip._tcp    SRV    5 10 5060 sip
sip          NAPTR  100 10 "s" "SIP+D2T" "" _sip._tcp
assets       CNAME  assets.edge.example.net.
video        CNAME  video.edge.example.net.
login        A      104.16.132.229
api          A      104.16.132.229
modern       A      104.16.133.229
legacy       A      104.16.134.229
files        A      104.16.135.229
@BIG@
private      TYPE65400 \# 4 0A000001
caf\195\169  A      93.184.215.30
\255raw\.dot A      93.184.215.31
*.wild       A      93.184.215.40
key          SSHFP  4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789
_443._tcp.www TLSA  3 1 1 0d6fce3b1f5e0c8b7a9d4e2f1c0b3a5968778695a4b3c2d1e0f0102030405060
host         HINFO  "AMD64" "Unix"
             LOC    52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m
old-tree     DNAME  example.net.
""".replace("@BIG@", "\n".join(f'big  TXT  "{n:03d} {chr(97 + n % 26) * 120}"' for n in range(24)))

EXAMPLE_NET = """
$TTL 60
@            SOA    ns1.example.com. hostmaster.example.com. 7 7200 3600 1209600 60
             NS     ns1.example.com.
shop         A      151.101.1.69
assets.edge  CNAME  pop7.cdn
video.edge   CNAME  pop8.cdn
pop7.cdn     A      151.101.65.69
pop7.cdn     A      151.101.1.69
pop7.cdn     AAAA   2a04:4e42::645
pop8.cdn     A      151.101.193.69
www          A      151.101.129.69
mail2        A      151.101.1.25
"""

REVERSE = """
$TTL 300
@            SOA    ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300
             NS     ns1.example.com.
14           PTR    www.example.com.
"""

REVERSE6 = """
$TTL 300
@            SOA    ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300
             NS     ns1.example.com.
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0  PTR  www.example.com.
"""

SIGNED = """
$TTL 300
@            SOA    ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300
             NS     ns1.example.com.
www          A      93.184.215.50
"""

ZONES = {
    "example.com": EXAMPLE_COM,
    "example.net": EXAMPLE_NET,
    "215.184.93.in-addr.arpa": REVERSE,
    "7.0.b.c.f.1.2.0.0.0.8.2.6.0.6.2.ip6.arpa": REVERSE6,
}


def serve(lab, namespace, addresses, signed=False, udp_size=1232):
    """named with its own zones, and nobody to ask for others."""
    folder = lab.folder / "named"
    folder.mkdir()
    zones = dict(ZONES)
    for name, text in zones.items():
        lab.file(f"named/{name}.zone", text)
    if signed:
        lab.file("named/signed.example.zone", SIGNED)
        for kind in ([], ["-f", "KSK"]):
            run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", *kind, "signed.example", cwd=folder)
        run(
            "dnssec-signzone",
            "-q",
            "-S",
            "-A",
            "-o",
            "signed.example",
            "-f",
            "signed.zone",
            "signed.example.zone",
            cwd=folder,
        )
        (folder / "signed.zone").rename(folder / "signed.example.zone")
        zones["signed.example"] = SIGNED
    four = "".join(f"{a}; " for a in addresses if ":" not in a)
    six = "".join(f"{a}; " for a in addresses if ":" in a) or "none; "
    blocks = "\n".join(
        f'zone "{name}" {{ type primary; file "{folder}/{name}.zone"; check-names ignore; }};' for name in zones
    )
    config = lab.file(
        "named/named.conf",
        f"""
options {{
  directory "{folder}";
  pid-file none;
  session-keyfile none;
  listen-on {{ {four}}};
  listen-on-v6 {{ {six}}};
  recursion yes;
  allow-recursion {{ 192.168.10.0/24; }};
  allow-recursion-on {{ {RESOLVER}; }};
  empty-zones-enable no;
  rrset-order {{ order none; }};
  allow-query {{ any; }};
  allow-transfer {{ any; }};
  dnssec-validation no;
  notify no;
  max-udp-size {udp_size};
  edns-udp-size {udp_size};
  minimal-responses no;
  answer-cookie no;
  version "test";
  hostname none;
  server-id none;
  check-integrity no;
}};
controls {{ }};
{blocks}
""",
    )
    # A copy: Debian's AppArmor profile lets /usr/sbin/named read Debian's own folders only.
    program = lab.folder / "named" / "server"
    shutil.copy(shutil.which("named"), program)
    server = lab.start(namespace, program, "-f", "-n", "1", "-c", config)
    lab.wait_for_port(namespace, addresses[0], 53, server)
    time.sleep(0.5)


def dig(lab, *arguments, server=RESOLVER):
    """dig without the cookie that would differ in every build."""
    return lab.run("client", "dig", "-r", f"@{server}", "+nocookie", "+tries=1", "+time=3", *arguments).decode()


def session(lab, path):
    """dns_lookups.pcap"""
    web.network(lab, [f"{OTHER}/32", f"{OTHER6}/128"], ipv6=True)
    serve(lab, "server", [RESOLVER, OTHER, OTHER6], signed=True)
    with lab.capture("client", path, expression="port 53"):
        for name, kind in (
            ("www.example.com", "A"),
            ("www.example.com", "AAAA"),
            ("assets.example.com", "A"),
            ("assets.example.com", "AAAA"),
            ("old.example.com", "A"),
            ("www.example.com", "HTTPS"),
            ("alias.example.com", "HTTPS"),
            ("_8443._https.api.example.com", "SVCB"),
            ("example.com", "MX"),
            ("example.com", "TXT"),
            ("example.com", "CAA"),
            ("example.com", "NS"),
            ("example.com", "SOA"),
            ("_sip._tcp.example.com", "SRV"),
            ("sip.example.com", "NAPTR"),
            ("key.example.com", "SSHFP"),
            ("_443._tcp.www.example.com", "TLSA"),
            ("host.example.com", "HINFO"),
            ("host.example.com", "LOC"),
            ("www.old-tree.example.com", "A"),
            ("anything.wild.example.com", "A"),
            ("14.215.184.93.in-addr.arpa", "PTR"),
            ("private.example.com", "TYPE65400"),
            (r"caf\195\169.example.com", "A"),
            (r"\255raw\.dot.example.com", "A"),
        ):
            dig(lab, "+noedns", "+noidnin", name, kind)
        dig(lab, "-x", "2606:2800:21f:cb07::1")
        dig(lab, "+noedns", "missing.example.com", "A")  # NXDOMAIN
        dig(lab, "+noedns", "mail.example.com", "AAAA")  # no such data
        dig(lab, "+noedns", "www.example.org", "A")  # SERVFAIL: no way to the root servers
        dig(lab, "+noedns", "www.example.org", "A", server=OTHER)  # REFUSED: does not look up others' names
        dig(lab, "WwW.eXaMpLe.CoM", "A", server=OTHER)  # EDNS, another server, mixed case
        dig(lab, "+subnet=203.0.113.0/24", "+nsid", "www.example.com", "A", server=OTHER)
        dig(lab, "www.example.com", "A", server=OTHER6)  # over IPv6
        dig(lab, "+dnssec", "www.signed.example", "A")  # RRSIG
        dig(lab, "+dnssec", "signed.example", "DNSKEY")
        dig(lab, "+dnssec", "nothing.signed.example", "A")  # NSEC
        dig(lab, "+noedns", "big.example.com", "TXT")  # truncated, then again over TCP
        dig(lab, "+tcp", "+keepopen", "www.example.com", "A", "mail.example.com", "A")  # two messages, one connection
        dig(lab, "+tcp", "example.net", "AXFR")
        dig(lab, "CH", "version.bind", "TXT")
        dig(lab, "+noedns", "+opcode=status", "example.com", "SOA")  # NOTIMP


def large(lab, path):
    """fragments.pcap: datagrams that no single frame holds."""
    web.network(lab, [f"{OTHER}/32", f"{OTHER6}/128"], ipv6=True)
    serve(lab, "server", [RESOLVER, OTHER, OTHER6], udp_size=4096)
    with lab.capture("client", path):
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", "-s", "4000", OTHER)
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", "-s", "4000", OTHER6)
        dig(lab, "+bufsize=4096", "big.example.com", "TXT")
        dig(lab, "+bufsize=4096", "big.example.com", "TXT", server=OTHER6)

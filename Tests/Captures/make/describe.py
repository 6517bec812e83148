"""Writes EXPECTED.md: what tshark says about the captures, as values for tests."""

import hashlib
import tempfile
from pathlib import Path

import captures
import content
import ftp
from lab import run
from tshark import rows, tshark

HEAD = """# What tshark says about the captures

Written by `make/describe.py`: do not edit. The frame numbers, ports and times are those of the committed files, whose
SHA-256 stands beside each; making a capture anew changes them.

How to read the tables:
- *first* is the frame with the first byte of a message, *frame* the one in which tshark shows it (the last byte's).
- Flows: TCP and UDP by tshark's stream number. *client* sent the first SYN, or the first frame where there is none; DHCP's has port
  68.
  *bytes* are IP bytes as on the wire (header included), *payload* is the transport payload with every sequence number
  counted once, as far as it was captured or announced; *turns* the changes of speaker among frames with new payload.
  *flags*: `S` SYN, `A` SYN-ACK, `F`/`f` FIN of client/server, `R`/`r` RST of client/server.
- A cell with several values (separated by `;`) is a frame with several messages.
"""


def table(title, header, lines):
    if not lines:
        return ""
    cells = [[escape(str(cell)) for cell in line] for line in lines]
    return "\n".join(
        [
            f"\n{title}\n",
            "| " + " | ".join(header) + " |",
            "|" + "---|" * len(header),
            *("| " + " | ".join(line) + " |" for line in cells),
            "",
        ]
    )


def escape(text):
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return text.replace("|", "\\|").replace("<", "&lt;")


def first(values, default=""):
    return values[0] if values else default


def joined(values):
    return "; ".join(values)


def number(text):
    return int(text, 0)


class Ranges:
    """Sequence numbers seen of one direction."""

    def __init__(self):
        self.spans = []

    def add(self, start, end):
        """Adds a span and returns how many of its numbers are new."""
        before = self.total()
        spans = sorted(self.spans + [(start, end)])
        merged = [spans[0]]
        for a, b in spans[1:]:
            if a <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
            else:
                merged.append((a, b))
        self.spans = merged
        return self.total() - before

    def total(self):
        return sum(b - a for a, b in self.spans)


def flows(path, transport):
    streams = {}
    # tshark gives the answers of an SNMP agent a number of their own.
    same = {}
    for row in rows(
        path,
        f"{transport} && !icmp && !icmpv6",
        f"{transport}.stream",
        "frame.number",
        "ip.src",
        "ipv6.src",
        "ip.dst",
        "ipv6.dst",
        f"{transport}.srcport",
        f"{transport}.dstport",
        "ip.len",
        "ipv6.plen",
        f"{'tcp.len' if transport == 'tcp' else 'udp.length'}",
        "tcp.seq_raw",
        "tcp.flags.syn",
        "tcp.flags.ack",
        "tcp.flags.fin",
        "tcp.flags.reset",
    ):
        stream, frame, src4, src6, dst4, dst6, sport, dport, len4, len6, length, seq, syn, ack, fin, reset = map(
            first, row
        )
        source, target = (src4 or src6, number(sport)), (dst4 or dst6, number(dport))
        if transport == "udp":
            stream = same.setdefault(frozenset((source, target)), stream)
        entry = streams.setdefault(
            number(stream),
            dict(
                client=source,
                server=target,
                first=frame,
                packets=[0, 0],
                bytes=[0, 0],
                payload=[Ranges(), Ranges()],
                datagrams=[0, 0],
                base=[None, None],
                turns=0,
                speaker=None,
                flags="",
            ),
        )
        if transport == "udp" and (entry["client"][1], entry["server"][1]) == (67, 68):
            entry["client"], entry["server"] = target, source
        if syn == "1" and ack == "1" and source == entry["client"] and "S" not in entry["flags"]:
            entry["client"], entry["server"] = target, source
        side = 0 if source == entry["client"] else 1
        entry["last"] = frame
        entry["packets"][side] += 1
        entry["bytes"][side] += number(len4) if len4 else number(len6) + 40
        new = 0
        if transport == "tcp":
            start = number(seq)
            if entry["base"][side] is None:
                entry["base"][side] = start - 2**31  # keeps a wrapped number in order
            start = (start - entry["base"][side]) % 2**32 + (1 if syn == "1" else 0)
            if number(length):
                new = entry["payload"][side].add(start, start + number(length))
            for mark, seen in (
                ("S", syn == "1" and ack == "0"),
                ("A", syn == "1" and ack == "1"),
                ("Ff"[side], fin == "1"),
                ("Rr"[side], reset == "1"),
            ):
                if seen and mark not in entry["flags"]:
                    entry["flags"] += mark
        else:
            new = number(length) - 8
            entry["datagrams"][side] += new
        if new:
            entry["turns"] += entry["speaker"] not in (None, side)
            entry["speaker"] = side
    lines = []
    for stream, e in sorted(streams.items()):
        payload = [r.total() for r in e["payload"]] if transport == "tcp" else e["datagrams"]
        lines.append(
            [
                stream,
                "{}:{}".format(*e["client"]),
                "{}:{}".format(*e["server"]),
                f"{e['first']}–{e['last']}",
                "{} / {}".format(*e["packets"]),
                "{} / {}".format(*e["bytes"]),
                "{} / {}".format(*payload),
                e["turns"],
                e["flags"],
            ]
        )
    return lines


def dns(path):
    lines = []
    for frame, response, identity, rcode, truncated, counts1, counts2, counts3, info in rows(
        path,
        "dns && !icmp && !icmpv6",
        "frame.number",
        "dns.flags.response",
        "dns.id",
        "dns.flags.rcode",
        "dns.flags.truncated",
        "dns.count.answers",
        "dns.count.auth_rr",
        "dns.count.add_rr",
        "_ws.col.Info",
    ):
        counts = "/".join(map(first, (counts1, counts2, counts3)))
        lines.append(
            [
                first(frame),
                "response" if first(response) == "1" else "query",
                joined(identity),
                joined(rcode),
                "TC" if "1" in truncated else "",
                counts,
                first(info).split(" 0x", 1)[-1][5:],
            ]
        )
    return lines


def http(path):
    lines = []
    for (
        frame,
        segments,
        method,
        uri,
        host,
        code,
        phrase,
        kind,
        length,
        coding,
        encoding,
        location,
        answers,
        stream,
    ) in rows(
        path,
        "http.request || http.response",
        "frame.number",
        "tcp.segment",
        "http.request.method",
        "http.request.uri",
        "http.host",
        "http.response.code",
        "http.response.phrase",
        "http.content_type",
        "http.content_length_header",
        "http.transfer_encoding",
        "http.content_encoding",
        "http.location",
        "http.request_in",
        "tcp.stream",
    ):
        what = joined(f"{m} {u}" for m, u in zip(method, uri)) if method else f"{first(code)} {first(phrase)}"
        lines.append(
            [
                first(segments, first(frame)),
                first(frame),
                first(stream),
                what,
                joined(host),
                joined(answers),
                joined(kind),
                joined(length) or joined(coding),
                joined(encoding),
                joined(location),
            ]
        )
    return lines


def ftp_dialogue(path):
    lines = []
    for frame, stream, command, argument, code, text in rows(
        path,
        "ftp",
        "frame.number",
        "tcp.stream",
        "ftp.request.command",
        "ftp.request.arg",
        "ftp.response.code",
        "ftp.response.arg",
    ):
        lines.append(
            [
                first(frame),
                first(stream),
                "← " + f"{first(code)} {first(text)}" if code else "→ " + f"{first(command)} {first(argument)}",
            ]
        )
    return lines


def client_hellos(path):
    return [
        [first(f, first(n)), first(n), first(s), first(name), joined(alpn), joined(v), first(psk) and "yes", first(ja3)]
        for n, f, s, name, alpn, v, psk, ja3 in rows(
            path,
            "tls.handshake.type == 1",
            "frame.number",
            "tcp.segment",
            "tcp.stream",
            "tls.handshake.extensions_server_name",
            "tls.handshake.extensions_alpn_str",
            "tls.handshake.extensions.supported_version",
            "tls.handshake.extensions.psk.identity.identity",
            "tls.handshake.ja3",
        )
        for alpn in [alpn[:3] + (["…"] if len(alpn) > 3 else [])]
    ]


def server_hellos(path):
    return [
        [first(n), first(s), first(v), first(chosen), first(c), joined(alpn), first(ja3s)]
        for n, s, v, chosen, c, alpn, ja3s in rows(
            path,
            "tls.handshake.type == 2",
            "frame.number",
            "tcp.stream",
            "tls.handshake.version",
            "tls.handshake.extensions.supported_version",
            "tls.handshake.ciphersuite",
            "tls.handshake.extensions_alpn_str",
            "tls.handshake.ja3s",
        )
    ]


def certificates(path):
    lines = []
    for frame, stream, chain in rows(
        path, "tls.handshake.certificate", "frame.number", "tcp.stream", "tls.handshake.certificate"
    ):
        for position, text in enumerate(chain):
            der = bytes.fromhex(text.replace(":", ""))
            with tempfile.NamedTemporaryFile(suffix=".der") as file:
                file.write(der)
                file.flush()
                facts = (
                    run(
                        "openssl",
                        "x509",
                        "-inform",
                        "DER",
                        "-in",
                        file.name,
                        "-noout",
                        "-subject",
                        "-issuer",
                        "-dates",
                        "-ext",
                        "subjectAltName",
                        "-nameopt",
                        "RFC2253",
                    )
                    .decode()
                    .splitlines()
                )
            values = {
                line.split("=", 1)[0]: line.split("=", 1)[1] for line in facts if "=" in line and line[0] in "sin"
            }
            names = [line.strip() for line in facts if "DNS:" in line or "email:" in line]
            lines.append(
                [
                    first(frame),
                    first(stream),
                    position,
                    values.get("subject"),
                    values.get("issuer"),
                    values.get("notBefore"),
                    values.get("notAfter"),
                    joined(names),
                    hashlib.sha256(der).hexdigest(),
                ]
            )
    return lines


def frames(path, expression):
    return [
        [first(n), first(a), first(b), first(p), first(i)]
        for n, a, b, p, i in rows(
            path,
            expression,
            "frame.number",
            "_ws.col.Source",
            "_ws.col.Destination",
            "_ws.col.Protocol",
            "_ws.col.Info",
        )
    ]


def analysis(path):
    if not rows(path, "tcp.analysis.flags", "frame.number"):
        return []
    lines = []
    for name in (
        "retransmission",
        "fast_retransmission",
        "spurious_retransmission",
        "out_of_order",
        "lost_segment",
        "ack_lost_segment",
        "duplicate_ack",
        "window_update",
    ):
        found = [first(r[0]) for r in rows(path, f"tcp.analysis.{name}", "frame.number")]
        if found:
            lines.append([name, len(found), ", ".join(found[:40]) + (", …" if len(found) > 40 else "")])
    return lines


def describe(path):
    """One chapter: the file, its flows, and a table for each protocol that occurs."""
    data = path.read_bytes()
    numbered = rows(path, "frame", "frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols")
    total, captured = (sum(number(first(r[i])) for r in numbered) for i in (2, 3))
    summary = run("capinfos", "-M", "-t", "-E", "-l", path).decode().splitlines()
    facts = {line.split(":", 1)[0]: line.split(":", 1)[1].strip() for line in summary if ":" in line}
    text = [
        f"\n## {path.name}\n",
        f"{facts.get('File type', '')}, link type {facts.get('File encapsulation', '')}; {len(data)} bytes, SHA-256 "
        f"`{hashlib.sha256(data).hexdigest()}`.  \n"
        f"{len(numbered)} frames, {total} bytes on the wire, {captured} captured; "
        f"first at {first(numbered[0][1])}, last at {first(numbered[-1][1])} (Unix time).\n",
    ]
    seen = {protocol for row in numbered for protocol in first(row[4]).split(":")}
    flow = ["stream", "client", "server", "frames", "packets c/s", "bytes c/s", "payload c/s", "turns", "flags"]
    listed = ["frame", "source", "destination", "protocol", "info"]
    tables = [
        ({"tcp"}, "TCP flows", flow, lambda: flows(path, "tcp")),
        ({"udp"}, "UDP flows", flow, lambda: flows(path, "udp")),
        (
            {"dns"},
            "DNS (last column: Info after the identifier; the data of the records are in make/lookups.py)",
            ["frame", "kind", "id", "rcode", "TC", "answer/authority/additional", "question and records"],
            lambda: dns(path),
        ),
        (
            {"http"},
            "HTTP",
            [
                "first",
                "frame",
                "stream",
                "message",
                "host",
                "answers frame",
                "content type",
                "length or coding",
                "content coding",
                "location",
            ],
            lambda: http(path),
        ),
        ({"ftp"}, "FTP", ["frame", "stream", "line"], lambda: ftp_dialogue(path)),
        (
            {"tls"},
            "ClientHellos",
            ["first", "frame", "stream", "server name", "ALPN", "supported versions", "PSK", "JA3"],
            lambda: client_hellos(path),
        ),
        (
            {"tls"},
            "ServerHellos",
            ["frame", "stream", "legacy version", "chosen version", "cipher suite", "ALPN", "JA3S"],
            lambda: server_hellos(path),
        ),
        (
            {"tls"},
            "Certificates in the clear",
            ["frame", "stream", "position", "subject", "issuer", "not before", "not after", "names", "SHA-256"],
            lambda: certificates(path),
        ),
        ({"tls"}, "TLS alerts", listed, lambda: frames(path, "tls.alert_message.desc")),
        ({"arp", "icmp", "icmpv6"}, "ARP, ICMP and ICMPv6", listed, lambda: frames(path, "arp || icmp || icmpv6")),
        (
            {"ip", "ipv6"},
            "IP fragments",
            listed,
            lambda: frames(path, "ip.flags.mf == 1 || ip.frag_offset > 0 || ipv6.fraghdr"),
        ),
        ({"tcp"}, "TCP analysis", ["tcp.analysis.", "frames", "which"], lambda: analysis(path)),
    ]
    text += [table(title, header, lines()) for protocols, title, header, lines in tables if protocols & seen]
    return "".join(text)


def bodies():
    files = {
        "index.html": content.page("Start", 6),
        "article.html": content.page("Article", 40),
        "plain.txt": b"Nothing to compress here.\n",
        "images/logo.png": content.png(),
        "images/dot.gif": content.gif(),
        "images/grey.jpg": content.jpeg(),
        "setup.exe": content.executable(),
        "tools.zip": content.zip_archive(),
        "archive.tar.gz": content.tar_gz(),
        "private/plan.html": content.page("Plan", 2),
        "welcome.html": content.page("Welcome", 3),
        "data.bin (lossy_http)": content.noise(4, 150_000),
        "small.bin (clean_http)": content.noise(10, 48_000),
        "upload/stream.txt (PUT, chunked)": content.page("Upload", 8),
        "report.csv (FTP, as stored)": ftp.SALES.encode(),
        "readme.txt (FTP)": ftp.README.encode(),
        "incoming/orders.csv (FTP STOR)": ftp.ORDERS.encode(),
    }
    return table(
        "## Files that were carried (before any content coding)",
        ["file", "bytes", "SHA-256"],
        [[name, len(data), hashlib.sha256(data).hexdigest()] for name, data in files.items()],
    )


def write(folder):
    """Describes every capture of the folder in EXPECTED.md."""
    version = tshark(folder / "ftp_ipv6.pcap", "--version").splitlines()[0].split(" (Git")[0]
    text = HEAD + f"\n{version}.\n" + bodies() + "".join(describe(folder / name) for name in captures.RECIPES)
    Path(folder / "EXPECTED.md").write_text(text.rstrip("\n") + "\n")

"""Captures made from captures: frames left out, frames cut, and pcapng blocks freed of facts about the machine."""

import socket
import struct


def read_pcap(path):
    """The file header and the records (header bytes, frame bytes) of a little-endian pcap file."""
    data = path.read_bytes()
    if data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        raise SystemExit(f"{path.name}: not a little-endian pcap file")
    records, at = [], 24
    while at < len(data):
        captured = struct.unpack_from("<I", data, at + 8)[0]
        records.append((data[at : at + 16], data[at + 16 : at + 16 + captured]))
        at += 16 + captured
    return data[:24], records


def write_pcap(path, header, records):
    path.write_bytes(header + b"".join(head + frame for head, frame in records))


def keep(source, target, wanted):
    """Writes the frames for which wanted(number, frame) holds; numbers are those of the source, from 1."""
    header, records = read_pcap(source)
    write_pcap(target, header, [r for number, r in enumerate(records, 1) if wanted(number, r[1])])


def cut(source, target, snaplen):
    """Writes the capture as it would have been with a shorter snapshot length: wire lengths stay, bytes go."""
    header, records = read_pcap(source)
    header = header[:16] + struct.pack("<I", snaplen) + header[20:]
    shorter = []
    for head, frame in records:
        seconds, fraction, _, length = struct.unpack("<IIII", head)
        frame = frame[:snaplen]
        shorter.append((struct.pack("<IIII", seconds, fraction, len(frame), length), frame))
    write_pcap(target, header, shorter)


def neutral_pcapng(path, comment):
    """Rewrites a little-endian pcapng file in place: the options that name the machine's hardware and system go, and
    the section gets a comment."""
    data, blocks, at = path.read_bytes(), [], 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        body = data[at + 8 : at + length - 4]
        fixed, dropped, added = {0x0A0D0D0A: (16, {1, 2, 3}, [(1, comment.encode())]), 1: (8, {12}, [])}.get(
            kind, (None, None, None)
        )
        if fixed is not None:
            options = [o for o in _options(body[fixed:]) if o[0] not in dropped]
            body = body[:fixed] + b"".join(map(_option, added + options)) + struct.pack("<HH", 0, 0)
        blocks.append(struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12))
        at += length
    path.write_bytes(b"".join(blocks))


def _options(data):
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from("<HH", data, at)
        if code == 0:
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + (length + 3) // 4 * 4


def _option(option):
    code, value = option
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def with_options(path, names, flags, drops):
    """Rewrites a little-endian pcapng file in place: numbered packets (the first is 1) get epb_flags, the names of addresses
    stand behind the first interface, and statistics at the end, which editcap leaves out, count (received, dropped, dropped by
    the system)."""
    data, blocks, at, number, times = path.read_bytes(), [], 0, 0, []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        body = data[at + 8 : at + length - 4]
        at += length
        if kind == 6:
            number += 1
            if number in flags:
                captured = struct.unpack_from("<I", body, 12)[0]
                fixed = 20 + (captured + 3) // 4 * 4
                options = list(_options(body[fixed:])) + [(2, struct.pack("<I", flags[number]))]
                body = body[:fixed] + b"".join(map(_option, options)) + struct.pack("<HH", 0, 0)
            times.append(body[4:12])
        blocks.append(_block(kind, body))
        if kind == 1:
            records = b"".join(
                _option((1, socket.inet_aton(address) + b"".join(n.encode() + b"\0" for n in known)))
                for address, known in names.items()
            )
            blocks.append(_block(4, records + struct.pack("<HH", 0, 0)))
    options = [(2, times[0]), (3, times[-1])]
    options += [(code, struct.pack("<Q", count)) for code, count in zip((4, 5, 7), drops)]
    blocks.append(
        _block(5, struct.pack("<I", 0) + times[-1] + b"".join(map(_option, options)) + struct.pack("<HH", 0, 0))
    )
    path.write_bytes(b"".join(blocks))


def _block(kind, body):
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

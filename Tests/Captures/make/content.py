"""The files that the servers hand out: small, and the same bytes in every build."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

FIXED_TIME = 1_700_000_000


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def noise(seed, count):
    """Bytes that do not compress, from a linear congruential generator (Knuth's MMIX constants)."""
    state, out = seed, bytearray()
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(state >> 56)
    return bytes(out)


def png(side=24):
    """A square RGB image with a gradient."""
    rows = b"".join(
        b"\0" + bytes(v for x in range(side) for v in (x * 10 % 256, y * 10 % 256, 128)) for y in range(side)
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def gif():
    """One transparent pixel."""
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0)
        + b"\0\0\0\xff\xff\xff"
        + b"!\xf9\x04\x01\0\0\0\0"
        + b",\0\0\0\0\x01\0\x01\0\0"
        + b"\x02\x02D\x01\0;"
    )


def jpeg():
    """An 8 x 8 grey square: baseline JPEG with flat tables."""

    def segment(marker, body):
        return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body

    dc = segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0")
    ac = segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + segment(0xDB, b"\0" + b"\x10" * 64)
        + segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + b"\x01\x11\0")
        + dc
        + ac
        + segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\x3f"
        + b"\xff\xd9"
    )


def executable():
    """The first headers of a PE file, then noise: it starts as a Windows program does and runs nowhere."""
    stub = b"MZ" + struct.pack("<HHHHHHH", 0x90, 3, 0, 4, 0, 0xFFFF, 0) + bytes(0x3C - 16) + struct.pack("<I", 0x80)
    stub += b"This program cannot be run in DOS mode.\r\n$".ljust(0x40, b"\0")
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 0, FIXED_TIME, 0, 0, 0, 0x0102)
    return stub + coff + noise(1, 6000)


def zip_archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("tools/readme.txt", b"Two tools.\n" * 20), ("tools/a.bin", noise(2, 900))):
            archive.writestr(zipfile.ZipInfo(name, (2023, 11, 14, 22, 13, 20)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tar_gz():
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in (("notes/one.txt", b"one\n" * 40), ("notes/two.bin", noise(3, 700))):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), FIXED_TIME
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), 9, mtime=FIXED_TIME)


def page(title, paragraphs=30):
    lines = [
        f"<p>Paragraph {n} of {title}: {'lorem ipsum dolor sit amet ' * 2}{n * 7919 % 1000}.</p>"
        for n in range(1, paragraphs + 1)
    ]
    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>\n<h1>{title}</h1>\n"
        + "\n".join(lines)
        + "\n</body></html>\n"
    ).encode()

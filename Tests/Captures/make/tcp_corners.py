"""What TCP does seldom, put together byte by byte: segments that contradict each other, ports that are used again, both
ends opening at once, and what mirror ports and odd clocks make of a conversation. Into Tests/Captures/tcp/NAME.pcap."""

import struct
import sys
from pathlib import Path

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
CLIENT, SERVER = (bytes([192, 0, 2, 10]), 40000), (bytes([192, 0, 2, 20]), 80)
MACS = {CLIENT[0]: bytes.fromhex("02005e000001"), SERVER[0]: bytes.fromhex("02005e000002")}
# 2026-01-01 00:00 UTC.
START = 1767225600


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Talk:
    """One capture: packets one millisecond after the other, IP identifications counted by each end."""

    def __init__(self):
        self.frames, self.now = [], 0
        self.identification = {CLIENT: 100, SERVER: 9000}

    def wait(self, milliseconds):
        self.now += milliseconds * 1000

    def send(self, source, flags, seq, ack=0, data=b"", window=8192, options=b"", urgent=0, bad_checksum=False):
        destination = SERVER if source == CLIENT else CLIENT
        self.identification[source] += 1
        options += bytes(-len(options) % 4)
        offset = (5 + len(options) // 4) << 12
        tcp = struct.pack(
            ">HHIIHHHH", source[1], destination[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset | flags, window, 0, urgent
        )
        tcp += options + data
        pseudo = source[0] + destination[0] + struct.pack(">BBH", 0, 6, len(tcp))
        # What a network card is left to complete holds the sum of the pseudo header alone.
        total = ~checksum(pseudo) & 0xFFFF if bad_checksum else checksum(pseudo + tcp)
        tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), self.identification[source], 0x4000, 64, 6, 0)
        ip += source[0] + destination[0]
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        frame = MACS[destination[0]] + MACS[source[0]] + b"\x08\x00" + ip + tcp
        self.add(frame.ljust(60, b"\0"))

    def add(self, frame):
        self.frames.append((self.now, frame))
        self.now += 1000

    def client(self, flags, seq, ack=0, data=b"", **more):
        self.send(CLIENT, flags, seq, ack, data, **more)

    def server(self, flags, seq, ack=0, data=b"", **more):
        self.send(SERVER, flags, seq, ack, data, **more)

    def handshake(self, c=1000, s=5000, options=b"", **more):
        self.client(SYN, c, options=options, **more)
        self.server(SYN | ACK, s, c + 1, options=options)
        self.client(ACK, c + 1, s + 1)

    def goodbye(self, c, s):
        self.client(FIN | ACK, c, s)
        self.server(FIN | ACK, s, c + 1)
        self.client(ACK, c + 1, s + 1)

    def write(self, path):
        data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
        for time, frame in self.frames:
            seconds, micros = divmod(time, 1_000_000)
            data += struct.pack("<IIII", START + seconds, micros, len(frame), len(frame)) + frame
        path.write_bytes(data)


GET, OK = b"GET /first HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"
C, S = 1001, 5001
AFTER_GET, AFTER_OK = C + len(GET), S + len(OK)


def exchange(t):
    t.client(PSH | ACK, C, S, GET)
    t.server(PSH | ACK, S, AFTER_GET, OK)
    t.client(ACK, AFTER_GET, AFTER_OK)


def overlap_conflict(t):
    """A request sent twice with different names, as evasion does; an answer whose second half comes first and is then
    contradicted."""
    t.handshake()
    t.client(PSH | ACK, C, S, GET)
    t.client(PSH | ACK, C, S, GET.replace(b"first", b"other"))
    t.server(ACK, S + 17, AFTER_GET, OK[17:])
    t.server(ACK, S, AFTER_GET, OK[:17] + b"content-length: 9\r\n\r\n")
    t.client(ACK, AFTER_GET, AFTER_OK)
    t.goodbye(AFTER_GET, AFTER_OK)


def overlap_same(t):
    """The same without contradiction: retransmissions in other pieces."""
    t.handshake()
    t.client(PSH | ACK, C, S, GET)
    t.client(PSH | ACK, C + 4, S, GET[4:])
    t.server(ACK, S + 17, AFTER_GET, OK[17:])
    t.server(ACK, S, AFTER_GET, OK[:25])
    t.client(ACK, AFTER_GET, AFTER_OK)
    t.goodbye(AFTER_GET, AFTER_OK)


def keep_alive(t):
    """Probes of no byte and of one, of whatever content, and their answers."""
    t.handshake()
    exchange(t)
    t.wait(45000)
    t.client(ACK, AFTER_GET - 1, AFTER_OK)
    t.server(ACK, AFTER_OK, AFTER_GET)
    t.wait(45000)
    t.client(ACK, AFTER_GET - 1, AFTER_OK, b"\0")
    t.server(ACK, AFTER_OK, AFTER_GET)
    t.goodbye(AFTER_GET, AFTER_OK)


def zero_window(t):
    """A window that the other end fills, shuts and opens: probes of one byte, refused and taken."""
    t.handshake(options=b"\x03\x03\x00")
    t.client(ACK, C, S, b"", window=100)
    t.server(ACK, S, C, b"a" * 100)
    t.client(ACK, C, S + 100, window=0)
    t.wait(500)
    t.server(ACK, S + 100, C, b"b")
    t.client(ACK, C, S + 100, window=0)
    t.wait(1000)
    t.server(ACK, S + 100, C, b"b")
    t.client(ACK, C, S + 101, window=0)
    t.wait(1000)
    t.client(ACK, C, S + 101, window=4000)
    t.server(PSH | ACK, S + 101, C, b"c" * 50)
    t.client(ACK, C, S + 151)
    t.goodbye(C, S + 151)


def urgent(t):
    """Telnet's way to interrupt: a byte that the urgent pointer marks."""
    t.handshake()
    t.client(PSH | ACK, C, S, b"sleep 100\r\n")
    t.client(PSH | ACK | URG, C + 11, S, b"\xff\xf4\xff\xf2", urgent=3)
    t.server(ACK, S, C + 15)
    t.goodbye(C + 15, S)


def simultaneous_open(t):
    """Both ends send a SYN (RFC 9293, figure 7)."""
    t.client(SYN, 1000)
    t.server(SYN, 5000)
    t.client(SYN | ACK, 1000, 5001)
    t.server(SYN | ACK, 5000, 1001)
    exchange(t)
    t.goodbye(AFTER_GET, AFTER_OK)


def reuse_after_fin(t):
    t.handshake()
    exchange(t)
    t.goodbye(AFTER_GET, AFTER_OK)
    t.wait(1000)
    t.handshake(70000, 90000)
    t.client(PSH | ACK, 70001, 90001, GET)
    t.server(PSH | ACK, 90001, 70001 + len(GET), OK)


def reuse_after_rst(t):
    """Refused, then tried again: with the same initial sequence number, and with another."""
    t.client(SYN, 1000)
    t.server(RST | ACK, 0, 1001)
    t.wait(500)
    t.client(SYN, 1000)
    t.server(RST | ACK, 0, 1001)
    t.wait(500)
    t.client(SYN, 30000)
    t.server(RST | ACK, 0, 30001)


def reuse_by_syn(t):
    """The client forgot the connection: a new SYN in the middle of it."""
    t.handshake()
    t.client(PSH | ACK, C, S, GET)
    t.wait(60000)
    t.handshake(800000, 900000)
    t.client(PSH | ACK, 800001, 900001, GET)
    t.goodbye(800001 + len(GET), 900001)


def checksum_offload(t):
    """As captured on the client, whose network card computes the checksums."""
    t.client(SYN, 1000, bad_checksum=True)
    t.server(SYN | ACK, 5000, 1001)
    t.client(ACK, C, S, bad_checksum=True)
    t.client(PSH | ACK, C, S, GET, bad_checksum=True)
    t.server(PSH | ACK, S, AFTER_GET, OK)
    t.client(ACK, AFTER_GET, AFTER_OK, bad_checksum=True)


def fast_open(t):
    """Data in the SYN (RFC 7413): the first connection asks for a cookie, the second uses it."""
    t.handshake(options=b"\x22\x02")
    t.goodbye(C, S)
    t.client(SYN, 60000, data=GET, options=b"\x22\x0a\x01\x02\x03\x04\x05\x06\x07\x08")
    t.server(SYN | ACK, 80000, 60001 + len(GET))
    t.client(ACK, 60001 + len(GET), 80001)
    t.server(PSH | ACK, 80001, 60001 + len(GET), OK)
    t.client(ACK, 60001 + len(GET), 80001 + len(OK))


def mirrored(t):
    """A mirror port that copies what comes in and what goes out: each packet twice, ten microseconds apart."""
    t.handshake()
    exchange(t)
    t.goodbye(AFTER_GET, AFTER_OK)
    t.frames = [(time + copy * 10, frame) for time, frame in t.frames for copy in (0, 1)]


def backwards(t):
    """The clock is set back by two seconds within the handshake and again behind the request."""
    t.client(SYN, 1000)
    t.now -= 2_000_000
    t.server(SYN | ACK, 5000, 1001)
    t.client(ACK, C, S)
    t.client(PSH | ACK, C, S, GET)
    t.now -= 2_000_000
    t.server(PSH | ACK, S, AFTER_GET, OK)
    t.client(ACK, AFTER_GET, AFTER_OK)
    t.frames = [(time + 10_000_000, frame) for time, frame in t.frames]


def one_direction(t):
    """Only what the server sent was captured."""
    t.server(SYN | ACK, 5000, 1001)
    t.server(PSH | ACK, S, AFTER_GET, OK)
    t.server(FIN | ACK, AFTER_OK, AFTER_GET)


def reset_with_data(t):
    """A RST that says why, and data that comes too late."""
    t.handshake()
    t.client(PSH | ACK, C, S, GET)
    t.server(RST | ACK, S, AFTER_GET, b"no such service")
    t.client(ACK, AFTER_GET, S, b"late")


def data_after_fin(t):
    t.handshake()
    t.client(PSH | ACK, C, S, GET)
    t.client(FIN | ACK, AFTER_GET, S)
    t.client(PSH | ACK, AFTER_GET + 1, S, b"more")
    t.server(ACK, S, AFTER_GET + 1)


def half_closed(t):
    """The client has said all, the server goes on."""
    t.handshake()
    t.client(FIN | PSH | ACK, C, S, GET)
    t.server(ACK, S, AFTER_GET + 1)
    t.server(PSH | ACK, S, AFTER_GET + 1, OK)
    t.client(ACK, AFTER_GET + 1, AFTER_OK)


def loss(t):
    """One segment of five is lost: the receiver says what it has, and it is sent again."""
    t.handshake(options=b"\x04\x02")
    pieces = [bytes([97 + i]) * 100 for i in range(5)]
    for i in (0, 2, 3, 4):
        t.server(ACK, S + 100 * i, C, pieces[i])
        sack = struct.pack(">BBBBII", 1, 1, 5, 10, S + 200, S + 100 * (i + 1)) if i else b""
        t.client(ACK, C, S + 100, options=sack)
    t.server(ACK, S + 100, C, pieces[1])
    t.client(ACK, C, S + 500)
    t.server(ACK, S + 100, C, pieces[1])
    t.client(ACK, C, S + 500, options=struct.pack(">BBBBII", 1, 1, 5, 10, S + 100, S + 200))
    t.goodbye(C, S + 500)


ALL = [
    overlap_conflict, overlap_same, keep_alive, zero_window, urgent, simultaneous_open, reuse_after_fin, reuse_after_rst,
    reuse_by_syn, checksum_offload, fast_open, mirrored, backwards, one_direction, reset_with_data, data_after_fin,
    half_closed, loss,
]


def make(folder):
    folder.mkdir(exist_ok=True)
    for corner in ALL:
        talk = Talk()
        corner(talk)
        talk.write(folder / f"{corner.__name__}.pcap")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "tcp")

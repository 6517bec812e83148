"""Logins of link layers, put together byte by byte from the RFCs: pppd needs a kernel with PPP. The responses of MS-CHAP
are the RFCs' own examples; those of CHAP and EAP-MD5 are computed."""

import hashlib
import struct

CLIENT, SERVER = bytes.fromhex("02005e000001"), bytes.fromhex("02005e000002")
ADDRESSES = {CLIENT: bytes([192, 0, 2, 10]), SERVER: bytes([192, 0, 2, 20])}
# IEEE 802.1X, 11.1.1: what clients send to.
PAE_GROUP = bytes.fromhex("0180c2000003")
USER, PASSWORD = b"frieda", b"corr3ct horse"
LCP, PAP, CHAP = 0xC021, 0xC023, 0xC223

# RFC 2433, appendix B.1: user "User", password "MyPw".
MSCHAP_CHALLENGE = bytes.fromhex("102db5df085d3041")
MSCHAP = bytes(24) + bytes.fromhex("4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61") + b"\x01"
# RFC 2759, section 9.2: user "User", password "clientPass".
MSCHAP2_CHALLENGE = bytes.fromhex("5b5d7c7d7b3f2f3e3c2c602132262628")
MSCHAP2 = (
    bytes.fromhex("21402324255e262a28295f2b3a337c7e")
    + bytes(8)
    + bytes.fromhex("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df")
    + b"\x00"
)


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(source, destination, kind, payload):
    return (destination + source + struct.pack(">H", kind) + payload).ljust(60, b"\0")


def ip(source, destination, protocol, payload):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0)
    head += ADDRESSES[source] + ADDRESSES[destination]
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return ethernet(source, destination, 0x0800, head + payload)


def message(code, identifier, data=b""):
    """What LCP, PAP, CHAP and EAP have in common."""
    return struct.pack(">BBH", code, identifier, 4 + len(data)) + data


def over_ethernet(source, destination, protocol, packet):
    """PPPoE (RFC 2516), session 17."""
    packet = struct.pack(">H", protocol) + packet
    return ethernet(source, destination, 0x8864, struct.pack(">BBHH", 0x11, 0, 17, len(packet)) + packet)


def over_l2tp(source, destination, protocol, packet):
    """L2TP (RFC 2661): a data message of tunnel 1, session 1, and PPP with its address and control."""
    data = struct.pack(">HHH", 0x0002, 1, 1) + struct.pack(">HH", 0xFF03, protocol) + packet
    udp = struct.pack(">HHHH", 1701, 1701, 8 + len(data), 0) + data
    pseudo = ADDRESSES[source] + ADDRESSES[destination] + struct.pack(">BBH", 0, 17, len(udp))
    udp = udp[:6] + struct.pack(">H", checksum(pseudo + udp)) + udp[8:]
    return ip(source, destination, 17, udp)


def over_pptp(source, destination, protocol, packet):
    """PPTP's GRE (RFC 2637, section 4.1) with a sequence number, call 1."""
    packet = struct.pack(">HH", 0xFF03, protocol) + packet
    return ip(source, destination, 47, struct.pack(">BBHHHI", 0x30, 0x01, 0x880B, len(packet), 1, 1) + packet)


def text(value):
    return bytes([len(value)]) + value


def frames():
    def ask(carrier, protocol, packet):
        return carrier(CLIENT, SERVER, protocol, packet)

    def answer(carrier, protocol, packet):
        return carrier(SERVER, CLIENT, protocol, packet)

    # PAP in PPPoE: refused, accepted.
    yield answer(over_ethernet, LCP, message(1, 1, struct.pack(">BBH", 3, 4, PAP)))
    yield ask(over_ethernet, LCP, message(2, 1, struct.pack(">BBH", 3, 4, PAP)))
    for number, (password, code, said) in enumerate(((b"guess 1", 3, b"no"), (PASSWORD, 2, b"welcome")), 1):
        yield ask(over_ethernet, PAP, message(1, number, text(USER) + text(password)))
        yield answer(over_ethernet, PAP, message(code, number, text(said)))
    # CHAP with MD5 in PPPoE: refused, accepted.
    for number, (password, code) in enumerate(((b"guess 2", 4), (PASSWORD, 3)), 1):
        challenge = hashlib.md5(b"challenge %d" % number).digest()
        response = hashlib.md5(bytes([number]) + password + challenge).digest()
        yield answer(over_ethernet, CHAP, message(1, number, text(challenge) + b"gateway"))
        yield ask(over_ethernet, CHAP, message(2, number, text(response) + USER))
        yield answer(over_ethernet, CHAP, message(code, number, b"done"))
    # PAP in L2TP: refused, accepted.
    for number, (password, code) in enumerate(((b"guess 3", 3), (PASSWORD, 2)), 1):
        yield ask(over_l2tp, PAP, message(1, number, text(USER) + text(password)))
        yield answer(over_l2tp, PAP, message(code, number, text(b"")))
    # MS-CHAP and MS-CHAP-V2 in PPTP: refused, accepted.
    yield answer(over_pptp, CHAP, message(1, 1, text(MSCHAP_CHALLENGE) + b"gateway"))
    yield ask(over_pptp, CHAP, message(2, 1, text(MSCHAP) + b"User"))
    yield answer(over_pptp, CHAP, message(4, 1, b"E=691 R=0"))
    yield answer(over_pptp, CHAP, message(1, 2, text(MSCHAP2_CHALLENGE) + b"gateway"))
    yield ask(over_pptp, CHAP, message(2, 2, text(MSCHAP2) + b"User"))
    yield answer(over_pptp, CHAP, message(3, 2, b"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=ok"))
    # EAP-MD5 in IEEE 802.1X: refused, accepted.
    for start, (password, code) in ((1, (b"guess 4", 4)), (11, (PASSWORD, 3))):
        challenge = hashlib.md5(b"challenge %d" % start).digest()
        response = hashlib.md5(bytes([start + 1]) + password + challenge).digest()

        def eapol(sender, packet):
            target = PAE_GROUP if sender == CLIENT else CLIENT
            return ethernet(sender, target, 0x888E, struct.pack(">BBH", 1, 0, len(packet)) + packet)

        yield eapol(SERVER, message(1, start, b"\x01"))
        yield eapol(CLIENT, message(2, start, b"\x01" + USER))
        yield eapol(SERVER, message(1, start + 1, b"\x04" + text(challenge) + b"switch"))
        yield eapol(CLIENT, message(2, start + 1, b"\x04" + text(response)))
        yield eapol(SERVER, message(code, start + 1))


def session(_, path):
    """link_logins.pcap"""
    with open(path, "wb") as capture:
        capture.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames()):
            capture.write(struct.pack("<IIII", 1_700_000_000 + number // 10, number % 10 * 100_000, len(frame), len(frame)))
            capture.write(frame)

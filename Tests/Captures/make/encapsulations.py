#!/usr/bin/env python3
"""Captures of one small conversation inside each link layer, tunnel and kind of fragments, put together byte by byte from
the headers' layouts: few of these can be had from this kernel. No timestamps or random numbers of the machine go in, so
that the same files come out each time.

`encapsulations.py` writes all of them to ../layers, `--check` has tshark say what it sees in each, and `--real` makes the
one that Linux's own driver writes, as root.
"""

import subprocess
import sys
from pathlib import Path
from struct import pack

LAYERS = Path(__file__).resolve().parent.parent / "layers"

MACS = bytes.fromhex("02005e000001"), bytes.fromhex("02005e000002")
OUTER_MACS = bytes.fromhex("02005e0000a1"), bytes.fromhex("02005e0000a2")
ACCESS_POINTS = bytes.fromhex("02005e0000b1"), bytes.fromhex("02005e0000b2")
INNER = bytes([10, 1, 0, 1]), bytes([10, 1, 0, 2])
INNER6 = tuple(bytes.fromhex("20010db800010000000000000000000" + end) for end in "12")
OUTER = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 2])
OUTER6 = tuple(bytes.fromhex("20010db800ff0000000000000000000" + end) for end in "12")


def checksum(data):
    total = sum(int.from_bytes(data[i : i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(ends, back, protocol, payload, identification=1, fragment=0):
    head = pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0)
    head += ends[back] + ends[1 - back]
    return head[:10] + pack(">H", checksum(head)) + head[12:] + payload


def ipv6(ends, back, protocol, payload):
    return pack(">IHBB", 6 << 28, len(payload), protocol, 64) + ends[back] + ends[1 - back] + payload


def ip(ends, back, protocol, payload, **more):
    return (ipv4 if len(ends[0]) == 4 else ipv6)(ends, back, protocol, payload, **more)


def transport(ends, back, protocol, data, place):
    """`data` with the checksum at `place`."""
    pseudo = ends[back] + ends[1 - back] + pack(">IxxxB", len(data), protocol)
    return data[:place] + pack(">H", checksum(pseudo + data) or 0xFFFF) + data[place + 2 :]


def udp(ends, back, ports, payload):
    ports = ports[back], ports[1 - back]
    return transport(ends, back, 17, pack(">HHHH", *ports, 8 + len(payload), 0) + payload, 6)


def tcp(ends, back, ports, sequence, acknowledgment, flags):
    ports = ports[back], ports[1 - back]
    return transport(ends, back, 6, pack(">HHIIHHHH", *ports, sequence, acknowledgment, 0x5000 | flags, 512, 0, 0), 16)


def conversation(ends=INNER):
    """A DNS query, its answer, and a handshake with the server that it names: (way back, IP packet)."""
    question = b"\3www\7example\3com\0" + pack(">HH", 1, 1)
    answer = question + b"\xc0\x0c" + pack(">HHIH", 1, 1, 300, 4) + ends[1][:4]
    for back, flags, counts, body in ((0, 0x0100, (1, 0), question), (1, 0x8180, (1, 1), answer)):
        message = pack(">HHHHHH", 0x1234, flags, *counts, 0, 0) + body
        yield back, ip(ends, back, 17, udp(ends, back, (40053, 53), message))
    for back, sequence, acknowledgment, flags in ((0, 100, 0, 2), (1, 500, 101, 18), (0, 101, 501, 16)):
        yield back, ip(ends, back, 6, tcp(ends, back, (40080, 80), sequence, acknowledgment, flags))


def kind(packet):
    return 0x0800 if packet[0] >> 4 == 4 else 0x86DD


def ethernet(back, type_, payload, macs=MACS):
    return (macs[1 - back] + macs[back] + pack(">H", type_) + payload).ljust(60, b"\0")


def ether(back, packet):
    """An Ethernet frame with an IP packet."""
    return ethernet(back, kind(packet), packet)


def snap(packet):
    return b"\xaa\xaa\x03\0\0\0" + pack(">H", kind(packet)) + packet


def ppp(packet):
    return (b"\0\x21" if packet[0] >> 4 == 4 else b"\0\x57") + packet


def carried(back, protocol, payload, ends=OUTER):
    """An outer IP packet in Ethernet."""
    return ethernet(back, 0x0800 if len(ends[0]) == 4 else 0x86DD, ip(ends, back, protocol, payload), OUTER_MACS)


def datagram(back, port, payload, source=50000, ends=OUTER):
    """An outer UDP datagram to `port`; answers go to the same port, as those of tunnels do."""
    return carried(back, 17, pack(">HHHH", source, port, 8 + len(payload), 0) + payload, ends)


# Link layers: (link type, frame of a packet)


def dot11(back, packet, flags=0, qos=b"", order=b"", msdu=None):
    station, other, point = MACS[back], MACS[1 - back], ACCESS_POINTS[0]
    flags |= 0x80 if order else 0
    addresses = {
        0: (other, station, point),
        1: (point, station, other),
        2: (other, point, station),
        3: (ACCESS_POINTS[1], point, other),
    }[flags & 3]
    head = pack("<BBH", 0x88 if qos else 0x08, flags, 0) + b"".join(addresses) + pack("<H", 0x10)
    return head + (station if flags & 3 == 3 else b"") + qos + order + (msdu or snap(packet))


def amsdu(back, packet):
    msdu = snap(packet)
    first = MACS[1 - back] + MACS[back] + pack(">H", len(msdu)) + msdu
    second = b"\xaa\xaa\x03\0\0\0\x88\xb5experiment"
    first += bytes(-len(first) % 4)
    return dot11(back, packet, 1 + back, b"\x80\0", msdu=first + MACS[1 - back] + MACS[back] + pack(">H", len(second)) + second)


def radiotap(frame, flags=0):
    # TSFT and flags are there, and a second word of the mask.
    return pack("<BBHII4xQBx", 0, 0, 26, 0x80000003, 0, 1000, flags).ljust(26, b"\0") + frame


def avs(frame):
    return pack(">II", 0x80211001, 64).ljust(64, b"\0") + frame


def prism(frame):
    return pack("<II16s", 0x44, 144, b"wlan0").ljust(144, b"\0") + frame


def ppi(frame, flags=0):
    field = pack("<HHQHHHHBBbb", 2, 20, 1000, flags, 2, 2412, 0x80, 0, 0, -50, -90)
    return pack("<BBHI", 0, 0, 8 + len(field), 105) + field + frame


def check_sequence(frame):
    import zlib

    return frame + pack("<I", zlib.crc32(frame))


def nflog(packet):
    def attribute(type_, value):
        return pack("<HH", 4 + len(value), type_) + value + bytes(-len(value) % 4)

    family = 2 if packet[0] >> 4 == 4 else 10
    return pack(">BBH", family, 0, 5) + attribute(1, pack(">HBx", kind(packet), 3)) + attribute(10, b"in\0") + attribute(9, packet)


def netlink(packet):
    """What the packet filter hands to a program that asked for packets (NFQUEUE)."""
    body = pack(">BBH", 2, 0, 5) + pack("<HHIHBx", 11, 1, 0x01000000, 8, 3) + pack("<HH", 4 + len(packet), 10) + packet
    message = pack("<IHHII", 16 + len(body), 0x300, 0, 0, 0) + body
    return pack(">HHH8xH", 4, 824, 0, 12) + message


def pflog(packet):
    # OpenBSD: length 61 without padding, family, action, reason, interface, ruleset, rule, subrule, ids, direction.
    head = pack(">BBBB16s16sIIIIIIBxxx", 61, 2 if packet[0] >> 4 == 4 else 24, 0, 0, b"em0", b"", 0, 0, 0, 0, 0, 0, 1)
    return head.ljust(64, b"\0") + packet


def juniper(direction, payload, extension=b""):
    flags = direction | (0x80 if extension else 0)
    return b"MGC" + bytes([flags]) + (pack(">H", len(extension)) + extension if extension else b"") + payload


def ipnet(packet):
    return pack(">BBHIIIII", 1, 2 if packet[0] >> 4 == 4 else 26, 0, len(packet), 1, 0, 0, 0) + packet


def token_ring(back, packet):
    source = bytes([MACS[back][0] | 0x80]) + MACS[back][1:]
    return b"\x10\x40" + MACS[1 - back] + source + bytes.fromhex("0630 0011 0012") + snap(packet)


def docsis(frame):
    head = pack(">BBH", 0, 0, len(frame) + 4)
    check = 0xFFFF
    for byte in head:
        check ^= byte
        for _ in range(8):
            check = check >> 1 ^ (0x8408 if check & 1 else 0)
    return check_sequence(head + pack("<H", check ^ 0xFFFF) + frame)


def erf(frame):
    # 2 bytes of padding first; a check sequence last, which the wire length counts.
    body = b"\0\0" + frame + bytes(4)
    return pack("<Q", 1_700_000_000 << 32) + pack(">BBHHH", 2, 4, 16 + len(body), 0, len(frame) + 4) + body


LINK_LAYERS = {
    "null": (0, lambda b, p: pack("<I", 2 if p[0] >> 4 == 4 else 24) + p),
    "loop": (108, lambda b, p: pack(">I", 2 if p[0] >> 4 == 4 else 24) + p),
    "raw": (101, lambda b, p: p),
    "llc_snap": (1, lambda b, p: ethernet(b, len(snap(p)), snap(p))),
    "ppp": (9, lambda b, p: ppp(p)),
    "ppp_hdlc": (50, lambda b, p: b"\xff\x03" + ppp(p)),
    "ppp_direction": (204, lambda b, p: bytes([1 - b]) + b"\xff\x03" + ppp(p)),
    "ppp_pppd": (166, lambda b, p: bytes([1 - b]) + b"\x03" + ppp(p)),
    "ppp_ether": (51, lambda b, p: pack(">BBHH", 0x11, 0, 17, 2 + len(p)) + ppp(p)),
    "cisco_hdlc": (104, lambda b, p: b"\x0f\0" + pack(">H", kind(p)) + p),
    "cisco_hdlc_direction": (205, lambda b, p: bytes([1 - b]) + b"\x0f\0" + pack(">H", kind(p)) + p),
    "frame_relay": (107, lambda b, p: b"\x18\x41\x03" + (b"\xcc" if p[0] >> 4 == 4 else b"\x8e") + p),
    "frame_relay_snap": (107, lambda b, p: b"\x18\x41\x03\0\x80\0\0\0" + pack(">H", kind(p)) + p),
    "wlan": (105, lambda b, p: dot11(b, p, 1 + b)),
    "wlan_ad_hoc": (105, lambda b, p: dot11(b, p, 0, b"\x07\0")),
    "wlan_radiotap": (127, lambda b, p: radiotap(dot11(b, p, 1 + b, b"\0\0"))),
    "wlan_radiotap_fcs": (127, lambda b, p: radiotap(check_sequence(dot11(b, p, 1 + b)), 0x10)),
    "wlan_radiotap_pad": (127, lambda b, p: radiotap(dot11(b, p, 1 + b, b"\0\0", msdu=b"\0\0" + snap(p)), 0x20)),
    "wlan_wds": (127, lambda b, p: radiotap(dot11(b, p, 3, b"\0\0", b"\0\0\0\0"))),
    "wlan_amsdu": (127, lambda b, p: radiotap(amsdu(b, p))),
    "wlan_prism": (119, lambda b, p: prism(dot11(b, p, 1 + b))),
    "wlan_avs": (163, lambda b, p: avs(dot11(b, p, 1 + b))),
    "wlan_avs_as_prism": (119, lambda b, p: avs(dot11(b, p, 1 + b))),
    "wlan_ppi": (192, lambda b, p: ppi(check_sequence(dot11(b, p, 1 + b)), 1)),
    "pflog": (117, lambda b, p: pflog(p)),
    "nflog": (239, lambda b, p: nflog(p)),
    "netlink_queue": (253, lambda b, p: netlink(p)),
    "enc": (109, lambda b, p: pack("<III", 2 if p[0] >> 4 == 4 else 24, 0x1000, 3) + p),
    "ipnet": (226, lambda b, p: ipnet(p)),
    "juniper_ether": (178, lambda b, p: juniper(b, ether(b, p), bytes.fromhex("0301 0102 0204 00000001"))),
    "juniper_ppp": (179, lambda b, p: juniper(b, b"\xff\x03" + ppp(p))),
    "juniper_chdlc": (181, lambda b, p: juniper(b, b"\x0f\0" + pack(">H", kind(p)) + p)),
    "juniper_frame_relay": (180, lambda b, p: juniper(b, b"\x18\x41\x03" + (b"\xcc" if p[0] >> 4 == 4 else b"\x8e") + p)),
    "juniper_pppoe_atm": (168, lambda b, p: juniper(b, pack(">HBBHH", 0x8864, 0x11, 0, 17, 2 + len(p)) + ppp(p))),
    "juniper_atm1": (137, lambda b, p: juniper(b, b"\0\0\0\1" + snap(p))),
    "juniper_no_l2": (178, lambda b, p: juniper(b | 2, pack("<I", 2) + p)),
    "token_ring": (6, token_ring),
    "fddi": (10, lambda b, p: b"\x50" + MACS[1 - b] + MACS[b] + snap(p)),
    "arcnet": (7, lambda b, p: bytes([1 + b, 2 - b, 0xD4 if p[0] >> 4 == 4 else 0xC4, 0, 0, 1]) + p),
    "arcnet_linux": (129, lambda b, p: bytes([1 + b, 2 - b, 0, 0, 0xD4 if p[0] >> 4 == 4 else 0xC4, 0, 0, 1]) + p),
    "atm_rfc1483": (100, lambda b, p: snap(p)),
    "sunatm": (123, lambda b, p: pack(">BBH", 0x82, 0, 33) + snap(p)),
    "fibre_channel_ip": (122, lambda b, p: b"\x10\0" + MACS[1 - b] + b"\x10\0" + MACS[b] + snap(p)),
    "firewire": (138, lambda b, p: b"\0\x11" + MACS[1 - b] + b"\0\x11" + MACS[b] + pack(">H", kind(p)) + p),
    "docsis": (143, lambda b, p: docsis(ether(b, p))),
    "erf": (197, lambda b, p: erf(ether(b, p))),
    "mpls_link": (219, lambda b, p: pack(">I", 16 << 12 | 0x140) + p),
    "mpacket": (274, lambda b, p: b"\x55" * 7 + b"\xd5" + check_sequence(ether(b, p))),
    "ip_over_infiniband": (242, lambda b, p: bytes(40) + pack(">HH", kind(p), 0) + p),
}

# Frames that carry no packet: (link type, frames).
NAMES = {
    "wlan_frames": (
        105,
        [
            bytes.fromhex("80000000 ffffffffffff") + ACCESS_POINTS[0] * 2 + bytes(2) + bytes(8) + b"\x64\0\x11\0" + b"\0\3lab",
            bytes.fromhex("40000000 ffffffffffff") + MACS[0] + b"\xff" * 6 + bytes(2) + b"\0\3lab",
            bytes.fromhex("b4000000") + ACCESS_POINTS[0] + MACS[0],
            bytes.fromhex("c4000000") + MACS[0],
            bytes.fromhex("d4000000") + MACS[0],
            bytes.fromhex("48110000") + ACCESS_POINTS[0] + MACS[0] + ACCESS_POINTS[0] + bytes(2),
            bytes.fromhex("08410000") + ACCESS_POINTS[0] + MACS[0] + MACS[1] + bytes(2) + bytes.fromhex("0102032000000000") + b"secret" * 4,
            bytes.fromhex("c0000000") + MACS[0] + ACCESS_POINTS[0] * 2 + bytes(2) + b"\3\0",
        ],
    ),
    "usb": (189, [bytes(7) + b"\1" + pack("<Q", 0xFFFF0000) [:8] + b"S\2\x80\1" + pack("<HBBQIiII", 1, 0, 0x2D, 0, 0, -115, 0, 0) + bytes(8)]),
    "bluetooth": (201, [pack(">I", 0) + bytes.fromhex("01030c00"), pack(">I", 1) + bytes.fromhex("040e0401030c00")]),
    "can": (227, [pack(">IBxxx", 0x123, 8) + b"candata!"]),
    "ieee802154": (195, [bytes.fromhex("02000176 39"), bytes.fromhex("41880122 11ffff0000 0102 0000")]),
    "netlink": (253, [bytes.fromhex("0004 0338 0000 0000000000000000 0000") + pack("<IHHII", 16, 3, 0, 1, 0)]),
}

# Tunnels: frame of a packet.


def gre(flags, type_, payload, *words):
    return pack(">HH", flags, type_) + b"".join(pack(">I", word) for word in words) + payload


def l2tp(packet):
    body = b"\xff\x03" + ppp(packet)
    return pack(">HHHH", 0x4002, 8 + len(body), 7, 9) + body


def pptp(back, packet):
    body = ppp(packet)
    return pack(">HHHHI", 0x3001, 0x880B, len(body), 300 + back, 1) + body


def gtp(back, packet):
    # Sequence number and one extension header (PDU session container).
    extra = pack(">HBB", 7, 0, 0x85) + bytes.fromhex("01100900")
    return pack(">BBHI", 0x36, 255, len(extra) + len(packet), 0x1000 + back) + extra + packet


def ayiya(packet):
    head = bytes([0x41, 0x52, 0x11, 41 if packet[0] >> 4 == 6 else 4]) + pack(">I", 1_700_000_000)
    return head + OUTER6[0] + bytes(20) + packet


def mpls(packet, *labels):
    last = len(labels) - 1
    return b"".join(pack(">I", label << 12 | (0x100 if i == last else 0) | 64) for i, label in enumerate(labels)) + packet


def vlans(back, packet, *tags):
    """Tags, the outermost first."""
    types = [0x88A8 if i == 0 and len(tags) > 1 else 0x8100 for i in range(len(tags))] + [kind(packet)]
    body = b"".join(pack(">HH", tag, types[i + 1]) for i, tag in enumerate(tags)) + packet
    return ethernet(back, types[0], body)


def vxlan(network, frame):
    return pack(">II", 0x08000000, network << 8) + frame


def nested(depth):
    def wrap(back, packet):
        for level in range(depth):
            packet = ipv4(tuple(bytes([172, 16, level, 1 + end]) for end in (0, 1)), back, 4, packet)
        return ether(back, packet)

    return wrap


def vlan_vxlan_gre(back, packet):
    ends = tuple(bytes([172, 16, 0, end]) for end in (1, 2))
    frame = carried(back, 47, gre(0x2000, kind(packet), packet, 9), ends)
    outer = datagram(back, 4789, vxlan(42, frame))[14:]
    return ethernet(back, 0x8100, pack(">HH", 30, 0x0800) + outer)


def ah(back, packet):
    """AH of transport mode inside the packet itself."""
    protocol, payload = packet[9], packet[20:]
    return ether(back, ipv4(INNER, back, 51, pack(">BBHII", protocol, 4, 0, 0x1000, 1) + bytes(12) + payload))


TUNNELS = {
    "vlan": lambda b, p: vlans(b, p, 10),
    "vlan_stack": lambda b, p: vlans(b, p, 100, 20, 3),
    "vlan_priority": lambda b, p: vlans(b, p, 0x6000),
    "pppoe": lambda b, p: ethernet(b, 0x8864, pack(">BBHH", 0x11, 0, 17, 2 + len(p)) + ppp(p)),
    "mpls": lambda b, p: ethernet(b, 0x8847, mpls(p, 16 + b, 1000)),
    "mpls_pseudowire": lambda b, p: ethernet(b, 0x8847, mpls(bytes(4) + ether(b, p), 2000), OUTER_MACS),
    "mpls_pseudowire_bare": lambda b, p: ethernet(b, 0x8847, mpls(ether(b, p), 2001), OUTER_MACS),
    "mpls_udp": lambda b, p: datagram(b, 6635, mpls(p, 3000)),
    "pbb": lambda b, p: ethernet(b, 0x88A8, pack(">HHI", 200, 0x88E7, 0x12345) + ether(b, p), OUTER_MACS),
    "vn_tag": lambda b, p: ethernet(b, 0x8926, pack(">IH", 0x80050000 if b else 0x00000005, kind(p)) + p),
    "e_tag": lambda b, p: ethernet(b, 0x893F, pack(">HHHH", 0, 0x1005, 0, kind(p)) + p),
    "hsr": lambda b, p: ethernet(b, 0x892F, pack(">HHH", len(p) + 6, 1, kind(p)) + p),
    "trill": lambda b, p: ethernet(b, 0x22F3, pack(">HHH", 20, 7, 5) + ether(b, p), OUTER_MACS),
    "ipip": lambda b, p: carried(b, 4, p),
    "6in4": lambda b, p: carried(b, 41, p),
    "4in6": lambda b, p: carried(b, 4, p, OUTER6),
    "6in6": lambda b, p: carried(b, 41, p, OUTER6),
    "gre": lambda b, p: carried(b, 47, gre(0, kind(p), p)),
    "gre_key": lambda b, p: carried(b, 47, gre(0xB000, kind(p), p, 0, 77, 1)),
    "gre_ethernet": lambda b, p: carried(b, 47, gre(0x2000, 0x6558, ether(b, p), 0x123400)),
    "pptp": lambda b, p: carried(b, 47, pptp(b, p)),
    "erspan1": lambda b, p: carried(b, 47, gre(0, 0x88BE, ether(b, p))),
    "erspan2": lambda b, p: carried(b, 47, gre(0x1000, 0x88BE, pack(">HHI", 0x1000, 101, 0) + ether(b, p), 1)),
    "erspan3": lambda b, p: carried(b, 47, gre(0x1000, 0x22EB, pack(">HHIHH", 0x2000, 102, 0, 0, 0) + ether(b, p), 1)),
    "etherip": lambda b, p: carried(b, 97, b"\x30\0" + ether(b, p)),
    "ethernet_in_ipv6": lambda b, p: carried(b, 143, ether(b, p), OUTER6),
    "vxlan": lambda b, p: datagram(b, 4789, vxlan(42, ether(b, p))),
    "vxlan_linux": lambda b, p: datagram(b, 8472, vxlan(43, ether(b, p))),
    "vxlan_gpe": lambda b, p: datagram(b, 4790, pack(">II", 0x0C000001 if p[0] >> 4 == 4 else 0x0C000002, 44 << 8) + p),
    "nsh": lambda b, p: datagram(b, 4790, pack(">II", 0x0C000004, 45 << 8) + pack(">II", 0x0FC20202 - (p[0] >> 4 == 4), 0x500FF) + p),
    "geneve": lambda b, p: datagram(b, 6081, pack(">BBHI", 2, 0, 0x6558, 46 << 8) + bytes.fromhex("0102800100000001") + ether(b, p)),
    "gtp": lambda b, p: datagram(b, 2152, gtp(b, p), 2152),
    "gtp_odd_port": lambda b, p: datagram(b, 33000, gtp(b, p), 32000),
    "teredo": lambda b, p: datagram(b, 3544, bytes.fromhex("0000 1234 3dffff01") + p),
    "l2tp": lambda b, p: datagram(b, 1701, l2tp(p), 1701),
    "l2tpv3_udp": lambda b, p: datagram(b, 1701, pack(">HHII", 3, 0, 555, 0) + ether(b, p), 1701),
    "l2tpv3_ip": lambda b, p: carried(b, 115, pack(">II", 556, 0) + ether(b, p)),
    "l2tpv3_cookie": lambda b, p: carried(b, 115, pack(">IQI", 557, 0x1122334455667788, 0) + ether(b, p)),
    "ayiya": lambda b, p: datagram(b, 5072, ayiya(p)),
    "lisp": lambda b, p: datagram(b, 4341, pack(">II", 0x08000000, 47 << 8) + p),
    "ah": ah,
    "vlan_vxlan_gre": vlan_vxlan_gre,
    "nested_8": nested(8),
    "nested_9": nested(9),
}
IPV6_INSIDE = {"6in4", "6in6", "teredo", "ayiya"}


def same_in_two():
    """The same conversation in two networks of VXLAN at once."""
    for back, packet in conversation():
        for network in (42, 43):
            yield datagram(back, 4789, vxlan(network, ether(back, packet)))


def esp():
    for back in (0, 1):
        yield carried(back, 50, pack(">II", 0x2000 + back, 1) + bytes(range(48)))
    for back in (0, 1):
        yield carried(back, 17, pack(">HHHHII", 4500, 4500, 64, 0, 0x3000 + back, 1) + bytes(range(48)))


# Fragments: frames, and seconds between them.


def parts(packet, size=16):
    """The fragments of a packet: (start, bytes)."""
    payload = packet[20:] if packet[0] >> 4 == 4 else packet[40:]
    return [(start, payload[start : start + size]) for start in range(0, len(payload), size)], len(payload)


def fragment(packet, back, start, data, length, number):
    more = start + len(data) < length
    if packet[0] >> 4 == 4:
        return ipv4(INNER, back, packet[9], data, number, start // 8 | (0x2000 if more else 0))
    return ipv6(INNER6, back, 44, pack(">BBHI", packet[6], 0, start | more, number) + data)


def fragmented(order, ends=INNER, wrap=ether):
    """The conversation with each packet in fragments, in the order that `order` puts (start, bytes) in."""
    for number, (back, packet) in enumerate(conversation(ends), 1):
        pieces, length = parts(packet)
        for start, data in order(pieces):
            yield wrap(back, fragment(packet, back, start, data, length, number))


def overlapping(pieces, change):
    """Each piece begins 8 bytes earlier; with `change` those bytes are others."""
    yield pieces[0]
    for (_, before), (start, data) in zip(pieces, pieces[1:]):
        again = before[-8:]
        yield start - 8, (bytes(byte ^ 0xFF for byte in again) if change else again) + data


def outer_fragments():
    """VXLAN whose outer packet is in fragments, and then one whose inner packet is as well."""
    for number, (back, packet) in enumerate(conversation(), 1):
        inner = [packet]
        if number > 2:
            pieces, length = parts(packet)
            inner = [fragment(packet, back, start, data, length, number) for start, data in pieces]
        for count, part in enumerate(inner):
            frame = vxlan(42, ether(back, part))
            payload = pack(">HHHH", 50000, 4789, 8 + len(frame), 0) + frame
            for start in range(0, len(payload), 48):
                more = 0x2000 if start + 48 < len(payload) else 0
                piece = ipv4(OUTER, back, 17, payload[start : start + 48], number * 100 + count, start // 8 | more)
                yield ethernet(back, 0x0800, piece, OUTER_MACS)


FRAGMENTS = {
    "fragments_in_order": lambda: fragmented(lambda p: p),
    "fragments_reversed": lambda: fragmented(lambda p: p[::-1]),
    "fragments_shuffled": lambda: fragmented(lambda p: p[1::2] + p[::2]),
    "fragments_duplicated": lambda: fragmented(lambda p: [piece for piece in p for _ in (0, 1)][:-1]),
    "fragments_overlapping": lambda: fragmented(lambda p: overlapping(p, False)),
    "fragments_conflicting": lambda: fragmented(lambda p: overlapping(p, True)),
    "fragments_ipv6": lambda: fragmented(lambda p: p, INNER6),
    "fragments_ipv6_reversed": lambda: fragmented(lambda p: p[::-1], INNER6),
    "fragments_ipv6_conflicting": lambda: fragmented(lambda p: overlapping(p, True), INNER6),
    "fragments_missing": lambda: fragmented(lambda p: p[:-1]),
    "fragments_in_vxlan": lambda: fragmented(lambda p: p, INNER, lambda b, p: datagram(b, 4789, vxlan(42, ether(b, p)))),
    "fragments_of_vxlan": outer_fragments,
}


def write(name, link_type, frames, step=0.1):
    with open(LAYERS / f"{name}.pcap", "wb") as capture:
        capture.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type))
        for number, frame in enumerate(frames):
            at = round(number * step * 1_000_000)
            capture.write(pack("<IIII", 1_700_000_000 + at // 1_000_000, at % 1_000_000, len(frame), len(frame)) + frame)


def make():
    LAYERS.mkdir(exist_ok=True)
    for name, (link_type, wrap) in LINK_LAYERS.items():
        write(name, link_type, [wrap(back, packet) for back, packet in conversation()])
    for name, (link_type, frames) in NAMES.items():
        write(name, link_type, frames)
    for name, wrap in TUNNELS.items():
        ends = INNER6 if name in IPV6_INSIDE else INNER
        write(name, 1, [wrap(back, packet) for back, packet in conversation(ends)])
    write("vxlan_same_in_two", 1, same_in_two())
    write("esp", 1, esp())
    for name, frames in FRAGMENTS.items():
        write(name, 1, frames())
    # The first fragment of each packet, then the others 61 s later: too late for all.
    pieces = list(fragmented(lambda p: p))
    write("fragments_late", 1, [pieces[0], *pieces[1:3]], 61)


def check():
    for path in sorted(LAYERS.glob("*.pcap")):
        fields = ["frame.protocols", "ip.src", "ipv6.src", "udp.dstport", "tcp.dstport", "dns.qry.name"]
        command = ["tshark", "-r", path, "-T", "fields", "-E", "occurrence=a", *(x for f in fields for x in ("-e", f))]
        lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
        rows = [line.split("\t") for line in lines]
        named, connected = sum(bool(r[5]) for r in rows), sum("80" in r[4].split(",") for r in rows)
        if not rows:
            rows = [["tshark cannot read it", "", "", "", "", ""]]
        print(f"{path.stem:28} {len(rows):3} frames, {named} DNS, {connected} to port 80 | {rows[-1][0]} | {rows[-1][1]} {rows[-1][2]}")


# What the far end runs: it answers one DNS query, and accepts one connection.
SERVER = """
import socket
names, pages = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
names.bind(("10.1.0.2", 53)); pages.bind(("10.1.0.2", 80)); pages.listen()
print("ready", flush=True)
query, client = names.recvfrom(512)
names.sendto(query[:2] + bytes.fromhex("81800001000100000000") + query[12:] + bytes.fromhex("c00c000100010000012c00040a010002"), client)
pages.accept()[0].close()
"""
CLIENT = """
import socket, time
name = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); name.bind(("10.1.0.1", 40053))
name.sendto(bytes.fromhex("12340100000100000000000003777777076578616d706c6503636f6d0000010001"), ("10.1.0.2", 53))
name.recv(512)
page = socket.socket(); page.bind(("10.1.0.1", 40080)); page.connect(("10.1.0.2", 80)); page.recv(1)
page.close(); time.sleep(0.3)
"""


def real():
    """vxlan_kernel.pcap: the conversation through Linux's own VXLAN; root. Of the tunnels above it is the only one that
    this kernel has."""
    from lab import Lab

    with Lab() as lab:
        for name in ("client", "server"):
            lab.namespace(name)
        lab.link("client", "server")
        for end, name in enumerate(("client", "server")):
            outer, remote = ("192.0.2.1", "192.0.2.2")[end], ("192.0.2.2", "192.0.2.1")[end]
            lab.ip(name, "address", "add", f"{outer}/24", "dev", "eth0")
            options = ("type", "vxlan", "id", "42", "remote", remote, "local", outer, "dstport", "4789", "dev", "eth0")
            lab.ip(name, "link", "add", "vxlan42", "address", f"02:00:5e:00:00:0{end + 1}", *options)
            lab.ip(name, "address", "add", f"10.1.0.{end + 1}/24", "dev", "vxlan42")
            lab.ip(name, "link", "set", "vxlan42", "up")
        with lab.capture("client", LAYERS / "vxlan_kernel.pcap", expression="udp port 4789 and not ip6"):
            lab.start("server", sys.executable, "-c", SERVER)
            lab.run("client", "sleep", "0.5")
            lab.run("client", sys.executable, "-c", CLIENT)


if __name__ == "__main__":
    {"--check": check, "--real": real}.get(" ".join(sys.argv[1:]), make)()

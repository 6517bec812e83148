"""Captures of several protocols: a browsing session, neighbours and ICMP, tags, Linux cooked capture."""

import socket
import struct
import threading
import time

import content
import ftp
import lookups
import secure
import web
from lab import Relay, inside, tagged, untagged
from pcapfiles import neutral_pcapng

CDN, CDN2 = "151.101.65.69", "151.101.193.69"
PUSHED, CHAT, SILENT, BEACON, PORTAL = "45.77.12.34", "66.22.10.8", "89.187.160.10", "146.70.55.12", "185.199.108.153"


def answer(namespace, address, port, talk):
    """A TCP server for one connection, which `talk` then has."""
    with inside(namespace):
        listening = socket.create_server((address, port))

    def serve():
        connection, _ = listening.accept()
        with connection, listening:
            talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


def receive(connection, count=None):
    received = b""
    while count is None or len(received) < count:
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return received


def browse(lab, path):
    """browse.pcapng: the sample for the README, with something in it for every query."""
    addresses = [
        web.SITE,
        web.SHOP,
        CDN,
        CDN2,
        secure.LOGIN,
        secure.MODERN,
        PUSHED,
        CHAT,
        BEACON,
        PORTAL,
        lookups.OTHER,
        ftp.SERVER4,
    ]
    web.network(lab, [f"{a}/32" for a in addresses] + [f"{web.SITE6}/128"], ipv6=True)
    lab.etc("client", "resolv.conf", f"nameserver {web.GATEWAY}\n")
    lab.etc("client", "nsswitch.conf", "hosts: files dns\n")
    lookups.serve(lab, "server", [web.GATEWAY])
    ftp.serve(lab, "server")
    ca = secure.certificates(lab)
    root = web.site_files(lab)
    web.users(lab, root)
    server = web.nginx(
        lab,
        "server",
        web.site(root, ["80", "[::]:80"], "_")
        + secure.tls_site(root, ca, web.SITE, "TLSv1.2", "rsa", extra="ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;")
        + secure.tls_site(root, ca, secure.LOGIN, "TLSv1.2 TLSv1.3", "ec")
        + secure.tls_site(root, ca, secure.MODERN, "TLSv1.3", "ec")
        + secure.tls_site(root, ca, PORTAL, "TLSv1.3", "ec"),
    )
    lab.wait_for_port("server", web.SITE, 443, server)
    out = lab.folder / "out"
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"

    def fetch(*arguments):
        time.sleep(0.5)
        web.curl(lab, "-k", "-o", out, *arguments, user_agent=browser)

    chat = answer("server", CHAT, 5222, lambda c: (receive(c, 64), c.sendall(content.noise(5, 300)), receive(c)))
    pushed = answer("server", PUSHED, 12432, receive)
    beacon = answer("server", BEACON, 4444, lambda c: (receive(c, 40), c.sendall(content.noise(8, 24)), receive(c)))
    with inside("client"):
        open_before = socket.create_connection((CHAT, 5222), timeout=10)
    lab.ip("client", "neighbour", "flush", "dev", "eth0")
    lab.ip("server", "neighbour", "flush", "dev", "eth0")
    with lab.capture_pcapng("client", path, "access network of the phone"):
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", lookups.OTHER)
        fetch("-4", "http://www.example.com/index.html", "-o", out, "http://www.example.com/images/grey.jpg")
        fetch("-6", "http://www.example.com/images/logo.png")
        fetch("-4", "http://assets.example.com/images/logo.png", "-o", out, "http://assets.example.com/images/dot.gif")
        fetch("-4", "-L", "http://www.example.com/moved")
        open_before.sendall(content.noise(6, 64))
        fetch(
            "-4",
            "-L",
            "--data-urlencode",
            "username=frieda",
            "--data-urlencode",
            "password=corr3ct horse&staple",
            "http://www.example.com/login",
        )
        fetch("-4", "-u", "planner:s3cret-plan", "http://www.example.com/private/plan.html")
        fetch("-4", "https://login.example.com/index.html")
        fetch("-4", "https://www.example.com/index.html")
        fetch("-4", "https://modern.example.com/index.html")
        fetch("-4", "http://shop.example.net/setup.exe")
        lookups.dig(lab, "+noedns", "missing.example.com", "A")
        lookups.dig(lab, "+noedns", "www.example.com", "HTTPS")
        # A server name that nobody looked up, at an address that no lookup gave.
        fetch("--connect-to", f"updates.example.org:443:{PORTAL}:443", "https://updates.example.org/index.html")
        with inside("client"):
            session = ftp.Client(ftp.SERVER4)
            session.login("salesxfer", "p@ssw0rd")
            session.retrlines("LIST", lambda line: None)
            session.retrbinary("RETR report.csv", lambda data: None)
            session.quit()
            # Addresses without any name: one that is given 20 kB, one that is told a little, again and again.
            with socket.create_connection((PUSHED, 12432), timeout=10) as push:
                push.sendall(content.noise(7, 20_000))
            with socket.create_connection((BEACON, 4444), timeout=10) as told:
                told.sendall(content.noise(9, 40))
                receive(told, 24)
            for address, port in ((PUSHED, 9001), (SILENT, 443)):  # refused, never answered
                try:
                    socket.create_connection((address, port), timeout=0.5).close()
                except OSError:
                    pass
            receive(open_before, 300)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:  # port unreachable
                datagram.sendto(b"anybody there?", (CHAT, 12345))
        open_before.close()
        for thread in (chat, pushed, beacon):
            thread.join(5)
    neutral_pcapng(path, "pcapindex sample: one phone, its servers, and four addresses without a name")


def neighbours(lab, path):
    """arp_icmp.pcap: client, router, server."""
    for namespace in ("client", "router", "server"):
        lab.namespace(namespace, ipv6=True)
    lab.link("client", "router", b_name="inner", number=1)
    lab.link("router", "server", a_name="outer", mtu=1400, number=2)
    for namespace, interface, four, six in (
        ("client", "eth0", "192.168.10.20/24", "fd00:10::20/64"),
        ("router", "inner", "192.168.10.1/24", "fd00:10::1/64"),
        ("router", "outer", "93.184.215.1/24", "2606:2800:21f:cb07::ff/64"),
        ("server", "eth0", "93.184.215.14/24", "2606:2800:21f:cb07::1/64"),
    ):
        lab.ip(namespace, "address", "add", four, "dev", interface)
        lab.ip(namespace, "address", "add", six, "dev", interface, "nodad")
    for namespace, four, six in (
        ("client", "192.168.10.1", "fd00:10::1"),
        ("server", "93.184.215.1", "2606:2800:21f:cb07::ff"),
    ):
        lab.ip(namespace, "route", "add", "default", "via", four)
        lab.ip(namespace, "-6", "route", "add", "default", "via", six)
    lab.run(
        "router",
        "sh",
        "-c",
        "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; "
        "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit",
    )
    lab.ip("router", "route", "add", "unreachable", "203.0.113.0/24")
    lab.ip("router", "route", "add", "prohibit", "198.51.100.0/24")
    time.sleep(2)
    with lab.capture("client", path):
        lab.run(
            "client", "arping", "-q", "-U", "-c", "1", "-I", "eth0", "192.168.10.20", check=False
        )  # gratuitous request
        lab.run(
            "client", "arping", "-q", "-A", "-c", "1", "-I", "eth0", "192.168.10.20", check=False
        )  # gratuitous reply
        lab.run(
            "client", "arping", "-q", "-D", "-c", "1", "-w", "1", "-I", "eth0", "192.168.10.99", check=False
        )  # probe
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", "192.168.10.1")
        lab.run("client", "ping", "-n", "-c", "1", "93.184.215.14")
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "192.168.10.99", check=False)  # nobody answers ARP
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "203.0.113.9", check=False)  # host unreachable
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "198.51.100.9", check=False)  # prohibited
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "-M", "do", "-s", "1450", "93.184.215.14", check=False)
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "-t", "1", "93.184.215.14", check=False)  # TTL exceeded
        lab.run("client", "traceroute", "-n", "-q", "1", "-w", "1", "-N", "1", "93.184.215.14")  # UDP
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", "2606:2800:21f:cb07::1")
        lab.run(
            "client", "ping", "-n", "-c", "1", "-W", "1", "-M", "do", "-s", "1440", "2606:2800:21f:cb07::1", check=False
        )
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "-t", "1", "2606:2800:21f:cb07::1", check=False)
        with inside("client"):
            for family, address in ((socket.AF_INET, "93.184.215.14"), (socket.AF_INET6, "2606:2800:21f:cb07::1")):
                with socket.socket(family, socket.SOCK_DGRAM) as datagram:
                    datagram.sendto(b"anybody there?", (address, 9999))
                    time.sleep(0.1)
        time.sleep(0.3)


def tags(lab, path, tags_out, tags_back):
    """Two hosts whose switches are joined by a trunk; the capture is of the trunk."""
    for namespace in ("client", "switch", "server"):
        lab.namespace(namespace)
    lab.link("client", "switch", b_name="port1", number=1)
    lab.link("server", "switch", b_name="port2", number=2)
    lab.link("switch", "switch", a_name="trunk1", b_name="trunk2", mtu=1600, number=3)
    web.configure(lab, [f"{web.SITE}/32"])
    width = len(tags_out)
    Relay(lab, "switch", "port1", "trunk1", tagged(*tags_out), untagged(width))
    Relay(lab, "switch", "port2", "trunk2", tagged(*tags_back), untagged(width))
    lookups.serve(lab, "server", [web.GATEWAY])
    server = web.nginx(lab, "server", web.site(web.site_files(lab), ["80"]))
    lab.wait_for_port("server", web.SITE, 80, server)
    with lab.capture("switch", path, interface="trunk1"):
        lookups.dig(lab, "+noedns", "www.example.com", "A")
        web.curl(
            lab,
            "--resolve",
            f"www.example.com:80:{web.SITE}",
            "http://www.example.com/index.html",
            "-o",
            lab.folder / "out",
        )
        time.sleep(0.2)


def tag(ethertype, vlan, priority=0):
    return struct.pack(">HH", ethertype, priority << 13 | vlan)


def vlan(lab, path):
    """vlan_8021q.pcap: VLAN 10, with a priority on the way back."""
    tags(lab, path, [tag(0x8100, 10)], [tag(0x8100, 10, 5)])


def qinq(lab, path):
    """vlan_qinq.pcap: VLAN 10 inside service VLAN 100 (802.1ad)."""
    tags(lab, path, [tag(0x88A8, 100), tag(0x8100, 10)], [tag(0x88A8, 100), tag(0x8100, 10)])


def cooked(lab, path, link_type):
    """What `-i any` gives: frames of loopback and of the cable, with Linux's own header."""
    web.network(lab, [f"{web.SITE}/32", f"{web.SITE6}/128"], ipv6=True)
    lookups.serve(lab, "server", [web.GATEWAY, "127.0.0.1"])
    server = web.nginx(lab, "server", web.site(web.site_files(lab), ["80", "[::]:80"]))
    lab.wait_for_port("server", web.SITE, 80, server)
    out = lab.folder / "out"
    with lab.capture("server", path, interface="any", options=["-y", link_type]):
        lookups.dig(lab, "+noedns", "www.example.com", "A")
        web.curl(
            lab, "--resolve", f"www.example.com:80:{web.SITE}", "http://www.example.com/images/logo.png", "-o", out
        )
        web.curl(
            lab, "--resolve", f"www.example.com:80:[{web.SITE6}]", "http://www.example.com/images/dot.gif", "-o", out
        )
        lab.run("server", "dig", "-r", "@127.0.0.1", "+noedns", "+tries=1", "shop.example.net", "A")
        lab.run("server", "ping", "-n", "-c", "1", "127.0.0.1")
        time.sleep(0.2)


def sll(lab, path):
    """sll.pcap"""
    cooked(lab, path, "LINUX_SLL")


def sll2(lab, path):
    """sll2.pcap"""
    cooked(lab, path, "LINUX_SLL2")

"""Captures of one case: the shape of a write-up's challenge, a network on two days, and what analysts hunt for in it."""

import gzip
import random
import socket
import struct
import threading
import time

import content
import lookups
import secure
import web
from lab import inside, run
from pcapfiles import read_pcap, write_pcap

CLIENT, GATEWAY = web.CLIENT, web.GATEWAY
PHONEBOOK, TELEMETRY, EDGE, FONTS = "146.70.55.12", "185.199.108.153", "185.199.109.153", "185.199.110.153"
TAKEN, START = "45.77.12.34", "66.22.10.8"
NAMED = {
    "www.example.com": "93.184.215.14",
    "mail.example.com": "93.184.215.25",
    "login.example.com": "104.16.132.229",
    "modern.example.com": "104.16.133.229",
    "api.example.com": "104.16.134.229",
    "files.example.com": "104.16.135.229",
    "shop.example.net": "151.101.1.69",
    "cdn.example.net": "151.101.65.69",
    "static.example.net": "151.101.129.69",
    "images.example.net": "151.101.193.69",
}
NAMELESS = ["20.190.159.2", "20.190.159.23", "52.96.9.17", "40.126.31.71"]
TIME = "162.159.200.1"


def serve_tcp(namespace, address, port, talk):
    """A TCP server for any number of connections, each of which `talk` has."""
    with inside(namespace):
        listening = socket.create_server((address, port), backlog=64)

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=have, args=(connection,), daemon=True).start()

    def have(connection):
        with connection:
            talk(connection)

    threading.Thread(target=serve, daemon=True).start()
    return listening


def serve_udp(namespace, address, port, answer):
    """A UDP server that sends answer(datagram) back."""
    with inside(namespace):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind((address, port))

    def serve():
        while True:
            try:
                data, peer = datagrams.recvfrom(2048)
            except OSError:
                return
            datagrams.sendto(answer(data), peer)

    threading.Thread(target=serve, daemon=True).start()
    return datagrams


def swallow(connection):
    while connection.recv(65536):
        pass


def records(count):
    """Lines as a program that gathers accounts might send them; they compress well."""
    line = b"browser=firefox;site=login.example.com;user=frieda;password=********;"
    return (line * (count // len(line) + 1))[:count]


def squeeze(path, target):
    """The capture gzipped, the same bytes for the same capture."""
    target.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def retime(path, change):
    """Rewrites the frames' times: change(nanoseconds since the first frame) gives nanoseconds since then."""
    header, frames = read_pcap(path)
    unit = 1 if header[:4] == b"\x4d\x3c\xb2\xa1" else 1000
    times = [struct.unpack_from("<II", head) for head, _ in frames]
    begin = times[0][0] * 10**9 + times[0][1] * unit
    rewritten = []
    for (seconds, fraction), (head, frame) in zip(times, frames):
        when = begin + change(seconds * 10**9 + fraction * unit - begin)
        rewritten.append((struct.pack("<II", when // 10**9, when % 10**9 // unit) + head[8:], frame))
    write_pcap(path, header, rewritten)


def ech_record(public_name):
    """The data of an HTTPS record (RFC 9460) whose one parameter is ech: a list of one ECHConfig."""
    name = public_name.encode()
    contents = struct.pack(">BHH", 42, 0x20, 32) + content.noise(20, 32) + struct.pack(">HHHBB", 4, 1, 1, 0, len(name))
    contents += name + bytes(2)
    config = struct.pack(">HH", 0xFE0D, len(contents)) + contents
    return struct.pack(">HBHHH", 1, 0, 5, len(config) + 2, len(config)) + config


def dnsmasq(lab, names, dhcp=False, extra=()):
    """DNS, and DHCP where wanted, for the client's network."""
    lines = list(extra) + [f"address=/{name}/{address}" for name, address in names.items()]
    if dhcp:
        lines += [f"dhcp-range={CLIENT},{CLIENT},255.255.255.0,1h", f"dhcp-leasefile={lab.folder}/leases", "no-ping"]
    config = lab.file(
        "dnsmasq.conf",
        "\n".join(["no-resolv", "no-hosts", "bind-interfaces", f"listen-address={GATEWAY}", "user=root", "local=/#/", *lines])
        + "\n",
    )
    program = lab.start("server", "dnsmasq", "-k", "-C", config, "-x", lab.folder / "dnsmasq.pid")
    lab.wait_for_port("server", GATEWAY, 53, program)


def resolve_at_gateway(lab):
    lab.etc("client", "resolv.conf", f"nameserver {GATEWAY}\n")
    lab.etc("client", "nsswitch.conf", "hosts: files dns\n")


def challenge(lab, path):
    """challenge.pcap.gz: 28 addresses, seven of which nothing explains."""
    names = {**NAMED, "phonebook.example": PHONEBOOK, "start.example": START}
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("server", "address", "add", f"{GATEWAY}/24", "dev", "eth0")
    for address in [*names.values(), TELEMETRY, EDGE, FONTS, TAKEN, TIME, *NAMELESS]:
        lab.ip("server", "address", "add", f"{address}/32", "dev", "lo")
    resolve_at_gateway(lab)
    dnsmasq(lab, names, dhcp=True)
    ca = secure.certificates(lab)
    root = web.site_files(lab)
    secured = [*NAMED.values(), *NAMELESS, PHONEBOOK, TELEMETRY, EDGE, FONTS]
    server = web.nginx(
        lab,
        "server",
        web.site(root, ["80"], "_")
        + "".join(
            secure.tls_site(root, ca, address, "TLSv1.3", "ec", extra="ssl_session_tickets off;") for address in secured
        ),
    )
    lab.wait_for_port("server", FONTS, 443, server)
    serve_udp("server", TIME, 123, lambda asked: bytes([0x24, 1, 0, 0xE9]) + bytes(8) + b"GPS\0" + asked[40:48] * 4)
    serve_tcp("server", TAKEN, 12432, swallow)
    script = lab.file(
        "bound.sh",
        "#!/bin/sh\n"
        '[ "$1" = bound ] || exit 0\n'
        "ip address add $ip/24 broadcast + dev $interface\nip route add default via $router\n",
        mode=0o755,
    )
    out = lab.folder / "out"
    partial = lab.folder / "challenge.pcap"

    def fetch(*arguments):
        web.curl(lab, "-k", "-o", out, *arguments, user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64)")

    with lab.capture("client", partial):
        lab.run("client", "busybox", "udhcpc", "-f", "-q", "-n", "-i", "eth0", "-s", script)
        with inside("client"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
                datagram.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                query = struct.pack(">6H", 7, 0x110, 1, 0, 0, 0) + b"\x20" + b"FHEPFCELEHFCEPFFFACACACACACACAAA" + b"\0\0\x20\0\1"
                datagram.sendto(query, ("192.168.10.255", 137))
                datagram.sendto(struct.pack(">6H", 8, 0, 1, 0, 0, 0) + b"\x04wpad\0\0\1\0\1", ("224.0.0.252", 5355))
                datagram.sendto(
                    b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
                    ("239.255.255.250", 1900),
                )
                datagram.sendto(bytes([0x23]) + bytes(39) + b"\xe9\x00\x00\x01\x00\x00\x00\x02", (TIME, 123))
                datagram.settimeout(5)
                datagram.recv(2048)
        for number, name in enumerate(NAMED):
            fetch(f"{'http' if number > 2 else 'https'}://{name}/plain.txt")
        for address in NAMELESS:
            fetch(f"https://{address}/plain.txt")
        for name, address in (("telemetry.example.org", TELEMETRY), ("edge.example.org", EDGE), ("fonts.example.org", FONTS)):
            fetch("--resolve", f"{name}:443:{address}", f"https://{name}/plain.txt")
        fetch("http://phonebook.example/plain.txt")
        fetch("https://phonebook.example/plain.txt")
        fetch("http://start.example/setup.exe")
        with inside("client"), socket.create_connection((TAKEN, 12432), timeout=10) as push:
            push.sendall(records(554_500))
    squeeze(partial, path)


def office(lab):
    """The small network of both days: two machines, a resolver, a proxy, and servers."""
    addresses = [*NAMED.values(), TELEMETRY, TAKEN, PHONEBOOK, START, lookups.OTHER]
    web.network(lab, [f"{a}/32" for a in addresses])
    lab.ip("client", "address", "add", "192.168.10.21/24", "dev", "eth0")
    resolve_at_gateway(lab)
    lookups.serve(lab, "server", [GATEWAY])
    ca = secure.certificates(lab)
    root = web.site_files(lab)
    server = web.nginx(
        lab,
        "server",
        web.site(root, ["80"], "_")
        + secure.tls_site(root, ca, NAMED["login.example.com"], "TLSv1.2 TLSv1.3", "ec")
        + secure.tls_site(root, ca, TELEMETRY, "TLSv1.2 TLSv1.3", "ec"),
    )
    lab.wait_for_port("server", TELEMETRY, 443, server)
    serve_tcp("server", TAKEN, 12432, swallow)
    five = lab.start("server", "microsocks", "-i", GATEWAY, "-p", "1080")
    lab.wait_for_port("server", GATEWAY, 1080, five)
    return lab.folder / "out"


def ordinary(lab, out):
    """What happens every day."""
    for source in (CLIENT, "192.168.10.21"):
        web.curl(lab, "--interface", source, "-o", out, "http://www.example.com/plain.txt")
        web.curl(lab, "--interface", source, "-k", "-o", out, "https://login.example.com/plain.txt")
    web.curl(lab, "-o", out, "http://shop.example.net/index.html")


def monday(lab, path):
    """office_monday.pcap.gz: the baseline."""
    out = office(lab)
    partial = lab.folder / "monday.pcap"
    with lab.capture("client", partial):
        ordinary(lab, out)
        lookups.dig(lab, "+noedns", "missing.example.com", "A")
    squeeze(partial, path)


def friday(lab, path):
    """office_friday.pcap.gz: the same network with something new in it; its times are put four days later."""
    out = office(lab)
    partial = lab.folder / "friday.pcap"
    report = lab.file("report.csv", records(30_000))
    with lab.capture("client", partial):
        ordinary(lab, out)
        lookups.dig(lab, "+noedns", "missing.example.com", "A")
        lookups.dig(lab, "+noedns", "unheard-of.example.com", "A")
        # Another TLS library, a name that nobody looked up.
        hello = f"{TELEMETRY}:443", "-servername", "updates.example.org"
        lab.run("client", "openssl", "s_client", "-connect", *hello, "-tls1_2", input=b"")
        # Uploads: to a web server, through SOCKS, and to a port without a protocol.
        web.curl(lab, "-T", report, "http://shop.example.net/upload/report.csv", "-o", out)
        web.curl(lab, "--noproxy", "", "--socks5", f"{GATEWAY}:1080", "-T", report, f"http://{START}/upload/again.csv", "-o", out)
        with inside("client"), socket.create_connection((TAKEN, 12432), timeout=10, source_address=("192.168.10.21", 0)) as push:
            push.sendall(records(120_000))
    retime(partial, lambda since: since + 4 * 86_400 * 10**9)
    squeeze(partial, path)


def beacons(lab, path):
    """beacons.pcap.gz: contacts in a few seconds, whose times are then stretched 240 times."""
    addresses = [NAMED["www.example.com"], PHONEBOOK, TAKEN]
    web.network(lab, [f"{a}/32" for a in addresses])
    lookups.serve(lab, "server", [GATEWAY])
    for address in (PHONEBOOK, NAMED["www.example.com"]):
        serve_tcp("server", address, 8080, lambda c: (c.recv(100), c.sendall(b"no orders\n")))
    serve_udp("server", TAKEN, 4433, lambda asked: asked[:4])
    chance = random.Random(12)
    partial = lab.folder / "beacons.pcap"
    begin = time.monotonic() + 1

    def at(moment):
        time.sleep(max(0, begin + moment - time.monotonic()))

    def connect(address):
        with inside("client"):
            connection = socket.create_connection((address, 8080), timeout=5)
        with connection:
            connection.sendall(b"anything for host 17?\n")
            connection.recv(100)

    def reporting():  # every 60 s, 10 % of jitter, one of them missed
        for beat in range(20):
            if beat != 11:
                at(0.25 * beat + chance.uniform(-0.0125, 0.0125) + 0.02)
                connect(PHONEBOOK)

    def browsing():  # as often, at random
        moment = 0.0
        for _ in range(20):
            moment += chance.expovariate(1 / 0.25)
            at(moment)
            connect(NAMED["www.example.com"])

    def keeping():  # one socket, every 120 s
        with inside("client"):
            kept = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with kept:
            for beat in range(12):
                at(0.5 * beat)
                kept.sendto(b"still there", (TAKEN, 4433))

    def asking():  # a lookup every 90 s, each from a port of its own
        for beat in range(14):
            at(0.375 * beat)
            with inside("client"):
                asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            with asked:
                name = b"".join(bytes([len(label)]) + label for label in (b"beat", b"example", b"com", b""))
                asked.sendto(struct.pack(">6H", beat, 0x100, 1, 0, 0, 0) + name + b"\0\x10\0\1", (GATEWAY, 53))
                asked.settimeout(2)
                asked.recv(2048)

    with lab.capture("client", partial):
        begin = time.monotonic() + 0.3
        threads = [threading.Thread(target=each) for each in (reporting, browsing, keeping, asking)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    retime(partial, lambda since: since * 240)
    squeeze(partial, path)


def scans(lab, path):
    """scans.pcap.gz: nmap, and a browser beside it."""
    web.network(lab, [f"{NAMED['www.example.com']}/32", "172.16.5.10/32", "172.16.5.11/32"])
    lab.run("server", "sh", "-c", "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit")
    server = web.nginx(lab, "server", web.site(web.site_files(lab), ["80"], "_"))
    lab.wait_for_port("server", "172.16.5.10", 80, server)
    serve_tcp("server", "172.16.5.10", 22, swallow)
    serve_tcp("server", "172.16.5.11", 445, swallow)
    partial = lab.folder / "scans.pcap"
    nmap = ["nmap", "-n", "--max-retries", "0", "--host-timeout", "20s", "-T5"]
    with lab.capture("client", partial):
        web.curl(lab, f"http://{NAMED['www.example.com']}/plain.txt", "-o", lab.folder / "out")
        lab.run("client", *nmap, "-sn", "192.168.10.0/27")
        lab.run("client", *nmap, "-Pn", "-sS", "-p", "20-49,80", "172.16.5.10")
        lab.run("client", *nmap, "-Pn", "-sT", "-p", "60-89", "172.16.5.10")
        lab.run("client", *nmap, "-Pn", "-sF", "-p", "100-119", "172.16.5.10")
        lab.run("client", *nmap, "-Pn", "-sU", "-p", "200-219", "172.16.5.10")
        lab.run("client", *nmap, "-Pn", "-sS", "-p", "445", "172.16.5.0/27")
    squeeze(partial, path)


def hello_with_ech(name):
    """A ClientHello of TLS 1.3 with an outer encrypted ClientHello (draft-ietf-tls-esni), the inner one being noise."""

    def extension(kind, body):
        return struct.pack(">HH", kind, len(body)) + body

    def vector(body, width=2):
        return len(body).to_bytes(width, "big") + body

    host = name.encode()
    extensions = (
        extension(0, vector(b"\0" + vector(host)))
        + extension(10, vector(struct.pack(">H", 29)))
        + extension(13, vector(struct.pack(">HH", 0x0403, 0x0804)))
        + extension(43, vector(struct.pack(">H", 0x0304), 1))
        + extension(51, vector(struct.pack(">H", 29) + vector(content.noise(21, 32))))
        + extension(0xFE0D, b"\0" + struct.pack(">HHB", 1, 1, 42) + vector(content.noise(22, 32)) + vector(content.noise(23, 144)))
    )
    body = b"\x03\x03" + content.noise(24, 32) + vector(b"", 1) + vector(struct.pack(">H", 0x1301)) + b"\1\0" + vector(extensions)
    return b"\x16\x03\x01" + vector(b"\1" + vector(body, 3))


def connect_proxy():
    """Answers CONNECT, whatever it asks for, with a way to one TLS server; any other request with a page."""

    def talk(connection):
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(4096)
            if not part:
                return
            head += part
        method, target = head.split(b" ")[:2]
        if method != b"CONNECT":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with inside("server"):
            onward = socket.create_connection((NAMED["login.example.com"], 443), timeout=5)

        def back():
            while part := onward.recv(65536):
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=back, daemon=True)
        thread.start()
        while part := connection.recv(65536):
            onward.sendall(part)
        onward.shutdown(socket.SHUT_WR)
        thread.join(5)

    return talk


def fronting(lab, path):
    """fronting.pcap: names that hide other names."""
    public = "104.16.135.229"
    web.network(lab, [f"{a}/32" for a in {NAMED[n] for n in NAMED}])
    resolve_at_gateway(lab)
    dnsmasq(
        lab,
        {**NAMED, "public.example.net": public, "hidden.example.net": public},
        extra=[f"dns-rr=hidden.example.net,65,{ech_record('public.example.net').hex()}"],
    )
    ca = secure.certificates(lab)
    root = web.site_files(lab)
    server = web.nginx(
        lab,
        "server",
        web.site(root, ["80"], "_")
        + secure.tls_site(root, ca, NAMED["www.example.com"], "TLSv1.2", "rsa")
        + secure.tls_site(root, ca, NAMED["login.example.com"], "TLSv1.3", "ec")
        + secure.tls_site(root, ca, public, "TLSv1.3", "ec"),
    )
    lab.wait_for_port("server", public, 443, server)
    serve_tcp("server", GATEWAY, 3128, connect_proxy())
    proxy = "--noproxy", "", "-x", f"http://{GATEWAY}:3128"
    out = lab.folder / "out"
    with lab.capture("client", path):
        # As it should be: nothing of this is a finding.
        web.curl(lab, "-k", "-o", out, "https://www.example.com/plain.txt")
        web.curl(lab, "-o", out, "http://shop.example.net/plain.txt")
        web.curl(lab, "-k", "-o", out, *proxy, "https://login.example.com/plain.txt")
        # CONNECT says one name, the ClientHello another.
        front = "--connect-to", "login.example.com:443:cdn.example.net:443"
        web.curl(lab, "-k", "-o", out, *proxy, *front, "https://login.example.com/plain.txt")
        # A proxy is asked for one URL, the Host field says another name.
        asked = "-H", "Host: files.example.com", "http://static.example.net/plain.txt"
        web.curl(lab, "-o", out, *proxy, *asked)
        # A Host that has other addresses; two Hosts on one connection.
        web.curl(lab, "-o", out, "-H", "Host: shop.example.net", "http://www.example.com/plain.txt")
        twice = "http://images.example.net/plain.txt", "--next", "-sS", "-o", out, "-H", "Host: unlisted.example.org"
        web.curl(lab, "-o", out, *twice, "http://images.example.net/plain.txt")
        # A certificate of other names.
        address = NAMED["www.example.com"]
        web.curl(lab, "-k", "-o", out, "--resolve", f"portal.example.org:443:{address}", "https://portal.example.org/plain.txt")
        # An encrypted ClientHello: the HTTPS record of the name inside offers it.
        lookups.dig(lab, "+noedns", "hidden.example.net", "A")
        lookups.dig(lab, "+noedns", "hidden.example.net", "HTTPS")
        with inside("client"), socket.create_connection((public, 443), timeout=5) as connection:
            connection.sendall(hello_with_ech("public.example.net"))
            connection.recv(4096)


def private(lab, path):
    """encrypted_dns_vpn.pcap: resolvers and tunnels."""
    quad, google, cloud = "9.9.9.9", "8.8.8.8", "104.16.248.249"
    web.network(lab, [f"{a}/32" for a in (quad, google, cloud, TAKEN, PHONEBOOK, START)])
    resolve_at_gateway(lab)
    dnsmasq(lab, {"dns.google": google, "cloudflare-dns.com": cloud, "www.example.com": NAMED["www.example.com"]})
    ca = secure.certificates(lab)
    config = lab.file(
        "unbound.conf",
        f"""
server:
  username: ""
  chroot: ""
  directory: "{lab.folder}"
  pidfile: ""
  use-syslog: no
  interface: {quad}@853
  interface: {google}@443
  interface: {cloud}@443
  access-control: 0.0.0.0/0 allow
  tls-service-key: "{ca}/ec.key"
  tls-service-pem: "{ca}/ec.chain"
  tls-port: 853
  https-port: 443
  local-zone: "example.com." static
  local-data: "www.example.com. A 93.184.215.14"
remote-control:
  control-enable: no
""",
    )
    unbound = lab.start("server", "unbound", "-d", "-c", config)
    lab.wait_for_port("server", quad, 853, unbound)
    lab.wait_for_port("server", google, 443, unbound)
    # WireGuard, once on its usual port and once on another, as a program in user space.
    for number, (address, port) in enumerate(((PHONEBOOK, 51820), (START, 4500 + 7))):
        keys = [run("wg", "genkey").strip() for _ in range(2)]
        public = [run("wg", "pubkey", input=key).strip().decode() for key in keys]
        for end, namespace in enumerate(("server", "client")):
            name = f"pxwg{number}{end}"
            program = lab.start(namespace, "wireguard-go", "-f", name)
            for _ in range(100):
                if name.encode() in lab.run(namespace, "ip", "-o", "link"):
                    break
                time.sleep(0.05)
            key = lab.file(f"{namespace}{number}.key", keys[end], mode=0o600)
            inner = f"10.9.{number}.{end + 1}"
            settings = ["listen-port", port] if end == 0 else ["listen-port", 40000 + number]
            ends = [] if end == 0 else ["endpoint", f"{address}:{port}"]
            lab.run(
                namespace, "wg", "set", name, "private-key", key, *map(str, settings), "peer", public[1 - end],
                "allowed-ips", f"10.9.{number}.0/24", *ends,
            )
            lab.ip(namespace, "address", "add", f"{inner}/24", "dev", name)
            lab.ip(namespace, "link", "set", name, "up")
    # OpenVPN with TLS, without a device of its own.
    common = ["openvpn", "--dev", "null", "--proto", "udp", "--ca", f"{ca}/root.pem", "--verb", "3", "--cipher", "AES-256-GCM"]
    listening = [
        "--local", TAKEN, "--port", "1194", "--tls-server", "--dh", "none", "--cert", f"{ca}/ec.pem", "--key", f"{ca}/ec.key",
    ]
    vpn = lab.start("server", *common, *listening)
    lab.wait_for_port("server", TAKEN, 1194, vpn)
    with lab.capture("client", path, expression="not arp"):
        lookups.dig(lab, "+noedns", "use-application-dns.net", "A")
        lab.run("client", "kdig", f"@{quad}", "+tls", "+noedns", "www.example.com", "A")
        lookups.dig(lab, "+noedns", "dns.google", "A")
        lab.run("client", "kdig", f"@{google}", "+https", "+tls-sni=dns.google", "www.example.com", "A")
        lookups.dig(lab, "+noedns", "cloudflare-dns.com", "A")
        lab.run("client", "kdig", f"@{cloud}", "+https", "www.example.com", "A")
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", "10.9.0.1")
        lab.run("client", "ping", "-n", "-c", "2", "-i", "0.2", "10.9.1.1")
        caller = lab.start(
            "client", *common, "--remote", TAKEN, "1194", "--nobind", "--tls-client", "--cert", f"{ca}/user.pem", "--key",
            f"{ca}/user.key", "--ping", "1",
        )
        time.sleep(3)
        lab.stop(caller)
        lab.run("client", "ike-scan", "--ikev2", "-r", "1", "--sport=0", TAKEN, check=False)

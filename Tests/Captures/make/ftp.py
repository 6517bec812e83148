"""FTP: vsftpd and pyftpdlib as the servers, Python's ftplib, curl and sockets as the clients."""

import ftplib
import io
import socket
import ssl
import struct
import time
import zlib

import secure
from lab import inside, run

SERVER4, CLIENT4 = "172.16.16.121", "172.16.16.128"
SERVER6, CLIENT6 = "fd00:16::121", "fd00:16::128"

SALES = "".join(f"2010-04-{day:02d};region {day % 4};{day * 1234};{day * 77 % 100}\r\n" for day in range(1, 31))
README = "Transfers of the sales department.\r\nKeep out.\r\n"
ORDERS = "".join(f"order {n:04d};{n * 37 % 91};open\r\n" for n in range(120))


class Client(ftplib.FTP):
    """ftplib, with a local port that can be chosen and without an ACK of its own for each reply."""

    def __init__(self, host, source=None):
        super().__init__()
        self.connect(host, 21, timeout=10, source_address=source)
        self.source_address = None  # ftplib would use the same port for data connections

    def getresp(self):
        if hasattr(socket, "TCP_QUICKACK"):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        return super().getresp()

    def try_command(self, command):
        """Sends the command as typed; a refusal is an answer like any other."""
        try:
            return self.sendcmd(command)
        except ftplib.all_errors as refusal:
            return str(refusal)


def serve(lab, namespace, ipv6=False, password="p@ssw0rd", address=SERVER4, more=""):
    """vsftpd with one account, salesxfer, that exists in this namespace only."""
    home = lab.folder / "sales"
    lab.file("sales/report.csv", SALES)
    lab.file("sales/readme.txt", README)
    (home / "incoming").mkdir()
    (home / "incoming").chmod(0o777)
    (home / "spreadsheets").mkdir()
    (lab.folder / "empty").mkdir()
    for entry in ("incoming", "spreadsheets"):
        run("touch", "-d", "2023-11-14 22:13:20 UTC", home / entry)
    hashed = run("openssl", "passwd", "-6", "-salt", "pcapindex", password).decode().strip()
    lab.etc(
        namespace,
        "passwd",
        "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n"
        f"ftp:x:120:120::{home}:/bin/sh\nsalesxfer:x:1000:1000::{home}:/bin/sh\n",
    )
    lab.etc(namespace, "group", "root:x:0:\nnogroup:x:65534:\nftp:x:120:\nsalesxfer:x:1000:\n")
    lab.etc(
        namespace,
        "shadow",
        f"root:*:19000:0:99999:7:::\nftp:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n"
        f"salesxfer:{hashed}:19000:0:99999:7:::\n",
        mode=0o600,
    )
    lab.etc(namespace, "pam.d/vsftpd", "auth required pam_unix.so nodelay\naccount required pam_unix.so\n")
    listen = "listen=NO\nlisten_ipv6=YES" if ipv6 else f"listen=YES\nlisten_address={address}"
    config = lab.file(
        "vsftpd.conf",
        f"""{listen}
background=NO
anonymous_enable={"YES" if ipv6 else "NO"}
anon_root={home}
no_anon_password=NO
local_enable=YES
write_enable=YES
chroot_local_user=YES
allow_writeable_chroot=YES
secure_chroot_dir={lab.folder}/empty
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
pam_service_name=vsftpd
pasv_min_port=49163
pasv_max_port=49163
port_enable=YES
connect_from_port_20=YES
ascii_download_enable=YES
ascii_upload_enable=YES
delay_failed_login=0
delay_successful_login=0
use_localtime=NO
xferlog_enable=NO
ftpd_banner=Sales transfer server ready
{more}""",
    )
    server = lab.start(namespace, "vsftpd", config)
    lab.wait_for_port(namespace, address, 21, server)


def active(ftp, port, command, received):
    """A transfer for which the client listens, at a port of its choice."""
    with socket.create_server((CLIENT4, port)) as listening:
        listening.settimeout(10)
        ftp.sendport(CLIENT4, port)
        ftp.sendcmd(command)
        data, _ = listening.accept()
        with data:
            while part := data.recv(4096):
                received.append(part)
    ftp.voidresp()


def session(lab, path):
    """ftp_session.pcap"""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT4}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER4}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT4: ("server", 1), SERVER4: ("client", 2)})
    serve(lab, "server")
    with lab.capture("client", path), inside("client"):
        ftp = Client(SERVER4, (CLIENT4, 2555))
        ftp.sendcmd("USER salesxfer")
        ftp.sendcmd("PASS p@ssw0rd")
        for command in ("opts utf8 on", "syst", "site help", "PWD"):
            ftp.try_command(command)
        listing, report, names = [], [], []
        ftp.retrlines("LIST", listing.append)
        ftp.retrbinary("RETR report.csv", report.append)
        ftp.try_command("SIZE report.csv")
        ftp.try_command("MDTM report.csv")
        ftp.af = socket.AF_INET6  # makes ftplib ask with EPSV
        ftp.storbinary("STOR incoming/orders.csv", io.BytesIO(ORDERS.encode()))
        ftp.af = socket.AF_INET
        active(ftp, 50021, "NLST", names)
        try:
            ftp.retrbinary("RETR missing.csv", report.append)
        except ftplib.error_perm:
            pass
        ftp.try_command("CWD incoming")
        ftp.try_command("RNFR orders.csv")
        ftp.try_command("RNTO orders-2010.csv")
        ftp.quit()
        assert b"".join(report) == SALES.encode() and len(listing) == 4 and b"report.csv" in b"".join(names), listing
        time.sleep(0.2)
        ftp = Client(SERVER4, (CLIENT4, 2560))
        ftp.sendcmd("USER salesxfer")
        assert ftp.try_command("PASS wrong").startswith("530")
        ftp.quit()


def over_ipv6(lab, path):
    """ftp_ipv6.pcap"""
    lab.namespace("client", ipv6=True)
    lab.namespace("server", ipv6=True)
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT6}/64", "dev", "eth0", "nodad")
    lab.ip("server", "address", "add", f"{SERVER6}/64", "dev", "eth0", "nodad")
    serve(lab, "server", ipv6=True, address=SERVER6)
    time.sleep(1.5)  # the interfaces' own multicast reports
    with lab.capture("client", path), inside("client"):
        ftp = Client(SERVER6)
        ftp.login("anonymous", "guest@example.com")
        received = []
        ftp.retrbinary("RETR readme.txt", received.append)
        ftp.set_pasv(False)
        ftp.retrlines("LIST", received.append)
        ftp.quit()
        assert received[0] == README.encode()


def image(width, height):
    """A PNG whose pixels are noise of a fixed seed."""
    seed, rows = 7, b""
    for _ in range(height):
        rows += b"\0"
        for _ in range(width):
            seed = (seed * 1_664_525 + 1_013_904_223) % 2**32
            rows += bytes([seed >> 24])

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def program():
    """What begins like a program of Windows, and is none."""
    return b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0L\x01".ljust(940, b"\x11")


OTHER4 = "172.16.16.122"


def transfers(lab, path):
    """ftp_transfers.pcap"""
    lab.namespace("client")
    lab.namespace("hub")
    lab.ip("hub", "link", "add", "br0", "type", "bridge")
    lab.ip("hub", "link", "set", "br0", "up")
    hosts = {"client": CLIENT4, "server": SERVER4, "other": OTHER4}
    for number, (name, address) in enumerate(hosts.items(), 1):
        if name != "client":
            lab.namespace(name)
        lab.link(name, "hub", b_name=name, number=number)
        lab.ip("hub", "link", "set", name, "master", "br0")
        lab.ip(name, "address", "add", f"{address}/24", "dev", "eth0")
    for number, (name, address) in enumerate(hosts.items(), 1):
        for other in hosts:
            if other != name:
                mac = f"02:00:5e:00:{number:02x}:01"
                lab.ip(other, "neighbour", "replace", address, "lladdr", mac, "dev", "eth0", "nud", "permanent")
    ca = secure.certificates(lab)
    extra = f"""connect_from_port_20=NO
pasv_promiscuous=YES
port_promiscuous=YES
ssl_enable=YES
force_local_logins_ssl=NO
force_local_data_ssl=NO
rsa_cert_file={ca}/ec.pem
rsa_private_key_file={ca}/ec.key
"""
    serve(lab, "server", more=extra)
    sales = lab.folder / "sales"
    lab.file("sales/spreadsheets/logo.png", image(24, 16))
    lab.file("sales/spreadsheets/readme.txt", program())
    lab.file("sales/empty.txt", "")
    lab.file("sales/video.bin", bytes(2_000_000))
    run("chmod", "777", sales)
    # The other server has the same account and files of its own.
    (lab.folder / "archive").mkdir()
    (lab.folder / "archive").chmod(0o777)
    text = (lab.folder / "vsftpd.conf").read_text().replace(SERVER4, OTHER4)
    config = lab.file("archive.conf", text + f"local_root={lab.folder}/archive\n")
    for name in ("passwd", "group", "shadow", "pam.d/vsftpd"):
        source = f"/etc/netns/{lab_prefix()}server/{name}"
        lab.etc("other", name, open(source).read(), mode=0o600 if name == "shadow" else 0o644)
    other = lab.start("other", "vsftpd", config)
    lab.wait_for_port("other", OTHER4, 21, other)
    with lab.capture("hub", path, interface="br0", expression="tcp"), inside("client"):
        ftp = Client(SERVER4)
        ftp.login("salesxfer", "p@ssw0rd")
        received = []
        ftp.cwd("spreadsheets")  # nobody has asked where this is
        ftp.retrbinary("RETR logo.png", received.append)
        ftp.pwd()
        ftp.retrbinary("RETR readme.txt", received.append)
        ftp.sendcmd("CDUP")
        ftp.retrbinary("RETR empty.txt", received.append)
        ftp.retrbinary("RETR spreadsheets/../report.csv", received.append, rest=400)
        ftp.cwd("/incoming")
        ftp.storbinary("STOR orders.csv", io.BytesIO(ORDERS.encode()))
        ftp.storbinary("APPE orders.csv", io.BytesIO(b"one more\r\n"))
        ftp.storbinary("STOU orders.csv", io.BytesIO(README.encode()))
        ftp.retrlines("LIST -l", received.append)
        active(ftp, 50022, "NLST ..", received)
        # What is broken off: the window is small, so that little of it is sent.
        host, port = ftp.makepasv()
        with socket.socket() as data:
            data.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            data.connect((host, port))
            ftp.sendcmd("RETR /video.bin")
            data.recv(512)
            ftp.putcmd("ABOR")
            data.close()
            replies = [ftp.getmultiline() for _ in range(2)]
        assert replies[0].startswith("426"), replies
        # From one server to the other.
        there = Client(OTHER4)
        there.login("salesxfer", "p@ssw0rd")
        host, port = ftplib.parse227(there.sendcmd("PASV"))
        ftp.sendport(host, port)
        there.sendcmd("TYPE I")
        ftp.sendcmd("TYPE I")
        there.putcmd("STOR copy of report.csv")
        ftp.sendcmd("RETR /report.csv")
        assert there.getmultiline().startswith("150")
        assert ftp.voidresp().startswith("226") and there.voidresp().startswith("226")
        there.quit()
        ftp.quit()
        secured = Client(SERVER4)
        secured.sendcmd("AUTH TLS")
        secured.close()


def encrypted(lab, path):
    """ftp_tls.pcap"""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT4}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER4}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT4: ("server", 1), SERVER4: ("client", 2)})
    ca = secure.certificates(lab)
    extra = f"ssl_enable=YES\nrequire_ssl_reuse=NO\nrsa_cert_file={ca}/ec.pem\nrsa_private_key_file={ca}/ec.key\n"
    serve(lab, "server", more=extra + "connect_from_port_20=NO\n")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with lab.capture("client", path, expression="tcp"), inside("client"):
        ftp = ftplib.FTP_TLS(SERVER4, context=context, timeout=10)
        ftp.login("salesxfer", "p@ssw0rd")
        ftp.prot_p()
        received = []
        ftp.retrbinary("RETR report.csv", received.append)
        assert b"".join(received) == SALES.encode()
        ftp.quit()


def lab_prefix():
    import lab

    return lab.PREFIX


PYFTPD = """
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
authorizer = DummyAuthorizer()
authorizer.add_user('salesxfer', 'p@ssw0rd', sys.argv[2], perm='elradfmwMT')
FTPHandler.authorizer = authorizer
FTPHandler.banner = 'Sales transfer server ready'
FTPHandler.passive_ports = range(49163, 49173)
FTPServer((sys.argv[1], 21), FTPHandler).serve_forever()
"""


def listings(lab, path):
    """ftp_listings.pcap"""
    lab.namespace("client", ipv6=True)
    lab.namespace("server", ipv6=True)
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT6}/64", "dev", "eth0", "nodad")
    lab.ip("server", "address", "add", f"{SERVER6}/64", "dev", "eth0", "nodad")
    lab.file("sales/report.csv", SALES)
    lab.file("sales/q1/plan \"a\"/figures.csv", SALES[:300])
    script = lab.file("server.py", PYFTPD)
    server = lab.start("server", "/usr/bin/python3", script, SERVER6, lab.folder / "sales")
    lab.wait_for_port("server", SERVER6, 21, server)
    time.sleep(1.5)
    with lab.capture("client", path, expression="tcp"), inside("client"):
        ftp = Client(SERVER6)
        ftp.login("salesxfer", "p@ssw0rd")
        received = []
        assert len(list(ftp.mlsd())) == 2
        ftp.cwd("q1")
        ftp.cwd('plan "a"')
        ftp.retrbinary("RETR figures.csv", received.append)
        ftp.set_pasv(False)
        ftp.storbinary("STOR ../new.csv", io.BytesIO(ORDERS.encode()[:500]))
        ftp.storbinary("STOR ../new.csv", io.BytesIO(ORDERS.encode()[500:700]), rest=500)
        ftp.quit()
        base = ["curl", "-sS", "-o", "/dev/null", "-u", "salesxfer:p@ssw0rd"]
        lab.run("client", *base, f"ftp://[{SERVER6}]/q1/new.csv")
        lab.run("client", *base, "--ftp-port", "-", f"ftp://[{SERVER6}]/report.csv")


def still_neighbours(lab, neighbours, number=1):
    """Hosts that know each other's MAC address already, so that no ARP stands between the frames."""
    for address, (namespace, end) in neighbours.items():
        lab.ip(
            namespace,
            "neighbour",
            "replace",
            address,
            "lladdr",
            f"02:00:5e:00:{number:02x}:{end:02x}",
            "dev",
            "eth0",
            "nud",
            "permanent",
        )

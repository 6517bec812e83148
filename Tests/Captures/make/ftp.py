"""FTP: vsftpd as the server, Python's ftplib as the client."""

import ftplib
import io
import socket
import time

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


def serve(lab, namespace, ipv6=False, password="p@ssw0rd", address=SERVER4):
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
""",
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

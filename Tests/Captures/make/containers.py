"""Captures for what stands around packets: the files of a ring, and what pcapng says beside them."""

import http.server
import shutil
import socket
import struct
import threading
import time

from lab import inside, run
from pcapfiles import neutral_pcapng, with_options

CLIENT, SERVER = "192.168.30.20", "198.51.100.30"
GATEWAY = "192.168.30.1"
FILE_KB = 16


def _network(lab):
    lab.namespace("ring-client")
    lab.namespace("ring-server")
    lab.link("ring-client", "ring-server", number=9)
    lab.ip("ring-client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("ring-server", "address", "add", f"{GATEWAY}/24", "dev", "eth0")
    lab.ip("ring-server", "address", "add", f"{SERVER}/32", "dev", "lo")
    lab.ip("ring-client", "route", "add", "default", "via", GATEWAY)


class _Pages(http.server.BaseHTTPRequestHandler):
    """Answers every request with as many bytes as its path says, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = bytes(range(32, 127)) * 400
        body = body[: int(self.path.split("/")[-1])]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

    def date_time_string(self, *_):
        return "Sat, 21 Nov 2026 12:00:00 GMT"


def _web(port=80):
    with inside("ring-server"):
        server = http.server.HTTPServer((SERVER, port), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _get(connection, size):
    connection.sendall(f"GET /pages/{size} HTTP/1.1\r\nHost: ring.example.com\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    while len(body) < size:
        body += connection.recv(65536)


def _lookup():
    """A name resolver that knows one name, asked by a plain socket."""
    with inside("ring-server"):
        resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        resolver.bind((GATEWAY, 53))
    question = struct.pack(">HHHHHH", 0x2BD4, 0x0100, 1, 0, 0, 0) + b"\x04ring\x07example\x03com\x00" + b"\x00\x01\x00\x01"

    def answer():
        data, sender = resolver.recvfrom(512)
        record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x0e\x10\x00\x04" + socket.inet_aton(SERVER)
        resolver.sendto(data[:2] + b"\x81\x80" + data[4:6] + b"\x00\x01\x00\x00\x00\x00" + data[12:] + record, sender)
        resolver.close()

    threading.Thread(target=answer, daemon=True).start()
    with inside("ring-client"):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.sendto(question, (GATEWAY, 53))
    client.recv(512)
    client.close()


def ring(lab, path):
    """ring/: the files of `dumpcap -b filesize:`. A lookup in the first, one HTTP connection over all of them."""
    _network(lab)
    server = _web()
    folder = lab.folder / "ring"
    folder.mkdir(mode=0o777)
    program = lab.start(
        "ring-client", "dumpcap", "-i", "eth0", "-q", "-b", f"filesize:{FILE_KB}", "-b", "files:9", "-w", folder / "ring.pcapng"
    )
    lab._wait_until(program, "File: ")
    time.sleep(0.5)
    _lookup()
    with inside("ring-client"):
        connection = socket.create_connection((SERVER, 80))
    for size in (900, 14_000, 12_000, 9_000, 16_000, 700):
        _get(connection, size)
        lab.run("ring-client", "ping", "-c", 1, "-s", 2400, SERVER)
        time.sleep(0.3)
    connection.close()
    time.sleep(1.2)
    lab.stop(program)
    server.shutdown()
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for file in sorted(folder.iterdir()):
        neutral_pcapng(file, "a file of a ring")
        shutil.copyfile(file, path / file.name)


def notes(lab, path):
    """notes.pcapng: TLS with its key log, a ping; by editcap comments and secrets, by hand names, flags and drops."""
    _network(lab)
    keys = lab.folder / "keys.log"
    run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 3650,
        "-subj", "/CN=noted.example.com", "-keyout", lab.folder / "key.pem", "-out", lab.folder / "cert.pem",
    )
    server = lab.start(
        "ring-server", "openssl", "s_server", "-accept", f"{SERVER}:443", "-key", lab.folder / "key.pem", "-cert",
        lab.folder / "cert.pem", "-www",
    )
    lab.wait_for_port("ring-server", SERVER, 443, server)
    plain = lab.folder / "plain.pcapng"
    with lab.capture_pcapng("ring-client", plain, "cable to the gateway"):
        lab.run("ring-client", "ping", "-c", 1, SERVER)
        lab.run(
            "ring-client", "sh", "-c",
            f"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect {SERVER}:443"
            f" -servername noted.example.com -keylogfile {keys} -ign_eof",
            check=False,
        )
    neutral_pcapng(plain, "Notes of a case: who rang at noon?")
    commented = lab.folder / "commented.pcapng"
    run("editcap", "-a", "4:the gateway answers", "-a", "3:first of two", plain, commented)
    run("editcap", "--inject-secrets", f"tls,{keys}", commented, path)
    with_options(
        path,
        names={SERVER: ["noted.example.com", "www.noted.example.com"], "203.0.113.9": ["never.example.net"]},
        flags={3: 0x0000_0001 | 1 << 2, 4: 0x0000_0002, 5: 0x0001_0000 | 4 << 5},
        drops=(1000, 12, 3),
    )

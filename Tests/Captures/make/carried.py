"""Files in the clear: images of all kinds, brotli and zstd content, things that are not what they are called; SSDP."""

import gzip
import http.server
import io
import socket
import struct
import subprocess
import threading
import time

import brotli
from PIL import Image

import content
from lab import inside
from web import CLIENT, SITE, curl, network

DEVICE = "192.168.10.30"


def image(kind, width, height, **options):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def jpeg_behind_metadata(width, height):
    """A JPEG image whose size stands behind 9,000 bytes of metadata with a smaller image in it."""
    data = image("JPEG", width, height, quality=30)
    thumbnail = image("JPEG", 8, 8)
    segments = b"".join(
        b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body
        for body in (b"ICC_PROFILE\0" + thumbnail + content.noise(5, 4_000), content.noise(6, 4_500))
    )
    return data[:2] + segments + data[2:]


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def answers():
    """path: (fields, body)"""
    page, script = content.page("Coded", 40), b"function twice(x) { return x + x; }\n" * 60
    shell = b"#!/bin/sh\nset -e\necho installing\n" * 4
    return {
        "/brotli.html": ({"Content-Type": "text/html", "Content-Encoding": "br"}, brotli.compress(page)),
        "/zstd.js": ({"Content-Type": "text/javascript", "Content-Encoding": "zstd"}, zstd(script)),
        "/twice.html": ({"Content-Type": "text/html", "Content-Encoding": "gzip, br"},
                        brotli.compress(gzip.compress(page, mtime=0))),
        "/a.png": ({"Content-Type": "image/png"}, image("PNG", 31, 17)),
        "/a.gif": ({"Content-Type": "image/gif"}, image("GIF", 33, 9)),
        "/a.bmp": ({"Content-Type": "image/bmp"}, image("BMP", 12, 10)),
        "/a.jpg": ({"Content-Type": "image/jpeg"}, image("JPEG", 64, 48)),
        "/progressive.jpg": ({"Content-Type": "image/jpeg"}, image("JPEG", 50, 40, progressive=True)),
        "/lossy.webp": ({"Content-Type": "image/webp"}, image("WEBP", 40, 30)),
        "/lossless.webp": ({"Content-Type": "image/webp"}, image("WEBP", 41, 29, lossless=True)),
        "/extended.webp": ({"Content-Type": "image/webp"}, image("WEBP", 42, 28, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")),
        "/camera.jpg": ({"Content-Type": "image/jpeg"}, jpeg_behind_metadata(80, 60)),
        "/holiday.jpg": ({"Content-Type": "image/jpeg"}, content.executable()),
        "/install.txt": ({"Content-Type": "application/octet-stream"}, shell),
        "/missing.woff2": ({"Content-Type": "font/woff2"}, content.page("Not found", 2)),
        "/shown.png": ({"Content-Type": "image/png"}, image("JPEG", 20, 10)),
        "/notes.txt": ({"Content-Type": "text/plain"}, b"Nothing but words, and some more of them.\n" * 8),
        "/rows.bin": ({}, b"id,name\n1,one\n2,two\n" * 8),
    }


def serve(lab, pages):
    """Starts Python's own HTTP server on the site's address, with these answers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            fields, body = pages[self.path]
            self.send_response(200)
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with inside("server"):
        server = http.server.ThreadingHTTPServer((SITE, 80), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def old_server():
    """HTTP/0.9: one line in, a page out, closed."""
    with inside("server"):
        listener = socket.create_server((SITE, 8000))

    def answer():
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"<html><body>As in 1991.</body></html>\n")

    threading.Thread(target=answer, daemon=True).start()
    return listener


def files(lab, path):
    """carried_files.pcap"""
    network(lab, [f"{SITE}/32"])
    pages = answers()
    server, old = serve(lab, pages), old_server()
    out = lab.folder / "out"
    urls = [part for page in pages for part in (f"http://www.example.com{page}", "-o", out)]
    with lab.capture("client", path):
        curl(lab, "--resolve", f"www.example.com:80:{SITE}", *urls[:9], "--compressed")
        curl(lab, "--resolve", f"www.example.com:80:{SITE}", *urls[9:], user_agent="carrier/1.0")
        with inside("client"):
            connection = socket.create_connection((SITE, 8000), timeout=10)
        with connection:
            connection.sendall(b"GET /old/page.html\r\n")
            while connection.recv(1000):
                pass
    server.shutdown()
    old.close()


def search(target):
    """Searches for devices of a kind and waits for the answers."""
    with inside("client"):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with client:
        client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(CLIENT))
        client.settimeout(3)
        client.sendto(
            b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
            + f"ST: {target}\r\nUSER-AGENT: searcher/1.0\r\n\r\n".encode(),
            ("239.255.255.250", 1900),
        )
        try:
            client.recv(2000)
        except TimeoutError:
            pass


def devices(lab, path):
    """ssdp.pcap: a media server that announces itself, and a client that searches."""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{DEVICE}/24", "dev", "eth0")
    for name in ("client", "server"):
        lab.ip(name, "route", "add", "239.0.0.0/8", "dev", "eth0")
    folder = lab.folder / "media"
    folder.mkdir()
    folder.chmod(0o777)
    config = lab.file(
        "minidlna.conf",
        f"media_dir={folder}\ndb_dir={folder}\nlog_dir={folder}\nnetwork_interface=eth0\nport=8200\n"
        "friendly_name=Living room\nnotify_interval=4\ninotify=no\nuuid=4d696e69-444c-164e-9d41-0242c0a80a1e\n",
    )
    with lab.capture("client", path):
        server = lab.start("server", "minidlnad", "-d", "-f", config, "-P", folder / "pid")
        time.sleep(6)
        search("upnp:rootdevice")
        lab.stop(server)
        time.sleep(0.5)

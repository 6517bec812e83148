"""HTTP/2 in the clear: nghttpd and Apache as the servers, nghttp and curl as the clients."""

import base64
import gzip
import hashlib

import content
from ftp import still_neighbours

CLIENT, ECHO, SITE = "192.0.2.10", "192.0.2.85", "192.0.2.86"
USER, PASSWORD = "frieda", "h2-pass word"

APACHE = """ServerRoot {folder}
ServerName h2.example.com
ServerTokens Prod
Listen {site}:80
PidFile {folder}/pid
ErrorLog /dev/stderr
Protocols h2c http/1.1
{modules}
DocumentRoot {folder}/www
TypesConfig /etc/mime.types
AddOutputFilterByType DEFLATE text/html
ErrorDocument 401 "no"
<Directory {folder}/www>
  Require all granted
</Directory>
<Location /basic>
  AuthType Basic
  AuthName "Plans"
  AuthUserFile {folder}/users
  Require valid-user
</Location>
"""

MODULES = [
    "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "filter", "deflate", "mime",
    "http2",
]  # fmt: skip


def apache(lab):
    sha1 = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    lab.file("users", f"{USER}:{{SHA}}{sha1}\n")
    modules = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in MODULES)
    config = lab.file("apache.conf", APACHE.format(folder=lab.folder, site=SITE, modules=modules))
    server = lab.start("h2server", "apache2", "-D", "FOREGROUND", "-f", config)
    lab.wait_for_port("h2server", SITE, 80, server)


def nghttpd(lab, root):
    """A server that echoes uploads, sends a trailer, and pushes a style sheet."""
    server = lab.start(
        "h2server", "nghttpd", "--no-tls", "-a", ECHO, "-d", root, "--echo-upload", "--trailer", "x-checksum: 0815",
        "-p/index.html=/style.css", 8080,
    )  # fmt: skip
    lab.wait_for_port("h2server", ECHO, 8080, server)


def site_files(lab):
    files = {
        "index.html": content.page("Start", 6),
        "style.css": b"body { color: #333 }\n" * 20,
        "noise.bin": content.noise(4, 4_000),
        "more.bin": content.noise(5, 4_000),
        "images/logo.png": content.png(),
        "basic/plan.html": content.page("Plan", 4),
        "article.html": content.page("Article", 40),
    }
    for name, data in files.items():
        lab.file(f"www/{name}", data)
    return lab.folder / "www"


def curl(lab, *arguments):
    lab.run("h2client", "curl", "-q", "-sS", "--noproxy", "*", "--max-time", 20, "-o", lab.folder / "out", *arguments)


def session(lab, path):
    """h2c_session.pcap"""
    lab.namespace("h2client")
    lab.namespace("h2server")
    lab.link("h2client", "h2server")
    lab.ip("h2client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    for address in (ECHO, SITE):
        lab.ip("h2server", "address", "add", f"{address}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("h2server", 1), ECHO: ("h2client", 2), SITE: ("h2client", 2)})
    lab.etc("h2client", "hosts", f"127.0.0.1 localhost\n{ECHO} echo.example.com\n{SITE} h2.example.com\n")
    root = site_files(lab)
    nghttpd(lab, root)
    apache(lab)
    echo, site = "http://echo.example.com:8080", "http://h2.example.com"
    upload = lab.file("upload.txt", b"one line of an upload\n" * 100)
    form = lab.file("form.gz", gzip.compress(b"login=frieda&passwd=h2-pass+word", mtime=0))
    nghttp = ("nghttp", "--no-dep", "-n", "-t", "10")
    with lab.capture("h2client", path):
        # Two streams at once, whose small windows make the server take turns.
        lab.run("h2client", *nghttp, "-w", "11", f"{echo}/noise.bin", f"{echo}/more.bin")
        # Padded frames, a push, a trailer of the server.
        lab.run("h2client", *nghttp, "-b", "16", f"{echo}/index.html")
        # An upload with a trailer of its own.
        lab.run("h2client", *nghttp, "--trailer", "x-sum: 1", "-d", upload, f"{echo}/upload.txt")
        prior = ("--http2-prior-knowledge",)
        curl(lab, *prior, "-d", f"login={USER}", "--data-urlencode", f"passwd={PASSWORD}", f"{echo}/login")
        curl(lab, *prior, "-H", "Content-Encoding: gzip", "--data-binary", f"@{form}", f"{echo}/zipped")
        curl(lab, *prior, "-H", "Authorization: Bearer h2-token-0001", "-b", "PHPSESSID=0a1b2c3d4e5f", f"{echo}/style.css")
        lab.run("h2client", *nghttp, f"{site}/article.html", f"{site}/images/logo.png")
        curl(lab, *prior, "--compressed", f"{site}/article.html")
        curl(lab, "--http2", "-u", f"{USER}:guess 1", f"{site}/basic/plan.html")
        curl(lab, "--http2", "-u", f"{USER}:{PASSWORD}", f"{site}/basic/plan.html")
        # nghttpd does not know the upgrade.
        lab.run("h2client", *nghttp, "-u", f"{site}/images/logo.png", f"{site}/style.css")
        curl(lab, *prior, "-I", f"{site}/style.css")

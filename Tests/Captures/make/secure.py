"""TLS: nginx and openssl s_server as the servers, curl and openssl s_client as the clients."""

import time

import lookups
import web
from lab import run

MODERN, LOGIN, LEGACY, FILES, ODD = (
    "104.16.133.229",
    "104.16.132.229",
    "104.16.134.229",
    "104.16.135.229",
    "185.199.108.153",
)
ADDRESSES = [web.SITE, MODERN, LOGIN, LEGACY, FILES, ODD]
START, END = "20230101000000Z", "20330101000000Z"


def certificates(lab):
    """A root, and from it an RSA, an ECDSA and a client certificate with fixed dates and serial numbers."""
    folder = lab.folder / "ca"
    (folder / "new").mkdir(parents=True)
    lab.file("ca/index.txt", "")
    lab.file("ca/serial", "1000\n")
    config = lab.file(
        "ca/ca.conf",
        f"""
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}/new
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
organizationName = optional
commonName = supplied
""",
    )

    def key(name, kind):
        options = (
            ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
            if kind == "rsa"
            else ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        )
        run("openssl", "genpkey", *options, "-out", folder / f"{name}.key")

    def issue(name, kind, subject, names, root=False):
        key(name, kind)
        extra = ["-addext", "subjectAltName=" + ",".join(names)] if names else []
        extra += ["-addext", "basicConstraints=critical,CA:TRUE"] if root else []
        run(
            "openssl",
            "req",
            "-new",
            "-key",
            folder / f"{name}.key",
            "-subj",
            subject,
            *extra,
            "-out",
            folder / f"{name}.csr",
        )
        signer = (
            ["-selfsign", "-keyfile", folder / "root.key"]
            if root
            else ["-cert", folder / "root.pem", "-keyfile", folder / "root.key"]
        )
        run(
            "openssl",
            "ca",
            "-batch",
            "-notext",
            "-config",
            config,
            *signer,
            "-startdate",
            START,
            "-enddate",
            END,
            "-in",
            folder / f"{name}.csr",
            "-out",
            folder / f"{name}.pem",
        )

    issue("root", "ec", "/O=Test Captures/CN=Test Captures Root", [], root=True)
    issue(
        "rsa",
        "rsa",
        "/O=Example/CN=www.example.com",
        ["DNS:www.example.com", "DNS:legacy.example.com", "DNS:*.shop.example.com"],
    )
    issue(
        "ec",
        "ec",
        "/O=Example/CN=modern.example.com",
        ["DNS:modern.example.com", "DNS:login.example.com", "DNS:files.example.com", f"IP:{FILES}"],
    )
    issue("user", "ec", "/O=Example/CN=device-0042", ["email:device-0042@example.com"])
    for name in ("rsa", "ec"):
        lab.file(f"ca/{name}.chain", (folder / f"{name}.pem").read_bytes() + (folder / "root.pem").read_bytes())
    return folder


def tls_site(root, ca, address, versions, certificate, port=443, extra=""):
    """A server block that speaks TLS at one address."""
    return f"""
  server {{
    listen {address}:{port} ssl http2;
    root {root};
    ssl_protocols {versions};
    ssl_certificate {ca}/{certificate}.chain;
    ssl_certificate_key {ca}/{certificate}.key;
    ssl_session_cache shared:all:1m;
    {extra}
  }}
"""


def s_client(lab, *arguments, talk=b"Q\n", wait=0.4):
    """openssl s_client, silent but for a moment connected: session tickets arrive after the handshake."""
    command = " ".join(map(str, arguments))
    lab.run("client", "sh", "-c", f"(sleep {wait}; printf '{talk.decode()}') | openssl s_client {command}", check=False)


def session(lab, path):
    """tls_handshakes.pcap"""
    web.network(lab, [f"{a}/32" for a in ADDRESSES])
    lab.etc("client", "resolv.conf", f"nameserver {web.GATEWAY}\noptions single-request\n")
    lab.etc("client", "nsswitch.conf", "hosts: files dns\n")
    lookups.serve(lab, "server", [web.GATEWAY])
    ca = certificates(lab)
    root = web.site_files(lab)
    server = web.nginx(
        lab,
        "server",
        "".join(
            [
                tls_site(root, ca, web.SITE, "TLSv1.2", "rsa", extra="ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;"),
                tls_site(root, ca, MODERN, "TLSv1.3", "ec"),
                tls_site(root, ca, LOGIN, "TLSv1.2 TLSv1.3", "ec"),
                tls_site(root, ca, LEGACY, "TLSv1.2", "rsa", extra="ssl_ciphers AES256-GCM-SHA384:AES128-SHA;"),
                tls_site(root, ca, FILES, "TLSv1.2 TLSv1.3", "ec"),
                tls_site(root, ca, MODERN, "TLSv1.3", "ec", port=8443, extra="ssl_ecdh_curve prime256v1;"),
                f"server {{ listen {ODD}:443 ssl default_server; ssl_reject_handshake on; }}\n"
                f"server {{ listen {ODD}:443 ssl; server_name portal.example.com; root {root};\n"
                f"ssl_certificate {ca}/ec.chain; ssl_certificate_key {ca}/ec.key; }}\n",
            ]
        ),
    )
    lab.wait_for_port("server", MODERN, 443, server)
    mutual = lab.start(
        "server",
        "openssl",
        "s_server",
        "-accept",
        f"{LOGIN}:8443",
        "-cert",
        ca / "ec.pem",
        "-key",
        ca / "ec.key",
        "-cert_chain",
        ca / "root.pem",
        "-CAfile",
        ca / "root.pem",
        "-Verify",
        "1",
        "-quiet",
        "-www",
    )
    lab.wait_for_port("server", LOGIN, 8443, mutual)
    out = lab.folder / "out"

    def fetch(*arguments, **options):
        # -k: what the client thinks of the certificate does not show in the handshakes wanted here.
        return web.curl(lab, "-k", "-4", "-o", out, *arguments, **options)

    with lab.capture("client", path, options=["--time-stamp-precision=nano"]):
        fetch("https://www.example.com/index.html")  # 1.2, h2, RSA certificate
        fetch("https://modern.example.com/index.html")  # 1.3, h2
        fetch("--http1.1", "https://login.example.com/index.html")  # 1.3, http/1.1
        fetch("--tls-max", "1.2", "--http1.1", "https://legacy.example.com/index.html")  # 1.2, RSA key exchange
        fetch(f"https://{FILES}/index.html")  # 1.3, no SNI
        fetch("--tls-max", "1.2", "https://modern.example.com/index.html", check=False)  # refused: protocol_version
        fetch(f"https://{ODD}/", check=False)  # refused: unrecognized_name
        # A name that the servers' addresses never had: no DNS answer for it, and the address has none either.
        fetch("--connect-to", f"portal.example.com:443:{ODD}:443", "https://portal.example.com/index.html")
        # A name whose DNS answer is another address.
        fetch("--resolve", f"www.example.com:443:{MODERN}", "https://www.example.com/index.html")
        # A client certificate in the clear (1.2), at another port.
        web.curl(
            lab,
            "-k",
            "-4",
            "-o",
            out,
            "--tls-max",
            "1.2",
            "--no-alpn",
            "--cert",
            ca / "user.pem",
            "--key",
            ca / "user.key",
            "https://login.example.com:8443/",
        )
        # Resumption: 1.2 with a ticket, 1.3 with a pre-shared key.
        for host, version in (("www.example.com", "-tls1_2"), ("login.example.com", "-tls1_3")):
            at = {"www.example.com": web.SITE, "login.example.com": LOGIN}[host]
            kept = lab.folder / f"{host}.session"
            s_client(lab, "-connect", f"{at}:443", "-servername", host, version, "-sess_out", kept)
            s_client(lab, "-connect", f"{at}:443", "-servername", host, version, "-sess_in", kept)
        # A ClientHello of three segments, one in several records (refused: no_application_protocol), one in segments of
        # 300 bytes.
        many = ",".join(f"protocol-{n:03d}" for n in range(260)) + ",http/1.1"
        s_client(lab, "-connect", f"{LOGIN}:443", "-servername", "login.example.com", "-alpn", many)
        s_client(
            lab,
            "-connect",
            f"{LOGIN}:443",
            "-servername",
            "login.example.com",
            "-alpn",
            many[:1100],
            "-max_send_frag",
            "512",
        )
        lab.ip("server", "route", "replace", "192.168.10.0/24", "dev", "eth0", "src", web.GATEWAY, "advmss", "300")
        fetch("https://login.example.com/plain.txt")
        # A HelloRetryRequest: the client sends a share for a group that the server does not have.
        fetch("https://modern.example.com:8443/plain.txt")
        time.sleep(0.2)

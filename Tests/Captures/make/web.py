"""HTTP: nginx as the server, curl and plain sockets as the clients."""

import socket
import time

import content
from lab import Relay, inside, lossy

CLIENT, GATEWAY = "192.168.10.20", "192.168.10.1"
CLIENT6, GATEWAY6 = "fd00:10::20", "fd00:10::1"
SITE, SHOP, SITE6 = "93.184.215.14", "151.101.1.69", "2606:2800:21f:cb07::1"


def network(lab, addresses, ipv6=False):
    """A client behind a gateway that holds the servers' global addresses itself."""
    lab.namespace("client", ipv6=ipv6)
    lab.namespace("server", ipv6=ipv6)
    lab.link("client", "server")
    configure(lab, addresses, ipv6)


def configure(lab, addresses, ipv6=False):
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{GATEWAY}/24", "dev", "eth0")
    lab.ip("client", "route", "add", "default", "via", GATEWAY)
    if ipv6:
        lab.ip("client", "address", "add", f"{CLIENT6}/64", "dev", "eth0", "nodad")
        lab.ip("server", "address", "add", f"{GATEWAY6}/64", "dev", "eth0", "nodad")
        lab.ip("client", "-6", "route", "add", "default", "via", GATEWAY6)
    for address in addresses:
        lab.ip("server", "address", "add", address, "dev", "lo", *(["nodad"] if ":" in address else []))
    if ipv6:
        time.sleep(1.5)  # the interfaces' own multicast reports


def site_files(lab, folder="www"):
    """The files of the site, all with one modification time."""
    files = {
        "index.html": content.page("Start", 6),
        "article.html": content.page("Article", 40),
        "plain.txt": b"Nothing to compress here.\n",
        "images/logo.png": content.png(),
        "images/dot.gif": content.gif(),
        "images/grey.jpg": content.jpeg(),
        "setup.exe": content.executable(),
        "tools.zip": content.zip_archive(),
        "archive.tar.gz": content.tar_gz(),
        "private/plan.html": content.page("Plan", 2),
        "data.bin": content.noise(4, 150_000),
        "small.bin": content.noise(10, 48_000),
        "welcome.html": content.page("Welcome", 3),
        "streamed/live.html": content.page("Live", 12),
    }
    for name, data in files.items():
        lab.file(f"{folder}/{name}", data)
    upload = lab.folder / folder / "upload"
    upload.mkdir()
    upload.chmod(0o777)
    return lab.folder / folder


def nginx(lab, namespace, servers, extra="", name="nginx"):
    """Starts nginx with the given server blocks."""
    for folder in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (lab.folder / name / folder).mkdir(parents=True)
    config = lab.file(
        f"{name}/nginx.conf",
        f"""daemon off;
user root;
worker_processes 1;
pid {lab.folder}/{name}/pid;
error_log stderr;
{extra}
events {{ worker_connections 64; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush off;
  keepalive_timeout 30;
  client_body_temp_path {lab.folder}/{name}/body;
  proxy_temp_path {lab.folder}/{name}/proxy;
  fastcgi_temp_path {lab.folder}/{name}/fastcgi;
  uwsgi_temp_path {lab.folder}/{name}/uwsgi;
  scgi_temp_path {lab.folder}/{name}/scgi;
  types {{
    text/html html; text/plain txt; image/png png; image/gif gif; image/jpeg jpg;
    application/octet-stream exe bin; application/zip zip; application/gzip gz;
  }}
  default_type application/octet-stream;
{servers}
}}
""",
    )
    return lab.start(namespace, "nginx", "-e", "stderr", "-c", config)


def site(root, listen, names="www.example.com"):
    """The server block of the test site: redirects, a login form, Basic authentication, compression, uploads."""
    listens = "\n".join(f"    listen {address};" for address in listen)
    return f"""
  server {{
{listens}
    server_name {names};
    root {root};
    absolute_redirect on;
    gzip on;
    gzip_min_length 1000;
    gzip_types text/plain;
    dav_methods PUT;
    create_full_put_path on;
    location = /old {{ return 301 /article.html; }}
    location = /moved {{ return 302 http://shop.example.net/index.html; }}
    location = /login {{
      if ($request_method = POST) {{
        add_header Set-Cookie "session=8f14e45fceea167a; HttpOnly";
        return 302 /welcome.html;
      }}
      default_type text/html;
      return 200 '<form method="post" action="/login"><input name="username"><input name="password"></form>';
    }}
    location /private/ {{ auth_basic "Plans"; auth_basic_user_file {root}.users; }}
    location /streamed/ {{
      sub_filter '</body>' '<p>The end.</p></body>';
      sub_filter_once on;
      add_trailer X-Content-Check "done";
      gzip off;
    }}
    location = /gone {{ return 410; }}
  }}
"""


def users(lab, root):
    """The account of the private folder: planner with the password s3cret-plan."""
    lab.file(root.name + ".users", "planner:{PLAIN}s3cret-plan\n")


def curl(lab, *arguments, user_agent="curl/7.88.1", **options):
    """curl in the client's namespace, without its own proxy or configuration."""
    return lab.run(
        "client", "curl", "-q", "-sS", "--noproxy", "*", "--max-time", "20", "-A", user_agent, *arguments, **options
    )


def exchange(address, request, until, port=80, pause=0.0, parts=1):
    """Sends the bytes as they are, in one or more segments, and reads until the text was seen `until[1]` times."""
    with socket.create_connection((address, port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = -(-len(request) // parts)
        for at in range(0, len(request), size):
            connection.sendall(request[at : at + size])
            time.sleep(pause)
        received = b""
        while received.count(until[0]) < until[1]:
            part = connection.recv(65536)
            if not part:
                break
            received += part
    return received


def session(lab, path):
    """http_session.pcap"""
    network(lab, [f"{SITE}/32", f"{SHOP}/32", f"{SITE6}/128"], ipv6=True)
    root = site_files(lab)
    users(lab, root)
    server = nginx(lab, "server", site(root, ["80", "[::]:80", "8081"], "www.example.com shop.example.net"))
    lab.wait_for_port("server", SITE, 80, server)
    www, shop = "http://www.example.com", "http://shop.example.net"
    at = [
        "--resolve",
        f"www.example.com:80:{SITE}",
        "--resolve",
        f"shop.example.net:80:{SHOP}",
        "--resolve",
        f"www.example.com:8081:{SITE}",
    ]
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
    form = lab.file("form", "comment=" + "no+comment+" * 140)
    out = lab.folder / "out"
    with lab.capture("client", path):
        # One connection: a page, its images, a compressed page.
        curl(
            lab,
            *at,
            f"{www}/index.html",
            "-o",
            out,
            f"{www}/images/logo.png",
            "-o",
            out,
            f"{www}/images/dot.gif",
            "-o",
            out,
            f"{www}/images/grey.jpg",
            "-o",
            out,
            "--compressed",
            "-H",
            f"Referer: {www}/index.html",
            f"{www}/article.html",
            "-o",
            out,
            user_agent=browser,
        )
        # A login form, its redirect followed on the same connection.
        curl(
            lab,
            *at,
            f"{www}/login",
            "-o",
            out,
            "--next",
            "-sS",
            *at,
            "-A",
            browser,
            "-L",
            "--data-urlencode",
            "username=frieda",
            "--data-urlencode",
            "password=corr3ct horse&staple",
            f"{www}/login",
            "-o",
            out,
            user_agent=browser,
        )
        # Basic authentication: none, refused, accepted.
        curl(lab, *at, f"{www}/private/plan.html", "-o", out)
        curl(lab, *at, "-u", "planner:guess", f"{www}/private/plan.html", "-o", out)
        curl(lab, *at, "-u", "planner:s3cret-plan", f"{www}/private/plan.html", "-o", out)
        # Redirects, one of them to another server.
        curl(lab, *at, "-L", f"{www}/old", "-o", out)
        curl(lab, *at, "-L", f"{www}/moved", "-o", out)
        # Chunks with a trailer; not modified; HEAD; gone; not found; a range.
        curl(lab, *at, "-H", "TE: trailers", f"{www}/streamed/live.html", "-o", out)
        curl(lab, *at, "-H", "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT", f"{www}/index.html", "-o", out)
        curl(lab, *at, "-I", f"{www}/setup.exe", f"{www}/gone", f"{www}/missing.html", "-o", out, "-o", out, "-o", out)
        curl(lab, *at, "-r", "100-299", f"{www}/plain.txt", "-o", out, f"{www}/setup.exe", "-o", out)
        # Downloads.
        curl(
            lab,
            *at,
            f"{shop}/setup.exe",
            "-o",
            out,
            f"{shop}/tools.zip",
            "-o",
            out,
            f"{shop}/archive.tar.gz",
            "-o",
            out,
        )
        # Another port; IPv6; HTTP/1.0, whose body ends with the connection.
        curl(lab, *at, f"{www}:8081/plain.txt", "-o", out)
        curl(lab, "--resolve", f"www.example.com:80:[{SITE6}]", f"{www}/images/logo.png", "-o", out)
        curl(lab, *at, "--http1.0", f"{www}/streamed/live.html", "-o", out)
        # Uploads: after 100 Continue, and in chunks.
        curl(
            lab,
            *at,
            "-H",
            "Expect: 100-continue",
            "-X",
            "PUT",
            "--data-binary",
            f"@{form}",
            f"{www}/upload/form.txt",
            "-o",
            out,
        )
        curl(lab, *at, "-T", "-", f"{www}/upload/stream.txt", "-o", out, input=content.page("Upload", 8))
        with inside("client"):
            get = "GET {} HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: pipeline\r\n{}\r\n"
            # Two requests in one segment.
            pipelined = get.format("/plain.txt", "") + get.format("/images/dot.gif", "Connection: close\r\n")
            exchange(SITE, pipelined.encode(), (b"nothing", 1))
            # One request in segments of a few bytes.
            slow = get.format("/plain.txt?slow=1", "Connection: close\r\n").encode()
            exchange(SITE, slow, (b"nothing", 1), pause=0.02, parts=10)
            # No HTTP at all on port 80.
            exchange(SITE, b"\x16\x03\x01 not a request\r\n\r\n", (b"nothing", 1))


def lossy_download(lab, path):
    """lossy_http.pcap: a relay between the hosts loses, repeats and delays segments."""
    for namespace in ("client", "relay", "server"):
        lab.namespace(namespace)
    lab.link("client", "relay", b_name="left", number=1)
    lab.link("server", "relay", b_name="right", number=2)
    configure(lab, [f"{SITE}/32"])
    pass_on = [lossy(7, 0.05, 0.10, 0.03), lossy(11, 0, 0, 0)]
    Relay(lab, "relay", "right", "left", *pass_on)
    server = nginx(lab, "server", site(site_files(lab), ["80"]))
    lab.wait_for_port("server", SITE, 80, server)
    received = lab.folder / "received"
    with lab.capture("client", path):
        curl(lab, "--resolve", f"www.example.com:80:{SITE}", "http://www.example.com/data.bin", "-o", received)
    assert received.read_bytes() == content.noise(4, 150_000)


def clean_download(lab, path):
    """clean_http.pcap: what the thinned captures are made from."""
    network(lab, [f"{SITE}/32"])
    server = nginx(lab, "server", site(site_files(lab), ["80"]))
    lab.wait_for_port("server", SITE, 80, server)
    out = lab.folder / "out"
    with lab.capture("client", path):
        curl(
            lab,
            "--resolve",
            f"www.example.com:80:{SITE}",
            "http://www.example.com/index.html",
            "-o",
            out,
            "http://www.example.com/small.bin",
            "-o",
            out,
            "http://www.example.com/images/logo.png",
            "-o",
            out,
        )
    assert out.read_bytes() == content.png()

"""Logins to web sites: Apache with Basic, Digest and its form login, a small API server for what Apache does not do, curl
as the client."""

import base64
import gzip
import hashlib
import hmac
import json
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLIENT, SITE, API = "192.0.2.10", "192.0.2.80", "192.0.2.81"
USER, PASSWORD = "frieda", "corr3ct horse"
# MD4 of the password in UTF-16, little-endian.
NT_HASH = bytes.fromhex("3f89e2a4d45f6c3c928dc7c9fcd644ea")
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJmcmllZGEifQ.bm9uZQ"
KEY = "pk-7f3a9c52e1d84b60"
SESSION = "A1B2C3D4E5F60718293A4B5C6D7E8F90"


class Site(BaseHTTPRequestHandler):
    """The API server: every path wants its own kind of login."""

    protocol_version = "HTTP/1.1"

    def version_string(self):
        return "api"

    def date_time_string(self, timestamp=None):
        return "Sat, 21 Nov 2026 12:00:00 GMT"

    def log_message(self, *_):
        pass

    def answer(self, status, *fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def body(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return gzip.decompress(data) if self.headers.get("Content-Encoding") == "gzip" else data

    def do_POST(self):
        data, kind = self.body(), self.headers.get_content_type()
        if kind == "application/json":
            account = json.loads(data)["user"]
            right = (account["email"], account["password"]) == (f"{USER}@example.com", PASSWORD)
            return self.answer(200 if right else 401)
        if kind == "multipart/form-data":
            return self.answer(302 if PASSWORD.encode() in data else 403, ("Location", "/welcome"))
        right = parse_qs(data.decode()).get("passwd") == [PASSWORD]
        return self.answer(200 if right else 401)

    def do_GET(self):
        target = urlsplit(self.path)
        query = parse_qs(target.query)
        if target.path == "/ntlm":
            return self.ntlm()
        right, refusal = {
            "/login": (query.get("pwd") == [PASSWORD], 403),
            "/bearer": (self.headers.get("Authorization") == f"Bearer {TOKEN}", 401),
            "/key": (self.headers.get("X-API-Key") == KEY, 403),
            "/query": (query.get("access_token") == [TOKEN], 401),
            "/app": (f"JSESSIONID={SESSION}" in self.headers.get("Cookie", ""), 403),
            "/bucket": ("Credential=AKIAIOSFODNN7EXAMPLE/" in self.headers.get("Authorization", ""), 403),
        }[target.path]
        self.answer(200 if right else refusal)

    def ntlm(self):
        """[MS-NLMP], the server's side: a challenge, then NTLMv2's proof computed again."""
        scheme, _, text = self.headers.get("Authorization", "").partition(" ")
        message = base64.b64decode(text) if scheme == "NTLM" else b""
        if message[8:12] == struct.pack("<I", 1):
            info = struct.pack("<HH", 2, 8) + "CORP".encode("utf-16le") + struct.pack("<HH", 0, 0)
            name = "CORP".encode("utf-16le")
            challenge = (
                b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(name), len(name), 48, 0x00890205) + self.challenge + bytes(8)
            )
            challenge += struct.pack("<HHI", len(info), len(info), 48 + len(name)) + name + info
            return self.answer(401, ("WWW-Authenticate", "NTLM " + base64.b64encode(challenge).decode()))
        if message[8:12] == struct.pack("<I", 3):

            def field(at):
                length, _, offset = struct.unpack_from("<HHI", message, at)
                return message[offset : offset + length]

            response, domain, user = field(20), field(28), field(36)
            key = hmac.digest(NT_HASH, user.decode("utf-16le").upper().encode("utf-16le") + domain, "md5")
            proof = hmac.digest(key, self.challenge + response[16:], "md5")
            if proof == response[:16]:
                return self.answer(200)
        return self.answer(401, ("WWW-Authenticate", "NTLM"))

    challenge = bytes.fromhex("0123456789abcdef")


APACHE = """ServerRoot {folder}
ServerName intranet.example.com
ServerTokens Prod
Listen {site}:80
PidFile {folder}/pid
ErrorLog /dev/stderr
KeepAlive On
{modules}
DocumentRoot {folder}/www
ErrorDocument 401 "no"
SessionCryptoDriver openssl
<Location /basic>
  AuthType Basic
  AuthName "Plans"
  AuthUserFile {folder}/users
  Require valid-user
</Location>
<Location /digest>
  AuthType Digest
  AuthName "Archive"
  AuthUserFile {folder}/digest
  Require valid-user
</Location>
<Location /members>
  AuthType Form
  AuthName "Members"
  AuthFormProvider file
  AuthUserFile {folder}/users
  Session On
  SessionCookieName intranet_session path=/
  SessionCryptoPassphrase a-passphrase-of-the-tests
  Require valid-user
</Location>
<Location /dologin>
  SetHandler form-login-handler
  AuthFormProvider file
  AuthUserFile {folder}/users
  AuthType Form
  AuthName "Members"
  AuthFormLoginSuccessLocation /members/a.txt
  Require all granted
  Session On
  SessionCookieName intranet_session path=/
  SessionCryptoPassphrase a-passphrase-of-the-tests
</Location>
"""

MODULES = [
    "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "auth_form",
    "request", "session", "session_cookie", "session_crypto",
]  # fmt: skip


def apache(lab):
    digest = hashlib.md5(f"{USER}:Archive:{PASSWORD}".encode()).hexdigest()
    sha1 = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    lab.file("users", f"{USER}:{{SHA}}{sha1}\n")
    lab.file("digest", f"{USER}:Archive:{digest}\n")
    for place in ("basic", "digest", "members"):
        lab.file(f"www/{place}/a.txt", "yes\n")
    modules = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in MODULES)
    config = lab.file("apache.conf", APACHE.format(folder=lab.folder, site=SITE, modules=modules))
    server = lab.start("server", "apache2", "-D", "FOREGROUND", "-f", config)
    lab.wait_for_port("server", SITE, 80, server)


def visit(lab, *requests):
    """curl: all requests on one connection."""
    arguments = []
    for request in requests:
        arguments += ["--next"] if arguments else []
        arguments += ["-sS", "--noproxy", "*", "--max-time", "20", "-A", "curl", "-o", "/dev/null", *request]
    lab.run("client", "curl", "-q", *arguments)


def session(lab, path):
    """http_logins.pcap"""
    # Imported here: the server's side runs by itself.
    from ftp import still_neighbours

    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    for address in (SITE, API):
        lab.ip("server", "address", "add", f"{address}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("server", 1), SITE: ("client", 2), API: ("client", 2)})
    lab.etc("client", "hosts", f"127.0.0.1 localhost\n{SITE} intranet.example.com\n{API} api.example.com\n")
    apache(lab)
    server = lab.start("server", sys.executable, __file__)
    lab.wait_for_port("server", API, 8080, server)
    site, api = "http://intranet.example.com", "http://api.example.com:8080"
    jar, form = lab.folder / "jar", lab.file("form.gz", gzip.compress(b"login=frieda&passwd=corr3ct+horse", mtime=0))
    wrong, right = ("-u", f"{USER}:guess 1"), ("-u", f"{USER}:{PASSWORD}")
    with lab.capture("client", path):
        account = [f"httpd_username={USER}", "httpd_password=guess 2", f"httpd_password={PASSWORD}"]
        visit(
            lab,
            (*wrong, f"{site}/basic/a.txt"),
            (*right, f"{site}/basic/a.txt"),
            ("--digest", *wrong, f"{site}/digest/a.txt"),
            ("--digest", *right, f"{site}/digest/a.txt", f"{site}/digest/a.txt", "-o", "/dev/null"),
            ("-d", account[0], "--data-urlencode", account[1], f"{site}/dologin"),
            ("-c", jar, "-d", account[0], "--data-urlencode", account[2], f"{site}/dologin"),
            ("-b", jar, f"{site}/members/a.txt"),
        )
        json_type = ("-H", "Content-Type: application/json")
        email = f"{USER}@example.com"
        visit(
            lab,
            ("-F", f"user_login={USER}", "-F", "user_pass=guess 3", f"{api}/multipart"),
            ("-F", f"user_login={USER}", "-F", f"user_pass={PASSWORD}", f"{api}/multipart"),
            (*json_type, "-d", json.dumps({"user": {"email": email, "password": "guess 4"}}), f"{api}/json"),
            (*json_type, "-d", json.dumps({"user": {"email": email, "password": PASSWORD}}), f"{api}/json"),
            ("-H", "Content-Encoding: gzip", "--data-binary", f"@{form}", f"{api}/gzip"),
            (f"{api}/login?log={USER}&pwd=guess%205",),
            (f"{api}/login?log={USER}&pwd=corr3ct+horse",),
            ("-H", "Authorization: Bearer expired-token-0001", f"{api}/bearer"),
            ("-H", f"Authorization: Bearer {TOKEN}", f"{api}/bearer", f"{api}/bearer", "-o", "/dev/null"),
            ("-H", "X-API-Key: pk-0000000000000000", f"{api}/key"),
            ("-H", f"X-API-Key: {KEY}", f"{api}/key"),
            (f"{api}/query?access_token=expired-token-0002",),
            (f"{api}/query?access_token={TOKEN}",),
            ("-b", "JSESSIONID=00000000000000000000000000000000; theme=dark", f"{api}/app"),
            ("-b", f"theme=dark; JSESSIONID={SESSION}", f"{api}/app"),
            ("--aws-sigv4", "aws:amz:eu-west-1:s3", "-u", "AKIDEXAMPLE:guess 6", f"{api}/bucket"),
            ("--aws-sigv4", "aws:amz:eu-west-1:s3", "-u", "AKIAIOSFODNN7EXAMPLE:a-secret-key", f"{api}/bucket"),
        )
        visit(lab, ("--ntlm", "-u", f"CORP\\{USER}:guess 7", f"{api}/ntlm"))
        visit(lab, ("--ntlm", "-u", f"CORP\\{USER}:{PASSWORD}", f"{api}/ntlm"))


if __name__ == "__main__":
    ThreadingHTTPServer((API, 8080), Site).serve_forever()

"""Logins to directories, databases and network devices: real servers and clients, one accepted and one refused login
each. Every account is made up."""

import contextlib
import functools
import hashlib
import hmac
import socket
import ssl
import struct
import threading
from pathlib import Path

from ftp import still_neighbours
from lab import inside, run

SERVER, CLIENT = "192.0.2.10", "192.0.2.20"


def cable(lab):
    """Two hosts, client and server, on one cable."""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("server", 1), SERVER: ("client", 2)})


def certificate(lab, owner=None):
    """A key and a certificate of its own, for servers that offer TLS."""
    key, cert = lab.folder / "server.key", lab.folder / "server.crt"
    run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", key, "-out", cert, "-days", "3650", "-subj", "/CN=server.example.com",
    )  # fmt: skip
    key.chmod(0o600)
    if owner:
        run("chown", owner, key)
    return key, cert


def ask(lab, *arguments, **options):
    """Runs a client, which may be refused."""
    return lab.run("client", *arguments, check=False, **options)


def ldap(lab, path):
    """ldap_bind.pcap: slapd, and ldapwhoami, ldapsearch of OpenLDAP."""
    cable(lab)
    key, cert = certificate(lab)
    (lab.folder / "ldap").mkdir()
    config = lab.file(
        "slapd.conf",
        f"""include /etc/ldap/schema/core.schema
pidfile {lab.folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_ldif
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
sasl-host server.example.com
authz-regexp uid=([^,]*),cn=[^,]*,cn=auth cn=$1,dc=example,dc=com
password-hash {{CLEARTEXT}}
database ldif
suffix dc=example,dc=com
rootdn cn=admin,dc=example,dc=com
rootpw adm1n-pass
directory {lab.folder}/ldap
""",
    )
    entries = lab.file(
        "entries.ldif",
        "dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n"
        "dn: cn=reader,dc=example,dc=com\nobjectClass: person\ncn: reader\nsn: Reader\nuserPassword: r3ad-only\n",
    )
    run("slapadd", "-f", config, "-l", entries)
    server = lab.start("server", "slapd", "-d", "0", "-f", config, "-h", f"ldap://{SERVER}/")
    lab.wait_for_port("server", SERVER, 389, server)
    uri = ("-H", f"ldap://{SERVER}")
    quiet = {"env": {"LDAPNOINIT": "1", "LDAPTLS_REQCERT": "never", "PATH": "/usr/bin:/usr/sbin:/bin"}}
    with lab.capture("client", path):
        ask(lab, "ldapwhoami", *uri, "-x", "-D", "cn=admin,dc=example,dc=com", "-w", "guess")
        ask(lab, "ldapsearch", *uri, "-x", "-D", "cn=admin,dc=example,dc=com", "-w", "adm1n-pass", "-b",
            "dc=example,dc=com", "-s", "base", "o")  # fmt: skip
        ask(lab, "ldapwhoami", *uri, "-x")
        for password in ("wr0ng", "r3ad-only"):
            ask(lab, "ldapwhoami", *uri, "-Y", "DIGEST-MD5", "-U", "reader", "-w", password, "-O", "maxssf=0", "-Q")
        ask(lab, "ldapwhoami", *uri, "-Y", "CRAM-MD5", "-U", "reader", "-w", "r3ad-only", "-Q")
        ask(lab, "ldapwhoami", *uri, "-ZZ", "-x", "-D", "cn=admin,dc=example,dc=com", "-w", "adm1n-pass", **quiet)


NT_HASH = "0123456789abcdef0f1e2d3c4b5a6978"


def serve_ntlm(listening):
    """A server that knows as much of LDAP as Windows' own binds need ([MS-ADTS] 5.1.1.1.3): a domain controller would
    fill the capture."""

    def element(tag, *parts):
        body = b"".join(parts)
        return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])) + body

    def named(kind, text):
        body = text.encode("utf-16-le")
        return struct.pack("<HH", kind, len(body)) + body

    target, information = "LAB".encode("utf-16-le"), named(2, "LAB") + named(1, "DC") + bytes(4)
    secret = bytes(range(0x30, 0x38))
    challenge = b"NTLMSSP\0" + struct.pack("<IHHI", 2, len(target), len(target), 56)
    challenge += struct.pack("<I", 0xA2898205) + secret + bytes(8)
    challenge += struct.pack("<HHI", len(information), len(information), 56 + len(target))
    challenge += bytes.fromhex("0a00614a0000000f") + target + information

    def is_right(message):
        length, _, offset = struct.unpack_from("<HHI", message, 20)
        response = message[offset : offset + length]
        key = hmac.digest(bytes.fromhex(NT_HASH), "READERLAB".encode("utf-16-le"), hashlib.md5)
        return hmac.compare_digest(response[:16], hmac.digest(key, secret + response[16:], hashlib.md5))

    for _ in range(2):
        connection, _ = listening.accept()
        with connection:
            while request := connection.recv(4096):
                start = request.find(b"NTLMSSP\0")
                code, matched = 0, b"NTLM" if start < 0 else b""
                if start >= 0 and request[start + 8] == 1:
                    matched = challenge
                elif start >= 0:
                    code = 0 if is_right(request[start:]) else 49
                # The message ID, which is below 128, stands behind the sequence's header.
                number = request[request.index(b"\x02\x01") + 2 :][:1]
                answer = element(0x61, element(10, bytes([code])), element(4, matched), element(4))
                connection.sendall(element(0x30, element(2, number), answer))


def ldap_ntlm(lab, path):
    """ldap_ntlm.pcap: ldap3, and a server of this script's own."""
    cable(lab)
    client = lab.file(
        "bind.py",
        "import sys\nfrom ldap3 import NTLM, Connection, Server\n"
        f"server = Server('{SERVER}', get_info=None)\n"
        "Connection(server, 'LAB\\\\reader', sys.argv[1], authentication=NTLM).bind()\n",
    )
    with inside("server"):
        listening = socket.create_server((SERVER, 389))
    threading.Thread(target=serve_ntlm, args=(listening,), daemon=True).start()
    with listening, lab.capture("client", path):
        for hash in ("f" * 32, NT_HASH):
            # What a client knows of the password; Debian's OpenSSL has no MD4 to make it of one.
            ask(lab, "timeout", "5", "/usr/bin/python3", client, f"{'0' * 32}:{hash}")


def snmp(lab, path):
    """snmp_login.pcap: snmpd, and snmpget, snmpset, snmptrap of Net-SNMP."""
    cable(lab)
    users = "".join(
        f"createUser {name} {algorithm} {name}-auth-pass{privacy}\n"
        for name, algorithm, privacy in (("auditor", "SHA", ""), ("operator", "SHA-256", " AES operator-priv-pass"))
    )
    config = lab.file(
        "snmpd.conf",
        "rocommunity r0nly-lab default\nrwcommunity rw-lab default\nrouser auditor auth\nrouser operator priv\n"
        f"sysName lab-switch\nsysServices 2\n{users}",
    )
    (lab.folder / "snmp").mkdir()
    environment = {"PATH": "/usr/bin:/usr/sbin:/bin", "SNMP_PERSISTENT_DIR": str(lab.folder / "snmp"), "MIBS": ""}
    server = lab.start(
        "server", "snmpd", "-f", "-Lo", "-C", "-c", config, f"udp:{SERVER}:161", env=environment
    )  # fmt: skip
    lab.wait_for_port("server", SERVER, 161, server)
    once = ("-r", "0", "-t", "1")
    name = "1.3.6.1.2.1.1.5.0"

    def get(*arguments):
        ask(lab, "snmpget", *once, *arguments, SERVER, name, env=environment)

    with lab.capture("client", path):
        get("-v", "1", "-c", "public")
        get("-v", "1", "-c", "r0nly-lab")
        get("-v", "2c", "-c", "r0nly-lab")
        ask(lab, "snmpset", *once, "-v", "2c", "-c", "rw-lab", SERVER, "1.3.6.1.2.1.1.4.0", "s", "desk",
            env=environment)  # fmt: skip
        ask(lab, "snmptrap", "-v", "2c", "-c", "trap-lab", SERVER, "", "1.3.6.1.6.3.1.1.5.3", env=environment)
        get("-v", "3", "-l", "authNoPriv", "-u", "auditor", "-a", "SHA", "-A", "auditor-auth-pass")
        get("-v", "3", "-l", "authNoPriv", "-u", "auditor", "-a", "SHA", "-A", "guessed-wrong")
        get("-v", "3", "-l", "authPriv", "-u", "operator", "-a", "SHA-256", "-A", "operator-auth-pass", "-x", "AES",
            "-X", "operator-priv-pass")  # fmt: skip
        get("-v", "3", "-l", "noAuthNoPriv", "-u", "nobody")


def postgresql(lab, path):
    """postgresql_login.pcap: PostgreSQL 15, and psql."""
    cable(lab)
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data = lab.folder / "postgresql"
    data.mkdir()
    key, cert = certificate(lab, owner="postgres")
    run("chown", "postgres", data)
    as_server = ("runuser", "-u", "postgres", "--")
    run(*as_server, programs / "initdb", "-D", data, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    with open(data / "pg_hba.conf", "w") as rules:
        rules.write("local all all trust\n")
        for user, method in (("clara", "password"), ("mandy", "md5"), ("sam", "scram-sha-256"), ("tess", "trust")):
            rules.write(f"host all {user} {CLIENT}/32 {method}\n")
    server = lab.start(
        "server", *as_server, programs / "postgres", "-D", data, "-h", SERVER, "-k", data, "-c", "ssl=on",
        "-c", f"ssl_key_file={key}", "-c", f"ssl_cert_file={cert}", "-F",
    )  # fmt: skip
    lab.wait_for_port("server", SERVER, 5432, server)
    accounts = (
        "create database shop; set password_encryption = 'md5'; create user mandy password 'm5-lab-word';"
        "set password_encryption = 'scram-sha-256'; create user sam password 'scram-lab-word';"
        "create user clara password 'clear-lab-word'; create user tess;"
    )
    script = lab.file("accounts.sql", accounts.replace(";", ";\n"))
    lab.run("server", *as_server, "psql", "-q", "-h", data, "-d", "postgres", "-f", script)

    def log_in(user, password, mode="disable"):
        environment = {"PATH": "/usr/bin:/bin", "PGPASSWORD": password, "PGGSSENCMODE": "disable"}
        ask(lab, "psql", f"host={SERVER} user={user} dbname=shop sslmode={mode}", "-c", "select 1", env=environment)

    with lab.capture("client", path):
        log_in("clara", "guess")
        log_in("clara", "clear-lab-word")
        log_in("mandy", "m5-lab-word")
        log_in("sam", "guess")
        log_in("sam", "scram-lab-word")
        log_in("tess", "")
        log_in("clara", "clear-lab-word", "require")


def mysql(lab, path):
    """mysql_login.pcap: MariaDB 10.11, and its client."""
    cable(lab)
    key, cert = certificate(lab, owner="mysql")
    data = lab.folder / "mysql"
    run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=mysql", "--skip-test-db")
    socket = data / "server.sock"
    server = lab.start(
        "server", "mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--bind-address={SERVER}",
        f"--socket={socket}", f"--pid-file={data}/pid", "--skip-name-resolve", f"--ssl-key={key}", f"--ssl-cert={cert}",
        "--plugin-load-add=auth_ed25519", "--plugin-maturity=unknown",
    )  # fmt: skip
    lab.wait_for_port("server", SERVER, 3306, server)
    accounts = lab.file(
        "accounts.sql",
        "CREATE DATABASE shop;\n"
        "CREATE USER nadia IDENTIFIED VIA mysql_native_password USING PASSWORD('native-lab-word');\n"
        "CREATE USER eddy IDENTIFIED VIA ed25519 USING PASSWORD('ed-lab-word');\n"
        "GRANT ALL ON shop.* TO nadia; GRANT ALL ON shop.* TO eddy;\n",
    )
    run("sh", "-c", f"mariadb --no-defaults --socket={socket} < {accounts}")

    def log_in(user, password, *more):
        ask(lab, "mariadb", "--no-defaults", f"--host={SERVER}", f"--user={user}", f"--password={password}", *more,
            "--execute=SELECT 1", "shop")  # fmt: skip

    with lab.capture("client", path):
        log_in("nadia", "guess", "--skip-ssl")
        log_in("nadia", "native-lab-word", "--skip-ssl")
        log_in("eddy", "ed-lab-word", "--skip-ssl")
        log_in("nadia", "native-lab-word", "--ssl")


def serve_mysql(listening):
    """A server that knows as much of MySQL as logins by the plugins need that MariaDB does not have."""

    def packet(number, body):
        return struct.pack("<I", len(body))[:3] + bytes([number]) + body

    def take(connection):
        header = connection.recv(4, socket.MSG_WAITALL)
        return connection.recv(int.from_bytes(header[:3], "little"), socket.MSG_WAITALL)

    def digest(data):
        return hashlib.sha256(data).digest()

    nonce = bytes(range(0x41, 0x55))
    plugin = b"caching_sha2_password\0"
    greeting = b"\x0a8.0.36-lab\0" + struct.pack("<I", 7) + nonce[:8] + b"\0"
    greeting += struct.pack("<HBHHB", 0xF7DF & ~0x800, 255, 2, 0x81F8, 21) + bytes(10) + nonce[8:] + b"\0" + plugin
    word = b"sha2-lab-word"
    mask = digest(digest(digest(word)) + nonce)
    right = bytes(a ^ b for a, b in zip(digest(word), mask))
    done = b"\0\0\0\x02\0\0\0"
    refused = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied"
    for _ in range(4):
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(2)
            connection.sendall(packet(0, greeting))
            login = take(connection)
            if login[32:].startswith(b"cleo\0"):
                connection.sendall(packet(2, b"\xfemysql_clear_password\0"))
                connection.sendall(packet(4, done if take(connection) == b"clear-lab-word\0" else refused))
            elif right in login:
                connection.sendall(packet(2, b"\x01\x03") + packet(3, done))
            else:
                connection.sendall(packet(2, refused))
            # Until COM_QUIT.
            while take(connection)[:1] not in (b"", b"\x01"):
                connection.sendall(packet(1, done))


def mysql_plugins(lab, path):
    """mysql_plugins.pcap: PyMySQL, and a server of this script's own."""
    cable(lab)
    client = lab.file(
        "log_in.py",
        "import sys\nimport pymysql\n"
        f"pymysql.connect(host='{SERVER}', user=sys.argv[1], password=sys.argv[2], database='shop').close()\n",
    )
    with inside("server"):
        listening = socket.create_server((SERVER, 3306))
    threading.Thread(target=serve_mysql, args=(listening,), daemon=True).start()
    with listening, lab.capture("client", path):
        for user, password in (
            ("shari", "guess"), ("shari", "sha2-lab-word"), ("cleo", "guess"), ("cleo", "clear-lab-word"),
        ):  # fmt: skip
            ask(lab, "timeout", "5", "/usr/bin/python3", client, user, password)


def vnc(lab, path, uses_viewer=False):
    """vnc_login.pcap: Xtigervnc, and vncsnapshot. vnc_viewer.pcap: the same server, and TigerVNC's own viewer."""
    cable(lab)

    def password(text):
        return lab.file(f"{text}.vnc", lab.run("client", "tigervncpasswd", "-f", input=text.encode() + b"\n"), 0o600)

    right, wrong = password("lab-word"), password("guess")
    server = lab.start(
        "server", "Xtigervnc", ":7", "-rfbport", "5900", "-SecurityTypes", "VncAuth,None", "-PasswordFile", right,
        "-geometry", "32x32", "-depth", "16", "-interface", SERVER, "-localhost", "no", "-nolisten", "unix",
        "-desktop", "lab",
    )  # fmt: skip
    lab.wait_for_port("server", SERVER, 5900, server)
    if uses_viewer:
        lab.start("client", "Xtigervnc", ":8", "-rfbport", "-1", "-SecurityTypes", "None", "-geometry", "64x64")
        ask(lab, "sh", "-c", "until [ -S /tmp/.X11-unix/X8 ]; do sleep 0.1; done")
        environment = {"PATH": "/usr/bin:/bin", "DISPLAY": ":8", "HOME": str(lab.folder)}
        with lab.capture("client", path):
            for file in (wrong, right):
                ask(lab, "timeout", "2", "xtigervncviewer", "-passwd", file, "-SecurityTypes", "VncAuth",
                    "-PreferredEncoding", "Tight", f"{SERVER}::5900", env=environment)  # fmt: skip
        return
    with lab.capture("client", path):
        for file in (wrong, right):
            ask(lab, "timeout", "3", "vncsnapshot", "-quiet", "-passwd", file, f"{SERVER}:0", lab.folder / "screen.jpg")


def kerberos(lab, path):
    """kerberos_login.pcap: MIT's krb5kdc and kinit, over UDP and TCP."""
    cable(lab)
    (lab.folder / "kdc").mkdir()
    realm = "LAB.EXAMPLE.COM"

    def settings(name, limit):
        return lab.file(
            name,
            f"[libdefaults]\ndefault_realm = {realm}\ndns_lookup_kdc = false\ndns_lookup_realm = false\nrdns = false\n"
            f"udp_preference_limit = {limit}\nallow_rc4 = true\n"
            f"[realms]\n{realm} = {{\n kdc = {SERVER}\n}}\n"
            f"[dbmodules]\n{realm} = {{\n db_library = db2\n database_name = {lab.folder}/kdc/principal\n}}\n",
        )

    profile = lab.file(
        "kdc.conf",
        f"[kdcdefaults]\nkdc_listen = {SERVER}:88\nkdc_tcp_listen = {SERVER}:88\n"
        f"[realms]\n{realm} = {{\n key_stash_file = {lab.folder}/kdc/stash\n database_name = {lab.folder}/kdc/principal\n"
        " supported_enctypes = aes256-cts:normal aes128-cts:normal arcfour-hmac:normal\n}\n",
    )
    environment = {
        "PATH": "/usr/bin:/usr/sbin:/bin:/sbin",
        "KRB5_CONFIG": str(settings("krb5.conf", 1465)),
        "KRB5_KDC_PROFILE": str(profile),
        "KRB5CCNAME": f"FILE:{lab.folder}/cache",
    }
    run("kdb5_util", "create", "-s", "-r", realm, "-P", "m4ster-word", env=environment)
    for principal, password, *flags in (
        ("olga", "olga-lab-word", "+requires_preauth"),
        ("rc4user", "rc4-lab-word", "+requires_preauth", "-e", "arcfour-hmac:normal"),
        ("lazy/host", "lazy-lab-word"),
    ):
        run("kadmin.local", "addprinc", *flags, "-pw", password, principal, env=environment)
    server = lab.start("server", "krb5kdc", "-n", env=environment)
    lab.wait_for_port("server", SERVER, 88, server)

    def log_in(principal, password, limit=1465):
        changed = {**environment, "KRB5_CONFIG": str(settings("client.conf", limit))}
        ask(lab, "kinit", "-l", "1h", principal, input=password.encode() + b"\n", env=changed)

    with lab.capture("client", path):
        log_in("olga", "guess")
        log_in("olga", "olga-lab-word")
        log_in("olga", "olga-lab-word", limit=1)
        log_in("rc4user", "rc4-lab-word")
        log_in("lazy/host", "lazy-lab-word")
        log_in("nobody", "x")


def radius(lab, path, uses_eap=False):
    """radius_login.pcap: FreeRADIUS, and radtest. radius_eap.pcap: the same server, and radeapclient."""
    cable(lab)
    config = lab.file(
        "radiusd/radiusd.conf",
        f"""prefix = /usr
logdir = {lab.folder}
run_dir = {lab.folder}
libdir = /usr/lib/freeradius
pidfile = {lab.folder}/radiusd.pid
log {{
  destination = stdout
}}
security {{
  reject_delay = 0
}}
client lab {{
  ipaddr = {CLIENT}
  secret = radius-lab-secret
}}
modules {{
  pap {{
  }}
  chap {{
  }}
  mschap {{
  }}
  files {{
    filename = {lab.folder}/radiusd/users
  }}
  eap {{
    default_eap_type = md5
    md5 {{
    }}
  }}
}}
server lab {{
  listen {{
    type = auth
    ipaddr = {SERVER}
    port = 1812
  }}
  authorize {{
    chap
    mschap
    eap
    files
    pap
  }}
  authenticate {{
    Auth-Type PAP {{
      pap
    }}
    Auth-Type CHAP {{
      chap
    }}
    Auth-Type MS-CHAP {{
      mschap
    }}
    eap
  }}
}}
""",
    )
    lab.file("radiusd/users", 'visitor Cleartext-Password := "wifi-lab-word"\n')
    server = lab.start("server", "freeradius", "-f", "-d", config.parent, "-n", "radiusd", "-D", "/usr/share/freeradius")
    lab.wait_for_port("server", SERVER, 1812, server)
    with lab.capture("client", path):
        for kind, password in (
            ("pap", "guess"), ("pap", "wifi-lab-word"), ("chap", "wifi-lab-word"), ("mschap", "wifi-lab-word"),
        ):  # fmt: skip
            if not uses_eap:
                ask(lab, "radtest", "-t", kind, "visitor", password, SERVER, "0", "radius-lab-secret")
        for password in ("guess", "wifi-lab-word"):
            request = (
                f'User-Name = "visitor"\nCleartext-Password = "{password}"\nNAS-IP-Address = {CLIENT}\n'
                "EAP-Code = Response\nEAP-Type-Identity = \"visitor\"\nMessage-Authenticator = 0x00\n"
            )
            if uses_eap:
                ask(lab, "timeout", "5", "radeapclient", "-r", "1", SERVER, "auth", "radius-lab-secret",
                    input=request.encode())  # fmt: skip


def sip(lab, path, transport="udp"):
    """sip_register.pcap, sip_tcp.pcap: Kamailio as the registrar, and sipsak."""
    cable(lab)
    config = lab.file(
        "kamailio.cfg",
        f"""#!KAMAILIO
debug=1
log_stderror=yes
fork=no
children=1
disable_tcp={"yes" if transport == "udp" else "no"}
listen={transport}:{SERVER}:5060
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "auth.so"
loadmodule "textops.so"
request_route {{
  if (is_method("REGISTER")) {{
    if (!pv_www_authenticate("lab.example.com", "phone-lab-word", "0")) {{
      if (has_credentials("lab.example.com")) {{
        sl_send_reply("403", "Forbidden");
      }} else {{
        www_challenge("lab.example.com", "0");
      }}
      exit;
    }}
    sl_send_reply("200", "OK");
  }}
  exit;
}}
""",
    )
    server = lab.start("server", "kamailio", "-f", config, "-DD", "-E", "-Y", lab.folder, "-m", "16", "-M", "4")
    lab.wait_for_port("server", SERVER, 5060, server)
    with lab.capture("client", path):
        for password in ("guess", "phone-lab-word"):
            ask(lab, "timeout", "5", "sipsak", "-U", "-C", "sip:ext42@192.0.2.20", "-u", "ext42", "-a", password, "-s",
                f"sip:ext42@{SERVER}", "-D", "2", "-E", transport)  # fmt: skip


def serve_tds(listening):
    """A server that knows as much of TDS ([MS-TDS]) as two logins need: SQL Server itself is not to be had."""

    def packet(body):
        return struct.pack(">BBHHBB", 4, 1, len(body) + 8, 0, 1, 0) + body

    def text(value, size="<H"):
        return struct.pack(size, len(value)) + value.encode("utf-16-le")

    def token(kind, body):
        return bytes([kind]) + struct.pack("<H", len(body)) + body

    for _ in range(2):
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            # VERSION and ENCRYPTION: not supported.
            connection.sendall(packet(bytes.fromhex("00000b00060100110001ff") + bytes.fromhex("0f0007d0000002")))
            login = connection.recv(4096)[8:]
            offset, count = struct.unpack_from("<HH", login, 44)
            hidden = bytes(b ^ 0xA5 for b in login[offset : offset + 2 * count])
            password = bytes((b << 4 | b >> 4) & 0xFF for b in hidden).decode("utf-16-le")
            done = b"\xfd" + struct.pack("<HHQ", 0 if password == "sql-lab-word" else 2, 0, 0)
            if password == "sql-lab-word":
                answer = token(0xE3, b"\x01" + text("shop", "<B") + text("master", "<B"))
                answer += token(0xAD, b"\x01\x74\x00\x00\x04" + text("Lab SQL Server", "<B") + b"\x0f\x00\x07\xd0")
            else:
                answer = token(
                    0xAA,
                    struct.pack("<IBB", 18456, 1, 14) + text("Login failed for user 'sa'.") + text("lab", "<B")
                    + text("", "<B") + struct.pack("<I", 1),
                )  # fmt: skip
            connection.sendall(packet(answer + done))
            with contextlib.suppress(OSError):
                connection.settimeout(1)
                connection.recv(4096)


def tds(lab, path):
    """tds_login.pcap: FreeTDS' tsql, and a server of this script's own."""
    cable(lab)
    config = lab.file(
        "freetds.conf",
        f"[global]\ntds version = 7.4\nencryption = off\n[lab]\nhost = {SERVER}\nport = 1433\nclient charset = UTF-8\n",
    )
    environment = {"PATH": "/usr/bin:/bin", "FREETDSCONF": str(config), "LANG": "C.UTF-8"}
    with inside("server"):
        listening = socket.create_server((SERVER, 1433))
    threading.Thread(target=serve_tds, args=(listening,), daemon=True).start()
    with listening, lab.capture("client", path):
        for password in ("guess", "sql-lab-word"):
            ask(lab, "timeout", "3", "tsql", "-S", "lab", "-U", "sa", "-P", password, "-D", "shop", input=b"exit\n",
                env=environment)  # fmt: skip


def serve_tds_within_tls(listening, cert, key):
    """A server that agrees to encrypt and shakes hands within TDS packets ([MS-TDS] 3.2.5.2), then refuses the login."""

    def packet(body, kind):
        return struct.pack(">BBHHBB", kind, 1, len(body) + 8, 0, 1, 0) + body

    def take(connection):
        header = connection.recv(8, socket.MSG_WAITALL)
        return connection.recv(struct.unpack_from(">H", header, 2)[0] - 8, socket.MSG_WAITALL)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key)
    connection, _ = listening.accept()
    with connection, contextlib.suppress(OSError):
        connection.settimeout(3)
        take(connection)
        # VERSION and ENCRYPTION: on.
        connection.sendall(packet(bytes.fromhex("00000b00060100110001ff") + bytes.fromhex("0f0007d0000001"), 4))
        received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(received, sent, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                if sent.pending:
                    connection.sendall(packet(sent.read(), 0x12))
                received.write(take(connection))
        connection.sendall(packet(sent.read(), 0x12))
        # The login, which is encrypted without packets around it.
        connection.recv(4096)


def tds_within_tls(lab, path):
    """tds_tls.pcap: FreeTDS' tsql, which asks for encryption, and a server of this script's own."""
    cable(lab)
    key, cert = certificate(lab)
    config = lab.file(
        "freetds.conf",
        f"[lab]\nhost = {SERVER}\nport = 1433\ntds version = 7.4\nencryption = require\n",
    )
    environment = {"PATH": "/usr/bin:/bin", "FREETDSCONF": str(config), "LANG": "C.UTF-8"}
    with inside("server"):
        listening = socket.create_server((SERVER, 1433))
    threading.Thread(target=serve_tds_within_tls, args=(listening, cert, key), daemon=True).start()
    with listening, lab.capture("client", path):
        ask(lab, "timeout", "5", "tsql", "-S", "lab", "-U", "sa", "-P", "sql-lab-word", "-D", "shop", input=b"exit\n",
            env=environment)  # fmt: skip


vnc_viewer = functools.partial(vnc, uses_viewer=True)
radius_eap = functools.partial(radius, uses_eap=True)
sip_tcp = functools.partial(sip, transport="tcp")

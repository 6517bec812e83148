"""Mail and news: Postfix, Dovecot and INN's nnrpd as the servers; smtplib, poplib, imaplib, nntplib, curl and swaks as
the clients."""

import contextlib
import email.message
import email.policy
import imaplib
import poplib
import smtplib
import socket
import ssl
import time
import warnings

import ftp
import secure
from ftp import still_neighbours
from lab import inside, run

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import nntplib

CLIENT, SERVER = "192.0.2.10", "192.0.2.25"
USER, PASSWORD = "frieda", "corr3ct horse"

# What stands in it must not be taken for commands or replies.
MESSAGE = """From: frieda@example.com
To: planner@example.com
Subject: Notes

USER nobody
PASS inside-a-message
AUTH PLAIN AG5vYm9keQBpbnNpZGUtYS1tZXNzYWdl
a1 LOGIN nobody inside-a-message
AUTHINFO PASS inside-a-message
235 2.7.0 Authentication successful
+OK Logged in.
a1 OK Logged in
281 Authentication succeeded
.
End.
""".replace("\n", "\r\n")


class QuietAcks:
    """No ACK of its own for each line: smaller captures."""

    @staticmethod
    def of(connection):
        if hasattr(socket, "TCP_QUICKACK"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)


def network(lab):
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("server", 1), SERVER: ("client", 2)})
    lab.etc("server", "hosts", f"127.0.0.1 localhost\n{SERVER} mail.example.com mail\n{CLIENT} client.example.com\n")
    lab.etc("client", "hosts", f"127.0.0.1 localhost\n{SERVER} mail.example.com\n{CLIENT} client.example.com\n")


def dovecot(lab, ca):
    """Dovecot with one account that exists nowhere else; Postfix asks it too."""
    home = lab.folder / "mail"
    for part in ("cur", "new", "tmp"):
        (home / USER / "Maildir" / part).mkdir(parents=True)
    lab.file(f"mail/{USER}/Maildir/cur/1700000000.M1P1.mail:2,S", MESSAGE)
    run("chown", "-R", "nobody:nogroup", home)
    users = lab.file("users", f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
    config = lab.file(
        "dovecot.conf",
        f"""base_dir = {lab.folder}/dovecot
state_dir = {lab.folder}/dovecot-state
log_path = {lab.folder}/dovecot.log
listen = {SERVER}
protocols = imap pop3
imap_capability = IMAP4rev1 SASL-IR LITERAL+ ENABLE
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 digest-md5 apop scram-sha-256
auth_failure_delay = 0
first_valid_uid = 1
login_trusted_networks = {CLIENT}
mail_location = maildir:~/Maildir
ssl = yes
ssl_cert = <{ca}/ec.pem
ssl_key = <{ca}/ec.key
passdb {{
  driver = passwd-file
  args = {users}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/%u
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = 12345
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
""",
    )
    server = lab.start("server", "dovecot", "-F", "-c", config)
    lab.wait_for_port("server", SERVER, 143, server)
    lab.wait_for_port("server", SERVER, 110, server)


def postfix(lab, ca, relay="permit_sasl_authenticated reject"):
    """Postfix, which takes mail for anyone from those who logged in and discards it."""
    folder = lab.folder / "postfix"
    services = """smtp inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
    lab.file("postfix/master.cf", services)
    lab.file(
        "postfix/main.cf",
        f"""compatibility_level = 3.6
queue_directory = {lab.folder}/queue
data_directory = {lab.folder}/postfix-data
maillog_file = {lab.folder}/postfix.log
maillog_file_prefixes = {lab.folder}
myhostname = mail.example.com
inet_interfaces = {SERVER}
inet_protocols = ipv4
alias_maps =
mydestination =
default_transport = discard
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:12345
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = {relay}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {ca}/ec.pem
smtpd_tls_key_file = {ca}/ec.key
""",
    )
    for name in ("queue", "postfix-data"):
        (lab.folder / name).mkdir()
    run("chown", "postfix", lab.folder / "postfix-data")
    server = lab.start("server", "postfix", "-c", folder, "start-fg")
    lab.wait_for_port("server", SERVER, 25, server)


@contextlib.contextmanager
def refused(*errors):
    """A login that the server must refuse."""
    try:
        yield
    except errors:
        return
    raise SystemExit("a login was accepted that should not be")


def curl(lab, *arguments, wanted=0):
    """Whether curl could log in shows in its status: 67 for a login refused."""
    out = lab.run("client", "sh", "-c", 'curl -sS -o /dev/null "$@"; echo $?', "sh", *arguments)
    if int(out) != wanted:
        raise SystemExit(f"curl {arguments}: status {out.decode()}")


def smtp(lab, path):
    """smtp_auth.pcap"""
    network(lab)
    ca = secure.certificates(lab)
    dovecot(lab, ca)
    postfix(lab, ca)
    lab.file("message", MESSAGE)

    def connection():
        mail = smtplib.SMTP(SERVER, 25, "client.example.com", timeout=10)
        QuietAcks.of(mail.sock)
        mail.ehlo()
        return mail

    with lab.capture("client", path, expression="tcp port 25"), inside("client"):
        mail = connection()
        mail.user, mail.password = USER, "guess 1"
        with refused(smtplib.SMTPAuthenticationError):
            mail.auth("PLAIN", mail.auth_plain)
        mail.password = "guess 2"
        with refused(smtplib.SMTPAuthenticationError):
            mail.auth("LOGIN", mail.auth_login, initial_response_ok=False)
        mail.password = "guess 3"
        with refused(smtplib.SMTPAuthenticationError):
            mail.auth("CRAM-MD5", mail.auth_cram_md5)
        mail.password = PASSWORD
        mail.auth("CRAM-MD5", mail.auth_cram_md5)
        mail.sendmail("frieda@example.com", ["planner@example.com"], MESSAGE)
        mail.quit()
        for mechanism in ("PLAIN", "LOGIN"):
            lab.run(
                "client",
                "swaks",
                *("--server", SERVER, "--ehlo", "client.example.com", "--auth", mechanism),
                *("--auth-user", USER, "--auth-password", PASSWORD, "--from", "frieda@example.com"),
                *("--to", "planner@example.com", "--data", lab.folder / "message"),
            )
        # Inside TLS there is nothing to be seen of the login.
        mail = connection()
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        mail.starttls(context=context)
        mail.login(USER, PASSWORD)
        mail.quit()


def pop3(lab, path):
    """pop3_logins.pcap"""
    network(lab)
    dovecot(lab, secure.certificates(lab))

    def connection():
        mail = poplib.POP3(SERVER, 110, timeout=10)
        QuietAcks.of(mail.sock)
        return mail

    with lab.capture("client", path, expression="tcp port 110"), inside("client"):
        mail = connection()
        mail.capa()
        mail.user(USER)
        with refused(poplib.error_proto):
            mail.pass_("guess 1")
        with refused(poplib.error_proto):
            mail.apop(USER, "guess 2")
        mail.user(USER)
        mail.pass_(PASSWORD)
        mail.list()
        mail.retr(1)
        mail.quit()
        mail = connection()
        mail.apop(USER, PASSWORD)
        mail.quit()
        for mechanism, password, status in (
            ("PLAIN", "guess 3", 67),
            ("CRAM-MD5", "guess 4", 67),
            ("PLAIN", PASSWORD, 0),
            ("LOGIN", PASSWORD, 0),
        ):
            options = ("--login-options", f"AUTH={mechanism}", f"pop3://{SERVER}/")
            curl(lab, "-u", f"{USER}:{password}", *options, wanted=status)
        curl(lab, "--ssl-reqd", "-k", "-u", f"{USER}:{PASSWORD}", f"pop3://{SERVER}/")


def imap(lab, path):
    """imap_logins.pcap"""
    network(lab)
    dovecot(lab, secure.certificates(lab))

    def connection():
        mail = imaplib.IMAP4(SERVER, 143, timeout=10)
        QuietAcks.of(mail.sock)
        return mail

    with lab.capture("client", path, expression="tcp port 143"), inside("client"):
        mail = connection()
        with refused(imaplib.IMAP4.error):
            mail.login(USER, 'gue"ss 1')
        with refused(imaplib.IMAP4.error):
            mail.login_cram_md5(USER, "guess 2")
        mail.login_cram_md5(USER, PASSWORD)
        mail.select("INBOX")
        mail.fetch("1", "(BODY[])")
        mail.append("INBOX", "", imaplib.Time2Internaldate(1_700_000_000), MESSAGE.encode())
        mail.logout()
        # Literals, as a client sends them for names that no quoted string can hold.
        with socket.create_connection((SERVER, 143), timeout=10) as plain:
            QuietAcks.of(plain)
            lines = plain.makefile("rb")
            lines.readline()
            secret = PASSWORD.encode()
            for text in (b"x LOGIN {%d}\r\n" % len(USER), USER.encode() + b" {%d}\r\n" % len(secret)):
                plain.sendall(text)
                lines.readline()
            plain.sendall(secret + b"\r\n")
            answer = lines.readline()
            assert answer.startswith(b"x OK") or lines.readline().startswith(b"x OK"), answer
        for mechanism, password, status, *options in (
            ("PLAIN", "guess 3", 67, "--sasl-ir"),
            ("LOGIN", PASSWORD, 0),
        ):
            options += ["--login-options", f"AUTH={mechanism}", f"imap://{SERVER}/"]
            curl(lab, "-u", f"{USER}:{password}", *options, wanted=status)
        curl(lab, "--ssl-reqd", "-k", "-u", f"{USER}:{PASSWORD}", f"imap://{SERVER}/")


def nntp(lab, path):
    """nntp_logins.pcap"""
    network(lab)
    hashed = run("openssl", "passwd", "-1", "-salt", "pcapidx", PASSWORD.replace(" ", "-")).decode().strip()
    users = lab.file("newsusers", f"{USER}:{hashed}\n")
    run("chown", "news:news", lab.folder)
    access = lab.file(
        "readers.conf",
        f"""auth "all" {{
  hosts: "*"
  auth: "ckpasswd -f {users}"
}}
access "members" {{
  users: "*"
  newsgroups: "*"
  access: RPA
}}
""",
    )
    settings = lab.file(
        "inn.conf",
        f"""organization: Example
pathhost: news.example.com
domain: example.com
pathnews: /usr/lib/news
patharchive: {lab.folder}
pathdb: /var/lib/news
pathetc: /etc/news
pathfilter: /etc/news/filter
pathlog: {lab.folder}
pathrun: {lab.folder}
pathspool: {lab.folder}
pathtmp: {lab.folder}
mta: "/usr/sbin/sendmail -oi -oem %s"
hismethod: hisv6
ovmethod: tradindexed
readerswhenstopped: true
""",
    )
    (lab.folder / "overview").mkdir()
    groups = lab.file("tradspool.map", "misc.test 1\n")
    run("chown", "news:news", access, users, groups, lab.folder / "overview")
    # nnrpd wants an overview to be there, if an empty one.
    index = f"INNCONF={settings} /usr/lib/news/bin/tdx-util -A"
    run("su", "news", "-s", "/bin/sh", "-c", index, check=False)
    program = ["/usr/lib/news/bin/nnrpd", "-D", "-f", "-b", SERVER, "-p", "119", "-c", access]
    server = lab.start("server", "env", f"INNCONF={settings}", *program)
    lab.wait_for_port("server", SERVER, 119, server)
    with lab.capture("client", path, expression="tcp port 119"), inside("client"):
        for password in ("guess-1", PASSWORD.replace(" ", "-")):
            news = nntplib.NNTP(SERVER, timeout=10)
            QuietAcks.of(news.sock)
            try:
                news.login(USER, password)
                news.list()
            except nntplib.NNTPError as refusal:
                assert password.startswith("guess"), refusal
            news.quit()
        time.sleep(0.2)


def attachments():
    """A message with attachments of every transfer coding, in multiparts inside of each other."""
    picture = ftp.image(24, 16)
    inner = email.message.EmailMessage()
    inner["From"] = "archive@example.net"
    inner["Subject"] = "Inside"
    inner.set_content("The old one.\n")
    inner.add_attachment(b"a;b\r\n1;2\r\n", maintype="text", subtype="csv", filename="old.csv", cte="quoted-printable")
    message = email.message.EmailMessage(email.policy.SMTP)
    message["From"] = "Frieda Grün <frieda@example.com>"
    message["To"] = "planner@example.com, Verkauf Süd <sales@example.net>"
    message["Cc"] = "audit@example.org"
    message["Subject"] = "Angebot für die Überseebrücke: alle Unterlagen, Pläne und das Programm zum Rechnen"
    message["Date"] = "Mon, 16 Nov 2026 10:00:00 +0100"
    message["Message-ID"] = "<offer-1@client.example.com>"
    message["X-Mailer"] = "Example Mailer 3.1"
    message.set_content("Anbei alles.\n.\n..und mehr\n")
    message.add_alternative('<p>Anbei alles. <img src="cid:logo"></p>\n', subtype="html")
    message.get_payload()[1].add_related(picture, maintype="image", subtype="png", cid="<logo>")
    pdf = b"%PDF-1.4\n" + bytes(range(256)) * 4 + b"\n%%EOF\n"
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename="Angebot für Übersee.pdf")
    message.add_attachment(ftp.program(), maintype="application", subtype="octet-stream", filename="invoice.pdf.exe")
    text = "Größe;Preis\r\n" + "1;2\r\n" * 20 + "ohne Zeilenende"
    message.add_attachment(
        text.encode(), maintype="text", subtype="csv", filename="preise.csv", cte="quoted-printable"
    )
    message.add_attachment(inner)
    return message.as_bytes()


class Chunks:
    """A client of RFC 3030, which no program of Debian is."""

    def __init__(self):
        self.connection = socket.create_connection((SERVER, 25), timeout=10)
        QuietAcks.of(self.connection)
        self.lines = self.connection.makefile("rb")
        self.reply()

    def reply(self):
        while (line := self.lines.readline())[3:4] == b"-":
            pass
        return int(line[:3])

    def say(self, *commands):
        """Sends the commands together and returns what is answered to each."""
        self.connection.sendall(b"".join(commands))
        return [self.reply() for _ in commands]


def carried(lab, path):
    """mail_attachments.pcap"""
    network(lab)
    ca = secure.certificates(lab)
    dovecot(lab, ca)
    message = attachments()
    lab.file(f"mail/{USER}/Maildir/cur/1700000001.M2P2.mail:2,S", message)
    postfix(lab, ca, "permit_auth_destination reject\nrelay_domains = example.com example.net")
    expression = "tcp port 25 or tcp port 110"
    with lab.capture("client", path, expression=expression), inside("client"):
        mail = smtplib.SMTP(SERVER, 25, "client.example.com", timeout=10)
        QuietAcks.of(mail.sock)
        recipients = ["planner@example.com", "nobody@elsewhere.example", "sales@example.net"]
        refused_ones = mail.sendmail("frieda@example.com", recipients, message)
        assert list(refused_ones) == ["nobody@elsewhere.example"], refused_ones
        # Nobody takes this one.
        with refused(smtplib.SMTPRecipientsRefused):
            mail.sendmail("frieda@example.com", ["spam@elsewhere.example"], "Subject: no\r\n\r\nno\r\n")
        mail.quit()
        # In chunks, all commands of the first message at once; the second is an error report.
        chunks = Chunks()
        chunks.say(b"EHLO chunks.example.com\r\n")
        text = b"From: a@example.com\r\nSubject: =?iso-8859-1?Q?Stra=DFe?= =?utf-8?B?w7xiZXI=?=\r\n"
        text += b"Content-Type: application/octet-stream; name=blob.bin\r\n\r\n.\r\n"
        body = bytes(range(256)) + b"\r\n.\r\n"
        answers = chunks.say(
            b"MAIL FROM:<a@example.com> BODY=8BITMIME\r\n",
            b"RCPT TO:<planner@example.com>\r\n",
            b"BDAT %d\r\n" % len(text) + text,
            b"BDAT %d\r\n" % len(body) + body,
            b"BDAT 0 LAST\r\n",
        )
        assert answers == [250] * 5, answers
        assert chunks.say(b"MAIL FROM:<>\r\nRCPT TO:<frieda@example.com>\r\n")[0] == 250 and chunks.reply() == 250
        last = b"Subject: Undelivered\r\n\r\nSee above.\r\n"
        assert chunks.say(b"BDAT %d LAST\r\n" % len(last) + last) == [250]
        chunks.say(b"QUIT\r\n")
        mail = poplib.POP3(SERVER, 110, timeout=10)
        QuietAcks.of(mail.sock)
        mail.user(USER)
        mail.pass_(PASSWORD)
        for number in (1, 2):
            mail.retr(number)
        mail.top(2, 1)
        mail.quit()

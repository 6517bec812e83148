"""Message queues and chats: RabbitMQ and Prosody as the servers; pika, Qpid Proton, amqp-publish and slixmpp as the
clients."""

import socket

from ftp import still_neighbours
from lab import inside, run

CLIENT, SERVER = "192.0.2.10", "192.0.2.72"
USER, PASSWORD = "frieda", "corr3ct horse"

# Debian's Python, which has the clients' packages.
PYTHON = "/usr/bin/python3"

PIKA = """
import logging, pika, sys
logging.disable()
host, user, password, mechanism, wanted = sys.argv[1:]
import pika.credentials
class Old(pika.credentials.PlainCredentials):
    TYPE = "AMQPLAIN"
    def response_for(self, start):
        def field(name, value):
            return bytes([len(name)]) + name + b"S" + len(value).to_bytes(4, "big") + value
        return self.TYPE, field(b"LOGIN", self.username.encode()) + field(b"PASSWORD", self.password.encode())
pika.credentials.VALID_TYPES.append(Old)
credentials = (Old if mechanism == "AMQPLAIN" else pika.PlainCredentials)(user, password)
try:
    pika.BlockingConnection(pika.ConnectionParameters(host, credentials=credentials)).close()
    outcome = "accepted"
except pika.exceptions.ProbableAuthenticationError:
    outcome = "refused"
assert outcome == wanted, outcome
"""

PROTON = """
import sys
from proton.handlers import MessagingHandler
from proton.reactor import Container
host, user, password, wanted = sys.argv[1:]
class Login(MessagingHandler):
    outcome = None
    def on_start(self, event):
        event.container.connect(
            "amqp://" + host, user=user, password=password, allowed_mechs="PLAIN", allow_insecure_mechs=True,
            sasl_enabled=True, reconnect=False)
    def on_connection_opened(self, event):
        self.outcome = "accepted"
        event.connection.close()
    def on_transport_error(self, event):
        self.outcome = "refused"
        event.connection.close()
login = Login()
Container(login).run()
assert login.outcome == wanted, login.outcome
"""

SLIXMPP = """
import asyncio, logging, sys
import slixmpp
logging.disable()
host, user, password, mechanism, tls, wanted = sys.argv[1:]
client = slixmpp.ClientXMPP(user + "@example.com", password, sasl_mech=mechanism or None)
client["feature_mechanisms"].unencrypted_plain = True
client["feature_mechanisms"].unencrypted_digest = True
client["feature_mechanisms"].unencrypted_scram = True
client.ssl_context.check_hostname = False
client.ssl_context.verify_mode = 0
outcome = []
def end(name):
    def handler(event):
        if not outcome:
            outcome.append(name)
            client.disconnect()
    return handler
client.add_event_handler("session_start", end("accepted"))
client.add_event_handler("failed_all_auth", end("refused"))
client.connect((host, 5222), use_ssl=False, force_starttls=False, disable_starttls=tls == "no")
client.loop.run_until_complete(asyncio.wait_for(client.disconnected, 15))
assert outcome == [wanted], outcome
"""


def network(lab):
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("server", 1), SERVER: ("client", 2)})
    lab.run("client", "sh", "-c", "echo 0 > /proc/sys/net/ipv4/tcp_timestamps")
    for name in ("client", "server"):
        lab.etc(name, "hosts", f"127.0.0.1 localhost queue\n{SERVER} example.com\n")
        lab.etc(name, "resolv.conf", "")


def rabbitmq(lab):
    """RabbitMQ with one account, and AMQP 1.0 beside 0-9-1."""
    home = lab.folder / "rabbit"
    home.mkdir()
    config = lab.file(
        "rabbit/rabbitmq.conf",
        f"listeners.tcp.default = {SERVER}:5672\ndefault_user = {USER}\ndefault_pass = {PASSWORD}\n"
        "loopback_users = none\nauth_mechanisms.1 = PLAIN\nauth_mechanisms.2 = AMQPLAIN\n",
    )
    plugins = lab.file("rabbit/plugins", "[rabbitmq_amqp1_0].\n")
    settings = {
        "HOME": home,
        "RABBITMQ_NODENAME": "rabbit@localhost",
        "RABBITMQ_CONFIG_FILE": config,
        "RABBITMQ_ENABLED_PLUGINS_FILE": plugins,
        "RABBITMQ_MNESIA_BASE": home / "mnesia",
        "RABBITMQ_LOG_BASE": home / "log",
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    arguments = [f"{name}={value}" for name, value in settings.items()]
    server = lab.start("server", "env", *arguments, "/usr/lib/rabbitmq/bin/rabbitmq-server")
    for _ in range(10):
        try:
            return lab.wait_for_port("server", SERVER, 5672, server)
        except SystemExit:
            if server.poll() is not None:
                raise
    raise SystemExit("RabbitMQ does not start: " + server.log.read_text())


def amqp(lab, path):
    """amqp_logins.pcap"""
    network(lab)
    rabbitmq(lab)
    with lab.capture("client", path, expression="tcp port 5672"):
        for mechanism in ("PLAIN", "AMQPLAIN"):
            for password, wanted in ((f"guess {mechanism}", "refused"), (PASSWORD, "accepted")):
                lab.run("client", PYTHON, "-c", PIKA, SERVER, USER, password, mechanism, wanted)
        for password, wanted in (("guess 3", "refused"), (PASSWORD, "accepted")):
            lab.run("client", PYTHON, "-c", PROTON, SERVER, USER, password, wanted)
        url = f"amqp://{USER}:{PASSWORD.replace(' ', '%20')}@{SERVER}"
        lab.run("client", "amqp-publish", "-u", url, "-r", "notes", "-b", "a message")


def prosody(lab):
    """Prosody with one account, that lets clients log in without TLS but offers it."""
    home = lab.folder / "prosody"
    (home / "data").mkdir(parents=True)
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30")
    files = ("-keyout", home / "key.pem", "-out", home / "cert.pem")
    run("openssl", "req", "-x509", *kind, "-subj", "/CN=example.com", *files)
    config = lab.file(
        "prosody/prosody.cfg.lua",
        f"""run_as_root = true
pidfile = "{home}/pid"
data_path = "{home}/data"
interfaces = {{ "{SERVER}" }}
modules_enabled = {{ "saslauth", "legacyauth", "tls", "disco", "roster" }}
modules_disabled = {{ "s2s" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
ssl = {{ key = "{home}/key.pem", certificate = "{home}/cert.pem" }}
log = {{ debug = "{home}/log" }}
VirtualHost "example.com"
""",
    )
    server = lab.start("server", "prosody", "-F", "--config", config)
    lab.wait_for_port("server", SERVER, 5222, server)
    run("prosodyctl", "--config", config, "register", USER, "example.com", PASSWORD)


def old_log_in(password, wanted):
    """As clients did before SASL (XEP-0078)."""
    with inside("client"), socket.create_connection((SERVER, 5222), 10) as connection:
        connection.sendall(
            b"<stream:stream to='example.com' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        answer = b""
        while b">" not in answer.partition(b"<stream:stream")[2]:
            answer += connection.recv(4096)
        connection.sendall(
            f"<iq type='set' id='auth2'><query xmlns='jabber:iq:auth'><username>{USER}</username>"
            f"<password>{password}</password><resource>desk</resource></query></iq>".encode()
        )
        while b"auth2" not in answer:
            answer += connection.recv(4096)
        if b"type='" + wanted + b"'" not in answer:
            raise SystemExit(f"legacy login: {answer}")
        connection.sendall(b"</stream:stream>")


def xmpp(lab, path):
    """xmpp_logins.pcap"""
    network(lab)
    prosody(lab)

    def log_in(password, mechanism, tls, wanted):
        lab.run("client", PYTHON, "-c", SLIXMPP, SERVER, USER, password, mechanism, tls, wanted)

    with lab.capture("client", path, expression="tcp port 5222 and tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst|tcp-push) != 0"):
        log_in("guess 1", "PLAIN", "no", "refused")
        log_in(PASSWORD, "PLAIN", "no", "accepted")
        log_in("guess 2", "SCRAM-SHA-1", "no", "refused")
        log_in(PASSWORD, "SCRAM-SHA-1", "no", "accepted")
        for password, wanted in (("guess 3", b"error"), (PASSWORD, b"result")):
            old_log_in(password, wanted)
        # Inside TLS there is nothing to be seen of the login.
        log_in(PASSWORD, "", "yes", "accepted")

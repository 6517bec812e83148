"""IRC: ngIRCd, and InspIRCd with Atheme's services, spoken to over sockets."""

import base64
import socket
import time

from lab import inside
from terminal import SERVER, hosts


class Chatter:
    """A connection that speaks in lines."""

    def __init__(self, port):
        self.socket = socket.create_connection((SERVER, port), 30)
        self.received = b""

    def say(self, *lines):
        self.socket.sendall("".join(line + "\r\n" for line in lines).encode())

    def wait_for(self, text):
        while text.encode() not in self.received:
            part = self.socket.recv(4096)
            if not part:
                raise SystemExit(f"no {text} in {self.received!r}")
            self.received += part
        self.received = b""

    def end(self):
        while self.socket.recv(4096):
            pass
        self.socket.close()


def irc(lab, path):
    """irc_login.pcap"""
    hosts(lab)
    config = lab.file(
        "ngircd.conf",
        f"""[Global]
Name = irc.example.com
AdminInfo1 = test
AdminEMail = admin@example.com
Info = Test
MotdPhrase = Hello
Listen = {SERVER}
Ports = 6667
Password = s3rver-pass
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxJoins = 5
[Options]
Ident = no
PAM = no
DNS = no
SyslogFacility = local1
[Operator]
Name = frieda
Password = 0per-pass
""",
    )
    server = lab.start("server", "ngircd", "-n", "-f", config)
    lab.wait_for_port("server", SERVER, 6667, server)
    with lab.capture("client", path), inside("client"):
        chatter = Chatter(6667)
        chatter.say("PASS guess", "NICK till", "USER frieda 0 * :Frieda")
        chatter.end()
        chatter = Chatter(6667)
        chatter.say("CAP LS 302", "PASS s3rver-pass", "NICK till", "USER frieda 0 * :Frieda", "CAP END")
        chatter.wait_for(" 376 ")
        chatter.say("OPER frieda wrong")
        chatter.wait_for(" 464 ")
        chatter.say("OPER frieda 0per-pass")
        chatter.wait_for(" 381 ")
        # Nobody of that name is there; the password goes over the wire all the same.
        chatter.say("PRIVMSG NickServ :IDENTIFY frieda n1ck-pass")
        chatter.wait_for(" 401 ")
        chatter.say("QUIT")
        chatter.end()


def services(lab, path):
    """irc_services.pcap"""
    hosts(lab)
    config = lab.file(
        "inspircd.conf",
        f"""<server name="irc.example.com" description="Test" network="Example" id="1AB">
<admin name="a" nick="a" email="a@example.com">
<bind address="{SERVER}" port="6667" type="clients">
<bind address="127.0.0.1" port="7000" type="servers">
<connect allow="*" timeout="30" resolvehostnames="no" useident="no">
<link name="services.example.com" ipaddr="127.0.0.1" port="7000" allowmask="*" sendpass="link" recvpass="link">
<uline server="services.example.com" silent="yes">
<module name="spanningtree"><module name="cap"><module name="sasl"><module name="services_account">
<sasl target="services.example.com">
<dns server="127.0.0.1" timeout="1">
<log method="file" type="*" level="default" target="{lab.folder}/inspircd.log">
<pid file="{lab.folder}/inspircd.pid">
""",
    )
    server = lab.start("server", "inspircd", f"--config={config}", "--nofork", "--runasroot")
    lab.wait_for_port("server", SERVER, 6667, server)
    modules = "protocol/inspircd backend/opensex crypto/pbkdf2v2 nickserv/main nickserv/register nickserv/identify"
    load = "".join(f'loadmodule "modules/{name}";\n' for name in f"{modules} saslserv/main saslserv/plain".split())
    config = lab.file(
        "atheme.conf",
        f"""{load}
serverinfo {{ name = "services.example.com"; desc = "Services"; numeric = "00A"; netname = "Example";
  adminname = "a"; adminemail = "a@example.com"; registeremail = "a@example.com"; auth = none;
  maxlogins = 5; maxnicks = 5; maxchans = 5; mdlimit = 30; hidehostsuffix = "users.example"; mta = "/bin/true"; }};
uplink "irc.example.com" {{ host = "127.0.0.1"; send_password = "link"; receive_password = "link"; port = 7000; }};
nickserv {{ nick = "NickServ"; user = "NickServ"; host = "services.example.com"; real = "Nicknames"; }};
saslserv {{ nick = "SaslServ"; user = "SaslServ"; host = "services.example.com"; real = "SASL"; }};
""",
    )
    folder = ["-D", lab.folder, "-l", lab.folder / "atheme.log", "-p", lab.folder / "atheme.pid"]
    lab.start("server", "atheme-services", "-n", "-c", config, *folder)
    with inside("client"):
        chatter = Chatter(6667)
        chatter.say("NICK frieda", "USER frieda 0 * :Frieda")
        chatter.wait_for(" 001 ")
        deadline = time.monotonic() + 30
        while b"now registered" not in chatter.received:
            if time.monotonic() > deadline:
                raise SystemExit(f"no NickServ: {chatter.received!r}")
            chatter.say("PRIVMSG NickServ :REGISTER n1ck-pass frieda@example.com")
            time.sleep(1)
            chatter.received += chatter.socket.recv(4096)
        chatter.say("QUIT")
        chatter.end()
    with lab.capture("client", path), inside("client"):
        chatter = Chatter(6667)
        chatter.say("CAP REQ :sasl", "NICK till", "USER till 0 * :Till")
        chatter.wait_for(" ACK ")
        for password, answer in (("guess", " 904 "), ("n1ck-pass", " 903 ")):
            chatter.say("AUTHENTICATE PLAIN")
            chatter.wait_for("AUTHENTICATE ")
            chatter.say("AUTHENTICATE " + base64.b64encode(b"\0frieda\0" + password.encode()).decode())
            chatter.wait_for(answer)
        chatter.say("CAP END")
        chatter.wait_for(" 001 ")
        chatter.say("QUIT")
        chatter.end()
        chatter = Chatter(6667)
        chatter.say("NICK till", "USER till 0 * :Till")
        chatter.wait_for(" 001 ")
        chatter.say("PRIVMSG NickServ :IDENTIFY frieda guess")
        chatter.wait_for("Invalid password")
        chatter.say("PRIVMSG NickServ :IDENTIFY frieda n1ck-pass")
        chatter.wait_for("now identified")
        chatter.say("QUIT")
        chatter.end()

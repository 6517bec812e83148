"""IRC: ngIRCd, spoken to over sockets."""

import socket

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

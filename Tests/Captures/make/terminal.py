"""Telnet, rlogin, rsh and rexec: inetutils' telnetd and netkit's servers under inetd, the usual clients in a pty."""

import contextlib
import os
import pty
import re
import select
import socket
import subprocess
import time

from lab import PREFIX, inside, run

CLIENT, SERVER = "192.0.2.10", "192.0.2.23"
USER, PASSWORD = "frieda", "t3lnet-pass"


class Typist:
    """A program in a pty of its own, and someone who reads what it shows and types."""

    def __init__(self, namespace, *command, user=None):
        self.shown = b""
        self.master, slave = pty.openpty()
        self.program = subprocess.Popen(
            ["ip", "netns", "exec", PREFIX + namespace, *map(str, command)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "vt100", "LC_ALL": "C", **({"USER": user} if user else {})},
        )
        os.close(slave)

    def wait_for(self, pattern):
        deadline = time.monotonic() + 15
        while not re.search(pattern, self.shown):
            if not select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0]:
                raise SystemExit(f"no {pattern!r} in {self.shown!r}")
            try:
                part = os.read(self.master, 4096)
            except OSError:
                part = b""
            if not part:
                raise SystemExit(f"no {pattern!r} before the end of {self.shown!r}")
            self.shown += part
        self.shown = b""

    def type(self, text, pause=0.03):
        for letter in text:
            os.write(self.master, letter.encode())
            time.sleep(pause)

    def end(self):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            while select.select([self.master], [], [], 3)[0] and os.read(self.master, 4096):
                pass
            self.program.wait(5)
        self.program.kill()
        self.program.wait()
        os.close(self.master)


def hosts(lab):
    """Two hosts on a cable; the server has an account, frieda, that exists in this namespace only."""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER}/24", "dev", "eth0")
    for namespace, address, end in (("client", SERVER, 2), ("server", CLIENT, 1)):
        lab.ip(
            namespace, "neighbour", "replace", address, "lladdr", f"02:00:5e:00:01:{end:02x}", "dev", "eth0", "nud", "permanent"
        )


def account(lab):
    home = lab.folder / "home"
    home.mkdir()
    os.chown(home, 1000, 1000)
    (home / ".profile").write_text("PS1='frieda@host:~$ '\nunset MAIL\n")
    hashed = run("openssl", "passwd", "-6", "-salt", "pcapindex", PASSWORD).decode().strip()
    lab.etc("server", "passwd", f"root:x:0:0:root:/root:/bin/sh\nfrieda:x:1000:1000::{home}:/bin/sh\n")
    lab.etc("server", "group", "root:x:0:\ntty:x:5:\nfrieda:x:1000:\n")
    lab.etc("server", "shadow", f"root:*:19000:0:99999:7:::\nfrieda:{hashed}:19000:0:99999:7:::\n", mode=0o600)
    rules = "auth required pam_unix.so nodelay\naccount required pam_unix.so\nsession required pam_permit.so\n"
    for program in ("login", "rlogin", "rsh", "rexec"):
        lab.etc("server", f"pam.d/{program}", rules)
    lab.etc("server", "issue.net", "Test host\n")
    lab.etc("server", "hosts", f"{CLIENT} client.example.com\n{SERVER} host.example.com\n")
    lab.etc("server", "securetty", "")
    lab.etc("server", "motd", "")


def inetd(lab, *services):
    """inetd with lines of (port's name, port, program, its arguments)."""
    lines = "".join(f"{SERVER}:{name} stream tcp nowait root {program} {' '.join(arguments)}\n" for name, _, program, arguments in services)
    server = lab.start(
        "server", "unshare", "--uts", "sh", "-c", f"hostname host && exec inetd -d {lab.file('inetd.conf', lines)}"
    )
    for _, port, _, _ in services:
        lab.wait_for_port("server", SERVER, port, server)


def telnet(lab, path):
    """telnet_login.pcap"""
    hosts(lab)
    account(lab)
    inetd(lab, ("telnet", 23, "/usr/sbin/telnetd", ["telnetd", "-h"]))
    with lab.capture("client", path):
        typist = Typist("client", "telnet", "-E", SERVER)
        typist.wait_for(rb"login: ")
        typist.type("frieda\r")
        typist.wait_for(rb"Password: ")
        typist.type("wrong\r")
        typist.wait_for(rb"Login incorrect[\s\S]*login: ")
        typist.type("fro\x7fieda\r")
        typist.wait_for(rb"Password: ")
        typist.type("t3lx\x7fnet-pass\r")
        typist.wait_for(rb"\$ ")
        typist.type("exit\r")
        typist.end()


def remote_shell(lab, path):
    """remote_shell.pcap"""
    hosts(lab)
    account(lab)
    # The client's user is frieda as well, whom her .rhosts trusts.
    lab.etc("client", "passwd", "frieda:x:0:0::/root:/bin/sh\n")
    lab.etc("client", "services", "shell 514/tcp\nlogin 513/tcp\nexec 512/tcp\n")
    for program in ("rlogin", "rsh"):
        rules = "auth required pam_rhosts.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
        lab.etc("server", f"pam.d/{program}", rules)
    trust = lab.folder / "home/.rhosts"
    inetd(
        lab,
        ("shell", 514, "/usr/sbin/in.rshd", ["in.rshd"]),
        ("login", 513, "/usr/sbin/in.rlogind", ["in.rlogind"]),
        ("exec", 512, "/usr/sbin/in.rexecd", ["in.rexecd"]),
    )

    def trusted(text):
        trust.write_text(text)
        trust.chmod(0o600)
        os.chown(trust, 1000, 1000)

    def rexec(password):
        with socket.create_connection((SERVER, 512), 10) as connection:
            connection.sendall(b"0\0")
            connection.sendall(b"frieda\0" + password + b"\0echo done\0")
            received = b""
            while part := connection.recv(4096):
                received += part
            return received

    with lab.capture("client", path), inside("client"):
        trusted("")
        typist = Typist("client", "rlogin", "-l", "frieda", SERVER)
        typist.wait_for(rb"Password: ")
        typist.type("wrong\r")
        typist.wait_for(rb"Login incorrect[\s\S]*login: ")
        typist.type("frieda\r")
        typist.wait_for(rb"Password: ")
        typist.type(PASSWORD + "\r")
        typist.wait_for(rb"\$ ")
        typist.type("exit\r")
        typist.end()
        lab.run("client", "rsh", "-l", "frieda", SERVER, "echo", "done", check=False)
        trusted(f"{CLIENT} frieda\nclient.example.com frieda\n")
        typist = Typist("client", "rlogin", "-l", "frieda", SERVER)
        typist.wait_for(rb"\$ ")
        typist.type("exit\r")
        typist.end()
        done = lab.run("client", "rsh", "-l", "frieda", SERVER, "echo", "done")
        assert done == b"done\n", done
        # netkit's rexecd says nothing to a wrong password.
        assert rexec(b"guess") == b""
        assert rexec(PASSWORD.encode()) == b"\0done\n"

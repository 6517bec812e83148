"""Passwords guessed: a client that tries many at an FTP server, finds one, and uses it again at a web site."""

from ftp import CLIENT4, SERVER4, Client, serve, still_neighbours
from lab import inside
from web import curl, nginx, site, site_files

GUESSES = ["123456", "password", "salesxfer", "letmein", "p@ssword", "p@ssw0rd"]


def session(lab, path):
    """guessing.pcap"""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT4}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER4}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT4: ("server", 1), SERVER4: ("client", 2)})
    serve(lab, "server")
    root = site_files(lab)
    lab.file(root.name + ".users", "planner:{PLAIN}p@ssw0rd\n")
    server = nginx(lab, "server", site(root, [f"{SERVER4}:80"]))
    lab.wait_for_port("server", SERVER4, 80, server)
    with lab.capture("client", path), inside("client"):
        # vsftpd ends a connection behind three refusals.
        for first in (0, 3):
            ftp = Client(SERVER4)
            for password in GUESSES[first : first + 3]:
                ftp.sendcmd("USER salesxfer")
                answer = ftp.try_command(f"PASS {password}")
                assert answer.startswith("230" if password == GUESSES[-1] else "530"), answer
            ftp.close()
        curl(lab, "-u", "planner:p@ssw0rd", f"http://{SERVER4}/private/plan.html", "-o", lab.folder / "out")

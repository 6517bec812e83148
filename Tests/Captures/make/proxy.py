"""SOCKS: microsocks for version 5, Dante for version 4, curl as the client."""

import sys

from lab import inside, run
from terminal import SERVER, hosts


def socks(lab, path):
    """socks_login.pcap"""
    hosts(lab)
    lab.file("www/stock.txt", "23 crates\n")
    web = lab.start("server", sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "8080", cwd=lab.folder / "www")
    lab.wait_for_port("server", "127.0.0.1", 8080, web)
    five = lab.start("server", "microsocks", "-i", SERVER, "-p", "1080", "-u", "frieda", "-P", "s0cks-pass")
    lab.wait_for_port("server", SERVER, 1080, five)
    config = lab.file(
        "sockd.conf",
        f"""logoutput: stderr
internal: {SERVER} port = 9050
external: lo
external: eth0
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
""",
    )
    four = lab.start("server", "danted", "-f", config)
    lab.wait_for_port("server", SERVER, 9050, four)
    target = "http://127.0.0.1:8080/stock.txt"
    with lab.capture("client", path), inside("client"):
        run("curl", "-sS", "--socks5", f"frieda:guess@{SERVER}:1080", target, check=False)
        page = run("curl", "-sS", "--socks5", f"frieda:s0cks-pass@{SERVER}:1080", "-u", "till:7-inner", target)
        assert page == b"23 crates\n", page
        page = run("curl", "-sS", "--socks4", f"frieda@{SERVER}:9050", target)
        assert page == b"23 crates\n", page

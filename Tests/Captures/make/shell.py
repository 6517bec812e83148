"""SSH: OpenSSH as the server and the client."""

from ftp import still_neighbours
from lab import run

CLIENT, SERVER = "192.0.2.10", "192.0.2.22"


def session(lab, path):
    """ssh_handshakes.pcap"""
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("server", 1), SERVER: ("client", 2)})
    for kind in ("ed25519", "rsa"):
        run("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", lab.folder / kind)
    (lab.folder / "id").write_text("")
    config = lab.file(
        "sshd_config",
        f"""Port 22
Port 2222
ListenAddress {SERVER}
HostKey {lab.folder}/ed25519
HostKey {lab.folder}/rsa
PidFile {lab.folder}/sshd.pid
UsePAM no
KexAlgorithms +diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha256
MACs +hmac-sha1
PasswordAuthentication no
""",
    )
    (lab.folder / "empty").mkdir()
    run("mkdir", "-p", "/run/sshd")
    server = lab.start("server", "/usr/sbin/sshd", "-D", "-e", "-f", config)
    lab.wait_for_port("server", SERVER, 2222, server)
    choices = [
        (22, []),
        (
            2222,
            ["KexAlgorithms=diffie-hellman-group14-sha1", "HostKeyAlgorithms=rsa-sha2-512", "Ciphers=aes128-ctr"]
            + ["MACs=hmac-sha1", "Compression=yes"],
        ),
        (
            22,
            ["KexAlgorithms=diffie-hellman-group-exchange-sha256", "Ciphers=aes256-gcm@openssh.com"]
            + ["HostKeyAlgorithms=ssh-ed25519"],
        ),
    ]
    with lab.capture("client", path, expression="tcp"):
        for port, options in choices:
            options = [f"-o{option}" for option in options]
            lab.run(
                "client",
                *("ssh", "-F", "none", "-p", port, "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null"),
                *("-oBatchMode=yes", "-oIdentityFile=none", *options, f"nobody@{SERVER}", "true"),
                check=False,
            )

"""Files shared by SMB: Samba's smbd as the server, smbclient as the client."""

from ftp import still_neighbours

CLIENT, SERVER = "192.0.2.10", "192.0.2.45"
USER, PASSWORD, DOMAIN = "frieda", "corr3ct horse", "SALES"


def network(lab):
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    lab.ip("client", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{SERVER}/24", "dev", "eth0")
    lab.run("client", "sh", "-c", "echo 0 > /proc/sys/net/ipv4/tcp_timestamps")
    still_neighbours(lab, {CLIENT: ("server", 1), SERVER: ("client", 2)})
    accounts = f"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n{USER}:x:1000:1000::/:/bin/sh\n"
    lab.etc("server", "passwd", accounts)
    lab.etc("server", "group", f"root:x:0:\nnogroup:x:65534:\n{USER}:x:1000:\n")


def samba(lab, port, name, *settings):
    """smbd as it may still be met: SMB 1 and NTLM version 1 allowed."""
    home = lab.folder / name
    for part in ("private", "lock", "state", "cache", "pid", "rpc", "share"):
        (home / part).mkdir(parents=True)
    options = [
        f"workgroup = {DOMAIN}",
        "netbios name = FILES",
        "server role = standalone server",
        "server min protocol = LANMAN1",
        "ntlm auth = yes",
        "lanman auth = yes",
        "raw NTLMv2 auth = yes",
        "host msdfs = no",
        "load printers = no",
        "disable spoolss = yes",
        "pam password change = no",
        f"smb ports = {port}",
        f"interfaces = {SERVER}/24",
        "bind interfaces only = yes",
        f"private dir = {home}/private",
        f"lock directory = {home}/lock",
        f"state directory = {home}/state",
        f"cache directory = {home}/cache",
        f"pid directory = {home}/pid",
        f"ncalrpc dir = {home}/rpc",
        f"log file = {home}/log",
        *settings,
    ]
    text = "[global]\n" + "".join(f"{option}\n" for option in options) + f"[share]\npath = {home}/share\n"
    config = lab.file(f"{name}/smb.conf", text)
    secret = f"{PASSWORD}\n{PASSWORD}\n".encode()
    lab.run("server", "smbpasswd", "-c", config, "-a", "-s", USER, input=secret)
    server = lab.start("server", "smbd", "-F", "--no-process-group", "-s", config)
    lab.wait_for_port("server", SERVER, port, server)


def log_in(lab, password, *options, port=445, user=f"{DOMAIN}\\{USER}", wanted=True):
    """smbclient, which opens the share and closes it again."""
    arguments = [f"//{SERVER}/{'share' if user else 'IPC$'}", "-p", port, "-U", f"{user}%{password}", "-c", "exit"]
    settings = [f"--option={option}" for option in ("client min protocol = LANMAN1", *options)]
    script = 'smbclient "$@" 2>&1; echo $?'
    out = lab.run("client", "sh", "-c", script, "sh", *arguments, *settings)
    if out.decode().strip().endswith("0") != wanted:
        raise SystemExit(f"smbclient {password} {options}: {out.decode()}")


def session(lab, path):
    """smb_logins.pcap"""
    network(lab)
    samba(lab, 445, "files")
    samba(lab, 139, "old", "encrypt passwords = no")
    smb1 = "client max protocol = NT1"
    with lab.capture("client", path, expression="tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst|tcp-push) != 0"):
        log_in(lab, "guess 1", wanted=False)
        log_in(lab, PASSWORD)
        log_in(lab, "", user="")
        log_in(lab, PASSWORD, smb1)
        log_in(lab, "guess 2", smb1, "client use spnego = no", "client ntlmv2 auth = no", wanted=False)
        log_in(lab, PASSWORD, smb1, "client use spnego = no", "client ntlmv2 auth = no")
        log_in(lab, PASSWORD, smb1, "client use spnego = no")
        old = ("client use spnego = no", "client ntlmv2 auth = no", "client lanman auth = yes")
        plain = (smb1, *old, "client plaintext auth = yes")
        log_in(lab, "guess 3", *plain, port=139, wanted=False)
        log_in(lab, "guess 4", *plain, "unicode = no", port=139, wanted=False)

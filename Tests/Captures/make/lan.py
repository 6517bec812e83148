"""What machines of a local network tell each other: names, leases, time, errors and claims."""

import base64
import hashlib
import shutil
import socket
import struct
import time
from pathlib import Path

import web
from lab import inside

# A record of each type that named and dig know in presentation form.
EVERY_TYPE = r"""
$TTL 300
@            SOA        ns.types.example. hostmaster.types.example. 2024010101 7200 3600 1209600 300
             NS         ns
ns           A          192.168.10.1
a            A          192.0.2.1
a6           A6         64 ::1234:5678:1:2 sub.types.example.
aaaa         AAAA       2001:db8::1
afsdb        AFSDB      1 server
amtrelay     AMTRELAY   10 0 0 .
amtrelay     AMTRELAY   10 1 1 203.0.113.15
amtrelay     AMTRELAY   10 0 2 2001:db8::15
amtrelay     AMTRELAY   128 1 3 amtrelays.example.com.
apl          APL        1:192.168.32.0/21 !1:192.168.38.0/28 2:2001:db8::/32
apl0         APL
avc          AVC        "app-name:WOLFGANG|app-class:OAM"
caa          CAA        0 issue "ca.example.net; policy=ev"
cdnskey      CDNSKEY    257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
cds          CDS        60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
cert         CERT       PKIX 12345 RSASHA256 MxFcby9k/yvedMfQgKzhH5er0Mu/vILz45IkskceFGgiWCn/GxHhai6VAuHA
cert2        CERT       65534 65535 PRIVATEOID MxFcby9k
cname        CNAME      a
csync        CSYNC      66 3 A NS AAAA
dhcid        DHCID      AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
dlv          DLV        60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
dname        DNAME      other.example.
dnskey       DNSKEY     256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8nokfzj31GajIQKY+5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/TpPSEDhm2SNKLijfUppn1UaNvv4w==
doa          DOA        1234567890 1234567890 1 "image/gif" R0lGODlhKAAZAOMCAGZmZgBm
ds           NS         ns
ds           DS         60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
eid          EID        1289AB
eui48        EUI48      01-23-45-67-89-ab
eui64        EUI64      01-23-45-67-89-ab-cd-ef
gpos         GPOS       "-32.6882" "116.8652" "10.0"
hinfo        HINFO      "Generic PC clone" "NetBSD-1.4"
hip          HIP        2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.example.com.
hip0         HIP        2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNu
https        HTTPS      1 . mandatory=ipv4hint alpn="h2,h3" port=8443 ipv4hint=192.0.2.5,192.0.2.6 ipv6hint=2001:db8::5
https2       HTTPS      0 svc.example.net.
https3       HTTPS      2 svc no-default-alpn alpn="h2" ech=AEP+DQA/ key667="hello\210qoo"
ipseckey0    IPSECKEY   10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
ipseckey1    IPSECKEY   10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
ipseckey2    IPSECKEY   10 2 2 2001:db8::8002 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
ipseckey3    IPSECKEY   10 3 2 mygateway.example.com. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
isdn         ISDN       "150862028003217" "004"
isdn1        ISDN       "150862028003217"
key          KEY        512 3 1 AQMFD5raczCJHViKtLYhWGz8hMY9UGRuniJDBzC7w0aR
kx           KX         10 kdc
l32          L32        10 10.1.2.0
l64          L64        10 2001:db8:1140:1000
loc          LOC        42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m
lp           LP         10 l64-subnet1
mb           MB         madname
mg           MG         mgmname
minfo        MINFO      rmailbx emailbx
mr           MR         mrname
mx           MX         10 mail
naptr        NAPTR      100 50 "s" "http+I2L+I2C+I2R" "" _http._tcp
naptr2       NAPTR      65535 65535 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
nid          NID        10 14:4fff:ff20:ee64
nimloc       NIMLOC     1289AB
ninfo        NINFO      "status" "text"
nsap         NSAP       0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00
nsap-ptr     NSAP-PTR   foo
nsec         NSEC       a A MX RRSIG NSEC TYPE1234
nsec3param   NSEC3PARAM 1 0 12 AABBCCDD
null         TYPE10     \# 3 010203
openpgpkey   OPENPGPKEY AQMFD5raczCJHViKtLYhWGz8hMY9UGRuniJDBzC7w0aR
ptr          PTR        a
px           PX         65535 foo bar
resinfo      TYPE261    \# 12 0b 716e616d656d696e212121
rkey         RKEY       0 255 1 AQMFD5raczCJHViKtLYhWGz8hMY9UGRuniJDBzC7w0aR
rp           RP         mbox-dname txt-dname
rt           RT         0 intermediate-host
sink         SINK       1 0 0 AQMFD5ra
smimea       SMIMEA     1 1 2 92003BA34942DC74152E2F2C408D29ECA5A520E7F2E06BB944F4DCA346BAF63C
spf          SPF        "v=spf1 -all"
srv          SRV        1 2 5060 old-slow-box
sshfp        SSHFP      4 2 C76D8329954DA2835751E371544E963EFDA099080D6C58DD2BFD9A31E6E162C8
svcb         SVCB       16 foo.example.org. alpn="f\\\\oo\\,bar,h2" dohpath=/dns{?dns}
ta           TA         60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
talink       TALINK     . talink1
tlsa         TLSA       3 1 1 8CB0FC6C527506A053F4F14C8464BEBBD6DEDE2738D11468DD953D7D6A3021F1
txt          TXT        "foo bar" "a\"b\\c;d" "\201\007"
type65280    TYPE65280  \# 4 DEADBEEF
uid          UID        \# 1 02
gid          GID        \# 1 03
unspec       UNSPEC     \# 1 04
uinfo        UINFO      \# 1 05
uri          URI        10 1 "ftp://ftp1.example.com/public"
wallet       TYPE262    \# 8 03425443 03313233
wks          WKS        10.0.0.1 tcp telnet ftp 0 1 2
x25          X25        "311061700956"
zonemd       ZONEMD     2024010101 1 1 C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C
"""

KEY = "Zm9yIHRoaXMgY2FwdHVyZSBhbG9uZSwgc2VjcmV0IHRvIG5vYm9keQ=="


def name_server(lab, zone):
    """named with one zone of every type, one that is updated with a key, cookies and an identifier."""
    folder = lab.folder / "named"
    folder.mkdir()
    lab.file("named/types.example.zone", zone)
    lab.file(
        "named/lab.example.zone",
        "$TTL 60\n@ SOA ns.types.example. hostmaster.types.example. 1 7200 3600 1209600 60\n NS ns.types.example.\n"
        "old A 192.0.2.9\n",
    )
    config = lab.file(
        "named/named.conf",
        f"""
options {{
  directory "{folder}"; pid-file none; session-keyfile none;
  listen-on {{ {web.GATEWAY}; }}; listen-on-v6 {{ none; }};
  recursion yes; empty-zones-enable no; allow-query {{ any; }}; allow-transfer {{ any; }};
  dnssec-validation no; notify no; minimal-responses yes; check-integrity no;
  cookie-secret "0123456789abcdef0123456789abcdef"; server-id "lab-ns1"; tcp-advertised-timeout 100;
  ixfr-from-differences yes; check-names primary ignore; rrset-order {{ order none; }};
}};
controls {{ }};
key "updater" {{ algorithm hmac-sha256; secret "{KEY}"; }};
zone "types.example" {{ type primary; file "{folder}/types.example.zone"; }};
zone "lab.example" {{ type primary; file "{folder}/lab.example.zone"; allow-update {{ key updater; {web.CLIENT}; }}; }};
zone "." {{ type hint; file "/dev/null"; }};
""",
    )
    program = folder / "server"
    shutil.copy(shutil.which("named"), program)
    server = lab.start("server", program, "-f", "-n", "1", "-c", config)
    lab.wait_for_port("server", web.GATEWAY, 53, server)
    time.sleep(0.5)


def types(lab, path):
    """dns_types.pcap: every record type, EDNS options, transfers, updates, several messages at once, what goes wrong."""
    web.network(lab, [])
    name_server(lab, EVERY_TYPE)

    def dig(*arguments):
        return lab.run(
            "client", "dig", "-r", f"@{web.GATEWAY}", "+tries=1", "+time=2", *arguments, check=False
        ).decode()

    def update(*lines):
        script = "\n".join([f"server {web.GATEWAY}", "zone lab.example", *lines, "send", ""])
        lab.run("client", "nsupdate", "-v" if "tcp" in lines else "-y", *([] if "tcp" in lines else [f"hmac-sha256:updater:{KEY}"]),
                input=script.encode(), check=False)

    with lab.capture("client", path, expression="port 53"):
        transfer = dig("+nocookie", "types.example", "AXFR")
        dig("+nsid", "+cookie", "+subnet=203.0.113.0/24", "+padding=64", "a.types.example", "A")
        dig("+tcp", "+keepalive", "+subnet=2001:db8::/56", "a.types.example", "A")
        dig("+subnet=0", "+expire", "types.example", "SOA")
        dig("+ednsopt=65001:616263", "+dnssec", "a.types.example", "A")
        dig("+norecurse", "outside.example", "A")
        update("prereq nxdomain new.lab.example", "update add new.lab.example 60 A 192.0.2.77")
        update("prereq yxrrset new.lab.example A", "update delete new.lab.example A 192.0.2.77",
               "update delete old.lab.example", "update add other.lab.example 60 TXT \"by update\"")
        dig("+nocookie", "+tcp", "lab.example", "IXFR=1")
        with inside("client"):
            question = lambda i, n: struct.pack(">6H", i, 0x100, 1, 0, 0, 0) + b"".join(
                bytes([len(p)]) + p for p in n.split(b".")) + b"\0" + struct.pack(">2H", 1, 1)
            # Sent again, answered twice; then several at once in one segment.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.connect((web.GATEWAY, 53))
                udp.settimeout(2)
                for _ in range(2):
                    udp.send(question(7, b"a.types.example"))
                for _ in range(2):
                    udp.recv(4096)
            with socket.create_connection((web.GATEWAY, 53), 2) as tcp:
                tcp.settimeout(2)
                messages = [question(i, n) for i, n in enumerate((b"a.types.example", b"mx.types.example", b"no.types.example"), 20)]
                tcp.sendall(b"".join(struct.pack(">H", len(m)) + m for m in messages))
                got = b""
                while got.count(b"\x07example") < 3:
                    got += tcp.recv(4096)
    transcript = Path(path).with_name("dns_types.axfr")
    transcript.write_text(transfer)


def netbios(lab, path):
    """netbios_names.pcap: nmbd with nmblookup."""
    web.network(lab, [])
    config = lambda name, extra="": lab.file(
        f"{name}/smb.conf",
        f"""[global]
netbios name = {name}
workgroup = LABGROUP
interfaces = eth0
bind interfaces only = yes
state directory = {lab.folder}/{name}
cache directory = {lab.folder}/{name}
lock directory = {lab.folder}/{name}
private dir = {lab.folder}/{name}
pid directory = {lab.folder}/{name}
log file = {lab.folder}/{name}/log
ncalrpc dir = {lab.folder}/{name}/n
server role = standalone
disable netbios = no
{extra}
""",
    )
    filer, desk = config("FILER", "wins support = yes"), config("DESK", f"wins server = {web.GATEWAY}")
    with lab.capture("client", path, expression="udp port 137"):
        lab.start("server", "nmbd", "-F", "--no-process-group", "-s", filer)
        time.sleep(9)
        member = lab.start("client", "nmbd", "-F", "--no-process-group", "-s", desk)
        time.sleep(9)
        look = lambda *a: lab.run("client", "nmblookup", "-s", desk, *a, check=False)
        look("-B", "192.168.10.255", "FILER")
        look("-B", "192.168.10.255", "FILER#20")
        look("-U", web.GATEWAY, "-R", "DESK")
        look("-B", "192.168.10.255", "NOBODY")
        look("-A", web.GATEWAY)
        lab.stop(member)
        time.sleep(1)


LEASE_SCRIPT = """#!/bin/sh
case "$reason" in
  BOUND|RENEW|REBIND) ip address replace "$new_ip_address/24" dev "$interface" ;;
  BOUND6|RENEW6) ip -6 address replace "$new_ip6_address/128" dev "$interface" nodad ;;
esac
exit 0
"""

CLIENT_CONFIG = """
send host-name "desk";
send fqdn.fqdn "desk.lab.example.";
send fqdn.encoded on;
send fqdn.server-update on;
send fqdn.no-client-update off;
send vendor-class-identifier "lab-client 1.0";
send dhcp-client-identifier "desk-id";
request subnet-mask, routers, domain-name-servers, domain-name, ntp-servers, host-name;
interface "eth0" {
  send dhcp6.fqdn 01:04:64:65:73:6b:03:6c:61:62:07:65:78:61:6d:70:6c:65:00;
  also request dhcp6.name-servers, dhcp6.domain-search;
}
"""


def lease(lab, namespace, *arguments):
    script = lab.file("lease.sh", LEASE_SCRIPT, mode=0o755)
    config = lab.file("dhclient.conf", CLIENT_CONFIG)
    program = lab.folder / "client-program"
    if not program.exists():
        shutil.copy(shutil.which("dhclient"), program)
    files = ["-cf", config, "-lf", lab.folder / f"leases{len(arguments)}{arguments[0]}", "-pf", lab.folder / f"pid{arguments[0]}", "-sf", script]
    (lab.folder / f"leases{len(arguments)}{arguments[0]}").touch()
    return lab.run(namespace, program, *arguments, *files, "eth0", check=False)


def leases(lab, path):
    """dhcp_leases.pcap: dnsmasq with dhclient and udhcpc, both versions."""
    lab.namespace("client", ipv6=True)
    lab.namespace("server", ipv6=True)
    lab.link("client", "server")
    lab.ip("server", "address", "add", f"{web.GATEWAY}/24", "dev", "eth0")
    lab.ip("server", "address", "add", f"{web.GATEWAY6}/64", "dev", "eth0", "nodad")
    time.sleep(1.5)
    lab.start(
        "server", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--port=0",
        "--dhcp-range=192.168.10.50,192.168.10.60,255.255.255.0,1h", "--dhcp-range=fd00:10::100,fd00:10::1ff,64,2h",
        "--domain=lab.example", "--dhcp-option=option:dns-server,192.168.10.1,9.9.9.9",
        "--dhcp-option=option6:dns-server,[fd00:10::1]", "--dhcp-option=option6:domain-search,lab.example",
        "--dhcp-host=02:00:5e:00:01:01,192.168.10.55", "--dhcp-authoritative", "--log-dhcp",
        f"--dhcp-leasefile={lab.folder}/leases", "--no-ping",
    )
    time.sleep(1)
    with lab.capture("client", path, expression="udp port 67 or udp port 546 or udp port 547"):
        lease(lab, "client", "-4", "-1", "-v")
        lease(lab, "client", "-6", "-1", "-v", "-N")
        lease(lab, "client", "-6", "-r", "-v")
        lease(lab, "client", "-4", "-r", "-v", )
        lab.run("client", "busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-R", "-s", "/bin/true", "-x", "hostname:tablet",
                "-V", "udhcp lab", check=False)
        time.sleep(0.5)


def relayed(lab, path):
    """dhcp_relay.pcap: the same through a relay, as the server sees it."""
    for name in ("client", "relay", "server"):
        lab.namespace(name, ipv6=True)
    lab.link("client", "relay", number=1)
    lab.link("relay", "server", "eth1", "eth0", number=2)
    lab.ip("relay", "address", "add", f"{web.GATEWAY}/24", "dev", "eth0")
    lab.ip("relay", "address", "add", f"{web.GATEWAY6}/64", "dev", "eth0", "nodad")
    lab.ip("relay", "address", "add", "192.168.11.1/24", "dev", "eth1")
    lab.ip("relay", "address", "add", "fd00:11::1/64", "dev", "eth1", "nodad")
    lab.ip("server", "address", "add", "192.168.11.2/24", "dev", "eth0")
    lab.ip("server", "address", "add", "fd00:11::2/64", "dev", "eth0", "nodad")
    lab.ip("server", "route", "add", "192.168.10.0/24", "via", "192.168.11.1")
    lab.ip("server", "-6", "route", "add", "fd00:10::/64", "via", "fd00:11::1")
    for setting in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        lab.run("relay", "sh", "-c", f"echo 1 > /proc/sys/{setting}")
    time.sleep(1.5)
    common = ("--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--port=0")
    lab.start("server", "dnsmasq", *common, "--dhcp-range=192.168.10.50,192.168.10.60,255.255.255.0,1h",
              "--dhcp-range=fd00:10::100,fd00:10::1ff,64,2h", "--domain=lab.example", "--dhcp-option=option:router,192.168.10.1",
              f"--dhcp-leasefile={lab.folder}/leases", "--no-ping")
    lab.start("relay", "dnsmasq", *common, f"--dhcp-relay={web.GATEWAY},192.168.11.2",
              f"--dhcp-relay={web.GATEWAY6},fd00:11::2", f"--dhcp-leasefile={lab.folder}/leases-relay")
    time.sleep(1)
    with lab.capture("server", path, expression="udp port 67 or udp port 546 or udp port 547"):
        lease(lab, "client", "-4", "-1", "-v")
        lease(lab, "client", "-6", "-1", "-v", "-N")


def clock(lab, path):
    """ntp.pcap: chronyd as server and client, and requests that reflectors are looked for with."""
    web.network(lab, [])
    common = "pidfile {0}/{1}.pid\ndriftfile {0}/{1}.drift\ncmdport 0\nbindcmdaddress /\n"
    server = lab.file("chrony-server.conf", common.format(lab.folder, "s") + "local stratum 3\nallow 192.168.10.0/24\n")
    client = lab.file("chrony-client.conf", common.format(lab.folder, "c") + f"server {web.GATEWAY} iburst\n")
    for name in ("s", "c"):
        shutil.copy(shutil.which("chronyd"), lab.folder / f"chronyd-{name}")
    lab.start("server", lab.folder / "chronyd-s", "-x", "-d", "-u", "root", "-f", server)
    lab.wait_for_port("server", web.GATEWAY, 123)
    time.sleep(1)
    with lab.capture("client", path, expression="udp port 123"):
        lab.run("client", lab.folder / "chronyd-c", "-x", "-Q", "-t", "8", "-u", "root", "-f", client, check=False)
        with inside("client"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(bytes([0x17, 0, 3, 42, 0, 0, 0, 0]) + bytes(40), (web.GATEWAY, 123))  # monlist
            udp.sendto(bytes([0x16, 2, 0, 1]) + bytes(8), (web.GATEWAY, 123))  # readvar
            time.sleep(0.3)


def errors(lab, path):
    """icmp_errors.pcap: what a router and closed ports send back, for connections that the capture has."""
    for name in ("client", "router", "far"):
        lab.namespace(name, ipv6=True)
    lab.link("client", "router", number=1)
    lab.link("router", "far", "eth1", "eth0", number=2)
    for namespace, device, four, six in (
        ("client", "eth0", "192.168.10.20", "fd00:10::20"), ("router", "eth0", "192.168.10.1", "fd00:10::1"),
        ("router", "eth1", "192.168.11.1", "fd00:11::1"), ("far", "eth0", "192.168.11.2", "fd00:11::2"),
    ):
        lab.ip(namespace, "address", "add", f"{four}/24", "dev", device)
        lab.ip(namespace, "address", "add", f"{six}/64", "dev", device, "nodad")
    lab.ip("client", "route", "add", "default", "via", "192.168.10.1")
    lab.ip("client", "-6", "route", "add", "default", "via", "fd00:10::1")
    lab.ip("far", "route", "add", "default", "via", "192.168.11.1")
    lab.ip("far", "-6", "route", "add", "default", "via", "fd00:11::1")
    for setting in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        lab.run("router", "sh", "-c", f"echo 1 > /proc/sys/{setting}")
    lab.ip("router", "link", "set", "eth1", "mtu", "1300")
    time.sleep(1.5)

    def send(family, address, port, size=20, kind=socket.SOCK_DGRAM, dont_fragment=False):
        with inside("client"), socket.socket(family, kind) as out:
            out.settimeout(1)
            if dont_fragment:
                out.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER, DO
            try:
                out.connect((address, port))
                out.send(b"x" * size)
                out.recv(100)
            except OSError:
                pass

    with lab.capture("client", path, expression="ip or icmp6 or udp or tcp"):
        send(socket.AF_INET, "192.168.11.2", 7001)  # port unreachable
        send(socket.AF_INET6, "fd00:11::2", 7002)
        send(socket.AF_INET, "192.168.11.2", 7003, size=1400, dont_fragment=True)  # fragmentation needed
        send(socket.AF_INET6, "fd00:11::2", 7004, size=1400)  # packet too big
        send(socket.AF_INET, "203.0.113.9", 7005)  # no route at the router
        send(socket.AF_INET, "203.0.113.9", 7006, kind=socket.SOCK_STREAM)
        send(socket.AF_INET6, "2001:db8::9", 7007)
        for arguments in (("-4", "-n", "-q", "1", "-m", "3", "192.168.11.2"), ("-6", "-n", "-q", "1", "-m", "3", "fd00:11::2")):
            lab.run("client", "traceroute", *arguments, check=False)
        lab.run("client", "ping", "-n", "-c", "1", "-t", "1", "192.168.11.2", check=False)


def claims(lab, path):
    """arp_conflict.pcap: two machines with one address, IPv4 and IPv6, and one that moves on to another card."""
    for name in ("switch", "client", "first", "second"):
        lab.namespace(name, ipv6=True)
    lab.ip("switch", "link", "add", "br0", "type", "bridge")
    lab.ip("switch", "link", "set", "br0", "up")
    for number, name in enumerate(("client", "first", "second"), 1):
        lab.link(name, "switch", "eth0", f"port{number}", number=number)
        lab.ip("switch", "link", "set", f"port{number}", "master", "br0")
    lab.ip("client", "address", "add", "192.168.10.20/24", "dev", "eth0")
    lab.ip("client", "address", "add", "fd00:10::20/64", "dev", "eth0", "nodad")
    for name in ("first", "second"):
        lab.ip(name, "address", "add", "192.168.10.7/24", "dev", "eth0")
        lab.ip(name, "address", "add", "fd00:10::7/64", "dev", "eth0", "nodad")
    time.sleep(2)
    with lab.capture("client", path, expression="arp or icmp6 or icmp"):
        lab.run("client", "ping", "-n", "-c", "1", "-W", "1", "192.168.10.7", check=False)
        lab.run("client", "ping", "-6", "-n", "-c", "1", "-W", "1", "fd00:10::7", check=False)
        lab.run("second", "arping", "-U", "-c", "1", "-I", "eth0", "192.168.10.7", check=False)
        lab.run("first", "arping", "-D", "-c", "1", "-w", "1", "-I", "eth0", "192.168.10.8", check=False)  # a probe
        # A virtual router's address is answered for from its own MAC and from VRRP's.
        router = bytes.fromhex("020001000000")
        with inside("first"), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind(("eth0", 0x0806))
            for mac in ("00005e000101", "02005e000201"):
                m = bytes.fromhex(mac)
                raw.send(b"\xff" * 6 + m + struct.pack(">HHHBBH", 0x0806, 1, 0x0800, 6, 4, 2) + m + bytes([192, 168, 10, 254])
                         + b"\xff" * 6 + bytes([192, 168, 10, 254]))
        time.sleep(0.5)


def tunnel(lab, path):
    """dns_tunnel.pcap: a file carried in names and TXT records, as iodine and dnscat2 do, beside a browser's lookups."""
    web.network(lab, [])
    name_server(
        lab,
        "$TTL 60\n@ SOA ns.types.example. hostmaster.types.example. 1 7200 3600 1209600 60\n NS ns.types.example.\n"
        'ns A 192.168.10.1\nwww A 192.0.2.80\n*.t TXT "' + "A" * 120 + '"\n'
        + "".join(f"host{n} A 192.0.2.{n}\n" for n in range(1, 25)),
    )
    secret = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(40))
    with lab.capture("client", path, expression="port 53"):
        with inside("client"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect((web.GATEWAY, 53))
            udp.settimeout(2)

            def ask(number, name, kind):
                labels = b"".join(bytes([len(p)]) + p for p in name.encode().split(b"."))
                udp.send(struct.pack(">6H", number, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, 1))
                udp.recv(4096)

            for n in range(24):
                part = base64.b32encode(secret[n * 30 : n * 30 + 30]).decode().lower().rstrip("=")
                ask(100 + n, f"{part}.{n}.t.types.example", 16)
            for n in range(1, 25):
                ask(200 + n, f"host{n}.lab.example", 1)
            ask(300, "www.types.example", 1)

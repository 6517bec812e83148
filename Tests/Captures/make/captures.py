"""Which captures there are, how each is made, and what must be found in it before it is kept."""

import carried
import cases
import chat
import containers
import files
import ftp
import guessing
import http2
import lan
import logins
import links
import lookups
import mail
import messages
import mixed
import proxy
import quic
import secure
import services
import shell
import terminal
import web
import weblogins
import websocket
from lab import Lab
from pcapfiles import cut, keep, read_pcap
from tshark import count

SERVER_DATA = bytes(map(int, web.SITE.split(".")))


def from_server(frame):
    return frame[12:14] == b"\x08\x00" and frame[26:30] == SERVER_DATA


def gaps(_, path):
    """Leaves out four runs of full-sized segments: the response is whole on the wire, not in the capture."""
    source = path.with_name("clean_http.pcap")
    full = [n for n, (_, frame) in enumerate(read_pcap(source)[1], 1) if from_server(frame) and len(frame) == 1514]
    lost = {full[3], full[9], full[10], full[11], full[20], full[-1]}
    keep(source, path, lambda number, frame: number not in lost)


def snaplen(_, path):
    cut(path.with_name("clean_http.pcap"), path, 200)


def onesided(_, path):
    keep(path.with_name("clean_http.pcap"), path, lambda number, frame: from_server(frame))


# name: (recipe, {display filter: number of frames, or None for "some"})
RECIPES = {
    "ftp_session.pcap": (
        ftp.session,
        {
            'ftp.response.arg contains "172,16,16,121,192,11"': 3,
            'ftp.request.arg == "p@ssw0rd"': 1,
            "tcp.port == 2555": None,
            "ftp.response.code == 530": 1,
            "ftp.response.code == 229": 1,
            'ftp.request.command == "PORT"': 1,
            'ftp.request.command == "opts"': 1,
        },
    ),
    "ftp_ipv6.pcap": (ftp.over_ipv6, {'ftp.request.command == "EPRT"': 1, "ftp.response.code == 229": 1}),
    "ftp_transfers.pcap": (
        ftp.transfers,
        {
            'ftp.request.command == "REST"': 1,
            'ftp.request.command == "ABOR"': 1,
            'ftp.request.command == "AUTH"': 1,
            "ip.src == 172.16.16.121 && ip.dst == 172.16.16.122 && tcp.len > 0": None,
            "ftp.response.code == 426": 1,
        },
    ),
    "ftp_tls.pcap": (ftp.encrypted, {'ftp.request.command == "AUTH"': 1, "tls.handshake.type == 1": 4}),
    "ftp_listings.pcap": (
        ftp.listings,
        {'ftp.request.command == "MLSD"': 1, 'ftp.request.command == "EPRT"': None, "ftp.response.code == 350": 1},
    ),
    "guessing.pcap": (
        guessing.session,
        {"ftp.response.code == 530": 5, "ftp.response.code == 230": 1, 'http.authbasic == "planner:p@ssw0rd"': 1},
    ),
    "http_session.pcap": (
        web.session,
        {
            "http.response.code == 401": 2,
            "http.response.code == 304": 1,
            "http.response.code == 100": 2,
            "http.response.code == 206": 1,
            'http.authbasic == "planner:s3cret-plan"': 1,
            "http.response.code == 302": 2,
            'http.transfer_encoding == "chunked"': None,
            "image-jfif": 1,
            "png": 2,
            "tcp.port == 8081 && http": 2,
        },
    ),
    "h2c_session.pcap": (
        http2.session,
        {
            "http2.type == 5": 1,
            'http2.header.name == "x-checksum"': None,
            "http2.magic": None,
            "http.response.code == 101": 2,
            "http2.flags.padded == 1": None,
        },
    ),
    "websocket.pcap": (
        websocket.session,
        {"websocket.opcode == 9": None, "websocket.opcode == 0": None, "websocket.payload.close.status_code == 4001": 2},
    ),
    "dns_lookups.pcap": (
        lookups.session,
        {
            "dns.flags.rcode == 3": 2,
            "dns.flags.truncated == 1": 1,
            "dns.qry.type == 252": 2,
            "dns.qry.type == 65400": 2,
            "dns.qry.type == 65": 4,
            "dns.qry.type == 64": 2,
            "dns.flags.rcode == 2": 1,
            "dns.flags.rcode == 5": 1,
            "dns.flags.rcode == 4": 1,
        },
    ),
    "tls_handshakes.pcap": (
        secure.session,
        {
            "tls.handshake.type == 1": 19,
            "tls.alert_message.desc == 70": 1,
            "tls.alert_message.desc == 112": 1,
            "tls.alert_message.desc == 120": 1,
            "tls.handshake.extensions.supported_version == 0x0304 && tls.handshake.type == 2": None,
        },
    ),
    "quic_handshakes.pcap": (
        quic.session,
        {
            "quic.long.packet_type == 3": 1,
            "quic.long.packet_type == 0 && tls.handshake.type == 1": None,
            "quic.version == 0": 1,
        },
    ),
    "browse.pcapng": (
        mixed.browse,
        {
            "arp": None,
            "icmp": None,
            "ftp.response.code == 227": 2,
            "http.response.code == 302": 2,
            "tls.handshake.type == 1": 4,
            "tcp.port == 9001 && tcp.flags.reset == 1": 1,
            "ip.dst == 89.187.160.10": 1,
            "dns.cname": None,
            "tcp.port == 12432 && tcp.len > 0": None,
            "tcp.port == 5222 && tcp.flags.syn == 1": 0,
        },
    ),
    "arp_icmp.pcap": (
        mixed.neighbours,
        {
            "arp.isgratuitous == 1": 2,
            "icmp.type == 11": 2,
            "icmp.type == 3 && icmp.code == 4": 1,
            "icmp.type == 3 && icmp.code == 3": 2,
            "icmpv6.type == 2": 1,
            "icmpv6.type == 3": 1,
            "icmpv6.type == 1": 1,
            "icmpv6.type == 135": None,
        },
    ),
    "vlan_8021q.pcap": (mixed.vlan, {"!vlan.id == 10": 0, "vlan.priority == 5": None, "http": 2, "dns": 2}),
    "vlan_qinq.pcap": (mixed.qinq, {"!ieee8021ad": 0, "vlan.id == 10": None, "http": 2, "dns": 2}),
    "sll.pcap": (mixed.sll, {"!sll": 0, "http": 4, "dns": 4, "ip.addr == 127.0.0.1": None}),
    "sll2.pcap": (mixed.sll2, {"!sll": 0, "http": 4, "dns": 4, "ip.addr == 127.0.0.1": None}),
    "lossy_http.pcap": (
        web.lossy_download,
        {"tcp.analysis.retransmission": None, "tcp.analysis.out_of_order": None, "http.response.code == 200": 1},
    ),
    "carried_files.pcap": (carried.files, {"http.response.code == 200": 18, 'http.content_encoding == "br"': 1}),
    "ssdp.pcap": (carried.devices, {'http.request.method == "M-SEARCH"': 1, 'http.request.method == "NOTIFY"': None}),
    "clean_http.pcap": (web.clean_download, {"http.response.code == 200": 3, "tcp.analysis.flags": 0}),
    "gaps_http.pcap": (gaps, {"tcp.analysis.lost_segment": None}),
    "snaplen_http.pcap": (snaplen, {"frame.cap_len > 200": 0, "frame.len > 200": None}),
    "onesided_http.pcap": (onesided, {f"!ip.src == {web.SITE}": 0, "http.response": None}),
    "telnet_login.pcap": (
        terminal.telnet,
        {'telnet.data contains "Login incorrect"': 1, 'telnet.data contains "frieda@host"': 1, "telnet.cmd": None},
    ),
    "remote_shell.pcap": (
        terminal.remote_shell,
        {
            'rlogin.data contains "Login incorrect"': 1,
            'tcp.srcport == 514 && tcp.payload contains "Permission denied"': 1,
            'tcp.dstport == 512 && tcp.payload contains "t3lnet-pass"': 1,
        },
    ),
    "redis_auth.pcap": (
        services.redis,
        {'tcp.payload contains "WRONGPASS"': 2, 'tcp.payload contains "r3dis-pass"': 3, 'tcp.payload contains "+OK"': 4},
    ),
    "mqtt_connect.pcap": (
        services.mqtt,
        {
            "mqtt.msgtype == 1": 6,
            "mqtt.conack.val == 0 || mqtt.connack.reason_code == 0": 3,
            "mqtt.conack.val == 5 || mqtt.conack.val == 4 || mqtt.connack.reason_code >= 0x86": 3,
        },
    ),
    "irc_login.pcap": (
        chat.irc,
        {"irc.response.num_command == 464": 1, "irc.response.num_command == 381": 1, 'irc contains "PASS guess"': 1},
    ),
    "irc_services.pcap": (
        chat.services,
        {"irc.response.num_command == 904": 1, "irc.response.num_command == 903": 1, 'irc contains "now identified"': 1},
    ),
    "socks_login.pcap": (proxy.socks, {"socks.version == 5": None, "http.response.code == 200": 2}),
    "fragments.pcap": (lookups.large, {"ip.flags.mf == 1": None, "ipv6.fraghdr": None, "dns": 4, "icmp": 4}),
    "smtp_auth.pcap": (
        mail.smtp,
        {
            "smtp.response.code == 535": 3,
            "smtp.response.code == 235": 3,
            "smtp.response.code == 354": 3,
            "tls.handshake.type == 1": 1,
        },
    ),
    "mail_attachments.pcap": (
        mail.carried,
        {
            # tshark takes what follows the first chunk for data.
            'tcp contains "BDAT 0 LAST"': 1,
            "smtp.response.code == 554": 2,
            'pop.request.command == "RETR"': 2,
        },
    ),
    "pop3_logins.pcap": (
        mail.pop3,
        {'pop.response.indicator == "-ERR"': 4, 'pop.request.command == "APOP"': 2, "tls.handshake.type == 1": 1},
    ),
    "ssh_handshakes.pcap": (
        shell.session,
        # tshark knows it by its port alone.
        {"ssh.message_code == 20": 4, "ssh.kex.hassh": 2, 'tcp.port == 2222 && tcp contains "SSH-2.0-"': 2},
    ),
    "imap_logins.pcap": (
        mail.imap,
        {'imap.response.status == "NO"': 3, 'imap.request contains "LOGIN {6}"': 1, "tls.handshake.type == 1": 1},
    ),
    "http_logins.pcap": (
        weblogins.session,
        {"http.authbasic": 2, "ntlmssp.messagetype == 3": 2, "http.response.code == 403": 5, "json": None},
    ),
    "nntp_logins.pcap": (mail.nntp, {'frame contains "481 Auth"': 1, 'frame contains "281 Auth"': 1}),
    "ldap_bind.pcap": (
        logins.ldap,
        {
            'ldap.simple == "adm1n-pass"': 1,
            "ldap.resultCode == 49": 2,
            'ldap.mechanism == "CRAM-MD5"': 2,
            'ldap.requestName == "1.3.6.1.4.1.1466.20037"': 1,
        },
    ),
    "snmp_login.pcap": (
        logins.snmp,
        {'snmp.community == "public"': 1, 'snmp.community == "r0nly-lab"': 4, "snmp.msgAuthenticationParameters": None},
    ),
    "postgresql_login.pcap": (
        logins.postgresql,
        {'pgsql.password == "clear-lab-word"': 1, "pgsql.authtype == 5": 1, "pgsql.authtype == 10": 2},
    ),
    "mysql_login.pcap": (
        logins.mysql,
        {
            'mysql.user == "nadia"': 2,
            'mysql.user == "eddy"': 1,
            "mysql.error_code == 1045": 1,
            "tls.handshake.type == 1": 1,
        },
    ),
    "vnc_login.pcap": (logins.vnc, {'frame contains "RFB 003.008"': 2, 'frame contains "RFB 003.003"': 2}),
    "kerberos_login.pcap": (
        logins.kerberos,
        {
            "kerberos.msg_type == 11": 4,
            "kerberos.error_code == 24": None,
            "kerberos.error_code == 6": 1,
            "tcp && kerberos.msg_type == 10": None,
        },
    ),
    "radius_login.pcap": (logins.radius, {"radius.code == 1": 4, "radius.code == 2": 3, "radius.code == 3": 1}),
    "sip_register.pcap": (
        logins.sip,
        {'sip.auth.username contains "ext42"': 2, "sip.Status-Code == 403": 1, "sip.Status-Code == 200": 1},
    ),
    "mysql_plugins.pcap": (logins.mysql_plugins, {'frame contains "clear-lab-word"': 1, "mysql.error_code == 1045": 2}),
    "vnc_viewer.pcap": (logins.vnc_viewer, {'frame contains "RFB 003.008"': 4}),
    "ldap_ntlm.pcap": (logins.ldap_ntlm, {"ntlmssp.messagetype == 3": 2, "ldap.resultCode == 49": 1}),
    "radius_eap.pcap": (logins.radius_eap, {"eap.type == 4": None, "radius.code == 2": 1, "radius.code == 3": 1}),
    "sip_tcp.pcap": (
        logins.sip_tcp,
        {'tcp && sip.auth.username contains "ext42"': 2, "sip.Status-Code == 403": 1, "sip.Status-Code == 200": 1},
    ),
    "tds_tls.pcap": (logins.tds_within_tls, {"tds.type == 18": None}),
    "tds_login.pcap": (logins.tds, {"tds.type == 16": 2, "tds.loginack": None}),
    "smb_logins.pcap": (
        files.session,
        {"ntlmssp.messagetype == 3": None, "smb2.nt_status == 0xc000006d": 1, "smb.nt_status == 0xc000006d": None},
    ),
    "amqp_logins.pcap": (
        messages.amqp,
        {"amqp.method.method == 30": None, 'frame contains "ACCESS_REFUSED"': 2, "frame contains 00:53:44": 2},
    ),
    "xmpp_logins.pcap": (
        messages.xmpp,
        {'frame contains "<not-authorized"': 3, 'frame contains "<success"': 2, "tls.handshake.type == 1": 1},
    ),
    "link_logins.pcap": (
        links.session,
        {"pap": 8, "chap": 12, "l2tp": 4, "gre": 6, "eapol": 10, "chap.code == 4": 2, "eap.code == 4": 1},
    ),
    "challenge.pcap.gz": (
        cases.challenge,
        {
            "dhcp": 4,
            'tls.handshake.extensions_server_name == "phonebook.example"': 1,
            'http.host == "phonebook.example"': 1,
            "tcp.dstport == 12432 && tcp.len > 0": None,
            'http.request.uri == "/setup.exe"': 1,
            "ip.addr == 185.199.110.153": None,
        },
    ),
    "office_monday.pcap.gz": (cases.monday, {"tls.handshake.type == 1": 2, "http.request": 3, "dns.flags.rcode == 3": 1}),
    "office_friday.pcap.gz": (
        cases.friday,
        {"tls.handshake.type == 1": 3, 'http.request.method == "PUT"': 2, "tcp.dstport == 12432 && tcp.len > 0": None},
    ),
    "beacons.pcap.gz": (
        cases.beacons,
        {"tcp.flags.syn == 1 && tcp.flags.ack == 0": 39, "udp.dstport == 4433": 12, "dns.flags.response == 0": 14},
    ),
    "scans.pcap.gz": (cases.scans, {"arp.opcode == 1": None, "udp.dstport >= 200 && udp.dstport <= 219": None}),
    "fronting.pcap": (
        cases.fronting,
        {
            'http.request.method == "CONNECT"': 2,
            'http.host == "shop.example.net"': 2,
            "tls.handshake.extension.type == 65037": 1,
            "dns.qry.type == 65": 2,
        },
    ),
    "encrypted_dns_vpn.pcap": (
        cases.private,
        {"tcp.port == 853": None, "udp.port == 51820": None, "udp.port == 4507": None, "udp.port == 1194": None, "isakmp": None},
    ),
    "dns_types.pcap": (
        lan.types,
        {"dns.qry.type == 252": 2, "dns.qry.type == 251": 2, "dns.flags.opcode == 5": 4, "dns.id == 7": 4, "dns.opt.code == 65001": 1},
    ),
    "dns_tunnel.pcap": (lan.tunnel, {"dns.qry.type == 16": None, "dns.flags.rcode == 3": None}),
    "netbios_names.pcap": (lan.netbios, {"!nbns": 0, "nbns.type == 33": 2, "nbns.flags.opcode == 6": None}),
    "dhcp_leases.pcap": (lan.leases, {"dhcp.option.dhcp == 5": 2, "dhcp.option.dhcp == 7": 1, "dhcpv6.msgtype == 7": None}),
    "dhcp_relay.pcap": (lan.relayed, {"dhcp.option.dhcp == 5": 1, "dhcpv6.msgtype == 12": 2, "dhcpv6.msgtype == 13": 2}),
    "ntp.pcap": (lan.clock, {"ntp.flags.mode == 4": None, "ntp.flags.mode == 6": None, "ntp.flags.mode == 7": None}),
    "icmp_errors.pcap": (lan.errors, {"icmp.type == 3": None, "icmp.type == 11": 2, "icmpv6.type == 2": 1, "icmpv6.type == 3": 1}),
    "arp_conflict.pcap": (lan.claims, {"arp.opcode == 2": 4, "icmpv6.type == 136": 2}),
}


# What is tested for its container and not for its packets: EXPECTED.md says nothing of these.
CONTAINERS = {"ring": containers.ring, "notes.pcapng": containers.notes}


def make(name, folder):
    """Makes one capture in the folder."""
    recipe = CONTAINERS[name] if name in CONTAINERS else RECIPES[name][0]
    with Lab() as lab:
        recipe(lab, folder / name)


def check(folder):
    """Ends the program when a capture does not hold what it is for, or is too large to commit."""
    wrong, total = [], 0
    for name, (_, findings) in RECIPES.items():
        path = folder / name
        if not path.exists():
            wrong.append(f"{name}: missing")
            continue
        total += path.stat().st_size
        if path.stat().st_size > 300_000:
            wrong.append(f"{name}: {path.stat().st_size} bytes")
        for expression, wanted in findings.items():
            found = count(path, expression)
            if found != wanted and not (wanted is None and found):
                wrong.append(f"{name}: {found} frames for {expression}, not {'some' if wanted is None else wanted}")
    if total > 1_500_000:
        wrong.append(f"{total} bytes in all")
    if wrong:
        raise SystemExit("\n".join(wrong))

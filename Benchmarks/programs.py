"""The programs that are timed: how each is called."""
import os, shutil, subprocess
from dataclasses import dataclass
from typing import Callable

HERE = os.path.dirname(os.path.abspath(__file__))
# What the database holds of every frame and record, asked of tshark.
FIELDS = '''frame.number frame.time_epoch frame.len frame.cap_len ip.src ip.dst ipv6.src ipv6.dst frame.interface_id
ip.proto
tcp.stream udp.stream tcp.srcport tcp.dstport udp.srcport udp.dstport tcp.len tcp.seq_raw tcp.ack_raw tcp.flags
tcp.window_size_value tcp.analysis.retransmission tcp.analysis.out_of_order tcp.analysis.lost_segment
tcp.analysis.initial_rtt
dns.id dns.flags.response dns.qry.name dns.qry.type dns.resp.name dns.resp.type dns.a dns.aaaa dns.cname
dns.flags dns.flags.rcode dns.count.queries dns.time dns.qry.class dns.resp.class dns.resp.ttl
dns.mx.mail_exchange dns.mx.preference dns.ns dns.ptr.domain_name dns.soa.mname dns.txt dns.srv.target
dns.srv.port dns.caa.value dns.opt.code dns.rr.udp_payload_size dns.response_in dns.response_to
http.request.method http.host http.request.uri http.user_agent http.referer http.response.code http.content_type
http.server http.request.version http.request.full_uri http.request.line http.response.line http.response.phrase
http.response.version http.cookie http.authbasic http.authorization http.content_length http.content_encoding
http.transfer_encoding http.location http.set_cookie http.connection http.response_in http.request_in http.time
urlencoded-form.key urlencoded-form.value
ftp.request.command ftp.request.arg ftp.response.code ftp.response.arg ftp.passive.ip ftp.passive.port
ftp.active.port ftp.command-response.frames smtp.auth.username smtp.auth.password
tls.handshake.extensions_server_name tls.handshake.ciphersuite tls.handshake.version tls.handshake.type
tls.handshake.extensions_alpn_str tls.handshake.extensions.supported_version tls.handshake.ja3
tls.handshake.ja3s x509sat.printableString x509sat.uTF8String x509ce.dNSName x509af.notBefore x509af.notAfter
arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4
icmp.type icmp.code icmp.ident icmp.seq icmpv6.type icmpv6.code
tcp.options.mss_val tcp.options.wscale.shift tcp.options.sack_le tcp.options.sack_re tcp.analysis.flags
tcp.analysis.duplicate_ack_num tcp.analysis.keep_alive tcp.analysis.zero_window tcp.analysis.window_full
frame.interface_name frame.comment ip.id ip.frag_offset vlan.id vxlan.vni gre.proto eth.src eth.dst
dhcp.option.dhcp dhcp.option.hostname dhcp.ip.your dhcpv6.msgtype nbns.name ntp.flags.mode ntp.stratum
tls.alert_message.desc quic.version quic.dcid quic.scid http2.streamid http2.header.name http2.header.value
websocket.opcode websocket.payload_length ssh.protocol ssh.kex.hassh smtp.req.command smtp.req.parameter
imf.from imf.to imf.subject imf.message_id'''.split()


@dataclass(frozen=True)
class Program:
    """A program with its command line for a capture and a folder for what it writes."""
    name: str
    command: Callable[[str, str], list[str]]
    runs: int | None = None   # at most so many; None: as many as asked for

    def at_most(self, runs):
        return Program(self.name, self.command, runs)


def pcapindex(binary):
    return Program('pcapindex', lambda capture, folder: [binary, 'ingest', '--quiet', capture, database(folder)])


def database(folder):
    """Where pcapindex's database is after a run."""
    return os.path.join(folder, 'pcapindex.sqlite')


def floor(binary):
    return Program('floor', lambda capture, folder:
                   [binary, 'db', capture, os.path.join(folder, 'floor.sqlite'), 'libpcap', 'auto'])


# -X: without what /etc/argus.conf says.
OTHERS = {program.name: program for program in (
    Program('nfpcapd', lambda capture, folder: ['nfpcapd', '-r', capture, '-w', folder]),
    Program('argus', lambda capture, folder: ['argus', '-X', '-r', capture, '-w', os.path.join(folder, 'argus')]),
    Program('tcpdump', lambda capture, folder: ['tcpdump', '-nr', capture], runs=3),
    Program('tshark', lambda capture, folder:
            ['tshark', '-n', '-r', capture, '-T', 'fields', *(x for field in FIELDS for x in ('-e', field))], runs=1),
)}


def build_floor(folder):
    """Compiles floor.c into the folder unless it is there already; its path."""
    source, binary = os.path.join(HERE, 'floor.c'), os.path.join(folder, 'floor')
    if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
        libraries = '-lpcap', '-lsqlite3', '-lpthread'
        subprocess.run([os.environ.get('CC', 'cc'), '-O2', '-w', '-o', binary, source, *libraries], check=True)
    return binary


def installed():
    """(those of the other programs that are installed, the names of those that are not)."""
    there = {name: program for name, program in OTHERS.items() if shutil.which(name)}
    return there, [name for name in OTHERS if name not in there]

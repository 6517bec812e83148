#!/usr/bin/env python3
"""Servers on loopback for the tests: published lists over HTTP and HTTPS, WHOIS and DNS, well-behaved ones and others.

serve.py FOLDER prints 'ROLE PORT' for each, then 'ready', and serves until its standard input ends. FOLDER/files holds
what HTTP serves, FOLDER/key.pem and FOLDER/cert.pem are those of HTTPS.
"""
import gzip
import http.server
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time

FOLDER = sys.argv[1]
PORTS = {}
PATIENCE = 60  # how long a server that hangs does so at most, in seconds


class HTTP(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Connection', 'close')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.close_connection = True
        kind, _, rest = self.path[1:].partition('?')[0].partition('/')
        if kind == 'files':
            with open(os.path.join(FOLDER, 'files', rest), 'rb') as file:
                body = file.read().replace(b'HTTP_PORT', str(PORTS['http']).encode())
            self.answer(body, ETag='"made-1"', Last_Modified='Fri, 02 Jan 2026 03:04:05 GMT')
        elif kind == 'gzip':
            with open(os.path.join(FOLDER, 'files', rest), 'rb') as file:
                self.answer(gzip.compress(file.read()), Content_Encoding='gzip')
        elif kind == 'redirect':
            self.answer(b'moved', 302, Location='/' + rest)
        elif kind == 'loop':
            self.answer(b'', 302, Location='/loop')
        elif kind == 'downgrade':
            self.answer(b'', 302, Location=f'http://127.0.0.1:{PORTS["http"]}/files/goog.json')
        elif kind == 'file':
            self.answer(b'', 302, Location='file:///etc/passwd')
        elif kind == 'status':
            self.answer(b'{"prefixes": []}', int(rest))
        elif kind == 'early':
            self.send_response(200)
            self.send_header('Content-Length', '100000')
            self.end_headers()
            self.wfile.write(b'{"prefixes": [')
        elif kind == 'hang':
            time.sleep(PATIENCE)
        elif kind == 'drip':
            self.send_response(200)
            self.end_headers()
            for _ in range(PATIENCE * 10):
                self.wfile.write(b' ')
                time.sleep(0.1)
        elif kind in ('gigabyte', 'bomb'):
            self.send_response(200)
            block = b' ' * (1 << 20)
            if kind == 'bomb':
                self.send_header('Content-Encoding', 'gzip')
                block = gzip.compress(b' ' * (1 << 27), 1)
                self.send_header('Content-Length', str(len(block)))
                self.end_headers()
                self.wfile.write(block)
                return
            self.end_headers()
            for _ in range(1 << 10):
                self.wfile.write(block)


# What WHOIS servers say, in the registries' words.
RIR = """% This is a made-up registry.
% Abuse contact for '45.77.0.0 - 45.77.255.255' is 'abuse@example.net'

inetnum:        45.77.0.0 - 45.77.255.255
netname:        RENTED-EXAMPLE
descr:          Servers for rent
country:        de
org:            ORG-EX1-TEST

organisation:   ORG-EX1-TEST
org-name:       Rented Servers Example
address:        Stra\u00dfe 1

"""
ARIN = """#
# made up
#

NetRange:       93.0.0.0 - 93.255.255.255
CIDR:           93.0.0.0/8
NetName:        WIDE
Organization:   Wide Example (WIDE)
Country:        US

NetRange:       93.184.215.0 - 93.184.215.255
CIDR:           93.184.215.0/24
NetName:        NARROW-EXAMPLE
OrgName:        Narrow Example
Country:        NL
OrgAbuseEmail:  abuse@example.org
"""


def whois(role):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            question = self.rfile.readline(1024).decode().strip()
            host = '127.0.0.1:'
            if role == 'whois':
                to = 'whois-arin' if question.startswith('93.') else 'whois-rir'
                text = f'% root\n\nrefer:        {host}{PORTS[to]}\n\ninetnum: 0.0.0.0 - 255.255.255.255\n'
                text += 'organisation: Administered by another\n'
            elif role == 'whois-rir':
                text = RIR if question.startswith('45.77.') else '% No entries found.\n'
            elif role == 'whois-arin':
                text = ARIN
            elif role == 'whois-loop':
                text = f'refer: {host}{PORTS["whois-loop2"]}\n'
            elif role == 'whois-loop2':
                text = f'ReferralServer: whois://{host}{PORTS["whois-loop"]}/\n'
            elif role == 'whois-dead-end':
                text = f'refer: {host}1\n\ninetnum: 0.0.0.0 - 255.255.255.255\norganisation: Administered by another\n'
            elif role == 'whois-garbage':
                text = None
                self.wfile.write(bytes(range(256)) * 16)
            elif role == 'whois-gigabyte':
                text = None
                self.wfile.write(b'inetnum: 0.0.0.0 - 255.255.255.255\nnetname: ENDLESS\n')
                for _ in range(1 << 10):
                    self.wfile.write(b'remarks: more\n' * 75000)
            elif role == 'whois-hang':
                text = None
                time.sleep(PATIENCE)
            if text is not None:
                self.wfile.write(text.replace('\n', '\r\n').encode('latin-1'))
    return Handler


# Names of addresses, and addresses of names. host.example.net leads back, liar.example.org does not.
POINTERS = {
    '34.12.77.45.in-addr.arpa': ['host.example.net', 'second.example.net'],
    '14.215.184.93.in-addr.arpa': ['liar.example.org'],
    '229.133.16.104.in-addr.arpa': ['large.example.com'],
    '69.1.101.151.in-addr.arpa': [],
}
ADDRESSES = {'host.example.net': '45.77.12.34', 'liar.example.org': '192.0.2.1', 'large.example.com': '104.16.133.229'}


def wire(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def resolve(query, over_tcp):
    """The answer to a query; None for one that gets none."""
    position, labels = 12, []
    while query[position]:
        labels.append(query[position + 1:position + 1 + query[position]].decode())
        position += 1 + query[position]
    name = '.'.join(labels)
    question = query[12:position + 5]
    kind = struct.unpack('>H', question[-4:-2])[0]
    flags, code, records = 0x8180, 0, []
    if kind == 12 and name in POINTERS:
        # Not by name: the record's owner is the question.
        records = [b'\xc0\x0c' + struct.pack('>HHIH', 12, 1, 60, len(wire(to))) + wire(to) for to in POINTERS[name]]
        code = 0 if records else 3
        if name.startswith('229.') and not over_tcp:
            flags, records = flags | 0x0200, []
    elif kind == 1 and name in ADDRESSES:
        records = [b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 60, 4) + socket.inet_aton(ADDRESSES[name])]
    elif kind == 28 or name.endswith('.ip6.arpa'):
        code = 3
    else:
        return None
    return query[:2] + struct.pack('>HHHHH', flags | code, 1, len(records), 0, 0) + question + b''.join(records)


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        query, reply = self.request
        answer = resolve(query, False)
        if answer is None:
            return
        # Somebody else's answer comes first.
        reply.sendto(bytes([answer[0] ^ 1]) + answer[1:] + b'', self.client_address)
        reply.sendto(answer, self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        length = struct.unpack('>H', self.rfile.read(2))[0]
        answer = resolve(self.rfile.read(length), True)
        self.wfile.write(struct.pack('>H', len(answer)))
        self.wfile.flush()
        time.sleep(0.05)
        self.wfile.write(answer)


class Garbage(socketserver.BaseRequestHandler):
    def handle(self):
        query, reply = self.request
        reply.sendto(query[:2] + os.urandom(200), self.client_address)


class TCPServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass


class UDPServer(socketserver.ThreadingUDPServer):
    daemon_threads = True


def start(role, server):
    PORTS[role] = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    start('http', TCPServer(('127.0.0.1', 0), HTTP))
    secure = TCPServer(('127.0.0.1', 0), HTTP)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(FOLDER, 'cert.pem'), os.path.join(FOLDER, 'key.pem'))
    secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
    start('https', secure)
    for role in ('whois', 'whois-rir', 'whois-arin', 'whois-loop', 'whois-loop2', 'whois-dead-end', 'whois-garbage',
                 'whois-gigabyte', 'whois-hang'):
        start(role, TCPServer(('127.0.0.1', 0), whois(role)))
    while True:
        tcp = TCPServer(('127.0.0.1', 0), Stream)
        try:
            udp = UDPServer(tcp.server_address, Datagram)
            break
        except OSError:
            tcp.server_close()
    start('dns', tcp)
    start('dns-udp', udp)
    start('dns-garbage', UDPServer(('127.0.0.1', 0), Garbage))
    for role, port in PORTS.items():
        print(role, port)
    print('ready', flush=True)
    sys.stdin.buffer.read()


main()

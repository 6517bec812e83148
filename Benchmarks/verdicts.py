#!/usr/bin/env python3
"""Times the verdicts on 100,000 addresses by 10,000 rules; fails where judging them takes a second or more.

usage: verdicts.py [--addresses N] [--rules N] [--unexplained] [--runs N] [--program FILE] [--keep FILE]

Makes the database with schema.sql and nothing else, always the same: addresses of IPv4 and IPv6 with traffic, two flows
each, up to three names by DNS, SNI, HTTP and certificates; networks that lie in one another, host names, endings and
domains as rules. With --unexplained there are neither names nor rules: every address is listed. Through Python's
sqlite3, a connection for each run, every row fetched; with --program that program's `query` too, from its start to its
end. The target is held against the CPU's time, which on a machine without other work is the clock's.
"""
import argparse, collections, ipaddress, os, random, sqlite3, statistics, subprocess, sys, tempfile, time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
LIMIT = 1.0
BASE = 1_700_000_000_000_000_000


def key(address):
    return address.packed if address.version == 6 else bytes(10) + b'\xff\xff' + address.packed


def rule(network):
    return key(network.network_address), key(network.broadcast_address), str(network)


def made(path, addresses, rules):
    """Makes the database; `rules` 0: without rules and names."""
    draw = random.Random(7)
    connection = sqlite3.connect(path, isolation_level=None)
    with open(os.path.join(ROOT, 'schema.sql')) as schema:
        connection.executescript(schema.read())
    connection.execute('PRAGMA synchronous = OFF')
    connection.execute('BEGIN')
    connection.execute(
        'INSERT INTO captures (id, path, sha256, format, size_bytes, frame_count, first_ts, last_ts, status, ingested_at, version) '
        "VALUES (1, 'made.pcap', 'made', 'pcap', 0, ?, ?, ?, 'complete', ?, 'made')",
        (2 * addresses, BASE, BASE, BASE))
    ips = [ipaddress.IPv4Address('192.168.1.20')]
    seen = set(ips)
    while len(ips) <= addresses:
        if draw.random() < 0.1:
            ip = ipaddress.IPv6Address((0x2000 + draw.randrange(0x1fff)) << 112 | draw.getrandbits(112))
        else:
            ip = ipaddress.IPv4Address(draw.randrange(11 << 24, 127 << 24))
        if ip.is_global and ip not in seen:
            seen.add(ip)
            ips.append(ip)
    connection.executemany(
        'INSERT INTO addresses VALUES (?, ?, ?, ?)',
        ((n, str(ip), key(ip), 'private' if n == 1 else 'global') for n, ip in enumerate(ips, 1)))
    ids = range(2, len(ips) + 1)
    connection.executemany(
        'INSERT INTO frames (id, capture_id, number, ts, length, captured_length, flow_id, from_client, payload_length) '
        'VALUES (?, 1, ?, ?, 60, 60, ?, 1, 0)', ((n, n, BASE + n * 1000, n) for n in range(1, 2 * len(ids) + 1)))
    flows = []
    for place, address in enumerate(ids):
        for port in (443, draw.choice((80, 443, 5222, 12432))):
            flows.append((len(flows) + 1, address, port, len(flows) + 1, len(flows) + 1, draw.randrange(40, 100_000)))
    connection.executemany(
        "INSERT INTO flows (id, capture_id, transport, client_id, client_port, server_id, server_port, first_frame_id, "
        "last_frame_id, client_packets, server_packets, client_bytes, server_bytes, client_payload, server_payload, "
        "turns, missing_bytes, retransmissions, out_of_order, duplicates) "
        "VALUES (?, 1, 'tcp', 1, 40000, ?, ?, ?, ?, 1, 1, 40, ?, 0, 0, 0, 0, 0, 0, 0)", flows)
    connection.executemany(
        'INSERT INTO traffic_by_address VALUES (?, 1, ?, 1, 2, 2, 2, ?, 80, ?, ?)',
        ((n, a, draw.randrange(80, 200_000), 2 * n - 1, 2 * n) for n, a in enumerate(ids, 1)))
    if rules:
        connection.execute("UPDATE captures SET path = 'made.pcap, with rules'")
        words = [''.join(draw.choice('abcdefghijklmnopqrstuvwxyz') for _ in range(draw.randint(4, 12)))
                 for _ in range(rules)]
        tops = ('com', 'net', 'org', 'de', 'co.uk', 'com.br', 'io')
        domains = [f'{word}.{draw.choice(tops)}' for word in words]
        names = []
        for address in ids:
            count = draw.choice((0, 0, 1, 1, 1, 2, 2, 3))
            for _ in range(count):
                domain = domains[min(int(draw.expovariate(1 / (rules / 3))), rules - 1)]
                host = draw.choice(('', 'www.', 'api.', f'cdn{draw.randrange(40)}.', f'a.b{draw.randrange(9)}.')) + domain
                for source in draw.choice((('dns', 'sni'), ('dns', 'sni'), ('sni',), ('dns',), ('http',), ('certificate',))):
                    names.append((address, host, source, 2 * (address - 2) + 1))
        connection.executemany(
            'INSERT INTO address_names (capture_id, address_id, name, source, first_frame_id) VALUES (1, ?, ?, ?, ?)',
            dict.fromkeys(names))
        networks = {}
        while len(networks) < rules * 6 // 10:
            ip = draw.choice(ips[1:])
            most = 128 if ip.version == 6 else 32
            network = ipaddress.ip_network((ip, draw.randint(16 if most == 32 else 32, most)), strict=False)
            networks[draw.choice(('allow',) * 8 + ('note',)), network] = None
        networks['allow', ipaddress.ip_network('12.0.0.0/8')] = networks['note', ipaddress.ip_network('64.0.0.0/3')] = None
        connection.executemany(
            'INSERT INTO networks (list, first, last, cidr, label, source) VALUES (?, ?, ?, ?, ?, ?)',
            ((kind, *rule(network), f'label {n}', f'made.yaml:{n}') for n, (kind, network) in enumerate(networks, 1)))
        hosts = []
        for n, domain in enumerate(domains[:rules * 4 // 10]):
            kind = ('exact', 'suffix', 'domain')[n % 3]
            hosts.append(({'exact': f'www.{domain}', 'suffix': f'.{domain}', 'domain': domain}[kind], kind, f'made.yaml:{n}'))
        connection.executemany('INSERT OR IGNORE INTO allowed_hosts (pattern, match, source) VALUES (?, ?, ?)', hosts)
    connection.execute('COMMIT')
    connection.close()


def timed(path, question, runs, parameters=()):
    """(median seconds of CPU, of the clock, rows); parameters that are not given are NULL."""
    cpu, wall = [], []
    for _ in range(runs):
        connection = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
        begin, start = time.process_time(), time.perf_counter()
        rows = sum(1 for _ in connection.execute(question, collections.defaultdict(type(None), parameters)))
        cpu.append(time.process_time() - begin)
        wall.append(time.perf_counter() - start)
        connection.close()
    return statistics.median(cpu), statistics.median(wall), rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--addresses', type=int, default=100_000)
    parser.add_argument('--rules', type=int, default=10_000)
    parser.add_argument('--unexplained', action='store_true')
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--program')
    parser.add_argument('--keep')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or os.path.join(folder, 'made.sqlite')
        if not os.path.exists(path):
            made(path, options.addresses, 0 if options.unexplained else options.rules)
        read = lambda name: open(os.path.join(ROOT, 'queries', name + '.sql')).read()
        # name: (question, parameters, whether it has to be answered in time)
        questions = {
            'verdicts': ('SELECT verdict, count(*) FROM address_verdicts GROUP BY verdict', {}, True),
            'any name': ('SELECT verdict_any_name, count(*) FROM address_verdicts GROUP BY verdict_any_name', {}, True),
            'the first 100': (read('unknown_ips'), {'limit': 100}, True),
            'unknown_ips': (read('unknown_ips'), {}, False),
            'explained_ips': (read('explained_ips'), {}, False),
            'allow_rules': (read('allow_rules'), {}, False),
            'name_conflicts': (read('name_conflicts'), {}, False),
            'every column': ('SELECT * FROM address_verdicts', {}, False),
        }
        late = False
        for name, (question, parameters, is_target) in questions.items():
            cpu, wall, rows = timed(path, question, options.runs, parameters)
            missed = is_target and cpu >= LIMIT
            late |= missed
            print(f'{name:15} {cpu:7.3f} s CPU {wall:7.3f} s wall {rows:8,} rows' + (f'  (target: under {LIMIT:g} s)' if is_target else '')
                  + ('  MISSED' if missed else ''))
        for name in ('unknown_ips',) if options.program else ():
            taken = []
            for _ in range(options.runs):
                begin = time.perf_counter()
                subprocess.run([options.program, 'query', name, path], stdout=subprocess.DEVNULL, check=True)
                taken.append(time.perf_counter() - begin)
            print(f'{name:15} {statistics.median(taken):7.3f} s wall by the program')
        sys.exit(late)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""Times questions to a database through one connection of Python's sqlite3, warm; prints JSON.

usage: queries.py DATABASE QUERIES_DIR

Each question is asked once for warmth, then again (the short ones of 200 addresses, flows and names, taken evenly from
all; the long ones as often as a few seconds allow), every row fetched. bench.py runs this as a process of its own.
"""
import collections, json, os, statistics, sys, time
import database

# name: (how its 200 parameters are found, the question). The answer to `name` is cut to a screen or two: replayed
# captures give one name ten thousand addresses.
POINTS = {
    'address': ('''
        SELECT ip FROM addresses
        WHERE id IN (SELECT client_id FROM flows UNION SELECT server_id FROM flows) ORDER BY id''', '''
        SELECT f.id, f.transport, f.client_port, f.server_port, f.service, f.first_ts, f.client_bytes, f.server_bytes
        FROM addresses a JOIN flows f ON f.client_id = a.id OR f.server_id = a.id
        WHERE a.ip = ?'''),
    'flow': ('SELECT id FROM flows ORDER BY id', '''
        SELECT number, ts, length, from_client, payload_length, tcp_flags, tcp_seq, tcp_ack
        FROM frames WHERE flow_id = ? ORDER BY id'''),
    'name': ('SELECT DISTINCT name FROM address_names ORDER BY name', '''
        SELECT a.ip, n.source, n.first_frame_id
        FROM address_names n JOIN addresses a ON a.id = n.address_id
        WHERE n.name = ? LIMIT 100'''),
}
AGGREGATES = {
    'services': '''
        SELECT transport, service, count(*), sum(client_packets + server_packets), sum(client_bytes + server_bytes)
        FROM flows GROUP BY transport, service ORDER BY 5 DESC''',
}
CANNED = 'protocol_hierarchy', 'top_talkers', 'timeline'
SAMPLES, REPEATS, SECONDS = 200, (5, 50), 3.0


def timed(connection, question, parameters):
    """(milliseconds until the last row is there, number of rows)."""
    begin = time.perf_counter()
    rows = sum(1 for _ in connection.execute(question, parameters))
    return (time.perf_counter() - begin) * 1e3, rows


def figures(times, rows):
    times.sort()
    return {'median_ms': statistics.median(times), 'p95_ms': times[int(len(times) * 0.95)], 'runs': len(times),
            'rows': rows}


def point(connection, sampling, question):
    values = [row[0] for row in connection.execute(sampling)]
    if not values:
        return {'absent': 'nothing to ask for'}
    values = values[::max(1, len(values) // SAMPLES)][:SAMPLES]
    for value in values:
        timed(connection, question, (value,))
    taken = [timed(connection, question, (value,)) for value in values]
    return figures([ms for ms, _ in taken], statistics.median(rows for _, rows in taken))


def long(connection, question):
    unset = collections.defaultdict(type(None))   # every :parameter NULL, as the program gives those that are not named
    _, rows = timed(connection, question, unset)
    times, end = [], time.perf_counter() + SECONDS
    while len(times) < REPEATS[0] or (len(times) < REPEATS[1] and time.perf_counter() < end):
        times.append(timed(connection, question, unset)[0])
    return figures(times, rows)


def main():
    path, folder = sys.argv[1:]
    connection = database.connect(path)
    results = {name: point(connection, *question) for name, question in POINTS.items()}
    results |= {name: long(connection, question) for name, question in AGGREGATES.items()}
    for name in CANNED:
        file = os.path.join(folder, name + '.sql')
        if os.path.exists(file):
            with open(file) as text:
                results[name] = long(connection, text.read())
        else:
            results[name] = {'absent': f'no {name}.sql'}
    print(json.dumps(results))


if __name__ == '__main__':
    main()

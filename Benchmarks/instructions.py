#!/usr/bin/env python3
"""Counts the instructions that pcapindex takes for a frame; holds them against the figures kept in instructions.json.

usage: instructions.py [--update] [--top N] [--pcapindex BINARY]

Ends with 1 if a figure is more than a tenth above the one kept. --update keeps the new figures. --top N also lists the
N functions that take most, start-up included. Read README.md beside this file for what is counted.
"""
import argparse, collections, hashlib, json, os, platform, re, shutil, sqlite3, subprocess, sys, tempfile
import captures

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KEPT = os.path.join(HERE, 'instructions.json')
MARGIN = 0.10
# Named one by one, so that a new capture among the tests' changes no figure.
CORPUS = '''arp_icmp.pcap browse.pcapng clean_http.pcap dns_lookups.pcap fragments.pcap ftp_ipv6.pcap ftp_session.pcap
gaps_http.pcap http_session.pcap lossy_http.pcap onesided_http.pcap snaplen_http.pcap tls_handshakes.pcap
vlan_8021q.pcap vlan_qinq.pcap'''.split()
# SHA-256 is left out: valgrind knows no SHA instructions, so it sees slow code that a processor with them never runs.
LEFT_OUT = re.compile(r'sha256_block', re.IGNORECASE)
QUERY = 'top_talkers'


def make_captures(folder, data):
    """{name: Capture}, made in `data`: a mix, small frames, bulk, and none at all."""
    corpus = os.path.join(folder, 'corpus')
    os.mkdir(corpus)
    for name in CORPUS:
        shutil.copy(os.path.join(ROOT, 'Tests', 'Captures', name), corpus)
    made = captures.Folder(data)
    result = {'mix': made.make('count-mix', 'mix', corpus, '--bytes', '8000000'),
              'small frames': made.make('count-small', 'small', corpus, '--frames', '40000'),
              'bulk': made.make('count-bulk', 'bulk', None, '--bytes', '8000000')}
    empty = os.path.join(folder, 'empty.pcap')
    with open(result['mix'].path, 'rb') as whole, open(empty, 'wb') as header:
        header.write(whole.read(24))
    return result | {'empty': captures.Capture(empty, 0, 24)}


def count(command, folder):
    """{function: instructions} of a command that is run in `folder`. Its threads take turns on one core."""
    profile = os.path.join(folder, 'profile')
    # Without the random seed of Swift's hash tables, so that each run does the same.
    environment = {'PATH': os.environ['PATH'], 'LC_ALL': 'C', 'SWIFT_DETERMINISTIC_HASHING': '1'}
    valgrind = ['valgrind', '--tool=cachegrind', '--cache-sim=no', f'--cachegrind-out-file={profile}']
    done = subprocess.run(valgrind + command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors='replace')
    if done.returncode:
        sys.exit(f'ended with {done.returncode} in valgrind: {" ".join(command)}\n{done.stderr}')
    functions, function = collections.Counter(), ''
    with open(profile, errors='replace') as lines:
        for line in lines:
            if line.startswith('fn='):
                function = line[3:].rstrip('\n')
            elif line[0].isdigit():
                functions[function] += int(line.split()[1])
    return functions


def total(functions):
    """(instructions, those left out)"""
    left_out = sum(value for function, value in functions.items() if LEFT_OUT.search(function))
    return functions.total() - left_out, left_out


def measure(binary, folder, made, top, kept):
    """{name: figure}: instructions a frame beyond start-up, and those of the start-ups in millions.

    One that is far above what is in `kept` is counted again, and the least counts: now and then one thread waits for
    another by going round in circles."""
    # Without debugging information, which valgrind 3.19 cannot read; function names stay.
    subprocess.run(['strip', '--strip-debug', '-o', os.path.join(folder, 'pcapindex'), binary], check=True)
    figures = {}

    def figure(name, command):
        functions = count(['./pcapindex', *command], folder)
        if top:
            print_top(name, functions, top)
        return total(functions)

    start, _ = figure('start-up', ['ingest', '--quiet', made['empty'].path, 'empty.sqlite'])
    query, _ = figure('query', ['query', QUERY, 'empty.sqlite'])
    figures['start-up of ingest, millions'], figures['start-up of query, millions'] = start / 1e6, query / 1e6
    for name, capture in made.items():
        if capture.frames:
            command = ['ingest', '--quiet', capture.path, f'{name}.sqlite']
            counted, left_out = figure(name, command)
            if counted - start > kept.get(name, 0) * (1 + MARGIN) * capture.frames:
                os.remove(os.path.join(folder, f'{name}.sqlite'))
                counted, left_out = min((counted, left_out), figure(name, command))
            figures[name] = (counted - start) / capture.frames
            print(f'{name}: {capture.frames:,} frames, {counted - start:,} instructions beyond start-up, '
                  f'{left_out:,} of SHA-256 left out', file=sys.stderr)
    return figures


def print_top(name, functions, top):
    """Prints the functions that take most."""
    all_of_them = functions.total()
    print(f'{name}: {all_of_them:,} instructions', file=sys.stderr)
    for function, value in functions.most_common(top):
        print(f'{value / all_of_them:7.1%} {value:14,} {function[:160]}', file=sys.stderr)


def compare(figures, kept):
    """Prints the figures beside those kept: True unless one is too high."""
    fine = True
    print(f'{"instructions a frame":32}{"now":>12}{"kept":>12}{"change":>10}')
    for name, now in figures.items():
        before = kept.get(name)
        if before is None:
            print(f'{name:32}{now:12,.1f}{"none":>12}')
            continue
        change, remark = now / before - 1, ''
        if change > MARGIN:
            fine, remark = False, f'  TOO MANY: at most {before * (1 + MARGIN):,.1f}'
        elif change < -MARGIN:
            remark = '  fewer: please keep the new figure (make instructions-update)'
        print(f'{name:32}{now:12,.1f}{before:12,.1f}{change:+10.1%}{remark}')
    return fine


def surroundings(made):
    """What else the figures depend on."""
    digest = hashlib.sha256()
    for name in sorted(made):
        with open(made[name].path, 'rb') as file:
            digest.update(file.read())
    return {'captures': digest.hexdigest()[:16], 'sqlite': sqlite3.sqlite_version,
            'libc': ' '.join(platform.libc_ver())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--update', action='store_true', help='keep the new figures')
    parser.add_argument('--top', type=int, default=0, metavar='N', help='list the N functions that take most')
    parser.add_argument('--pcapindex', default=os.path.join(ROOT, '.build', 'release', 'pcapindex'), metavar='BINARY')
    options = parser.parse_args()
    for tool in ('valgrind', 'strip'):
        if not shutil.which(tool):
            sys.exit(f'{tool} is missing (Debian: valgrind, binutils)')
    if not os.path.exists(options.pcapindex):
        sys.exit(f'there is no {options.pcapindex}: run make build')
    with open(KEPT) as file:
        kept = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        made = make_captures(folder, os.path.join(HERE, 'data'))
        around = surroundings(made)
        entry = kept.get(platform.machine(), {'figures': {}, 'with': around})
        figures = measure(os.path.abspath(options.pcapindex), folder, made, options.top, entry['figures'])
    fine = compare(figures, entry['figures'])
    if options.update:
        rounded = {name: round(value, 1) for name, value in figures.items()}
        kept[platform.machine()] = {'figures': rounded, 'with': around}
        with open(KEPT, 'w') as file:
            json.dump(kept, file, indent=2)
            file.write('\n')
        print(f'kept in {os.path.relpath(KEPT)}')
        return
    if entry['with'] != around:
        print(f'The figures were kept with {entry["with"]}; this is {around}.')
    if not fine:
        sys.exit('Too many instructions. If the cause is worth them, say so in the commit and keep the new figures: '
                 'make instructions-update')


if __name__ == '__main__':
    main()

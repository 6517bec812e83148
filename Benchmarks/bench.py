#!/usr/bin/env python3
"""Times whole runs of pcapindex beside tshark and tcpdump on the same capture in the same session, and prints ratios.

usage: bench.py [--megabytes N] [--downloads SHARE] [--runs N] [--skip-tshark] [--pcapindex BIN] [CORPUS...]

The capture is made by make_big.py from a folder of captures, the tests' own unless others are named: half of its bytes
are downloads, as on a line that people use, the other half their replayed conversations. It is always the same for the
same options. Figures are medians: CPU is user and system time of the process and its threads, memory is its
peak resident size. tshark and tcpdump are run where they are installed (Debian: tshark, tcpdump), tshark once, because it
takes long. Folders that do not exist are left out.
"""
import argparse, os, shutil, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# What the database holds of every frame and record, asked of tshark.
FIELDS = '''frame.number frame.time_epoch frame.len frame.cap_len ip.src ip.dst ipv6.src ipv6.dst tcp.stream udp.stream
tcp.srcport tcp.dstport udp.srcport udp.dstport tcp.len tcp.seq_raw tcp.ack_raw tcp.flags tcp.window_size_value
dns.id dns.flags.response dns.qry.name dns.qry.type dns.resp.name dns.resp.type dns.a dns.aaaa dns.cname
http.request.method http.host http.request.uri http.user_agent http.referer http.response.code http.content_type
http.server ftp.request.command ftp.request.arg ftp.response.code ftp.response.arg
tls.handshake.extensions_server_name tls.handshake.ciphersuite tls.handshake.version'''.split()


def timed(command, runs):
    """Median wall and CPU seconds and the largest peak memory in MB over `runs` runs."""
    walls, cpus, peak = [], [], 0
    for _ in range(runs):
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        walls.append(time.monotonic() - begin)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss / 1024)
        if process.returncode not in (0, 1):
            sys.exit(f'{command[0]} ended with {process.returncode}')
    return statistics.median(walls), statistics.median(cpus), peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--megabytes', type=int, default=100)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--skip-tshark', action='store_true')
    parser.add_argument('--pcapindex', default=os.path.join(ROOT, '.build', 'release', 'pcapindex'))
    parser.add_argument('--downloads', type=float, default=0.5, metavar='SHARE',
                        help='share of the bytes that is HTTP downloads of 0.2 to 4 MB; the rest is replayed units (default 0.5)')
    parser.add_argument('corpus', nargs='*', default=[os.path.join(ROOT, 'Tests', 'Captures')])
    options = parser.parse_args()
    for corpus in options.corpus:
        if os.path.isdir(corpus):
            bench(options, corpus)


def bench(options, corpus):
    """Makes the capture of one corpus, runs everything on it and prints the table."""
    data = os.path.join(HERE, 'data')
    os.makedirs(data, exist_ok=True)
    label = '-'.join(os.path.normpath(os.path.abspath(corpus)).split(os.sep)[-2:])
    capture = os.path.join(data, f'mix-{label}-{options.megabytes}MB-{options.downloads:g}.pcap')
    if not os.path.exists(capture):
        part = capture + '.part'
        subprocess.run([sys.executable, os.path.join(HERE, 'make_big.py'), 'mix', corpus, part,
                        '--bytes', str(options.megabytes * 1_000_000), '--downloads', str(options.downloads)], check=True, stderr=subprocess.DEVNULL)
        os.replace(part, capture)
    database = os.path.join(data, 'bench.sqlite')
    rows = []

    def ours():
        results = []
        for _ in range(options.runs):
            if os.path.exists(database):
                os.unlink(database)
            results.append(timed([options.pcapindex, 'ingest', '--quiet', capture, database], 1))
        return (statistics.median(r[0] for r in results), statistics.median(r[1] for r in results), max(r[2] for r in results))

    rows.append(('pcapindex ingest', ours()))
    if shutil.which('tcpdump'):
        rows.append(('tcpdump -nr', timed(['tcpdump', '-nr', capture], min(3, options.runs))))
    if shutil.which('tshark') and not options.skip_tshark:
        command = ['tshark', '-n', '-r', capture, '-T', 'fields']
        for field in FIELDS:
            command += ['-e', field]
        rows.append(('tshark -T fields', timed(command, 1)))
    size, (wall, cpu, _) = os.path.getsize(capture), rows[0][1]
    frames = int(subprocess.run(['sqlite3', database, 'SELECT count(*) FROM frames'], capture_output=True, text=True,
                                check=True).stdout)
    print(f'{os.path.basename(capture)}: {size / 1e6:.0f} MB, {frames} frames; database {os.path.getsize(database) / 1e6:.1f} MB; '
          f'{cpu / frames * 1e9:.0f} ns of CPU a frame, {size / 1e6 / wall:.0f} MB/s')
    print(f'{"":20}{"wall s":>9}{"CPU s":>9}{"peak MB":>9}{"wall, times ours":>18}{"CPU, times ours":>17}')
    for name, (w, c, m) in rows:
        print(f'{name:20}{w:>9.2f}{c:>9.2f}{m:>9.0f}{w / wall:>18.1f}{c / cpu:>17.1f}')
    os.unlink(database)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""Times pcapindex beside the floor and other programs on the same captures in one session; says which targets are met.

usage: bench.py [options] [CORPUS...]

Read README.md beside this file for what is measured and what the columns mean. Everything made lies in the folder data.
Folders CORPUS that exist are mixed and timed as well, without targets.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile

import captures, database, machine, measure, programs, report, summary
from results import Results

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
OWN = os.path.join(ROOT, 'Tests', 'Captures')


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--megabytes', type=int, default=100, metavar='N',
                        help='of the small mix and of bulk; the large mix has 10 times, that of --full 100 times as '
                             'much, small frames are 10,000 times as many (default 100, which the targets are for)')
    parser.add_argument('--runs', type=int, default=5, metavar='N',
                        help='of each program (default 5; tcpdump 3 at most)')
    parser.add_argument('--tshark-runs', type=int, default=1, metavar='N',
                        help='of tshark, which takes long (default 1; 0: none)')
    parser.add_argument('--full', action='store_true',
                        help='the mix of 10 GB too, once; takes 20 GB of disk, removed afterwards')
    parser.add_argument('--mean-frame', type=int, default=400, metavar='BYTES',
                        help='of the mixes: HTTP downloads are mixed in until it is reached (default 400, which the '
                             'targets are for)')
    parser.add_argument('--no-further', action='store_true', help='only what has targets')
    parser.add_argument('--markdown', action='store_true', help='tables in Markdown')
    parser.add_argument('--pcapindex', default=os.path.join(ROOT, '.build', 'release', 'pcapindex'), metavar='BINARY')
    parser.add_argument('corpus', nargs='*', default=[os.path.join(ROOT, '..', 'shared', 'captures')], metavar='CORPUS')
    options = parser.parse_args()
    options.pcapindex = os.path.abspath(options.pcapindex)
    if not os.access(options.pcapindex, os.X_OK):
        parser.error(f'there is no {options.pcapindex}: run make build')
    return options


class Output:
    """The folder that programs write into."""

    def __init__(self, path):
        self.path = path

    def empty(self):
        shutil.rmtree(self.path, ignore_errors=True)
        os.makedirs(self.path)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Bench:
    """One session."""

    def __init__(self, options):
        self.options = options
        # Before the session adds its own load.
        self.results = Results(machine.description(options.pcapindex))
        self.folder = captures.Folder(os.path.join(HERE, 'data'))
        self.output = Output(os.path.join(self.folder.path, 'output'))
        self.ours = programs.pcapindex(options.pcapindex)
        self.floor = programs.floor(programs.build_floor(self.folder.path))
        self.others, missing = programs.installed()
        self.results.absent = [f'{name} is not installed' for name in missing]
        if 'tshark' in self.others:
            self.others['tshark'] = self.others['tshark'].at_most(options.tshark_runs)

    def run(self):
        """Measures everything that the options ask for."""
        options, folder, n = self.options, self.folder, self.options.megabytes
        try:
            self.time('small', f'mix, {report.size(n)}', folder.mix(OWN, n, options.mean_frame), 'tcpdump', 'tshark')
            self.time('large', f'mix, {report.size(n * 10)}', folder.mix(OWN, n * 10, options.mean_frame), 'nfpcapd', 'argus')
            self.ask()
            self.time('frames', 'small frames', folder.small_frames(OWN, n * 10_000))
            self.time('bulk', f'bulk, {report.size(n)}', folder.bulk(n))
            self.start_up()
            if options.full:
                self.full()
            if not options.no_further:
                self.further()
        finally:
            self.output.remove()

    def time(self, key, label, capture, *others):
        """Times the floor, pcapindex and those of the others that are installed; leaves pcapindex's database."""
        # pcapindex is the last of a turn, and the others have their turns before it, so its database is what remains.
        turn = [self.others[name] for name in others if name in self.others] + [self.floor, self.ours]
        self.note(key, label, capture, measure.interleaved(turn, capture, self.output, self.options.runs))

    def note(self, key, label, capture, runs):
        """Keeps results; ends the program if the database that the last run left does not hold every frame."""
        stored = database.frames(programs.database(self.output.path))
        if stored != capture.frames:
            sys.exit(f'{capture.path}: {capture.frames} frames, of which pcapindex stored {stored}')
        results = self.results
        results.captures[key], results.labels[key], results.runs[key] = capture, label, runs

    def ask(self):
        """Looks into the database that the last run left."""
        path = programs.database(self.output.path)
        measure.say(f'{os.path.basename(path)} of the large mix: sizes and queries')
        self.results.tables, self.results.tables_by = database.tables(path)
        # A process of its own, so that the rows it fetches do not count as memory of the programs started later.
        command = [sys.executable, os.path.join(HERE, 'queries.py'), path, os.path.join(ROOT, 'queries')]
        self.results.latencies = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def start_up(self):
        """Times whole runs of `pcapindex query`."""
        measure.say('start-up')
        with tempfile.TemporaryDirectory(dir=self.folder.path) as folder:
            tiny, binary = os.path.join(folder, 'tiny.sqlite'), self.options.pcapindex
            measure.run([binary, 'ingest', '--quiet', os.path.join(OWN, 'arp_icmp.pcap'), tiny])
            commands = {'start-up: list of queries': [binary, 'query'],
                        'start-up: query of a tiny database': [binary, 'query', 'arp_table', tiny]}
            self.results.startup = {what: measure.spawned(command, 50) for what, command in commands.items()}
            self.results.spawn = measure.spawned(['true'], 50)

    def full(self):
        """Times pcapindex once on the mix of 100 times the size, and removes it."""
        size = self.options.megabytes * 100
        if shutil.disk_usage(self.folder.path).free < size * 2_000_000:
            sys.exit(f'--full needs {report.size(size * 2)} of free disk below {self.folder.path}')
        capture = self.folder.mix(OWN, size, self.options.mean_frame)
        try:
            runs = measure.interleaved([self.ours], capture, self.output, 1)
            self.note('huge', f'mix, {report.size(size)}', capture, runs)
        finally:
            capture.remove()

    def further(self):
        """The mix without downloads, and that of other corpora."""
        options, folder, n = self.options, self.folder, self.options.megabytes
        self.time('conversations', 'no downloads', folder.mix(OWN, n), 'tcpdump', 'tshark')
        for corpus in options.corpus:
            if os.path.isdir(corpus):
                capture = folder.mix(corpus, n, options.mean_frame)
                self.time(corpus, captures.label(corpus), capture, 'tcpdump', 'tshark')
            else:
                self.results.absent.append(f'{captures.label(corpus)}: no such folder')


def main():
    bench = Bench(parse())
    bench.run()
    summary.show(bench.results, bench.options.megabytes, bench.options.runs, bench.options.markdown)


if __name__ == '__main__':
    main()

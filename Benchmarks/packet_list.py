#!/usr/bin/env python3
"""Hold the packet list of pcapindex (the view `packets`) against tshark's columns, line by line.

Each capture is ingested into a database that is thrown away, and read by tshark with its default preferences, name
resolution off, in two passes as Wireshark does it (`-2`). Compared are, frame by frame: time, source, destination,
protocol, length, info, and the whole line. A frame that the database does not have counts as different in all of them.
Needs tshark (Debian: tshark) when it is run, and Python's standard library. Blanks at an info's end are not compared.

Set aside, and counted with and without:
  timestamps  `TSval=1 TSecr=2` of segments other than SYNs, which the database does not hold
  server name `(SNI=example.org)` behind `Client Hello`: Wireshark shows it from 4.2 on, pcapindex always
What remains different is printed as pairs of patterns (numbers, addresses and names replaced), most frequent first.
"""
import argparse, collections, os, re, shutil, sqlite3, subprocess, sys, tempfile

ENDINGS = ('.pcap', '.pcapng', '.cap', '.trace', '.ntar', '.dmp', '.pcapclear')
PACKINGS = ('', '.gz', '.zst', '.lz4', '.xz', '.bz2')
COLUMNS = ('time', 'source', 'destination', 'protocol', 'length', 'info')
FIELDS = ('frame.time_epoch', '_ws.col.{}ource', '_ws.col.{}estination', '_ws.col.{}rotocol', 'frame.len', '_ws.col.{}nfo')
INITIALS = ('', 'S', 'D', 'P', '', 'I')
LINES = 'SELECT frame, ts, source, destination, protocol, length, info FROM packets ORDER BY frame_id'
TIMESTAMPS = re.compile(r' TSval=\d+ TSecr=\d+')
SERVER_NAME = re.compile(r' \(SNI=[^)]*\)')


def captures(paths):
    """Every capture that is named, or lies in a folder that is."""
    endings = tuple(ending + packing for ending in ENDINGS for packing in PACKINGS)
    for path in paths:
        if not os.path.isdir(path):
            yield path
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names) if name.lower().endswith(endings))


def nanoseconds(seconds):
    """Seconds as tshark prints them, exactly; None where the frame has no time."""
    if not seconds:
        return None
    whole, _, part = seconds.partition('.')
    return int(whole) * 10**9 + (-1 if whole.startswith('-') else 1) * int((part + '0' * 9)[:9])


def from_tshark(path):
    """{frame number: columns}; None where tshark reads nothing. Columns' fields have lower-case names from 4.2 on."""
    for lower in (False, True):
        command = ['tshark', '-2', '-n', '-r', path, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=f', '-e', 'frame.number']
        for field, initial in zip(FIELDS, INITIALS):
            command += ['-e', field.format(initial.lower() if lower else initial)]
        run = subprocess.run(command, capture_output=True, text=True, errors='replace')
        if "aren't valid" not in run.stderr:
            break
    lines = {}
    for line in run.stdout.splitlines():
        number, time, *rest = line.split('\t', 6)
        if len(rest) == 5:
            lines[int(number)] = (nanoseconds(time), *(value.rstrip() for value in rest))
    return lines or None


def from_database(path):
    """{frame number: columns}."""
    database = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    try:
        return {number: (ts, *('' if value is None else str(value).rstrip() for value in rest))
                for number, ts, *rest in database.execute(LINES)}
    finally:
        database.close()


def ours(program, path):
    """{frame number: columns} of a capture that is ingested for it; None where nothing was read."""
    folder = tempfile.mkdtemp(prefix='packet-list-')
    try:
        database = os.path.join(folder, 'lines.sqlite')
        subprocess.run([program, 'ingest', path, database], capture_output=True)
        return from_database(database) if os.path.exists(database) else None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def set_aside(theirs, mine):
    """Both lines without what is set aside."""
    info, own = theirs[-1], mine[-1]
    if '[SYN' not in info:
        info, own = TIMESTAMPS.sub('', info), TIMESTAMPS.sub('', own)
    if 'Client Hello' in info and '(SNI=' not in info:
        own = SERVER_NAME.sub('', own)
    return (*theirs[:-1], info), (*mine[:-1], own)


def pattern(text):
    """What lines of one kind have in common."""
    text = re.sub(r'\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b', '<mac>', text)
    text = re.sub(r'\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\b', '<ip6>', text)
    text = re.sub(r'\b\d+(?:\.\d+){3}\b', '<ip>', text)
    text = re.sub(r'0x[0-9a-f]+', '<hex>', text)
    text = re.sub(r'\b[\w-]+(?:\.[\w-]+)+\b', '<name>', text)
    text = re.sub(r'\d+', '#', text)
    return text if len(text) <= 150 else text[:150] + '...'


class Count:
    """Equal lines of one capture, or of several."""

    def __init__(self):
        self.frames, self.lacking, self.same = 0, 0, collections.Counter()

    def add(self, other):
        self.frames += other.frames
        self.lacking += other.lacking
        self.same += other.same

    def row(self, name):
        share = lambda column: f'{100 * self.same[column] / self.frames:.2f}' if self.frames else '-'
        columns = ''.join(f'{share(column):>12}' for column in (*COLUMNS, 'line'))
        return f'{name[:40]:<40}{self.frames:>9}{columns}{self.same["line"]:>9}'


def compare(theirs, mine, differences):
    """Counts with nothing set aside, and with; differences gets what remains."""
    strict, lenient = Count(), Count()
    for number, line in theirs.items():
        own = mine.get(number)
        if own is None:
            for count in (strict, lenient):
                count.frames += 1
                count.lacking += 1
            continue
        for count, (left, right) in ((strict, (line, own)), (lenient, set_aside(line, own))):
            count.frames += 1
            same = [column for column, a, b in zip(COLUMNS, left, right) if a == b]
            count.same.update(same)
            if len(same) == len(COLUMNS):
                count.same['line'] += 1
            elif count is lenient:
                differences.append((number, left, right, [c for c in COLUMNS if c not in same]))
    return strict, lenient


def print_lines(paths):
    """What the tests expect (Tests/Captures/packet_lists.tsv): capture, frame, and the columns from source on."""
    for path in paths:
        for number, line in (from_tshark(path) or {}).items():
            line, _ = set_aside(line, line)
            print(os.path.basename(path), number, *line[1:], sep='\t')


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('paths', nargs='+', metavar='CAPTURE_OR_FOLDER')
    parser.add_argument('--pcapindex', default=os.path.join(here, '.build/release/pcapindex'), metavar='BIN',
                        help='the program; default: the release build of this repository')
    parser.add_argument('--patterns', type=int, default=40, metavar='N', help='pairs of patterns to print; default 40')
    parser.add_argument('--examples', type=int, default=1, metavar='N', help='frames to name of each; default 1')
    parser.add_argument('--captures', action='store_true', help='print a row for each capture too')
    parser.add_argument('--lines', action='store_true', help="print tshark's lines only, without what is set aside: the values of the tests")
    options = parser.parse_args()
    if not shutil.which('tshark'):
        sys.exit('packet_list.py: needs tshark (Debian: apt-get install tshark)')
    if options.lines:
        return print_lines(captures(options.paths))
    if not os.access(options.pcapindex, os.X_OK):
        sys.exit(f'packet_list.py: no program at {options.pcapindex}; make one (swift build -c release) or give --pcapindex')

    strict, lenient, kinds, examples = Count(), Count(), collections.Counter(), collections.defaultdict(list)
    print(f'{"share of equal, %":<40}{"frames":>9}' + ''.join(f'{c:>12}' for c in (*COLUMNS, 'line')) + f'{"lines":>9}')
    for path in captures(options.paths):
        theirs, mine = from_tshark(path), ours(options.pcapindex, path)
        if theirs is None or mine is None:
            print(f'{os.path.basename(path)}: not read by {"tshark" if theirs is None else "pcapindex"}')
        if theirs is None:
            continue
        differences = []
        counts = compare(theirs, mine or {}, differences)
        strict.add(counts[0])
        lenient.add(counts[1])
        if options.captures:
            print(counts[1].row(os.path.basename(path)))
        for number, left, right, columns in differences:
            kind = tuple((c, pattern(left[COLUMNS.index(c)] or ''), pattern(right[COLUMNS.index(c)] or ''))
                         if c != 'time' else (c, '', '') for c in columns)
            kinds[kind] += 1
            if len(examples[kind]) < options.examples:
                examples[kind].append(f'{os.path.basename(path)} {number}')
    print(strict.row('all, as they are'))
    print(lenient.row('all, timestamps and SNI set aside'))
    if lenient.lacking:
        print(f'{lenient.lacking} frames are not in the database')
    for kind, count in kinds.most_common(options.patterns):
        print(f'\n{count} times, as {", ".join(examples[kind])}')
        for column, left, right in kind:
            print(f'  {column:<12}tshark    {left}\n  {"":<12}pcapindex {right}')


if __name__ == '__main__':
    main()

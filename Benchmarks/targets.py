"""The targets, and whether they are met."""
from dataclasses import dataclass
from report import number, size

HEADERS = ('target', 'figure', 'beside', 'ratio', 'limit', 'of limit', 'verdict')
LEFT = (0, 6)


@dataclass(frozen=True)
class Target:
    """One row: a figure, what it is held against, and the limit, which is one of their ratio or else of the figure.

    `of limit` is how much of what the limit grants is used: up to 1.00 the target is met.
    """
    what: str
    figure: str
    beside: str = ''
    ratio: float | None = None
    limit: str = ''
    used: float | None = None
    missing: str = ''   # why there is no verdict

    def row(self):
        verdict = self.missing or ('' if self.used is None else 'met' if self.used <= 1 else 'missed')
        return (self.what, self.figure, self.beside, '' if self.ratio is None else number(self.ratio), self.limit,
                '' if self.used is None else f'{self.used:.2f}', verdict)


def absolute(what, value, most, unit):
    """A figure with a limit of its own."""
    return Target(what, f'{number(value)} {unit}', limit=f'≤ {number(most)} {unit}', used=value / most)


def relative(what, value, other, most, unit, name, below=False):
    """A figure with a limit for its ratio to another's."""
    ratio = value / other
    return Target(what, f'{number(value)} {unit}', f'{name} {number(other)} {unit}', ratio,
                  f'{"<" if below else "≤"} {most:g}', ratio / most)


def times(what, value, other, least, unit, name):
    """A figure that another's must be a multiple of."""
    ratio = other / value
    return Target(what, f'{number(value)} {unit}', f'{name} {number(other)} {unit}', ratio, f'≥ {least:g}',
                  least / ratio)


def absent(what, why):
    return Target(what, '', missing=why)


def evaluate(results, megabytes):
    """The rows for `results`: see Results in results.py."""
    small, large, huge = size(megabytes), size(megabytes * 10), size(megabytes * 100)
    mix, first, runs = results.runs['large'], results.runs['small'], results.runs
    ours, floor = mix['pcapindex'], mix['floor']
    rows = [relative(f'CPU, {large} mix', ours.cpu, floor.cpu, 0.70, 's', 'floor'),
            relative(f'wall beside its own CPU, {large} mix', ours.wall, ours.cpu, 0.65, 's', 'CPU')]
    if 'tshark' in first:
        us, tshark = first['pcapindex'], first['tshark']
        rows += [relative(f'CPU beside tshark, {small} mix', us.cpu, tshark.cpu, 0.015, 's', 'tshark'),
                 times(f"tshark's wall, times ours, {small} mix", us.wall, tshark.wall, 30, 's', 'tshark')]
    else:
        rows += [absent(f'CPU beside tshark, {small} mix', 'tshark not run'),
                 absent(f"tshark's wall, times ours, {small} mix", 'tshark not run')]
    for name in ('nfpcapd', 'argus'):
        what = f'CPU below {name}, {large} mix'
        rows.append(relative(what, ours.cpu, mix[name].cpu, 1, 's', name, below=True) if name in mix
                    else absent(what, f'{name} not run'))
    for key, what in (('frames', 'CPU, small frames'), ('bulk', 'CPU, bulk')):
        rows.append(relative(what, runs[key]['pcapindex'].cpu, runs[key]['floor'].cpu, 1, 's', 'floor'))
    rows.append(absolute(f'peak memory, {large} mix', ours.peak, 64, 'MB'))
    if 'huge' in runs:
        rows.append(absolute(f'peak memory, {huge} mix', runs['huge']['pcapindex'].peak, 64, 'MB'))
    else:
        rows.append(absent(f'peak memory, {huge} mix', 'needs --full'))
    rows += sizes(results) + growth(results, small, (('large', large), ('huge', huge)))
    return rows + questions(results, large)


def sizes(results):
    """Bytes a frame of `frames` with its indexes, and of all other tables."""
    frames, tables = results.captures['large'].frames, results.tables
    own = sum(tables['frames'])
    rest = sum(map(sum, tables.values())) - own
    return [absolute('database: frames with its index, a frame', own / frames, 60, 'B'),
            Target('database: all other tables, a frame', f'{number(rest / frames)} B')]


def growth(results, small, larger):
    """CPU a frame of larger captures beside the small one's."""
    def cost(key):
        return results.runs[key]['pcapindex'].cpu / results.captures[key].frames * 1e9
    return [relative(f'growth: CPU a frame, {label} mix', cost(key), cost('small'), 1.10, 'ns', small)
            if key in results.runs else absent(f'growth: CPU a frame, {label} mix', 'needs --full')
            for key, label in larger]


def questions(results, large):
    """Latencies of queries, and the start-up of the program."""
    limits = (('address', 'flows of an address', 1), ('flow', 'frames of a flow', 1),
              ('name', 'first 100 addresses of a name', 1), ('services', 'services of all flows', 50),
              ('protocol_hierarchy', 'protocol_hierarchy', 50), ('top_talkers', 'top_talkers', 20),
              ('timeline', 'timeline', 20))
    rows = []
    for key, what, most in limits:
        result, what = results.latencies[key], f'query, {large}: {what}'
        rows.append(absent(what, result['absent']) if 'absent' in result
                    else absolute(what, result['median_ms'], most, 'ms'))
    return rows + [absolute(what, ms, 5, 'ms') for what, ms in results.startup.items()]

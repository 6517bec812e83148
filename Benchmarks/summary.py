"""Prints what one session measured."""
import report, targets


def show(results, megabytes, count, markdown):
    """Prints all tables. `megabytes`: of the small mix; `count`: runs of each program."""
    out = report.Report(markdown)
    out.heading('Machine')
    out.lines(results.machine)
    out.lines([f'NOT MEASURED: {what}' for what in results.absent])
    out.heading(f'Targets (medians of {count})')
    if megabytes != 100:
        out.lines([f'Scaled to {report.size(megabytes)}: the targets are for 100 MB and 1 GB.'])
    out.table(targets.HEADERS, [target.row() for target in targets.evaluate(results, megabytes)], targets.LEFT)
    out.heading('Runs')
    show_runs(out, results)
    out.heading(f'Database of the large mix, bytes a frame (by {results.tables_by})')
    show_tables(out, results.captures['large'].frames, results.tables)
    out.heading('Queries on it, ms')
    show_queries(out, results)


def show_runs(out, results):
    """What each program took on each capture."""
    headers = ('capture', 'frames', 'program', 'runs', 'CPU s', 'range', 'wall s', 'peak MB', 'ns/frame', 'MB/s', '×CPU',
               '×wall')
    rows = []
    for key, runs in results.runs.items():
        capture, ours = results.captures[key], runs['pcapindex']
        # Only in the first line of each capture.
        name, count = results.labels[key], f'{capture.frames:,}'
        for program, result in runs.items():
            low, high = result.cpu_range
            spread = f'{low:.2f}–{high:.2f}' if len(result.runs) > 1 else ''
            rows.append((
                name, count, program, str(len(result.runs)), f'{result.cpu:.2f}', spread, f'{result.wall:.2f}',
                f'{result.peak:.0f}', f'{result.cpu / capture.frames * 1e9:.0f}',
                f'{capture.bytes / 1e6 / result.wall:.0f}', f'{result.cpu / ours.cpu:.2f}',
                f'{result.wall / ours.wall:.2f}'))
            name, count = '', ''
    out.table(headers, rows, left=(0, 2))


def show_tables(out, frames, tables):
    """Bytes a frame of each table, those that would show as 0.0 only in the sum."""
    order = sorted(tables.items(), key=lambda item: -sum(item[1]))
    order.append(('all', tuple(map(sum, zip(*tables.values())))))
    rows = [(name, *(f'{value / frames:.1f}' for value in (data, indexes, data + indexes)))
            for name, (data, indexes) in order]
    out.table(('table', 'rows', 'indexes', 'together'), [row for row in rows if row[-1] != '0.0'])


def show_queries(out, results):
    """Latencies."""
    rows = [(name, report.number(x['median_ms']), report.number(x['p95_ms']), f'{x["rows"]:g}', str(x['runs']))
            for name, x in results.latencies.items() if 'absent' not in x]
    out.table(('query', 'median', '95th percentile', 'rows', 'runs'), rows)
    out.lines([f'Start-up: a program that does nothing takes {report.number(results.spawn)} ms of it.'])

"""Tables for a terminal or for Markdown."""
import textwrap

WIDTH = 120


class Report:
    """Prints what was measured."""

    def __init__(self, markdown):
        self.markdown = markdown

    def heading(self, text):
        print(f'\n#### {text}\n' if self.markdown else f'\n{text}')

    def lines(self, lines):
        """Lines of prose, each a list item in Markdown."""
        for line in lines:
            print(f'- {line}' if self.markdown else textwrap.fill(line, WIDTH, subsequent_indent='  '))
        if self.markdown and lines:
            print()

    def table(self, headers, rows, left=(0,)):
        """A table; the columns in `left` are aligned left, the others right."""
        if self.markdown:
            print('| ' + ' | '.join(headers) + ' |')
            print('|' + '|'.join('---' if i in left else '---:' for i in range(len(headers))) + '|')
            for row in rows:
                print('| ' + ' | '.join(row) + ' |')
            print()
            return
        widths = [max(map(len, column)) for column in zip(headers, *rows)]
        for row in (headers, *rows):
            cells = (cell.ljust(width) if i in left else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths)))
            print('  '.join(cells).rstrip())


def number(value):
    """Three significant digits: '0.0153', '1.25', '68.4', '1234'."""
    if value == 0 or abs(value) >= 100:
        return f'{value:.0f}'
    digits = 2
    while abs(value) < 10 ** (2 - digits) and digits < 6:
        digits += 1
    return f'{value:.{min(digits, 1) if abs(value) >= 10 else digits}f}'


def size(megabytes):
    """'100 MB', '1 GB'."""
    return f'{megabytes} MB' if megabytes < 1000 or megabytes % 1000 else f'{megabytes // 1000} GB'

"""What a database holds, and how its bytes are spread over its tables."""
import os, shutil, sqlite3, subprocess, tempfile

# Pages of each B-tree with the table that it is of.
PAGES = '''SELECT coalesce(o.tbl_name, s.name), s.name, s.pgsize
FROM dbstat('main', 1) s LEFT JOIN sqlite_schema o ON o.name = s.name'''


def connect(path):
    return sqlite3.connect(f'file:{path}?mode=ro', uri=True)


def frames(path):
    """Number of rows of `frames`."""
    connection = connect(path)
    try:
        return connection.execute('SELECT count(*) FROM frames').fetchone()[0]
    finally:
        connection.close()


def tables(path):
    """{table: (its bytes, bytes of its indexes)} and how that is known; without dbstat only `frames` and all others."""
    sizes = {}
    try:
        for table, tree, size in trees(path):
            data, indexes = sizes.get(table, (0, 0))
            sizes[table] = (data + size, indexes) if tree == table else (data, indexes + size)
        return sizes, 'dbstat'
    except sqlite3.OperationalError:
        size = copied(path)
        others = os.path.getsize(path) - sum(size), 0
        return {'frames': size, 'all others': others}, 'frames copied to a database of its own'


def trees(path):
    """(table, B-tree, bytes) of each B-tree: by Python's SQLite, or by the shell's where only that one knows dbstat."""
    connection = connect(path)
    try:
        return connection.execute(PAGES).fetchall()
    except sqlite3.OperationalError:
        if not shutil.which('sqlite3'):
            raise
        shell = subprocess.run(['sqlite3', '-readonly', '-tabs', path, PAGES], capture_output=True, text=True)
        if shell.returncode:
            raise
        rows = (line.split('\t') for line in shell.stdout.splitlines())
        return [(table, tree, int(size)) for table, tree, size in rows]
    finally:
        connection.close()


def copied(path):
    """(bytes of `frames`, bytes of its indexes) in a new database with the same rows, in pages of the same size."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(path))) as folder:
        connection = sqlite3.connect(os.path.join(folder, 'frames.sqlite'), isolation_level=None)
        try:
            connection.execute('ATTACH ? AS origin', (path,))
            page = connection.execute('PRAGMA origin.page_size').fetchone()[0]
            connection.execute(f'PRAGMA page_size = {page}')
            # The table's own statement first, then its indexes'.
            statements = [row[0] for row in connection.execute('''
                SELECT sql FROM origin.sqlite_schema
                WHERE tbl_name = 'frames' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type = 'index'
            ''')]

            def pages():
                return connection.execute('PRAGMA main.page_count').fetchone()[0]
            before = pages()
            connection.execute(statements[0])
            connection.execute('INSERT INTO main.frames SELECT * FROM origin.frames')
            after = pages()
            for statement in statements[1:]:
                connection.execute(statement)
            return (after - max(before, 1)) * page, (pages() - after) * page
        finally:
            connection.close()

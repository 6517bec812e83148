"""Questions to tshark, always with the same preferences, whatever the user's own are."""

import os

from lab import run

PREFERENCES = [
    f"-o{name}:{value}"
    for name, value in {
        "tcp.desegment_tcp_streams": "TRUE",
        "tcp.reassemble_out_of_order": "TRUE",
        "http.desegment_body": "TRUE",
        "tls.desegment_ssl_records": "TRUE",
        "ip.defragment": "TRUE",
        "ipv6.defragment": "TRUE",
        "tcp.relative_sequence_numbers": "TRUE",
        "nameres.mac_name": "FALSE",
        "nameres.network_name": "FALSE",
    }.items()
]
SEPARATOR, AGGREGATOR = "\x1f", "\x1e"


def tshark(path, *arguments):
    environment = {
        **os.environ,
        "HOME": "/nonexistent",
        "XDG_CONFIG_HOME": "/nonexistent",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
    }
    return run("tshark", "-n", "-r", path, *PREFERENCES, *arguments, env=environment).decode(errors="replace")


def count(path, expression):
    """The number of frames that a display filter finds."""
    return len(tshark(path, "-Y", expression, "-T", "fields", "-e", "frame.number").split())


def rows(path, expression, *fields):
    """One list per frame that the filter finds, with a list of values for each field."""
    wanted = [argument for field in fields for argument in ("-e", field)]
    text = tshark(
        path,
        "-Y",
        expression,
        "-T",
        "fields",
        "-E",
        f"separator={SEPARATOR}",
        "-E",
        f"aggregator={AGGREGATOR}",
        *wanted,
    )
    return [
        [cell.split(AGGREGATOR) if cell else [] for cell in line.split(SEPARATOR)] for line in text.split("\n") if line
    ]

"""What one session measured."""
from dataclasses import dataclass, field


@dataclass
class Results:
    """What was measured, by the captures' keys: small, large, huge (mixes), frames (small ones), bulk; further ones."""
    machine: list = field(default_factory=list)     # lines that describe it
    captures: dict = field(default_factory=dict)    # key: Capture
    labels: dict = field(default_factory=dict)      # key: what the capture is
    runs: dict = field(default_factory=dict)        # key: {program: Runs}
    tables: dict = field(default_factory=dict)      # of the large mix: {table: (bytes, bytes of indexes)}
    tables_by: str = ''                             # how that is known
    latencies: dict = field(default_factory=dict)   # on the large mix: {question: figures}
    startup: dict = field(default_factory=dict)     # {what: ms}
    spawn: float = 0                                # ms that a program takes which does nothing
    absent: list = field(default_factory=list)      # what could not be measured, and why

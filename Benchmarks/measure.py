"""Runs commands and says what they took."""
import os, shlex, statistics, subprocess, sys, time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """What one process took, its threads included: seconds, and MB (10^6 bytes) resident at most.

    The kernel counts the memory of the process that started it in, so no peak is smaller than this program's own.
    """
    wall: float
    cpu: float
    peak: float


@dataclass
class Runs:
    """Several runs of one program on one capture: medians, and the largest peak."""
    runs: list[Run] = field(default_factory=list)

    @property
    def wall(self):
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self):
        return statistics.median(run.cpu for run in self.runs)

    @property
    def cpu_range(self):
        return min(run.cpu for run in self.runs), max(run.cpu for run in self.runs)

    @property
    def peak(self):
        return max(run.peak for run in self.runs)


def run(command):
    """Runs a command to its end without its output; ends this program if it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f'ended with {process.returncode}: {shlex.join(command)}')
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def interleaved(programs, capture, output, runs):
    """Runs the programs in turns on one capture: {name: Runs}. `output` is a folder that each run finds empty.

    What others do to the machine at the time meets all programs alike. The capture is in the page cache, and nothing
    is left to be written to the disk, when a run begins.
    """
    results = {program.name: Runs() for program in programs}
    read(capture.path)
    for turn in range(runs):
        for program in programs:
            if program.runs is not None and turn >= program.runs:
                continue
            output.empty()
            os.sync()
            say(f'{os.path.basename(capture.path)}: {program.name}, run {turn + 1}')
            results[program.name].runs.append(run(program.command(capture.path, output.path)))
    return {name: result for name, result in results.items() if result.runs}


def read(path):
    """Brings a file into the page cache."""
    buffer = bytearray(1 << 20)
    with open(path, 'rb', buffering=0) as file:
        while file.readinto(buffer):
            pass


def spawned(command, runs):
    """Median wall milliseconds of a short command, from its start to its end."""
    times = []
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, descriptor) for descriptor in (0, 1, 2)]
    for _ in range(runs + 1):
        begin = time.perf_counter()
        _, status = os.waitpid(os.posix_spawnp(command[0], command, os.environ, file_actions=actions), 0)
        times.append((time.perf_counter() - begin) * 1e3)
        if status:
            sys.exit(f'ended with {os.waitstatus_to_exitcode(status)}: {shlex.join(command)}')
    os.close(null)
    return statistics.median(times[1:])   # the first one reads the program from the disk


def say(text):
    """Says on standard error what is being done."""
    print(text, file=sys.stderr, flush=True)

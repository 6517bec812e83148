"""The captures that programs are timed on: made by make_big.py, kept, made anew when what they come from changes."""
import functools, hashlib, json, os, re, subprocess, sys
from dataclasses import dataclass

from measure import say

HERE = os.path.dirname(os.path.abspath(__file__))
MAKER = os.path.join(HERE, 'make_big.py')


@dataclass(frozen=True)
class Capture:
    """A made capture."""
    path: str
    frames: int
    bytes: int

    def remove(self):
        for path in (self.path, note(self.path)):
            if os.path.exists(path):
                os.unlink(path)


class Folder:
    """A folder of made captures."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def mix(self, corpus, megabytes, mean_frame=0):
        """Conversations of the corpus replayed, with as many HTTP downloads that the mean frame has `mean_frame` bytes."""
        name = f'mix-{label(corpus, "-")}-{megabytes}MB' + (f'-mean-{mean_frame}' if mean_frame else '')
        return self.make(name, 'mix', corpus, '--bytes', str(megabytes * 1_000_000), '--mean-frame', str(mean_frame))

    def small_frames(self, corpus, frames):
        """DNS, scans, handshakes, bare ACKs."""
        return self.make(f'small-{frames}', 'small', corpus, '--frames', str(frames))

    def bulk(self, megabytes):
        """Downloads in eight connections."""
        return self.make(f'bulk-{megabytes}MB', 'bulk', None, '--bytes', str(megabytes * 1_000_000))

    def make(self, name, kind, corpus, *options):
        """A capture, made unless it is there already and what it comes from is still the same."""
        path = os.path.join(self.path, name + '.pcap')
        origin = digest(corpus, kind, *options)
        try:
            with open(note(path)) as file:
                noted = json.load(file)
            if noted['origin'] == origin:
                return Capture(path, noted['frames'], os.path.getsize(path))
        except (OSError, ValueError, KeyError):
            pass
        say(f'making {os.path.basename(path)}')
        part = path + '.part'
        try:
            made = subprocess.run([sys.executable, MAKER, kind, *([corpus] if corpus else []), part, *options],
                                  check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            os.replace(part, path)
        finally:
            if os.path.exists(part):
                os.unlink(part)
        frames = int(re.search(r': (\d+) frames', made.stdout)[1])
        with open(note(path), 'w') as file:
            json.dump({'origin': origin, 'frames': frames}, file)
        return Capture(path, frames, os.path.getsize(path))


def note(path):
    """The file beside a made capture that says what it was made from."""
    return path + '.json'


def label(corpus, separator='/'):
    """The last two parts of a folder's path."""
    return separator.join(os.path.abspath(corpus).split(os.sep)[-2:])


def digest(corpus, *options):
    """Stands for all that a capture is made from."""
    return hashlib.sha256('\n'.join([file_digest(MAKER), corpus_digest(corpus), *options]).encode()).hexdigest()


@functools.cache
def corpus_digest(corpus):
    if not corpus:
        return ''
    lines = []
    for base, folders, names in os.walk(corpus):
        folders.sort()
        for path in (os.path.join(base, name) for name in sorted(names)):
            lines.append(f'{os.path.relpath(path, corpus)} {file_digest(path)}')
    return hashlib.sha256('\n'.join(lines).encode()).hexdigest()


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

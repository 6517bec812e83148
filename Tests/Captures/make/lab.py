"""Network namespaces, links between them, and the programs that run inside.

Everything lives for the length of one `with Lab() as lab:` block: leaving it ends the programs that were started and
removes the namespaces, so no frame ever leaves the machine and nothing is left behind.
"""

import contextlib
import ctypes
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

PREFIX = "pcapindex-"
CLONE_NEWNET = 0x40000000
PACKET_OUTGOING = 4
ETH_P_ALL = 3

_libc = ctypes.CDLL(None, use_errno=True)


def run(*arguments, check=True, **options):
    """Runs a program to its end and returns what it printed on stdout."""
    result = subprocess.run([str(a) for a in arguments], capture_output=True, timeout=60, **options)
    if check and result.returncode:
        raise SystemExit(
            f"{' '.join(map(str, arguments))}: status {result.returncode}\n"
            f"{result.stdout.decode(errors='replace')}{result.stderr.decode(errors='replace')}"
        )
    return result.stdout


@contextlib.contextmanager
def inside(namespace):
    """Sockets that this thread makes within the block belong to the namespace."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{PREFIX}{namespace}", os.O_RDONLY)
    try:
        if _libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        _libc.setns(home, CLONE_NEWNET)
        os.close(there)
        os.close(home)


class Lab:
    """Namespaces with their programs and a folder for their files."""

    def __init__(self):
        self.namespaces = []
        self.programs = []
        self.relays = []
        self.folder = None

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pcapindex-captures-"))
        self.folder.chmod(0o755)
        return self

    def __exit__(self, *_):
        for relay in self.relays:
            relay.stop()
        for program in reversed(self.programs):
            self.stop(program)
        for name in self.namespaces:
            run("ip", "netns", "delete", PREFIX + name, check=False)
            shutil.rmtree(f"/etc/netns/{PREFIX}{name}", ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir("/etc/netns")
        shutil.rmtree(self.folder, ignore_errors=True)

    def namespace(self, name, ipv6=False):
        """A namespace without any of the traffic that IPv6 makes by itself, unless it is wanted."""
        run("ip", "netns", "delete", PREFIX + name, check=False)
        run("ip", "netns", "add", PREFIX + name)
        self.namespaces.append(name)
        for scope in ("all", "default"):
            base = f"/proc/sys/net/ipv6/conf/{scope}"
            settings = {
                "disable_ipv6": 0 if ipv6 else 1,
                "router_solicitations": 0,
                "accept_ra": 0,
                "accept_dad": 0,
                "dad_transmits": 0,
            }
            for setting, value in settings.items():
                self.run(name, "sh", "-c", f"echo {value} > {base}/{setting}")
        # Cubic everywhere: the same build of the captures on every kernel's default.
        self.run(name, "sh", "-c", "echo cubic > /proc/sys/net/ipv4/tcp_congestion_control || true")
        self.ip(name, "link", "set", "lo", "up")

    def etc(self, namespace, name, text, mode=0o644):
        """A file that programs in the namespace see in /etc (`ip netns exec` mounts it over the machine's own)."""
        path = Path(f"/etc/netns/{PREFIX}{namespace}") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def file(self, name, content, mode=0o644, modified=1_700_000_000):
        """A file in the lab's folder, with a modification time that is the same in every build."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        os.utime(path, (modified, modified))
        return path

    def link(self, a, b, a_name="eth0", b_name="eth0", mtu=1500, number=1):
        """A cable between two namespaces. Checksums are computed and segments cut before a frame reaches it."""
        temporary = [f"pxa{os.getpid() % 10000}", f"pxb{os.getpid() % 10000}"]
        run("ip", "link", "add", temporary[0], "type", "veth", "peer", "name", temporary[1])
        for end, (namespace, name) in enumerate(((a, a_name), (b, b_name))):
            run("ip", "link", "set", temporary[end], "netns", PREFIX + namespace)
            self.ip(
                namespace,
                "link",
                "set",
                temporary[end],
                "name",
                name,
                "address",
                f"02:00:5e:00:{number:02x}:{end + 1:02x}",
                "mtu",
                mtu,
            )
            self.run(
                namespace,
                "ethtool",
                "-K",
                name,
                "tso",
                "off",
                "gso",
                "off",
                "gro",
                "off",
                "tx",
                "off",
                "rx",
                "off",
                check=False,
            )
            self.ip(namespace, "link", "set", name, "up")

    def ip(self, namespace, *arguments):
        return run("ip", "-n", PREFIX + namespace, *arguments)

    def run(self, namespace, *arguments, **options):
        """Runs a program in the namespace to its end."""
        return run("ip", "netns", "exec", PREFIX + namespace, *arguments, **options)

    def start(self, namespace, *arguments, **options):
        """Starts a program in the namespace; it is ended with the lab."""
        log = open(self.folder / f"{len(self.programs)}.log", "wb")
        program = subprocess.Popen(
            ["ip", "netns", "exec", PREFIX + namespace, *map(str, arguments)],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )
        program.log = Path(log.name)
        log.close()
        self.programs.append(program)
        return program

    def stop(self, program, how=signal.SIGTERM):
        """Ends a program and its children."""
        if program.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, how)
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()

    def wait_for_port(self, namespace, address, port, program=None):
        """Returns when a server listens, without ever connecting to it (which a capture would show)."""
        for _ in range(200):
            listening = self.run(namespace, "ss", "-Hlntu", f"sport = :{port}").decode()
            if any(f"{a}:{port}" in listening for a in (address, "0.0.0.0", "*", f"[{address}]", "[::]")):
                return
            if program and program.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"nothing listens at {address} port {port}\n" + (program.log.read_text() if program else ""))

    @contextlib.contextmanager
    def capture(self, namespace, path, interface="eth0", options=(), expression=""):
        """Captures with tcpdump for the length of the block."""
        partial = self.folder / ("capture-" + Path(path).name)
        program = self.start(
            namespace,
            "tcpdump",
            "-i",
            interface,
            "-n",
            "-s",
            "0",
            "-U",
            "--immediate-mode",
            "-Z",
            "root",
            *options,
            "-w",
            partial,
            *([expression] if expression else []),
        )
        self._wait_until(program, "listening on")
        yield
        time.sleep(0.4)
        self.stop(program, signal.SIGINT)
        shutil.copyfile(partial, path)

    @contextlib.contextmanager
    def capture_pcapng(self, namespace, path, description, interface="eth0"):
        """Captures with dumpcap, which writes pcapng with the interface's name and statistics."""
        partial = self.folder / ("capture-" + Path(path).name)
        program = self.start(
            namespace, "dumpcap", "-i", interface, "--ifdescr", description, "-s", "262144", "-w", partial
        )
        self._wait_until(program, "File: ")
        time.sleep(0.5)
        yield
        time.sleep(1.2)
        self.stop(program, signal.SIGINT)
        shutil.copyfile(partial, path)

    def _wait_until(self, program, text):
        for _ in range(200):
            if text in program.log.read_text(errors="replace"):
                return
            if program.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("the capture did not start: " + program.log.read_text(errors="replace"))


class Relay:
    """A box that two cables end in and that passes frames on: each direction has a function from a frame to a list of
    (delay in seconds, frame). It stands for what the kernel may lack (tc netem, 802.1Q interfaces)."""

    def __init__(self, lab, namespace, a, b, a_to_b, b_to_a):
        self.ends = []
        with inside(namespace):
            for name in (a, b):
                end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
                end.bind((name, ETH_P_ALL))
                self.ends.append(end)
        self.changes = (a_to_b, b_to_a)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._pass_on, daemon=True)
        self.thread.start()
        lab.relays.append(self)

    def _pass_on(self):
        waiting = []
        while not self.stopping.is_set():
            now = time.monotonic()
            for due in sorted(w for w in waiting if w[0] <= now):
                waiting.remove(due)
                self.ends[due[2]].send(due[3])
            pause = min([0.2] + [max(0, w[0] - now) for w in waiting])
            for end in select.select(self.ends, [], [], pause)[0]:
                frame, (_, _, kind, _, _) = end.recvfrom(65536)
                if kind == PACKET_OUTGOING:
                    continue
                side = self.ends.index(end)
                for delay, changed in self.changes[side](frame):
                    waiting.append((time.monotonic() + delay, len(waiting), 1 - side, changed))

    def stop(self):
        self.stopping.set()
        self.thread.join()
        for end in self.ends:
            end.close()


def lossy(seed, loss, reorder, duplicate, delay=0.002):
    """A direction that loses, repeats and delays TCP segments with a payload, the same way for the same seed."""
    chance = random.Random(seed)

    def change(frame):
        if len(frame) < 200:
            return [(delay, frame)]
        if chance.random() < loss:
            return []
        if chance.random() < reorder:
            return [(delay + 0.004, frame)]
        if chance.random() < duplicate:
            return [(delay, frame), (delay + 0.0005, frame)]
        return [(delay, frame)]

    return change


def tagged(*tags):
    """What a switch does on the way to a trunk: puts 802.1Q tags, outermost first, behind the addresses."""
    return lambda frame: [(0, frame[:12] + b"".join(tags) + frame[12:])]


def untagged(count):
    """The way back. The kernel hands the outermost tag over beside the frame, so that one less is in it."""
    return lambda frame: [(0, frame[:12] + frame[12 + 4 * (count - 1) :])]

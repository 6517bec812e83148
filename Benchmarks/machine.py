"""Says what machine and which versions the figures are from."""
import os, platform, re, shutil, sqlite3, subprocess

# How each program is asked for its version.
VERSIONS = {'tshark': ['tshark', '--version'], 'tcpdump': ['tcpdump', '--version'], 'nfpcapd': ['nfpcapd', '-V'],
            'argus': ['argus', '-h']}


def description(binary):
    """Lines about the machine, its load and the versions of what runs on it."""
    cores, memory = len(os.sched_getaffinity(0)), os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2 ** 30
    load = os.getloadavg()[0]
    versions = [f'pcapindex {version([binary, "--version"])}', f'SQLite {sqlite3.sqlite_version}']
    versions += [f'{name} {version(command)}' for name, command in VERSIONS.items() if shutil.which(name)]
    hardware = f'{model()}, {cores} cores, {memory:.0f} GiB of memory'
    return [f'{hardware}, Linux {platform.release()}; load before: {load:.1f}', ', '.join(versions)]


def model():
    """The processor's name."""
    with open('/proc/cpuinfo') as file:
        for line in file:
            if line.startswith('model name'):
                return line.split(':', 1)[1].strip()
    return platform.machine()


def version(command):
    """The first number with points in what a command says of itself."""
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')
    found = re.search(r'\d+(\.\d+)+', said.stdout + said.stderr)
    return found[0] if found else '(version unknown)'

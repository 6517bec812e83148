"""QUIC: aioquic, which Debian does not have in a version that speaks QUIC version 2, as server and client."""

import os
import subprocess
import sys
import time
import venv

import secure
from ftp import still_neighbours

CLIENT, SERVER = "192.168.10.20", "93.184.215.14"
AIOQUIC = "aioquic==1.7.2"

# Runs inside a namespace with the Python that has aioquic. One server for each way to begin.
SERVE = '''
import asyncio, sys
from aioquic.asyncio import serve
from aioquic.quic.configuration import QuicConfiguration

V1, V2 = 1, 0x6B3343CF


async def main(address, chain, key):
    def configuration(versions):
        made = QuicConfiguration(is_client=False, alpn_protocols=["h3"], supported_versions=versions)
        made.load_cert_chain(chain, key)
        return made

    await serve(address, 443, configuration=configuration([V1, V2]))
    await serve(address, 4433, configuration=configuration([V1]), retry=True)
    await serve(address, 4434, configuration=configuration([V2]))
    await serve(address, 4435, configuration=configuration([V2, V1]))
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
'''

ASK = '''
import asyncio, ssl, sys
from aioquic.asyncio import connect
from aioquic.quic.configuration import QuicConfiguration

V1, V2 = 1, 0x6B3343CF
address = sys.argv[1]


async def ask(port, name, versions, first=None, protocols=("h3",), **more):
    configuration = QuicConfiguration(
        is_client=True, alpn_protocols=list(protocols), server_name=name, supported_versions=versions,
        original_version=first, verify_mode=ssl.CERT_NONE, **more)
    try:
        async with connect(address, port, configuration=configuration) as client:
            await client.ping()
    except ConnectionError:
        print(name, "was refused")


async def main():
    await ask(443, "www.example.com", [V1])
    await ask(443, "modern.example.com", [V2])
    # With a Retry packet.
    await ask(4433, "login.example.com", [V1])
    # The server does not have the version: Version Negotiation.
    await ask(4434, "files.example.com", [V1, V2], V1)
    # It has, and goes on in the one that the client likes better (RFC 9368).
    await ask(4435, "portal.example.com", [V2, V1], V1)
    # A ClientHello of two datagrams.
    await ask(443, "large.example.com", [V1], quantum_readiness_test=True)
    # Refused for want of a common protocol.
    await ask(443, "refused.example.com", [V1], protocols=("other",))


asyncio.run(main())
'''


def python(lab):
    """A Python that has aioquic: AIOQUIC_PYTHON, else one in the lab's folder, with the package from PyPI."""
    there = os.environ.get("AIOQUIC_PYTHON")
    if there:
        return there
    venv.create(lab.folder / "venv", with_pip=True)
    own = lab.folder / "venv" / "bin" / "python"
    subprocess.run([own, "-m", "pip", "install", "-q", AIOQUIC], check=True, stdout=sys.stderr)
    return own


def session(lab, path):
    """quic_handshakes.pcap"""
    interpreter = python(lab)
    lab.namespace("client")
    lab.namespace("server")
    lab.link("client", "server")
    for end, address in (("client", CLIENT), ("server", SERVER)):
        lab.ip(end, "address", "add", f"{address}/32", "dev", "eth0")
        lab.ip(end, "route", "add", "default", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("server", 1), SERVER: ("client", 2)})
    ca = secure.certificates(lab)
    serve, ask = lab.file("serve.py", SERVE), lab.file("ask.py", ASK)
    server = lab.start("server", interpreter, serve, SERVER, ca / "ec.chain", ca / "ec.key")
    lab.wait_for_port("server", SERVER, 4435, server)
    with lab.capture("client", path):
        lab.run("client", interpreter, ask, SERVER)
        time.sleep(0.2)

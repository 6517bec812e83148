"""WebSocket: the server and the client of Python's websockets, with and without compression."""

import asyncio
import contextlib
import sys

CLIENT, SERVER = "192.0.2.10", "192.0.2.87"
PYTHON = "/usr/bin/python3"


async def answer(socket):
    """The server: says who it is, echoes, and pings in between."""
    await socket.send("welcome")
    async for message in socket:
        await (await socket.ping(b"are you there"))
        await socket.send(message)
        if message == "enough":
            await socket.close(4001, "enough said")


async def serve():
    import websockets

    options = {"server_header": None, "ping_interval": None}
    async with websockets.serve(answer, SERVER, 8001, compression=None, **options):
        async with websockets.serve(answer, SERVER, 8002, **options):
            await asyncio.Future()


async def talk():
    """The client: on both ports the same."""
    import websockets

    for port in (8001, 8002):
        uri = f"ws://chat.example.com:{port}/room?id={port}"
        options = {"user_agent_header": "client", "ping_interval": None}
        if port == 8001:
            options["compression"] = None
        async with websockets.connect(uri, **options) as socket:
            await socket.recv()
            for message in ("hello", "hello, hello, hello", bytes(range(256)) * 2, "Grüße " * 1_000):
                await socket.send(message)
                await socket.recv()
            # Fragments, which the client asks for by an iterable.
            await socket.send(["one, ", "two, ", "three"])
            await socket.recv()
            await (await socket.ping(b"and you"))
            if port == 8001:
                await socket.send("enough")
                with contextlib.suppress(websockets.ConnectionClosedError):
                    while True:
                        await socket.recv()
    # Neither side may refer to its earlier messages.
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    factory = ClientPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)
    async with websockets.connect(
        "ws://chat.example.com:8002/fresh", extensions=[factory], compression=None, user_agent_header="client",
        ping_interval=None,
    ) as socket:  # fmt: skip
        await socket.recv()
        for _ in range(2):
            await socket.send("again and again and again")
            await socket.recv()


def session(lab, path):
    """websocket.pcap"""
    # Imported here: both sides run by themselves.
    from ftp import still_neighbours

    lab.namespace("wsclient")
    lab.namespace("wsserver")
    lab.link("wsclient", "wsserver")
    lab.ip("wsclient", "address", "add", f"{CLIENT}/24", "dev", "eth0")
    lab.ip("wsserver", "address", "add", f"{SERVER}/24", "dev", "eth0")
    still_neighbours(lab, {CLIENT: ("wsserver", 1), SERVER: ("wsclient", 2)})
    lab.etc("wsclient", "hosts", f"127.0.0.1 localhost\n{SERVER} chat.example.com\n")
    server = lab.start("wsserver", PYTHON, __file__, "serve")
    for port in (8001, 8002):
        lab.wait_for_port("wsserver", SERVER, port, server)
    with lab.capture("wsclient", path):
        lab.run("wsclient", PYTHON, __file__, "talk")


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1] == "serve" else talk())

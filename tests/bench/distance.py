"""A way to a TCP port that takes longer: distance.py MILLISECONDS ADDRESS PORT

Prints the port of 127.0.0.1 it listens on. Every byte arrives half of MILLISECONDS after it was sent, both ways: what
needs N round trips takes N × MILLISECONDS longer. TCP itself does not see the distance (no slow start).
"""

import asyncio
import sys


async def carry(reader, writer, delay):
    loop = asyncio.get_running_loop()
    while data := await reader.read(65536):
        loop.call_later(delay, writer.write, data)
    loop.call_later(delay, writer.close)


async def main(milliseconds, address, port):
    delay = float(milliseconds) / 2000

    async def connected(reader, writer):
        there_reader, there_writer = await asyncio.open_connection(address, int(port))
        await asyncio.gather(carry(reader, there_writer, delay), carry(there_reader, writer, delay))

    server = await asyncio.start_server(connected, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))

"""One question to a server, in its own protocol: do you answer yet? A port that listens proves little.

Written by hand, three requests in all, so that no client library is needed here. Whatever goes wrong on
the way means: not yet.
"""

import asyncio
import struct

ANSWER_SECONDS = 2.0

OP_MSG = 2013
HELLO = b"\x10hello\x00" + struct.pack("<i", 1) + b"\x02$db\x00" + struct.pack("<i", 6) + b"admin\x00\x00"
"""`{hello: 1, $db: "admin"}` in BSON, without the length before it."""
OK = b"\x01ok\x00" + struct.pack("<d", 1.0)

METADATA, FIND_COORDINATOR = (3, 1), (10, 0)
"""Kafka's number of the request, and the version of it that is spoken."""
GROUP = b"ready"


async def hello(port: int) -> bool:
    """Tell whether a MongoDB-protocol server says `ok` to `hello`."""
    document = struct.pack("<i", len(HELLO) + 4) + HELLO
    message = struct.pack("<iiiIB", 1, 0, OP_MSG, 0, 0) + document
    own = 4  # this protocol counts the length's own bytes too
    answer = await _exchange(port, struct.pack("<i", len(message) + own) + message, "<i", own)
    return OK in answer


async def brokers(port: int) -> set[int]:
    """Give the numbers of the brokers that this one knows as alive; none when it does not answer."""
    answer = await _kafka(port, METADATA, struct.pack(">i", 0))  # of no topic
    if not answer:
        return set()
    (count,), at, known = struct.unpack_from(">i", answer), 4, set()
    for _ in range(count):
        number, host = struct.unpack_from(">ih", answer, at)
        (rack,) = struct.unpack_from(">h", answer, at + 6 + host + 4)  # after the host: its port
        known.add(number)
        at += 6 + host + 4 + 2 + max(rack, 0)
    return known


async def coordinates(port: int) -> bool:
    """Tell whether groups can form; the first who asks has Kafka make the topic of their offsets."""
    answer = await _kafka(port, FIND_COORDINATOR, struct.pack(">h", len(GROUP)) + GROUP)
    return bool(answer) and struct.unpack_from(">h", answer) == (0,)


async def _kafka(port: int, request: tuple[int, int], body: bytes) -> bytes:
    """Give the body of a broker's answer, or nothing when there is none."""
    message = struct.pack(">hhih", *request, 1, -1) + body  # the first request, of a nameless client
    answer = await _exchange(port, struct.pack(">i", len(message)) + message, ">i", 0)
    return answer[4:]


async def _exchange(port: int, request: bytes, length: str, counted: int) -> bytes:
    """Send a request; give the answer without the length before it, or nothing when there is none."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                (size,) = struct.unpack(length, await reader.readexactly(struct.calcsize(length)))
                return await reader.readexactly(size - counted)
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError):
        return b""

"""`python -m tests.bench.bare PORT`: a server whose app only answers, the ceiling of HTTP."""

import sys

from starlette.types import Receive, Scope, Send

from deploy import looping
from deploy.sockets import Server, listen

BODY = b'{"id":"opinion/any","version":1}'


async def app(_scope: Scope, receive: Receive, send: Send) -> None:
    """Take the request, answer 201."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    server = Server(app, lambda: print("ready", flush=True))
    looping.run(server.serve([listen("127.0.0.1", int(sys.argv[1]))]))

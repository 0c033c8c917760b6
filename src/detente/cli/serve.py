"""The command that serves the page and its HTTP API: serve."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)

from detente.errors import InputError

PORT = 8737
LAST_PORT = 65535


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    token_file: Path | None = None,
    name: tuple[str, ...] = (),
    list: tuple[Path, ...] = (),  # noqa: A002  (the option's name is that of `screen`)
    ledger: tuple[Path, ...] = (),
) -> int:
    """Serve the page and its HTTP API until it is stopped."""
    if not 0 <= port <= LAST_PORT:
        raise InputError(
            "no such port",
            where="--port",
            found=port,
            allowed=f"0 to {LAST_PORT}; 0 takes any that is free",
            repair=f"leave it out for {PORT}",
        )
    try:
        import uvicorn  # noqa: PLC0415  (an extra)

        from detente.web import Settings, create_app, read_token  # noqa: PLC0415
        from detente.web.connections import Connection, listen  # noqa: PLC0415
    except ImportError as problem:
        raise InputError(
            "the page cannot be served",
            where="serve",
            found=f"{problem.name} is not installed",
            allowed="the extra [web]",
            repair='pip install "detente[web]"',
        ) from None
    token = read_token(token_file) if token_file else ""
    settings = Settings(host=host, port=port, token=token, names=name, lists=list)
    taken, address = listen(host, port)
    app = create_app(replace(settings, port=taken.getsockname()[1]), overlays=ledger)
    sys.stderr.write(f"Détente on {address} (stop with Ctrl-C)\n")
    sys.stderr.flush()
    config = uvicorn.Config(
        app,
        http=Connection,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=10,
        limit_concurrency=400,
        h11_max_incomplete_event_size=32_768,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[taken])
    return 0

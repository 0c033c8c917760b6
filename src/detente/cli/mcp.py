"""The command that answers programs over the Model Context Protocol: mcp."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)

from detente.errors import InputError


def mcp(
    *,
    list: tuple[Path, ...] = (),  # noqa: A002  (the option's name is that of `screen`)
    ledger: tuple[Path, ...] = (),
) -> int:
    """Answer every question as a tool of the Model Context Protocol, over the standard streams, until the client leaves."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    try:
        from detente.web.mcp.server import serve  # noqa: PLC0415  (an extra)
    except ImportError as problem:
        raise InputError(
            "the tools cannot be served",
            where="mcp",
            found=f"{problem.name} is not installed",
            allowed="the extra [mcp]",
            repair='pip install "detente[mcp]"',
        ) from None
    serve(overlays=ledger, lists=list)
    return 0

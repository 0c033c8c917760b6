"""The server of the tools: one client, over the standard streams of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult

import detente
from detente.web.mcp.tools import call, tools
from detente.web.settings import Settings
from detente.web.state import State

if TYPE_CHECKING:
    from pathlib import Path

TOLD = (
    "Trade measures between economies, what they do, and what each side would sign. Every answer is a line in words and a "
    "JSON document with stamp, result, assumptions and warnings; say its day and its range when you repeat a number. Days "
    "mean the end of the day at the imposer's capital; `not covered` is not `no duty`. Solves take seconds to minutes."
)


def make_server(state: State) -> Server[dict[str, Any]]:
    """Make the server over one ledger and its answers."""

    async def listed(_context: Any, _params: Any) -> ListToolsResult:
        return ListToolsResult(tools=tools())

    async def called(_context: Any, params: CallToolRequestParams) -> CallToolResult:
        return await call(state, params.name, params.arguments or {})

    return Server(
        "detente",
        version=detente.__version__,
        instructions=TOLD,
        on_list_tools=listed,
        on_call_tool=called,
    )


def serve(*, overlays: tuple[Path, ...] = (), lists: tuple[Path, ...] = ()) -> None:
    """Answer one client over the standard streams until it leaves."""
    state = State(Settings(prepare=False, lists=lists), overlays)
    server = make_server(state)

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    try:
        anyio.run(run)
    finally:
        state.close()

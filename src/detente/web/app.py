"""The application: doors, pages, the HTTP API and what they share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib import resources
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

import detente
from detente.threads import one_thread
from detente.web.api import router as api_router
from detente.web.delivery import Delivery
from detente.web.errors import add_handlers
from detente.web.guard import Guard
from detente.web.login import router as login_router
from detente.web.pages import routers
from detente.web.pages.economies import warm
from detente.web.pages.strategy import AHEAD, usual
from detente.web.settings import Settings
from detente.web.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

DESCRIPTION = (
    "The same documents as the command line with `--json`: `stamp`, `result`, `assumptions`, `warnings`. Rates are "
    "fractions (0.25 is 25 %), money is in USD unless a currency stands beside it, changes are percent with keys ending "
    "in `_pct`. Days are ISO dates and mean the end of that day at the imposer's capital."
)


def create_app(settings: Settings | None = None, *, overlays: tuple[Path, ...] = ()) -> FastAPI:
    """Make the application."""
    settings = settings or Settings()
    state = State(settings, overlays)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        """Solve the main study in the background; stop the queue at the end."""
        with one_thread():
            if settings.prepare:
                state.study.begin(then=lambda: state.play_ahead((warm(state), *map(usual, AHEAD))))
            yield
            state.close()

    app = FastAPI(
        title="Détente",
        version=detente.__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=life,
    )
    app.state.detente = state
    app.add_middleware(Delivery)
    # The door is outermost: it dresses whatever goes out.
    app.add_middleware(Guard, settings=settings)
    app.include_router(api_router)
    app.include_router(login_router)
    for router in routers():
        app.include_router(router)
    static = resources.files("detente.web") / "static"
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    add_handlers(app)
    return app

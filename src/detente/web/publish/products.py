"""The page that lists the published products, with what a reader types narrowing the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from detente.asof import today_at
from detente.errors import InputError
from detente.queries.page.largest import largest_products
from detente.queries.question import question_of
from detente.web.pages.layout import simple_page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from fastapi import FastAPI

    from detente.web.state import State

PRODUCT: Final = "/product?code="
PAGE: Final = "/published/products"
SCRIPT: Final = "/static/published.js"
MOST: Final = 2_000


def products_of(state: State, number: int) -> list[dict[str, Any]]:
    """Give the largest products of the story's first pair, each with its addresses in both directions."""
    if not 0 <= number <= MOST:
        raise InputError(
            "no such number of products",
            where="--products",
            found=number,
            allowed=f"0 to {MOST}",
            repair="write a number between",
        )
    importer, exporter = state.study.spec.pairs[0]
    rows = largest_products(importer, exporter, number, today_at(importer))
    duty = question_of("duty")
    for row in rows:
        there = duty.ask(code=row["code"], origin=exporter, destination=importer)
        back = duty.ask(code=row["shared"], origin=importer, destination=exporter)
        row |= {"there": f"/product?{there.query()}", "back": f"/product?{back.query()}"}
    return rows


def seeds_of(rows: list[dict[str, Any]]) -> list[str]:
    """Addresses of products, each once."""
    return list(dict.fromkeys(row[way] for row in rows for way in ("there", "back")))


def same_product(seeds: Iterable[str], days: Collection[str]) -> Callable[[str], str | None]:
    """
    Give what finds the published page of a product under another writing of its address: dots of the code, the day.

    days: Days that are today somewhere.

    Examples
    --------
    >>> same_product(["/product?code=0304.61&from=USA&to=CHN"], {"2026-12-01"})(
    ...     "/product?code=030461&from=USA&on=2026-12-01&to=CHN"
    ... )
    '/product?code=0304.61&from=USA&to=CHN'
    """

    def key(address: str) -> tuple[tuple[str, str], ...]:
        path, _, query = address.partition("?")
        fields = [(name, value.replace(".", "")) for name, value in parse_qsl(query)]
        return (("", path), *(pair for pair in fields if pair[0] != "on" or pair[1] not in days))

    known = {key(seed): seed for seed in seeds}
    return lambda address: known.get(key(address)) if address.startswith(PRODUCT) else None


def add_products(app: FastAPI, rows: list[dict[str, Any]]) -> None:
    """Give the application that is asked the page of its products, and the same as data."""
    router = APIRouter(include_in_schema=False)

    @router.get(PAGE)
    async def page(request: Request) -> Response:
        state: State = request.app.state.detente
        importer, exporter = state.study.spec.pairs[0]
        context = {"rows": rows, "importer": importer, "exporter": exporter, "title": "Products"}
        return await run_in_threadpool(simple_page, request, "published_products.html", context)

    @router.get(f"{PAGE}.json")
    async def data() -> Response:
        return JSONResponse([{key: row[key] for key in ("code", "shared", "path", "usd")} for row in rows])

    app.include_router(router)

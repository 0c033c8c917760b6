"""A chart alone, for the page of somebody else: the one address that other sites may frame."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from detente.errors import InputError
from detente.render import theme
from detente.web.guard import EMBED, EMBED_HEADERS

router = APIRouter(include_in_schema=False)
# Addresses of pictures that can be framed.
CHARTS: Final = re.compile(
    r"(compare/chart/[a-z-]{1,20}|strategy/chart/[a-z]{1,20}|economy/[A-Z]{3}/[a-z-]{1,20}|product/history-[a-z]{4,6})\.svg"
)
# Wider than a telephone, a frame shows the wide picture.
NARROW: Final = 560


@router.get(EMBED + "{chart:path}")
async def embed(request: Request, chart: str) -> Response:
    """Answer with a page that holds one picture and nothing else; the picture's own address says what is drawn."""
    if not CHARTS.fullmatch(chart):
        raise InputError(
            "no such chart",
            where="embed",
            found=chart[:60],
            allowed="the address of a chart that ends in .svg",
            repair="take the code that stands under the chart",
        )
    query = request.url.query
    own = escape(f"/{chart}?{query}{'&' if query else ''}", quote=True)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A chart of Détente</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        f":root{{color-scheme:light dark}}body{{margin:0;background:{theme.PAPER}}}"
        "img{display:block;width:100%;height:auto}"
        f"@media (prefers-color-scheme: dark){{body{{background:{theme.DARK[theme.PAPER]}}}}}</style></head><body>"
        f'<picture><source media="(max-width: {NARROW}px)" srcset="{own}size=narrow">'
        f'<img src="{own}size=wide" alt="A chart of Détente; what it finds, its unit and its source stand in it"></picture>'
        "</body></html>"
    )
    return HTMLResponse(page, headers=EMBED_HEADERS)

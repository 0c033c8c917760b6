"""The pages, each server-rendered and readable without script."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES = (
    "first",
    "overview",
    "compare",
    "economies",
    "points",
    "product",
    "strategy",
    "compliance",
    "entry",
    "ledger",
    "about",
    "embed",
)


def routers() -> list[APIRouter]:
    """Give the routes of every page. Gives in the order of the navigation."""
    return [import_module(f"{__name__}.{page}").router for page in PAGES]

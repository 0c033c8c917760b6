"""The products that one economy buys most of from another, with the code that both schedules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import DetenteError, InputError
from detente.schedules import provided, provider_of
from detente.schedules.codes import dotted

if TYPE_CHECKING:
    import datetime as dt

SHARED: Final = 6
"""Digits of a code that are the same in every schedule."""


def largest_products(importer: str, exporter: str, number: int, on: dt.date) -> list[dict[str, Any]]:
    """
    Lines of an importer's schedule that stand on a day, those with the largest imports from an exporter first.

    Each row has code, shared (its first six digits, the same in every schedule), path (headings down to the line), usd
    (imports of the weights' year).
    """
    provider = provider_of(importer)
    cells = provider.imports_of(exporter) if provider and provider.weights else None
    if provider is None or cells is None:
        raise InputError(
            "no trade by line is held",
            where="products",
            found=f"imports of {importer} from {exporter}",
            allowed=f"imports of {', '.join(provided())} from an economy that reports them",
            repair="name another pair",
        )
    codes = provider.weighted_table().codes[cells.rows]
    found: list[dict[str, Any]] = []
    for at in np.argsort(-cells.usd, kind="stable").tolist():
        if len(found) == number:
            break
        code = str(codes[at])
        if code[:2] in provider.special_chapters:
            continue
        try:
            provider.candidates(code, on)
            path = list(provider.path(code))
        except DetenteError:
            continue
        row = {"code": dotted(code), "shared": dotted(code[:SHARED]), "path": path}
        found.append(row | {"usd": float(cells.usd[at])})
    return found

"""Forms of a page: fields, and files sent along."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

_BOUNDARY: Final = re.compile(r'boundary="?([^";,\s]{1,200})"?', re.IGNORECASE)
_NAME: Final = re.compile(rb'[;\s]name="([^"\r\n]{1,200})"')
_FILE: Final = re.compile(rb'[;\s]filename="')


@dataclass
class Form:
    """
    What a form sent.

    fields: Names and values, in order.
    files: Content by the field's name; a file that was not chosen is left out.
    """

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def read_form(body: bytes, kind: str, most: int) -> Form:
    """
    Read the body of a form, written as an address or in parts. Gives empty where the body cannot be read.

    Examples
    --------
    >>> read_form(b"name=The+Firm", "application/x-www-form-urlencoded", 10).fields
    [('name', 'The Firm')]
    """
    mark = _BOUNDARY.search(kind) if kind.lower().startswith("multipart/form-data") else None
    if mark is None:
        try:
            return Form(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=most))
        except ValueError:
            return Form()
    pieces = body.split(b"--" + mark.group(1).encode("latin-1"), most + 2)[1:]
    found = Form()
    for piece in pieces if len(pieces) <= most + 1 else ():
        head, gap, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not gap or name is None:
            continue
        key, value = name.group(1).decode("utf-8", "replace"), content.removesuffix(b"\r\n")
        if not _FILE.search(head):
            found.fields.append((key, value.decode("utf-8", "replace")))
        elif value:
            found.files[key] = value
    return found

"""The command that writes the page as static files: publish."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import Annotated

from cyclopts import Parameter

from detente.cli.printing import CALL, Output, Progress, emit
from detente.errors import InputError
from detente.formatting import fixed


def publish(
    folder: Annotated[Path, Parameter(name="DIR")],
    /,
    *,
    base_url: str = "",
    products: int = 200,
    output: Output | None = None,
) -> int:
    """
    Write the whole page as static files, which open from a folder or any host of files.

    Parameters
    ----------
    folder
        A name that is not taken, an empty folder, or one that this command wrote; written whole or not at all.
    base_url
        Address under which the files will be served: gives canonical addresses and a sitemap.
    products
        How many of the largest products have pages, in both directions.
    """
    output = output or Output()
    if output.reproduce:
        raise InputError(
            "the site has no Python lines",
            where="--reproduce",
            found="publish",
            allowed="commands that ask a question",
            repair="leave it out",
        )
    try:
        from detente.web.publish.site import publish as write  # noqa: PLC0415  (an extra)
    except ImportError as problem:
        raise InputError(
            "the page cannot be published",
            where="publish",
            found=f"{problem.name} is not installed",
            allowed="the extra [web]",
            repair='pip install "detente[web]"',
        ) from None
    found = write(
        folder, base_url=base_url, products=products, overlays=output.ledger, say=Progress(output.quiet)
    )
    from detente.stamp import stamp  # noqa: PLC0415

    if output.json or output.csv:
        head = stamp(command=CALL.command)
        emit({"stamp": head, "result": {"rows": [found]}, "assumptions": [], "warnings": []}, output)
        return 0
    sys.stdout.write(
        f"{found['pages']} pages, {found['files']} files, {fixed(found['bytes'] / 1e6, 1)} MB in {folder}\n"
    )
    return 0

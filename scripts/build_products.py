"""
Build the embedded tables of products from the folder of inputs.

Run from the repository root: ``python scripts/build_products.py ../shared``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from products.imports import build_imports
from products.industries import build_industries
from products.schedule import build_schedule
from products.words import build_words


def main(shared: Path) -> None:
    """Write every table."""
    out = Path("src/detente/data/products")
    out.mkdir(parents=True, exist_ok=True)
    build_schedule(shared, out)
    build_words(out)
    build_imports(shared, out)
    build_industries(shared, out)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared"))

"""
Draw the README's picture: what the truce is worth to the sides, and to those that gain and lose most by it.

    python scripts/readme_picture.py
"""

from __future__ import annotations

from pathlib import Path

import detente as dt

REPO = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run the main study and save its chart."""
    picture = dt.chart(dt.load_study("kuala-lumpur").run(robustness=False))
    path = picture.save(REPO / "docs" / "truce.svg")
    print(f"{path.relative_to(REPO)}  {path.stat().st_size:,} bytes  {picture.title}")


if __name__ == "__main__":
    main()

"""
Estimate the flows of the 2022 world and write out/icio_flows.npz for scripts/build_world.py.

Inputs between 80 economies are the OECD's; final demand by destination and every flow of the rest of the
world are estimated (docs/world.md). Running it twice gives the same bytes.

    python scripts/build_icio_flows.py [--shared ../shared/data] [--out out/icio_flows.npz]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "src"))
sys.path.insert(0, str(REPO / "scripts"))

from icio_flows.assemble import estimate_steps, read_sources  # noqa: E402  (the path is set above)


def main() -> None:
    """Write the arrays build_world.py packs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=REPO / "out" / "icio_flows.npz")
    arguments = parser.parse_args()
    sources = read_sources(arguments.shared)
    steps = estimate_steps(sources)
    table = sources.table
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        arguments.out,
        intermediate=table.inputs,
        final=steps["steps 1-6"].final,
        final_anchors_2019=steps["proportional and 2019 anchors"].final,
        input_use=table.use,
        output=table.output,
        value_added=table.value_added_taxes,
        final_taxes=sources.final_taxes,
        final_taxes_source=sources.final_taxes_source,
        economies=np.array(table.economies),
        sectors=np.array(table.sectors),
    )
    print(f"{arguments.out}  final demand {table.final_rows.sum() / 1e6:.2f} tn USD")
    print(f"nodes whose inputs from ROW were cut: {', '.join(table.capped)}")


if __name__ == "__main__":
    main()

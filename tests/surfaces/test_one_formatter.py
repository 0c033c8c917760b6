"""Numbers in texts are written by `detente.formatting` and by nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import detente

SOURCE = Path(detente.__file__).parent
# Format codes that write a number: exponents, figures, fixed decimals, percent, thousands.
CODE = re.compile(r"(?:[-+ ]?[\d]*,?(?:\.\d+)?[eEfFgG%])|[-+]?,")
TEMPLATE = re.compile(r"""["']%[-+.\d]*[efg]["']\s*\|\s*format|\{:[-+,.\d]*[,efg%]\}|\|\s*round\b""")
OLD_STYLE = re.compile(r"%[-+]?\d*\.?\d*[efg]\b")


def codes(tree: ast.AST) -> list[tuple[int, str]]:
    """Format codes of numbers in the f-strings and texts of a module, but where they round a number for a number."""
    rounding = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "float"
        for node in ast.walk(call)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None and id(node) not in rounding:
            spec = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.format_spec.values
            )
            if CODE.fullmatch(spec):
                found.append((node.lineno, spec))
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Mod)
            and isinstance(node.left, ast.Constant)
        ):
            found += [(node.lineno, code) for code in OLD_STYLE.findall(str(node.left.value))]
    return found


def test_no_module_writes_numbers_by_itself():
    found = {
        f"{path.relative_to(SOURCE)}:{line}": code
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name != "formatting.py"
        for line, code in codes(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found


def test_no_template_writes_numbers_by_itself():
    found = {
        str(path.relative_to(SOURCE)): TEMPLATE.findall(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.html"))
    }
    assert not {name: codes for name, codes in found.items() if codes}


def test_the_scan_finds_what_it_looks_for():
    assert codes(ast.parse('f"{x:.4g} {y:,} {z:+.3f} {w:.0%} {v:.1e} {u:.{n}f}"')) == [
        (1, ".4g"), (1, ","), (1, "+.3f"), (1, ".0%"), (1, ".1e"), (1, ".0f"),
    ]  # fmt: skip
    assert not codes(ast.parse('float(f"{x:.6g}"), f"{day:%B %Y}", f"{name:>8}"'))

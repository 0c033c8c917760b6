"""Questions about one case beyond tariffs: port fee, licence, screening, purchases."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, PrivateAttr

from detente.cli.options import imposer_of
from detente.cli.printing import call_text
from detente.cli.repeat import Code
from detente.errors import InputError
from detente.web.questions.base import (
    Amount,
    Found,
    LawQuestion,
    Maybe,
    Place,
    Word,
    Words,
    option,
    python_lines,
    repeated,
)
from detente.web.questions.law import facts

if TYPE_CHECKING:
    import pandas as pd

    from detente.asof import AsOf
    from detente.compliance.screening.screening import Screening
    from detente.ledger import Ledger

MOST_ROWS = 2_000
# Options of the command that are facts of the call.
OPTIONS = ("containers", "built", "owner", "operator", "us_share", "type", "teu", "dwt", "call")
OWNER_COLUMNS = ("owner", "owned", "share", "from", "to")
ACTUAL_COLUMNS = ("period", "quantity", "unit", "measure")
Pasted = Annotated[str, Field(max_length=120_000)]


class CaseQuestion(LawQuestion):
    """A question that a function of the compliance room answers."""

    def _call(self, function: str, *positional: Any, **named: Any) -> str:
        """Python lines that import it and call it."""
        lines, law = self.python_law()
        ledger = Code("ledger" if lines else "dt.open_ledger()")
        text = call_text(function, *positional, asof=Code(self.asof_text(law["on"])), ledger=ledger, **named)
        imports = ["from detente.asof import AsOf", f"from detente.compliance import {function}"]
        return python_lines(*imports, *lines, text.removeprefix("dt."))


class PortFee(CaseQuestion):
    """The fee for one port call."""

    address: ClassVar[str] = "/port-fee"

    port_of: Place
    net_tons: Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)]
    containers: Amount = None
    built: Maybe = None
    owner: Maybe = None
    operator: Maybe = None
    us_share: Amount = None
    type: Maybe = None
    teu: Amount = None
    dwt: Amount = None
    call: Amount = None
    fact: Words = ()

    def capital(self, ledger: Ledger) -> str:
        """The state of the port."""
        del ledger
        return self.port_of

    def stated(self) -> dict[str, Any]:
        """Facts stated."""
        stated = {name: getattr(self, name) for name in OPTIONS} | facts(self.fact)
        return {key: value for key, value in stated.items() if value is not None}

    def words(self) -> list[str]:
        """Words of the command line."""
        words = ["port-fee", "--port-of", self.port_of, *option("--net-tons", self.net_tons)]
        for name in OPTIONS:
            words += option(f"--{name.replace('_', '-')}", getattr(self, name))
        return [*words, *repeated("--fact", self.fact), *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        return self._call("port_fee", self.port_of, net_tons=self.net_tons, **self.stated())

    def ask(self, ledger: Ledger) -> Found:
        """Work out the fee."""
        from detente.compliance import port_fee  # noqa: PLC0415  (only where it is asked)

        asked: dict[str, Any] = {"asof": self.asof(ledger), "ledger": self.edited(ledger)}
        return Found.of(port_fee(self.port_of, net_tons=self.net_tons, **asked, **self.stated()))


class Licence(CaseQuestion):
    """Whether an export needs a licence, and which test decides."""

    address: ClassVar[str] = "/licence"

    kind: Literal["rare-earth", "chip"] = "rare-earth"
    origin: Place = Field(alias="from")
    destination: Place = Field(alias="to")
    fact: Words = ()

    def capital(self, ledger: Ledger) -> str:
        """Who controls the item."""
        from detente.compliance.export_controls.licence import controller  # noqa: PLC0415  (only where it is asked)

        return controller(self.kind, ledger)

    def facts(self) -> dict[str, str]:
        """Facts stated; a bill of materials would name a file, which the page does not read."""
        found = facts(self.fact)
        if "bill" in found:
            raise InputError(
                "the page reads no files",
                where="fact",
                found="bill",
                allowed="the item's own facts",
                repair="use `detente licence ... --fact bill=FILE` for nested content",
            )
        return found

    def words(self) -> list[str]:
        """Words of the command line."""
        ends = ["licence", self.kind, "--from", self.origin, "--to", self.destination]
        return [*ends, *repeated("--fact", self.fact), *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        return self._call(
            "licence", self.kind, origin=self.origin, destination=self.destination, facts=self.facts()
        )

    def ask(self, ledger: Ledger) -> Found:
        """Run the tests."""
        from detente.compliance import licence  # noqa: PLC0415

        return Found.of(
            licence(
                self.kind,
                origin=self.origin,
                destination=self.destination,
                asof=self.asof(ledger),
                ledger=self.edited(ledger),
                facts=self.facts(),
            )
        )


class Screen(CaseQuestion):
    """A name against restricted-party lists, with the ownership rules."""

    address: ClassVar[str] = "/screen"

    name: Annotated[str, Field(min_length=1, max_length=300)]
    owners: Pasted = ""
    _lists: tuple[Path, ...] = PrivateAttr(())
    _upload: bytes = PrivateAttr(b"")

    def given(self, lists: tuple[Path, ...]) -> Screen:
        """Search the operator's lists."""
        found = self.model_copy()
        found._lists = lists  # noqa: SLF001  (a copy of this class)
        return found

    def uploaded(self, content: bytes) -> Screen:
        """Search a list that was sent, in place of the operator's."""
        found = self.model_copy()
        found._upload = content  # noqa: SLF001  (a copy of this class)
        return found

    def _files(self) -> list[str]:
        """Names of the lists searched; one that was sent goes to a file."""
        return ["list.csv"] if self._upload else [path.name for path in self._lists]

    def words(self) -> list[str]:
        """Words of the command line; links that were pasted go to a file."""
        owners = ["--owners", "owners.csv"] if self.owners.strip() else []
        lists = repeated("--list", self._files())
        return ["screen", self.name, *owners, *lists, *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        owners = "owners.csv" if self.owners.strip() else None
        lists = tuple(self._files())
        return self._call("screen", self.name, owners=owners, lists=lists)

    def links(self) -> pd.DataFrame | None:
        """Ownership links that were pasted."""
        return _table(self.owners, OWNER_COLUMNS, least=2, where="owners")

    def ask(self, ledger: Ledger) -> Found:
        """Search the lists."""
        from detente.compliance import screen  # noqa: PLC0415

        asof, edited = self.asof(ledger), self.edited(ledger)
        if self._upload:
            return Found.of(_screen_sent(self.name, self._upload, self.links(), edited, asof))
        return Found.of(
            screen(self.name, asof=asof, ledger=edited, owners=self.links(), lists=list(self._lists))
        )


def _screen_sent(
    name: str, content: bytes, owners: pd.DataFrame | None, ledger: Ledger, asof: AsOf
) -> Screening:
    """Search a list that was sent; neither the file nor its index is kept."""
    from detente.compliance.day import read_day  # noqa: PLC0415
    from detente.compliance.screening.lists import read_lists  # noqa: PLC0415
    from detente.compliance.screening.screen import Screener, screen_on  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_bytes(content)
        listed = read_lists(file)
    day = read_day(asof.statutory(), ledger)
    return screen_on(Screener(listed, ledger=ledger), name, day, owners)


class Purchases(CaseQuestion):
    """Progress against a purchase commitment."""

    address: ClassVar[str] = "/purchases"

    id: Word = "cn.buy.soy2026_28"
    actuals: Pasted = ""

    def capital(self, ledger: Ledger) -> str:
        """Who promised."""
        return imposer_of(self.id)(ledger)

    def words(self) -> list[str]:
        """Words of the command line; actuals that were pasted go to a file."""
        actuals = ["--actuals", "actuals.csv"] if self.actuals.strip() else []
        return ["purchases", self.id, *actuals, *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        actuals = "actuals.csv" if self.actuals.strip() else None
        return self._call("purchases", self.id, actuals=actuals)

    def ask(self, ledger: Ledger) -> Found:
        """Compare what was done with the target."""
        from detente.compliance import purchases  # noqa: PLC0415

        actuals = _table(self.actuals, ACTUAL_COLUMNS, least=3, where="actuals")
        answer = purchases(self.id, asof=self.asof(ledger), ledger=self.edited(ledger), actuals=actuals)
        return Found.of(answer)


def _table(text: str, columns: tuple[str, ...], *, least: int, where: str) -> pd.DataFrame | None:
    """Rows of a pasted table with named columns; None when nothing was pasted."""
    if not text.strip():
        return None
    import pandas as pd  # noqa: PLC0415  (heavy)

    reader = csv.reader(io.StringIO(text.strip()))
    try:
        head = [cell.strip().lower() for cell in next(reader)]
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise _not_a_table(where, str(problem), columns) from None
    if not set(columns[:least]) <= set(head) <= set(columns) or len(set(head)) != len(head):
        raise _not_a_table(where, ", ".join(head)[:200], columns)
    if len(rows) > MOST_ROWS or any(len(row) != len(head) for row in rows):
        found = (
            f"{len(rows)} rows" if len(rows) > MOST_ROWS else "a row with more or fewer cells than the first"
        )
        raise _not_a_table(where, found, columns)
    return pd.DataFrame(rows, columns=head).reindex(columns=list(columns), fill_value="")


def _not_a_table(where: str, found: str, columns: tuple[str, ...]) -> InputError:
    """The refusal of a pasted table."""
    return InputError(
        "not a table that can be read",
        where=where,
        found=found,
        allowed=f"comma-separated rows under {', '.join(columns)}; at most {MOST_ROWS} rows",
        repair="paste the first line with the names of the columns, then one row a line",
    )

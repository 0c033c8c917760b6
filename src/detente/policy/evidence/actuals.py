"""What was traded: the months held, and a user's file of the same columns laid over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError
from detente.formatting import count
from detente.geography.economies import is_economy
from detente.io.columns import ENDING, Columns
from detente.io.parquet import parquet
from detente.io.words import meant, near_names
from detente.manifest import read_bytes
from detente.policy.evidence import forms
from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.registered import FOLDER, registered

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = ("partner", "naics3", "month", "imports_usd", "duty_usd")
LABELS, NUMBERS = COLUMNS[:3], COLUMNS[3:]
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
MOST_ROWS = 1_000_000
# Rows of codes may differ from the row of all by this, USD: each was rounded to a whole dollar.
ROUNDING = 50.0
# A month's imports, and its average duty, are within these factors of the last year's that is held, or in another unit.
FACTOR, RATE_FACTOR = 5.0, 20.0
MONTHS = 12


@dataclass(frozen=True)
class Traded:
    """
    Imports and duties by partner, code and month.

    partners: The total first, then economies; codes, months: sorted.
    usd, duty: USD, shape (P, C, M). present: whether a partner has rows in a month, shape (P, M).
    given: Months that came from a user's file. unscored: partners of that file without months of the base year.
    """

    partners: tuple[str, ...]
    codes: tuple[str, ...]
    months: tuple[str, ...]
    usd: NDArray[np.float64]
    duty: NDArray[np.float64]
    present: NDArray[np.bool_]
    given: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()

    def has(self, months: tuple[str, ...]) -> bool:
        """Whether every month is there."""
        return set(months) <= set(self.months)

    def summed(self, months: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Imports and duties of some months together, (P, C) each; NaN for a partner that lacks one of them."""
        at = [self.months.index(month) for month in months]
        whole = np.all(self.present[:, at], axis=1)[:, None]
        usd, duty = (np.where(whole, item[:, :, at].sum(axis=2), np.nan) for item in (self.usd, self.duty))
        return usd, duty


@cache
def held() -> Traded:
    """The months that come with the package."""
    return _arrays(_held_frame())


def with_file(source: pd.DataFrame | Path | str) -> Traded:
    """The months held, and those of a file in their place or after them; refuses a file that cannot be used."""
    import pandas as pd  # noqa: PLC0415  (heavy)

    frame = read_actuals(source)
    known, given = _held_frame(), tuple(sorted(set(frame["month"])))
    scored = frame["partner"].isin(set(known["partner"]))
    unscored = tuple(sorted(set(frame.loc[~scored, "partner"])))
    both = pd.concat([known[~known["month"].isin(given)], frame[scored]], ignore_index=True)
    return _arrays(both, given=given, unscored=unscored)


@cache
def _held_frame() -> pd.DataFrame:
    """Rows of the package's table, labels as text."""
    import pandas as pd  # noqa: PLC0415

    table = Columns(read_bytes(FOLDER / f"us_imports{ENDING}"))
    texts = {name: pd.Series(table.strings(name), dtype="str") for name in LABELS}
    return pd.DataFrame(texts | {name: table.values(name) for name in NUMBERS})


def _arrays(frame: pd.DataFrame, **more: Any) -> Traded:
    """Lay rows out as arrays; a code without a row had no trade."""
    total = registered().data.total
    partners = (total, *sorted(set(frame["partner"]) - {total}))
    codes, months = concordance().codes, tuple(sorted(set(frame["month"])))
    at = tuple(
        frame[name].map({label: place for place, label in enumerate(labels)}).to_numpy(np.intp)
        for name, labels in zip(LABELS, (partners, codes, months), strict=True)
    )
    shape = (len(partners), len(codes), len(months))
    usd, duty = np.zeros(shape), np.zeros(shape)
    usd[at], duty[at] = (frame[name].to_numpy(np.float64) for name in NUMBERS)
    present = np.zeros((shape[0], shape[2]), dtype=bool)
    present[at[0], at[2]] = True
    return Traded(partners, codes, months, usd, duty, present, **more)


def read_actuals(source: pd.DataFrame | Path | str) -> pd.DataFrame:
    """Read and check a file of imports; rows of overlapping partners and of all products are checked and left out."""
    frame = _columns(forms.columns(_load(source)))
    frame["partner"] = forms.partners(frame["partner"])
    frame["naics3"] = forms.codes(frame["naics3"])
    frame["month"] = forms.months(frame["month"])
    _check_labels(frame)
    for name in NUMBERS:
        frame[name] = _numbers(frame, name)
    _check_rows(frame)
    plan = registered().data
    frame = frame[~frame["partner"].isin(plan.overlapping)]
    _check_sums(frame)
    frame = frame[frame["naics3"] != plan.whole].reset_index(drop=True)
    _check_totals(frame)
    _check_money(frame)
    return frame


def _load(source: pd.DataFrame | Path | str) -> pd.DataFrame:
    """Load a table, Parquet by its name and CSV otherwise."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(source, pd.DataFrame):
        return source.copy()
    path = Path(source)
    try:
        if path.suffix.lower() == ".parquet":
            parquet(path.name)
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, keep_default_na=False, sep=_separator(path))
    except (OSError, ValueError) as error:
        found = f"{path}: no such file" if isinstance(error, FileNotFoundError) else str(error).strip()[:120]
        repair = "save the table as CSV in UTF-8" if isinstance(error, UnicodeError) else ""
        raise _refusal("the file of imports cannot be read", found, path.name, repair) from error


def _separator(path: Path) -> str:
    """What stands between the columns, by the line of heads: a comma, unless there is none and another is."""
    with path.open(encoding="utf-8-sig") as stream:
        heads = stream.readline()
    return next((sign for sign in (",", ";", "\t") if sign in heads), ",")


def _refusal(what: str, found: str, where: str = "actuals", repair: str = "") -> InputError:
    """The refusal of a file."""
    return InputError(
        what,
        where=where,
        found=found[:200],
        allowed=f"CSV or Parquet with the columns {', '.join(COLUMNS)}: a partner (ISO alpha-3 or"
        f" {registered().data.total}), a NAICS code as text, a month such as 2025-08, whole US dollars",
        repair=repair
        or "give the table as the Census Bureau publishes it, one partner, code and month a row",
    )


def _columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The five columns, or a refusal."""
    missing = [name for name in COLUMNS if name not in frame.columns]
    if twice := [name for name in COLUMNS if list(frame.columns).count(name) > 1]:
        raise _refusal("a column stands twice", twice[0], repair=f"leave one column {twice[0]}")
    if missing or frame.empty or len(frame) > MOST_ROWS:
        found = f"columns {', '.join(map(str, frame.columns))}; {count(len(frame))} rows"
        repair = f"add the column {missing[0]}" if missing else f"give 1 to {count(MOST_ROWS)} rows"
        raise _refusal("the file of imports cannot be used", found, repair=repair)
    return frame[list(COLUMNS)].copy()


def _bad_row(frame: pd.DataFrame, bad: Any, name: str, what: str, allowed: str, repair: str) -> InputError:
    """The refusal of the first bad row."""
    row = int(np.flatnonzero(np.asarray(bad))[0])
    return InputError(
        what,
        where=f"actuals, row {row + 1}",
        found=str(frame[name].iloc[row])[:80] or "nothing",
        allowed=allowed,
        repair=repair,
    )


def _check_labels(frame: pd.DataFrame) -> None:
    """Refuse a month, a code or a partner that there is not."""
    plan = registered().data
    bad = ~frame["month"].str.fullmatch(MONTH)
    if bad.any():
        raise _bad_row(
            frame,
            bad,
            "month",
            "not a month",
            "a year and a month such as 2025-08",
            "write the month as YYYY-MM",
        )
    codes = [plan.whole, *concordance().codes]
    bad = ~frame["naics3"].isin(codes)
    if bad.any():
        code = str(frame.loc[bad, "naics3"].iloc[0])
        otherwise = "give NAICS codes at three digits as text, as the Census Bureau does"
        finer = code.isdigit() and len(code) > len(codes[-1]) and code[: len(codes[-1])] in codes
        near = (
            f"add finer codes up to three digits: {code} is part of {code[: len(codes[-1])]}"
            if finer
            else meant(code, codes, otherwise=otherwise)
        )
        raise _bad_row(
            frame, bad, "naics3", "not a NAICS code of the trade statistics", ", ".join(codes), near
        )
    others = (plan.total, *plan.overlapping)
    known = {name for name in frame["partner"].unique() if name in others or is_economy(name)}
    bad = ~frame["partner"].isin(known)
    if bad.any():
        similar = near_names(str(frame.loc[bad, "partner"].iloc[0]), list(held().partners))
        repair = f"did you mean {similar[0]}?" if similar else "use the ISO alpha-3 code"
        raise _bad_row(
            frame,
            bad,
            "partner",
            "unknown partner",
            f"an ISO alpha-3 code, {' or '.join(others)}",
            repair,
        )


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series[float]:
    """A column as numbers, finite and not negative."""
    values = forms.dollars(frame[name])
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        first = str(frame[name].iloc[int(np.flatnonzero(bad)[0])]).strip().lower()
        repair = (
            "write 0 where there was none, and leave a row out that is not known"
            if first in ("", "nan", "none", "<na>")
            else "write whole US dollars, such as 1234567 or 1,234,567"
        )
        raise _bad_row(frame, bad, name, f"{name} cannot be used", "US dollars, 0 or more", repair)
    return values


def _check_rows(frame: pd.DataFrame) -> None:
    """Refuse a row twice, and a duty on nothing."""
    bad = frame.duplicated(list(LABELS))
    if bad.any():
        raise _bad_row(
            frame.assign(row=frame[list(LABELS)].agg(" ".join, axis=1)),
            bad,
            "row",
            "a row stands twice",
            "one row for a partner, a code and a month",
            "add them up or leave one out",
        )
    bad = (frame["imports_usd"] == 0) & (frame["duty_usd"] > 0)
    if bad.any():
        raise _bad_row(
            frame,
            bad,
            "duty_usd",
            "a duty on no imports",
            "0 where nothing was imported",
            "correct the row",
        )


def _check_sums(frame: pd.DataFrame) -> None:
    """Refuse a row of all products that is not the sum of its codes."""
    whole = registered().data.whole
    keys = ["partner", "month"]
    stated = frame[frame["naics3"] == whole].set_index(keys)["imports_usd"]
    found = frame[frame["naics3"] != whole].groupby(keys)["imports_usd"].sum()
    gap = (found.reindex(stated.index, fill_value=0.0) - stated).abs()
    if (gap > ROUNDING).any():
        raise _refusal(
            "the codes of a partner do not add up to all products",
            f"{' '.join(map(str, gap.index[int(gap.argmax())]))}: {count(float(gap.max()))} USD apart",
            repair=f"give all codes, or leave the rows of {whole} out",
        )


def _check_totals(frame: pd.DataFrame) -> None:
    """Refuse a month without all partners together, and partners that add up to more than they are."""
    total = registered().data.total
    keys = ["month", "naics3"]
    everyone = frame[frame["partner"] == total].set_index(keys)["imports_usd"]
    lacking = sorted(set(frame["month"]) - set(everyone.index.get_level_values("month")))
    if lacking:
        raise _refusal(
            "a month without the total of all partners",
            ", ".join(lacking[:6]),
            repair=f"add the rows of {total} for that month: shares and the rest are taken of them",
        )
    parts = frame[frame["partner"] != total].groupby(keys)["imports_usd"].sum()
    over = parts - everyone.reindex(parts.index, fill_value=0.0)
    if (over > ROUNDING).any():
        raise _refusal(
            "partners add up to more than the total",
            f"{' '.join(map(str, over.index[int(over.argmax())]))}: {count(float(over.max()))} USD more",
            repair=f"leave groups of partners out, or correct the rows of {total}",
        )


def _check_money(frame: pd.DataFrame) -> None:
    """Refuse totals that are of another size than the last year held: thousands of dollars, or rates in place of duties."""
    total, known = registered().data.total, held()
    usd, duty = (item[known.partners.index(total), :, -MONTHS:].sum() for item in (known.usd, known.duty))
    sums = frame[frame["partner"] == total].groupby("month")[list(NUMBERS)].sum()
    for month, (bought, paid) in zip(sums.index, sums.to_numpy(np.float64), strict=True):
        size = MONTHS * bought / usd
        if not 1 / FACTOR <= size <= FACTOR:
            raise _refusal(
                "imports of all partners are of another size than those held",
                f"{total} in {month}: {count(float(bought))}; last year's months: {count(float(usd / MONTHS))} on average",
                repair="give US dollars, not thousands or millions, and all codes of the month",
            )
        rate = paid / bought / (duty / usd)
        if not 1 / RATE_FACTOR <= rate <= RATE_FACTOR:
            raise _refusal(
                "duties of all partners are of another size than those held",
                f"{total} in {month}: {count(float(paid))} on imports of {count(float(bought))}",
                repair="give calculated duties in US dollars, not rates, in the same unit as imports",
            )

"""The whole answer: scores of every window, rules beside them, fits, the path, and what it comes to in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detente.display import as_html, in_short
from detente.formatting import fixed
from detente.geography.economies import name as named
from detente.policy.evidence.beside import beside_rows, beside_sentences, pick
from detente.policy.evidence.fits import (
    GRAVITY,
    MODEL,
    REGISTERED,
    fit_rows,
    fitted_values,
    path_rows,
)
from detente.policy.evidence.predictions import FITTED, ratio_of
from detente.policy.evidence.registered import Episode, registered
from detente.policy.evidence.tables import (
    ALL,
    THIRD,
    industry_rows,
    left_out,
    null_rows,
    partner_rows,
    score_rows,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.policy.evidence.bench import Bench

HORIZONS = ("year", "long", FITTED)
"""Horizons that are scored by default; the first stands in the tables of partners and industries."""
TABLES = ("scores", "nulls", "partners", "industries")
# Rules that are no variant of the model and were not fitted to what they are compared on.
RIVALS = ("no change", "last year's growth", "growth since", "one elasticity", "SMART", "partial equilibrium")
# Standard errors from which on a difference is said to be one: 90 % of the normal distribution lie within.
SURE = 1.645


@dataclass(frozen=True)
class TrackRecord:
    """
    Predictions held against what was traded.

    Attributes
    ----------
    result
        As in the interface; its keys are attributes too.
    warnings, assumptions, hashes
        What a reader must know, the judgements of the law's shock, and of which world and ledger it is.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    result: dict[str, Any]
    warnings: tuple[str, ...] = ()
    assumptions: tuple[Any, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """A key of the result."""
        try:
            return self.__dict__["result"][name]
        except KeyError:
            raise AttributeError(name) from None

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the record out.

        Returns
        -------
        dict
            episodes, fits, path, literature, registered, answer.
        """
        return self.result


def work_out(
    bench: Bench,
    episodes: Sequence[Episode],
    *,
    horizons: Sequence[str] = HORIZONS,
    known: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Score every window; fit anew unless the rows of a fit are `known`."""
    fits = list(known) if known is not None else fit_rows(bench)
    path = [] if known is not None else path_rows(bench)
    fitted = fitted_values(fits)
    ratios = {word: ratio_of(word, fitted.get(MODEL)) for word in horizons}
    found = {item.id: _episode(bench, item, ratios, fitted) for item in episodes}
    return assemble({name: body for name, body in found.items() if body["windows"]}, fits, path, list(ratios))


def assemble(
    episodes: Mapping[str, Any],
    fits: Sequence[Mapping[str, Any]],
    path: Sequence[Mapping[str, Any]],
    horizons: Sequence[str],
) -> dict[str, Any]:
    """Lay the result out, what it comes to first."""
    plan = registered()
    return {
        "answer": [
            *(line for item in episodes.values() for line in sentences(item, horizons[0])),
            *(line for item in episodes.values() for line in like_for_like(item, horizons[0])),
            *fit_sentences(fits),
            *(line for item in episodes.values() for line in beside_sentences(item, horizons[0])),
        ],
        "horizons": list(horizons),
        "episodes": dict(episodes),
        "fits": list(fits),
        "path": list(path),
        "literature": [item.model_dump(mode="json") for item in plan.literature],
        "registered": {
            "on": plan.registered,
            "seen_before": plan.seen_before,
            "measure": plan.measure,
            "fitting_until": plan.fitting.until,
            "testing_from": plan.testing.first,
            "testing_partners": list(plan.testing.partners),
            "source": plan.data.source,
            "importer": plan.data.importer,
            "focus": plan.focus,
        },
    }


def _episode(
    bench: Bench, episode: Episode, ratios: Mapping[str, float], fitted: Mapping[str, float]
) -> dict[str, Any]:
    """Everything said of one episode."""
    items = [bench.case(episode, window) for window in bench.windows(episode)]
    first = next(iter(ratios.values()))
    headline = next((item for item in reversed(items) if item.case.window.main), items[-1] if items else None)
    body: dict[str, Any] = {
        "title": episode.title,
        "base_year": episode.base_year,
        "caution": episode.caution,
        "windows": [
            {
                "id": item.case.window.id,
                "title": item.case.window.title,
                "from": item.case.window.first,
                "to": item.case.window.last,
                "main": item is headline,
                **left_out(item),
            }
            for item in items
        ],
        "trends": [item.model_dump(mode="json") for item in episode.trends],
    }
    body["scores"] = [row for item in items for row in score_rows(item, ratios)]
    body["nulls"] = [row for item in items for row in null_rows(item, first, fitted)]
    body["partners"] = partner_rows(headline, first) if headline else []
    body["industries"] = industry_rows(headline, first) if headline else []
    body["beside"] = beside_rows(headline, ratios) if headline else {"levels": [], "jobs": []}
    return body


def sentences(episode: Mapping[str, Any], horizon: str) -> list[str]:
    """What the main window of an episode comes to: the model's skill by group, and the best rule beside it."""
    window = next(item for item in episode["windows"] if item["main"])
    said = []
    for group in (ALL, registered().focus, THIRD):
        about = {"window": window["id"], "group": group, "trends": False}
        row = pick(episode["scores"], **about, shock="collected", horizon=horizon)
        rival = best_rival(episode["nulls"], window["id"], group)
        if row is None or row["skill"] is None or rival is None:
            continue
        verdict = _verdict(row["skill"], rival)
        words = {ALL: "all partners", THIRD: "third countries"}.get(group) or named(group)
        slope = f", slope {fixed(row['slope'], 2)}" if row["slope"] is not None else ""
        error = f" (error {fixed(row['slope_se'], 2)})" if slope and row["slope_se"] is not None else ""
        said.append(
            f"{window['title']} on {episode['base_year']}, {words}: skill {fixed(row['skill'], 2)}{slope}{error};"
            f" the best rule without an economy, {rival['rule']}, has {fixed(rival['skill'], 2)}: {verdict}"
        )
    return said


def like_for_like(episode: Mapping[str, Any], horizon: str) -> list[str]:
    """What the economy adds to the same elasticities, by group, with the error of the difference."""
    window = next(item for item in episode["windows"] if item["main"])
    said = []
    for group, words in ((ALL, "all partners"), (THIRD, "third countries")):
        about = {"window": window["id"], "group": group, "trends": False}
        own = pick(episode["scores"], **about, shock="collected", horizon=horizon)
        same = pick(episode["nulls"], **about, rule="partial equilibrium")
        if own is None or same is None or None in {own["skill"], same["skill"], same["model_gain_se"]}:
            continue
        said.append(
            f"{window['title']}, {words}, with the same elasticities: skill {fixed(own['skill'], 2)} with the economy around"
            f" them and {fixed(same['skill'], 2)} without, a gain of {fixed(same['model_gain'], 2)}"
            f" (error {fixed(same['model_gain_se'], 2)})"
        )
    return said


def fit_sentences(fits: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a fit on one episode is worth on the other, beside the same with one elasticity and no economy."""
    said = []
    own = [row for row in fits if row["rule"] == MODEL and row["fitted_on"] != REGISTERED]
    for row in own:
        other = next(
            item for item in fits if item["rule"] == GRAVITY and item["fitted_on"] == row["fitted_on"]
        )
        mine, theirs = (next(s for s in item["scored"] if s["group"] == ALL) for item in (row, other))
        said.append(
            f"Fitted on {row['fitted_on']} (elasticities {fixed(row['value'], 2)} of the long-run ones,"
            f" {fixed(row['q05'], 2)} to {fixed(row['q95'], 2)}), scored on {mine['episode']}:"
            f" skill {fixed(mine['skill'], 2)}; one elasticity fitted alike: {fixed(theirs['skill'], 2)}"
        )
    return said


def _verdict(own: float, rival: Mapping[str, Any]) -> str:
    """Which is better, in words, where the error of the difference lets it be said."""
    gain, error = rival["model_gain"], rival["model_gain_se"]
    if gain is None or error is None or abs(gain) < SURE * error:
        return "the data do not tell them apart"
    if own < 0:
        return "the model is worse than to expect no change"
    return "the model is better" if gain > 0 else "the rule is better"


def best_rival(rows: Sequence[Mapping[str, Any]], window: str, group: str) -> Mapping[str, Any] | None:
    """The rule without an economy and without a fit that does best on some cells."""
    found = [
        row
        for row in rows
        if row["window"] == window
        and row["group"] == group
        and not row["trends"]
        and row["skill"] is not None
        and row["rule"].startswith(RIVALS)
        and not row["rule"].endswith(FITTED)
    ]
    return max(found, key=lambda row: row["skill"], default=None)

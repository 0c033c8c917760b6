"""United States controls on advanced chips: parameters, destination, headquarters, and each rule's dates."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from detente.compliance.documents.common import Assumption, Question
from detente.compliance.export_controls.legal_test import LegalTest
from detente.compliance.facts import Fact, read_facts
from detente.compliance.screening.names import DATA
from detente.formatting import rate as rate_text
from detente.manifest import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.compliance.day import Clause, Day

FIRST, UPDATE, MEMORY, LETTERS, REVIEW, LISTED = (
    "us.xc.2022",
    "us.xc.2023",
    "us.xc.2024",
    "us.xc.h20",
    "us.xc.h200",
    "us.entity_list",
)
FACTS = {
    "model": Fact("text", "name of the chip, for rules that name products"),
    "tpp": Fact("number", "total processing performance"),
    "performance_density": Fact("number", "TPP over the applicable die area in square millimetres"),
    "die_area": Fact(
        "number", "applicable die area in square millimetres: gives the performance density", positive=True
    ),
    "dram_bandwidth": Fact("number", "total DRAM bandwidth in GB/s"),
    "interconnect": Fact("number", "aggregate bidirectional transfer rate in GB/s"),
    "memory_density": Fact("number", "memory bandwidth density in GB/s per square millimetre, for memory"),
    "data_center": Fact("flag", "whether it is designed or marketed for data centres"),
    "headquarters": Fact("place", "where the buyer, or its ultimate parent, is headquartered"),
    "listed_party": Fact("flag", "whether the user is on the Entity List or caught by ownership"),
    "military": Fact("flag", "military or intelligence user or use"),
    "us_available": Fact("flag", "H200 rule: available in the United States without delay to buyers there"),
    "third_party_test": Fact("flag", "H200 rule: tested by a third party in the United States"),
    "volume_ratio": Fact(
        "number", "H200 rule: shipments over those of the product to users in the United States"
    ),
    "know_your_customer": Fact("flag", "H200 rule: know-your-customer procedure in place"),
    "remote_access_safeguards": Fact("flag", "H200 rule: safeguards against remote access in place"),
}
_CONDITIONS = ("us_available", "third_party_test", "know_your_customer", "remote_access_safeguards")
DENIAL = "presumption of denial"


@functools.cache
def _groups() -> dict[str, frozenset[str]]:
    """Country groups of the Export Administration Regulations, recalled."""
    found: dict[str, set[str]] = {}
    for row in read_rows(DATA / "country_groups.csv"):
        found.setdefault(row["group"], set()).add(row["code"])
    return {group: frozenset(codes) for group, codes in found.items()}


def _economies(names: Iterable[str]) -> frozenset[str]:
    """Turn groups and codes into codes; Hong Kong counts as China."""
    codes: set[str] = set()
    for name in names:
        codes |= _groups().get(name.strip(), frozenset({name.strip()}))
    return frozenset(codes | ({"HKG"} if "CHN" in codes else set()))


def _split(clause: Clause | None, key: str) -> tuple[str, ...]:
    """Words of a text key of a measure."""
    text = clause.text(key) if clause is not None else None
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


class _Chip:
    """The facts of one chip, compared with thresholds in three values: met, not met, not known."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = dict(facts)
        if "tpp" in facts and "die_area" in facts and "performance_density" not in facts:
            self.facts["performance_density"] = facts["tpp"] / facts["die_area"]
        self.asked: list[str] = []

    def least(self, fact: str, threshold: float | None) -> bool | None:
        """Whether a parameter is at or above a threshold; None, and asked for, if not known."""
        if threshold is None:
            return None
        if fact in self.facts:
            return bool(self.facts[fact] >= threshold)
        self.asked.append(fact)
        return None

    def questions(self, effect: str) -> tuple[Question, ...]:
        """Turn what was asked into questions."""
        asked = tuple(dict.fromkeys(self.asked))
        self.asked = []
        return tuple(Question(name, FACTS[name].why, effect) for name in asked)


def _all(*tests: bool | None) -> bool | None:
    """And, in three values."""
    if any(test is False for test in tests):
        return False
    return None if any(test is None for test in tests) else True


def _any(*tests: bool | None) -> bool | None:
    """Or, in three values."""
    if any(test is True for test in tests):
        return True
    return None if any(test is None for test in tests) else False


def _not(test: bool | None) -> bool | None:
    """Not, in three values."""
    return None if test is None else not test


def chip_tests(
    day: Day, origin: str, destination: str, given: Mapping[str, object]
) -> tuple[list[LegalTest], tuple[Assumption, ...]]:
    """
    Apply the chip rules in force on a day to one export.

    15 CFR 742.6 and 744.23 as amended by 87 FR 62186, 88 FR 73458, 89 FR 96790 and FR Doc 2026-00789.
    """
    facts = read_facts(FACTS, given, where="licence chip")
    chip = _Chip(facts)
    case = _Case(day, origin, destination, facts.get("headquarters"))
    update = _update(case, chip)
    tests = [
        _first(case, chip),
        *update,
        _memory(case, chip),
        _letters(case, chip),
        _listed_user(case, facts),
    ]
    review = _review(case, chip, update[0])
    if review is not None:
        tests[1:2] = [review]
    return [test for test in tests if test is not None], _assumptions(case, facts, origin)


class _Case:
    """Where a chip leaves from, where it goes, and who stands behind the buyer."""

    def __init__(self, day: Day, origin: str, destination: str, headquarters: object) -> None:
        self.day = day
        self.origin = origin
        self.destination = destination
        self.headquarters = str(headquarters) if headquarters else ""

    def reached(self, clause: Clause | None) -> tuple[bool | None, str]:
        """Whether a rule reaches the destination or the buyer's headquarters, and by which economy."""
        if clause is None:
            return False, ""
        targets = _economies((*clause.position.targets, *_split(clause, "destinations")))
        free = _economies(_split(clause, "destinations_except"))
        if self.destination in targets and not (self.destination in free and self.destination not in _d5()):
            return True, self.destination
        parents = _economies(_split(clause, "headquarters_groups"))
        if self.headquarters in parents:
            return True, self.headquarters
        if parents and not self.headquarters:
            return None, ""
        return False, ""


def _d5() -> frozenset[str]:
    """Economies under a United States arms embargo that no exception frees."""
    return (_groups().get("D:5", frozenset()) - _groups().get("A:6", frozenset())) | {"MAC"}


def _headquarters(effect: str) -> Question:
    """Ask where the buyer is headquartered."""
    return Question("headquarters", FACTS["headquarters"].why, effect)


def _test(name: str, clause: Clause, case: _Case, chip: _Chip, met: bool | None, policy: str) -> LegalTest:
    """Combine the parameters with the destination."""
    reached, place = case.reached(clause)
    asked = chip.questions(f"{policy} if it meets the thresholds")
    if met is False:
        return LegalTest(name, clause, met=False, why="its parameters are below the thresholds")
    if reached is False:
        return LegalTest(name, clause, met=False, why=f"the rule does not reach {case.destination}")
    if reached is None:
        quest = (_headquarters(f"{policy} if in an economy the rule reaches"), *asked)
        why = "headquarters not stated; taken as outside the economies the rule reaches"
        return LegalTest(name, clause, met=False, why=why, questions=quest)
    if met is None:
        return LegalTest(name, clause, None, "its parameters are not all known", (place,), "", asked)
    return LegalTest(
        name, clause, met=True, why="parameters at or above the thresholds", path=(place,), policy=policy
    )


def _first(case: _Case, chip: _Chip) -> LegalTest:
    """Apply October 2022: processing power and transfer rate together."""
    clause = case.day.clause(FIRST, "main")
    if clause is None:
        return LegalTest("October 2022 rule", None, met=False, why="not on the books on this day")
    met = _all(
        chip.least("tpp", clause.number("tpp_min")),
        chip.least("interconnect", clause.number("interconnect_min")),
    )
    return _test(
        "3A090 of 2022: TPP and interconnect", clause, case, chip, met, clause.text("policy") or DENIAL
    )


def _update(case: _Case, chip: _Chip) -> tuple[LegalTest, LegalTest]:
    """Apply October 2023: 3A090.a by TPP or density, and the lower band 3A090.b by notice."""
    clause, band = case.day.clause(UPDATE, "main"), case.day.clause(UPDATE, "band")
    if clause is None or band is None:
        nothing = LegalTest("October 2023 rule", None, met=False, why="not on the books on this day")
        return nothing, nothing
    number = clause.number
    high = chip.least("tpp", number("tpp_min"))
    dense = _all(
        chip.least("tpp", number("tpp_with_density_min")),
        True if high else chip.least("performance_density", number("performance_density_min")),
        chip.facts.get("data_center", True),
    )
    upper = _any(high, dense)
    first = _test("3A090.a: TPP or performance density", clause, case, chip, upper, _by_group(case, clause))
    lower = _all(_not(upper), chip.facts.get("data_center", True), _band(chip, clause, upper))
    notice = clause.text("policy_band") or "notice"
    return first, _test("3A090.b: lower band, notice (NAC)", band, case, chip, lower, notice)


def _band(chip: _Chip, clause: Clause, upper: bool | None) -> bool | None:
    """Whether a chip below 3A090.a falls in the lower band."""
    if upper:
        return False
    number = clause.number
    low = _all(
        chip.least("tpp", number("tpp_band_min")),
        chip.least("performance_density", number("performance_density_band_min")),
    )
    high = _all(
        chip.least("tpp", number("tpp_band_high_density_min")),
        chip.least("performance_density", number("performance_density_band_high_min")),
    )
    return _any(low, high)


def _by_group(case: _Case, clause: Clause) -> str:
    """Licence policy by the strictest economy involved."""
    strict = _d5() | _economies(_split(clause, "headquarters_groups")) - _groups().get("A:6", frozenset())
    if case.destination in strict or case.headquarters in strict:
        return clause.text("policy") or DENIAL
    return clause.text("policy_d1_d4") or "case by case"


def _memory(case: _Case, chip: _Chip) -> LegalTest | None:
    """Apply December 2024: high-bandwidth memory, strictly above its density."""
    clause = case.day.clause(MEMORY, "main")
    if clause is None or "memory_density" not in chip.facts:
        return None
    limit = clause.number("memory_bandwidth_density_min")
    met = None if limit is None else bool(chip.facts["memory_density"] > limit)
    return _test(
        "3A090.c: memory bandwidth density", clause, case, chip, met, clause.text("policy") or DENIAL
    )


def _letters(case: _Case, chip: _Chip) -> LegalTest | None:
    """Apply the letters of April 2025: named products, or their bandwidths."""
    clause = case.day.clause(LETTERS)
    if clause is None:
        return None
    named = str(chip.facts.get("model", "")).upper().replace(" ", "")
    by_name = any(product.upper() in named for product in _split(clause, "products")) if named else False
    memory = chip.least("dram_bandwidth", clause.number("dram_bandwidth_min"))
    rate = chip.least("interconnect", clause.number("interconnect_min"))
    together = clause.number("bandwidth_and_interconnect_min")
    both: bool | None = None
    if together is not None and {"dram_bandwidth", "interconnect"} <= chip.facts.keys():
        both = bool(chip.facts["dram_bandwidth"] + chip.facts["interconnect"] >= together)
    met = True if by_name else _any(memory, rate, both)
    return _test(
        "letters of April 2025: named product or bandwidth",
        clause,
        case,
        chip,
        met,
        clause.text("policy") or "",
    )


def _review(case: _Case, chip: _Chip, update: LegalTest) -> LegalTest | None:
    """Apply the H200 rule in place of denial: exports from the United States below both limits, conditions met."""
    clause = case.day.clause(REVIEW)
    if clause is None or not clause.in_force or update.met is not True:
        return None
    targets = _economies((*clause.position.targets, *_split(clause, "headquarters_groups")))
    if not {case.destination, case.headquarters} & targets:
        return None
    below = _all(
        _not(chip.least("tpp", clause.number("tpp_below"))),
        _not(chip.least("dram_bandwidth", clause.number("dram_bandwidth_below"))),
    )
    asked = chip.questions("case by case below the limit, presumption of denial from it on")
    name, place = "H200 rule: TPP and DRAM bandwidth below the limits", (case.destination,)
    if case.origin != (clause.text("exports_from") or "USA"):
        policy = clause.text("policy_reexport") or DENIAL
        return LegalTest(
            name, clause, met=True, why="a re-export or transfer stays denied", path=place, policy=policy
        )
    otherwise = clause.text("policy_otherwise") or DENIAL
    if below is False:
        return LegalTest(
            name, clause, met=True, why="at or above a limit of the rule", path=place, policy=otherwise
        )
    failed, missing = _conditions(chip, clause)
    if failed:
        return LegalTest(
            name, clause, met=True, why=f"condition not met: {failed}", path=place, policy=otherwise
        )
    policy = clause.text("policy") or "case by case"
    why = (
        "below both limits and the conditions hold"
        if not missing and below
        else "below both limits as far as stated"
    )
    return LegalTest(name, clause, met=True, why=why, path=place, policy=policy, questions=(*asked, *missing))


def _conditions(chip: _Chip, clause: Clause) -> tuple[str, tuple[Question, ...]]:
    """Name the first condition that fails, and ask for those not stated."""
    limit = clause.number("volume_ratio_max")
    ratio = chip.facts.get("volume_ratio")
    if ratio is not None and limit is not None and ratio > limit:
        return f"shipments of {rate_text(ratio)} against at most {rate_text(limit)}", ()
    if chip.facts.get("military"):
        return "military or intelligence use", ()
    failed = next((name for name in _CONDITIONS if chip.facts.get(name) is False), "")
    missing = [name for name in (*_CONDITIONS, "volume_ratio", "military") if name not in chip.facts]
    effect = "presumption of denial if the condition is not met"
    return failed.replace("_", " "), tuple(Question(name, FACTS[name].why, effect) for name in missing)


def _listed_user(case: _Case, facts: Mapping[str, Any]) -> LegalTest | None:
    """Apply the Entity List: a licence by entry for any item subject to the regulations."""
    clause = case.day.clause(LISTED)
    if clause is None or not facts.get("listed_party"):
        return None
    why = "the user is listed or owned by listed parties"
    return LegalTest("listed user", clause, met=True, why=why, policy=DENIAL)


def _assumptions(case: _Case, facts: Mapping[str, Any], origin: str) -> tuple[Assumption, ...]:
    """List the judgements taken."""
    taken = []
    if "data_center" not in facts:
        taken.append(Assumption("data_center", "yes", ("no",), "3A090 treats other chips apart"))
    if not case.headquarters:
        taken.append(
            Assumption("headquarters", case.destination, ("another economy",), FACTS["headquarters"].why)
        )
    if "listed_party" not in facts:
        taken.append(Assumption("listed_party", "no", ("yes",), "screen the user and its owners"))
    if origin != "USA":
        why = "foreign-made chips are reached through United States technology"
        taken.append(Assumption("subject_to_regulations", "yes", ("no",), why))
    return tuple(taken)

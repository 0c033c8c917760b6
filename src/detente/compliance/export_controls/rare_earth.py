"""Chinese controls on rare earths: listed item, value share of foreign-made items, technology, re-export."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from detente.compliance.documents.common import Assumption, Question
from detente.compliance.export_controls.bill import Item, number, read_bill, symbols
from detente.compliance.export_controls.legal_test import LegalTest
from detente.compliance.facts import Fact, read_facts
from detente.formatting import rate
from detente.geography import territories as customs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.compliance.day import Clause, Day

SEVEN, FIVE, ABROAD, TECHNOLOGY, MILITARY = (
    "cn.xc.ree7",
    "cn.xc.oct2025.56",
    "cn.xc.61",
    "cn.xc.62",
    "cn.xc.usban46",
)
FORMS = ("metal", "alloy", "target", "magnet", "oxide", "compound", "mixture", "article", "technology")
USES = (
    "civil",
    "military",
    "wmd-or-terror",
    "logic-14nm",
    "memory-256-layers",
    "semiconductor-tools",
    "military-ai",
    "humanitarian",
)
FACTS = {
    "item": Fact("text", "what is exported"),
    "elements": Fact("text", "rare earths in the item: which list it is on"),
    "form": Fact("word", "form of the item: metal, alloy, target, magnet, oxide, compound", words=FORMS),
    "value": Fact("number", "0.1 % test: value of the part 2 item", positive=True),
    "content": Fact("number", "0.1 % test: value of Chinese-origin part 1 content"),
    "content_share": Fact(
        "share", "0.1 % test: Chinese-origin part 1 content over the value of the part 2 item"
    ),
    "listed": Fact("flag", "whether the item is on part 2 of annex 1"),
    "technology": Fact("flag", "technology test: made with Chinese technology of the listed kinds"),
    "chinese_origin": Fact("flag", "re-export test: whether the item is of Chinese origin"),
    "end_use": Fact("word", "licence policy by end use", words=USES),
    "military": Fact("flag", "licence policy: military user or use"),
    "listed_party": Fact("flag", "licence policy: the user is listed by China"),
    "listed_share": Fact("share", "licence policy: share of the user that listed parties own"),
}
_USE_KEYS = {
    "civil": "policy",
    "military": "policy_military",
    "wmd-or-terror": "policy_wmd_or_terror",
    "logic-14nm": "policy_logic_14nm",
    "memory-256-layers": "policy_memory_256_layers",
    "semiconductor-tools": "policy_semiconductor_tools",
    "military-ai": "policy_military_ai",
    "humanitarian": "policy_humanitarian",
}


def rare_earth_tests(
    day: Day, origin: str, destination: str, given: Mapping[str, object]
) -> tuple[list[LegalTest], tuple[Assumption, ...]]:
    """
    Apply the Chinese rare-earth tests to one export.

    MOFCOM and Customs Announcements 18 and 57 of 2025; MOFCOM Announcements 61 and 62 of 2025 and 46 of 2024.
    """
    facts = read_facts(FACTS, {k: v for k, v in given.items() if k != "bill"}, where="licence rare-earth")
    item = _item(facts, given.get("bill"))
    imposer = _imposer(day)
    policy = _Policy(day, facts, destination)
    if customs.imposes(imposer, origin, day.on):
        tests = _from_china(day, item, facts, policy)
    elif customs.imposes(imposer, destination, day.on):
        tests = []
    else:
        tests = _from_abroad(day, item, policy)
    return tests, _assumptions(facts)


def _imposer(day: Day) -> str:
    """Economy that imposes the controls."""
    clause = day.clause(SEVEN) or day.clause(ABROAD)
    return clause.position.measure.imposer if clause is not None else ""


def _item(facts: Mapping[str, Any], bill: object) -> Item:
    """Make the item out of the bill or of the flat facts; a share stands for a value of one."""
    if bill is not None:
        return read_bill(bill)
    name = str(facts.get("item", "the item"))
    form = str(facts.get("form", "")) or next((word for word in FORMS if word in name.lower()), "")
    value = number(facts["value"], "value") if "value" in facts else None
    content = number(facts["content"], "content") if "content" in facts else None
    if "content_share" in facts:
        value, content = Fraction(1), number(facts["content_share"], "content_share")
    tree = Item(
        name=name,
        value=value,
        content=content,
        elements=symbols(facts.get("elements", ""), "elements"),
        form=form,
        listed=facts.get("listed"),
        technology=facts.get("technology"),
        chinese_origin=facts.get("chinese_origin"),
    )
    if value is not None and content is not None and content > value:
        read_bill({"item": name, "value": str(float(value)), "content": str(float(content))})
    return tree


class _Policy:
    """How an application would be decided, from the user, the use and the ledger's policy keys."""

    def __init__(self, day: Day, facts: Mapping[str, Any], destination: str) -> None:
        self._abroad = day.clause(ABROAD)
        self._facts = facts
        self._destination = destination
        self.military = bool(facts.get("military")) or facts.get("end_use") == "military"

    def of(self, clause: Clause | None) -> str:
        """Policy under one clause, keys it lacks taken from Announcement 61."""
        if clause is None:
            return ""
        holders = (clause, self._abroad or clause)

        def held(key: str) -> str:
            return next((text for holder in holders if (text := holder.text(key))), "")

        threshold = next((n for h in holders if (n := h.number("ownership_threshold")) is not None), None)
        owned = threshold is not None and self._facts.get("listed_share", 0.0) >= threshold
        if self.military:
            return held("policy_military")
        if self._facts.get("listed_party") or owned:
            return held("policy_listed_party")
        return held(_USE_KEYS[str(self._facts.get("end_use", "civil"))]) or held("policy")


def _from_china(day: Day, item: Item, facts: Mapping[str, Any], policy: _Policy) -> list[LegalTest]:
    """Tests of an export from China: listed elements, listed technology, military users."""
    tests = [
        _listed(day.clause(SEVEN), item, policy),
        _listed(_five(day), item, policy),
    ]
    if item.form == "technology" or facts.get("technology"):
        clause = day.clause(TECHNOLOGY)
        why = "technology of the listed kinds leaves China"
        tests.append(
            LegalTest("technology", clause, item.form == "technology", why, (item.name,), policy.of(clause))
        )
    ban = day.clause(MILITARY, "military")
    reached = ban is not None and policy._destination in ban.position.targets  # noqa: SLF001
    if ban is not None and policy.military and reached:
        why = "dual-use item to a military user or for military use"
        met = any(test.met for test in tests) or None
        asked = () if met else _ask_elements()
        tests.append(
            LegalTest(
                "military user", ban, met, why, (item.name,), ban.text("policy_military") or "deny", asked
            )
        )
    return tests


def _five(day: Day) -> Clause | None:
    """Clause of the five elements of October 2025."""
    first = day.clause(FIVE)
    part = first.text("elements_part") if first is not None else None
    return day.clause(FIVE, part) if part else first


def _elements(clause: Clause | None, key: str = "elements") -> frozenset[str]:
    """Elements a clause lists."""
    text = clause.text(key) if clause is not None else None
    return frozenset(re.findall(r"[A-Z][a-z]?", text or ""))


def _ask_elements() -> tuple[Question, ...]:
    """Ask which rare earths are in the item."""
    return (
        Question("elements", "which list the item is on", "a licence is required if one of them is listed"),
    )


def _listed(clause: Clause | None, item: Item, policy: _Policy) -> LegalTest:
    """Test whether the item itself is listed; what it is built into is not looked at for exports from China."""
    listed = _elements(clause)
    hit = [element for element in item.elements if element in listed]
    if item.form == "article":
        why = "an article is not on the list; items shipped as such are"
        return LegalTest("listed item", clause, met=False, why=why, path=(item.name,))
    if not item.elements:
        met = None if listed else False
        return LegalTest(
            "listed item", clause, met, "its rare earths are not stated", (item.name,), "", _ask_elements()
        )
    why = f"contains {', '.join(hit)}" if hit else f"none of {', '.join(sorted(listed))}"
    return LegalTest("listed item", clause, bool(hit), why, (item.name,), policy.of(clause))


def _from_abroad(day: Day, item: Item, policy: _Policy) -> list[LegalTest]:
    """Tests of an export from a third country, at every item of part 2 inside what is shipped."""
    value, technology, reexport = (day.clause(ABROAD, part) for part in ("value", "technology", "reexport"))
    nodes = [(path, node, _on_part2(value, node)) for path, node in item.walk()]
    tests: list[LegalTest] = []
    for path, node, second in nodes:
        if second is not False or (node is item and _on_annex(value, node)):
            tests.append(_technology(technology, path, node, second, policy))
            tests.append(_reexport(reexport, path, node, second, policy))
        if second is not False:
            tests.append(_value(value, path, node, second, policy))
    if not tests:
        why = "nothing in it is on annex 1; the share is taken of an item of part 2, never of what carries it"
        tests.append(LegalTest("value share", value, met=False, why=why, path=(item.name,)))
    return tests


def _on_part2(clause: Clause | None, node: Item) -> bool | None:
    """Whether an item is on part 2 of annex 1: magnets and targets of the listed elements; None if unknown."""
    if node.listed is not None:
        return node.listed
    if clause is None or node.form not in {"magnet", "target", ""}:
        return False
    if node.form == "":
        form = next((word for word in ("magnet", "target") if word in node.name.lower()), "")
        return _on_part2(clause, _formed(node, form)) if form else (None if _bare(node) else False)
    if not node.elements:
        return True if node.content is not None and node.content > 0 else None
    magnets = {e for e in _elements(clause, "part1_elements") if re.search(rf"{e}(?![a-z])", _text(clause))}
    wanted = magnets if node.form == "magnet" else _elements(clause, "part2_targets")
    return any(element in wanted for element in node.elements)


def _text(clause: Clause) -> str:
    """Magnets as part 2 names them."""
    return clause.text("part2_magnets") or ""


def _formed(node: Item, form: str) -> Item:
    """Give an item the form its name tells."""
    return Item(node.name, node.value, node.content, node.elements, form, parts=node.parts)


def _bare(node: Item) -> bool:
    """Whether an item has no inner items, so that only it can be what the test asks about."""
    return not node.parts


def _on_annex(clause: Clause | None, node: Item) -> bool:
    """Whether an item is on part 1: a listed element as metal, alloy or oxide."""
    listed = _elements(clause, "part1_elements")
    return node.form in {"metal", "alloy", "oxide"} and any(element in listed for element in node.elements)


def _value(
    clause: Clause | None, path: tuple[str, ...], node: Item, second: bool | None, policy: _Policy
) -> LegalTest:
    """Test the share of Chinese-origin content in the value of one item of part 2."""
    share, threshold = _share(node), clause.number("de_minimis_value_share") if clause is not None else None
    if threshold is None:
        return LegalTest("value share", clause, None, "the ledger holds no threshold", path)
    limit = number(threshold, "de_minimis_value_share")
    if share is not None and share < limit:
        why = f"{rate(float(share))} is below {rate(float(limit))}"
        return LegalTest("value share", clause, met=False, why=why, path=path)
    questions = []
    if share is None:
        effect = f"a licence is required from {rate(float(limit))} on"
        why = "value of its Chinese-origin part 1 content over its own value"
        questions.append(Question("content_share", f"0.1 % test at {path[-1]}: {why}", effect))
    if second is None:
        why = "a magnet or target of the listed elements is on part 2; the car that carries it is not"
        questions.append(Question("bill", why, "tested at the part 2 item inside, with that item's value"))
    if questions:
        why = "its value share or its place on part 2 is not known"
        return LegalTest("value share", clause, None, why, path, "", tuple(questions))
    why = f"{rate(float(share or 0))} of the value of {path[-1]} is at least {rate(float(limit))}"
    return LegalTest("value share", clause, met=True, why=why, path=path, policy=policy.of(clause))


def _share(node: Item) -> Fraction | None:
    """Share of listed content in an item, None if unknown."""
    content = node.total()
    if content == 0:
        return Fraction(0)
    return content / node.value if content is not None and node.value else None


def _technology(
    clause: Clause | None, path: tuple[str, ...], node: Item, second: bool | None, policy: _Policy
) -> LegalTest:
    """Test whether an item of annex 1 was made with Chinese technology, whatever its content."""
    if node.technology is None:
        why = "made with Chinese mining, separation, smelting, magnet or recycling technology?"
        asked = (Question("technology", f"{path[-1]}: {why}", "a licence is required whatever the content"),)
        why = "not stated; taken as made without it"
        return LegalTest("technology", clause, met=False, why=why, path=path, questions=asked)
    met = (None if second is None else True) if node.technology else False
    why = "made with Chinese technology" if node.technology else "not made with Chinese technology"
    return LegalTest("technology", clause, met, why, path, policy.of(clause))


def _reexport(
    clause: Clause | None, path: tuple[str, ...], node: Item, second: bool | None, policy: _Policy
) -> LegalTest:
    """Test whether an item of annex 1 is itself of Chinese origin."""
    if node.chinese_origin is None:
        asked = (
            Question(
                "chinese_origin", f"{path[-1]}: is it of Chinese origin?", "a licence is required if so"
            ),
        )
        why = "not stated; taken as made outside China"
        return LegalTest("re-export", clause, met=False, why=why, path=path, questions=asked)
    met = (None if second is None else True) if node.chinese_origin else False
    why = "of Chinese origin" if node.chinese_origin else "made outside China"
    return LegalTest("re-export", clause, met, why, path, policy.of(clause))


def _assumptions(facts: Mapping[str, Any]) -> tuple[Assumption, ...]:
    """List the judgements taken."""
    taken = [
        Assumption(
            "value_base",
            "value of the part 2 item as stated",
            ("ex works", "FOB"),
            "the text does not say which",
        )
    ]
    for name, why in (
        ("technology", "technology test of Announcement 61"),
        ("chinese_origin", "re-export test of Announcement 61"),
    ):
        if name not in facts:
            taken.append(Assumption(name, "no", ("yes",), why))
    if "end_use" not in facts and "military" not in facts:
        why = "licence policy turns on the user and the use"
        taken.append(Assumption("end_use", "civil", tuple(USES[1:]), why))
    if "listed_party" not in facts and "listed_share" not in facts:
        taken.append(
            Assumption("listed_party", "no", ("yes",), "listed parties and those they own are denied")
        )
    return tuple(taken)

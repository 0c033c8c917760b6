"""The facts of a port call, and what some of them say about others."""

from __future__ import annotations

from typing import Any

from detente.compliance.facts import Fact

TYPES = ("container", "bulk", "tanker", "chemical", "general", "vehicle-carrier", "ro-ro", "lng", "passenger")
PROGRAMMES = ("msp", "visa", "tsp", "cable-security", "none")

FACTS = {
    "net_tons": Fact("number", "the fee is per net ton", positive=True),
    "containers": Fact("number", "annex II: per container discharged, if that is higher"),
    "built": Fact("place", "annexes II and III and a Chinese exemption turn on the yard"),
    "owner": Fact("place", "owner by the registry"),
    "operator": Fact("place", "operator by the certificate of financial responsibility or the charter"),
    "flag": Fact("place", "China charges vessels under the United States flag"),
    "us_share": Fact("share", "share of equity, votes or board seats held by United States persons"),
    "us_equity": Fact("share", "share of equity held by United States persons"),
    "us_votes": Fact("share", "share of votes held by United States persons"),
    "us_board": Fact("share", "share of board seats held by United States persons"),
    "us_share_chain": Fact("share", "25 % test: shares multiplied along chains, the largest holder"),
    "us_share_control": Fact("share", "25 % test: controlled firms count in full, the largest holder"),
    "us_share_aggregate": Fact("share", "25 % test: all disclosed United States holders together"),
    "type": Fact("word", "vehicle carriers and LNG carriers have their own annexes", words=TYPES),
    "ceu": Fact("number", "annex III as first determined: per car equivalent unit"),
    "teu": Fact("number", "annex II: size exemption, in TEU"),
    "dwt": Fact("number", "annex II: size exemption, in deadweight tons"),
    "call": Fact("count", "number of charged calls of this hull this year, this one included; then capped"),
    "first_port": Fact("flag", "charged once per string of calls, at its first port from abroad"),
    "ballast": Fact("flag", "annex II: exempt when arriving empty or in ballast"),
    "voyage_nm": Fact("number", "annex II: short voyages from a foreign port are exempt"),
    "programme": Fact("word", "vessels in United States sealift programmes are exempt", words=PROGRAMMES),
    "us_government": Fact("flag", "vessels of the United States government are exempt from annex III"),
    "special_export": Fact("flag", "annex II: specialised chemical and liquid-bulk export vessels"),
    "laker": Fact("flag", "annex II: principally Great Lakes vessels are exempt"),
    "us_government_cargo": Fact("flag", "annex II: cargo of the United States government (unverified)"),
    "us_order_net_tons": Fact("number", "annex II: remission for a US-built vessel on order, by size"),
    "us_order_delivered": Fact("flag", "the remission is taken back if the ordered vessel is not delivered"),
    "repair": Fact("flag", "China: exempt when empty and entering only for repair"),
}


def infer(known: dict[str, Any]) -> dict[str, Any]:
    """
    Add what the stated facts imply: boxes discharged mean a laden container vessel.

    Gives the same with what follows from them; nothing stated is changed.

    Examples
    --------
    >>> infer({"net_tons": 1.0, "containers": 9.0})["type"]
    'container'
    """
    implied: dict[str, Any] = {}
    if known.get("containers", 0) > 0:
        implied |= {"type": "container", "ballast": False, "repair": False}
    elif known.get("teu", 0) > 0:
        implied["type"] = "container"
    elif known.get("type", "container") != "container":
        implied["containers"] = 0.0
    shares = [known[name] for name in ("us_share", "us_equity", "us_votes", "us_board") if name in known]
    if shares:
        implied["us_share"] = max(shares)
    return {**implied, **known, **({"us_share": implied["us_share"]} if shares else {})}

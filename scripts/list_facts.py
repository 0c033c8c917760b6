"""Facts the product lists need beside the tariff schedule: headings, dates, and numbers named by notices."""

from __future__ import annotations

import re

SUBHEADING = 8
METALS = frozenset({"72", "73", "74", "76"})

# Notes 20 to subchapter III of chapter 99: the subdivisions with the lists, and with lines in part.
LIST_NOTES = {"1": ("20(b)",), "2": ("20(d)",), "3": ("20(f)", "20(g)"), "4a": ("20(s)",)}

VEHICLE = re.compile(r"(?i)vehicle|automobile|\b(?:passenger |motor )?cars?\b|\bbuses\b")

# The list of note 20 a line was on before note 31 took it, and the day it left. The rates stand in the notice
# of 2024-05-28 (89 FR 46252) as "current rate"; which list gave the rate is recalled.
FORMER = {
    **dict.fromkeys(
        ["87024031", "87024061", "87029031", "87029061", "87036000", "87037000", "87038000", "87039001"],
        ("1", "2024-09-27"),
    ),
    **dict.fromkeys(["85414200", "85414300"], ("2", "2024-09-27")),
    **dict.fromkeys(
        [
            "85411000", "85412100", "85412900", "85413000", "85414910", "85414970", "85414980", "85414995",
            "85415100", "85415900", "85419000", "85423100", "85423200", "85423300", "85423900", "85429000",
        ],
        ("2", "2025-01-01"),
    ),
    **dict.fromkeys(["28046100", "38180000"], ("3", "2025-01-01")),
    **dict.fromkeys(["6307909842", "6307909844", "6307909850"], ("4a", "2024-09-27")),
    "6307909870": ("4a", "2025-01-01"),
    "6307909875": ("4a", "2026-01-01"),
    "85079040": ("4a", "2024-09-27"),
    "40151210": ("4a", "2025-01-01"),
    "85076000": ("4a", "2026-01-01"),
}  # fmt: skip
FERRO_ALLOYS = "7202"

# Rate groups of note 31: headings whose footnotes give whole subheadings, then statistical numbers.
REVIEW = {
    "25_2024": (
        ("99039101",),
        [
            ("6307909842", "", "2026-01-01"),
            ("6307909844", "", "2026-01-01"),
            ("6307909850", "", "2026-01-01"),
            ("8507600010", "", "2026-01-01"),
        ],
    ),
    "50_2024": (("99039102",), []),
    "100_2024": (("99039103",), [("9018310040",), ("9018310090",), ("9018310080", "2026-01-01")]),
    "25_2025": (("99039111",), [("6307909870", "", "2026-01-01")]),
    "50_2025": (("99039105",), [("40151210", "", "2026-01-01")]),
    "25_2026": (("99039106",), []),
    "50_2026": (
        (),
        [(code,) for code in ("6307909842", "6307909844", "6307909850", "6307909870", "6307909875")],
    ),
    "100_2026": ((), [("40151210",)]),
}
REVIEW_BY_NUMBER = {"25_2024": ("63079098", "85076000")}

RECIPROCAL_DAY = "2025-04-05"
DERIVATIVES_2020 = "2020-02-08"
METALS_2025 = "2025-03-12"
ANNEX_DAY = "2026-04-06"
ANNEXES = {
    "annex_1a": ("steel", "aluminum", "copper"),
    "annex_1b": ("steel", "aluminum", "copper"),
    "annex_1c": ("steel",),
    "annex_3": ("steel", "aluminum"),
}
# 50 U.S.C. 1702(b)(3) and headings 9903.01.22, .31 and 9903.03.11: publications, films, photographs, artworks. Lines that
# hold nothing else; tapes and discs of 8523 hold software and blank media as well and stay covered.
INFORMATIONAL = ("3705", "3706", "4901", "4902", "4903", "4904", "4905", "491191", "9701", "9702", "9703")

# Note 19(i): stranded wire, bumper and body stampings of aluminum, on the list since 2020. Stampings "of aluminum" and "of
# steel" are statistical numbers of the subheadings that the note names.
ALUMINUM_2020 = frozenset({"76141050", "76149020", "76149040", "76149050", "8708103030", "8708292130"})
STAMPED = {"87081030": "8708103030", "87082921": "8708292130"}
# The same of steel (Proclamation 9980, Annex II; note 16(l) until 2026-04-05, recalled: the text held prints its successor).
STEEL_2020 = ("8708103020", "8708292120")
# On note 19(k) as printed and not in the shared table: beer, of the notice that put empty cans on the list, and bumpers.
ALUMINUM_PRINTED = {"22030000": "2025-04-03", "8708103050": "2025-03-12"}

# Note 16(n) before the inclusions of 2025-08-18: twelve subheadings of Proclamation 10896, Annex I, and the
# appliances of 90 FR 25208. The shared table omits both; the annexes of 2026-04-02 restate every one of them.
STEEL_BEFORE_AUGUST = {
    **dict.fromkeys(
        [
            "84313100", "84314200", "84314910", "84314990", "84321000", "84329000", "85479000", "94032000",
            "94059920", "94059940", "94062000", "94069001",
        ],
        METALS_2025,
    ),
    **dict.fromkeys(
        [
            "84181000", "84183000", "84184000", "84221100", "84501100", "84502000", "84512100", "84512900",
            "85098020", "85166040", "9403999020",
        ],
        "2025-06-23",
    ),
}  # fmt: skip

# Subheadings of which the notices (Proclamation 10895, Annex I; 90 FR 40326, FR 2025-15819) name only these
# statistical numbers. The shared table truncates them to eight digits.
_BOTH = {
    "21069099": ["98"], "27101930": ["50"], "30049092": ["44"], "38249993": ["97"], "84129090": ["70", "75"],
    "84834050": ["20"], "85016401": ["10"], "94039990": ["10", "15", "20", "40", "45"],
}  # fmt: skip
TEN_DIGITS = {
    "aluminum": _BOTH | {
        "73082000": ["35"], "83021060": ["30", "60", "90"], "83023030": ["10", "60"],
        "83024160": ["15", "45", "50", "80"], "83024230": ["10", "15", "65"],
        "83024960": ["35", "45", "55", "85"], "83051000": ["50"], "83099000": ["20", "25"],
        "84145965": ["90"], "84159080": ["25", "45", "85"], "84189980": ["05", "50", "60"],
        "84229006": ["40"], "84249090": ["80"], "84798995": ["99"], "84799095": ["96"],
        "84819090": ["60", "85"], "84839050": ["20"], "84879000": ["80"], "85030095": ["20", "46", "70"],
        "85169080": ["50"], "85299097": ["60"], "85369085": ["85"], "85439088": ["85"],
        "85479000": ["20", "30", "40"], "87082951": ["60"], "87088065": ["90"], "87089968": ["90"],
        "87163900": ["40"], "87168050": ["10"], "88073000": ["60"], "90319091": ["95"],
        "94019990": ["30", "70", "81"], "94039910": ["40"], "94059940": ["20"], "95061140": ["80"],
        "95065940": ["40"], "95067020": ["90"], "95069100": ["10", "20", "30"],
        "95069905": ["10", "20", "30"], "95069925": ["80"], "95069960": ["80"], "96039080": ["50"],
    },
    "steel": _BOTH | {
        "27111200": ["20"], "28042900": ["10"], "82023900": ["40"], "82072000": ["70"],
        "82073060": ["62", "95"], "84139190": ["55", "60", "96"], "84542000": ["10", "60"],
        "84779086": ["01"], "84804900": ["10"], "84807180": ["45", "60"], "84807990": ["10"],
        "84821050": ["04", "08", "12", "16", "24", "28", "32", "36", "52", "56", "60", "64", "68"],
        "84822000": ["64", "67", "90"], "84831010": ["10", "50"], "85049096": ["34", "38", "42"],
        "86073010": ["10", "50", "90"], "87012100": ["80"], "87012200": ["80"], "87012300": ["80"],
        "87012400": ["80"], "87012900": ["80"], "87059000": ["10", "20"],
        "94039990": ["10", "15", "20", "40", "45", "51", "61"],
    },
}  # fmt: skip
NAMED_ON = {
    ("aluminum", "8503009546"): "2025-08-18",
    ("aluminum", "8503009570"): "2025-08-18",
    ("aluminum", "9401999030"): "2025-08-18",
    ("aluminum", "9401999070"): "2025-08-18",
}

# Heading 8806 splits unmanned aircraft by take-off weight at 25 kg.
UAS_HEAVY = ("880624", "880629", "880694", "880699")
UAS_LIGHT = ("880621", "880622", "880623", "880691", "880692", "880693")

# Note 41(a) to subchapter III: quartz surface products.
QUARTZ = ("6810990020", "6810990040", "7020006000")

# Statistical numbers made after the last revision of the schedule that is held (2026-06-08).
AFTER_THE_SCHEDULE = frozenset({"3818000040", "3818000045", "3818000050", "3818000091"})

# Lines of notes 2(v)(iii)(b), 2(x)(iii)(b) and part of 2(x)(iii)(a): orders of 2025-11-14 and 2025-11-20 reach back to it.
FARM_GOODS_DAY = "2025-11-13"
# Subheadings of which the notes name one statistical number, given whole by the shared table: neodymium magnets.
BY_NUMBER = {"85051100": "8505110070"}
CARS = "8703"
# Notes 50(a)(iii) and 52(c), whose wording is not held, name lines of note 2(aa)(iii) in its order: its words are taken.
DESCRIBED_IN = "2(aa)(iii)"
# On note 33(b) and on note 38(b): which of the two an electric truck is, its use decides.
ALSO_HEAVY = frozenset({"87046000"})
# Note 16(c) as printed: annexes I-A, I-B and III of 2026-04-02, each list with its metal. The columns of (iii), (iv) and (v)
# run into one another in the text held; the chapter tells copper from steel.
ANNEX_NOTES = {
    ("annex_1a", "aluminum"): ("16(c)(i)", "16(c)(ii)"),
    ("annex_1a", "steel"): ("16(c)(iii)", "16(c)(iv)", "16(c)(v)"),
    ("annex_1a", "copper"): ("16(c)(iii)", "16(c)(iv)", "16(c)(v)"),
    ("annex_1b", "aluminum"): ("16(c)(vi)",),
    ("annex_1b", "steel"): ("16(c)(vii)",),
    ("annex_1b", "copper"): ("16(c)(viii)",),
    ("annex_1c", "steel"): (),
    ("annex_3", "aluminum"): ("16(c)(ix)",),
    ("annex_3", "steel"): ("16(c)(x)",),
}

# The day on which the act that put codes on a list from a day, or took them off on it, became known: signature or notice.
MADE_KNOWN = {
    ("s232_steel_derivative", "2020-02-08"): "2020-01-24",  # Proclamation 9980
    ("s232_aluminum_derivative", "2020-02-08"): "2020-01-24",
    ("s232_steel_derivative", "2025-03-12"): "2025-02-10",  # Proclamations 10895 and 10896
    ("s232_aluminum_derivative", "2025-03-12"): "2025-02-10",
    ("s232_steel_content", "2025-03-12"): "2025-03-05",  # 90 FR 11249
    ("s232_aluminum_content", "2025-03-12"): "2025-03-05",
    ("s232_aluminum_derivative", "2025-04-03"): "2025-04-02",  # notice on beer and cans (day recalled)
    ("s232_aluminum_content", "2025-04-03"): "2025-04-02",
    ("s232_steel_content", "2025-06-23"): "2025-06-16",  # 90 FR 25208
    **{
        (f"s232_{name}", "2025-08-18"): "2025-08-15"  # 90 FR 40326, on public inspection (day recalled)
        for name in ("steel_content", "steel_derivative", "aluminum_content", "aluminum_derivative")
    },
    **{
        (f"s232_{name}", "2026-06-08"): "2026-06-01"  # Proclamation 11032
        for name in (
            "annex_1b_aluminum",
            "annex_1b_steel",
            "annex_1c_steel",
            "annex_3_aluminum",
            "annex_3_steel",
        )
    },
    ("ieepa_ca_potash", "2025-03-07"): "2025-03-06",  # EO 14231
    ("ieepa_mx_potash", "2025-03-07"): "2025-03-06",  # EO 14232
    ("ieepa_annex_ii", "2025-08-01"): "2025-07-30",  # Proclamation 10962: copper
    ("ieepa_annex_ii", "2025-09-08"): "2025-09-05",  # EO 14346
    ("ieepa_annex_ii", "2025-10-14"): "2025-09-29",  # Proclamation 10976: wood
    ("ieepa_annex_ii", "2025-11-13"): "2025-11-14",  # EO 14360, back to the day before
    ("ieepa_annex_ii_described", "2025-11-13"): "2025-11-14",
    ("ieepa_br_described", "2025-11-13"): "2025-11-20",
    ("ieepa_br_exempt", "2025-11-13"): "2025-11-20",  # EO 14361, back a week (day recalled)
    **{
        (f"s301_cn_{name}", day): "2024-09-13"  # 89 FR 76581
        for name in (
            "list1",
            "list2",
            "list3",
            "list4a",
            "review_25_2024",
            "review_25_2025",
            "review_50_2025",
        )
        for day in ("2024-09-27", "2025-01-01", "2026-01-01")
    },
    ("s301_cn_review_100_2024", "2026-01-01"): "2024-09-13",
}
# The same by code, where one day has two acts: wafers and polysilicon (89 FR 101682), and electronics, which a memorandum
# of 2025-04-11 put on Annex II as of its first day.
CODES_MADE_KNOWN = {
    **{("s301_cn_list3", code): "2024-12-11" for code in ("28046100", "38180000")},
    **{
        ("ieepa_annex_ii", code): "2025-04-11"
        for code in ("8471", "847330", "8486", "85171300", "85176200", "85235100", "8524", "85285200", "8542")
    },
}

"""
Ordinary names of firms and people, composed by a seeded draw from words written down before any tuning.

The words were written from memory of shop signs, telephone books and trade directories of many countries; none was taken
from a restricted-party list. They are split in two halves by position: the names of the first half are drawn from
words at even places only, those of the second from words at odd places. The first half may be looked at while a
threshold is chosen; the second is looked at only at the end.
"""

from __future__ import annotations

import random


def _split(sign: str, text: str) -> list[str]:
    """Cut a text into words or phrases."""
    return [" ".join(part.split()) for part in text.replace("\n", " ").split(sign) if part.strip()]


SURNAMES = _split(
    " ",
    """
Miller Schmidt Rossi Dubois Andersen Kowalski Novak Nagy Papadopoulos Silva Fernandez Ortega Murphy Campbell
Hughes Fischer Weber Wagner Becker Hoffmann Bianchi Romano Moreau Lefebvre Girard Lindqvist Johansson
Nieminen Virtanen Jensen Larsen Visser Bakker Peeters Maes Horvat Popescu Dimitrov Takahashi Watanabe
Yamamoto Suzuki Kobayashi Nguyen Tran Pham Santoso Wijaya Patel Sharma Gupta Reddy Iyer Mehta Perera
Fernando Okafor Adeyemi Mensah Dlamini Botha Van Wyk Pretorius Cohen Levy Mizrahi Yilmaz Demir Sato Tanaka
Ito Walker Turner Parker Collins Stewart Morris Rogers Reed Cook Bailey Cooper Richardson Cox Howard Ward
Peterson Gray Ramsey Watson Brooks Kelly Sanders Price Bennett Wood Barnes Ross Henderson Coleman Jenkins
Perry Powell Long Patterson Flores Washington Butler Simmons Foster Bryant Alexander Russell Griffin Diaz
Hayes Myers Ford Hamilton Graham Sullivan Wallace Woods Cole West Jordan Owens Reynolds Fisher Ellis
Harrison Gibson McDonald Cruz Marshall Ortiz Gomez Murray Freeman Wells Webb Simpson Stevens Tucker Porter
""",
)
GIVEN = _split(
    " ",
    """
Emma Oliver Lukas Sophie Mateo Chloe Noah Hannah Liam Amelie Felix Ingrid Bjorn Astrid Pieter Annika Giulia
Marco Lorenzo Elena Pablo Lucia Javier Carmen Joao Beatriz Rafael Camila Diego Valentina Kenji Yuki Haruto
Sakura Minh Linh Thanh Wei Mei Hiroshi Priya Rahul Ananya Arjun Deepa Vikram Kwame Amara Chidi Thabo Naledi
Yael Noam Emre Zeynep Brian Patrick Siobhan Fiona Gareth Megan Owen Rhys Bethany Charlotte Jack Harry Grace
Alice Edward Florence Henry Beatrice Arthur Margaret Walter Dorothy Eugene Ruth Carl Helen Raymond Judith
Stanley Brenda Gerald Phyllis Roy Marilyn Ralph Gloria Bruce Teresa Willie Kathryn Keith Jean Terry Cheryl
Lawrence
""",
)
TRADES = _split(
    ";",
    """
Bakery; Plumbing; Dental Care; Insurance Brokers; Landscaping; Catering; Roofing; Veterinary Clinic;
Bookshop; Printing; Furniture; Florist; Accounting; Law Office; Hardware Store; Garage; Auto Repair;
Carpentry; Brewery; Vineyards; Dairy; Fisheries; Orchards; Seeds; Poultry Farm; Coffee Roasters; Tea House;
Textiles; Knitwear; Leather Goods; Footwear; Toys; Bicycles; Musical Instruments; Optics; Photography;
Interior Design; Architects; Surveyors; Civil Engineering; Drilling; Quarries; Sawmill; Timber; Paper Mill;
Packaging; Plastics; Glassworks; Ceramics; Foundry; Machine Tools; Welding; Tooling; Precision Parts;
Elevators; Pumps and Valves; Air Conditioning; Heating; Electrical Contractors; Lighting; Software; Web
Hosting; Consulting; Recruitment; Advertising; Film Productions; Publishing; Travel Agency; Car Rental; Taxi
Service; Removals; Haulage; Freight Forwarding; Warehousing; Customs Brokers; Shipping Agency; Boat
Builders; Marine Supplies; Medical Devices; Pharmacy; Laboratories; Cosmetics; Soap Works; Perfumes;
Jewellery; Watches; Antiques; Auction House; Real Estate; Property Management; Cleaning Services; Security
Guards; Nursery School; Language School; Driving School; Fitness Studio; Golf Club; Camping; Guest House;
Restaurant; Pizzeria; Ice Cream; Chocolates; Spices; Olive Oil; Pasta; Flour Mill; Animal Feed; Fertilisers
""",
)
QUALIFIERS = _split(
    " ",
    """
Riverside Summit Evergreen Golden Silver Northern Southern Western Eastern Alpine Coastal Harbour Lakeside
Meadow Oakwood Maple Cedar Willow Sunrise Sunset Blue Green Red Crystal Diamond Royal Imperial Crown Phoenix
Falcon Eagle Lion Tiger Dolphin Swan Robin Heron Atlas Apollo Orion Titan Neptune Mercury Delta Omega Alpha
Sigma Prime Premier First Modern Classic Superior Quality Reliable Rapid Express Direct Universal
Continental Metropolitan Provincial Central Family Brothers Partners Associates United Allied Advanced
Applied Creative Dynamic Integrated Innovative Sustainable Clearwater Stonebridge Highfield Fairview
Greenfield Springdale Brookside Hillcrest Kingsway Queensland Bayview Parkside Woodland Clifton Ashford
Beechwood Rosewood Ivy Laurel Magnolia Lotus Orchid Tulip Jasmine Saffron Amber Coral
""",
)
TOWNS = _split(
    " ",
    """
Lyon Stuttgart Bologna Porto Seville Antwerp Rotterdam Aarhus Tampere Krakow Brno Debrecen Thessaloniki
Izmir Haifa Casablanca Accra Nairobi Durban Pune Chennai Colombo Chiang Mai Penang Surabaya Cebu Kaohsiung
Busan Osaka Nagoya Brisbane Wellington Vancouver Calgary Winnipeg Halifax Portland Denver Austin Tucson
Memphis Cleveland Albany Hartford Savannah Monterrey Puebla Medellin Arequipa Rosario Montevideo Curitiba
Valparaiso Xiamen Suzhou Beijing Shanghai Ningbo Qingdao Cardiff Leeds Cork Bergen Graz Basel Turin Bordeaux
""",
)
FORMS = (
    "Ltd",
    "GmbH",
    "Inc.",
    "LLC",
    "S.A.",
    "BV",
    "AB",
    "Oy",
    "Co., Ltd.",
    "Pty Ltd",
    "S.r.l.",
    "Limited",
    "AG",
    "plc",
)
PATTERNS = (
    "{given} {surname}",
    "{surname}, {given}",
    "{given} {initial}. {surname}",
    "{surname} {trade} {form}",
    "{surname} & {other} {trade} {form}",
    "{given}'s {trade}",
    "{qualifier} {trade} {form}",
    "{qualifier} {second} {trade} {form}",
    "{qualifier} {trade}",
    "{town} {trade} {form}",
    "{town} {qualifier} {trade} {form}",
    "{qualifier} {trade} of {town}",
    "{surname} & Sons {form}",
    "{surname} Trading Co",
    "{town} Trading Co",
    "{qualifier} International {form}",
    "{qualifier} Technology {town} {form}",
)


def ordinary_names(number: int, *, half: int, seed: int = 2_026) -> list[str]:
    """Draw different names from the words of one half: 0 for the half that may be looked at, 1 for the other."""
    dice = random.Random(seed + half)  # noqa: S311  (a fixed draw)
    pool = {
        name: words[half::2]
        for name, words in {
            "surname": SURNAMES,
            "given": GIVEN,
            "trade": TRADES,
            "qualifier": QUALIFIERS,
            "town": TOWNS,
        }.items()
    }
    found: dict[str, None] = {}
    while len(found) < number:
        words = {name: dice.choice(choices) for name, choices in pool.items()}
        more = {
            "other": dice.choice(pool["surname"]),
            "second": dice.choice(pool["qualifier"]),
            "initial": dice.choice("ABCDEFGHJKLMNPRST"),
            "form": dice.choice(FORMS),
        }
        found[dice.choice(PATTERNS).format(**words, **more)] = None
    return list(found)

"""The customers and orders that the shipped tickets are about; the generator makes the rest around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer that a ticket is about; `city` is one of the catalogue's."""

    id: str
    name: str
    email: str
    street: str
    city: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order that a ticket is about. `lines` are product name and quantity; `charges` says how often the
    total was captured; amounts are in cents."""

    id: str
    customer: str
    status: str
    lines: tuple[tuple[str, int], ...]
    discount: int = 0
    charges: int = 1
    refunded: tuple[tuple[int, str], ...] = ()


BUYERS: Final = (
    Buyer("C-0118", "Inês Carvalho", "ines.carvalho@mail.example", "Rua da Bica 21", "Lisbon"),
    Buyer("C-0154", "Maria Santos", "maria.santos@mail.example", "Calle del Olmo 4", "Madrid"),
    Buyer("C-0207", "Beatrix Vogel", "b.vogel@post.example", "Gartenweg 8", "Vienna"),
    Buyer("C-0266", "Priya Raman", "priya.raman@mail.example", "Mill Lane 17", "Dublin"),
    Buyer("C-0298", "Oliver Whitcombe", "oliver.w@post.example", "Station Road 3", "Dublin"),
    Buyer("C-0342", "Jonas Lindqvist", "jonas.lindqvist@mail.example", "Kungsgatan 40", "Stockholm"),
    Buyer("C-0389", "Luca Moretti", "luca.moretti@mail.example", "Via dei Mulini 12", "Rome"),
    Buyer("C-0431", "Maria Santos", "m.santos@post.example", "Rua da Bica 77", "Lisbon"),
    Buyer("C-0455", "Aoife Brennan", "aoife.brennan@mail.example", "Mill Lane 2", "Dublin"),
    Buyer("C-0503", "Elif Aksoy", "elif.aksoy@mail.example", "Lindenstraße 51", "Berlin"),
    Buyer("C-0571", "Tomasz Zieliński", "tomasz.zielinski@mail.example", "Ulica Ogrodowa 9", "Kraków"),
    Buyer("C-0610", "Greta Hoffmann", "greta.hoffmann@mail.example", "Gartenweg 30", "Munich"),
    Buyer("C-0611", "Dieter Hoffmann", "dieter.hoffmann@mail.example", "Gartenweg 30", "Munich"),
    Buyer("C-0640", "Hannah Okafor", "hannah.okafor@mail.example", "Prinsenstraat 6", "Amsterdam"),
    Buyer("C-0712", "Marek Novák", "marek.novak@mail.example", "Lindenstraße 5", "Hamburg"),
    Buyer("C-0769", "Maria Santos", "santos.maria@mail.example", "Via dei Mulini 3", "Milan"),
    Buyer("C-0803", "Tomek Zieliński", "tomek.z@post.example", "Ulica Ogrodowa 9", "Kraków"),
    Buyer("C-0864", "Noor de Wit", "noor.dewit@mail.example", "Prinsenstraat 88", "Ghent"),
)

PURCHASES: Final = (
    Purchase("O-12411", "C-0803", "delivered", (("Pepper mill, ash", 1), ("Granite mortar", 1))),
    Purchase("O-12688", "C-0571", "delivered", (("Chef's knife, 20 cm", 1),)),
    Purchase("O-12702", "C-0431", "delivered", (("Linen apron", 1),)),
    Purchase("O-12855", "C-0803", "delivered", (("Whetstone, 1000/6000", 1),)),
    Purchase("O-12871", "C-0611", "delivered", (("Copper saucepan, 18 cm", 1),)),
    Purchase(
        "O-12890",
        "C-0389",
        "delivered",
        (("Linen tea towel, pair", 2), ("Teapot with strainer", 1)),
        refunded=((2200, "one pair of towels missing"),),
    ),
    Purchase("O-12926", "C-0207", "delivered", (("Tilt-head stand mixer", 1),)),
    Purchase("O-12935", "C-0503", "delivered", (("Cast-iron pot, 5 l", 1),), discount=3000),
    Purchase("O-12949", "C-0455", "delivered", (("Hand-blown tumbler", 6), ("Hand-blown carafe", 1))),
    Purchase("O-12958", "C-0118", "delivered", (("Brisa espresso machine", 1), ("Harbour dark roast, 500 g", 2))),
    Purchase(
        "O-12967",
        "C-0640",
        "delivered",
        (("Gooseneck kettle, 1 l", 1), ("Pour-over set, glass", 1)),
        charges=2,
    ),
    Purchase("O-12979", "C-0298", "shipped", (("Baking steel, 6 mm", 1),)),
    Purchase("O-12981", "C-0342", "shipped", (("Morrow burr grinder", 1), ("Harbour house blend, 1 kg", 1))),
    Purchase("O-12992", "C-0712", "packed", (("Stoneware plate, slate", 4), ("Stoneware bowl, slate", 4))),
    Purchase("O-12996", "C-0266", "placed", (("Copper saucepan, 18 cm", 1), ("Olive wood spoon", 2))),
)

QUIET: Final = frozenset({"C-0154", "C-0431", "C-0769"})
"""Customers who get no further orders, so that nothing of theirs is on its way."""

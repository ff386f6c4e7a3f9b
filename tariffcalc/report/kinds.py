"""How a figure is shown: scale, decimals, what stands for nothing, and the same as Excel writes it.

A figure is rounded to the nearest, ties to even, after it is scaled; what rounds to 0 has no sign.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "BILLIONS",
    "COUNT",
    "MULTIPLE",
    "PER_CENT",
    "PLAIN",
    "YEAR",
    "Kind",
    "kind_of",
    "money",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to show figures.

    ``unit`` is what a heading has to say, ``suffix`` what each figure says itself. Without
    ``decimals`` a figure has up to ``digits`` significant digits.
    """

    decimals: int | None = None
    digits: int = 10
    divisor: float = 1.0
    multiplier: float = 1.0
    grouped: bool = True
    unit: str = ""
    suffix: str = ""
    nothing: str = "-"
    excel: str = "General"

    def text(self, value: float) -> str:
        """Return a figure as text; what there is not has a word of its own."""
        if math.isnan(value):
            return self.nothing
        scaled = value / self.divisor * self.multiplier
        if math.isinf(scaled):
            return f"{'-' if scaled < 0 else ''}∞"
        return self._digits(scaled) + self.suffix

    def _digits(self, scaled: float) -> str:
        comma = "," if self.grouped else ""
        if self.decimals is not None:
            return f"{scaled:z{comma}.{self.decimals}f}"
        shown = f"{scaled:z{comma}.{self.digits}g}"
        return f"{scaled:,.0f}" if "e" in shown and abs(scaled) >= 1.0 else shown


BILLIONS = Kind(decimals=1, divisor=1e9, unit="$bn", excel="#,##0.0,,,")
MONEY = (
    (1e11, BILLIONS),
    (1e9, Kind(decimals=2, divisor=1e9, unit="$bn", excel="#,##0.00,,,")),
    (1e6, Kind(decimals=1, divisor=1e6, unit="$m", excel="#,##0.0,,")),
    (0.0, Kind(decimals=2, unit="$", excel="#,##0.00")),
)
TRILLIONS = Kind(decimals=1, divisor=1e12, unit="tn", excel="#,##0.0,,,,")
PER_CENT = Kind(decimals=1, multiplier=100.0, grouped=False, suffix="%", excel="0.0%")
DUTY_RATE = Kind(decimals=2, multiplier=100.0, grouped=False, suffix="%", excel="0.00%")
POINTS = Kind(decimals=2, grouped=False, suffix=" pp", excel='0.00" pp"')
MULTIPLE = Kind(decimals=2, grouped=False, suffix="x", excel='0.00"x"')
YEAR = Kind(decimals=0, grouped=False, nothing="never", excel="0")
COUNT = Kind(decimals=0, grouped=False, excel="0")
EXCHANGE = Kind(decimals=1, excel="#,##0.0")
ELASTICITY = Kind(digits=4)
PLAIN = Kind()

# The first unit that fits a column's own; a column without one is known by how its name ends.
UNITS = (
    ("fraction of customs value", DUTY_RATE),
    ("fraction per year", PER_CENT),
    ("share of", PER_CENT),
    ("percentage points", POINTS),
    ("multiple of", MULTIPLE),
    ("relief per USD", MULTIPLE),
    ("calendar year", YEAR),
    ("payer's currency per USD", EXCHANGE),
    ("payer's currency", TRILLIONS),
    ("% per %", ELASTICITY),
)
ENDINGS = (
    ("_krw", TRILLIONS),
    ("_rate", PER_CENT),
    ("_share", PER_CENT),
    ("_irr", PER_CENT),
    ("_pp", POINTS),
    ("_year", YEAR),
)


def kind_of(column: str, unit: str, dollars: Kind = BILLIONS) -> Kind:
    """Return how a column of figures is shown, by its unit or else by how its name ends."""
    if unit == "USD" or unit.startswith("USD per "):
        return dollars
    for beginning, kind in UNITS:
        if unit.startswith(beginning):
            return kind
    if unit:
        return PLAIN
    if column.endswith("_usd"):
        return dollars
    return next((kind for ending, kind in ENDINGS if column.endswith(ending)), PLAIN)


def money(largest: float) -> Kind:
    """Return the scale on which dollars up to this size are shown; billions where there are none.

    Two decimals of a billion up to $100bn, so that the parts of a total can be told apart.
    """
    if largest == 0.0:
        return BILLIONS
    return next(kind for least, kind in MONEY if largest >= least)

"""Rate texts of a tariff schedule in parts: "3.4¢/kg + 8.5%"; a doubtful text is refused whole."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from tariffcalc.errors import InputError

__all__ = ["RatePart", "StatutoryRate", "parse_rate", "rate_or_reason", "tidy_text"]

NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
MIXED = r"(?P<whole>[0-9]+) (?P<over>[0-9])/(?P<under>[1-9])"
AD_VALOREM = re.compile(rf"(?:(?P<number>{NUMBER})|{MIXED})\s*%(?:\s*on\s+(?P<part>[^%¢$0-9]+))?")
PER_UNIT = re.compile(rf"(?:(?P<cents>{NUMBER})\s*¢|\$(?P<dollars>{NUMBER}))\s*(?P<unit>[^0-9].*)")
MEASURES = "kg|clean kg|g|t|m|lin\\. m|m2|m3|l|liter|pf\\. ?liter|bbl|head|article|pack|jewel"
COUNTS = "each|doz\\.|pr\\.|gross|line/ ?gross|thousand|thou- sand|1,?000(?: pins)?"
CONTENTS = (
    "on drained weight|on contents and container|on entire contents of container"
    "|, including weight of container| of total sugars| ?of recording surface"
    "|of immediate containers|over [0-9]+|(?:on|of) [a-z]+(?: [a-z]+)? content"
)
UNIT = re.compile(rf"(?P<base>{MEASURES}|{COUNTS})(?P<qualifier>\s*(?:{CONTENTS}))?")
ALIASES = {"l": "liter", "pf.liter": "pf. liter", "line/ gross": "line/gross"}
ALIASES |= {"1000": "thousand", "1,000": "thousand", "thou- sand": "thousand"}
ALIASES |= {"1,000 pins": "thousand pins", "1000 pins": "thousand pins"}
WHOLE = {"full value of the imported article"}
# The first that fits names why a text is no rate of its own.
REASONS = (
    ("has a limit or a sliding scale", r"\bfor each degree\b|\bbut (?:if|not)\b"),
    ("refers to another rate", r"\brates? applicable|\bduty\b|\brate provided|\bno change\b"),
    ("is free on a condition", r"^free\b"),
    ("refers to a note or heading", r"\bsee\b"),
)


@dataclass(frozen=True, slots=True)
class RatePart:
    """One part of a rate: a share of the value, or US dollars per unit of quantity.

    Parameters
    ----------
    amount
        A share of the value [fraction], or an amount per unit [USD].
    unit
        Unit of quantity, as the schedule writes it; empty for a share of the value.
    part
        The part of the good whose value is charged (``case``, ``battery``); empty for all of it.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.parse_rate("6% on the case").parts == (tc.RatePart(0.06, part="case"),)
    True
    """

    amount: float
    unit: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class StatutoryRate:
    """A rate text that was understood: the sum of its parts, none when the good is free.

    Parameters
    ----------
    text
        The text as written, without line breaks and spaces around it.
    parts
        What is charged.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.parse_rate("3.4¢/kg + 8.5%").specific_unit
    'kg'
    """

    text: str
    parts: tuple[RatePart, ...]

    @property
    def is_plain(self) -> bool:
        """Whether one share of the whole value and one amount per unit say all of it."""
        units = sum(bool(part.unit) for part in self.parts)
        return units <= 1 and not any(part.part for part in self.parts)

    @property
    def ad_valorem_rate(self) -> float:
        """Share of the whole value [fraction]; NaN where the rate is not plain."""
        shares = [part.amount for part in self.parts if not part.unit]
        return math.fsum(shares) if self.is_plain else math.nan

    @property
    def specific_usd_per_unit(self) -> float:
        """Amount per unit of quantity [USD]; NaN where the rate is not plain."""
        amounts = [part.amount for part in self.parts if part.unit]
        return math.fsum(amounts) if self.is_plain else math.nan

    @property
    def specific_unit(self) -> str:
        """Unit of the amount per unit; empty where there is none or the rate is not plain."""
        units = [part.unit for part in self.parts if part.unit]
        return units[0] if units and self.is_plain else ""


def parse_rate(text: str) -> StatutoryRate:
    """Read a rate text of the Harmonized Tariff Schedule into its parts.

    Parameters
    ----------
    text
        For example ``Free``, ``2.5%``, ``$1.51/clean kg``, ``3.4¢/kg + 8.5%``,
        ``41¢ each + 5% on the case``.

    Returns
    -------
    StatutoryRate
        Its parts; :attr:`StatutoryRate.ad_valorem_rate` [fraction],
        :attr:`StatutoryRate.specific_usd_per_unit` [USD] and
        :attr:`StatutoryRate.specific_unit` where two figures say all of it.

    Raises
    ------
    InputError
        With the text and the reason: it refers to another rate, a note or a heading, has a limit
        or a sliding scale, or is not understood. No such text is ever read as 0.

    References
    ----------
    USITC, Harmonized Tariff Schedule of the United States, general note 3(a) and the columns
    "Rates of Duty".

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.parse_rate("3.4¢/kg + 8.5%").parts
    (RatePart(amount=0.034, unit='kg', part=''), RatePart(amount=0.085, unit='', part=''))
    >>> tc.parse_rate("Free").ad_valorem_rate
    0.0
    """
    if not isinstance(text, str):
        raise InputError(f"a rate text is needed, given {text!r}")
    found = rate_or_reason(text)
    if isinstance(found, str):
        raise InputError(f"the rate text {text!r} cannot be read: it {found}")
    return found


def rate_or_reason(text: str) -> StatutoryRate | str:
    """Return the rate, or in words what keeps the text from being one."""
    tidy = tidy_text(text)
    if not tidy:
        return "is empty"
    if tidy.casefold() == "free":
        return StatutoryRate(tidy, ())
    ended = tidy[:-1] if tidy.endswith("%.") else tidy
    parts = [_part(piece.strip()) for piece in ended.split("+")]
    if all(part is not None for part in parts):
        return StatutoryRate(tidy, tuple(part for part in parts if part is not None))
    reasons = (why for why, words in REASONS if re.search(words, tidy, re.IGNORECASE))
    return next(reasons, "is not understood")


def tidy_text(text: str) -> str:
    """Return a text on one line with single spaces."""
    return " ".join(text.split())


def _part(piece: str) -> RatePart | None:
    if match := AD_VALOREM.fullmatch(piece):
        part = re.sub(r"^(?:the )?(?:value of )?(?:the )?", "", match["part"] or "").strip()
        return RatePart(_share(match), part="" if part in WHOLE else part)
    match = PER_UNIT.fullmatch(piece)
    unit = _unit(match["unit"]) if match else None
    if match is None or unit is None:
        return None
    cents, dollars = match["cents"], match["dollars"]
    return RatePart(float(f"{_plain(cents)}e-2" if cents else _plain(dollars)), unit)


def _share(match: re.Match[str]) -> float:
    if match["number"] is None:
        whole, over, under = (int(match[name]) for name in ("whole", "over", "under"))
        return float((whole + Fraction(over, under)) / 100)
    # One conversion from decimal: 2.3/100 is an ulp off the nearest number to 0.023.
    return float(f"{_plain(match['number'])}e-2")


def _plain(number: str) -> str:
    return number.replace(",", "")


def _unit(text: str) -> str | None:
    """Return the unit behind an amount, or None when it is not one that schedules use."""
    after_slash = text.removeprefix("/").strip()
    match = UNIT.fullmatch(after_slash)
    if match is None or text.startswith("/") == (match["base"] == "each"):
        return None
    base = ALIASES.get(match["base"], match["base"])
    qualifier = (match["qualifier"] or "").strip()
    gap = "" if not qualifier or qualifier.startswith(",") else " "
    return f"{base}{gap}{qualifier}"

"""Partner codes: ISO 3166 alpha-3, EU27 for its members together, ROW for the rest of the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from tariffcalc.data import data_table
from tariffcalc.errors import first_rows, suggest

__all__ = [
    "EU27",
    "EU27_MEMBERS",
    "ROW",
    "named_partners",
    "partner_codes",
    "partner_faults",
    "partner_groups",
]

EU27 = "EU27"
EU27_MEMBERS = frozenset(
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN "  # noqa: SIM905  27 codes, two lines
    "IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE".split()
)
ROW = "ROW"
# Whoever has lines of its own in the packaged tables, and the importer.
NOT_IN_ROW = EU27_MEMBERS | frozenset(
    "CAN CHE CHN GBR IND JPN KOR MEX TWN USA VNM".split()  # noqa: SIM905  as above
)


@lru_cache(maxsize=1)
def partner_codes() -> tuple[str, ...]:
    """Return the codes a partner can have, sorted."""
    return tuple(sorted(data_table("partners.csv")["code"]))


@lru_cache(maxsize=1)
def partner_groups() -> Mapping[str, frozenset[str]]:
    """Return the members of each code that stands for several countries."""
    rest = frozenset(partner_codes()) - NOT_IN_ROW - {EU27, ROW}
    return MappingProxyType({EU27: EU27_MEMBERS, ROW: rest})


def partner_faults(codes: Iterable[object]) -> list[str]:
    """Return what is wrong with some partner codes, in words; an empty list when all is well."""
    known = partner_codes()
    wrong = sorted({str(code) for code in codes if code not in known})
    if not wrong:
        return []
    given = first_rows(wrong, len(wrong), "unknown code")
    hint = suggest(wrong[0], known)
    return [f"partner: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given {given}{hint}"]


def named_partners(codes: Iterable[str]) -> frozenset[str]:
    """Return the partners that codes name: a group names its members, and all of them name it."""
    named = frozenset(codes)
    for group, members in partner_groups().items():
        if group in named:
            named |= members
        elif named >= members:
            named |= {group}
    return named

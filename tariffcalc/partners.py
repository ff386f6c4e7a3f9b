"""Partner codes: ISO 3166 alpha-3, or EU27 for its members together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tariffcalc.data import data_table
from tariffcalc.errors import first_rows, suggest

__all__ = ["EU27", "EU27_MEMBERS", "named_partners", "partner_codes", "partner_faults"]

EU27 = "EU27"
EU27_MEMBERS = frozenset(
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN "  # noqa: SIM905  27 codes, two lines
    "IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE".split()
)


@lru_cache(maxsize=1)
def partner_codes() -> tuple[str, ...]:
    """Return the codes a partner can have, sorted."""
    return tuple(sorted(data_table("partners.csv")["code"]))


def partner_faults(codes: Iterable[object]) -> list[str]:
    """Return what is wrong with some partner codes, in words; an empty list when all is well."""
    known = partner_codes()
    wrong = sorted({str(code) for code in codes if code not in known})
    if not wrong:
        return []
    given = first_rows(wrong, len(wrong), "unknown code")
    hint = suggest(wrong[0], known)
    return [f"partner: ISO 3166 alpha-3 codes or EU27 are needed, given {given}{hint}"]


def named_partners(codes: Iterable[str]) -> frozenset[str]:
    """Return the partners that a list of codes names: EU27 names its members, and they name it."""
    named = frozenset(codes)
    if EU27 in named:
        named |= EU27_MEMBERS
    return named | {EU27} if named >= EU27_MEMBERS else named

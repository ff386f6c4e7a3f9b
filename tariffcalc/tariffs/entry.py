"""A customs entry to the cent: each component worked out in decimals and rounded on its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.models import check_number
from tariffcalc.rate_text import parse_rate
from tariffcalc.tables import labelled
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.coverage import Coverage, coverage
from tariffcalc.tariffs.edits import ScheduleEdits
from tariffcalc.tariffs.explain import one_line
from tariffcalc.tariffs.lines import Lines
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.reach import named_share
from tariffcalc.tariffs.statistical import statistical_lines

__all__ = ["customs_entry"]

CENT = Decimal("0.01")
KINDS = ("mfn", "preferential")
PER_UNIT = "usd_per_unit"
UNITS = {"basis": "USD, or units of quantity", "rate": "fraction, or USD per unit"}


@dataclass(frozen=True, slots=True)
class Component:
    """One line of an entry summary: a basis, a rate on it, and bounds of the amount if any."""

    name: str
    authority: str
    heading: str
    basis: Decimal
    basis_kind: str
    rate: Decimal
    least: Decimal = Decimal(0)
    most: Decimal = Decimal("Infinity")

    @property
    def amount(self) -> Decimal:
        """The amount in dollars, rounded half up to the cent."""
        exact = min(max(self.basis * self.rate, self.least), self.most)
        return exact.quantize(CENT, ROUND_HALF_UP)


def customs_entry(
    schedule: ScheduleEdits,
    line: Mapping[str, Any] | pd.Series | pd.DataFrame,
    value_usd: float,
    *,
    on: dt.date | str,
    quantity: float | None,
    preference: bool,
    fees: Sequence[str],
) -> pd.DataFrame:
    """Return the components of an entry; see :meth:`TariffSchedule.customs_entry`."""
    value = _amount(value_usd, "value_usd")
    if value == 0:
        raise InputError("value_usd: an entered value above 0 is needed, given 0")
    count = Decimal(0) if quantity is None else _amount(quantity, "quantity")
    given, reading = one_line(line), schedule.reading(on)
    sets = _base_measure(schedule.measures, given, reading)
    row = {str(key): cell for key, cell in given.frame.iloc[0].items()}
    row = _entry_row(row, float(value), quantity, KINDS[: 0 if sets else 1 + preference])
    parts = statistical_lines(schedule.measures, one_line(row), reading).lines
    law = coverage(schedule.measures, parts, reading)
    heading, ad_valorem, specific = _base(sets, row, KINDS[preference])
    components = [
        *_parts("base", "base", heading, (value, ad_valorem), (count, specific)),
        *_measures(law, value, count, ad_valorem + specific * count / value),
        *(_fee(name, value, reading.on) for name in fees),
    ]
    frame = pd.DataFrame([_shown(component) for component in components]).set_index("component")
    total = sum((component.amount for component in components), Decimal(0))
    frame = labelled(frame, UNITS | {"amount_usd": "USD"})
    frame.attrs["total_usd"] = float(total)
    return frame


def _base_measure(
    measures: Sequence[TariffMeasure], line: Lines, reading: Reading
) -> TariffMeasure | None:
    """Return the base measure that sets the base rate of a line, if there is one."""
    for measure in measures:
        in_force = measure.form == "base" and measure.in_force(reading.on)
        if in_force and named_share(measure, line, reading)[0]:
            return measure
    return None


def _base(
    sets: TariffMeasure | None, row: Mapping[str, Any], kind: str
) -> tuple[str, Decimal, Decimal]:
    """Return heading, ad valorem rate and specific duty of the base rate."""
    if sets is not None:
        specific = sets.specific_usd_per_unit or 0.0
        return sets.heading or str(row["hs"]), _decimal(sets.rate), _decimal(specific)
    rate, specific = row[f"{kind}_rate"], row[f"{kind}_specific_{PER_UNIT}"]
    return str(row["hs"]), _decimal(rate), _decimal(specific)


def _entry_row(
    given: Mapping[str, Any], value_usd: float, quantity: float | None, kinds: Sequence[str]
) -> dict[str, Any]:
    """Return the line as this entry sees it: its value, its quantity, and the base rates needed."""
    row = {**given, "value_usd": value_usd}
    row.pop("quantity", None)  # of the flows, not of this entry
    if quantity is not None:
        row["quantity"] = float(quantity)
    for kind in kinds:
        row |= _base_rate(row, kind)
        if row[f"{kind}_specific_{PER_UNIT}"] and quantity is None:
            raise InputError(f"quantity: the {kind} rate has a specific part; give the quantity")
    for kind in KINDS[len(kinds) :]:
        for name in (f"{kind}_rate", f"{kind}_specific_{PER_UNIT}"):
            row.pop(name, None)
    return {**row, "preference_use_share": float(len(kinds) == len(KINDS))}


def _base_rate(row: Mapping[str, Any], kind: str) -> dict[str, float]:
    """Return a base rate from its text, if the line has one, else from its figures."""
    text = row.get(f"{kind}_text")
    if isinstance(text, str):
        rate = parse_rate(text)
        if not rate.is_plain:
            raise InputError(
                f"{kind}_text: {text!r} charges parts of the good; enter each part by itself"
            )
        specific = rate.specific_usd_per_unit
        return {f"{kind}_rate": rate.ad_valorem_rate, f"{kind}_specific_{PER_UNIT}": specific}
    known = row.get(f"{kind}_rate")
    if known is None or pd.isna(known):
        raise InputError(f"{kind}_rate: the entry needs it; give it, or {kind}_text")
    per_unit = row.get(f"{kind}_specific_{PER_UNIT}")
    specific = 0.0 if per_unit is None or pd.isna(per_unit) else float(per_unit)
    return {f"{kind}_rate": float(known), f"{kind}_specific_{PER_UNIT}": specific}


def _measures(law: Coverage, value: Decimal, count: Decimal, base: Decimal) -> Iterator[Component]:
    for row, measure in enumerate(law.measures):
        share = _decimal(round(float(law.charged[row].mean()), 12))
        if measure.form != "exemption" and share:
            specific = _decimal(measure.specific_usd_per_unit or 0.0)
            yield from _parts(
                measure.name,
                measure.authority,
                measure.heading,
                (value * share, _top_up(measure, base)),
                (count * share, specific),
            )


def _top_up(measure: TariffMeasure, base: Decimal) -> Decimal:
    rate = _decimal(measure.rate)
    return max(Decimal(0), rate - base) if measure.form == "all_in" else rate


def _parts(
    name: str,
    authority: str,
    heading: str,
    ad_valorem: tuple[Decimal, Decimal],
    specific: tuple[Decimal, Decimal],
) -> Iterator[Component]:
    """Return the ad valorem component, and the specific one where there is a specific duty."""
    if ad_valorem[1] or not specific[1]:
        yield Component(name, authority, heading, ad_valorem[0], "value", ad_valorem[1])
    if specific[1]:
        yield Component(
            f"{name} (per unit)", authority, heading, specific[0], "quantity", specific[1]
        )


def _fee(name: str, value: Decimal, on: dt.date) -> Component:
    table = data_table("law/fees.csv")
    if name not in set(table["fee"]):
        raise unknown_name("fee", name, sorted(set(table["fee"])))
    day = on.isoformat()
    here = table[
        (table["fee"] == name)
        & (table["start"] <= day)
        & (table["end"].isna() | (table["end"] >= day))
    ]
    if here.empty:
        raise InputError(f"fees: the amounts of {name} on {on} are not packaged; leave it out")
    row = here.iloc[0]
    bounds = {
        key: Decimal(row[column])
        for key, column in (("least", "minimum_usd"), ("most", "maximum_usd"))
        if isinstance(row[column], str)
    }
    return Component(name, "fee", "", value, "value", Decimal(row["rate"]), **bounds)


def _shown(component: Component) -> dict[str, Any]:
    return {
        "component": component.name,
        "authority": component.authority,
        "heading": component.heading,
        "basis": float(component.basis),
        "basis_kind": component.basis_kind,
        "rate": float(component.rate),
        "amount_usd": float(component.amount),
    }


def _amount(given: object, name: str) -> Decimal:
    try:
        amount = check_number(given)
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    if amount < 0:
        raise InputError(f"{name}: a number of at least 0 is needed, given {amount!r}")
    return _decimal(amount)


def _decimal(number: float) -> Decimal:
    """Return the decimal that a person wrote as this float."""
    return Decimal(repr(float(number)))

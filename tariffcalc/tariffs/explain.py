"""Why a line pays what it pays: the measures that name it, and what displaced them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.models import as_date
from tariffcalc.tables import labelled
from tariffcalc.tariffs.coverage import Coverage, coverage
from tariffcalc.tariffs.edits import ScheduleEdits
from tariffcalc.tariffs.lines import Lines, lines_of
from tariffcalc.tariffs.rates import measure_add_on
from tariffcalc.tariffs.stacking import blended_base
from tariffcalc.tariffs.statistical import statistical_lines

__all__ = ["Explanation", "explain", "one_line"]

NOTHING = 1e-12  # a share that only rounding leaves over
UNITS = dict.fromkeys(("rate", "named_share", "charged_share", "add_on_rate"), "fraction")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Explanation:
    """The rate of one line on one day, measure by measure; printed, it is a few sentences.

    Parameters
    ----------
    hs, partner, on
        The line and the day.
    total_rate
        What it pays [fraction of customs value].
    table
        Index ``measure``, the base rate first; columns ``authority``, ``heading``, ``form``,
        ``rate``, ``named_share`` (share of value that the measure names), ``displaced_by`` (names
        of measures), ``charged_share`` (what they leave), ``add_on_rate``, ``citation``. The
        add-ons add up to the total.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
    >>> car = {"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.025}
    >>> why = law.explain(car, on="2025-10-17")
    >>> why.table.loc["reciprocal-15", "displaced_by"]
    'autos-25'
    """

    hs: str
    partner: str
    on: dt.date
    total_rate: float
    table: pd.DataFrame

    def __repr__(self) -> str:
        """Return the sentences."""
        head = f"{self.hs} from {self.partner} on {self.on}: {_percent(self.total_rate)} of value."
        return "\n".join([head, *(_sentence(name, row) for name, row in self.table.iterrows())])

    def __str__(self) -> str:
        """Return the same."""
        return repr(self)


def one_line(line: Mapping[str, Any] | pd.Series | pd.DataFrame) -> Lines:
    """Return the arrays of exactly one line, given as a mapping, a row or a frame of one row."""
    if isinstance(line, pd.DataFrame):
        frame = line
    elif isinstance(line, Mapping | pd.Series):
        frame = pd.DataFrame([dict(line)])
    else:
        raise InputError(
            f"line: a mapping like {{'hs': …, 'partner': …}} or one row of flows is needed, "
            f"given {type(line).__name__}"
        )
    if len(frame) != 1:
        raise InputError(f"line: one line is needed, given {len(frame)}; choose a row")
    return lines_of(frame)


def explain(
    schedule: ScheduleEdits, line: Mapping[str, Any] | pd.Series | pd.DataFrame, on: dt.date | str
) -> Explanation:
    """Return why a line pays what it pays; see :meth:`TariffSchedule.explain`."""
    lines, day = one_line(line), as_date(on)
    reading = schedule.reading(day)
    parts = statistical_lines(schedule.measures, lines, reading).lines
    law = coverage(schedule.measures, parts, reading)
    base = float(blended_base(law.mfn, law.preferential, law.use).mean())
    table = pd.DataFrame([_base_row(law, base), *(_row(law, i) for i in range(len(law.measures)))])
    table = labelled(table.set_index("measure"), UNITS)
    total = float(table["add_on_rate"].sum())
    row = lines.frame.iloc[0]
    return Explanation(str(row["hs"]), str(row["partner"]), day, total, table)


def _base_row(law: Coverage, base: float) -> dict[str, Any]:
    use = float(law.use.mean())
    note = f"preferential {_percent(law.preferential.mean())} on {_percent(use)} of value"
    return {
        "measure": "base",
        "authority": "base",
        "heading": "",
        "form": "base",
        "rate": float(law.mfn.mean()),
        "named_share": 1.0,
        "displaced_by": "",
        "charged_share": 1.0,
        "add_on_rate": base,
        "citation": note if use else "",
    }


def _row(law: Coverage, row: int) -> dict[str, Any]:
    measure = law.measures[row]
    added = measure_add_on(law, row, np.array([[measure.rate]]))
    over = [
        law.measures[i].name
        for i in np.flatnonzero(law.displaced_by[row])
        if (law.charged[i] * law.reached[row]).any()
    ]
    return {
        "measure": measure.name,
        "authority": measure.authority,
        "heading": measure.heading,
        "form": measure.form,
        "rate": measure.rate,
        "named_share": float(law.reached[row].mean()),
        "displaced_by": ", ".join(over),
        "charged_share": float(law.charged[row].mean()),
        "add_on_rate": float(added.mean()),
        "citation": measure.citation,
    }


def _sentence(name: object, row: pd.Series) -> str:
    if row["form"] == "base":
        preference = f"; {row['citation']}" if row["citation"] else ""
        return (
            f"- Base rate {_percent(row['add_on_rate'])} (MFN {_percent(row['rate'])}{preference})."
        )
    where = f" ({row['heading']})" if row["heading"] else ""
    over = f", displaced by {row['displaced_by']}" if row["displaced_by"] else ""
    if row["charged_share"] < NOTHING:
        return f"- {name}{where} does not apply{over}."
    share = f" on {_percent(row['charged_share'])} of value" if row["charged_share"] < 1.0 else ""
    if row["form"] == "exemption":
        return f"- {name}{where} exempts the line{share}{over}."
    kind = f"{_percent(row['rate'])} {'in all' if row['form'] == 'all_in' else 'on top'}"
    return f"- {name}{where}: {kind}{share}{over}: adds {_percent(row['add_on_rate'])}."


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"

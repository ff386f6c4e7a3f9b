"""The figures of a report: each a title, words for who cannot see it, and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tariffcalc.extras import needed
from tariffcalc.report.evidence import Evidence

__all__ = ["PICTURES", "Picture", "drawn"]

Draw = Callable[[Any, Evidence, Any], Any]
WIDE, HEIGHT = 5.4, 3.4  # inches: words as large as those of a table
IDENTITIES = re.compile(r'(\bid="|xlink:href="#|url\(#)')


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: its title, its description, and what draws it on an Axes."""

    title: str
    description: str
    draw: Draw
    height: float = HEIGHT


# By name, in the order of the report; what draws gets the room of figures, the results, an Axes.
PICTURES: Mapping[str, Picture] = {
    "relief_against_cost": Picture(
        "Relief against net cost",
        "Net cost of each structure on one axis, present value of the tariff relief on the other; "
        "above the diagonal the relief is worth more. The figures are those of the table above.",
        lambda figures, known, ax: figures.relief_against_cost(known.compared, ax=ax),
    ),
    "calls_and_receipts": Picture(
        "What is called and what comes back, year by year",
        "Payments and receipts of the payer by calendar year in each structure, with the lines of "
        "its capacity where the scenario states them.",
        lambda figures, known, ax: figures.calls_and_receipts(
            known.ledgers, economy=known.scenario.economy, ax=ax
        ),
        4.2,
    ),
    "cumulative_position": Picture(
        "Paid in and not yet back",
        "Cumulative position of the payer by year in each structure, not discounted, and the year "
        "in which it is back at nothing.",
        lambda figures, known, ax: figures.cumulative_position(known.ledgers, ax=ax),
    ),
    "tariff_timeline": Picture(
        "The effective tariff rate by authority",
        "Effective rate on the flows of the scenario at each date on which the law changes, "
        "stacked by the authority it rests on.",
        lambda figures, known, ax: figures.tariff_timeline(known.timeline, ax=ax),
    ),
    "duty_by_sector": Picture(
        "Duty of a year without and with the deal",
        "Duty by sector without a deal and with it, the largest duty without a deal first.",
        lambda figures, known, ax: figures.duty_by_sector(known.sectors, ax=ax),
        4.4,
    ),
    "delay_chart": Picture(
        "What a delay costs whom",
        "Loss of each party by month of delay, added up at the base date, as in the table.",
        lambda figures, known, ax: figures.delay_chart(known.delayed, ax=ax),
    ),
    "tornado": Picture(
        "What moves the net benefit",
        "Net benefit of one structure at the low and the high end of each number's range, all else "
        "as in the scenario, the widest range first, as in the table.",
        lambda figures, known, ax: figures.tornado(known.sensed, structure=known.first, ax=ax),
        4.2,
    ),
    "fan_chart": Picture(
        "How far the net benefit is open",
        "Quantiles of the net benefit of each structure over the draws, as in the table.",
        lambda figures, known, ax: figures.fan_chart(known.simulated, ax=ax),
    ),
}


def drawn(name: str, known: Evidence) -> str:
    """Return a figure as SVG to stand in a page, the same bytes for the same results.

    Its identities begin with the figure's name, so that figures of one page do not share any.

    Raises
    ------
    InputError
        When the scenario holds nothing that the figure can show.
    MissingExtraError
        Without matplotlib.
    """
    from tariffcalc.report import figures

    picture = PICTURES[name]
    sheet = needed("matplotlib.figure", "Figures", "plot").Figure
    ax = sheet(figsize=(WIDE, picture.height), layout="constrained").add_subplot()
    made = figures.svg(picture.draw(figures, known, ax))
    inside = IDENTITIES.sub(rf"\g<1>{name}-", made.partition("<svg")[2]).rstrip()
    return f'<svg role="img" aria-label="{picture.title}. {picture.description}"{inside}'

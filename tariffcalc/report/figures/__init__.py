"""Figures of results: each takes a public frame, draws it on an Axes and returns that.

Nothing is computed anew: what is drawn are the frame's own numbers, dollars in billions and
fractions in per cent. Every function takes ``ax``, an Axes of yours, and ``source``, words for the
note under the figure. Without ``ax`` a new figure is made with pyplot, as wide as one column of a
paper; with it, pyplot is not touched. Labels are placed for the size the figure has when it is
drawn; give figures of your own ``layout="constrained"``, which makes room for the note.

matplotlib is loaded when the first figure is drawn: ``pip install "tariffcalc[plot]"``.
"""

from tariffcalc.report.figures.canvas import svg
from tariffcalc.report.figures.draws import benefit_distribution, fan_chart
from tariffcalc.report.figures.maps import break_even_surface, iso_cost_map
from tariffcalc.report.figures.payments import calls_and_receipts, cumulative_position
from tariffcalc.report.figures.swings import tornado
from tariffcalc.report.figures.tariffs import duty_by_sector, tariff_timeline
from tariffcalc.report.figures.worth import delay_chart, relief_against_cost

__all__ = [
    "benefit_distribution",
    "break_even_surface",
    "calls_and_receipts",
    "cumulative_position",
    "delay_chart",
    "duty_by_sector",
    "fan_chart",
    "iso_cost_map",
    "relief_against_cost",
    "svg",
    "tariff_timeline",
    "tornado",
]

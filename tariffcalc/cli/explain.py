"""The command that says why a line pays what it pays: explain."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tariffcalc.cli.commands import Command, add_format, add_vintage
from tariffcalc.errors import InputError, first_rows

if TYPE_CHECKING:
    import pandas as pd

    from tariffcalc.tariffs.schedule import TariffSchedule

__all__ = ["EXPLAIN", "line_of"]

FLOWS, LAW = "us-imports-2024", "united-states"
SCHEDULES = ("status_quo", "no_deal", "deal")  # of a scenario, without loading one


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("hs", help="HS code of a line, such as 8703230140 or 8703.23.01.40")
    parser.add_argument("--partner", default="KOR", metavar="CODE", help="default: KOR")
    parser.add_argument("--on", metavar="DATE", help="day of entry; default: the vintage")
    add_vintage(parser)
    parser.add_argument(
        "--schedule",
        choices=SCHEDULES,
        help="law of the scenario, in place of US law on all partners",
    )
    parser.add_argument(
        "--scenario", default="korea-us", metavar="NAME", help="of --schedule; default: korea-us"
    )
    add_format(parser)


def run_explain(options: argparse.Namespace) -> str:
    """Return the sentences of a line on a day, or their table."""
    from tariffcalc.report.text import rows_text
    from tariffcalc.scenario.presets import list_scenarios

    newest = str(list_scenarios()["as_of"].max().date())
    law, day = _law(options), options.on or options.as_of or newest
    explained = law.explain(line_of(options.hs, options.partner), on=day)
    if options.format == "table":
        return f"{explained}\n"
    table = explained.table
    head = ["measure", *table.columns]
    cells = [[str(name), *map(str, row)] for name, *row in table.itertuples()]
    return rows_text(table, options.format, head, cells)


def _law(options: argparse.Namespace) -> TariffSchedule:
    from tariffcalc.scenario.presets import load_scenario
    from tariffcalc.tariffs.law import load_schedule

    if options.schedule is None:
        return load_schedule(LAW, as_of=options.as_of)
    scenario = load_scenario(options.scenario, as_of=options.as_of)
    law: TariffSchedule = getattr(scenario, options.schedule)
    return law


def line_of(hs: str, partner: str) -> pd.DataFrame:
    """Return the packaged line that a code means, or the line with the base rates of the tariff.

    Raises
    ------
    InputError
        For a code that several lines begin with; they are named, the largest first.
    """
    import pandas as pd

    from tariffcalc.tariffs.base_lookup import add_base_rates
    from tariffcalc.trade.packaged import PACKAGED, load_flows

    code = hs.replace(".", "")
    if partner in PACKAGED[FLOWS]:
        frame = load_flows(FLOWS, partners=[partner]).frame
        found = frame[frame["hs"].str.startswith(code)]
        if len(found) == 1 or (found["hs"] == code).any():
            return found if len(found) == 1 else found[found["hs"] == code]
        if len(found) > 1:
            largest = found.sort_values("value_usd", ascending=False, kind="stable")["hs"].tolist()
            raise InputError(
                f"{hs}: {first_rows(largest, len(largest), 'line')} from {partner} begin with it; "
                "give one of them"
            )
    return add_base_rates(pd.DataFrame({"hs": [code], "partner": [partner]}))


EXPLAIN = Command(
    "explain",
    "why a product from a partner pays what it pays on a day, measure by measure",
    "explain 8703230140 --partner KOR --on 2025-11-15",
    _arguments,
    run_explain,
)

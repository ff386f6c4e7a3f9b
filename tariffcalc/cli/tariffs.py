"""The command that shows how much is charged, by sector or over time: tariffs."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING, cast

from tariffcalc.cli.commands import (
    Command,
    add_format,
    add_scenario,
    chosen_scenario,
)
from tariffcalc.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from tariffcalc.scenario.model import Scenario
    from tariffcalc.tariffs.grouping import By
    from tariffcalc.trade.flows import TradeFlows

__all__ = ["TARIFFS", "duties"]

LAW = "united-states"
SCHEDULES = ("status_quo", "no_deal", "deal")  # of a scenario, without loading one


def _tariffs_arguments(parser: argparse.ArgumentParser) -> None:
    add_scenario(parser)
    parser.add_argument("--on", metavar="DATE", help="day of entry; default: the law's date")
    parser.add_argument(
        "--by", choices=("sector", "chapter", "authority"), default="sector", help="default: sector"
    )
    parser.add_argument(
        "--since", metavar="DATE", help="instead, US law by authority over time, from this day"
    )
    add_format(parser)


def run_tariffs(options: argparse.Namespace) -> str:
    """Return the effective rates of the three schedules on a day, or of one over time."""
    from tariffcalc.trade.packaged import load_flows

    scenario = chosen_scenario(options)
    flows = load_flows(scenario.trade.flows, partners=[scenario.pledge.payer])
    if options.since is not None:
        return _over_time(scenario, flows, options)
    return _on_a_day(scenario, flows, options)


def _on_a_day(scenario: Scenario, flows: TradeFlows, options: argparse.Namespace) -> str:
    from tariffcalc.models import as_date
    from tariffcalc.report.text import rows_text

    day = scenario.tariffs.law_date if options.on is None else as_date(options.on)
    frame = duties(scenario, flows, day, options.by)
    head = [str(frame.index.name), "imports $bn", "status quo", "no deal", "deal",
            "duty saved $bn", "points"]  # fmt: skip
    cells = [
        [
            str(name),
            f"{row['value_usd'] / 1e9:,.2f}",
            *(f"{row[f'{schedule}_rate']:.2%}" for schedule in SCHEDULES),
            f"{row['saving_usd'] / 1e9:,.2f}",
            f"{row['rate_change_pp']:+.2f}",
        ]
        for name, row in frame.iterrows()
    ]
    text = rows_text(frame, options.format, head, cells)
    if options.format in ("csv", "json"):
        return text
    return (
        f"{text}\n{scenario.name} as of {scenario.as_of}, entered on {day}: effective rates on "
        f"{flows.name} from {scenario.pledge.payer}; saved by the deal against no deal, prices "
        f"and quantities fixed; scenario {scenario.hash}\n"
    )


def duties(scenario: Scenario, flows: TradeFlows, day: dt.date, by: By) -> pd.DataFrame:
    """Return rates and duties of the three schedules by group; the last row is the whole."""
    import pandas as pd

    parts = _side_by_side(scenario, flows, day, by)
    whole = _side_by_side(scenario, flows, day, "partner")  # all of them are from the payer
    whole.index = pd.Index(["all"])
    frame = pd.concat([parts, whole])
    frame.index.name = by
    frame.attrs = dict(parts.attrs)
    return frame


def _side_by_side(scenario: Scenario, flows: TradeFlows, day: dt.date, by: By) -> pd.DataFrame:
    from tariffcalc.tariffs.comparison import compare_tariffs

    sides = {"no_deal": scenario.no_deal, "deal": scenario.deal}
    frame = compare_tariffs(flows, sides, on=day, by=by)
    now = cast("pd.DataFrame", scenario.status_quo.effective_rate(flows, on=day, by=by))
    rows = frame.index.union(now.index, sort=False)
    both, now = frame.reindex(rows), now.reindex(rows)
    both["value_usd"] = both["value_usd"].fillna(now["value_usd"])
    both.insert(1, "status_quo_rate", now["effective_rate"])
    both.insert(4, "status_quo_duty_usd", now["duty_usd"])
    both.attrs["units"] = {
        "status_quo_rate": frame.attrs["units"]["deal_rate"],
        "status_quo_duty_usd": "USD",
        **frame.attrs["units"],
    }
    return both.fillna(0.0)


def _over_time(scenario: Scenario, flows: TradeFlows, options: argparse.Namespace) -> str:
    """Return the packaged law on the payer, as known on the scenario's date."""
    import pandas as pd

    from tariffcalc.report.text import rows_text
    from tariffcalc.tariffs.law import load_schedule

    if options.set:
        raise InputError("--since shows the packaged law, which --set does not change; leave one")
    law = load_schedule(LAW, as_of=scenario.as_of)
    end = scenario.tariffs.law_date if options.on is None else options.on
    frame = law.timeline(flows, start=options.since, end=end)
    charged = [str(column) for column in frame if (frame[column] != 0.0).any()]
    head = ["date", *(column.removesuffix("_rate").replace("_", " ") for column in charged)]
    dates = pd.DatetimeIndex(frame.index).strftime("%Y-%m-%d")
    rates = frame[charged].itertuples(index=False)
    cells = [[day, *(f"{rate:.2%}" for rate in row)] for day, row in zip(dates, rates, strict=True)]
    return rows_text(frame, options.format, head, cells)


TARIFFS = Command(
    "tariffs",
    "effective rates of status quo, no deal and deal, by sector on a day",
    "tariffs korea-us --as-of 2025-10-17 --by authority",
    _tariffs_arguments,
    run_tariffs,
)

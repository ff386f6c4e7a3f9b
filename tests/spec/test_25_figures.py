"""Chapter 25: figures show the numbers of the frames they are given, and can be read."""

import functools
import itertools
import math
import re
import sys
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

import tariffcalc as tc
from tariffcalc.errors import InputError, MissingExtraError, UnknownNameError
from tariffcalc.report.figures.palette import COLOURS, style

figures = tc.report.figures
VINTAGES = ("2025-10-17", "2025-11-14")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"])
SOME = LINES.frame.iloc[::400]
FLOWS = tc.TradeFlows.from_frame(
    pd.concat([SOME, LINES.frame[LINES.frame["value_usd"] > 1e9]]).drop_duplicates()
)
FEW = settings(max_examples=settings().max_examples // 25)


@functools.cache
def scenario(vintage: str) -> tc.Scenario:
    return tc.load_scenario("korea-us", as_of=vintage)


def ledgers(of: tc.Scenario) -> pd.DataFrame:
    names = [one.name for one in of.pledge.structures]
    return pd.concat([tc.ledger(of, name, flows=FLOWS) for name in names])


@functools.cache
def frame(name: str, vintage: str) -> pd.DataFrame:
    """Return the public result that a figure draws, of a packaged scenario."""
    of, terms = scenario(vintage), {"project_irr": np.linspace(0.02, 0.14, 13)}
    asked: dict[str, Any] = {"flows": FLOWS, "structures": ["upfront-cash"]}
    made: dict[str, Callable[[], pd.DataFrame]] = {
        "tariff_timeline": lambda: of.status_quo.timeline(
            LINES, start="2025-01-01", end="2025-12-31"
        ),
        "duty_by_sector": lambda: tc.compare_tariffs(
            LINES, {"no_deal": of.no_deal, "deal": of.deal}, on="2026-01-01"
        ),
        "calls_and_receipts": lambda: ledgers(of),
        "cumulative_position": lambda: ledgers(of),
        "delay_chart": lambda: tc.cost_of_delay(of, 18, flows=FLOWS),
        "relief_against_cost": lambda: tc.compare(of, flows=FLOWS),
        "tornado": lambda: tc.sensitivity(of, **asked),
        "fan_chart": lambda: tc.simulate(of, draws=300, seed=1, flows=FLOWS),
        "benefit_distribution": lambda: tc.draw_net_benefits(of, draws=300, seed=1, flows=FLOWS),
        "iso_cost_map": lambda: tc.sweep(
            of, {"cash_share": np.linspace(0, 1, 11)} | terms, **asked
        ),
        "break_even_surface": lambda: tc.sweep(
            of, {"durability": np.linspace(0.5, 1, 11)} | terms, **asked
        ),
    }
    return made[name]()


FIGURES = (
    "benefit_distribution", "break_even_surface", "calls_and_receipts", "cumulative_position",
    "delay_chart", "duty_by_sector", "fan_chart", "iso_cost_map", "relief_against_cost",
    "tariff_timeline", "tornado",
)  # fmt: skip
BY_STRUCTURE = (
    "benefit_distribution", "calls_and_receipts", "cumulative_position", "fan_chart",
    "relief_against_cost",
)  # fmt: skip


def drawn(name: str, vintage: str = VINTAGES[0], ax: Axes | None = None, **options: Any) -> Axes:
    table = options.pop("table", None)
    if name == "calls_and_receipts":
        options.setdefault("economy", scenario(vintage).economy)
    table = frame(name, vintage) if table is None else table
    found = getattr(figures, name)(table, ax=blank() if ax is None else ax, **options)
    assert isinstance(found, Axes)
    return found


def blank(width: float = 3.5, height: float = 3.5) -> Axes:
    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def line(ax: Axes, label: str) -> np.ndarray:
    """Return the points of the line with a label, shape (2, points)."""
    found = [one for one in ax.lines if one.get_label() == label]
    assert len(found) == 1
    return np.asarray(found[0].get_data(), dtype=float)


def broken(name: str) -> str:
    """Return a name as it stands in a legend."""
    return {"signed-memorandum": "signed-\nmemorandum"}.get(name, name)


def words(ax: Axes) -> list[Text]:
    """Return all text that is seen, ticks outside the axes left out."""
    ax.figure.draw_without_rendering()
    ticks = [(axis, tick) for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks()]
    hidden = set()
    for axis, tick in ticks:
        low, high = sorted(axis.get_view_interval())
        if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
            hidden |= {id(tick.label1), id(tick.label2)}
    texts = [text for text in ax.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in texts if id(text) not in hidden]


def spoken_words(ax: Axes) -> list[str]:
    return [text.get_text().replace("\n", " ").replace("- ", "-") for text in words(ax)]


def note(ax: Axes) -> str:
    return next(t.get_text().replace("\n", " ") for t in ax.texts if t.get_gid() == "note")


# What a function does to its arguments and surroundings


@pytest.mark.parametrize("name", FIGURES)
def test_a_given_axes_is_returned_and_nothing_else_is_made(name: str) -> None:
    """FIGURE-1: with ax given, that Axes comes back, its figure has no other, pyplot no figure."""
    ax, before = blank(), pyplot.get_fignums()
    assert drawn(name, ax=ax) is ax
    assert ax.figure.axes == [ax]
    assert pyplot.get_fignums() == before


@pytest.mark.parametrize("name", FIGURES)
def test_neither_frame_nor_settings_change(name: str) -> None:
    """FIGURE-2: values, index and attrs of the frame and all rcParams are what they were."""
    table, settings_before = frame(name, VINTAGES[0]), dict(mpl.rcParams)
    copy, attributes = table.copy(deep=True), repr(table.attrs)
    drawn(name)
    pd.testing.assert_frame_equal(table, copy, check_exact=True)
    assert repr(table.attrs) == attributes
    assert dict(mpl.rcParams) == settings_before


@pytest.mark.parametrize("name", FIGURES)
def test_a_new_figure_is_as_wide_as_a_column(name: str) -> None:
    """FIGURE-3: without ax there is one new pyplot figure, 3.5 inches wide, with one Axes."""
    before = pyplot.get_fignums()
    options = {"economy": scenario(VINTAGES[0]).economy} if name == "calls_and_receipts" else {}
    ax = getattr(figures, name)(frame(name, VINTAGES[0]), **options)
    assert len(pyplot.get_fignums()) == len(before) + 1
    assert ax.figure.get_size_inches()[0] == 3.5
    assert ax.figure.axes == [ax]
    pyplot.close(ax.figure)


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_frame_gives_the_same_bytes(name: str) -> None:
    """FIGURE-4: drawn twice, the SVG is the same to the byte, and holds no date."""
    first, second = figures.svg(drawn(name)), figures.svg(drawn(name))
    assert first == second
    assert first.startswith("<?xml")
    assert "<dc:date>" not in first


# What is drawn are the frame's numbers


@pytest.mark.parametrize("vintage", VINTAGES)
def test_layers_are_the_rates_of_the_authorities(vintage: str) -> None:
    """FIGURE-5: each layer is 100·rate on those below (1e-12); the total line is exact."""
    table, ax = frame("tariff_timeline", vintage), drawn("tariff_timeline", vintage)
    total = line(ax, "total")
    assert total[1, :-1].tolist() == (100.0 * table["total_rate"]).tolist()
    assert total[1, -1] == 100.0 * table["total_rate"].iloc[-1]
    rates = table.drop(columns="total_rate").loc[:, lambda t: (t != 0.0).any()]
    floor = np.zeros(len(table))
    assert [layer.get_label() for layer in ax.collections] == list(rates)
    for layer, name in zip(ax.collections, rates, strict=True):
        edges, top = layer.get_paths()[0].vertices, floor + 100.0 * rates[name].to_numpy()
        for day, low, high in zip(mpl.dates.date2num(table.index), floor, top, strict=True):
            heights = edges[edges[:, 0] == day][:, 1]
            assert max(np.abs(heights - level).min() for level in (low, high)) <= 1e-12
        assert sorted(edges[edges[:, 0] == total[0, -1]][1:3, 1]) == [floor[-1], top[-1]]
        floor = top


@pytest.mark.parametrize("vintage", VINTAGES)
def test_every_change_of_the_law_has_its_line_and_date(vintage: str) -> None:
    """FIGURE-6: a dotted line on each date but the first; the axis goes to the day asked for."""
    table, ax = frame("tariff_timeline", vintage), drawn("tariff_timeline", vintage, blank(7))
    days = mpl.dates.date2num(table.index)[1:].tolist()
    assert [one.get_xdata()[0] for one in ax.lines if one.get_linestyle() == ":"] == days
    assert ax.get_xlim() == tuple(mpl.dates.date2num(pd.to_datetime(["2025-01-01", "2025-12-31"])))
    dates = [f"{day.day} {day:%b}" for day in table.index[1:]]
    assert [text for text in spoken_words(ax) if text in dates] == dates


@pytest.mark.parametrize("vintage", VINTAGES)
def test_sectors_stand_in_order_of_their_duty_and_add_up(vintage: str) -> None:
    """FIGURE-7: circles are duty/1e9; with the row of others they add up to all (4 ulps)."""
    table, ax = frame("duty_by_sector", vintage), drawn("duty_by_sector", vintage)
    columns = {"no deal": "no_deal_duty_usd", "deal": "deal_duty_usd"}
    ordered = table.assign(most=table[list(columns.values())].max(axis=1))
    ordered = ordered.sort_values("most", ascending=False)
    for label, column in columns.items():
        duty = line(ax, label)[0]
        assert duty[:-1].tolist() == (ordered[column].iloc[:12] / 1e9).tolist()
        assert math.fsum(duty) == pytest.approx(math.fsum(table[column]) / 1e9, rel=1e-15)
    ticks = [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]
    assert ticks == [*ordered.index[:12], f"{len(table) - 12} others"]


@pytest.mark.parametrize("vintage", VINTAGES)
def test_calls_and_receipts_are_sums_of_the_ledger(vintage: str) -> None:
    """FIGURE-8: up, what the payer pays in; down, what it gets back, by year (4 ulps)."""
    ledger, ax = frame("calls_and_receipts", vintage), drawn("calls_and_receipts", vintage)
    for number, name in enumerate(dict.fromkeys(ledger["structure"])):
        own = ledger[ledger["structure"] == name]
        paid = own[own["account"].isin(["capital_call", "loan_disbursement"])]
        got = own[
            (own["payee"] == "payer_public") & ~own["account"].isin(["funding", "guarantee_call"])
        ]
        for rows, sign, drawn_ in ((paid, 1.0, 2 * number), (got, -1.0, 2 * number + 1)):
            by_year = rows.groupby("period")["amount_usd"].agg(math.fsum) / 1e9
            years, amounts = np.asarray(ax.lines[drawn_].get_data(), dtype=float)
            there = ~np.isnan(amounts)
            assert years[there].tolist() == by_year.index.tolist()
            assert sign * amounts[there] == pytest.approx(by_year.to_numpy(), rel=1e-15)


def test_capacity_lines_are_those_of_the_economy() -> None:
    """FIGURE-9: lines at reserves/1e9 and FX capacity/1e9, none where it is not known."""
    economy = scenario(VINTAGES[0]).economy
    for known in (economy, economy.model_copy(update={"reserves_usd": None}), None):
        ax = drawn("calls_and_receipts", economy=known)
        heights = [one.get_ydata()[0] for one in ax.lines if len(one.get_xdata()) == 2]
        stated = [] if known is None else [known.reserves_usd, known.fx_capacity_usd]
        assert heights == [value / 1e9 for value in stated if value is not None] + [0.0]


@pytest.mark.parametrize("vintage", VINTAGES)
def test_the_position_at_the_end_is_all_received_less_all_paid(vintage: str) -> None:
    """FIGURE-10: the last point of a line is Σ received − Σ paid (fsum, 1e-12)."""
    ledger, ax = frame("cumulative_position", vintage), drawn("cumulative_position", vintage)
    kept = ~ledger["account"].isin(["funding", "funding_interest", "funding_repayment"])
    for name in dict.fromkeys(ledger["structure"]):
        own = ledger[kept & (ledger["structure"] == name)]
        got, paid = (own[own[side] == "payer_public"] for side in ("payee", "payer"))
        left = math.fsum([*got["amount_usd"], *(-paid["amount_usd"])]) / 1e9
        assert line(ax, name)[1, -1] == pytest.approx(left, abs=1e-10)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_the_year_of_recovery_is_the_payback_year(vintage: str) -> None:
    """FIGURE-11: beside each name stands its payback_year of compare, or never."""
    ax = drawn("cumulative_position", vintage)
    table = frame("relief_against_cost", vintage).droplevel("scenario")
    years = table["payback_year"].drop("no-deal")
    said = {f"{name} {'never' if np.isnan(year) else int(year)}" for name, year in years.items()}
    assert said <= set(spoken_words(ax))
    marks = [one for one in ax.lines if len(one.get_xdata()) == 1]
    assert [float(one.get_xdata()[0]) for one in marks] == years.dropna().tolist()


@pytest.mark.parametrize("vintage", VINTAGES)
def test_points_are_cost_and_relief(vintage: str) -> None:
    """FIGURE-12: x = net cost/1e9, y = relief/1e9; above the diagonal exactly if it is worth it."""
    ax, table = drawn("relief_against_cost", vintage), frame("relief_against_cost", vintage)
    for row in table.itertuples():
        x, y = line(ax, broken(row.Index[1]))[:, 0]
        assert (x, y) == (row.net_cost_usd / 1e9, row.relief_pv_usd / 1e9)
        assert (y > x) == (row.net_benefit_usd > 0)
    assert ax.lines[-1].get_slope() == 1.0
    assert ax.lines[-1].get_xy1() == (0.0, 0.0)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_tornado_goes_from_the_base_to_both_ends(vintage: str) -> None:
    """FIGURE-13: each bar runs from base/1e9 to the result at that end/1e9, widest swing first."""
    table, ax = frame("tornado", vintage), drawn("tornado", vintage)
    for bars, end in zip(ax.collections, ("low", "high"), strict=True):
        shown = table.iloc[: len(bars.get_segments())]
        assert len(shown) == min(10, (table["swing_net_benefit_usd"] > 0.0).sum())
        for row, segment in zip(shown.to_dict("records"), bars.get_segments(), strict=True):
            ends = [row["base_net_benefit_usd"] / 1e9, row[f"{end}_net_benefit_usd"] / 1e9]
            assert segment[:, 0].tolist() == ends


@pytest.mark.parametrize("vintage", VINTAGES)
def test_ranges_are_the_quantiles_of_the_draws(vintage: str) -> None:
    """FIGURE-14: bars from q05 to q95 and from q25 to q75, circles at q50, all /1e9."""
    table, ax = frame("fan_chart", vintage), drawn("fan_chart", vintage)
    for bars, low, high in zip(ax.collections, ("q05", "q25"), ("q95", "q75"), strict=True):
        ends = [segment[:, 0].tolist() for segment in bars.get_segments()]
        assert ends == (table[[f"{low}_usd", f"{high}_usd"]] / 1e9).to_numpy().tolist()
    assert line(ax, "median")[0].tolist() == (table["q50_usd"] / 1e9).tolist()


def test_a_fan_goes_across_a_level_of_the_index() -> None:
    """FIGURE-15: over a level in numbers, edges of the fan are the quantiles at each of them."""
    asked: dict[str, Any] = {"draws": 50, "seed": 1, "flows": FLOWS, "structures": ["japan-terms"]}
    given_ = {v: {"durability": tc.Uniform(low=v - 0.1, high=v)} for v in (0.9, 0.6, 0.75)}
    of = scenario(VINTAGES[0])
    tables = {v: tc.simulate(of, **asked, distributions=one) for v, one in given_.items()}
    table = pd.concat(tables, names=["durability"])
    ax, ordered = figures.fan_chart(table, ax=blank()), table.sort_index()
    assert line(ax, "median").tolist() == [[0.6, 0.75, 0.9], (ordered["q50_usd"] / 1e9).tolist()]
    for band, columns in zip(ax.collections, (["q05", "q95"], ["q25", "q75"]), strict=True):
        edges = band.get_paths()[0].vertices
        for x, row in zip((0.6, 0.75, 0.9), ordered.to_dict("records"), strict=True):
            found = set(edges[edges[:, 0] == x][:, 1])
            assert found == {row[f"{column}_usd"] / 1e9 for column in columns}


@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_distribution_rises_by_one_draw_at_a_time(vintage: str) -> None:
    """FIGURE-16: of n ordered draws the k-th is drawn at 100·k/n %."""
    draws, ax = frame("benefit_distribution", vintage), drawn("benefit_distribution", vintage)
    for name in dict.fromkeys(draws.index.get_level_values("structure")):
        ordered = sorted(draws.loc[name, "net_benefit_usd"] / 1e9)
        benefit, share = line(ax, broken(name))
        assert benefit.tolist() == ordered
        assert share.tolist() == [100.0 * k / 300 for k in range(1, 301)]


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize(
    ("name", "column"),
    [("iso_cost_map", "net_cost_usd"), ("break_even_surface", "net_benefit_usd")],
)
def test_a_map_holds_the_results_of_the_sweep(name: str, column: str, vintage: str) -> None:
    """FIGURE-17: the field is result/1e9 at each point, whatever order the rows are in."""
    table = frame(name, vintage)
    for rows in (table, table.sample(frac=1, random_state=1)):
        field = drawn(name, vintage, table=rows).collections[0]
        assert (
            field.get_array().ravel().tolist()
            == (table.sort_values([table.columns[2], table.columns[1]])[column] / 1e9).tolist()
        )


def test_the_break_even_line_is_where_the_benefit_is_0() -> None:
    """FIGURE-18: on a field that is linear in both terms the line lies on its zeros (1e-9)."""
    x, y = np.meshgrid(np.linspace(0, 10, 11), np.linspace(0, 5, 6), indexing="ij")
    table = pd.DataFrame({"structure": "one", "a": x.ravel(), "b": y.ravel()})
    table["net_benefit_usd"] = 1e9 * (2 * table["a"] - 3 * table["b"] - 1)
    ax = figures.break_even_surface(table, ax=blank())
    zero = ax.collections[-1].get_paths()[0].vertices
    assert len(zero) > 10
    assert 2 * zero[:, 0] - 3 * zero[:, 1] == pytest.approx(1.0, abs=1e-9)
    assert "break-even" in spoken_words(ax)
    above = figures.break_even_surface(table.assign(net_benefit_usd=1e9), ax=blank())
    assert "break-even" not in spoken_words(above)
    assert "above 0 everywhere" in note(above)


def test_an_iso_cost_curve_is_drawn_in_the_units_of_the_map() -> None:
    """FIGURE-19: the curve's own points, fractions in per cent."""
    curve = pd.DataFrame({"cash_share": [0.1, 0.5, np.nan], "project_irr": [0.04, 0.1, 0.1]})
    ax = drawn("iso_cost_map", curve=curve)
    assert np.array_equal(line(ax, "iso-cost curve")[0], [10.0, 50.0, np.nan], equal_nan=True)
    assert line(ax, "iso-cost curve")[1].tolist() == [4.0, 10.0, 10.0]
    with pytest.raises(InputError, match="the frame lacks cash_share; iso_cost makes a frame"):
        drawn("iso_cost_map", curve=curve[["project_irr"]])


@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_delay_is_drawn_party_by_party(vintage: str) -> None:
    """FIGURE-20: each line is …_cumulative_pv_usd/1e9 over the months; those of 0 are left out."""
    table, ax = frame("delay_chart", vintage), drawn("delay_chart", vintage)
    columns = [name for name in table if name.endswith("_cumulative_pv_usd")]
    touched = [name for name in columns if (table[name] != 0).any()]
    parties = [name.removesuffix("_cumulative_pv_usd").replace("_", " ") for name in touched]
    assert [one.get_label() for one in ax.lines[1:]] == parties
    for name, party in zip(touched, parties, strict=True):
        assert line(ax, party)[0].tolist() == list(range(1, 19))
        assert line(ax, party)[1].tolist() == (table[name] / 1e9).tolist()
    by_group = tc.cost_of_delay(scenario(vintage), 2, by="authority", flows=FLOWS)
    with pytest.raises(InputError, match="the frame has groups by authority; cost_of_delay with"):
        figures.delay_chart(by_group, ax=blank())


# What is unknown


def test_what_is_unknown_is_said_and_not_drawn() -> None:
    """FIGURE-21: a structure with a NaN has no point and is in the note; on a map it is hatched."""
    table = frame("relief_against_cost", VINTAGES[0]).copy()
    table.loc[("korea-us", "japan-terms"), "relief_pv_usd"] = np.nan
    ax = drawn("relief_against_cost", table=table)
    assert "japan-terms" not in [one.get_label() for one in ax.lines]
    assert "Unknown and not drawn: japan-terms" in note(ax)
    sweep = frame("break_even_surface", VINTAGES[0]).copy()
    sweep.loc[sweep["project_irr"] > 0.1, "net_benefit_usd"] = np.nan
    ax = drawn("break_even_surface", table=sweep)
    assert ax.patch.get_hatch() == "////"
    assert "hatched: unknown" in note(ax)
    assert ax.collections[0].get_array().mask.sum() == sweep["net_benefit_usd"].isna().sum()


# Words


@pytest.mark.parametrize("name", BY_STRUCTURE)
@pytest.mark.parametrize("vintage", VINTAGES)
def test_every_structure_is_named_once(name: str, vintage: str) -> None:
    """FIGURE-22: each structure of the frame is named once, in the frame's order."""
    table = frame(name, vintage)
    column = table["structure"] if "structure" in table else table.index.to_frame()["structure"]
    said = [re.sub(r" (\d{4}|never)$", "", text) for text in spoken_words(drawn(name, vintage))]
    for structure in dict.fromkeys(column):
        assert said.count(structure) == 1


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("benefit_distribution", "Net benefit ($bn)", "Draws at or below (%)"),
        ("break_even_surface", "Durability", "Project IRR (%)"),
        ("calls_and_receipts", "Calendar year", "← Receipts   $bn a year   Calls →"),
        ("cumulative_position", "Calendar year", "Received less paid so far ($bn)"),
        ("delay_chart", "Months of delay", "Lost so far, present value ($bn)"),
        ("duty_by_sector", "Duty on these flows ($bn)", ""),
        ("fan_chart", "Net benefit ($bn)", ""),
        ("iso_cost_map", "Cash share (%)", "Project IRR (%)"),
        ("relief_against_cost", "Net cost, present value ($bn)", "Relief, present value ($bn)"),
        ("tariff_timeline", "Date of entry (2025)", "Effective tariff rate (% of customs value)"),
        ("tornado", "Net benefit ($bn)", ""),
    ],
)
def test_axes_say_what_they_show_and_in_which_unit(name: str, x: str, y: str) -> None:
    """FIGURE-23: labels hold the unit, as text without mathematics."""
    ax = drawn(name)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)
    labels = [axis.label for axis in (ax.xaxis, ax.yaxis) if axis.label.get_text()]
    assert not any(label.get_parse_math() for label in labels)


@pytest.mark.parametrize("name", FIGURES)
def test_the_note_gives_source_version_and_scenario(name: str) -> None:
    """FIGURE-24: the note holds the words given, the version, and the hash that the frame has."""
    text = note(drawn(name, source="my own data"))
    assert "Source: my own data; " in text
    assert f"tariffcalc {tc.__version__}" in text
    key = frame(name, VINTAGES[0]).attrs["scenario_hash"]
    assert key is None or f"scenario {key}" in text


def assert_readable(ax: Axes) -> None:
    """Assert that all text is inside the figure, large enough, and apart from all other text."""
    texts, edge = words(ax), ax.figure.bbox
    found = [(text.get_text(), Text.get_window_extent(text)) for text in texts]
    assert min(text.get_fontsize() for text in texts) >= 7.0
    for word, box in found:
        beyond = max(-box.x0, -box.y0, box.x1 - edge.x1, box.y1 - edge.y1)
        assert beyond <= 0.5, word
    for (one, a), (other, b) in itertools.combinations(found, 2):
        across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 0.5 or up <= 0.5, (one, other)


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_readable_in_one_column(name: str, vintage: str) -> None:
    """FIGURE-25: all text has 7 points, is inside the figure and apart, 3.5 inches wide."""
    options = {"economy": scenario(vintage).economy} if name == "calls_and_receipts" else {}
    ax = getattr(figures, name)(frame(name, vintage), **options)
    pyplot.close(ax.figure)
    assert_readable(ax)


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_readable_across_two_columns(name: str, vintage: str) -> None:
    """FIGURE-26: the same on a given Axes of 7 by 4 inches with a constrained layout."""
    assert_readable(drawn(name, vintage, blank(7.0, 4.0)))


@FEW
@given(
    st.lists(
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", fullmatch=True),
        min_size=1, max_size=8, unique=True,
    ),
    st.sampled_from(BY_STRUCTURE),
)  # fmt: skip
def test_any_name_of_a_structure_can_be_read(names: list[str], name: str) -> None:
    """FIGURE-27: names that a scenario allows, of up to 80 letters, stay apart and inside."""
    table = frame(name, VINTAGES[0]).reset_index()
    kept = dict(zip(dict.fromkeys(table["structure"]), names, strict=False))
    table = table[table["structure"].isin(kept)].replace({"structure": kept})
    levels = [level for level in frame(name, VINTAGES[0]).index.names if level is not None]
    ax = getattr(figures, name)(table.set_index(levels) if levels else table)
    pyplot.close(ax.figure)
    assert_readable(ax)


# Colours

# Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1, on linear RGB.
SEEN = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    value = np.array(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Return CIELAB of linear RGB under D65."""
    ratio = XYZ @ np.clip(light, 0.0, 1.0) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", SEEN)
def test_no_two_colours_look_alike_to_any_eye(eye: str) -> None:
    """FIGURE-28: ΔE ≥ 15 between any two colours, also with dichromatic sight (ΔE 2.3 is seen)."""
    seen = [lab(np.asarray(SEEN[eye]) @ linear(colour)) for colour in COLOURS]
    assert min(math.dist(a, b) for a, b in itertools.combinations(seen, 2)) >= 15.0


def test_series_can_be_told_apart_without_colour() -> None:
    """FIGURE-29: 9 styles in a row have 9 markers, 4 have 4 dashes, the first 252 differ."""
    styles = [style(place) for place in range(252)]
    assert len(set(styles)) == 252
    for start in range(20):
        assert len({one.marker for one in styles[start : start + 9]}) == 9
        assert len({one.dash for one in styles[start : start + 4]}) == 4


def test_light_and_dark_of_one_figure_differ_in_grey() -> None:
    """FIGURE-30: both ends of a tornado, and both bands of a fan: ΔL ≥ 20, and other widths."""
    for name in ("tornado", "fan_chart"):
        one, other = drawn(name).collections
        light = [lab(linear(part.get_colors()[0]))[0] for part in (one, other)]
        assert abs(light[0] - light[1]) >= 20.0
        assert one.get_linewidths() != other.get_linewidths()


# Refusals

MADE_BY = {
    "benefit_distribution": (["structure", "net_benefit_usd"], "draw_net_benefits"),
    "break_even_surface": (["structure", "net_benefit_usd"], "sweep"),
    "calls_and_receipts": (
        ["structure", "period", "payer", "payee", "account", "amount_usd"],
        "ledger",
    ),
    "cumulative_position": (
        ["structure", "period", "payer", "payee", "account", "amount_usd"],
        "ledger",
    ),
    "delay_chart": (["month", "exporters_cumulative_pv_usd"], "cost_of_delay"),
    "fan_chart": (
        ["structure", "q05_usd", "q25_usd", "q50_usd", "q75_usd", "q95_usd"],
        "simulate",
    ),
    "iso_cost_map": (["structure", "net_cost_usd"], "sweep"),
    "relief_against_cost": (["structure", "net_cost_usd", "relief_pv_usd"], "compare"),
    "tariff_timeline": (["date", "total_rate"], "TariffSchedule.timeline"),
    "tornado": (
        ["structure", "parameter", "low", "high"],
        'sensitivity(method="one_at_a_time")',
    ),
}


@pytest.mark.parametrize("name", MADE_BY)
def test_a_frame_without_its_columns_is_refused(name: str) -> None:
    """FIGURE-31: the message names each missing column and the function that makes the frame."""
    columns, maker = MADE_BY[name]
    options = {"economy": None} if name == "calls_and_receipts" else {}
    for table, said in (
        (pd.DataFrame({"a": [1]}), f"the frame lacks {', '.join(columns)}; {maker} makes a frame "),
        (frame(name, VINTAGES[0]).iloc[:0], f"the frame has no rows; {maker} makes one that has"),
        ([1, 2], f"a frame of {maker} is needed, given list"),
    ):
        with pytest.raises(InputError) as caught:
            drawn(name, table=table, **options)
        assert str(caught.value).startswith(f"{name}: {said}")


def test_a_figure_of_one_structure_asks_which() -> None:
    """FIGURE-32: several structures are refused, an unknown one with what is close."""
    table = tc.sensitivity(scenario(VINTAGES[0]), flows=FLOWS)
    with pytest.raises(InputError, match="tornado: one structure is drawn; choose it with struct"):
        figures.tornado(table, ax=blank())
    with pytest.raises(UnknownNameError, match="did you mean 'upfront-cash'"):
        figures.tornado(table, structure="upfront-cahs", ax=blank())
    one = figures.tornado(table, structure="upfront-cash", ax=blank())
    assert "upfront-cash; line" in note(one)


def test_maps_need_each_combination_of_two_numbers_once() -> None:
    """FIGURE-33: one term, three terms, dates and paired values are refused by name."""
    of: dict[str, Any] = {"structures": ["upfront-cash"], "flows": FLOWS}
    for values, paired, said in (
        ({"project_irr": [0.05, 0.1]}, False, "given 1 terms: project_irr"),
        ({"project_irr": [0.05, 0.1], "timing": ["outlays_start_receipts_end"]}, False, "given 2"),
        ({"project_irr": [0.05, 0.1], "durability": [0.5, 1.0]}, True, "is needed once; sweep"),
        ({"project_irr": [0.05, 0.1], "durability": [0.5]}, False, "at least two values of"),
    ):
        table = tc.sweep(scenario(VINTAGES[0]), values, paired=paired, **of)
        with pytest.raises(InputError, match=said):
            figures.break_even_surface(table, ax=blank())


def test_a_missing_matplotlib_names_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """FIGURE-34: MissingExtraError with pip install "tariffcalc[plot]", with and without ax."""
    for module in ("pyplot", "axes"):
        monkeypatch.setitem(sys.modules, f"matplotlib.{module}", None)
    for ax in (None, object()):
        with pytest.raises(MissingExtraError, match=r'pip install "tariffcalc\[plot\]"'):
            figures.relief_against_cost(frame("relief_against_cost", VINTAGES[0]), ax=ax)


# The draws


@FEW
@given(st.integers(0, 2**32), st.sampled_from(["japan-terms", "upfront-cash", "no-deal"]))
def test_draws_have_the_figures_of_the_simulation(seed: int, name: str) -> None:
    """FIGURE-35: mean and quantiles of draw_net_benefits are those of simulate (to the bit)."""
    asked: dict[str, Any] = {"draws": 40, "seed": seed, "flows": FLOWS, "structures": [name]}
    of = scenario(VINTAGES[0])
    benefit = tc.draw_net_benefits(of, **asked)["net_benefit_usd"].to_numpy()
    figures_ = tc.simulate(of, **asked).loc[name]
    for share, column in ((0.05, "q05_usd"), (0.5, "q50_usd"), (0.95, "q95_usd")):
        assert np.quantile(benefit, share) == figures_[column]
    assert (benefit > 0).mean() == figures_["positive_share"]


@FEW
@given(st.integers(0, 2**32), st.integers(0, 9))
def test_a_draw_is_a_comparison_of_its_own(seed: int, draw: int) -> None:
    """FIGURE-36: draw k is compare of the scenario with row k of draw_parameters (1e-9)."""
    of = scenario(VINTAGES[0])
    row = tc.draw_parameters(of, draws=10, seed=seed).loc[draw]
    table = tc.draw_net_benefits(of, draws=10, seed=seed, flows=FLOWS, structures=["japan-terms"])
    single = tc.compare(of.replace(dict(row)), flows=FLOWS, structures=["japan-terms"])
    found = table.loc[("japan-terms", draw), "net_benefit_usd"]
    assert found == pytest.approx(single["net_benefit_usd"].item(), rel=1e-9, abs=1e-3)

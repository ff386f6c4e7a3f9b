"""A scenario as one HTML file: question, results, figures, assumptions with sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from tariffcalc.errors import InputError, TariffcalcError
from tariffcalc.report import page
from tariffcalc.report.evidence import MOST_NUMBERS, MOST_SECTORS, Evidence, evidence
from tariffcalc.report.kinds import BILLIONS
from tariffcalc.report.pictures import PICTURES, drawn
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.presets import load_scenario
from tariffcalc.tables import vintage
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.version import VERSION

__all__ = ["report_html", "write_report"]

DRAWS, SEED = 10_000, 1


def report_html(
    scenario: Scenario,
    *,
    structures: Iterable[str] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    flows: TradeFlows | None = None,
) -> str:
    """Return a scenario as one page of HTML that needs no network.

    Parameters
    ----------
    scenario
        The scenario.
    structures
        Names of structures; by default all.
    draws, seed
        As for :func:`simulate`.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    str
        The page: what is asked; the tables of :func:`compare`, :func:`incidence`,
        :func:`valuation_views`, :func:`compare_tariffs`, :func:`cost_of_delay`,
        :func:`sensitivity` and :func:`simulate`; figures drawn from them; every number with its
        range, status and source; the command and the lines of Python that make it again, and the
        scenario as TOML where it is not packaged.

    Raises
    ------
    InputError, UnknownNameError
        As the functions above.
    MissingExtraError
        Without great-tables or matplotlib, with the command that installs it.

    Notes
    -----
    The same scenario, structures, draws and seed give the same bytes: the page states no time.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> made = tc.report.report_html(scenario, structures=["three-years"], draws=100)
    >>> made.startswith("<!DOCTYPE html>"), scenario.hash in made
    (True, True)
    """
    names = None if structures is None else _listed(structures)
    known = evidence(scenario, structures=names, draws=draws, seed=seed, flows=flows)
    sections = {
        "comparison": ("What each structure costs, and whether it pays", _comparison(known)),
        "tariffs": ("What the tariff change means", _tariffs(known)),
        "delay": ("What each month of delay costs", _delay(known)),
        "parties": ("Who gains and who loses", [page.table(known.parties, "parties")]),
        "views": ("The cost as others count it", [page.table(known.views, "views")]),
        "sensitivity": ("Which assumption matters most", _sensitivity(known)),
        "simulation": ("How sure the answer is", _simulation(known)),
        "assumptions": ("Every number and where it comes from", _assumptions(known)),
        "reproduction": ("How to make this page again", _reproduction(known, names, flows)),
    }
    contents = "\n".join(
        f'<li><a href="#{name}">{page.text(title)}</a></li>'
        for name, (title, _) in sections.items()
    )
    parts = [page.section(name, title, inside) for name, (title, inside) in sections.items()]
    body = "\n".join(
        [
            '<a class="skip" href="#comparison">Skip to the results</a>',
            _header(known),
            f'<nav aria-label="Contents">\n<ol>\n{contents}\n</ol>\n</nav>',
            "\n".join(["<main>", *parts, "</main>"]),
            f"<footer>{page.text(_foot(scenario))}</footer>",
        ]
    )
    return page.page(f"{_title(scenario)} ({scenario.as_of})", _question(scenario), body)


def write_report(
    scenario: Scenario,
    path: str | PathLike[str],
    *,
    structures: Iterable[str] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    flows: TradeFlows | None = None,
) -> Path:
    """Write the page of :func:`report_html` to a file.

    Parameters
    ----------
    scenario, structures, draws, seed, flows
        As for :func:`report_html`.
    path
        The file, ``.html``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError, UnknownNameError, MissingExtraError
        As for :func:`report_html`; for a path that does not end in ``.html``, before any work.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("switzerland-us")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = tc.report.write_report(scenario, f"{folder}/report.html", draws=100)
    ...     path.name
    'report.html'
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"path: a file that ends in .html is needed, given {str(path)!r}")
    made = report_html(scenario, structures=structures, draws=draws, seed=seed, flows=flows)
    target.write_bytes(made.encode())
    return target


def _listed(structures: Iterable[str]) -> list[str]:
    return [structures] if isinstance(structures, str) else list(structures)


def _title(scenario: Scenario) -> str:
    return scenario.title or scenario.name


def _question(scenario: Scenario) -> str:
    return (
        f"What does each way to fund the pledge cost {scenario.pledge.payer}, when, and against "
        "which capacity; and is the tariff relief worth it?"
    )


def _header(known: Evidence) -> str:
    scenario = known.scenario
    facts = {
        "Scenario": scenario.name,
        "Vintage": f"{scenario.as_of}; nothing published later is in it",
        "Hash": scenario.hash,
        "Made with": f"tariffcalc {VERSION}; {known.draws:,} draws, seed {known.seed}",
    }
    listed = "\n".join(
        f"<dt>{page.text(word)}</dt><dd>{page.text(fact)}</dd>" for word, fact in facts.items()
    )
    return (
        f"<header>\n<h1>{page.text(_title(scenario))}</h1>\n"
        f"{page.paragraph(_question(scenario), 'lead')}\n{page.paragraph(_answer(known))}\n"
        f'<dl class="facts">\n{listed}\n</dl>\n</header>'
    )


def _answer(known: Evidence) -> str:
    """Return in words what the table of the comparison says."""
    rows = known.compared.droplevel("scenario")
    paid = rows[rows["headline_usd"] > 0.0]
    worth = [str(name) for name in paid.index[paid["net_benefit_usd"] > 0.0]]
    others = [str(name) for name in paid.index if str(name) not in worth]
    if paid.empty:
        return "No structure pays anything in."
    relief = BILLIONS.text(float(paid["relief_pv_usd"].max()))
    said = f"At the scenario's own numbers the relief is worth ${relief}bn"
    if not worth:
        return f"{said}, less than the net cost of every structure: {', '.join(others)}."
    rest = f", and less in {', '.join(others)}" if others else ""
    return f"{said}. That is more than the net cost in {', '.join(worth)}{rest}."


def _figure(name: str, known: Evidence) -> str:
    """Return a figure, or in words why there is none."""
    shown = PICTURES[name]
    try:
        return page.picture(drawn(name, known), shown.title, shown.description)
    except InputError as error:
        return page.paragraph(f"{shown.title}: no figure. {error}")


def _comparison(known: Evidence) -> list[str]:
    figures = ("relief_against_cost", "calls_and_receipts", "cumulative_position")
    return [page.table(known.compared, "compared"), *(_figure(name, known) for name in figures)]


def _tariffs(known: Evidence) -> list[str]:
    sectors, all_sectors = known.largest_sectors, len(known.sectors)
    shown = f"{min(MOST_SECTORS, all_sectors)} of {all_sectors} sectors, by what the deal saves"
    day = known.scenario.tariffs.law_date
    return [
        _figure("tariff_timeline", known),
        page.table(sectors, "sectors", title=f"Duty without and with the deal on {day}: {shown}"),
        _figure("duty_by_sector", known),
    ]


def _delay(known: Evidence) -> list[str]:
    if not known.delayed["duty_usd"].any():
        words = "The law in force charges every line as the deal does: nothing is left to delay."
        return [page.paragraph(words)]
    return [_figure("delay_chart", known), page.table(known.delayed, "delayed")]


def _sensitivity(known: Evidence) -> list[str]:
    swings = known.largest_swings
    if swings.empty:
        return [page.paragraph("No number that states a range moves the net benefit.")]
    title = f"Net benefit at the ends of each range, up to {MOST_NUMBERS} numbers a structure"
    return [_figure("tornado", known), page.table(swings, "sensed", title=title)]


def _simulation(known: Evidence) -> list[str]:
    title = f"Net benefit over {known.draws:,} draws of every number that states a range"
    return [_figure("fan_chart", known), page.table(known.simulated, "simulated", title=title)]


def _assumptions(known: Evidence) -> list[str]:
    frame = known.scenario.parameters()
    columns = ["value", "unit", "low", "high", "status", "source", "date", "description"]
    shown = frame[columns]
    shown.attrs.update(frame.attrs)
    words = (
        "Values are as they are entered: fractions, and dollars. A range is what the sensitivity "
        "and the simulation move a number over."
    )
    return [page.paragraph(words), page.table(shown, "parameters", long=True)]


def _reproduction(
    known: Evidence, names: Sequence[str] | None, flows: TradeFlows | None
) -> list[str]:
    """Return the command and the lines of Python, and the scenario itself where it is one's own."""
    scenario = known.scenario
    packaged = _is_packaged(scenario)
    source = f"{scenario.name} --as-of {scenario.as_of}" if packaged else f"{scenario.name}.toml"
    made = (
        f'tc.load_scenario("{scenario.name}", as_of="{scenario.as_of}")'
        if packaged
        else f'tc.Scenario.from_toml("{scenario.name}.toml")'
    )
    asked = f", structures={list(names)!r}" if names is not None else ""
    asked += ", flows=flows" if flows is not None else ""
    lines = (
        "import tariffcalc as tc\n\n"
        f'scenario = {made}\nassert scenario.hash == "{scenario.hash}"\n'
        f'tc.report.write_report(scenario, "report.html", draws={known.draws}, '
        f"seed={known.seed}{asked})"
    )
    parts = [
        page.code(f"pip install 'tariffcalc[tables,plot]=={VERSION}'"),
        page.code(f"tariffcalc report {source} -o report.html"),
        page.code(lines),
    ]
    if flows is not None:
        parts.append(page.paragraph("The trade flows were given by the user and are not in it."))
    if not packaged:
        parts += [page.paragraph(f"{scenario.name}.toml:"), page.code(scenario.to_toml())]
    return parts


def _is_packaged(scenario: Scenario) -> bool:
    try:
        return load_scenario(scenario.name, as_of=scenario.as_of).hash == scenario.hash
    except TariffcalcError:
        return False


def _foot(scenario: Scenario) -> str:
    return (
        f"{vintage(scenario.name, scenario.as_of)}; scenario {scenario.hash}; tariffcalc {VERSION}"
    )

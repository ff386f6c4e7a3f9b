"""Published elasticities of trade by sector: named sets, and presets that choose among them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import VintageError, raise_faults, unknown_name
from tariffcalc.models import as_date
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.tables import labelled

__all__ = [
    "PRESETS",
    "elasticities_published",
    "list_elasticities",
    "load_elasticities",
    "published_by",
    "sector_names",
]

NUMBERS, SETS = "trade/elasticities.csv", "trade/elasticity-sets.csv"
CONCORDANCE = "trade/elasticity-sectors.csv"
# The rank of a preset among the three estimates of a sector, in ascending order.
PRESETS = {"low": 0, "central": 1, "high": 2}
VALUES = ["trade_elasticity", "substitution_elasticity", "standard_error"]


def list_elasticities() -> pd.DataFrame:
    """Return the packaged sets of elasticities, and the presets made of them.

    Returns
    -------
    pandas.DataFrame
        Index ``name``; columns ``parameter`` (what the source estimates: a ``trade_elasticity`` θ
        or a ``substitution_elasticity`` σ), ``classification``, ``year`` and ``published`` (the
        last day of the month where the month is all that is known), ``numbers`` (of the source),
        ``sectors`` (of the library's 46 that they cover), ``standard_errors`` (how many numbers
        have one), ``in_presets``, ``status``, ``source``, ``transcription`` (where the numbers
        were read).

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.list_elasticities()
    >>> table.loc["caliendo-parro-2015", ["year", "numbers", "sectors"]].tolist()
    [2015, 20, 45]
    """
    sets = data_table(SETS).set_index("set").rename_axis("name")
    numbers = data_table(NUMBERS).groupby("set")
    sets["numbers"] = numbers.size()
    sets["standard_errors"] = numbers["standard_error"].count()
    sets["sectors"] = data_table(CONCORDANCE).groupby("set")["sector"].nunique()
    table = pd.concat([sets, _preset_rows(sets)])
    table["in_presets"] = table["in_presets"] == "yes"
    table.insert(2, "year", table["published"].str[:4].astype(int))
    table["published"] = pd.to_datetime(table["published"])
    order = "numbers sectors standard_errors in_presets status source transcription".split()  # noqa: SIM905
    return labelled(table[["parameter", "classification", "year", "published", *order]], {})


def load_elasticities(name: str, *, as_of: dt.date | str | None = None) -> pd.DataFrame:
    """Load a set of elasticities, or a preset, by the library's sectors.

    Parameters
    ----------
    name
        One of :func:`list_elasticities`: a source such as ``"caliendo-parro-2015"``, or
        ``"low"``, ``"central"`` or ``"high"``, which give each sector the lowest, the middle or
        the highest of the estimates of Caliendo and Parro (2015), Fontagné et al. (2022) and
        Bagwell et al. (2021), the three sources that cover all goods and know motor vehicles.
    as_of
        Refuse a set that was published after this day.

    Returns
    -------
    pandas.DataFrame
        Index ``sector``, the 46 sectors in alphabetical order; columns ``trade_elasticity`` θ
        and ``substitution_elasticity`` σ = 1 + θ (both above 0), ``standard_error`` (as
        published), ``codes`` (of the source, joined by ``;``), ``set`` and ``source`` that the
        value is from. What a source does not cover is NaN; nothing is filled in.

    Raises
    ------
    UnknownNameError
        For a name that is not packaged.
    VintageError
        For a set, or a preset made of one, that was published after ``as_of``.

    Notes
    -----
    θ is the elasticity of trade with respect to trade costs, tariffs among them; with constant
    elasticity of substitution σ between suppliers θ = σ − 1. A sector takes the number of the
    source's class that holds most of it, and the simple mean where the source is finer than the
    library; the concordance is a packaged table. The standard error of a mean is unknown.

    References
    ----------
    Head and Mayer (2014), Gravity Equations, Handbook of International Economics 4,
    doi:10.1016/B978-0-444-54314-1.00003-3.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> for name in ("low", "central", "high"):
    ...     row = tc.load_elasticities(name).loc["Passenger cars"]
    ...     print(name, row["trade_elasticity"], row["set"])
    low 1.84 caliendo-parro-2015
    central 5.75 bagwell-et-al-2021
    high 8.92 fontagne-et-al-2022
    """
    table = data_table(SETS).set_index("set")
    if name not in table.index and name not in PRESETS:
        raise unknown_name("set of elasticities", name, [*table.index, *PRESETS])
    sources = _preset_sets() if name in PRESETS else [name]
    published_by(table.loc[sources, "published"], as_of)
    frame = _preset(PRESETS[name]) if name in PRESETS else _by_sector(name)
    return labelled(frame.copy(), dict.fromkeys(VALUES, "1"))


def published_by(published: pd.Series, as_of: dt.date | str | None) -> None:
    """Refuse what was published after a day; ``published`` is text by name, ``as_of`` any day."""
    if as_of is None:
        return
    limit = as_date(as_of).isoformat()
    late = published[published > limit]
    faults = [f"{name}: published {day}, after {limit}" for name, day in late.items()]
    raise_faults("not known on that day", faults, VintageError)


def elasticities_published() -> dict[str, dt.date]:
    """Return the day on which each set, and the last source of each preset, was public."""
    table = data_table(SETS).set_index("set")
    days = table["published"].map(dt.date.fromisoformat).to_dict()
    return {**days, **dict.fromkeys(PRESETS, max(days[name] for name in _preset_sets()))}


def sector_names() -> list[str]:
    """Return the names of the packaged sectors, sorted."""
    return sorted(data_table("sectors.csv")["sector"].unique())


def _preset_sets() -> list[str]:
    table = data_table(SETS)
    return table.loc[table["in_presets"] == "yes", "set"].tolist()


def _preset_rows(sets: pd.DataFrame) -> pd.DataFrame:
    """Return what the list says of the presets."""
    among = sets.loc[_preset_sets()]
    words = {"low": "lowest", "central": "middle", "high": "highest"}
    rows = {
        preset: {
            "parameter": "trade_elasticity",
            "classification": "sectors of the library",
            "published": among["published"].max(),
            "in_presets": "no",
            "status": "derived",
            "source": f"the {words[preset]} of {', '.join(among.index)}",
            "numbers": among["numbers"].sum(),
            "standard_errors": among["standard_errors"].sum(),
            "sectors": among["sectors"].min(),
        }
        for preset in PRESETS
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


@lru_cache(maxsize=16)
def _by_sector(name: str) -> pd.DataFrame:
    """Return one source's numbers by sector: the mean of the codes that a sector names."""
    numbers, pairs = (
        table[table["set"] == name] for table in map(data_table, (NUMBERS, CONCORDANCE))
    )
    numbers = numbers.set_index("code")
    values = numbers[["value", "standard_error"]].astype(np.float64).loc[pairs["code"]]
    grouped = values.set_index(pd.Index(pairs["sector"], name="sector")).groupby(level=0)
    error = grouped["standard_error"].first().where(grouped.size() == 1)
    row = data_table(SETS).set_index("set").loc[name]
    frame = _with_both(grouped["value"].mean(), str(row["parameter"]))
    frame["standard_error"] = error
    frame["codes"] = pairs.groupby("sector")["code"].agg(";".join)
    frame["set"], frame["source"] = name, row["source"]
    return frame.reindex(pd.Index(sector_names(), name="sector"))


def _with_both(values: pd.Series, parameter: str) -> pd.DataFrame:
    """Return θ and σ = 1 + θ from the one that the source estimates."""
    if parameter == "trade_elasticity":
        return pd.DataFrame({"trade_elasticity": values, "substitution_elasticity": 1.0 + values})
    return pd.DataFrame({"trade_elasticity": values - 1.0, "substitution_elasticity": values})


@lru_cache(maxsize=3)
def _preset(rank: int) -> pd.DataFrame:
    """Return for each sector the row of the source whose θ has that rank."""
    tables = [_by_sector(name) for name in _preset_sets()]
    chosen = ranked(np.stack([table["trade_elasticity"].to_numpy() for table in tables]), rank)
    parts = [table[chosen == row] for row, table in enumerate(tables)]
    return pd.DataFrame(pd.concat(parts).reindex(tables[0].index))


def ranked(values: FloatArray, rank: int) -> IntArray:
    """Return for each column the row of its value of that rank; the first row among equals.

    ``values`` has shape (sources, sectors). An unknown value makes the whole column unknown:
    the row returned is then that of an unknown value.
    """
    order = np.argsort(values, axis=0, kind="stable")  # NaN comes last
    unknown = np.isnan(values).any(axis=0)
    return np.asarray(np.where(unknown, order[-1], order[rank]), dtype=np.int64)

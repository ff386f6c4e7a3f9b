"""One elasticity per line: a set or a table of the user's, what overrides it, what stands in."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows, raise_faults, suggest, unknown_name
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.trade.elasticity_sets import load_elasticities, sector_names
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.sectors import sectors

__all__ = ["Parameter", "line_elasticities"]

Parameter = Literal["substitution_elasticity", "trade_elasticity", "demand_elasticity"]
Table = str | Mapping[str, float] | pd.Series | pd.DataFrame
PREFIX = re.compile(r"(?:[0-9]{2}){1,5}")
LENGTHS = (10, 8, 6, 4, 2)


def line_elasticities(
    flows: TradeFlows,
    table: Table,
    *,
    parameter: Parameter = "substitution_elasticity",
    overrides: Mapping[str, float] | pd.Series | None = None,
    fallback: float | str | None = None,
    as_of: dt.date | str | None = None,
) -> FloatArray:
    """Return the elasticity of each line of trade flows.

    Parameters
    ----------
    flows
        Imports by line.
    table
        A name of :func:`~tariffcalc.list_elasticities`, or a table of your own: sector or HS
        prefix → elasticity, as a mapping, a Series, or a DataFrame with those as its index and
        ``parameter`` as a column (such as :func:`~tariffcalc.load_elasticities` returns).
    parameter
        ``"substitution_elasticity"`` σ and ``"trade_elasticity"`` θ are above 0;
        ``"demand_elasticity"`` ε = −σ is below 0. Your own numbers are of this parameter.
    overrides
        Sector or HS prefix → elasticity; comes before the table. A longer prefix comes before a
        shorter one, and any prefix before a sector.
    fallback
        What stands in where nothing else has a number: a number, or the name of a set. Without
        it such lines are refused.
    as_of
        Refuse a packaged set that was published after this day.

    Returns
    -------
    numpy.ndarray
        One number per line, in the order of the flows.

    Raises
    ------
    InputError
        With all faults at once: keys that are no sector and no HS prefix, numbers that are not
        finite or of the wrong sign, lines without a number.
    UnknownNameError
        For a parameter or a set that does not exist.
    VintageError
        For a set published after ``as_of``.

    Notes
    -----
    ε = −σ is what the quantity of one supplier answers to its own duty-inclusive price while the
    prices of all others, and the buyers' spending, stay.

    References
    ----------
    Armington (1969), A Theory of Demand for Products Distinguished by Place of Production, IMF
    Staff Papers 16, doi:10.2307/3866403.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": ["870323", "870899"], "partner": ["KOR", "KOR"], "value_usd": [1e9, 1e9]}))
    >>> tc.line_elasticities(flows, "high", overrides={"8708": 3.0})
    array([9.92, 3.  ])
    """
    if not isinstance(flows, TradeFlows):
        raise InputError(
            f"flows: TradeFlows are needed, given {type(flows).__name__}; "
            "build them with TradeFlows.from_frame"
        )
    if parameter not in get_args(Parameter):
        raise unknown_name("parameter", parameter, get_args(Parameter))
    layers = {
        "overrides": {} if overrides is None else dict(overrides),
        "table": _numbers(table, parameter, as_of),
        "fallback": _fallback(fallback, parameter, as_of),
    }
    faults = [
        fault for name, layer in layers.items() for fault in _layer_faults(name, layer, parameter)
    ]
    raise_faults(f"no {parameter} of these lines", faults)
    frame = flows._frame
    place, codes = pd.factorize(frame["hs"])
    of_code = _of_codes(pd.Series(codes), list(layers.values()))
    result: FloatArray = of_code[place]
    raise_faults(f"no {parameter} of these lines", _missing(frame, np.isnan(result)))
    return result


def _numbers(table: Table, parameter: str, as_of: dt.date | str | None) -> dict[str, float]:
    """Return key → number of a table; what a source does not know is left out."""
    if isinstance(table, str):
        loaded = load_elasticities(table, as_of=as_of)
        if parameter == "demand_elasticity":
            return _known(-loaded["substitution_elasticity"])
        return _known(loaded[parameter])
    if isinstance(table, pd.DataFrame):
        if parameter not in table.columns:
            hint = suggest(parameter, map(str, table.columns)) or "."
            raise InputError(f"table: a column {parameter!r} is needed{hint}")
        return _known(table[parameter])
    return _known(table) if isinstance(table, pd.Series) else dict(table)


def _known(column: pd.Series) -> dict[str, float]:
    return {str(key): value for key, value in column.dropna().items()}


def _fallback(
    fallback: float | str | None, parameter: str, as_of: dt.date | str | None
) -> dict[str, float]:
    if isinstance(fallback, str):
        return _numbers(fallback, parameter, as_of)
    return {} if fallback is None else dict.fromkeys(sector_names(), fallback)


def _layer_faults(name: str, layer: Mapping[str, float], parameter: str) -> list[str]:
    """Return what is wrong with the keys and the numbers of one layer."""
    sign, need = (-1.0, "below 0") if parameter == "demand_elasticity" else (1.0, "above 0")
    known = sector_names()
    faults = []
    for key, value in layer.items():
        if key not in known and not (isinstance(key, str) and PREFIX.fullmatch(key)):
            hint = suggest(key, known)
            faults.append(f"{name}: {key!r} is neither a sector nor an HS prefix{hint}")
        if not _is_number(value) or not sign * value > 0.0:
            where = name if name == "fallback" else f"{name}: {key}"
            faults.append(f"{where}: a finite number {need} is needed, given {value!r}")
    return list(dict.fromkeys(faults))  # a fallback is the same for all sectors


def _is_number(value: object) -> bool:
    number = isinstance(value, int | float | np.integer | np.floating)
    return number and not isinstance(value, bool) and math.isfinite(float(value))  # type: ignore[arg-type]


def _of_codes(codes: pd.Series, layers: list[dict[str, float]]) -> FloatArray:
    """Return the number of each different code, NaN where no layer has one."""
    pairs = zip(codes, sectors(codes), strict=True)
    return np.array([_of_code(code, sector, layers) for code, sector in pairs], dtype=np.float64)


def _of_code(code: str, sector: str, layers: list[dict[str, float]]) -> float:
    """Return the number of the first layer that has one: its longest prefix, then the sector."""
    for layer in layers:
        for length in LENGTHS:
            if code[:length] in layer:
                return layer[code[:length]]
        if sector in layer:
            return layer[sector]
    return math.nan


def _missing(frame: pd.DataFrame, missing: BoolArray) -> list[str]:
    """Return the fault of lines without a number, by their sectors and value."""
    if not missing.any():
        return []
    lines = frame[missing]
    names = sorted(sectors(lines["hs"]).unique())
    value = float(lines["value_usd"].sum())
    unknown = first_rows(names, len(names), "sector")
    given = f"{len(lines)} of {len(frame)} lines, ${value / 1e9:.2f}bn, have no number: {unknown}"
    return [f"{given}; name them in overrides or, outside a scenario, give a fallback"]

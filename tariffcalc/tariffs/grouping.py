"""Value-weighted sums of lines by a column, a sector, a chapter, a section, or all together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.trade.sectors import sections, sectors

__all__ = ["By", "Grouping", "grouping", "weighted"]

By = str | Mapping[str, str] | None


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Lines sorted by group: ``order`` and ``edges`` cut them, ``value`` is each group's sum."""

    index: pd.Index
    order: IntArray
    edges: IntArray
    line_value: FloatArray
    value: FloatArray


def grouping(frame: pd.DataFrame, by: By) -> Grouping:
    """Return the groups of a frame of flows, in ascending order of their label."""
    if not isinstance(by, str | Mapping | None):
        raise InputError(
            f"by: a name or a mapping of HS prefixes is needed, given {type(by).__name__}; "
            "make labels by row a column of the flows and give its name"
        )
    if by is None or by == "authority":
        labels, codes = pd.Index(["all"], name="group"), np.zeros(len(frame), dtype=np.int64)
    else:
        keys = group_labels(frame, by)
        if keys.isna().any():
            raise InputError(f"by: column {by!r} is empty in some rows; fill it first")
        codes, unique = pd.factorize(keys, sort=True)
        if isinstance(unique, pd.CategoricalIndex):  # their order is kept, unused ones are not
            unique = pd.Index(unique.tolist())
        labels = pd.Index(unique, name=by if isinstance(by, str) else "sector")
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    line_value = frame["value_usd"].to_numpy(dtype=np.float64)
    value = _sums(line_value[order], edges)
    return Grouping(labels, order, edges, line_value, value)


def group_labels(frame: pd.DataFrame, by: str | Mapping[str, str]) -> pd.Series:
    """Return the label of each line: a column of the frame, or what its HS code says."""
    if isinstance(by, Mapping):
        return sectors(frame["hs"], mapping=by)
    if by in frame.columns:
        return frame[by]
    if by == "chapter":
        return frame["hs"].str[:2]
    if by == "section":
        return sections(frame["hs"])
    if by == "sector":
        return sectors(frame["hs"])
    allowed = ["authority", "sector", "chapter", "section", *map(str, frame.columns)]
    raise unknown_name("grouping", by, list(dict.fromkeys(allowed)))


def weighted(groups: Grouping, rate: FloatArray) -> FloatArray:
    """Return Σ value·rate of each group, exactly rounded: the order of the lines plays no part."""
    return _sums((groups.line_value * rate)[groups.order], groups.edges)


def _sums(amounts: FloatArray, edges: IntArray) -> FloatArray:
    return np.array([math.fsum(amounts[start:stop]) for start, stop in pairwise(edges)])

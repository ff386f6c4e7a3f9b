"""A study run into a folder, from where an earlier run stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tariffcalc.analysis.execution import MapLike, Progress
from tariffcalc.errors import InputError, TariffcalcError, raise_faults
from tariffcalc.models import tree
from tariffcalc.scenario.files import file_tree
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.presets import load_scenario
from tariffcalc.studies.chunks import Counts, KeptMap
from tariffcalc.studies.folder import Folder, folder_at
from tariffcalc.studies.items import Item, Scenarios
from tariffcalc.studies.model import Study, StudyScenario
from tariffcalc.studies.versions import versions

__all__ = ["StudyResult", "checked", "run_study"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StudyResult:
    """What a run of a study found.

    ``folder`` holds the files, ``tables`` the same tables by ``<kind>.<name>``, and ``chunks`` says
    of each item how many chunks were ``kept`` from an earlier run, ``computed`` now, ``damaged``
    and computed again, and ``removed`` since they are of something else.

    Examples
    --------
    >>> import tariffcalc as tc, tempfile
    >>> study = tc.Study(
    ...     name="one", scenarios={"now": {"packaged": "korea-us", "as_of": "2025-10-17"}},
    ...     simulate={"benefit": {"scenario": "now", "draws": 100, "seed": 1}})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = tc.run_study(study, out=folder)
    >>> result.chunks.loc["simulate.benefit", ["kept", "computed"]].tolist()
    [0, 1]
    """

    name: str
    folder: Path
    tables: Mapping[str, pd.DataFrame]
    chunks: pd.DataFrame

    def __repr__(self) -> str:
        """Return the name of the study and what was asked."""
        return f"StudyResult({self.name!r}: {', '.join(self.tables)})"


def run_study(
    study: Study | str | Path,
    *,
    out: str | Path,
    map: MapLike = map,  # noqa: A002 - the word of every executor
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study into a folder; what an earlier run finished there is not computed again.

    Parameters
    ----------
    study
        The ``.toml`` or ``.json`` file of a study, or a :class:`Study`, whose files lie in the
        working directory.
    out
        The folder, which belongs to the study: ``<kind>.<name>.csv`` for each item,
        ``manifest.json``, and ``chunks``, the finished chunks of sweeps and simulations.
    map
        The builtin, or the ``map`` of an executor, as for :func:`simulate`.
    progress
        Called with the number of points and draws done since it was last called.

    Returns
    -------
    StudyResult

    Raises
    ------
    InputError
        For all faults of the study at once, a folder that cannot be written to, or a manifest
        that no run has written.
    ChunkError
        Naming the first chunk without a result; the finished ones are kept.

    Notes
    -----
    A kept chunk is known by the hash of its scenario, of all that is asked, of the library's code
    and data, and of the versions of Python, numpy and pandas, and by the hash of its content: one
    of anything else is removed, a damaged one computed again. Files are written whole, so that a
    run can be killed at any moment; the next one ends in the same bytes as one that was left
    alone. A folder serves one run at a time.

    Numbers in CSV are the shortest that read back to the same bits
    (``pandas.read_csv(…, float_precision="round_trip")``).

    Examples
    --------
    >>> import tariffcalc as tc, tempfile
    >>> study = tc.Study(
    ...     name="returns",
    ...     scenarios={"october": {"packaged": "korea-us", "as_of": "2025-10-17"}},
    ...     sweep={"irr": {"scenario": "october", "structures": ["upfront-cash"],
    ...                    "values": {"project_irr": [0.05, 0.10]}}})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = tc.run_study(study, out=folder)
    >>> result.tables["sweep.irr"]["project_irr"].tolist()
    [0.05, 0.1]
    """
    asked, beside = _study_of(study)
    scenarios = checked(asked, beside=beside)
    folder, items = folder_at(out), {item.label: item for item in asked.items()}
    said = {label: _said(item, scenarios) for label, item in items.items()}
    manifest = _manifest(asked, scenarios) | {"items": said}
    folder.open(manifest)
    tables, counts = {}, {}
    for label, item in items.items():
        kept = _kept(folder, item, said[label]["key"], scenarios, map)
        tables[label] = item.table(scenarios, kept or map, progress)
        said[label] |= folder.write(label, tables[label])
        counts[label] = kept.tidied() if kept else Counts()
    folder.tidy(items)
    folder.say(manifest | {"finished": True})
    return StudyResult(asked.name, folder.path, tables, _chunk_table(counts))


def checked(study: Study, *, beside: Path) -> dict[str, Scenario]:
    """Return the scenarios of a study, whose files lie beside it; refuse all that does not fit."""
    scenarios: dict[str, Scenario] = {}
    faults: list[str] = []
    for entry in study.scenarios:
        try:
            scenarios[entry.name] = _scenario(entry, beside)
        except TariffcalcError as error:
            faults.append(_fault(f"scenarios.{entry.name}", error))
    for item in study.items():
        if all(name in scenarios for name in item.asked_of):
            try:
                item.check(scenarios)
            except TariffcalcError as error:
                faults.append(_fault(item.label, error))
    raise_faults(f"study {study.name} cannot be run", faults)
    return scenarios


def _fault(label: str, error: TariffcalcError) -> str:
    """Word a fault of a part; what it lists itself stands further in."""
    return f"{label}: {error}".replace("\n", "\n  ")


def _study_of(given: object) -> tuple[Study, Path]:
    """Return a study, and the folder in which its files lie."""
    if isinstance(given, Study):
        return given, Path()
    if isinstance(given, str | Path):
        return Study.from_tree(file_tree(Path(given))), Path(given).parent
    raise InputError(f"study: a Study, or the path of its file, is needed, given {given!r}")


def _scenario(entry: StudyScenario, beside: Path) -> Scenario:
    if entry.packaged is not None:
        found = load_scenario(entry.packaged, as_of=entry.as_of)
    else:
        found = Scenario.from_tree(file_tree(beside / str(entry.file)))
    return found.replace(entry.set) if entry.set else found


def _manifest(study: Study, scenarios: Scenarios) -> dict[str, Any]:
    """Return what the manifest says of the whole; nothing in it depends on the day or place."""
    return {
        "study": study.name,
        "title": study.title,
        "study_hash": study.hash,
        "versions": versions(),
        "finished": False,
        "scenarios": {
            label: {"scenario": one.name, "as_of": one.as_of, "hash": one.hash}
            for label, one in scenarios.items()
        },
    }


def _said(item: Item, scenarios: Scenarios) -> dict[str, Any]:
    """Return what the manifest says of an item before it is answered."""
    asked = tree(item, skip=("name",))
    hashes = [scenarios[name].hash for name in item.asked_of]
    content = json.dumps([item.kind, asked, hashes, versions()], default=str)
    return {"key": hashlib.sha256(content.encode()).hexdigest()[:16], "asked": asked}


def _kept(
    folder: Folder, item: Item, key: str, scenarios: Scenarios, mapped: MapLike
) -> KeptMap | None:
    """Return the map that keeps the chunks of an item; None for an item without."""
    form = item.form(scenarios)
    return None if form is None else KeptMap(folder.chunks(item.label), key, form, mapped)


def _chunk_table(counts: Mapping[str, Counts]) -> pd.DataFrame:
    """Return what became of the chunks of each item."""
    rows = [asdict(one) for one in counts.values()]
    return pd.DataFrame(rows, index=pd.Index(list(counts), name="item"))

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tariffcalc.analysis.execution import Job, jobs
from tariffcalc.studies.chunks import KEPT_NAME, Counts, KeptMap, digest
from tariffcalc.studies.forms import Draws, Points

FORM = Draws(("a", "b"))


def task(job: Job) -> tuple[int, dict[str, tuple[np.ndarray, float]]]:
    values = np.arange(job.start, job.stop, dtype=float)
    return job.number, {"a": (values, 1.0), "b": (-values, float("nan"))}


def kept_map(folder: Path, key: str = "k", mapped: Any = map) -> KeptMap:
    return KeptMap(folder / "x", key, FORM, mapped)


def asked(kept: KeptMap, size: int = 7) -> list[Any]:
    return list(kept(task, jobs(size, 3, "draws")))


def counting(done: list[int]) -> Callable[..., Any]:
    def mapped(function: Callable[[Any], Any], given: Iterable[Job]) -> Any:
        listed = list(given)
        done.extend(job.number for job in listed)
        return map(function, listed)

    return mapped


def test_the_hash_of_a_content_has_sixteen_digits() -> None:
    assert digest(b"") == "e3b0c44298fc1c14"


def test_results_are_kept_and_then_read() -> None:
    assert Draws(("a",)).packed({"a": (np.array([1.0, 2.0]), 3.0)}).tolist() == [[1.0, 2.0, 3.0]]
    values, count = Draws(("a",)).unpacked(np.array([[1.0, 2.0, 3.0]]))["a"]
    assert (values.tolist(), count) == ([1.0, 2.0], 3.0)
    points = Points(("a", "b"), ("x", "y"))
    found = {"a": {"x": np.array([1.0]), "y": np.array([2.0])},
             "b": {"y": np.array([4.0]), "x": np.array([3.0])}}  # fmt: skip
    packed = points.packed(found)
    assert packed.tolist() == [[[1.0], [2.0]], [[3.0], [4.0]]]
    back = points.unpacked(packed)
    assert {s: {c: v.tolist() for c, v in t.items()} for s, t in back.items()} == {
        "a": {"x": [1.0], "y": [2.0]}, "b": {"x": [3.0], "y": [4.0]},
    }  # fmt: skip


def test_what_is_kept_is_not_asked_again(tmp_path: Path) -> None:
    done: list[int] = []
    first = kept_map(tmp_path, mapped=counting(done))
    found = asked(first)
    assert done == [0, 1, 2]
    assert first.tidied() == Counts(kept=0, computed=3, damaged=0, removed=0)
    second = kept_map(tmp_path, mapped=counting(done))
    again = asked(second)
    assert done == [0, 1, 2]
    assert second.tidied() == Counts(kept=3)
    assert [number for number, _ in again] == [0, 1, 2]
    for (_, one), (_, two) in zip(found, again, strict=True):
        for name in ("a", "b"):
            assert one[name][0].tolist() == two[name][0].tolist()
            assert str(one[name][1]) == str(two[name][1])


def test_a_map_is_asked_for_what_is_missing_only(tmp_path: Path) -> None:
    asked(kept_map(tmp_path))
    sorted((tmp_path / "x").iterdir())[1].unlink()
    done: list[int] = []
    kept = kept_map(tmp_path, mapped=counting(done))
    assert [result["a"][0].tolist() for _, result in asked(kept)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert done == [1]
    assert kept.tidied() == Counts(kept=2, computed=1)


def test_a_file_is_named_by_number_task_and_content(tmp_path: Path) -> None:
    asked(kept_map(tmp_path), size=3)
    (file,) = (tmp_path / "x").iterdir()
    stream = io.BytesIO()
    np.save(stream, np.array([[0.0, 1.0, 2.0, 1.0], [-0.0, -1.0, -2.0, np.nan]]))
    assert file.read_bytes() == stream.getvalue()
    assert file.name == f"000000-{digest(b'k 0 3')}-{digest(stream.getvalue())}.npy"
    assert KEPT_NAME.fullmatch(file.name)
    assert KEPT_NAME.fullmatch(f"{file.name}.part")
    assert not KEPT_NAME.fullmatch(f"{file.name}.mine")
    assert not KEPT_NAME.fullmatch(file.name.replace(".npy", ".csv"))


@pytest.mark.parametrize(
    ("key", "size", "kept"), [("k", 7, 3), ("other", 7, 0), ("k", 8, 2), ("k", 9, 2)]
)
def test_a_chunk_is_of_its_key_and_its_cases(
    key: str, size: int, kept: int, tmp_path: Path
) -> None:
    asked(kept_map(tmp_path))
    again = kept_map(tmp_path, key)
    asked(again, size)
    assert again.tidied() == Counts(kept=kept, computed=3 - kept, removed=3 - kept)
    assert len(list((tmp_path / "x").iterdir())) == 3


def test_a_damaged_chunk_is_removed_and_computed(tmp_path: Path) -> None:
    asked(kept_map(tmp_path))
    first, second, _ = sorted((tmp_path / "x").iterdir())
    before = second.read_bytes()
    second.write_bytes(first.read_bytes())
    first.write_bytes(b"")
    kept = kept_map(tmp_path)
    asked(kept)
    assert kept.tidied() == Counts(kept=1, computed=2, damaged=2)
    assert second.read_bytes() == before


def test_tidying_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    assert kept_map(tmp_path).tidied() == Counts()
    asked(kept_map(tmp_path))
    folder = tmp_path / "x"
    half = next(iter(sorted(folder.iterdir())))
    (folder / f"{half.name}.part").write_bytes(b"half")
    (folder / "mine.txt").write_text("mine")
    kept = kept_map(tmp_path)
    asked(kept)
    assert kept.tidied() == Counts(kept=3)
    assert [file.name for file in sorted(folder.iterdir()) if file.suffix != ".npy"] == ["mine.txt"]


def test_what_a_map_returns_wrongly_is_passed_on_and_not_kept(tmp_path: Path) -> None:
    def exchanged(function: Callable[[Any], Any], given: Iterable[Job]) -> list[Any]:
        return [function(job) for job in given][::-1]

    assert [number for number, _ in asked(kept_map(tmp_path, mapped=exchanged))] == [2, 1, 0]
    assert len(list((tmp_path / "x").iterdir())) == 1  # the one in the middle is in its place

    def repeated(function: Callable[[Any], Any], given: Iterable[Job]) -> list[Any]:
        return [function(job) for job in [*given] * 2]

    found = asked(kept_map(tmp_path / "y", mapped=repeated))
    assert [number for number, _ in found] == [0, 1, 2, 0, 1, 2]

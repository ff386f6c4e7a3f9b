import pytest

from tariffcalc.analysis.execution import CHUNKS_IN_FLIGHT, Job, jobs, run
from tariffcalc.errors import ChunkError, InputError


def test_cases_are_cut_into_jobs() -> None:
    assert [(job.number, job.chunks, job.start, job.stop) for job in jobs(9, 4, "draws")] == [
        (0, 3, 0, 4),
        (1, 3, 4, 8),
        (2, 3, 8, 9),
    ]
    assert [job.stop for job in jobs(8, 4, "draws")] == [4, 8]
    assert str(Job(1, 3, 4096, 8192, "points")) == "chunk 2 of 3 (points 4,097 to 8,192)"
    assert CHUNKS_IN_FLIGHT == 256


def test_results_come_with_their_jobs_in_order() -> None:
    given = list(jobs(600, 1, "draws"))
    held: list[int] = []

    def mapped(function: object, window: list[Job]) -> list[object]:
        held.append(len(window))
        return list(map(function, window))  # type: ignore[call-overload]

    done: list[int] = []
    found = list(run(lambda job: 2 * job.start, iter(given), mapped, done.append))
    assert found == [(job, 2 * job.start) for job in given]
    assert held == [256, 256, 88]
    assert done == [1] * 600


def test_progress_follows_a_result_that_was_taken() -> None:
    done: list[int] = []
    found = run(lambda job: job.start, jobs(7, 3, "draws"), map, done.append)
    next(found)
    assert done == []
    next(found)
    assert done == [3]
    assert list(found) == [(Job(2, 3, 6, 7, "draws"), 6)]
    assert done == [3, 3, 1]


def test_the_error_of_a_worker_is_told_in_one_line() -> None:
    def fail(job: Job) -> None:
        raise OSError(f"no\n room for {job.number}.")

    with pytest.raises(ChunkError) as caught:
        list(run(fail, jobs(7, 3, "draws"), map))
    assert str(caught.value) == (
        "chunk 1 of 3 (draws 1 to 3) failed: OSError: no room for 0. No result was used; run it "
        "again, or with fewer workers: the same seed and chunks give the same numbers"
    )
    assert isinstance(caught.value.__cause__, OSError)
    assert isinstance(caught.value, ValueError)


def test_a_map_that_fails_at_once_fails_in_the_first_chunk() -> None:
    def broken(*_: object) -> list[object]:
        raise RuntimeError("pool is shut down")

    with pytest.raises(ChunkError, match=r"^chunk 1 of 3 .* RuntimeError: pool is shut down\. "):
        list(run(lambda job: job.start, jobs(7, 3, "draws"), broken))


def test_a_map_must_be_a_function() -> None:
    with pytest.raises(InputError) as caught:
        list(run(lambda job: job.start, jobs(7, 3, "draws"), None))  # type: ignore[arg-type]
    assert str(caught.value) == "map: a function is needed, given None"


def test_what_a_task_refuses_is_raised_as_it_is_with_the_chunk_in_a_note() -> None:
    def refuse(job: Job) -> None:
        raise InputError(f"no {job.number}")

    with pytest.raises(InputError) as caught:
        list(run(refuse, jobs(7, 3, "draws"), map))
    assert str(caught.value) == "no 0"
    assert caught.value.__notes__ == ["in chunk 1 of 3 (draws 1 to 3)"]

"""A schedule on partitions of a larger frame, in worker processes, gives the bits of pandas."""

import os

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd

import tariffcalc as tc


def with_worker(frame: pd.DataFrame, schedule: tc.TariffSchedule, on: str) -> pd.DataFrame:
    return schedule.apply(frame, on=on).assign(worker=os.getpid())


def test_partitions_in_worker_processes_have_the_bits_of_pandas() -> None:
    law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
    frame = tc.load_flows("us-imports-2024", partners=["KOR"]).frame.drop(columns=["description"])
    expected = law.apply(frame, on="2025-10-17")
    parts = dd.from_pandas(frame, npartitions=4, sort=False)
    meta = with_worker(frame.head(0), law, "2025-10-17")
    lazy = parts.map_partitions(with_worker, law, "2025-10-17", meta=meta)
    # Spawned, not forked: a worker imports the library and unpickles the schedule itself.
    with dask.config.set(
        scheduler="processes", num_workers=2,
        **{"multiprocessing.context": "spawn", "dataframe.convert-string": False},
    ):  # fmt: skip
        found = lazy.compute()
    workers = set(found.pop("worker"))
    assert os.getpid() not in workers
    assert workers
    assert found.index.equals(expected.index)
    for name in expected.columns:
        one, other = found[name].to_numpy(), expected[name].to_numpy()
        if one.dtype == np.float64:
            assert one.view(np.uint64).tolist() == other.view(np.uint64).tolist(), name
        else:
            assert one.tolist() == other.tolist(), name


def test_an_empty_partition_is_a_frame_with_all_columns() -> None:
    law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
    frame = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
    none, some = (law.apply(frame.head(rows), on="2025-10-17") for rows in (0, 2))
    assert list(none.columns) == list(some.columns)
    assert none.dtypes.astype(str).tolist() == some.dtypes.astype(str).tolist()

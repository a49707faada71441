"""What the sample does with tables, through a real Spark session: what is written is what is read back, and overwriting replaces."""

import importlib
import sys

NAME = "spark_catalog.line.predictions"
COLUMNS = {"patient_id": "BIGINT", "p_champion": "DOUBLE", "challenger_version": "STRING"}
FIRST = [(1, 0.1 + 0.2, "1"), (9_007_199_254_740_993, None, None)]
SECOND = [(2, -1e-300, "it's `quoted`")]


def tried(folder: str) -> dict:
    """What of it held, in the session that is active; `folder` has the sample's modules."""
    sys.path.insert(0, folder)
    connection = importlib.import_module("tables").connect()
    connection.create_schema("spark_catalog.line")
    connection.create_schema("spark_catalog.line")
    connection.overwrite(NAME, COLUMNS, FIRST)
    first = sorted(connection.read(NAME, COLUMNS))
    # Other columns than before: a later version of a job may write more of them.
    wider = {**COLUMNS, "sex": "STRING"}
    connection.overwrite(NAME, wider, [(*row, "code_1") for row in SECOND])
    return {
        "through": type(connection).__name__,
        "first": first == FIRST,
        "second": connection.read(NAME, COLUMNS) == SECOND,
        "wider": connection.read(NAME, wider) == [(*SECOND[0], "code_1")],
    }

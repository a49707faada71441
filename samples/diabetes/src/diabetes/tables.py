"""Tables in Unity Catalog. The only module that knows where it runs.

Where a Spark runtime is, it uses the Spark session. Elsewhere it sends statements to a SQL warehouse
(`DATABRICKS_WAREHOUSE_ID`) through the Databricks SDK, with every value bound as a parameter.
"""

import os
import time
from collections.abc import Sequence
from importlib.util import find_spec

# The API allows more in one statement; short statements keep a failed one readable.
MOST_PARAMETERS = 200
# Between two looks at a statement that takes longer than the request that sent it.
PAUSE_SECONDS = 2.0

Row = Sequence[object]
# Column name to type (STRING, BIGINT, DOUBLE), in order.
Columns = dict[str, str]

FROM_TEXT = {"STRING": str, "BIGINT": int, "DOUBLE": float}


def quoted(name: str) -> str:
    """A dotted name with each part in backticks, such as `main`.`diabetes`.`predictions`."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in name.split("."))


def connect() -> "SparkTables | WarehouseTables":
    """Tables through Spark where there is a Spark runtime, else through a SQL warehouse."""
    if "DATABRICKS_RUNTIME_VERSION" in os.environ or find_spec("pyspark") is not None:
        from pyspark.sql import SparkSession

        return SparkTables(SparkSession.getActiveSession() or SparkSession.builder.getOrCreate())
    from databricks.sdk import WorkspaceClient

    return WarehouseTables(WorkspaceClient(), os.environ["DATABRICKS_WAREHOUSE_ID"])


class SparkTables:
    """Tables through a Spark session."""

    def __init__(self, spark):
        self.spark = spark

    def create_schema(self, name: str) -> None:
        self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}")

    def overwrite(self, name: str, columns: Columns, rows: Sequence[Row]) -> None:
        schema = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        frame = self.spark.createDataFrame([tuple(row) for row in rows], schema)
        frame.write.mode("overwrite").option("overwriteSchema", "true").saveAsTable(quoted(name))

    def read(self, name: str, columns: Columns) -> list[tuple]:
        return [tuple(row) for row in self.spark.table(quoted(name)).select(*columns).collect()]


class WarehouseTables:
    """Tables through the statement API of a SQL warehouse."""

    def __init__(self, client, warehouse: str):
        self.client = client
        self.warehouse = warehouse

    def create_schema(self, name: str) -> None:
        self._run(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}")

    def overwrite(self, name: str, columns: Columns, rows: Sequence[Row]) -> None:
        described = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        self._run(f"CREATE OR REPLACE TABLE {quoted(name)} ({described})")
        kinds = list(columns.values())
        size = MOST_PARAMETERS // len(columns)
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            values = ", ".join(
                "(" + ", ".join(f":r{row}c{column}" for column in range(len(columns))) + ")"
                for row in range(len(chunk))
            )
            bound = [
                (f"r{number}c{column}", kinds[column], value)
                for number, row in enumerate(chunk)
                for column, value in enumerate(row)
            ]
            self._run(f"INSERT INTO {quoted(name)} VALUES {values}", bound)

    def read(self, name: str, columns: Columns) -> list[tuple]:
        selected = ", ".join(quoted(column) for column in columns)
        answer = self._run(f"SELECT {selected} FROM {quoted(name)}")
        convert = [FROM_TEXT[kind] for kind in columns.values()]
        rows = []
        chunk = answer.result
        while chunk is not None:
            rows += chunk.data_array or []
            following = chunk.next_chunk_index
            chunk = (
                None
                if following is None
                else self.client.statement_execution.get_statement_result_chunk_n(answer.statement_id, following)
            )
        return [
            tuple(None if value is None else to(value) for to, value in zip(convert, row, strict=True)) for row in rows
        ]

    def _run(self, statement: str, parameters: Sequence[tuple[str, str, object]] = ()):
        from databricks.sdk.service.sql import StatementParameterListItem, StatementState

        api = self.client.statement_execution
        answer = api.execute_statement(
            statement=statement,
            warehouse_id=self.warehouse,
            wait_timeout="50s",
            parameters=[
                # No value at all means NULL. `repr` of a float gives the shortest text that reads back as the same number.
                StatementParameterListItem(
                    name=name,
                    type=kind,
                    value=None if value is None else repr(float(value)) if kind == "DOUBLE" else str(value),
                )
                for name, kind, value in parameters
            ],
        )
        while answer.status.state in (StatementState.PENDING, StatementState.RUNNING):
            time.sleep(PAUSE_SECONDS)
            answer = api.get_statement(answer.statement_id)
        if answer.status.state != StatementState.SUCCEEDED:
            reason = answer.status.error.message if answer.status.error else answer.status.state.value
            raise RuntimeError(f"The statement {statement[:80]!r} failed: {reason}")
        return answer

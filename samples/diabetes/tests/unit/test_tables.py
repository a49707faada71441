from types import SimpleNamespace

import pytest
from databricks.sdk.service.sql import StatementState

from tables import MOST_PARAMETERS, PAUSE_SECONDS, WarehouseTables, quoted


class Statements:
    """Records the statements and answers each with the next of the given states, then SUCCEEDED."""

    def __init__(self, states=(), data=None):
        self.states = list(states)
        self.data = data
        self.sent = []

    def execute_statement(self, statement, warehouse_id, wait_timeout, parameters):
        self.sent.append((statement, parameters))
        return self.get_statement("one")

    def get_statement(self, statement_id):
        state = self.states.pop(0) if self.states else StatementState.SUCCEEDED
        result = None if self.data is None else SimpleNamespace(data_array=self.data, next_chunk_index=1)
        error = SimpleNamespace(message="no such table") if state == StatementState.FAILED else None
        return SimpleNamespace(
            statement_id=statement_id, status=SimpleNamespace(state=state, error=error), result=result
        )

    def get_statement_result_chunk_n(self, statement_id, chunk):
        return SimpleNamespace(data_array=[["9", None, "last"]], next_chunk_index=None)


def tables(statements):
    return WarehouseTables(SimpleNamespace(statement_execution=statements), "warehouse")


def test_names_are_quoted_part_by_part():
    assert quoted("main.a`b.c") == "`main`.`a``b`.`c`"


def test_rows_go_in_statements_of_bounded_size_and_no_value_is_in_the_text():
    statements = Statements()
    tables(statements).overwrite("c.s.t", {"id": "BIGINT", "note": "STRING"}, [(n, "secret") for n in range(250)])
    created, *inserts = statements.sent
    assert created[0] == "CREATE OR REPLACE TABLE `c`.`s`.`t` (`id` BIGINT, `note` STRING)"
    assert [len(parameters) for _, parameters in inserts] == [MOST_PARAMETERS, MOST_PARAMETERS, 100]
    assert all("secret" not in text for text, _ in inserts)
    assert inserts[0][0].startswith("INSERT INTO `c`.`s`.`t` VALUES (:r0c0, :r0c1), (:r1c0, :r1c1)")


def test_null_has_no_value_and_numbers_survive():
    statements = Statements()
    tables(statements).overwrite("c.s.t", {"a": "DOUBLE", "b": "STRING"}, [(0.1 + 0.2, None)])
    first, second = statements.sent[1][1]
    assert (first.name, first.type, float(first.value)) == ("r0c0", "DOUBLE", 0.1 + 0.2)
    assert (second.name, second.type, second.value) == ("r0c1", "STRING", None)


def test_it_reads_every_chunk_and_converts():
    rows = tables(Statements(data=[["1", "0.5", None]])).read("c.s.t", {"a": "BIGINT", "b": "DOUBLE", "c": "STRING"})
    assert rows == [(1, 0.5, None), (9, None, "last")]


def test_it_waits_for_a_slow_statement_and_reports_a_failed_one(monkeypatch):
    pauses = []
    monkeypatch.setattr("tables.time.sleep", pauses.append)
    tables(Statements([StatementState.PENDING, StatementState.RUNNING])).create_schema("c.s")
    assert pauses == [PAUSE_SECONDS, PAUSE_SECONDS]
    with pytest.raises(RuntimeError, match="no such table"):
        tables(Statements([StatementState.FAILED])).create_schema("c.s")

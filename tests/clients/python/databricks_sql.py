"""Statements, results, warehouses and their errors by the Databricks SDK for Python. Prints one JSON object: what each case saw."""

import csv
import io
import json
import sys
import urllib.request
from datetime import timedelta

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import sql

TIMEOUT = timedelta(minutes=2)
TABLE = "dev.line.numbers"


def refusal(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except DatabricksError as failure:
        return [type(failure).__name__, failure.error_code]
    return None


class Statements:
    def __init__(self, client, warehouse):
        self.api = client.statement_execution
        self.warehouse = warehouse

    def run(self, statement, **more):
        return self.api.execute_statement(statement=statement, warehouse_id=self.warehouse, **{"wait_timeout": "50s", **more})

    def rows(self, statement, **more):
        answer = self.run(statement, **more)
        if answer.status.state is not sql.StatementState.SUCCEEDED:
            raise RuntimeError(f"{statement}: {answer.status.error.message}")
        return (answer.result.data_array if answer.result else None) or []

    def state(self, statement_id):
        return self.api.get_statement(statement_id).status.state.value

    def ended(self, statement_id):
        while True:
            answer = self.api.get_statement(statement_id)
            if answer.status.state.value not in ("PENDING", "RUNNING"):
                return answer


def parameter(name, value, kind=None):
    return sql.StatementParameterListItem(name=name, value=value, type=kind)


def prepare(statements):
    statements.rows("CREATE SCHEMA dev.line")
    statements.rows(f"CREATE TABLE {TABLE} (n BIGINT, t STRING) COMMENT 'numbers'")
    statements.rows("CREATE TABLE dev.line.digits (d BIGINT)")
    statements.rows("INSERT INTO dev.line.digits VALUES " + ", ".join(f"({d})" for d in range(10)))
    digits = ", ".join(f"dev.line.digits AS {name}" for name in "abcd")
    return statements.rows(
        f"INSERT INTO {TABLE} SELECT a.d * 1000 + b.d * 100 + c.d * 10 + d.d, concat('row ', CAST(a.d AS STRING)) FROM {digits}"
    )


def inline(statements):
    answer = statements.run(f"SELECT n, t FROM {TABLE} WHERE n < 2 ORDER BY n")
    return {
        "state": answer.status.state.value,
        "columns": [[column.name, column.type_name.value, column.type_text, column.position] for column in answer.manifest.schema.columns],
        "rows": answer.result.data_array,
        "counts": [answer.manifest.total_row_count, answer.manifest.total_chunk_count, answer.manifest.truncated],
        "format": answer.manifest.format.value,
    }


def chunks(statements):
    answer = statements.run(f"SELECT n FROM {TABLE} ORDER BY n")
    rows, chunk, indexes = [], answer.result, []
    while chunk is not None:
        rows += [int(n) for (n,) in chunk.data_array]
        indexes.append(chunk.chunk_index)
        following = chunk.next_chunk_index
        chunk = None if following is None else statements.api.get_statement_result_chunk_n(answer.statement_id, following)
    return {
        "rows": rows == list(range(10_000)),
        "indexes": indexes,
        "manifest": [[one.chunk_index, one.row_offset, one.row_count] for one in answer.manifest.chunks],
        "beyond": refusal(statements.api.get_statement_result_chunk_n, answer.statement_id, 99),
    }


def links(statements, form):
    answer = statements.run(
        f"SELECT n, t FROM {TABLE} ORDER BY n", disposition=sql.Disposition.EXTERNAL_LINKS, format=form
    )
    texts, chunk = [], answer.result
    while chunk is not None:
        (link,) = chunk.external_links
        with urllib.request.urlopen(link.external_link) as body:
            texts.append(body.read().decode())
        following = link.next_chunk_index
        chunk = None if following is None else statements.api.get_statement_result_chunk_n(answer.statement_id, following)
    if form is sql.Format.CSV:
        header, *rows = [row for text in texts for row in csv.reader(io.StringIO(text))]
    else:
        header, rows = None, [row for text in texts for row in json.loads(text)]
    return {
        "header": header,
        "rows": [int(n) for n, _ in rows] == list(range(10_000)),
        "last": rows[-1],
        "bytes": sum(len(text.encode()) for text in texts) == answer.manifest.total_byte_count,
        "format": answer.manifest.format.value,
    }


def limits(statements):
    by_rows = statements.run(f"SELECT n FROM {TABLE}", row_limit=3)
    by_bytes = statements.run(f"SELECT t FROM {TABLE}", byte_limit=1000)
    return {
        "rows": [by_rows.manifest.total_row_count, by_rows.manifest.truncated],
        "bytes": [0 < by_bytes.manifest.total_row_count < 1000, by_bytes.manifest.truncated],
    }


def parameters(statements):
    given = [
        parameter("s", "it's"),
        parameter("i", "-5", "INT"),
        parameter("l", "9007199254740993", "BIGINT"),
        parameter("d", "0.1", "DOUBLE"),
        parameter("b", "true", "BOOLEAN"),
        parameter("day", "2026-01-31", "DATE"),
        parameter("at", "2026-01-31T10:00:00+02:00", "TIMESTAMP"),
        parameter("dec", "1.005", "DECIMAL(5,2)"),
        parameter("none", None, "INT"),
    ]
    return statements.rows("SELECT :s, :i, :l, :d, :b, :day, :at, :dec, :none", parameters=given)


def failures(statements):
    found = {}
    for name, statement in {
        "missing": "SELECT * FROM dev.line.nope",
        "syntax": "SELECT FROM WHERE",
        "column": f"SELECT nope FROM {TABLE}",
        "division": "SELECT 1 / 0",
        "cast": "SELECT CAST('x' AS INT)",
        "unbound": "SELECT :x",
        "exists": f"CREATE TABLE {TABLE} (n INT)",
    }.items():
        status = statements.run(statement).status
        found[name] = [status.state.value, status.error.error_code.value, status.error.message.split("]")[0][1:], status.sql_state]
    return found


def waiting(statements, endless):
    asynchronous = statements.run("SELECT 1", wait_timeout="0s")
    canceled = statements.run(endless, wait_timeout="5s", on_wait_timeout=sql.ExecuteStatementRequestOnWaitTimeout.CANCEL)
    going = statements.run(endless, wait_timeout="0s")
    state = statements.state(going.statement_id)
    statements.api.cancel_execution(going.statement_id)
    return {
        "asynchronous": statements.ended(asynchronous.statement_id).result.data_array,
        "canceled": canceled.status.state.value,
        "going": state,
        "ended": statements.ended(going.statement_id).status.state.value,
        "again": statements.api.cancel_execution(asynchronous.statement_id) is None and statements.state(asynchronous.statement_id),
    }


def refused(client, statements):
    api = statements.api
    return {
        "warehouse": refusal(api.execute_statement, statement="SELECT 1", warehouse_id="0123456789abcdef"),
        "wait": refusal(statements.run, "SELECT 1", wait_timeout="3s"),
        "arrow": refusal(statements.run, "SELECT 1", disposition=sql.Disposition.EXTERNAL_LINKS, format=sql.Format.ARROW_STREAM),
        "csv": refusal(statements.run, "SELECT 1", format=sql.Format.CSV),
        "statement": refusal(api.get_statement, "01ef0000-0000-0000-0000-000000000000"),
        "cancel": refusal(api.cancel_execution, "01ef0000-0000-0000-0000-000000000000"),
        "table": refusal(client.tables.get, "dev.line.nope"),
        "found": refusal(client.warehouses.get, "0123456789abcdef"),
    }


def changes(statements):
    merge = f"""MERGE INTO {TABLE} AS t USING (SELECT n, t FROM {TABLE} WHERE n < 2) AS s ON t.n = s.n
        WHEN MATCHED AND s.n = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET t = 'one' WHEN NOT MATCHED THEN INSERT *"""
    return {
        "merge": statements.rows(merge),
        "update": statements.rows(f"UPDATE {TABLE} SET t = 'last' WHERE n = 9999"),
        "delete": statements.rows(f"DELETE FROM {TABLE} WHERE n > 1 AND n < 9999"),
        "rows": statements.rows(f"SELECT n, t FROM {TABLE} ORDER BY n"),
        "before": statements.rows(f"SELECT count(*) FROM {TABLE} VERSION AS OF 1"),
        "identifier": statements.rows("SELECT count(*) FROM IDENTIFIER(:t)", parameters=[parameter("t", TABLE)]),
        "history": [[row[0], row[4]] for row in statements.rows(f"DESCRIBE HISTORY {TABLE}")],
    }


def append_only(statements):
    statements.rows(f"ALTER TABLE {TABLE} SET TBLPROPERTIES (delta.appendOnly = true)")
    status = statements.run(f"DELETE FROM {TABLE} WHERE n = 1").status
    statements.rows(f"INSERT INTO {TABLE} VALUES (5, NULL)")
    return [status.state.value, status.error.message.split("]")[0][1:], statements.rows(f"SELECT count(*) FROM {TABLE}")]


def described(client, statements):
    table = client.tables.get(TABLE)
    return {
        "table": [table.full_name, table.comment, [[column.name, column.type_name.value] for column in table.columns]],
        "listed": [one.name for one in client.tables.list("dev", "line")],
        "describe": statements.rows(f"DESCRIBE {TABLE}"),
        "properties": statements.rows(f"SHOW TBLPROPERTIES {TABLE} ('delta.appendOnly')"),
    }


def warehouses(client, statements):
    api = client.warehouses
    stopped = api.stop(statements.warehouse).result(timeout=TIMEOUT)
    started = api.start(statements.warehouse).result(timeout=TIMEOUT)
    api.stop_and_wait(statements.warehouse, timeout=TIMEOUT)
    woken = statements.run("SELECT 1", wait_timeout="0s")
    return {
        "listed": [[one.id == statements.warehouse, one.name] for one in api.list()],
        "states": [stopped.state.value, started.state.value, started.health.status.value],
        "woken": [woken.status.state.value, statements.ended(woken.statement_id).status.state.value, api.get(statements.warehouse).state.value],
    }


def permissions(client, statements):
    api = client.warehouses
    changed = api.update_permissions(
        statements.warehouse,
        access_control_list=[
            sql.WarehouseAccessControlRequest(group_name="ml", permission_level=sql.WarehousePermissionLevel.CAN_USE)
        ],
    )
    levels = api.get_permission_levels(statements.warehouse).permission_levels
    return {
        "ml": [one.all_permissions[0].permission_level.value for one in changed.access_control_list if one.group_name == "ml"],
        "levels": sorted(level.permission_level.value for level in levels),
    }


def queries(client):
    made = client.queries.create(query=sql.CreateQueryRequestQuery(display_name="count", query_text="SELECT 1"))
    changed = client.queries.update(made.id, "display_name", query=sql.UpdateQueryRequestQuery(display_name="counted"))
    listed = [query.display_name for query in client.queries.list()]
    client.queries.delete(made.id)
    return [client.queries.get(made.id).lifecycle_state.value, changed.display_name, changed.query_text, listed, list(client.queries.list())]


def main() -> None:
    client = WorkspaceClient()
    statements = Statements(client, next(iter(client.warehouses.list())).id)
    endless = sys.argv[1]
    seen = {
        "prepare": prepare(statements),
        "inline": inline(statements),
        "chunks": chunks(statements),
        "json_links": links(statements, sql.Format.JSON_ARRAY),
        "csv_links": links(statements, sql.Format.CSV),
        "limits": limits(statements),
        "parameters": parameters(statements),
        "failures": failures(statements),
        "waiting": waiting(statements, endless),
        "refused": refused(client, statements),
        "changes": changes(statements),
        "append_only": append_only(statements),
        "described": described(client, statements),
        "warehouses": warehouses(client, statements),
        "permissions": permissions(client, statements),
        "queries": queries(client),
    }
    print(json.dumps(seen))


main()

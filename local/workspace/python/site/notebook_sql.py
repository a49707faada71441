"""Cells in SQL: their statements go one by one to the warehouse of the local workspace, with the widgets as named parameters."""

import datetime
import decimal
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request

_PAUSE_SECONDS = 0.2
_MOST_ROWS_SHOWN = 100
# Texts, quoted names and comments hide the signs that are looked for.
_PARTS = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|--[^\n]*|/\*.*?\*/|;|[^'"`;/-]+|.""",
    re.DOTALL,
)
_NAME = r"(?:`[^`]+`|\w+)"
_USE = re.compile(rf"USE\s+(?:(CATALOG|SCHEMA|DATABASE)\s+)?({_NAME})(?:\s*\.\s*({_NAME}))?$", re.IGNORECASE)
_CREATE_WIDGET = re.compile(
    r"CREATE\s+WIDGET\s+(?:TEXT|DROPDOWN|COMBOBOX|MULTISELECT)\s+(`[^`]+`|\w+)\s+DEFAULT\s+('[^']*'|\"[^\"]*\")(?:\s+CHOICES\b.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_REMOVE_WIDGET = re.compile(r"REMOVE\s+WIDGET\s+(`[^`]+`|\w+)$", re.IGNORECASE)


class SqlCellError(Exception):
    """A statement of a cell that failed. Its message begins with notebook and cell, and has Spark's error class."""

    # Messages name the class alone.
    __module__ = "builtins"


class Row(tuple):
    """Values of one row: by position, by name of the column, and as attributes."""

    def __new__(cls, values, columns):
        row = super().__new__(cls, values)
        row._columns = columns
        return row

    def __getitem__(self, key):
        return super().__getitem__(self._columns.index(key) if isinstance(key, str) else key)

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._columns:
            raise AttributeError(name)
        return self[name]

    def asDict(self):
        return dict(zip(self._columns, self))


class SqlResult:
    """What a statement gave; a notebook finds that of its last SQL cell as ``_sqldf``. It has the few functions of a data frame that read."""

    def __init__(self, columns, rows):
        self.columns = columns
        self._rows = [Row(row, columns) for row in rows]

    def collect(self):
        return list(self._rows)

    def first(self):
        return self._rows[0] if self._rows else None

    def count(self):
        return len(self._rows)

    def toPandas(self):
        import pandas

        return pandas.DataFrame([tuple(row) for row in self._rows], columns=self.columns)

    def show(self, n=20, truncate=True):
        print(self._table(n))

    def __iter__(self):
        return iter(self._rows)

    def __len__(self):
        return len(self._rows)

    def __str__(self):
        return self._table(_MOST_ROWS_SHOWN)

    def _table(self, most):
        shown = [["NULL" if value is None else str(value) for value in row] for row in self._rows[:most]]
        widths = [max(map(len, column)) for column in zip(self.columns, *shown)]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in [self.columns, *shown]]
        more = len(self._rows) - len(shown)
        return "\n".join(lines + ([f"… and {more} more rows"] if more > 0 else []))


class Session:
    """The statements of one task: USE holds from one cell to the next."""

    def __init__(self):
        self._place = {}

    def run(self, where, text, widgets):
        """Runs the statements of a cell. @returns what the last one gave, None when it has no columns"""
        result = None
        for statement in statements_of(text):
            result = self._statement(where, statement, widgets)
        return result

    def _statement(self, where, statement, widgets):
        created, removed = _CREATE_WIDGET.match(statement), _REMOVE_WIDGET.match(statement)
        if created is not None:
            widgets.text(created[1].strip("`"), created[2][1:-1])
            return None
        if removed is not None:
            widgets.remove(removed[1].strip("`"))
            return None
        values = widgets.getAll()
        statement = with_widget_texts(where, statement, values)
        place = _place_of(_with_names(statement, values))
        if place is not None:
            # A look at the place: that it is missing is to be told here, not by the statements after it.
            looked = {**self._place, **place}
            inside = "TABLES" if "schema" in place else "SCHEMAS"
            _execute(where, f"SHOW {inside} IN {_quoted(*place.values())}", {}, looked)
            self._place = looked
            return None
        return _execute(where, statement, values, self._place)


def statements_of(text):
    """The statements of a cell, divided by semicolons, without comments around them."""
    statements = [""]
    for part in _PARTS.findall(text):
        if part == ";":
            statements.append("")
        elif part.startswith("--") or part.startswith("/*"):
            statements[-1] += " "
        else:
            statements[-1] += part
    return [statement.strip() for statement in statements if statement.strip()]


def with_widget_texts(where, statement, values):
    """The older ``${name}``: the widget's value becomes part of the statement's text."""

    def value(found):
        if found[1] not in values:
            raise SqlCellError(f"{where} uses ${{{found[1]}}}, and there is no widget or parameter of that name.")
        return values[found[1]]

    return re.sub(r"\$\{([\w.]+)\}", value, statement)


def _with_names(statement, values):
    """``USE CATALOG IDENTIFIER(:catalog)``, which is read here and never sent."""

    def name(found):
        value = values.get(found[1])
        return found[0] if value is None else _quoted(*value.split("."))

    return re.sub(r"IDENTIFIER\s*\(\s*:(\w+)\s*\)$", name, statement, flags=re.IGNORECASE)


def _place_of(statement):
    found = _USE.match(statement)
    if found is None:
        return None
    kind, first, second = (found[1] or "").upper(), found[2].strip("`"), (found[3] or "").strip("`")
    if kind == "CATALOG":
        return {"catalog": first}
    return {"catalog": first, "schema": second} if second else {"schema": first}


def _quoted(*parts):
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def _execute(where, statement, values, place):
    reply = _call(
        "POST",
        "/api/2.0/sql/statements",
        {
            "warehouse_id": os.environ["DATABRICKS_WAREHOUSE_ID"],
            "statement": statement,
            "parameters": [{"name": name, "value": value} for name, value in values.items()],
            "wait_timeout": "50s",
            **place,
        },
        where,
    )
    identity = urllib.parse.quote(reply["statement_id"], safe="")
    while reply["status"]["state"] in ("PENDING", "RUNNING"):
        time.sleep(_PAUSE_SECONDS)
        reply = _call("GET", f"/api/2.0/sql/statements/{identity}", None, where)
    if reply["status"]["state"] != "SUCCEEDED":
        message = reply["status"].get("error", {}).get("message", reply["status"]["state"])
        raise SqlCellError(f"{where}: {message}")
    columns = reply.get("manifest", {}).get("schema", {}).get("columns", [])
    if not columns:
        return None
    rows = []
    chunk = reply.get("result", {})
    while True:
        rows += chunk.get("data_array", [])
        if "next_chunk_index" not in chunk:
            break
        chunk = _call("GET", f"/api/2.0/sql/statements/{identity}/result/chunks/{chunk['next_chunk_index']}", None, where)
    readers = [_READERS.get(column.get("type_name"), str) for column in columns]
    return SqlResult(
        [column["name"] for column in columns],
        [[None if text is None else read(text) for text, read in zip(row, readers)] for row in rows],
    )


def _call(method, path, body, where):
    request = urllib.request.Request(
        os.environ["DATABRICKS_HOST"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode("utf-8"),
        headers={"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise SqlCellError(f"{where}: {json.load(error).get('message', str(error))}") from None


def _timestamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


_READERS = {
    **dict.fromkeys(("BYTE", "SHORT", "INT", "LONG"), int),
    **dict.fromkeys(("FLOAT", "DOUBLE"), float),
    "BOOLEAN": lambda text: text == "true",
    "DECIMAL": decimal.Decimal,
    "DATE": datetime.date.fromisoformat,
    "TIMESTAMP": _timestamp,
}

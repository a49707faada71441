"""Notebooks as files: lines with markers (Python, SQL), or the JSON of Jupyter. Reads them into cells and runs nothing."""

import json
import re
from collections import namedtuple

# Default language, "python" or "sql", and the cells in order, numbered from 1.
Notebook = namedtuple("Notebook", "language cells")
# `text` is what the editor shows: with the magic, without the comment signs of the source form.
Cell = namedtuple("Cell", "number text")

_COMMENTS = {"python": "#", "sql": "--"}
_MAGIC = re.compile(r"\s*(%%?[A-Za-z][\w-]*)")


class NotNotebook(ValueError):
    """A file that is no notebook, or one in a language that is not run here."""


def read_notebook(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read().replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0].rstrip()
    for language, comment in _COMMENTS.items():
        if first == f"{comment} Databricks notebook source":
            return Notebook(language, _source_cells(text.split("\n")[1:], comment))
    if text.lstrip().startswith("{"):
        return _jupyter_notebook(text)
    raise NotNotebook(
        "it does not begin with the line '# Databricks notebook source' (Python) or '-- Databricks notebook source' (SQL), "
        "and is no Jupyter notebook"
    )


def magic_of(text):
    """The magic that a cell begins with, such as ``%md``, and what follows it; (None, text) for a cell without one."""
    found = _MAGIC.match(text)
    return (None, text) if found is None else (found[1], text[found.end() :])


def _source_cells(lines, comment):
    divider = f"{comment} COMMAND ----------"
    cells = [[]]
    for line in lines:
        if line.rstrip() == divider:
            cells.append([])
        else:
            cells[-1].append(line)
    return [Cell(number, _source_text(cell, comment)) for number, cell in enumerate(cells, 1)]


def _source_text(lines, comment):
    lines = _trimmed(lines)
    if lines and re.match(rf"{comment} DBTITLE [01],", lines[0]):
        lines = lines[1:]
    magic = re.compile(rf"{comment} MAGIC(?:[ \t](.*))?$")
    body = []
    for line in lines:
        found = magic.match(line)
        body.append(line if found is None else found[1] or "")
    return "\n".join(_trimmed(body))


def _jupyter_notebook(text):
    try:
        notebook = json.loads(text)
        metadata = notebook.get("metadata", {})
        language = (
            metadata.get("application/vnd.databricks.v1+notebook", {}).get("language")
            or metadata.get("language_info", {}).get("name")
            or metadata.get("kernelspec", {}).get("language")
            or "python"
        ).lower()
        cells = [_jupyter_text(cell) for cell in notebook["cells"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotNotebook("it is not JSON with a list of cells, as Jupyter writes it (nbformat 4)") from None
    language = "python" if language in ("python3", "ipython") else language
    if language not in _COMMENTS:
        raise NotNotebook(f"it is written in {language}, and the local workspace runs Python and SQL")
    return Notebook(language, [Cell(number, text) for number, text in enumerate(cells, 1)])


def _jupyter_text(cell):
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    text = "\n".join(_trimmed(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
    is_text = cell["cell_type"] != "code" and not re.match(r"\s*%md(?:-sandbox)?(?:\s|$)", text)
    return f"%md\n{text}".rstrip("\n") if is_text else text


def _trimmed(lines):
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []

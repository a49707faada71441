"""Runs the cells of a notebook in one namespace, as a cluster would."""

import ast
import importlib.metadata
import linecache
import os
import re
import shlex

import dbutils
import notebook_sql
from notebook_source import NotNotebook, magic_of, read_notebook

EXTENSIONS = (".py", ".sql", ".ipynb")
# Cells whose text is for readers.
_TEXT = {"%md", "%md-sandbox"}
# What only concerns a notebook that somebody looks at; skipping it changes no result.
_FOR_EDITORS = {"%matplotlib", "%config", "%load_ext", "%autoreload", "%restart_python"}
# Magics of one line, with Python around them.
_LINES = {"%pip", "%cd", "%time"}
_LINE_MAGIC = re.compile(r"%(\w[\w-]*)")


class NotebookCellError(Exception):
    """A cell that the local workspace cannot run. Its message names notebook, cell and what to do."""

    # Messages name the class alone.
    __module__ = "builtins"


class NotebookRunner:
    """Runs notebooks of one task.

    files_root: folder of all workspace files; root: the folder that the notebook's relative names stay in, that of the workspace files or a
    checkout of a Git repository; warehouse_only: only cells in SQL may run, as on a SQL warehouse.
    """

    def __init__(self, module, files_root, root, warehouse_only=False):
        self.module = module
        self.files_root = files_root
        self.root = root
        self.warehouse_only = warehouse_only
        self.session = notebook_sql.Session()
        self._under_way = []

    def run(self, path):
        name = shown_name(path, self.root, self.files_root)
        if path in self._under_way:
            raise NotebookCellError(f"The notebook {name} runs itself by %run.")
        try:
            notebook = read_notebook(path)
        except NotNotebook as error:
            raise NotebookCellError(f"{name} is no notebook: {error}.") from None
        self._under_way.append(path)
        for cell in notebook.cells:
            self._cell(path, f"{name}, cell {cell.number}", notebook.language, cell.text)
        self._under_way.pop()

    def _cell(self, path, where, language, text):
        magic, rest = magic_of(text)
        if magic in _TEXT or not text.strip():
            return
        if magic == "%run":
            self._include(path, where, rest)
        elif magic == "%sql" or (magic is None and language == "sql"):
            self._sql(where, rest)
        elif magic is None or magic == "%python":
            self._python(where, rest)
        elif magic in ("%%time", "%%capture"):
            self._python(where, "\n" + rest.partition("\n")[2])
        elif magic in _LINES or magic in _FOR_EDITORS:
            self._python(where, text)
        else:
            raise _unknown_magic(where, magic)

    def _python(self, where, text):
        if self.warehouse_only:
            raise NotebookCellError(
                f"{where} is not SQL. A notebook that runs on a SQL warehouse (warehouse_id of the task) may have only SQL: take "
                "warehouse_id away, or the cell."
            )
        source = text if _compiles(text) else _without_line_magics(where, text, self.files_root)
        # Errors quote the lines of the cell from here; there is no file with them.
        linecache.cache[where] = (len(source), None, [line + "\n" for line in source.split("\n")], where)
        exec(compile(source, where, "exec"), self.module.__dict__)

    def _sql(self, where, text):
        result = self.session.run(where, text, dbutils.widgets)
        if result is not None:
            self.module._sqldf = result
            print(result)

    def _include(self, path, where, rest):
        words = _words(where, rest)
        if not words:
            raise NotebookCellError(f"{where}: %run names no notebook.")
        for argument in words[1:]:
            found = re.fullmatch(r"\$(\w+)=(.*)", argument, re.DOTALL)
            if found is None:
                raise NotebookCellError(f"{where}: %run takes a notebook and parameters as $name=\"value\", not {argument!r}.")
            dbutils.widgets.text(found[1], found[2])
        self.run(notebook_file(words[0], path, self.root, self.files_root, f"{where}: %run {words[0]}"))


def notebook_file(target, beside, root, files_root, what):
    """Where a notebook is that another one names: relative to that one, or absolute in the workspace."""
    if target.startswith("/"):
        base = files_root
        target = target[len("/Workspace") :] if target.startswith("/Workspace/") else target
        found = os.path.normpath(base + target)
    else:
        base = root
        found = os.path.normpath(os.path.join(os.path.dirname(beside), target))
    if os.path.commonpath([found, base]) != base:
        raise NotebookCellError(f"{what} leaves the {'workspace files' if base == files_root else 'Git repository'}.")
    for candidate in (found, *(found + extension for extension in EXTENSIONS)):
        if os.path.isfile(candidate):
            return candidate
    raise NotebookCellError(f"{what} names a notebook that does not exist.")


def shown_name(path, root, files_root):
    """A notebook as its owner names it: an absolute path in the workspace, a relative one in a Git repository."""
    relative = os.path.relpath(path, root)
    return "/" + relative if root == files_root else re.sub(r"\.(?:py|sql|ipynb)$", "", relative)


def _words(where, text):
    try:
        return shlex.split(text)
    except ValueError as error:
        raise NotebookCellError(f"{where}: {error}.") from None


def _compiles(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _without_line_magics(where, text, files_root):
    """The same lines with what stands between the lines of Python taken out, so that numbers of lines stay."""
    lines = []
    for line in text.split("\n"):
        found = _LINE_MAGIC.match(line)
        if found is None:
            if line.startswith("!"):
                raise NotebookCellError(f"{where}: the local workspace runs no shell commands of notebooks ({line.strip()}); use subprocess.")
            lines.append(line)
            continue
        magic = "%" + found[1]
        if magic == "%pip":
            _require_installed(where, line)
        elif magic == "%time":
            lines.append(line[found.end() :].strip())
            continue
        elif magic == "%cd":
            lines.append(f"__import__('notebook_runner').change_folder({line[found.end():].strip()!r}, {files_root!r}, globals())")
            continue
        elif magic not in _FOR_EDITORS:
            raise _unknown_magic(where, magic)
        lines.append("")
    return "\n".join(lines)


def change_folder(target, files_root, names):
    """``%cd``, with ``$name`` and ``{name}`` as variables of the notebook; paths of the workspace lie below its files here."""
    target = re.sub(r"\$(\w+)|\{(\w+)\}", lambda found: str(names[found[1] or found[2]]), target.strip("\"'"))
    os.chdir(files_root + target[len("/Workspace") :] if target.startswith("/Workspace/") else target)


def _unknown_magic(where, magic):
    name = magic.lstrip("%")
    advice = {
        "sh": "Use subprocess in Python.",
        "fs": "Use Python's own functions on /Volumes/….",
        "scala": "Only Databricks runs Scala.",
        "r": "Only Databricks runs R.",
        "conda": "Use %pip.",
    }.get(name.lower(), "Known are %md, %python, %sql, %run and %pip.")
    return NotebookCellError(f"{where}: the local workspace does not run the notebook magic {magic}. {advice}")


def _require_installed(where, line):
    """``%pip install`` was done before the task began, for all notebooks that it reaches by %run; others have to find what they name."""
    words = line.split()[1:]
    if not words or words[0] != "install":
        return
    for word in words[1:]:
        name = re.match(r"[\"']?([A-Za-z0-9][\w.-]*)(?:[\[<>=!~;\"']|$)", word)
        if name is not None and "/" not in word and not _is_installed(name[1]) and os.environ.get("LOCAL_WORKSPACE_NOTEBOOK_FOLDER"):
            raise NotebookCellError(
                f"{where}: {name[1]} is not installed. Of a notebook that dbutils.notebook.run starts, %pip installs nothing here: name the "
                "package in the task's environment, or in the notebook that starts it."
            )


def _is_installed(name):
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True

"""``dbutils.notebook.run``: another notebook in a process and namespace of its own, within the same task."""

import json
import os
import subprocess
import sys
import tempfile

import dbutils
from notebook_runner import notebook_file, shown_name

_DEEPEST = 20


class NotebookRunFailed(Exception):
    """The other notebook failed or took too long. Its own error is in the message, its trace in the log."""

    # Messages name the class alone.
    __module__ = "builtins"


def run(path, timeout_seconds, arguments):
    task = dbutils.task()
    depth = task.get("depth", 0) + 1
    if depth > _DEEPEST:
        raise NotebookRunFailed(f"dbutils.notebook.run went {_DEEPEST} notebooks deep; {path} was not started.")
    root, files_root = task["notebookRoot"], task["filesRoot"]
    found = notebook_file(path, task["path"], root, files_root, f"dbutils.notebook.run({path!r})")
    folder = tempfile.mkdtemp(prefix="notebook-", dir=dbutils.task_folder())
    order = {
        **task,
        "kind": "notebook",
        "path": found,
        "arguments": [],
        "notebookRoot": files_root if path.startswith("/") else root,
        "widgets": {name: str(value) for name, value in (arguments or {}).items()},
        "depth": depth,
    }
    with open(os.path.join(folder, "task.json"), "w", encoding="utf-8") as file:
        json.dump(order, file)
    name = shown_name(found, order["notebookRoot"], files_root)
    sys.stdout.flush()
    child = subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(__file__), "launch_task.py"), folder],
        cwd=os.path.dirname(found),
        env={**os.environ, "LOCAL_WORKSPACE_NOTEBOOK_FOLDER": folder},
    )
    try:
        status = child.wait(timeout_seconds or None)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        raise NotebookRunFailed(f"The notebook {name} did not end within {timeout_seconds} seconds.") from None
    if status != 0:
        error = _read(folder, "error.json")
        raise NotebookRunFailed(f"The notebook {name} failed. {error['error'] if error else f'Its process ended with {status}.'}")
    ending = _read(folder, "exit.json")
    return ending["result"] if ending else None


def _read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)

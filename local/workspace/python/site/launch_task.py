"""Runs one job task in this process, as a cluster would: script, notebook or wheel entry point.

Usage: launch_task.py FOLDER, where FOLDER/task.json says what to run. Leaves FOLDER/error.json when the code raised, and
FOLDER/exit.json when a notebook ended by dbutils.notebook.exit.
"""

import importlib
import importlib.metadata
import json
import os
import sys
import traceback
import types

import dbutils
from notebook_source import notebook_cells


def main(folder):
    with open(os.path.join(folder, "task.json"), encoding="utf-8") as file:
        task = json.load(file)
    try:
        RUNNERS[task["kind"]](task)
    except dbutils.NotebookExit as ending:
        write_json(folder, "exit.json", {"result": ending.value})
        return 0
    except SystemExit as ending:
        return system_exit(folder, ending)
    except BaseException as error:  # what a task raises is its result, whatever it is
        report(folder, error)
        return 1
    return 0


def run_script(task):
    sys.argv = [task["path"], *task["arguments"]]
    with open(task["path"], encoding="utf-8") as file:
        source = file.read()
    execute(source, task["path"], main_module(task["path"]))


def run_notebook(task):
    sys.argv = [task["path"]]
    module = main_module(task["path"])
    module.display = print
    run_cells(task["path"], module, task["filesRoot"])


def run_cells(path, module, files_root):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    for kind, text in notebook_cells(source, path):
        if kind == "run":
            run_cells(included_notebook(path, text, files_root), module, files_root)
        else:
            execute(text, path, module)


def included_notebook(path, target, files_root):
    if target.startswith("/"):
        relative = target[len("/Workspace") :] if target.startswith("/Workspace/") else target
        found = os.path.normpath(files_root + relative)
    else:
        found = os.path.normpath(os.path.join(os.path.dirname(path), target))
    if os.path.commonpath([found, files_root]) != files_root:
        raise ValueError(f"%run {target} leaves the workspace files.")
    return found


def run_wheel(task):
    sys.argv = [task["package"], *task["arguments"]]
    sys.path[0] = os.getcwd()
    entry_point(task["package"], task["entryPoint"])()


def entry_point(package, name):
    """The function that the package's metadata names, else the package's own attribute, as the service looks them up."""
    for candidate in importlib.metadata.distribution(package).entry_points:
        if candidate.name == name:
            return candidate.load()
    return getattr(importlib.import_module(package.replace("-", "_")), name)


def main_module(path):
    """A fresh ``__main__``, so that pickling and ``if __name__ == "__main__"`` work as in a script started by itself."""
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = __builtins__
    module.dbutils = dbutils
    sys.modules["__main__"] = module
    sys.path[0] = os.path.dirname(path)
    return module


def execute(source, path, module):
    exec(compile(source, path, "exec"), module.__dict__)


def system_exit(folder, ending):
    if ending.code is None or ending.code == 0:
        return 0
    if not isinstance(ending.code, int):
        print(ending.code, file=sys.stderr)
    report_text(folder, f"SystemExit: {ending.code}", f"SystemExit: {ending.code}\n")
    return ending.code if isinstance(ending.code, int) else 1


def report(folder, error):
    """The traceback from the task's own first line on: the frames of this launcher are nobody's business."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    trace = "".join(traceback.format_exception(type(error), error, frames)) + missing_package(error)
    sys.stdout.flush()
    sys.stderr.write(trace)
    lines = [line for line in "".join(traceback.format_exception_only(type(error), error)).splitlines() if line.strip()]
    report_text(folder, lines[-1] if lines else type(error).__name__, trace)


def missing_package(error):
    """Clusters and serverless environments bring packages along that nothing names; here the task has to name them."""
    if not isinstance(error, ModuleNotFoundError) or error.name is None:
        return ""
    return (
        f"The local workspace installs only what a job names, and this one does not bring {error.name.partition('.')[0]!r}: add its "
        "package to `dependencies` of the task's environment or to `libraries` of the task.\n"
    )


def report_text(folder, error, trace):
    write_json(folder, "error.json", {"error": error, "trace": trace})


def write_json(folder, name, value):
    target = os.path.join(folder, name)
    with open(target + ".part", "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.replace(target + ".part", target)


RUNNERS = {"script": run_script, "notebook": run_notebook, "wheel": run_wheel}

if __name__ == "__main__":
    status = main(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)

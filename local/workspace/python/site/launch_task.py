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
import notebook_display
import notebook_runner
import notebook_sql


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
    module.__dict__.update(notebook_display.FUNCTIONS)
    if task["notebookRoot"] != task["filesRoot"]:
        sys.path.append(task["notebookRoot"])
    runner = notebook_runner.NotebookRunner(
        module, task["filesRoot"], task["notebookRoot"], warehouse_only=task.get("onWarehouse", False)
    )
    runner.run(task["path"])


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
    while frames is not None and frames.tb_frame.f_code.co_filename in OWN_FILES:
        frames = frames.tb_next
    trace = "".join(traceback.format_exception(type(error), error, frames)) + advice(error)
    sys.stdout.flush()
    sys.stderr.write(trace)
    lines = [line for line in "".join(traceback.format_exception_only(type(error), error)).splitlines() if line.strip()]
    report_text(folder, lines[-1] if lines else type(error).__name__, trace)


def advice(error):
    """What the code of a task often takes for granted on Databricks, and does not find here."""
    name = getattr(error, "name", None)
    if isinstance(error, NameError) and name in SPARK_NAMES:
        return (
            f"The local workspace has no Spark, so there is no {name!r}: read and write tables in %sql cells, or by statements to the SQL "
            "warehouse DATABRICKS_WAREHOUSE_ID.\n"
        )
    if isinstance(error, ModuleNotFoundError) and name is not None:
        return (
            f"The local workspace installs only what a job names, and this one does not bring {name.partition('.')[0]!r}: add its "
            "package to `dependencies` of the task's environment or to `libraries` of the task.\n"
        )
    return ""


def report_text(folder, error, trace):
    write_json(folder, "error.json", {"error": error, "trace": trace})


def write_json(folder, name, value):
    target = os.path.join(folder, name)
    with open(target + ".part", "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.replace(target + ".part", target)


# NameError carries its name from Python 3.10 on; before that the trace says it without this advice.
SPARK_NAMES = {"spark", "sc", "sqlContext"}
OWN_FILES = {__file__, notebook_runner.__file__, notebook_sql.__file__}
RUNNERS = {"script": run_script, "notebook": run_notebook, "wheel": run_wheel}

if __name__ == "__main__":
    status = main(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)

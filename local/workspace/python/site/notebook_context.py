"""``dbutils.notebook.entry_point.getDbutils().notebook().getContext()``: no documented interface, but what notebooks ask for their own path.

Which tags the service has besides these, and whether a notebook of a Git source gives a path as here, is [U].
"""

import json
import os

import dbutils
from notebook_runner import shown_name


class _Option:
    """A value as Scala hands it on."""

    def __init__(self, value):
        self._value = value

    def get(self):
        return self._value

    def getOrElse(self, _default):
        return self._value

    def isDefined(self):
        return True


class _Tags:
    def __init__(self, values):
        self._values = values

    def apply(self, name):
        return self._values[name]

    def get(self, name):
        return _Option(self._values[name])


class Context:
    def notebookPath(self):
        task = dbutils.task()
        return _Option(shown_name(task["path"], task["notebookRoot"], task["filesRoot"]))

    def apiUrl(self):
        return _Option(os.environ["DATABRICKS_HOST"])

    def apiToken(self):
        return _Option(os.environ["DATABRICKS_TOKEN"])

    def tags(self):
        return _Tags(self._tags())

    def toJson(self):
        return json.dumps({"tags": self._tags(), "extraContext": {"notebook_path": self.notebookPath().get()}})

    def _tags(self):
        run = json.loads(os.environ["MLFLOW_RUN_CONTEXT"])
        return {
            "jobId": run["mlflow.databricks.jobID"],
            "runId": run["mlflow.databricks.jobRunID"],
            "orgId": run["mlflow.databricks.workspaceID"],
        }


class EntryPoint:
    """The way there: ``entry_point.getDbutils().notebook().getContext()``."""

    def getDbutils(self):
        return self

    def notebook(self):
        return self

    def getContext(self):
        return Context()

"""The part of Databricks' ``dbutils`` that the local workspace has: widgets, task values, exit and run of notebooks, secrets.

Works in the task's process and in processes that it starts; what it needs stands in files beside the task.
"""

import base64
import json
import os
import urllib.error
import urllib.parse
import urllib.request

_MOST_VALUE_BYTES = 48 * 1024


class NotebookExit(BaseException):
    """Ends a notebook with a value. Not an ``Exception``, so that a notebook's own handlers do not catch it."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


class _Widgets:
    def __init__(self):
        self._defaults = {}

    def text(self, name, defaultValue="", label=None):
        self._defaults[name] = str(defaultValue)

    def dropdown(self, name, defaultValue, choices, label=None):
        self._defaults[name] = str(defaultValue)

    combobox = dropdown
    multiselect = dropdown

    def get(self, name):
        values = self.getAll()
        if name not in values:
            raise ValueError(f"InputWidgetNotDefined: No input widget named {name} is defined")
        return values[name]

    def getArgument(self, name, default=None):
        values = self.getAll()
        return values[name] if name in values or default is None else str(default)

    def getAll(self):
        return {**self._defaults, **task().get("widgets", {})}

    def remove(self, name):
        self._defaults.pop(name, None)

    def removeAll(self):
        self._defaults.clear()


class _TaskValues:
    def set(self, key, value):
        text = json.dumps(value)
        if len(text.encode("utf-8")) > _MOST_VALUE_BYTES:
            raise ValueError(f"The task value {key} is larger than 48 KiB.")
        path = os.path.join(task_folder(), "values.json")
        values = _read(path) if os.path.exists(path) else {}
        values[key] = value
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(values, file)
        os.replace(path + ".part", path)

    def get(self, taskKey, key, default=None, debugValue=None):
        values = task().get("taskValues", {}).get(taskKey, {})
        if key in values:
            return values[key]
        if default is None:
            raise ValueError(f"Task value {key} of task {taskKey} does not exist, and no default was given.")
        return default


class _Jobs:
    taskValues = _TaskValues()


class _Notebook:
    def exit(self, value=""):
        raise NotebookExit(str(value))

    def run(self, path, timeout_seconds=0, arguments=None):
        """The other notebook's exit value; None when it gave none, which is [U] for the service."""
        import notebook_child

        return notebook_child.run(path, timeout_seconds, arguments)

    def getContext(self):
        return self.entry_point.getContext()

    @property
    def entry_point(self):
        import notebook_context

        return notebook_context.EntryPoint()


class _Secrets:
    def get(self, scope, key):
        query = urllib.parse.urlencode({"scope": scope, "key": key})
        request = urllib.request.Request(
            f"{os.environ['DATABRICKS_HOST']}/api/2.0/secrets/get?{query}",
            headers={"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}"},
        )
        try:
            with urllib.request.urlopen(request) as reply:
                return base64.b64decode(json.load(reply)["value"]).decode("utf-8")
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error).get("message", str(error))) from None

    def getBytes(self, scope, key):
        return self.get(scope, key).encode("utf-8")


class _Library:
    def restartPython(self):
        """Nothing to do: what ``%pip`` names is installed before the notebook starts."""


def task_folder():
    """Of the task, also in notebooks that it runs by ``dbutils.notebook.run``: their task values are the task's."""
    return os.environ["LOCAL_WORKSPACE_TASK_FOLDER"]


def task():
    """What the task, or the notebook that it runs by ``dbutils.notebook.run``, was started with."""
    folder = os.environ.get("LOCAL_WORKSPACE_NOTEBOOK_FOLDER") or task_folder()
    return _read(os.path.join(folder, "task.json"))


def _read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


widgets = _Widgets()
jobs = _Jobs()
notebook = _Notebook()
secrets = _Secrets()
library = _Library()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"The local workspace has no dbutils.{name}.")

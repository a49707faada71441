"""What the cases of jobs by the Databricks SDK for Python share: their files, tasks and refusals."""

from datetime import timedelta

from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import jobs, workspace

TIMEOUT = timedelta(minutes=5)
SHOW = "/Shared/client/show.py"
GATE = "/Shared/client/gate.py"
HANGS = "/Shared/client/hangs.py"
FILES = {
    SHOW: "import sys\nprint(*sys.argv[1:])\n",
    GATE: "import sys\nassert sys.argv[1] == 'open'\n",
    HANGS: "import time\ntime.sleep(600)\n",
}


def upload_files(client):
    client.workspace.mkdirs("/Shared/client")
    for path, text in FILES.items():
        client.workspace.upload(path, text.encode(), format=workspace.ImportFormat.RAW, overwrite=True)


def error(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except DatabricksError as failure:
        return [type(failure).__name__, failure.error_code, str(failure)]
    return None


def script(key, file, *parameters, after=(), **more):
    return jobs.Task(
        task_key=key,
        spark_python_task=jobs.SparkPythonTask(python_file=file, parameters=list(parameters)),
        depends_on=[jobs.TaskDependency(task_key=name) for name in after] or None,
        **more,
    )


def latest(run, key):
    return max((task for task in run.tasks if task.task_key == key), key=lambda task: task.attempt_number)

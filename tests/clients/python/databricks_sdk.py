"""Jobs, workspace files, Files API, Unity Catalog models and MLflow by the unmodified Databricks SDK for Python.

Argument: full name of a model that has version 1 with alias `champion`. Prints one JSON object with what was read back.
"""

import io
import json
import sys
from datetime import timedelta

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import catalog, compute, jobs, workspace

PROGRAM = """import sys
print("hello", sys.argv[1])
"""


def error(call, *arguments, **named) -> list[str]:
    try:
        call(*arguments, **named)
    except DatabricksError as failure:
        return [type(failure).__name__, failure.error_code or ""]
    return []


def workspace_files(client: WorkspaceClient) -> dict:
    path = "/Shared/sdk/hello.py"
    client.workspace.mkdirs("/Shared/sdk")
    client.workspace.upload(path, io.BytesIO(PROGRAM.encode()), format=workspace.ImportFormat.AUTO)
    return {
        "same": client.workspace.download(path).read().decode() == PROGRAM,
        "listed": [item.path for item in client.workspace.list("/Shared/sdk")],
        "again": error(client.workspace.upload, path, io.BytesIO(b"x"), format=workspace.ImportFormat.AUTO),
        "missing": error(client.workspace.get_status, "/Shared/sdk/none"),
    }


def run_job(client: WorkspaceClient) -> dict:
    task = jobs.Task(
        task_key="hello",
        spark_python_task=jobs.SparkPythonTask(
            python_file="/Workspace/Shared/sdk/hello.py", parameters=["{{job.parameters.name}}"]
        ),
        environment_key="default",
    )
    job = client.jobs.create(
        name="sdk-hello",
        tasks=[task],
        parameters=[jobs.JobParameterDefinition(name="name", default="nobody")],
        environments=[
            jobs.JobEnvironment(environment_key="default", spec=compute.Environment(environment_version="3"))
        ],
    )
    waiter = client.jobs.run_now(job.job_id, job_parameters={"name": "Ada"}, idempotency_token="once")
    again = client.jobs.run_now(job.job_id, job_parameters={"name": "Ada"}, idempotency_token="once")
    run = waiter.result(timeout=timedelta(minutes=5))
    output = client.jobs.get_run_output(run.tasks[0].run_id)
    return {
        "listed": [one.settings.name for one in client.jobs.list(name="sdk-hello")],
        "got": client.jobs.get(job.job_id).settings.tasks[0].task_key,
        "sameRun": again.run_id == run.run_id,
        "state": run.state.result_state.value,
        "logs": output.logs.strip(),
        "runs": [one.run_id == run.run_id for one in client.jobs.list_runs(job_id=job.job_id)],
        "missing": error(client.jobs.get, 1)[:1],
    }


def volume_files(client: WorkspaceClient) -> dict:
    client.schemas.create(name="sdk", catalog_name="dev")
    client.volumes.create("dev", "sdk", "files", catalog.VolumeType.MANAGED)
    path = "/Volumes/dev/sdk/files/deep/one two.txt"
    client.files.upload(path, io.BytesIO(b"content"))
    return {
        "content": client.files.download(path).contents.read().decode(),
        "size": client.files.get_metadata(path).content_length,
        "listed": [entry.name for entry in client.files.list_directory_contents("/Volumes/dev/sdk/files/deep")],
        "again": error(client.files.upload, path, io.BytesIO(b"x"), overwrite=False)[:1],
        "missing": error(client.files.get_metadata, "/Volumes/dev/sdk/files/none")[:1],
        "volumes": [one.full_name for one in client.volumes.list("dev", "sdk")],
    }


def models(client: WorkspaceClient, name: str) -> dict:
    catalog_name, schema_name, _ = name.split(".")
    champion = client.model_versions.get_by_alias(name, "champion", include_aliases=True)
    client.registered_models.set_alias(name, "previous_champion", champion.version)
    aliases = client.registered_models.get(name, include_aliases=True).aliases
    client.registered_models.delete_alias(name, "previous_champion")
    client.model_versions.update(name, champion.version, comment="by the SDK")
    return {
        "status": champion.status.value,
        "aliases": sorted([alias.alias_name, alias.version_num] for alias in aliases),
        "left": error(client.model_versions.get_by_alias, name, "previous_champion")[:1],
        "comment": client.model_versions.get(name, champion.version).comment,
        "versions": [one.version for one in client.model_versions.list(name)],
        "models": [
            one.full_name for one in client.registered_models.list(catalog_name=catalog_name, schema_name=schema_name)
        ],
        "catalogs": [one.name for one in client.catalogs.list()],
        "missing": error(client.registered_models.get, f"{name}_none"),
    }


def tracking(client: WorkspaceClient) -> dict:
    experiment = client.experiments.create_experiment("/Shared/sdk-experiment").experiment_id
    run = client.experiments.create_run(experiment_id=experiment, run_name="sdk").run.info.run_id
    client.experiments.log_metric(key="rmse", value=1.5, timestamp=1, run_id=run)
    client.experiments.set_tag("mlflow.databricks.jobRunID", "12", run_id=run)
    found = client.experiments.search_runs(
        experiment_ids=[experiment], filter="tags.\"mlflow.databricks.jobRunID\" = '12' AND metrics.rmse > 1"
    )
    return {
        "name": client.experiments.get_by_name("/Shared/sdk-experiment").experiment.name,
        "found": [one.info.run_id == run for one in found],
        "history": [one.value for one in client.experiments.get_history("rmse", run_id=run)],
        "missing": error(client.experiments.get_run, "0" * 32)[:1],
    }


def main() -> None:
    client = WorkspaceClient()
    print(
        json.dumps(
            {
                "me": client.current_user.me().active,
                "workspaceFiles": workspace_files(client),
                "job": run_job(client),
                "files": volume_files(client),
                "models": models(client, sys.argv[1]),
                "tracking": tracking(client),
            }
        )
    )


main()

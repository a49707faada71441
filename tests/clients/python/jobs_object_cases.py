"""Lists, permissions, settings, exports and pipelines by the Databricks SDK for Python: each case returns what it saw."""

from databricks.sdk.service import compute, iam, jobs, pipelines, workspace

from jobs_scene import SHOW, TIMEOUT, error, script


def pages(client, seeded_job):
    names = [job.settings.name for job in client.jobs.list(limit=100) if job.settings.name.startswith("seeded ")]
    runs = list(client.jobs.list_runs(job_id=seeded_job, limit=25))
    ends = [run.end_time for run in runs]
    recent = list(client.jobs.list_runs(job_id=seeded_job, start_time_from=runs[9].start_time, completed_only=True))
    wide = next(client.jobs.list(name="WIDE"))
    run = next(client.jobs.list_runs(job_id=wide.job_id))
    return {
        "jobs": [len(names), len(set(names))],
        "runs": [len(runs), len({run.run_id for run in runs})],
        "ordered": ends == sorted(ends, reverse=True),
        "recent": len(recent),
        "tasks": len(client.jobs.get_run(run.run_id).tasks),
        "settings": len(client.jobs.get(wide.job_id).settings.tasks),
        "expanded": len(next(client.jobs.list_runs(job_id=wide.job_id, expand_tasks=True)).tasks),
    }


def permissions(client):
    job = client.jobs.create(name="permitted", tasks=[script("a", SHOW)])
    object_id = str(job.job_id)
    client.permissions.update(
        "jobs",
        object_id,
        access_control_list=[
            iam.AccessControlRequest(group_name="readers", permission_level=iam.PermissionLevel.CAN_VIEW)
        ],
    )
    shown = client.permissions.get("jobs", object_id)
    levels = client.permissions.get_permission_levels("jobs", object_id).permission_levels
    return {
        "levels": [entry.all_permissions[0].permission_level.value for entry in shown.access_control_list],
        "noOwner": error(client.permissions.set, "jobs", object_id, access_control_list=[]),
        "possible": sorted(level.permission_level.value for level in levels),
        "missing": error(client.permissions.get, "jobs", "5")[:1],
    }


def settings(client):
    job = client.jobs.create(
        name="scheduled",
        schedule=jobs.CronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="Europe/Zurich"),
        tags={"team": "ml"},
        environments=[jobs.JobEnvironment(environment_key="e", spec=compute.Environment(environment_version="2"))],
        tasks=[script("a", SHOW, environment_key="e")],
    )
    client.jobs.update(
        job.job_id,
        new_settings=jobs.JobSettings(tasks=[script("b", SHOW)], trigger=None, max_concurrent_runs=3),
        fields_to_remove=["tags"],
    )
    shown = client.jobs.get(job.job_id).settings
    client.jobs.delete(job.job_id)
    return {
        "schedule": [shown.schedule.timezone_id, shown.schedule.pause_status.value],
        "tasks": [task.task_key for task in shown.tasks],
        "tags": shown.tags,
        "concurrent": shown.max_concurrent_runs,
        "gone": error(client.jobs.get, job.job_id)[:1],
        "wrong": error(client.jobs.create, name="x", tasks=[jobs.Task(task_key="no type")])[:2],
    }


def export(client):
    client.workspace.upload(
        "/Shared/client/nb.py",
        b"# Databricks notebook source\ndbutils.notebook.exit('a<b')\n",
        format=workspace.ImportFormat.AUTO,
        overwrite=True,
    )
    run = client.jobs.submit_and_wait(
        run_name="export",
        tasks=[
            jobs.SubmitTask(task_key="nb", notebook_task=jobs.NotebookTask(notebook_path="/Shared/client/nb")),
        ],
        timeout=TIMEOUT,
    )
    view = client.jobs.export_run(run.tasks[0].run_id, views_to_export=jobs.ViewsToExport.CODE).views[0]
    client.jobs.delete_run(run.run_id)
    return {
        "result": "a&lt;b" in view.content,
        "view": [view.name, view.type.value],
        "gone": error(client.jobs.get_run, run.run_id)[:1],
    }


def pipeline(client):
    client.workspace.upload(
        "/Shared/client/etl.sql",
        b"CREATE OR REFRESH MATERIALIZED VIEW made AS SELECT 40 + 2 AS answer",
        format=workspace.ImportFormat.RAW,
        overwrite=True,
    )
    made = client.pipelines.create(
        name="client",
        catalog="main",
        schema="default",
        libraries=[pipelines.PipelineLibrary(file=pipelines.FileLibrary(path="/Shared/client/etl.sql"))],
    )
    job = client.jobs.create(
        name="by task",
        tasks=[jobs.Task(task_key="etl", pipeline_task=jobs.PipelineTask(pipeline_id=made.pipeline_id))],
    )
    run = client.jobs.run_now_and_wait(job.job_id, timeout=TIMEOUT)
    updates = client.pipelines.list_updates(made.pipeline_id).updates
    idle = client.pipelines.wait_get_pipeline_idle(made.pipeline_id)
    return {
        "run": run.state.result_state.value,
        "updates": [[update.state.value, update.cause.value] for update in updates],
        "state": idle.state.value,
        "events": len(list(client.pipelines.list_pipeline_events(made.pipeline_id, max_results=2))),
        "listed": [one.name for one in client.pipelines.list_pipelines(filter="name LIKE 'cli%'")],
        "missing": error(client.pipelines.get, "none")[:1],
    }

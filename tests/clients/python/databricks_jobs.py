"""Jobs, runs, repairs and pipelines by the Databricks SDK for Python. Prints one JSON object: what each case saw."""

import json
import sys
from datetime import timedelta

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import compute, iam, jobs, pipelines, sql, workspace

TIMEOUT = timedelta(minutes=5)


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


def repair(client):
    job = client.jobs.create(
        name="repaired",
        parameters=[jobs.JobParameterDefinition(name="gate", default="shut")],
        tasks=[
            script("first", SHOW, "first"),
            script("gate", GATE, "{{job.parameters.gate}}", after=["first"]),
            script("last", SHOW, "{{job.repair_count}}", after=["gate"]),
        ],
    )
    waiter = client.jobs.run_now(job.job_id)
    failed = waiter.result(timeout=TIMEOUT)
    mended = client.jobs.repair_run(
        failed.run_id, rerun_all_failed_tasks=True, job_parameters={"gate": "open"}
    ).result(timeout=TIMEOUT)
    history = client.jobs.get_run(failed.run_id, include_history=True).repair_history
    again = error(client.jobs.repair_run, failed.run_id, rerun_tasks=["last"])
    second = client.jobs.repair_run_and_wait(
        failed.run_id, rerun_tasks=["last"], latest_repair_id=history[-1].id, timeout=TIMEOUT
    )
    return {
        "failed": failed.state.result_state.value,
        "blocked": latest(failed, "last").state.result_state.value,
        "mended": mended.state.result_state.value,
        "attempts": [[task.task_key, task.attempt_number] for task in mended.tasks],
        "history": [[item.type.value, item.state.result_state.value, len(item.task_run_ids)] for item in history],
        "withoutLatest": again[:2],
        "second": client.jobs.get_run_output(latest(second, "last").run_id).logs.strip(),
        "rounds": len(client.jobs.get_run(failed.run_id, include_history=True).repair_history),
    }


def run_job(client):
    child = client.jobs.create(
        name="child",
        parameters=[jobs.JobParameterDefinition(name="name", default="nobody")],
        tasks=[script("hello", SHOW, "{{job.parameters.name}}")],
    )
    parent = client.jobs.create(
        name="parent",
        tasks=[
            jobs.Task(
                task_key="child",
                run_job_task=jobs.RunJobTask(job_id=child.job_id, job_parameters={"name": "{{job.name}}"}),
            )
        ],
    )
    run = client.jobs.run_now_and_wait(parent.job_id, timeout=TIMEOUT)
    output = client.jobs.get_run_output(run.tasks[0].run_id)
    inner = client.jobs.get_run(output.run_job_output.run_id, include_resolved_values=True)
    return {
        "state": run.state.result_state.value,
        "jobId": run.tasks[0].run_job_task.job_id == child.job_id,
        "trigger": inner.trigger.value,
        "by": inner.trigger_info.run_id == run.tasks[0].run_id,
        "logs": client.jobs.get_run_output(inner.tasks[0].run_id).logs.strip(),
        "resolved": inner.tasks[0].resolved_values.spark_python_task.parameters,
    }


def for_each(client):
    warehouse = next(client.warehouses.list()).id
    query = client.queries.create(query=sql.CreateQueryRequestQuery(display_name="one", query_text="SELECT :x AS x"))
    nested = jobs.Task(
        task_key="one",
        sql_task=jobs.SqlTask(
            warehouse_id=warehouse,
            query=jobs.SqlTaskQuery(query_id=query.id),
            parameters={"x": "{{input.n}}"},
        ),
    )
    job = client.jobs.create(
        name="iterations",
        tasks=[
            jobs.Task(
                task_key="each",
                for_each_task=jobs.ForEachTask(
                    inputs=json.dumps([{"n": number} for number in range(230)]), task=nested, concurrency=20
                ),
            )
        ],
    )
    run = client.jobs.run_now_and_wait(job.job_id, timeout=TIMEOUT)
    task = client.jobs.get_run(run.tasks[0].run_id)
    stats = task.tasks[0].for_each_task.stats.task_run_stats
    one = task.iterations[7]
    return {
        "state": run.state.result_state.value,
        "iterations": len(task.iterations),
        "distinct": len({iteration.run_id for iteration in task.iterations}),
        "stats": [stats.total_iterations, stats.succeeded_iterations, stats.failed_iterations],
        "query": client.jobs.get_run_output(one.run_id).sql_output.query_output.query_text,
        "resolved": client.jobs.get_run(one.run_id, include_resolved_values=True)
        .tasks[0]
        .resolved_values.sql_task.parameters,
    }


def control(client):
    job = client.jobs.create(
        name="control",
        tasks=[
            jobs.Task(
                task_key="if",
                condition_task=jobs.ConditionTask(op=jobs.ConditionTaskOp.GREATER_THAN, left="{{job.run_id}}", right="7"),
            ),
            jobs.Task(
                task_key="no",
                depends_on=[jobs.TaskDependency(task_key="if", outcome="false")],
                spark_python_task=jobs.SparkPythonTask(python_file=SHOW),
            ),
            script("fails", GATE, "shut", max_retries=1),
            script("cleans", SHOW, "clean", after=["fails"], run_if=jobs.RunIf.AT_LEAST_ONE_FAILED),
        ],
    )
    run = client.jobs.run_now_and_wait(job.job_id, timeout=TIMEOUT)
    return {
        "states": {task.task_key: task.state.result_state.value for task in run.tasks},
        "outcome": latest(run, "if").condition_task.outcome,
        "tries": sum(task.task_key == "fails" for task in run.tasks),
        "run": run.state.result_state.value,
        "status": run.status.termination_details.code.value,
        "only": [
            task.task_key
            for task in client.jobs.run_now_and_wait(job.job_id, only=["fails+"], timeout=TIMEOUT).tasks
            if task.attempt_number == 0
        ],
    }


def queue(client):
    job = client.jobs.create(
        name="queued", tasks=[script("hangs", HANGS)], queue=jobs.QueueSettings(enabled=True), max_concurrent_runs=1
    )
    first = client.jobs.run_now(job.job_id)
    second = client.jobs.run_now(job.job_id)
    waiting = client.jobs.get_run(second.run_id)
    active = [run.run_id for run in client.jobs.list_runs(job_id=job.job_id, active_only=True)]
    client.jobs.cancel_all_runs(job_id=job.job_id)
    ended = [waiter.result(timeout=TIMEOUT).state.result_state.value for waiter in (first, second)]
    return {
        "waiting": waiting.status.state.value,
        "why": waiting.status.queue_details.code.value,
        "active": active == [second.run_id, first.run_id],
        "ended": ended,
        "left": len(list(client.jobs.list_runs(job_id=job.job_id, active_only=True))),
    }


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


SHOW = "/Shared/client/show.py"
GATE = "/Shared/client/gate.py"
HANGS = "/Shared/client/hangs.py"
FILES = {
    SHOW: "import sys\nprint(*sys.argv[1:])\n",
    GATE: "import sys\nassert sys.argv[1] == 'open'\n",
    HANGS: "import time\ntime.sleep(600)\n",
}


def main():
    client = WorkspaceClient()
    client.workspace.mkdirs("/Shared/client")
    for path, text in FILES.items():
        client.workspace.upload(path, text.encode(), format=workspace.ImportFormat.RAW, overwrite=True)
    seeded_job = int(sys.argv[1])
    cases = [repair, run_job, for_each, control, queue, permissions, settings, export, pipeline]
    seen = {case.__name__: case(client) for case in cases}
    print(json.dumps({**seen, "pages": pages(client, seeded_job)}))


main()

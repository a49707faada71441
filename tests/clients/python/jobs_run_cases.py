"""Runs, repairs and tasks by the Databricks SDK for Python: each case returns what it saw."""

import json
import os

from databricks.sdk.errors import OperationFailed
from databricks.sdk.service import jobs, sql

from jobs_scene import GATE, HANGS, SHOW, TIMEOUT, error, latest, script


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


def git_source(client):
    source = jobs.GitSource(
        git_url=os.environ["GIT_SOURCE_URL"], git_provider=jobs.GitProvider.AZURE_DEV_OPS_SERVICES, git_branch="main"
    )
    task = jobs.SubmitTask(
        task_key="nb",
        notebook_task=jobs.NotebookTask(notebook_path="notebooks/hello", base_parameters={"name": "git"}),
    )
    run = client.jobs.submit_and_wait(run_name="git", git_source=source, tasks=[task], timeout=TIMEOUT)
    missing = jobs.GitSource(git_url=source.git_url, git_provider=source.git_provider, git_tag="none")
    refused = client.jobs.submit(run_name="git", git_source=missing, tasks=[task]).run_id
    try:
        client.jobs.wait_get_run_job_terminated_or_skipped(refused, timeout=TIMEOUT)
        failed = None
    except OperationFailed as failure:
        failed = str(failure)
    return {
        "result": client.jobs.get_run_output(run.tasks[0].run_id).notebook_output.result,
        "provider": run.git_source.git_provider.value,
        "commit": run.git_source.git_snapshot.used_commit,
        "source": run.tasks[0].notebook_task.source.value,
        "refused": failed,
    }

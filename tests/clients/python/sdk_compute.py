"""What runs: the waiters of jobs, pipelines with their events, and serving endpoints, by the Databricks SDK for Python."""

import os
from datetime import timedelta

from databricks.sdk.service import jobs, pipelines, serving, workspace

from client_cases import case
from sdk_errors import error, told

TIMEOUT = timedelta(minutes=3)
ETL = "/Shared/operations/etl.sql"


def submit(client, name, text, **more):
    """A one-time run of this program."""
    path = f"/Shared/operations/{name}.py"
    client.workspace.mkdirs("/Shared/operations")
    client.workspace.upload(path, text.encode(), format=workspace.ImportFormat.RAW, overwrite=True)
    task = jobs.SubmitTask(task_key=name, spark_python_task=jobs.SparkPythonTask(python_file=path))
    return client.jobs.submit(run_name=name, tasks=[task], **more)


@case
def waits_for_a_run_and_is_told_of_its_states(client):
    states = set()
    run = submit(client, "waits", "import time\ntime.sleep(0.5)\nprint('done')\n").result(
        timeout=TIMEOUT, callback=lambda seen: states.add(seen.state.life_cycle_state.value)
    )
    logs = client.jobs.get_run_output(run.tasks[0].run_id).logs.strip()
    return [run.state.result_state.value, states != set(), states <= {"PENDING", "RUNNING", "TERMINATING"}, logs]


@case
def waits_for_a_run_by_its_id(client):
    waiter = submit(client, "by_id", "print(1)\n")
    return client.jobs.wait_get_run_job_terminated_or_skipped(waiter.run_id, timeout=TIMEOUT).state.result_state.value


@case
def gives_up_waiting_in_time(client):
    waiter = submit(client, "slow", "import time\ntime.sleep(600)\n")
    try:
        waiter.result(timeout=timedelta(seconds=1))
    except TimeoutError as failure:
        ended = client.jobs.cancel_run_and_wait(waiter.run_id, timeout=TIMEOUT)
        return ["timed out" in str(failure), ended.state.result_state.value]
    return []


@case
def sees_why_a_run_failed(client):
    run = submit(client, "fails", "raise ValueError('no rows')\n").result(timeout=TIMEOUT)
    output = client.jobs.get_run_output(run.tasks[0].run_id)
    return [run.state.result_state.value, "no rows" in output.error, "Traceback" in output.error_trace]


@case
def submits_once_by_idempotency_token(client):
    first = submit(client, "once", "print(1)\n", idempotency_token="one")
    second = submit(client, "once", "print(1)\n", idempotency_token="one")
    return [first.run_id == second.run_id, first.result(timeout=TIMEOUT).state.result_state.value]


@case
def updates_a_pipeline_and_reads_its_events(client):
    client.workspace.upload(
        ETL,
        b"CREATE OR REFRESH MATERIALIZED VIEW answers AS SELECT 40 + 2 AS answer",
        format=workspace.ImportFormat.RAW,
        overwrite=True,
    )
    made = client.pipelines.create(
        name="operations",
        catalog="dev",
        schema="default",
        libraries=[pipelines.PipelineLibrary(file=pipelines.FileLibrary(path=ETL))],
    ).pipeline_id
    started = client.pipelines.start_update(made, full_refresh=True).update_id
    client.pipelines.wait_get_pipeline_idle(made, timeout=TIMEOUT)
    update = client.pipelines.get_update(made, started).update
    events = list(client.pipelines.list_pipeline_events(made, order_by=["timestamp asc"], max_results=2))
    pages = {event.event_type for event in events}
    return [update.state.value, update.cause.value, sorted(pages), client.tables.get("dev.default.answers").name]


@case
def sees_why_a_pipeline_failed(client):
    client.workspace.upload(
        ETL.replace("etl", "bad"),
        b"CREATE OR REFRESH MATERIALIZED VIEW bad AS SELECT * FROM dev.default.no_such_table",
        format=workspace.ImportFormat.RAW,
        overwrite=True,
    )
    library = pipelines.PipelineLibrary(file=pipelines.FileLibrary(path=ETL.replace("etl", "bad")))
    made = client.pipelines.create(name="bad", catalog="dev", schema="default", libraries=[library]).pipeline_id
    started = client.pipelines.start_update(made).update_id
    failed = error(client.pipelines.wait_get_pipeline_idle, made, timeout=TIMEOUT)
    state = client.pipelines.get_update(made, started).update.state.value
    errors = list(client.pipelines.list_pipeline_events(made, filter="level='ERROR'"))
    return [failed, state, any("no_such_table" in str(event.as_dict()) for event in errors)]


@case
def edits_stops_and_deletes_a_pipeline(client):
    made = client.pipelines.create(name="edited", catalog="dev", schema="default").pipeline_id
    twice = error(client.pipelines.create, name="edited", catalog="dev", schema="default")
    client.pipelines.update(made, name="renamed", catalog="dev", schema="default")
    client.pipelines.stop_and_wait(made, timeout=TIMEOUT)
    name = client.pipelines.get(made).name
    client.pipelines.delete(made)
    return [twice, name, error(client.pipelines.get, made)]


@case
def lists_pipelines_in_pages(client):
    for number in range(7):
        client.pipelines.create(name=f"paged-{number}", catalog="dev", schema="default")
    found = client.pipelines.list_pipelines(filter="name LIKE 'paged-%'", max_results=3)
    return sorted(pipeline.name for pipeline in found)


def register_constant(client):
    """Version 1 of `dev.default.served`, whose answer is 7 for every row."""
    import mlflow
    import pandas
    from mlflow.models import infer_signature
    from sklearn.dummy import DummyRegressor

    os.environ["MLFLOW_ENABLE_UC_NATIVE_MODEL_REGISTRY"] = "false"
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    mlflow.set_experiment("/Shared/served")
    rows = pandas.DataFrame({"x": [1.0, 2.0]})
    with mlflow.start_run():
        mlflow.sklearn.log_model(
            DummyRegressor(strategy="constant", constant=7.0).fit(rows, [1.0, 2.0]),
            name="model",
            signature=infer_signature(rows, pandas.Series([7.0, 7.0])),
            pip_requirements=os.environ["SERVED_REQUIREMENTS"],
            registered_model_name="dev.default.served",
        )


def entity(**more):
    return serving.ServedEntityInput(
        entity_name="dev.default.served",
        entity_version="1",
        name="served-1",
        workload_size="Small",
        scale_to_zero_enabled=True,
        **more,
    )


@case
def creates_an_endpoint_and_waits_until_it_serves(client):
    register_constant(client)
    made = client.serving_endpoints.create_and_wait(
        name="operations",
        config=serving.EndpointCoreConfigInput(name="operations", served_entities=[entity()]),
        timeout=TIMEOUT,
    )
    return [made.state.ready.value, made.state.config_update.value, made.config.served_entities[0].name]


@case
def queries_an_endpoint_in_every_form(client):
    query = client.serving_endpoints.query
    split = serving.DataframeSplitInput(columns=["x"], data=[[1.0], [2.0]])
    return [
        query("operations", dataframe_records=[{"x": 1.0}]).predictions,
        query("operations", dataframe_split=split).predictions,
        query("operations", inputs={"x": [3.0]}).predictions,
        query("operations", instances=[{"x": 1.0}, {"x": 2.0}, {"x": 3.0}]).predictions,
    ]


@case
def sees_why_a_query_is_refused(client):
    return [
        error(client.serving_endpoints.query, "operations", dataframe_records=[{"y": "text"}])[0],
        "x" in told(client.serving_endpoints.query, "operations", dataframe_records=[{"y": "text"}]),
        error(client.serving_endpoints.query, "none", dataframe_records=[{"x": 1.0}])[0],
    ]


@case
def updates_the_configuration_of_an_endpoint(client):
    updated = client.serving_endpoints.update_config_and_wait(
        name="operations", served_entities=[entity(environment_vars={"A": "1"})], timeout=TIMEOUT
    )
    return [updated.config.config_version, updated.config.served_entities[0].environment_vars]


@case
def refuses_endpoints_of_what_is_not_there(client):
    missing = serving.ServedEntityInput(
        entity_name="dev.default.served", entity_version="99", workload_size="Small", scale_to_zero_enabled=True
    )
    config = serving.EndpointCoreConfigInput(name="missing", served_entities=[missing])
    return [
        error(client.serving_endpoints.create, name="missing", config=config)[0],
        error(
            client.serving_endpoints.create,
            name="operations",
            config=serving.EndpointCoreConfigInput(name="operations", served_entities=[entity()]),
        ),
        error(client.serving_endpoints.get, "missing")[0],
    ]


@case
def changes_permissions_of_an_endpoint(client):
    endpoints = client.serving_endpoints
    made = endpoints.get("operations")
    reader = serving.ServingEndpointAccessControlRequest(
        group_name="readers", permission_level=serving.ServingEndpointPermissionLevel.CAN_QUERY
    )
    levels = sorted(
        level.permission_level.value for level in endpoints.get_permission_levels(made.id).permission_levels
    )
    endpoints.update_permissions(made.id, access_control_list=[reader])
    shown = endpoints.get_permissions(made.id).access_control_list
    endpoints.set_permissions(made.id, access_control_list=[])
    left = endpoints.get_permissions(made.id).access_control_list
    return [
        levels,
        [entry.all_permissions[0].permission_level.value for entry in shown if entry.group_name == "readers"],
        [entry.group_name for entry in left if entry.group_name == "readers"],
    ]


@case
def deletes_an_endpoint(client):
    client.serving_endpoints.delete("operations")
    left = [endpoint.name for endpoint in client.serving_endpoints.list()]
    return [left, error(client.serving_endpoints.delete, "operations")[0]]

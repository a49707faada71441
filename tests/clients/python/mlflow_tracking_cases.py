"""Cases of MLflow tracking: experiments, runs, metrics, data sets."""

import math
import time

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.protos.service_pb2 import GetMetricHistoryBulkInterval
from mlflow.utils.databricks_utils import get_databricks_host_creds
from mlflow.utils.proto_json_utils import message_to_json
from mlflow.utils.rest_utils import call_endpoint
from sklearn.linear_model import LinearRegression

from client_cases import case
from mlflow_scene import refused


@case("an experiment is made, found by name and by id, and exists once")
def experiment_once(scene):
    identifier = scene.client.create_experiment("/Shared/once", tags={"team": "risk"})
    by_name = scene.client.get_experiment_by_name("/Shared/once")
    assert by_name.experiment_id == identifier and by_name.tags["team"] == "risk"
    assert scene.client.get_experiment(identifier).lifecycle_stage == "active"
    assert scene.client.get_experiment_by_name("/Shared/never") is None
    refused("RESOURCE_ALREADY_EXISTS", scene.client.create_experiment, "/Shared/once")
    refused("RESOURCE_DOES_NOT_EXIST", scene.client.get_experiment, "12345")


@case("an experiment's name is an absolute path")
def experiment_path(scene):
    refused("INVALID_PARAMETER_VALUE", scene.client.create_experiment, "relative")


@case("an experiment is renamed, tagged, deleted and restored")
def experiment_life(scene):
    client = scene.client
    identifier = client.create_experiment("/Shared/life")
    client.rename_experiment(identifier, "/Shared/life2")
    client.set_experiment_tag(identifier, "stage", "dev")
    client.set_experiment_tag(identifier, "gone", "soon")
    client.delete_experiment_tag(identifier, "gone")
    seen = client.get_experiment(identifier)
    assert seen.name == "/Shared/life2" and seen.tags["stage"] == "dev" and "gone" not in seen.tags
    client.delete_experiment(identifier)
    assert client.get_experiment(identifier).lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", client.create_run, identifier)
    client.restore_experiment(identifier)
    assert client.get_experiment(identifier).lifecycle_stage == "active"
    client.create_run(identifier)


@case("a run begins, gets a name and tags, and ends")
def run_life(scene):
    client = scene.client
    run = client.create_run(scene.experiment, start_time=1234, tags={"a": "1"}, run_name="first")
    assert run.info.run_name == "first" and run.info.start_time == 1234 and run.info.status == "RUNNING"
    client.update_run(run.info.run_id, name="second")
    client.set_terminated(run.info.run_id, status="FAILED", end_time=5678)
    seen = client.get_run(run.info.run_id)
    assert (seen.info.run_name, seen.info.status, seen.info.end_time) == ("second", "FAILED", 5678)
    assert seen.data.tags["mlflow.runName"] == "second" and seen.data.tags["a"] == "1"


@case("a run is deleted, refuses writes, is searched as deleted, and restored")
def run_deleted(scene):
    client = scene.client
    run = scene.new_run(tags={"case": "deleted"})
    client.delete_run(run)
    refused("INVALID_PARAMETER_VALUE", client.log_metric, run, "m", 1)
    found = client.search_runs([scene.experiment], "tags.case = 'deleted'", ViewType.DELETED_ONLY)
    assert [one.info.run_id for one in found] == [run]
    assert not client.search_runs([scene.experiment], "tags.case = 'deleted'")
    client.restore_run(run)
    assert len(client.search_runs([scene.experiment], "tags.case = 'deleted'", ViewType.ALL)) == 1
    client.log_metric(run, "m", 1)


@case("a run that does not exist is named as such")
def run_missing(scene):
    assert "0" * 32 in refused("RESOURCE_DOES_NOT_EXIST", scene.client.get_run, "0" * 32)


@case("a parameter is never changed, the same value again is no error")
def params_fixed(scene):
    run = scene.new_run()
    scene.client.log_param(run, "alpha", "0.5")
    scene.client.log_param(run, "alpha", "0.5")
    refused("INVALID_PARAMETER_VALUE", scene.client.log_param, run, "alpha", "0.6")
    assert scene.client.get_run(run).data.params == {"alpha": "0.5"}


@case("tags are set, overwritten and deleted")
def tags(scene):
    run = scene.new_run()
    scene.client.set_tag(run, "who", "ada")
    scene.client.set_tag(run, "who", "grace; Ünï=code / and 'quotes'")
    scene.client.set_tag(run, "gone", "x")
    scene.client.delete_tag(run, "gone")
    seen = scene.client.get_run(run).data.tags
    assert seen["who"] == "grace; Ünï=code / and 'quotes'" and "gone" not in seen
    refused("RESOURCE_DOES_NOT_EXIST", scene.client.delete_tag, run, "gone")


@case("a batch of 1000 metrics, 100 parameters and 100 tags in requests of the client")
def batch(scene):
    run = scene.new_run()
    scene.client.log_batch(
        run,
        metrics=[Metric("loss", 1 / (step + 1), 1000 + step, step) for step in range(1000)],
        params=[Param(f"p{index}", str(index)) for index in range(100)],
        tags=[RunTag(f"t{index}", str(index)) for index in range(100)],
    )
    seen = scene.client.get_run(run)
    assert seen.data.metrics == {"loss": 0.001}
    assert len(seen.data.params) == 100 and len(seen.data.tags) >= 100
    assert [one.step for one in scene.client.get_metric_history(run, "loss")] == list(range(1000))


@case("NaN and the infinities come back as what they are")
def special_numbers(scene):
    run = scene.new_run()
    for step, value in enumerate([math.nan, math.inf, -math.inf, 1e308, -0.1]):
        scene.client.log_metric(run, f"m{step}", value, step=step)
    seen = scene.client.get_run(run).data.metrics
    assert math.isnan(seen["m0"]) and seen["m1"] > 1e300 and seen["m2"] < -1e300
    assert seen["m3"] == 1e308 and seen["m4"] == -0.1


@case("the latest value of a metric is that of the highest step")
def latest(scene):
    run = scene.new_run()
    for step, value in [(5, 1.0), (10, 2.0), (7, 3.0)]:
        scene.client.log_metric(run, "m", value, step=step, timestamp=1000)
    assert scene.client.get_run(run).data.metrics["m"] == 2.0
    assert sorted(one.value for one in scene.client.get_metric_history(run, "m")) == [1.0, 2.0, 3.0]
    assert scene.client.get_metric_history(run, "other") == []


@case("histories of several runs come thinned, with the last step of each, in messages of the client")
def thinned_histories(scene):
    runs = [scene.new_run(), scene.new_run()]
    for run, steps in zip(runs, (500, 300)):
        scene.client.log_batch(run, metrics=[Metric("loss", 1.0, 1000 + step, step) for step in range(steps)])

    def steps_of(**more):
        request = GetMetricHistoryBulkInterval(run_ids=runs, metric_key="loss", **more)
        answer = GetMetricHistoryBulkInterval.Response()
        path = "/api/2.0/mlflow/metrics/get-history-bulk-interval"
        call_endpoint(get_databricks_host_creds(), path, "GET", message_to_json(request), answer)
        return [[one.step for one in answer.metrics if one.run_id == run] for run in runs]

    long, short = steps_of(max_results=10)
    assert 10 <= len(long) <= 11 and long[0] == 0 and long[-1] == 499
    assert set(short) - {299} <= set(long) and short[-1] == 299
    assert steps_of(max_results=50, start_step=100, end_step=120) == [list(range(100, 121))] * 2
    refused("INVALID_PARAMETER_VALUE", steps_of, max_results=50, start_step=100)


@case("a key or a value that is too long is refused")
def too_long(scene):
    run = scene.new_run()
    refused("INVALID_PARAMETER_VALUE", scene.client.log_metric, run, "m" * 251, 1.0)
    refused("INVALID_PARAMETER_VALUE", scene.client.set_tag, run, "k" * 251, "v")


@case("the whole batch is refused with one bad parameter of it")
def batch_refused(scene):
    run = scene.new_run()
    scene.client.log_param(run, "a", "1")
    refused(
        "INVALID_PARAMETER_VALUE",
        scene.client.log_batch,
        run,
        metrics=[Metric("m", 1.0, 1, 0)],
        params=[Param("b", "1"), Param("a", "2")],
    )
    seen = scene.client.get_run(run).data
    assert seen.params == {"a": "1"} and seen.metrics == {}


@case("data sets are logged with their context, twice the same is one")
def datasets(scene):
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
    with mlflow.start_run() as run:
        for _ in range(2):
            mlflow.log_input(mlflow.data.from_pandas(frame, name="points", targets="y"), context="training")
        mlflow.log_input(mlflow.data.from_numpy(np.zeros((2, 2)), name="zeros"), context="eval")
    inputs = scene.client.get_run(run.info.run_id).inputs.dataset_inputs
    assert sorted((one.dataset.name, one.tags[0].value) for one in inputs) == [("points", "training"), ("zeros", "eval")]
    points = next(one.dataset for one in inputs if one.dataset.name == "points")
    assert points.digest and "x" in points.schema and "num_rows" in points.profile
    assert mlflow.data.get_source(points) is not None


@case("a data set by the client's own call is found by name and digest")
def dataset_search(scene):
    run = scene.new_run()
    dataset = Dataset(name="ledger", digest="d1", source_type="local", source="{}")
    scene.client.log_inputs(run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "audit")])])
    for text in ("dataset.name = 'ledger'", "datasets.digest IN ('d1')", "dataset.context LIKE 'aud%'"):
        assert [one.info.run_id for one in scene.client.search_runs([scene.experiment], text)] == [run], text


@case("autolog logs parameters, metrics, data set and model of a fit")
def autolog(scene):
    mlflow.sklearn.autolog(log_models=True, serialization_format="skops")
    try:
        with mlflow.start_run() as run:
            LinearRegression().fit(scene.features, scene.target)
    finally:
        mlflow.sklearn.autolog(disable=True)
    seen = scene.client.get_run(run.info.run_id)
    assert seen.data.params["fit_intercept"] == "True" and seen.data.metrics["training_r2_score"] > 0.4
    assert seen.inputs.dataset_inputs[0].tags[0].value == "train"
    assert seen.outputs.model_outputs[0].model_id.startswith("m-")
    assert {one.path for one in scene.client.list_artifacts(run.info.run_id)} >= {"estimator.html"}


@case("nested runs name their parent")
def nested(scene):
    with mlflow.start_run() as parent, mlflow.start_run(nested=True) as child:
        mlflow.log_metric("m", 1)
    text = f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
    assert [one.info.run_id for one in scene.client.search_runs([scene.experiment], text)] == [child.info.run_id]


@case("metrics logged asynchronously all arrive")
def asynchronous(scene):
    with mlflow.start_run() as run:
        for step in range(50):
            mlflow.log_metric("m", step, step=step, synchronous=False)
        mlflow.flush_async_logging()
    assert len(scene.client.get_metric_history(run.info.run_id, "m")) == 50


@case("a trace that the workspace does not keep does not stop the program")
def trace(scene):
    @mlflow.trace
    def doubled(number):
        return 2 * number

    began = time.monotonic()
    assert doubled(21) == 42
    mlflow.flush_trace_async_logging()
    assert time.monotonic() - began < 20

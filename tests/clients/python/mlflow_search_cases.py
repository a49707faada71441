"""Cases of search: what the workspace finds, beside what MLflow's own search utilities find in the same objects."""

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput, Metric, Param, RunTag
from mlflow.utils.search_utils import SearchExperimentsUtils, SearchLoggedModelsUtils, SearchUtils

from client_cases import case
from mlflow_scene import all_pages, refused

RUN_FILTERS = [
    "",
    "metrics.loss < 5",
    "metrics.loss >= 5 and metrics.loss <= 7",
    "metric.loss != 3",
    "metrics.`deep/loss` = 2",
    'metrics."deep/loss" > 2.5',
    "metrics.broken > 0",
    "metrics.absent = 1",
    "params.optimizer = 'adam'",
    "params.optimizer != 'adam'",
    "param.optimizer LIKE 'a%'",
    "parameters.optimizer ILIKE '%GD'",
    "params.optimizer IS NULL",
    "params.optimizer IS NOT NULL",
    "tags.team = 'risk' AND params.optimizer = 'sgd'",
    "tags.`odd key` = 'it is'",
    "tags.\"odd.key\" LIKE '%50[%]'",
    "tag.team IS NULL",
    "attributes.status = 'FINISHED'",
    "attr.status != 'FINISHED'",
    "run.status LIKE 'F%'",
    "status ILIKE 'finished'",
    "run_name LIKE 'trial_1_'",
    "attributes.`run name` = 'trial_3'",
    "start_time > 1010",
    "attributes.created <= 1004",
    "end_time >= 2005 AND end_time < 2010",
    "dataset.name = 'set1'",
    "datasets.digest = 'd0' AND dataset.context = 'train'",
    "dataset.name LIKE 'set%' AND metrics.loss > 3",
]
RUN_ORDERS = [
    [],
    ["metrics.loss"],
    ["metrics.loss DESC"],
    ["metrics.broken ASC"],
    ["metrics.broken DESC"],
    ["params.optimizer DESC", "metrics.loss ASC"],
    ["tags.team ASC", "attributes.start_time DESC"],
    ["attributes.end_time"],
    ["run_name asc"],
    ["metrics.`deep/loss` DESC", "status"],
]


def trials(scene):
    """Twenty runs in an experiment of their own, made once."""
    if not hasattr(scene, "trials"):
        client = scene.client
        scene.trials = client.create_experiment("/Shared/trials")
        for index in range(20):
            run = client.create_run(scene.trials, start_time=1000 + index % 15, run_name=f"trial_{index}").info.run_id
            metrics = {"loss": float(index % 10), "deep/loss": index / 4}
            if index % 3:
                metrics["broken"] = float("nan") if index % 2 else float(index)
            tags = {"odd key": "it is", "odd.key": f"{index}0[%]"} | ({"team": "risk"} if index % 4 else {})
            params = {"optimizer": ["adam", "sgd", "Adagrad"][index % 3]} if index % 5 else {}
            client.log_batch(
                run,
                [Metric(key, value, 1, 0) for key, value in metrics.items()],
                [Param(key, value) for key, value in params.items()],
                [RunTag(key, value) for key, value in tags.items()],
            )
            dataset = Dataset(name=f"set{index % 3}", digest=f"d{index % 2}", source_type="local", source="{}")
            context = InputTag("mlflow.data.context", "train" if index % 2 else "test")
            client.log_inputs(run, [DatasetInput(dataset, [context])])
            client.set_terminated(run, "FAILED" if index % 7 == 0 else "FINISHED", end_time=2000 + index)
    return scene.trials


def ids(runs):
    return [run.info.run_id for run in runs]


@case("search over runs finds what MLflow's own search finds, in 30 filters")
def run_filters(scene):
    runs = scene.client.search_runs([trials(scene)])
    assert len(runs) == 20
    for text in RUN_FILTERS:
        expected = SearchUtils.sort(SearchUtils.filter(runs, text), [])
        assert ids(scene.client.search_runs([scene.trials], text)) == ids(expected), text


@case("search over runs orders as MLflow's own search does, in 10 orders")
def run_orders(scene):
    runs = scene.client.search_runs([trials(scene)])
    for order in RUN_ORDERS:
        expected = SearchUtils.sort(runs, order)
        assert ids(scene.client.search_runs([scene.trials], order_by=order)) == ids(expected), order


@case("search over runs pages each once, under a filter and an order")
def run_pages(scene):
    runs, pages = all_pages(
        scene.client.search_runs,
        experiment_ids=[trials(scene)],
        filter_string="metrics.loss >= 0",
        order_by=["metrics.loss DESC"],
        max_results=6,
    )
    assert pages == 4 and len(set(ids(runs))) == 20
    assert [run.data.metrics["loss"] for run in runs] == sorted((run.data.metrics["loss"] for run in runs), reverse=True)


@case("search over several experiments, and over none that exists")
def several_experiments(scene):
    found = scene.client.search_runs([trials(scene), scene.experiment])
    assert {run.info.experiment_id for run in found} == {scene.trials, scene.experiment}
    assert len(scene.client.search_runs(["999999"])) == 0


@case("runs are found by a list of ids")
def run_ids(scene):
    some = ids(scene.client.search_runs([trials(scene)], max_results=3))
    listed = ", ".join(f"'{one}'" for one in some)
    assert set(ids(scene.client.search_runs([scene.trials], f"attributes.run_id IN ({listed})"))) == set(some)
    assert len(scene.client.search_runs([scene.trials], f"attributes.run_id NOT IN ({listed})")) == 17


@case("wrong filters are refused with INVALID_PARAMETER_VALUE")
def wrong_filters(scene):
    for text in [
        "metrics.loss",
        "metrics.loss <",
        "metrics.loss < 'a'",
        "metrics.loss LIKE 'a'",
        "params.optimizer > 'a'",
        "params.optimizer = adam",
        "foo.bar = 'a'",
        "attributes.nothing = 'a'",
        "metrics.loss < 1 OR metrics.loss > 2",
        "(metrics.loss < 1)",
        "tags.team = 'a' tags.team = 'b'",
        "dataset.owner = 'a'",
    ]:
        refused("INVALID_PARAMETER_VALUE", scene.client.search_runs, [trials(scene)], text)
    refused("INVALID_PARAMETER_VALUE", scene.client.search_runs, [scene.trials], order_by=["metrics.loss SIDEWAYS"])
    refused("INVALID_PARAMETER_VALUE", scene.client.search_runs, [scene.trials], page_token="bm90IG91cnM=")


@case("runs come as a table of pandas")
def run_table(scene):
    frame = mlflow.search_runs([trials(scene)], "params.optimizer = 'adam'", order_by=["metrics.loss"])
    assert set(frame["params.optimizer"]) == {"adam"} and list(frame["metrics.loss"]) == sorted(frame["metrics.loss"])


@case("experiments are searched by name, tag and time as MLflow does, in pages")
def experiments(scene):
    client = scene.client
    for index in range(7):
        client.create_experiment(f"/Shared/search/e{index}", tags={"parity": "even" if index % 2 == 0 else "odd"})
    everything = client.search_experiments(max_results=1000)
    for text in [
        "name LIKE '/Shared/search/%'",
        "attribute.name ILIKE '/SHARED/search/e_'",
        "tags.parity = 'odd'",
        "tags.parity != 'odd' AND name != '/Shared/search/e0'",
        "tags.`parity` LIKE 'e%'",
        f"creation_time >= {everything[0].creation_time}",
        "name = '/Shared/search/e3'",
    ]:
        expected = {one.experiment_id for one in SearchExperimentsUtils.filter(everything, text)}
        assert {one.experiment_id for one in client.search_experiments(filter_string=text)} == expected, text
    found, pages = all_pages(
        client.search_experiments, filter_string="name LIKE '/Shared/search/%'", order_by=["name DESC"], max_results=3
    )
    assert pages == 3 and [one.name[-2:] for one in found] == ["e6", "e5", "e4", "e3", "e2", "e1", "e0"]
    refused("INVALID_PARAMETER_VALUE", client.search_experiments, filter_string="metrics.x = 1")


def models(scene):
    """Eight logged models in an experiment of their own, made once."""
    if not hasattr(scene, "models"):
        client = scene.client
        scene.models = client.create_experiment("/Shared/models")
        frame = Dataset(name="train", digest="d1", source_type="local", source="{}")
        for index in range(8):
            run = client.create_run(scene.models).info.run_id
            model = client.create_logged_model(
                scene.models,
                name=f"candidate{index}",
                source_run_id=run,
                tags={"team": "risk"} if index % 2 else {},
                params={"depth": str(index)},
                model_type="forest" if index < 4 else "linear",
            )
            dataset = {"dataset_name": frame.name, "dataset_digest": frame.digest} if index % 3 else {}
            client.log_metric(run, "auc", index / 10, model_id=model.model_id, **dataset)
            client.finalize_logged_model(model.model_id, "READY" if index != 5 else "FAILED")
    return scene.models


@case("logged models are searched as MLflow does, by filter and by data set")
def logged_models(scene):
    client = scene.client
    everything = client.search_logged_models([models(scene)])
    assert len(everything) == 8
    datasets = [{"dataset_name": "train", "dataset_digest": "d1"}]
    for text, on in [
        ("metrics.auc > 0.3", None),
        ("metrics.auc > 0.3", datasets),
        (None, datasets),
        ("params.depth = '3'", None),
        ("tags.team LIKE 'r%'", None),
        ("name = 'candidate2'", None),
        ("model_type = 'forest' AND metrics.auc < 0.2", None),
        ("status = 'READY'", None),
        ("creation_timestamp > 0", None),
    ]:
        expected = SearchLoggedModelsUtils.filter_logged_models(everything, text, on)
        if text == "status = 'READY'":
            # The wire knows the long names of states only; the client itself does not translate them in a filter.
            text, expected = "status = 'LOGGED_MODEL_READY'", [one for one in everything if str(one.status) == "READY"]
        found = client.search_logged_models([scene.models], filter_string=text, datasets=on)
        assert {one.model_id for one in found} == {one.model_id for one in expected}, (text, on)


@case("logged models are ordered as MLflow does, and paged")
def logged_model_order(scene):
    client = scene.client
    everything = client.search_logged_models([models(scene)])
    for order in [
        [{"field_name": "metrics.auc", "ascending": False}],
        [{"field_name": "metrics.auc"}],
        [{"field_name": "name", "ascending": False}],
        [{"field_name": "creation_time", "ascending": True}],
    ]:
        expected = [one.name for one in SearchLoggedModelsUtils.sort(everything, order)]
        found, pages = all_pages(
            client.search_logged_models, experiment_ids=[scene.models], order_by=order, max_results=3
        )
        assert [one.name for one in found] == expected and pages == 3, order
    on = [{"field_name": "metrics.auc", "ascending": False, "dataset_name": "train"}]
    best = client.search_logged_models([scene.models], order_by=on, max_results=1)
    assert best[0].name == "candidate7"
    refused("INVALID_PARAMETER_VALUE", client.search_logged_models, [scene.models], filter_string="nothing = 'a'")


@case("a logged model is changed, linked to runs, and deleted")
def logged_model_life(scene):
    client = scene.client
    model = client.create_logged_model(scene.experiment, name="life", tags={"a": "1"})
    assert str(model.status) == "PENDING"
    client.set_logged_model_tags(model.model_id, {"b": "2"})
    client.delete_logged_model_tag(model.model_id, "a")
    client.log_model_params(model.model_id, {"depth": "4"})
    run = scene.new_run()
    client.log_inputs(run, models=[LoggedModelInput(model.model_id)])
    client.log_outputs(run, [LoggedModelOutput(model.model_id, step=3)])
    seen = client.get_logged_model(model.model_id)
    assert seen.tags == {"b": "2"} and seen.params == {"depth": "4"}
    linked = client.get_run(run)
    assert linked.inputs.model_inputs[0].model_id == model.model_id and linked.outputs.model_outputs[0].step == 3
    client.delete_logged_model(model.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, model.model_id)


@case("runs of all experiments are searched at once, deleted experiments left out")
def everywhere(scene):
    client = scene.client
    gone = client.create_experiment("/Shared/gone")
    for experiment in (client.create_experiment("/Shared/here"), gone):
        client.set_tag(client.create_run(experiment).info.run_id, "where", "everywhere")
    client.delete_experiment(gone)
    found = mlflow.search_runs(search_all_experiments=True, filter_string="tags.where = 'everywhere'")
    assert len(found) == 1


@case("a run's parent is found")
def parent(scene):
    with mlflow.start_run() as outer, mlflow.start_run(nested=True) as inner:
        pass
    assert scene.client.get_parent_run(inner.info.run_id).info.run_id == outer.info.run_id
    assert scene.client.get_parent_run(outer.info.run_id) is None

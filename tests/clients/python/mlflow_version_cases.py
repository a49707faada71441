"""Cases of what is done with versions of the registry: register, load, predict, copy."""

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from sklearn.linear_model import Ridge

from client_cases import case
from mlflow_scene import refused


@case("a model is registered by log_model and by its URI")
def registered(scene):
    first = scene.client.get_model_version(scene.model, scene.version)
    assert (first.status, first.run_id, first.model_id) == ("READY", scene.run, scene.logged)
    second = mlflow.register_model(f"models:/{scene.logged}", "dev.default.by_uri", tags={"stage": "new"})
    assert second.version == "1" and second.source == f"models:/{scene.logged}"
    assert scene.client.get_model_version("dev.default.by_uri", "1").tags == {"stage": "new"}


@case("a version is loaded by number and by alias, and predicts")
def load(scene):
    scene.client.set_registered_model_alias(scene.model, "serving", scene.version)
    for uri in (f"models:/{scene.model}/{scene.version}", f"models:/{scene.model}@serving"):
        assert np.allclose(mlflow.pyfunc.load_model(uri).predict(scene.head), scene.predictions), uri
        assert np.allclose(mlflow.sklearn.load_model(uri).predict(scene.head), scene.predictions), uri
    try:
        mlflow.pyfunc.load_model(f"models:/{scene.model}@nobody")
    except MlflowException as error:
        assert error.error_code == "RESOURCE_DOES_NOT_EXIST", error.error_code
    else:
        raise AssertionError("loaded by an alias that is not there")


@case("a model with a wrong frame refuses to predict")
def wrong_frame(scene):
    loaded = mlflow.pyfunc.load_model(f"models:/{scene.model}/{scene.version}")
    try:
        loaded.predict(scene.head.drop(columns="age"))
    except MlflowException as error:
        assert "age" in str(error)
    else:
        raise AssertionError("predicted without a column")


@case("a version is copied to another catalog with its source, run and description, not its aliases")
def copied(scene):
    client, name = scene.client, scene.new_model("copied", versions=1)
    client.update_model_version(name, "1", "from dev")
    client.set_model_version_tag(name, "1", "approval", "approved")
    client.set_registered_model_alias(name, "champion", "1")
    for number in ("1", "2"):
        made = client.copy_model_version(f"models:/{name}/1", "staging.default.copied")
        assert made.version == number and made.source == f"models:/{name}/1"
    seen = client.get_model_version("staging.default.copied", "2")
    assert (seen.description, seen.tags, list(seen.aliases)) == ("from dev", {"approval": "approved"}, [])
    assert seen.model_id == scene.logged
    by_alias = client.copy_model_version(f"models:/{name}@champion", "prod.default.copied")
    loaded = mlflow.pyfunc.load_model(f"models:/prod.default.copied/{by_alias.version}")
    assert np.allclose(loaded.predict(scene.head), scene.predictions)


@case("a copy of a version that does not exist is refused")
def copy_missing(scene):
    # The client wraps the answer in an error of its own and keeps the words.
    message = refused("INTERNAL_ERROR", scene.client.copy_model_version, f"models:/{scene.model}/999", "prod.default.none")
    assert "RESOURCE_DOES_NOT_EXIST" in message and "999" in message


@case("parameters and metrics of the logged model are those of the version")
def version_data(scene):
    with mlflow.start_run() as run:
        info = scene.log_model(Ridge(alpha=3.0).fit(scene.features, scene.target), "measured", params={"alpha": 3.0})
        mlflow.log_metric("rmse", 1.5, model_id=info.model_id)
    version = mlflow.register_model(info.model_uri, "dev.default.measured")
    seen = scene.client.get_model_version("dev.default.measured", version.version)
    assert (seen.model_id, seen.run_id) == (info.model_id, run.info.run_id)
    assert [(one.key, one.value) for one in seen.metrics] == [("rmse", 1.5)]
    assert {one.key: one.value for one in seen.params} == {"alpha": "3.0"}


@case("a model without a signature is not registered")
def no_signature(scene):
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            Ridge().fit(scene.features, scene.target), name="unsigned", serialization_format="skops", pip_requirements=[]
        )
    message = refused("INTERNAL_ERROR", mlflow.register_model, info.model_uri, "dev.default.unsigned")
    assert "signature" in message
    assert list(scene.client.search_model_versions("name='dev.default.unsigned'")) == []


@case("a model is registered by the path of its run")
def by_run(scene):
    version = mlflow.register_model(f"runs:/{scene.run}/scene-model", "dev.default.by_run")
    assert (version.status, version.run_id) == ("READY", scene.run)
    loaded = mlflow.pyfunc.load_model("models:/dev.default.by_run/1")
    assert np.allclose(loaded.predict(scene.head), scene.predictions)

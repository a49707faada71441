"""What the cases of the MLflow client share: their scene, refusals, pages."""

import json
import os
import urllib.request

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

PIP_REQUIREMENTS = ["mlflow-skinny", "scikit-learn", "pandas", "skops"]


def refused(code, call, *args, **kwargs):
    """The error of a call that has to fail with this code."""
    try:
        result = call(*args, **kwargs)
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code} instead of {code}: {error}"
        return str(error)
    raise AssertionError(f"not refused, but answered {result!r}")


def all_pages(search, **kwargs):
    """What a paged search finds, and in how many pages."""
    found, pages, token = [], 0, None
    while True:
        page = search(page_token=token, **kwargs)
        found.extend(page)
        pages += 1
        token = page.token
        if not token:
            return found, pages


class Scene:
    """One experiment, one logged model of it and its registered version 1, made once for all cases."""

    def __init__(self, registry):
        self.client = MlflowClient()
        self.native = registry == "native"
        self.model = "dev.default.cases"
        self.experiment = mlflow.set_experiment("/Shared/cases").experiment_id
        data = load_diabetes(as_frame=True).frame
        self.features, self.target = data.drop(columns="target"), data["target"]
        self.head = self.features.head(3)
        with mlflow.start_run(run_name="scene") as run:
            estimator = Ridge(alpha=0.5).fit(self.features, self.target)
            self.predictions = estimator.predict(self.head)
            info = self.log_model(estimator, "scene-model", registered_model_name=self.model)
        self.run, self.logged = run.info.run_id, info.model_id
        self.version = str(info.registered_model_version)

    def log_model(self, estimator, name, **more):
        return mlflow.sklearn.log_model(
            estimator,
            name=name,
            serialization_format="skops",
            signature=infer_signature(self.features, self.target),
            pip_requirements=PIP_REQUIREMENTS,
            **more,
        )

    def new_run(self, **kwargs):
        return self.client.create_run(self.experiment, **kwargs).info.run_id

    def new_model(self, suffix, versions=0):
        """A registered model with versions from the scene's own logged model."""
        name = f"dev.default.{suffix}"
        self.client.create_registered_model(name)
        for _ in range(versions):
            self.client.create_model_version(name, f"models:/{self.logged}", model_id=self.logged)
        return name

    def control(self, method, path, body=None):
        """The workspace's own control path."""
        request = urllib.request.Request(
            os.environ["DATABRICKS_HOST"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def without(self, *paths):
        """A context in which these paths of the API answer 403, so that the client takes its other way."""
        return Refusal(self, paths)


class Refusal:
    def __init__(self, scene, paths):
        self.scene, self.paths = scene, paths

    def __enter__(self):
        for path in self.paths:
            fault = {"kind": "status", "status": 403, "message": "switched off"}
            self.scene.control("POST", "/local/faults", {"path": path, "fault": fault})
        return self

    def __exit__(self, *_):
        self.scene.control("DELETE", "/local/faults")

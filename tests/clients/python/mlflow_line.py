"""What a training, a scoring and a promotion ask of a workspace, by the unmodified MLflow client.

Arguments: experiment path, full model name. Connection by the client's own environment variables.
Prints one JSON object with what was made and read back.
"""

import json
import sys

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import RestException
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error

PIP_REQUIREMENTS = ["mlflow-skinny", "scikit-learn", "pandas", "skops"]


def train(experiment: str) -> tuple[str, str, list[float]]:
    mlflow.set_experiment(experiment)
    data = load_diabetes(as_frame=True).frame
    features, target = data.drop(columns="target"), data["target"]
    with mlflow.start_run(run_name="ridge", tags={"mlflow.databricks.jobRunID": "4711"}) as run:
        mlflow.log_param("alpha", 0.5)
        mlflow.log_params({"features": features.shape[1], "rows": features.shape[0]})
        mlflow.log_input(
            mlflow.data.from_pandas(data, source="sklearn.load_diabetes", name="diabetes", targets="target"),
            context="training",
        )
        model = Ridge(alpha=0.5).fit(features, target)
        predictions = model.predict(features)
        for step, value in enumerate([3.0, 2.0, float("nan")]):
            mlflow.log_metric("loss", value, step=step)
        mlflow.set_tag("stage", "train")
        mlflow.log_text("hello", "notes/hello.txt")
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            serialization_format="skops",
            signature=infer_signature(features, predictions),
            input_example=features.head(3),
            pip_requirements=PIP_REQUIREMENTS,
        )
        mlflow.log_metrics({"rmse": root_mean_squared_error(target, predictions)}, model_id=info.model_id)
    return run.info.run_id, info.model_id, predictions[:3].tolist()


def register(client: MlflowClient, model_id: str, run_id: str, name: str) -> str:
    version = mlflow.register_model(f"models:/{model_id}", name).version
    client.update_model_version(name, version, description="first")
    client.set_registered_model_tag(name, "purpose", "diabetes")
    client.set_model_version_tag(name, version, "mlops_state", "registered")
    client.set_model_version_tag(name, version, "dropped", "soon")
    client.delete_model_version_tag(name, version, "dropped")
    client.set_registered_model_alias(name, "challenger", version)
    client.set_registered_model_alias(name, "champion", version)
    client.delete_registered_model_alias(name, "challenger")
    return version


def error_code(call, *arguments) -> str:
    try:
        call(*arguments)
    except RestException as error:
        return error.error_code
    return ""


def main() -> None:
    experiment, name = sys.argv[1:3]
    client = MlflowClient()
    run_id, model_id, expected = train(experiment)
    version = register(client, model_id, run_id, name)
    by_alias = client.get_model_version_by_alias(name, "champion")
    features = load_diabetes(as_frame=True).frame.drop(columns="target").head(3)
    predicted = mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(features)
    copied = client.copy_model_version(f"models:/{name}/{version}", name.replace("dev.", "staging.", 1))
    found = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="tags.\"mlflow.databricks.jobRunID\" = '4711' AND metrics.rmse > 0",
        output_format="list",
    )
    run = client.get_run(run_id)
    print(
        json.dumps(
            {
                "runId": run_id,
                "modelId": model_id,
                "version": version,
                "status": by_alias.status,
                "versionRunId": by_alias.run_id,
                "versionModelId": by_alias.model_id,
                "versionSource": by_alias.source,
                "description": by_alias.description,
                "aliases": list(by_alias.aliases),
                "tags": by_alias.tags,
                "modelTags": client.get_registered_model(name).tags,
                "samePredictions": bool(np.allclose(predicted, expected)),
                "runsFound": [one.info.run_id for one in found],
                "params": run.data.params,
                "metrics": sorted(run.data.metrics),
                "lossHistory": [str(one.value) for one in client.get_metric_history(run_id, "loss")],
                "datasets": [one.dataset.name for one in run.inputs.dataset_inputs],
                "outputs": [one.model_id for one in run.outputs.model_outputs],
                "artifacts": [one.path for one in client.list_artifacts(run_id, "notes")],
                "loggedModelMetrics": [one.key for one in client.get_logged_model(model_id).metrics],
                "versionsFound": [one.version for one in client.search_model_versions(f"name = '{name}'")],
                "copy": [copied.name, copied.version, copied.status, copied.source],
                "unknownModel": error_code(client.get_registered_model, f"{name}_unknown"),
                "unknownAlias": error_code(client.get_model_version_by_alias, name, "nobody"),
                "badTag": error_code(client.set_model_version_tag, name, version, "a.b", "c"),
            }
        )
    )


main()

"""Job `diabetes-train`: fits the model that `mlops/training.yml` describes and registers it where it trains."""

import json

import mlflow
from mlflow.models import infer_signature

import models
import parameters
import tables
from features import COLUMNS, TARGET, patients, split


def main() -> None:
    given = parameters.read("catalog", "schema", "environment", "commit", "release", "run_url", "model_name")
    training = models.read_training(models.PROJECT / "mlops" / "training.yml")
    tables.connect().create_schema(f"{given.catalog}.{given.schema}")
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    mlflow.set_experiment(f"/Shared/diabetes-{given.environment}")

    known, held_out = split(patients())
    model = models.fit(training, known)
    figures = models.figures(held_out[TARGET], model.predict(held_out[training.columns]))
    with mlflow.start_run(run_name=f"{training.kind} on {', '.join(training.columns)}") as run:
        mlflow.set_tags({"git_commit": given.commit, "release": given.release, "run_url": given.run_url})
        mlflow.log_params(
            {
                "kind": training.kind,
                "columns": ",".join(training.columns),
                "training_rows": len(known),
                **training.settings,
            }
        )
        mlflow.log_metrics(figures)
        for context, rows in {"training": known, "evaluation": held_out}.items():
            dataset = mlflow.data.from_pandas(rows[COLUMNS + [TARGET]], name=f"diabetes-{context}", targets=TARGET)
            mlflow.log_input(dataset, context=context)
        mlflow.log_artifact(str(models.PROJECT / "model_card.md"))
        inputs = known[training.columns]
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            # Unlike a pickle, this format runs no code of the file when it is loaded.
            serialization_format="skops",
            signature=infer_signature(inputs, model.predict(inputs)),
            input_example=inputs.head(3),
            # The environment of the job itself. Named, because finding it out takes longer than the training.
            pip_requirements=(models.PROJECT / "requirements.txt").read_text(encoding="utf-8").split(),
            registered_model_name=f"{given.catalog}.{given.schema}.{given.model_name}",
        )

    name = f"{given.catalog}.{given.schema}.{given.model_name}"
    version = str(logged.registered_model_version)
    client = mlflow.MlflowClient()
    client.update_model_version(
        name,
        version,
        f"Diabetes progression one year after baseline: {training.kind} on {', '.join(training.columns)}, trained on "
        f"{len(known)} patients at commit {given.commit}; held-out RMSE {figures['rmse']:.1f}, R2 {figures['r2']:.2f}.",
    )
    for key, value in training.tags.items():
        client.set_model_version_tag(name, version, key, value)
    print(f"{name} {version}: RMSE {figures['rmse']:.2f}, MAE {figures['mae']:.2f}, R2 {figures['r2']:.3f}")
    result = {"mlflow_run_id": run.info.run_id, "model_name": name, "model_version": version}
    print(f"mlops-result: {json.dumps(result)}", flush=True)


if __name__ == "__main__":
    main()

"""Two steps of a team that serves a model: `register` with the MLflow client, `serve` with the Databricks SDK. Prints JSON last."""

import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.serving import (
    DataframeSplitInput,
    EndpointCoreConfigInput,
    EndpointTag,
    Route,
    ServedEntityInput,
    TrafficConfig,
)

ROWS = [[1.0, 10.0], [4.0, 2.0]]


def register(model_name):
    import mlflow
    import pandas
    from mlflow.models import infer_signature
    from sklearn.linear_model import LinearRegression

    rows = pandas.DataFrame(ROWS + [[2.0, 5.0]], columns=["rooms", "age"])
    mlflow.set_experiment("/Shared/prices")
    for factor in (100, 200):
        with mlflow.start_run():
            price = factor * rows["rooms"] - rows["age"]
            model = LinearRegression().fit(rows, price)
            mlflow.sklearn.log_model(
                model,
                name="model",
                signature=infer_signature(rows, price),
                pip_requirements=sys.argv[3],
                registered_model_name=model_name,
            )
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(model_name, "champion", "1")
    return sorted(version.version for version in client.search_model_versions(f"name='{model_name}'"))


def serve(model_name):
    workspace = WorkspaceClient()
    endpoints = workspace.serving_endpoints
    before = endpoints.get("price")
    entities = [
        ServedEntityInput(
            entity_name=model_name,
            entity_version=version,
            name=f"price-{version}",
            workload_size="Small",
            scale_to_zero_enabled=False,
        )
        for version in ("1", "2")
    ]
    created = endpoints.create_and_wait(
        name="twin",
        config=EndpointCoreConfigInput(name="twin", served_entities=entities[:1]),
        tags=[EndpointTag(key="team", value="prices")],
    )
    updated = endpoints.update_config_and_wait(
        name="twin",
        served_entities=entities,
        traffic_config=TrafficConfig(
            routes=[
                Route(served_model_name="price-1", traffic_percentage=0),
                Route(served_model_name="price-2", traffic_percentage=100),
            ]
        ),
    )
    answer = endpoints.query("twin", dataframe_split=DataframeSplitInput(columns=["rooms", "age"], data=ROWS))
    tags = endpoints.patch("twin", add_tags=[EndpointTag(key="stage", value="test")], delete_tags=["team"])
    logs = endpoints.build_logs("twin", "price-2").logs
    names = sorted(endpoint.name for endpoint in endpoints.list())
    endpoints.delete("twin")
    return {
        "served": before.config.served_entities[0].entity_version,
        "created": [created.state.ready.value, created.config.config_version],
        "updated": [
            updated.state.config_update.value,
            updated.config.config_version,
            len(updated.config.served_entities),
        ],
        "answer": [answer.served_model_name, [round(value, 6) for value in answer.predictions]],
        "tags": [tag.key for tag in tags.tags],
        "logs": logs != "",
        "names": names,
        "left": sorted(endpoint.name for endpoint in endpoints.list()),
    }


step = {"register": register, "serve": serve}[sys.argv[1]]
print(json.dumps({"done": step(sys.argv[2])}))

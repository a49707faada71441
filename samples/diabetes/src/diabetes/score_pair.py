"""Job `diabetes-evaluate`: both models on the same held-out patients, one row each, with the versions that were scored."""

import mlflow
import pandas as pd

import parameters
import tables
from features import COLUMNS, ID, TARGET, patients, slices, split

TABLE = {
    ID: "BIGINT",
    TARGET: "DOUBLE",
    "p_challenger": "DOUBLE",
    "p_champion": "DOUBLE",
    "challenger_version": "STRING",
    "champion_version": "STRING",
    "sex": "STRING",
    "age_band": "STRING",
}


def predictions(held_out: pd.DataFrame, challenger, champion, challenger_version: str, champion_version: str | None):
    """The rows of the prediction table. `challenger` and `champion` are functions from features to predictions."""
    groups = slices(held_out)
    challenged = challenger(held_out[COLUMNS])
    reigning = [None] * len(held_out) if champion is None else champion(held_out[COLUMNS])
    return [
        (
            int(patient),
            float(truth),
            float(mine),
            None if theirs is None else float(theirs),
            challenger_version,
            champion_version,
            sex,
            band,
        )
        for patient, truth, mine, theirs, sex, band in zip(
            held_out[ID], held_out[TARGET], challenged, reigning, groups["sex"], groups["age_band"], strict=True
        )
    ]


def main() -> None:
    given = parameters.read(
        "catalog", "schema", "model_name", "challenger_version", "champion_version", "predictions_table"
    )
    mlflow.set_registry_uri("databricks-uc")
    name = f"{given.catalog}.{given.schema}.{given.model_name}"

    def load(version: str):
        model = mlflow.pyfunc.load_model(f"models:/{name}/{version}")
        columns = model.metadata.get_input_schema().input_names()
        return lambda frame: model.predict(frame[columns])

    _, held_out = split(patients())
    # Empty means that no model reigns yet.
    champion_version = given.champion_version or None
    rows = predictions(
        held_out,
        load(given.challenger_version),
        None if champion_version is None else load(champion_version),
        given.challenger_version,
        champion_version,
    )
    tables.connect().overwrite(given.predictions_table, TABLE, rows)
    against = f"champion {champion_version}" if champion_version else "no champion yet"
    print(f"{name}: scored challenger {given.challenger_version} and {against} on {len(rows)} patients", flush=True)


if __name__ == "__main__":
    main()

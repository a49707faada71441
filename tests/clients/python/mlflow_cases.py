"""Runs all cases of the MLflow client against one workspace. Argument: the registry, `uc` or `native`.

Prints one JSON object: the name of each case and what went wrong in it, null where nothing did.
"""

import json
import sys

import mlflow_artifact_cases
import mlflow_registry_cases
import mlflow_search_cases
import mlflow_tracking_cases
import mlflow_version_cases
from mlflow_case import Scene, run_cases

PARTS = [mlflow_tracking_cases, mlflow_search_cases, mlflow_artifact_cases, mlflow_registry_cases, mlflow_version_cases]


def main() -> None:
    print(json.dumps(run_cases(Scene(sys.argv[1]))))


main()

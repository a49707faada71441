"""Runs all cases of the MLflow client against one workspace. Argument: the registry, `uc` or `native`.

The cases assert by themselves and return nothing.
"""

import sys

import mlflow_artifact_cases  # noqa: F401  (each module brings its cases)
import mlflow_registry_cases  # noqa: F401
import mlflow_search_cases  # noqa: F401
import mlflow_tracking_cases  # noqa: F401
import mlflow_version_cases  # noqa: F401
from client_cases import run_cases
from mlflow_scene import Scene


def main() -> None:
    run_cases(Scene(sys.argv[1]))


main()

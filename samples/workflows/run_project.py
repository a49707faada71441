"""Runs the MLflow project beside this file, and says which MLflow run it was."""

import argparse
import json
import os
import sys
from pathlib import Path

import mlflow

parser = argparse.ArgumentParser()
parser.add_argument("--experiment", required=True)
parser.add_argument("--alpha", type=float, default=0.5)
arguments = parser.parse_args()

# The project's commands say `python`: that must be the one of this environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

submitted = mlflow.projects.run(
    uri=str(Path(__file__).resolve().parent / "project"),
    entry_point="main",
    parameters={"alpha": arguments.alpha},
    experiment_name=arguments.experiment,
    env_manager="local",
)
print("mlops-result: " + json.dumps({"mlflow_run_id": submitted.run_id}))

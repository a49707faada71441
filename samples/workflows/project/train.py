"""The project's entry point: fits a ridge regression and logs how well it fits."""

import argparse

import mlflow
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float, required=True)
alpha = parser.parse_args().alpha

features, target = load_diabetes(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(features, target, random_state=0)

# MLflow has begun the run of the project already; this goes on with it.
with mlflow.start_run():
    model = Ridge(alpha=alpha).fit(train_x, train_y)
    mlflow.log_metric("mean_absolute_error", mean_absolute_error(test_y, model.predict(test_x)))

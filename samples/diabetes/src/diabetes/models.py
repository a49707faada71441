"""From `mlops/training.yml` to a fitted model and its figures. Pure: no tracking server, no tables."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from features import COLUMNS, TARGET

# Of an imported module, because a script that a job starts may not know its own path.
PROJECT = Path(__file__).resolve().parents[2]

KINDS = {
    "ridge": lambda settings: Ridge(**settings),
    "gradient_boosting": lambda settings: GradientBoostingRegressor(random_state=0, **settings),
}


@dataclass(frozen=True)
class Training:
    """What a commit may change about the model."""

    columns: list[str]
    kind: str
    settings: dict[str, float]
    tags: dict[str, str]


def read_training(path: Path) -> Training:
    """Reads and checks `training.yml`. Raises ValueError that names what is wrong."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(text) - {"columns", "kind", "settings", "tags"}
    if unknown:
        raise ValueError(f"{path.name} has unknown keys: {', '.join(sorted(unknown))}")
    training = Training(text["columns"], text["kind"], text.get("settings") or {}, text.get("tags") or {})
    wrong = [column for column in training.columns if column not in COLUMNS]
    if wrong or not training.columns:
        raise ValueError(f"{path.name}: columns must be some of {', '.join(COLUMNS)}, not {', '.join(wrong) or 'none'}")
    if training.kind not in KINDS:
        raise ValueError(f"{path.name}: kind must be one of {', '.join(KINDS)}, not {training.kind}")
    return training


def fit(training: Training, rows: pd.DataFrame) -> Pipeline:
    model = make_pipeline(StandardScaler(), KINDS[training.kind](training.settings))
    return model.fit(rows[training.columns], rows[TARGET])


def figures(truth: pd.Series, predicted) -> dict[str, float]:
    return {
        "rmse": float(root_mean_squared_error(truth, predicted)),
        "mae": float(mean_absolute_error(truth, predicted)),
        "r2": float(r2_score(truth, predicted)),
    }

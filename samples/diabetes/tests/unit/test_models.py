from pathlib import Path

import pytest
import yaml

import models
from features import TARGET, patients, split

PROJECT = Path(__file__).parent.parent.parent


def written(folder: Path, **changes) -> Path:
    path = folder / "training.yml"
    path.write_text(yaml.safe_dump({"columns": ["bmi"], "kind": "ridge", **changes}), encoding="utf-8")
    return path


def test_the_committed_training_is_valid():
    training = models.read_training(PROJECT / "mlops" / "training.yml")
    assert training.kind in models.KINDS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colums": []}, "unknown keys: colums"),
        ({"columns": ["bmi", "weight"]}, "not weight"),
        ({"columns": []}, "not none"),
        ({"kind": "oracle"}, "not oracle"),
    ],
)
def test_a_mistake_is_named(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        models.read_training(written(tmp_path, **changes))


def error(tmp_path, **changes) -> float:
    known, held_out = split(patients())
    training = models.read_training(written(tmp_path, **changes))
    model = models.fit(training, known)
    return models.figures(held_out[TARGET], model.predict(held_out[training.columns]))["rmse"]


def test_two_columns_are_good_enough_and_all_are_better(tmp_path):
    two = error(tmp_path, columns=["bmi", "age"])
    everything = error(tmp_path, columns=["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"])
    assert everything < two - 5
    assert two < 65


def test_one_blood_value_alone_is_not_enough(tmp_path):
    assert error(tmp_path, columns=["s1"]) > 70


def test_training_twice_gives_the_same_model(tmp_path):
    settings = {"kind": "gradient_boosting", "settings": {"n_estimators": 5}}
    assert error(tmp_path, **settings) == error(tmp_path, **settings)

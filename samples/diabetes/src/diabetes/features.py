"""The data, its columns and the split. Pure: no tracking server, no tables."""

import hashlib

import pandas as pd
from sklearn.datasets import load_diabetes

ID = "patient_id"
TARGET = "progression"
COLUMNS = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]

HOLDOUT = 0.4
# With this salt the difference between two columns and all ten is far from the policy's margin. With others the same
# difference can be too small for 175 patients to prove, and the answer is INCONCLUSIVE: that is the policy at work.
SALT = "2017"


def patients() -> pd.DataFrame:
    """All 442 patients: id, the ten measurements in their own units, and the progression a year later."""
    data = load_diabetes(as_frame=True, scaled=False)
    frame = data.data[COLUMNS].astype("float64")
    frame.insert(0, ID, range(1, len(frame) + 1))
    frame[TARGET] = data.target.astype("float64")
    return frame


def is_held_out(patient: int) -> bool:
    """True for the patients that no model is trained on, the same ones on every machine and in every version."""
    digest = hashlib.sha256(f"{SALT}:{patient}".encode()).hexdigest()
    return int(digest[:8], 16) / 2**32 < HOLDOUT


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training rows and held-out rows."""
    held_out = frame[ID].map(is_held_out)
    return frame[~held_out], frame[held_out]


def slices(frame: pd.DataFrame) -> pd.DataFrame:
    """The groups that the policy looks at one by one."""
    bands = pd.cut(frame["age"], [0, 40, 60, 200], labels=["under_40", "40_to_59", "60_and_over"], right=False)
    return pd.DataFrame({"sex": "code_" + frame["sex"].astype(int).astype(str), "age_band": bands.astype(str)})

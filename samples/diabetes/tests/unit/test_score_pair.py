from features import patients, split
from score_pair import TABLE, predictions


def constant(value):
    return lambda frame: [value] * len(frame)


def test_one_row_a_patient_with_both_versions():
    _, held_out = split(patients())
    rows = predictions(held_out, constant(150.0), constant(160), "2", "1")
    assert len(rows) == len(held_out)
    assert all(len(row) == len(TABLE) for row in rows)
    first = dict(zip(TABLE, rows[0], strict=True))
    assert (first["p_challenger"], first["p_champion"]) == (150.0, 160.0)
    assert (first["challenger_version"], first["champion_version"]) == ("2", "1")


def test_without_a_champion_both_its_columns_are_empty():
    _, held_out = split(patients())
    for row in predictions(held_out, constant(150.0), None, "1", None):
        named = dict(zip(TABLE, row, strict=True))
        assert named["p_champion"] is None and named["champion_version"] is None

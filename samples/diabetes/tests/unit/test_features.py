from features import COLUMNS, ID, TARGET, is_held_out, patients, slices, split


def test_patients_are_complete_and_numbered_once():
    frame = patients()
    assert frame.shape == (442, 12)
    assert frame[ID].is_unique
    assert not frame.isna().any().any()


def test_the_split_never_changes():
    known, held_out = split(patients())
    assert (len(known), len(held_out)) == (267, 175)
    assert list(held_out[ID].head(6)) == [1, 6, 8, 9, 10, 13]
    assert is_held_out(1) and not is_held_out(2)


def test_the_split_does_not_depend_on_the_order_of_rows():
    _, held_out = split(patients())
    _, shuffled = split(patients().sample(frac=1, random_state=1))
    assert sorted(shuffled[ID]) == list(held_out[ID])


def test_every_patient_is_in_one_group_of_each_slice():
    groups = slices(patients())
    assert set(groups["sex"]) == {"code_1", "code_2"}
    assert set(groups["age_band"]) == {"under_40", "40_to_59", "60_and_over"}


def test_bands_begin_at_their_lower_bound():
    frame = patients().head(4)
    frame["age"] = [39.0, 40.0, 59.0, 60.0]
    assert list(slices(frame)["age_band"]) == ["under_40", "40_to_59", "40_to_59", "60_and_over"]


def test_the_target_is_no_feature():
    assert TARGET not in COLUMNS and ID not in COLUMNS

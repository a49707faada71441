"""First task of job `diabetes-integration`: what is written to a table is what is read back."""

import parameters
import tables
from features import ID, TARGET, patients

TABLE = {ID: "BIGINT", TARGET: "DOUBLE", "note": "STRING"}


def main() -> None:
    given = parameters.read("catalog", "schema")
    name = f"{given.catalog}.{given.schema}.integration_check"
    some = patients().head(100)
    written = [
        (int(patient), float(truth), None if patient % 2 else "even; 'quoted'")
        for patient, truth in zip(some[ID], some[TARGET], strict=True)
    ]
    connection = tables.connect()
    connection.create_schema(f"{given.catalog}.{given.schema}")
    connection.overwrite(name, TABLE, written)
    read = sorted(connection.read(name, TABLE))
    if read != written:
        differing = sum(one != other for one, other in zip(read, written, strict=False)) + abs(len(read) - len(written))
        raise AssertionError(f"{name} does not give back what was written: {differing} of {len(written)} rows differ")
    tell("rows", len(read))
    print(f"{name}: {len(read)} rows written and read back", flush=True)


def tell(key: str, value: object) -> None:
    """Hands a value to the tasks that depend on this one."""
    from databricks.sdk.runtime import dbutils

    dbutils.jobs.taskValues.set(key=key, value=value)


if __name__ == "__main__":
    main()

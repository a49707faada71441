"""Runs statements of Databricks SQL on Apache Spark with Delta and tells what each gave.

Arguments: a file with a JSON list of {"schema", "statement", "parameters": {name: [type, text or null]}}, a file for the answer, and a
folder for the jars. The answer is a list of {"columns": [[name, type]], "rows": [[text or null]]} or {"error": class}. Needs Java; the
jars of Delta come from Maven Central through Spark's own resolver. Prints one JSON object: {"statements": n}, or {"skipped": why}.
"""

import datetime
import decimal
import itertools
import json
import re
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

DELTA = "io.delta:delta-spark_2.13:4.0.0"
EPOCH = datetime.datetime(1970, 1, 1)


def start(folder):
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", DELTA)
        .config("spark.jars.ivy", f"{folder}/ivy")
        .config("spark.sql.warehouse.dir", "warehouse")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.sources.default", "delta")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC")
        .getOrCreate()
    )


def value(kind, text):
    """A parameter as Spark takes it from Python."""
    if text is None:
        return None
    kind = kind.split("(")[0]
    if kind in ("INT", "BIGINT", "SMALLINT", "TINYINT"):
        return int(text)
    if kind == "DOUBLE":
        return float(text)
    if kind == "DECIMAL":
        return decimal.Decimal(text)
    if kind == "BOOLEAN":
        return text.lower() == "true"
    if kind == "DATE":
        return datetime.date.fromisoformat(text)
    return text


def plain(cell):
    """A cell as JSON: text, null, or a list of those."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (list, tuple)):
        return [plain(one) for one in cell]
    if isinstance(cell, dict):
        return {str(key): plain(one) for key, one in cell.items()}
    if isinstance(cell, datetime.datetime):
        return str((cell - EPOCH) // datetime.timedelta(microseconds=1))
    if isinstance(cell, decimal.Decimal):
        return format(cell, "f")
    return repr(cell) if isinstance(cell, float) else str(cell)


def class_in(text):
    """The class of an error that Delta raises past Spark, empty when it has none."""
    found = re.search(r"\[([A-Z][A-Z_.]+)\]", text)
    return found.group(1) if found else ""


def run(spark, asked):
    try:
        parameters = {name: value(*given) for name, given in asked["parameters"].items()}
        frame = spark.sql(asked["statement"], args=parameters or None)
        columns = [[field.name, field.dataType.simpleString().upper()] for field in frame.schema.fields]
        return {"columns": columns, "rows": [[plain(cell) for cell in row] for row in frame.collect()]}
    except PySparkException as failure:
        return {"error": failure.getCondition() or class_in(str(failure)), "message": str(failure)[:300]}
    except Exception as failure:  # noqa: BLE001  (an error of the JVM that Spark does not translate)
        return {"error": class_in(str(failure)), "message": str(failure)[:300]}


def main() -> None:
    source, target, folder = sys.argv[1:4]
    try:
        spark = start(folder)
    except Exception as failure:  # noqa: BLE001  (Spark reports jars that cannot be had as an exit of its gateway)
        print(json.dumps({"skipped": f"Spark with Delta does not start here: {str(failure)[:200]}"}))
        return
    with open(source, encoding="utf-8") as file:
        statements = json.load(file)
    for schema in dict.fromkeys(asked["schema"] for asked in statements):
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    answers = []
    for schema, group in itertools.groupby(statements, lambda asked: asked["schema"]):
        spark.sql(f"USE {schema}")
        answers += [run(spark, asked) for asked in group]
    with open(target, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    print(json.dumps({"statements": len(answers)}))


main()

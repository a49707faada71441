"""Runs statements of Databricks SQL on Apache Spark with Delta and tells what each gave; then tries the sample's tables there.

Arguments: a file with a JSON list of {"schema", "statement", "parameters": {name: [type, text or null]}}, a file for the answer, the jars
of Delta as a class path, and the folder of the sample's modules. The answer is a list of {"columns": [[name, type]], "rows": [[text or
null]]} or {"error": class, "message": text}. Needs Java. Prints one JSON object: {"statements": n, "sample": what spark_tables gives}.
"""

import datetime
import decimal
import itertools
import json
import logging
import re
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

import spark_tables

EPOCH = datetime.datetime(1970, 1, 1)
# Statements over a handful of rows: what Spark prepares for many rows and cores costs more here than the statement.
FOR_FEW_ROWS = {
    "spark.default.parallelism": "1",
    "spark.driver.memory": "1g",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def start(jars):
    builder = (
        SparkSession.builder.master("local[1]")
        .config("spark.driver.extraClassPath", jars)
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC -XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.warehouse.dir", "warehouse")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.sources.default", "delta")
        .config("spark.sql.session.timeZone", "UTC")
    )
    for name, setting in FOR_FEW_ROWS.items():
        builder = builder.config(name, setting)
    return builder.getOrCreate()


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
    """A cell as JSON: text, null, or a list or an object of those."""
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


def error_class(condition, text):
    """The class of an error; some of Delta's are not in Spark's list, which then names the class in an error of its own."""
    unlisted = re.search(r"Cannot find main error class '([A-Z0-9_.]+)'", text)
    if unlisted:
        return unlisted.group(1)
    found = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", text)
    return condition or (found.group(1) if found else "")


def run(spark, asked):
    try:
        parameters = {name: value(*given) for name, given in asked["parameters"].items()}
        frame = spark.sql(asked["statement"], args=parameters or None)
        columns = [[field.name, field.dataType.simpleString().upper()] for field in frame.schema.fields]
        return {"columns": columns, "rows": [[plain(cell) for cell in row] for row in frame.collect()]}
    except PySparkException as failure:
        return {"error": error_class(failure.getCondition(), str(failure)), "message": str(failure)[:300]}
    except Exception as failure:  # noqa: BLE001  (an error of the JVM that Spark does not translate)
        return {"error": error_class(None, str(failure)), "message": str(failure)[:300]}


def main() -> None:
    # PySpark logs every refused statement with the stacks of both languages; the answers say what was refused.
    logging.disable(logging.CRITICAL)
    source, target, jars, sample = sys.argv[1:5]
    with open(source, encoding="utf-8") as file:
        statements = json.load(file)
    spark = start(jars)
    for schema in dict.fromkeys(asked["schema"] for asked in statements):
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    answers = []
    for schema, group in itertools.groupby(statements, lambda asked: asked["schema"]):
        spark.sql(f"USE {schema}")
        answers += [run(spark, asked) for asked in group]
    with open(target, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    print(json.dumps({"statements": len(answers), "sample": spark_tables.tried(sample)}))


main()

# Databricks notebook source
# MAGIC %md
# MAGIC # From data to predictions
# MAGIC Second task of job `diabetes-integration`: fits the configured model and checks its predictions, without registering anything.

# COMMAND ----------

import json

import models
from features import TARGET, patients, split

commit = dbutils.widgets.get("commit")  # noqa: F821
rows_read = dbutils.jobs.taskValues.get(taskKey="tables", key="rows", debugValue=0)  # noqa: F821

# COMMAND ----------

training = models.read_training(models.PROJECT / "mlops" / "training.yml")
known, held_out = split(patients())
model = models.fit(training, known)
predicted = model.predict(held_out[training.columns])
figures = models.figures(held_out[TARGET], predicted)

# COMMAND ----------

checks = {
    "no patient is in both parts": not set(known["patient_id"]) & set(held_out["patient_id"]),
    "one prediction for each held-out patient": len(predicted) == len(held_out),
    "every figure is finite": all(abs(value) < float("inf") for value in figures.values()),
    "the table came back whole": int(rows_read) == 100,
}
failed = [check for check, holds in checks.items() if not holds]
if failed:
    raise AssertionError("Not true: " + "; ".join(failed))

# COMMAND ----------

dbutils.notebook.exit(json.dumps({"commit": commit, "checks": len(checks), **figures}))  # noqa: F821

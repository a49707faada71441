"""Waits for a run by the waiter of the Databricks SDK for Python."""

import sys

from databricks.sdk import WorkspaceClient

client = WorkspaceClient()
print("ready", flush=True)
sys.stdin.readline()
run = client.jobs.wait_get_run_job_terminated_or_skipped(int(sys.argv[1]))
print(run.state.result_state.value)

"""The SDK's waiter for a run, on a clock of its own: prints how long it slept between looks."""

import json
import random
import sys
import time
from datetime import timedelta

from databricks.sdk import WorkspaceClient

LOOKS = 25

client = WorkspaceClient()
run_id = int(sys.argv[1])
slept = []
now = time.time()


def sleep(seconds):
    slept.append(seconds)
    if len(slept) == LOOKS:
        client.jobs.cancel_run(run_id)
        while client.jobs.get_run(run_id).state.result_state is None:
            real_sleep(0.01)


real_sleep = time.sleep
time.sleep = sleep
time.time = lambda: now + sum(slept)
random.random = lambda: 0.25
run = client.jobs.wait_get_run_job_terminated_or_skipped(run_id, timeout=timedelta(hours=1))
print(json.dumps({"slept": slept, "result": run.state.result_state.value}))

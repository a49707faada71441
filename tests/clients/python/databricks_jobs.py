"""Jobs, runs, repairs and pipelines by the Databricks SDK for Python. Prints one JSON object: what each case saw."""

import json
import sys

from databricks.sdk import WorkspaceClient

from jobs_object_cases import export, pages, permissions, pipeline, settings
from jobs_run_cases import control, for_each, git_source, queue, repair, run_job
from jobs_scene import upload_files


def main():
    client = WorkspaceClient()
    upload_files(client)
    seeded_job = int(sys.argv[1])
    cases = [repair, run_job, for_each, control, queue, git_source, permissions, settings, export, pipeline]
    seen = {case.__name__: case(client) for case in cases}
    print(json.dumps({**seen, "pages": pages(client, seeded_job)}))


main()

"""Operations of the local workspace by the Databricks SDK for Python and the MLflow client. Prints what each case saw as JSON."""

from databricks.sdk import WorkspaceClient

import sdk_account  # noqa: F401  (each module brings its cases)
import sdk_compute  # noqa: F401
import sdk_files  # noqa: F401
import sdk_lists  # noqa: F401
from client_cases import run_cases

run_cases(WorkspaceClient())

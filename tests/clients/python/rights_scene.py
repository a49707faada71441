"""The principals of the cases on rights, and how they are refused. Tokens are in ADMIN_TOKEN, ADA_TOKEN, CI_TOKEN, EVE_TOKEN."""

import os

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError

CI = "11111111-2222-4333-8444-555555555555"
ADA = "ada@example.com"
EVE = "eve@example.com"


def client(name: str) -> WorkspaceClient:
    return WorkspaceClient(token=os.environ[f"{name}_TOKEN"])


def error(call, *arguments, **named) -> list:
    try:
        result = call(*arguments, **named)
        if hasattr(result, "__next__"):
            list(result)
    except DatabricksError as failure:
        # The SDK adds its own configuration to refusals.
        return [type(failure).__name__, str(failure).split(" Config: ")[0]]
    return []


admin, ada, ci, eve = (client(name) for name in ("ADMIN", "ADA", "CI", "EVE"))

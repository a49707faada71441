"""How the SDK tells of errors, as values that can be compared."""

from databricks.sdk.errors import DatabricksError


def error(call, *arguments, **named):
    """Class and code of the error that a call raises; empty when it raises none."""
    try:
        call(*arguments, **named)
    except DatabricksError as failure:
        return [type(failure).__name__, failure.error_code or ""]
    return []


def told(call, *arguments, **named):
    """The text of the error that a call raises; empty when it raises none."""
    try:
        call(*arguments, **named)
    except DatabricksError as failure:
        return str(failure)
    return ""

"""Cases of a client, each a function that returns what it saw: they run in one process, and one that fails hides no other."""

import json
import traceback

from databricks.sdk.errors import DatabricksError

CASES = []


def case(function):
    """Takes a function into the list, under its own name."""
    CASES.append(function)
    return function


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


def run_cases(*arguments):
    """Runs every case with these arguments and prints one JSON object of what each saw, or how it failed."""
    seen = {}
    for one in CASES:
        try:
            seen[one.__name__] = one(*arguments)
        except Exception:
            seen[one.__name__] = {"failed": traceback.format_exc()}
    print(json.dumps(seen))

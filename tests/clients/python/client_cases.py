"""Cases of a client: they run in one process, and one that fails hides no other."""

import json
import traceback

CASES = {}


def case(what):
    """Takes a function into the cases, under its own name (`@case`) or under a sentence (`@case("...")`)."""
    if callable(what):
        return _add(what.__name__, what)
    return lambda function: _add(what, function)


def _add(name, function):
    assert name not in CASES, name
    CASES[name] = function
    return function


def run_cases(*arguments):
    """Runs every case with these arguments and prints one JSON object: what each returned, or how it failed."""
    seen = {}
    for name, function in CASES.items():
        try:
            seen[name] = function(*arguments)
        except Exception:
            seen[name] = {"failed": traceback.format_exc()}
    print(json.dumps(seen))

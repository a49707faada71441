"""The parameters that a job hands to its tasks, as `--name=value`."""

import argparse


def read(*names: str) -> argparse.Namespace:
    """The named parameters, all of them required. A value may be empty."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()

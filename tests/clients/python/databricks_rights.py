"""Grants, permissions, SCIM, Unity Catalog and files by the Databricks SDK for Python, as principals with few rights.

Each case is a function; prints one JSON object: what each case saw.
"""

import rights_identity_cases  # noqa: F401  (each module brings its cases)
import rights_catalog_cases  # noqa: F401
import rights_object_cases  # noqa: F401
from client_cases import run_cases

run_cases()

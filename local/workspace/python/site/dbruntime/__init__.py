"""What `databricks.sdk.runtime` asks a cluster for: the objects of a notebook's namespace. Here that is ``dbutils``, ``display`` and the like."""

import dbutils
import notebook_display


class UserNamespaceInitializer:
    @classmethod
    def getOrCreate(cls):
        return cls()

    def get_namespace_globals(self):
        return {"dbutils": dbutils, **notebook_display.FUNCTIONS}

"""What `databricks.sdk.runtime` asks a cluster for: the objects of a notebook's namespace. Here that is ``dbutils`` and ``display``."""

import dbutils


class UserNamespaceInitializer:
    @classmethod
    def getOrCreate(cls):
        return cls()

    def get_namespace_globals(self):
        return {"dbutils": dbutils, "display": print, "getArgument": dbutils.widgets.getArgument}

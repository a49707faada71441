"""Python imports this module by itself at its start: in the process of a task and in every Python that it starts.

It must come first: modules that are imported before it may hold on to the functions that it replaces.
"""

import os

if "LOCAL_WORKSPACE_TASK_FOLDER" in os.environ:
    import mounted_calls
    import mounted_folders

    mounted_calls.install(mounted_folders.of_task(os.environ))

"""Where paths below ``/Volumes`` and ``/Workspace`` lie on this machine, and what the task's identity may do there.

On Databricks both are mounted in the file system of the machine. Here no system call knows them: Python's own functions ask this
module first (``mounted_calls``). Which error numbers the service's mount gives for what it refuses is [U].
"""

import errno
import json
import os
import posixpath
import sys

LOOK = "look"  # whether something is there, and what it is
READ = "read"
WRITE = "write"
REMOVE = "remove"  # from its place, by deletion or a move

_ROOTS = ("/Volumes", "/Workspace", "/dbfs")
_BELOW = tuple(f"{root}/" for root in _ROOTS)


def of_task(environment):
    with open(os.path.join(environment["LOCAL_WORKSPACE_TASK_FOLDER"], "task.json"), encoding="utf-8") as file:
        task = json.load(file)
    return MountedFolders(
        volumes=task["volumesRoot"],
        files=task["filesRoot"],
        host=environment["DATABRICKS_HOST"],
        token=environment["DATABRICKS_TOKEN"],
        own=[environment["LOCAL_WORKSPACE_TASK_FOLDER"], os.path.dirname(__file__), sys.prefix, sys.base_prefix],
    )


class MountedFolders:
    """The folders of one task. What has been allowed once stays so in this process, as a mount keeps its credentials."""

    def __init__(self, volumes, files, host, token, own):
        self._volumes = volumes
        self._files = files
        self._host = host
        self._token = token
        # Disks of macOS are below /Volumes too: what the workspace itself keeps there is no path of a volume.
        self._own = tuple(folder.rstrip("/") + "/" for folder in [volumes, files, *own])
        self._allowed = set()

    def shows(self, path):
        """The path as text in its shortest form when it is below a mounted folder, else None."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return None
        text = os.fsdecode(path)
        if not text.startswith("/"):
            return None
        shown = "/" + posixpath.normpath(text).lstrip("/")
        if shown not in _ROOTS and not shown.startswith(_BELOW):
            return None
        return None if f"{shown}/".startswith(self._own) else shown

    def local(self, shown, access):
        """Where the path lies on this machine. Raises OSError when it may not be used so, or what it belongs to does not exist."""
        top, *names = shown.strip("/").split("/")
        if top == "Volumes":
            return self._in_volume(shown, names, access)
        if top == "Workspace":
            return self._in_workspace(shown, names, access)
        if access in (WRITE, REMOVE):
            raise OSError(errno.EPERM, "The local workspace has no DBFS; use a volume: /Volumes/…", shown)
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), shown)

    def _in_volume(self, shown, names, access):
        levels = [name.lower() for name in names[:3]]
        local = os.path.join(self._volumes, *levels)
        if len(levels) < 3:
            self._require_namespace(shown, levels, access)
        elif access == REMOVE and len(names) == 3:
            raise OSError(errno.EPERM, "A volume itself is removed and renamed by Unity Catalog alone", shown)
        else:
            self._require_right(shown, levels, access)
        os.makedirs(local, exist_ok=True)
        return os.path.join(local, *names[3:])

    def _require_namespace(self, shown, levels, access):
        """Catalogs and schemas are folders that can be looked at, so that a path to a volume can be followed."""
        if access != LOOK:
            sentence = "Files lie in volumes, /Volumes/<catalog>/<schema>/<volume>/…, and the local workspace lists nothing above them"
            raise OSError(errno.EPERM, sentence, shown)
        if levels:
            kind = ["catalogs", "schemas"][len(levels) - 1]
            self._require("GET", f"/api/2.1/unity-catalog/{kind}{_quoted(['.'.join(levels)])}", shown)

    def _require_right(self, shown, levels, access):
        folder = f"/api/2.0/fs/directories{_quoted(['Volumes', *levels])}"
        reading, writing = ("GET", f"{folder}?page_size=1"), ("PUT", folder)
        if access in (WRITE, REMOVE):
            self._require(*writing, shown)  # makes a folder that is there already: changes nothing
            return
        try:
            self._require(*reading, shown)
        except PermissionError:
            if access == READ:
                raise
            self._require(*writing, shown)

    def _in_workspace(self, shown, names, access):
        if access in (WRITE, REMOVE):
            sentence = (
                "The local workspace lets no code of a task write below /Workspace; write to a volume, "
                "or import files by the Workspace API"
            )
            raise OSError(errno.EPERM, sentence, shown)
        from urllib.parse import quote

        path = quote("/" + "/".join(names), safe="")
        self._require("GET", f"/api/2.0/workspace/get-status?path={path}", shown)
        return os.path.join(self._files, *names)

    def _require(self, method, path, shown):
        """Asks the workspace with the task's token, so that the rights are those of the run's identity."""
        if (method, path) in self._allowed:
            return
        # Imported when it is needed: these modules are large, and most processes ask nothing.
        import urllib.error
        import urllib.request

        request = urllib.request.Request(
            self._host + path, method=method, headers={"Authorization": f"Bearer {self._token}"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request):
                self._allowed.add((method, path))
        except urllib.error.HTTPError as error:
            raise _refusal(error, shown) from None
        except urllib.error.URLError as error:
            raise OSError(errno.EIO, f"The local workspace does not answer: {error.reason}", shown) from None


def _quoted(names):
    from urllib.parse import quote

    return "".join("/" + quote(name, safe="") for name in names)


def _refusal(error, shown):
    sentence = _message(error)
    if error.code in (400, 404):
        return OSError(errno.ENOENT, f"{os.strerror(errno.ENOENT)} ({sentence})", shown)
    if error.code in (401, 403):
        return OSError(errno.EACCES, f"{os.strerror(errno.EACCES)} ({sentence})", shown)
    return OSError(errno.EIO, f"The local workspace answered with {error.code}: {sentence}", shown)


def _message(error):
    try:
        return json.load(error)["message"].rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {error.code}"

"""Lets Python's own file functions find the mounted folders of a task, and refuses what would go to this machine's root instead.

Code in C that opens files itself (Arrow, databases) and other programs call the system directly. Of that, only what Python
announces (its audit events) can be refused with a sentence.
"""

import builtins
import errno
import functools
import io
import os
import re
import sys

from mounted_folders import LOOK, READ, REMOVE, WRITE

_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Functions of `os` by what they do to the path that comes first, and the name under which it can be given.
_OF_ONE_PATH = {
    LOOK: ["stat", "lstat", "chdir", "statvfs", "getxattr", "listxattr"],
    READ: ["listdir", "readlink"],
    WRITE: [
        *["mkdir", "truncate", "chmod", "lchmod", "chown", "lchown", "utime"],
        *["mkfifo", "mknod", "setxattr", "removexattr"],
    ],
    REMOVE: ["rmdir", "remove", "unlink"],
}
# Functions of `os` of two paths, with what they do to each.
_OF_TWO_PATHS = {"rename": (REMOVE, WRITE), "replace": (REMOVE, WRITE), "link": (READ, WRITE), "symlink": (LOOK, WRITE)}

# Audit events with a path, raised by every way to these calls: https://docs.python.org/3/library/audit_events.html
_FILE_EVENTS = frozenset(
    "open os.listdir os.scandir os.mkdir os.rmdir os.remove os.rename os.link os.symlink os.truncate os.chmod os.chown "
    "os.utime os.chdir sqlite3.connect".split()
)
_PROGRAM_EVENTS = frozenset(["subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"])
_MENTION = re.compile(r"(?:^|[\s=:'\"(<>])(/(?:Volumes|Workspace|dbfs)/[^\s'\"]*)")


def install(folders):
    system = sys.modules[os.name]
    for access, names in _OF_ONE_PATH.items():
        for name in names:
            _replace([os, system], name, folders, [("path", access)])
    for name, (source, target) in _OF_TWO_PATHS.items():
        _replace([os, system], name, folders, [("src", source), ("dst", target)])
    _replace([os, system], "open", folders, [("path", _access_of_flags)])
    _replace([os, system], "access", folders, [("path", LOOK)], kind=_Question)
    _replace([os, system], "scandir", folders, [("path", READ)], kind=_Listing)
    # The import system reads modules by functions of `_io` and `posix` themselves.
    _replace([builtins, io, sys.modules["_io"]], "open", folders, [("file", _access_of_mode)])
    _replace([io, sys.modules["_io"]], "open_code", folders, [("path", READ)])
    # Not in os.supports_dir_fd: what goes through an open folder names no path, and no right would be looked at.
    for supporting in (os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        supporting.update([getattr(os, one.__name__) for one in supporting if hasattr(os, one.__name__)])
    sys.addaudithook(functools.partial(_refuse_unmapped, folders))


def _access_of_mode(arguments, named):
    mode = arguments[1] if len(arguments) > 1 else named.get("mode", "r")
    return WRITE if isinstance(mode, str) and set(mode) & set("wax+") else READ


def _access_of_flags(arguments, named):
    flags = arguments[1] if len(arguments) > 1 else named.get("flags", 0)
    return WRITE if flags & _WRITING_FLAGS else READ


def _replace(modules, name, folders, parameters, kind=None):
    if hasattr(modules[0], name):
        replaced = (kind or _Call)(getattr(modules[0], name), folders, parameters)
        for module in modules:
            setattr(module, name, replaced)


class _Call:
    """A file function that gets paths of this machine. An object and no function, so that classes that keep it do not bind it."""

    def __init__(self, original, folders, parameters):
        functools.update_wrapper(self, original)
        self._original = original
        self._folders = folders
        self._parameters = parameters

    def __reduce__(self):
        return self.__name__  # pickled by name, as the function that it stands for

    def __call__(self, *arguments, **named):
        shown = {}
        try:
            positional = list(arguments)
            for index, (name, access) in enumerate(self._parameters):
                holder, key = (positional, index) if index < len(positional) else (named, name)
                if holder is named and name not in named:
                    continue
                path = self._folders.shows(holder[key])
                if path is not None:
                    wanted = access if isinstance(access, str) else access(arguments, named)
                    local = self._folders.local(path, wanted)
                    shown[local] = path
                    holder[key] = os.fsencode(local) if isinstance(holder[key], bytes) else local
            return self.finish(self._original(*positional, **named), shown)
        except OSError as error:
            for place in ("filename", "filename2"):
                if getattr(error, place) in shown:
                    setattr(error, place, shown[getattr(error, place)])
            raise

    def finish(self, result, _shown):
        return result


class _Question(_Call):
    """``os.access``: what may not be used is an answer, not an error."""

    def __call__(self, *arguments, **named):
        try:
            mode = arguments[1] if len(arguments) > 1 else named.get("mode", os.F_OK)
            path = self._folders.shows(arguments[0] if arguments else named.get("path"))
            if path is not None and mode & os.W_OK:
                self._folders.local(path, WRITE)
            return super().__call__(*arguments, **named)
        except OSError:
            return False


class _Listing(_Call):
    """``os.scandir``, whose entries name their folder."""

    def finish(self, result, shown):
        for path in shown.values():
            return _Entries(result, path)
        return result


class _Entries:
    def __init__(self, entries, folder):
        self._entries = entries
        self._folder = folder

    def __iter__(self):
        return self

    def __next__(self):
        return _Entry(next(self._entries), self._folder)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        self._entries.close()


class _Entry:
    def __init__(self, entry, folder):
        self._entry = entry
        self.path = os.path.join(folder, os.fsdecode(entry.name))

    def __getattr__(self, name):
        return getattr(self._entry, name)

    def __fspath__(self):
        return self.path


def _refuse_unmapped(folders, event, arguments):
    if event in _FILE_EVENTS:
        for argument in arguments:
            shown = folders.shows(argument)
            if shown is not None:
                raise OSError(
                    errno.ENOTSUP,
                    f"The local workspace shows {shown} to open(), os, pathlib and what uses them, not to this call; "
                    "copy the file to a temporary folder",
                    shown,
                )
    elif event in _PROGRAM_EVENTS:
        _refuse_program(folders, event, arguments)


def _refuse_program(folders, event, arguments):
    """Programs other than Python would look for a mounted folder in this machine's root."""
    command = arguments[:1] if event == "os.system" else _words(arguments)
    mentioned = [found for word in command for found in _mentions(folders, word)]
    if event == "subprocess.Popen" and arguments[2] is not None and folders.shows(arguments[2]) is not None:
        mentioned.append(os.fsdecode(arguments[2]))
    elif mentioned and event != "os.system" and _is_python(command):
        return
    if mentioned:
        raise OSError(
            errno.ENOTSUP,
            f"The local workspace shows {mentioned[0]} to Python alone, not to {os.fsdecode(command[0])!r} and not as the "
            "folder that a program starts in; copy the files to a temporary folder, or use Python's own functions",
            mentioned[0],
        )


def _words(arguments):
    position = 1 if not isinstance(arguments[0], int) else 2  # os.spawn begins with its mode
    program, words = arguments[position - 1], arguments[position]
    listed = [words] if isinstance(words, (str, bytes, os.PathLike)) else list(words)
    return [program if program is not None else listed[0], *listed]


def _mentions(folders, word):
    if not isinstance(word, (str, bytes, os.PathLike)):
        return []
    return [path for path in _MENTION.findall(os.fsdecode(word)) if folders.shows(path) is not None]


def _is_python(command):
    """Python itself, or a script whose first line names it, such as the programs that pip installs."""
    program = os.fsdecode(command[0])
    if re.fullmatch(r"python[\d.]*", os.path.basename(program)):
        return True
    import shutil  # not before the functions of `os` are replaced: it decides at its start how it removes trees

    found = shutil.which(program)
    if found is None:
        return False
    with open(found, "rb") as file:
        first = file.readline(512)
    return first.startswith(b"#!") and b"python" in first

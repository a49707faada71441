"""Volumes by the Files API and by the calls of `databricks fs`, and the tree of the workspace, by the Databricks SDK for Python."""

import base64
import io
import json
import os
import tempfile

from databricks.sdk.service import catalog, workspace

from client_cases import case
from sdk_errors import error

ROOT = "/Volumes/dev/default/client"


@case
def makes_a_volume(client):
    client.volumes.create("dev", "default", "client", catalog.VolumeType.MANAGED)
    read = client.volumes.read("dev.default.client")
    return [read.full_name, read.volume_type.value]


@case
def writes_and_reads_bytes(client):
    content = bytes(range(256)) * 4096
    client.files.upload(f"{ROOT}/bytes/a%20b+ü.bin", io.BytesIO(content))
    read = client.files.download(f"{ROOT}/bytes/a%20b+ü.bin")
    return [read.contents.read() == content, read.content_length]


@case
def moves_a_large_file_from_and_to_disk(client):
    content = os.urandom(12 * 1024 * 1024)
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "source"), os.path.join(folder, "target")
        with open(source, "wb") as file:
            file.write(content)
        client.files.upload_from(f"{ROOT}/large.bin", source)
        client.files.download_to(f"{ROOT}/large.bin", target)
        with open(target, "rb") as file:
            return file.read() == content


@case
def lists_a_directory_in_pages(client):
    for number in range(23):
        client.files.upload(f"{ROOT}/paged/{number:02}.txt", io.BytesIO(b"x"))
    entries = list(client.files.list_directory_contents(f"{ROOT}/paged", page_size=5))
    return [len(entries), entries[-1].name, entries[0].file_size, entries[0].is_directory]


@case
def keeps_directories(client):
    client.files.create_directory(f"{ROOT}/made/deep")
    client.files.get_directory_metadata(f"{ROOT}/made/deep")
    full = error(client.files.delete_directory, f"{ROOT}/made")
    client.files.delete_directory(f"{ROOT}/made/deep")
    return [full, error(client.files.get_directory_metadata, f"{ROOT}/made/deep")]


@case
def deletes_files(client):
    client.files.upload(f"{ROOT}/gone.txt", io.BytesIO(b"x"))
    client.files.delete(f"{ROOT}/gone.txt")
    return [error(call, f"{ROOT}/gone.txt") for call in (client.files.download, client.files.delete)]


@case
def refuses_places_outside_volumes(client):
    return [
        error(client.files.upload, "/Volumes/dev/default/none/a.txt", io.BytesIO(b"x")),
        error(client.files.upload, "/elsewhere/a.txt", io.BytesIO(b"x")),
    ]


@case
def copies_a_tree_as_databricks_fs_does(client):
    dbfs = client.dbfs
    for name in ("a.txt", "deep/b.txt"):
        dbfs.upload(f"{ROOT}/tree/{name}", io.BytesIO(name.encode()))
    dbfs.copy(f"{ROOT}/tree", f"{ROOT}/copy", recursive=True)
    dbfs.move_(f"{ROOT}/copy/a.txt", f"{ROOT}/copy/c.txt")
    listed = sorted(entry.path.removeprefix(ROOT) for entry in dbfs.list(f"{ROOT}/copy", recursive=True))
    with dbfs.download(f"{ROOT}/copy/deep/b.txt") as file:
        content = file.read(1000).decode()
    dbfs.delete(f"{ROOT}/copy", recursive=True)
    return [listed, content, dbfs.exists(f"{ROOT}/copy"), dbfs.exists(f"{ROOT}/tree/a.txt")]


@case
def imports_and_exports_a_notebook(client):
    text = "# Databricks notebook source\nprint(1)\n"
    client.workspace.mkdirs("/Shared/operations")
    client.workspace.import_(
        "/Shared/operations/nb",
        content=base64.b64encode(text.encode()).decode(),
        format=workspace.ImportFormat.SOURCE,
        language=workspace.Language.PYTHON,
    )
    status = client.workspace.get_status("/Shared/operations/nb")
    exported = client.workspace.export("/Shared/operations/nb", format=workspace.ExportFormat.SOURCE)
    return [status.object_type.value, status.language.value, base64.b64decode(exported.content).decode() == text]


@case
def moves_a_jupyter_notebook_between_its_forms(client):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# T"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": ["%pip install a\n", "print(1)"]},
    ]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4}
    content = json.dumps(notebook).encode()
    path = "/Shared/operations/jupyter"
    client.workspace.upload(path + ".ipynb", content, format=workspace.ImportFormat.AUTO)
    source = client.workspace.download(path, format=workspace.ExportFormat.SOURCE).read()
    client.workspace.upload(path + "_2", source, format=workspace.ImportFormat.SOURCE, language=workspace.Language.PYTHON)
    again = json.load(client.workspace.download(path + "_2", format=workspace.ExportFormat.JUPYTER))
    client.workspace.upload(path + "_3", json.dumps(again).encode(), format=workspace.ImportFormat.JUPYTER)
    third = client.workspace.download(path + "_3", format=workspace.ExportFormat.SOURCE).read()
    status = client.workspace.get_status(path)
    return [
        status.object_type.value,
        status.language.value,
        client.workspace.download(path, format=workspace.ExportFormat.JUPYTER).read() == content,
        [[cell["cell_type"], "".join(cell["source"])] for cell in again["cells"]],
        third == source,
    ]


@case
def overwrites_only_when_asked(client):
    path = "/Shared/operations/twice.txt"
    upload = client.workspace.upload
    upload(path, b"first", format=workspace.ImportFormat.RAW)
    again = error(upload, path, b"second", format=workspace.ImportFormat.RAW)
    upload(path, b"third", format=workspace.ImportFormat.RAW, overwrite=True)
    return [again, client.workspace.download(path).read().decode()]


@case
def walks_and_removes_a_tree(client):
    for name in ("one", "one/two", "one/two/three"):
        client.workspace.mkdirs(f"/Shared/walk/{name}")
        client.workspace.upload(f"/Shared/walk/{name}/f.txt", b"x", format=workspace.ImportFormat.RAW)
    found = sorted(item.path for item in client.workspace.list("/Shared/walk", recursive=True))
    full = error(client.workspace.delete, "/Shared/walk")
    client.workspace.delete("/Shared/walk", recursive=True)
    return [found, full, error(client.workspace.get_status, "/Shared/walk")]


@case
def refuses_formats_that_it_does_not_export(client):
    return error(client.workspace.export, "/Shared/operations/nb", format=workspace.ExportFormat.DBC)

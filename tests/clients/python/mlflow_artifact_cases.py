"""Cases of artifacts: by the Files API, and by signed URLs where that refuses."""

import json
import os
import tempfile
from io import BytesIO
from pathlib import Path

import mlflow
import numpy as np
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.catalog import VolumeType
from sklearn.linear_model import Ridge

from client_cases import case

FILES = "/api/2.0/fs/files/*path"
FOLDERS = "/api/2.0/fs/directories/*path"


def folder_with(files):
    folder = tempfile.mkdtemp()
    for name, content in files.items():
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def round_trip(scene, files):
    """Logs files to a new run and reads them back through the client."""
    run = scene.new_run()
    scene.client.log_artifacts(run, folder_with(files), "out")
    target = scene.client.download_artifacts(run, "out", tempfile.mkdtemp())
    seen = {str(path.relative_to(target)): path.read_bytes() for path in Path(target).rglob("*") if path.is_file()}
    assert seen == files, sorted(seen)
    return run


CONTENTS = {
    "plain.txt": b"hello\n",
    "empty.bin": b"",
    "deep/er/bytes.bin": bytes(range(256)) * 2_000,
    "odd name ä+&%20.txt": b"odd",
}


@case("files of a run go up and come down, with folders, odd names and empty ones")
def files(scene):
    run = round_trip(scene, CONTENTS)
    assert [(one.path, one.is_dir, one.file_size) for one in scene.client.list_artifacts(run)] == [("out", True, None)]
    listed = {one.path: one.file_size for one in scene.client.list_artifacts(run, "out") if not one.is_dir}
    assert listed == {f"out/{name}": len(content) for name, content in CONTENTS.items() if "/" not in name}
    assert scene.client.list_artifacts(run, "out/plain.txt") == []
    assert scene.client.list_artifacts(run, "never") == []


@case("files of a run go up and come down by signed URLs of Blob Storage")
def files_by_url(scene):
    with scene.without(FILES, FOLDERS):
        run = round_trip(scene, CONTENTS)
        assert {one.path for one in scene.client.list_artifacts(run, "out")} >= {"out/deep", "out/plain.txt"}
    assert Path(scene.client.download_artifacts(run, "out/plain.txt")).read_bytes() == b"hello\n"


@case("a large file goes up in blocks by a signed URL")
def blocks(scene):
    content = os.urandom(1_000_003)
    os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = "262144"
    try:
        with scene.without(FILES, FOLDERS):
            round_trip(scene, {"large.bin": content})
    finally:
        del os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"]


@case("text, dictionary, table and figure-less artifacts of the fluent interface")
def fluent(scene):
    with mlflow.start_run() as run:
        mlflow.log_text("# hi", "notes/readme.md")
        mlflow.log_dict({"a": [1, 2]}, "notes/data.json")
        mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
        mlflow.log_table({"x": [3], "y": ["c"]}, "table.json")
    uri = f"runs:/{run.info.run_id}/notes"
    assert mlflow.artifacts.load_text(f"{uri}/readme.md") == "# hi"
    assert mlflow.artifacts.load_dict(f"{uri}/data.json") == {"a": [1, 2]}
    assert list(mlflow.load_table("table.json", [run.info.run_id])["x"]) == [1, 2, 3]


@case("an artifact that does not exist is refused")
def missing(scene):
    run = scene.new_run()
    try:
        scene.client.download_artifacts(run, "never.txt")
    except Exception as error:
        assert "never.txt" in str(error) or "404" in str(error) or "not found" in str(error).lower(), error
    else:
        raise AssertionError("a missing file came down")


@case("a logged model goes up by URLs of Data Lake Storage, and predicts")
def logged_model_by_url(scene):
    estimator = Ridge(alpha=2.0).fit(scene.features, scene.target)
    os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = "1024"
    try:
        with scene.without(FILES, FOLDERS):
            info = scene.log_model(estimator, "by-url")
            loaded = mlflow.pyfunc.load_model(info.model_uri)
    finally:
        del os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"]
    assert np.allclose(loaded.predict(scene.head), estimator.predict(scene.head))
    again = mlflow.pyfunc.load_model(info.model_uri)
    assert np.allclose(again.predict(scene.head), estimator.predict(scene.head))


@case("a logged model is loaded by its id, in both flavours")
def by_id(scene):
    uri = f"models:/{scene.logged}"
    assert np.allclose(mlflow.pyfunc.load_model(uri).predict(scene.head), scene.predictions)
    estimator = mlflow.sklearn.load_model(uri)
    assert np.allclose(estimator.predict(scene.head), scene.predictions)
    assert mlflow.models.get_model_info(uri).signature.inputs.input_names() == list(scene.features.columns)


@case("the files of a logged model are listed and downloaded")
def logged_model_files(scene):
    names = {one.path for one in scene.client.list_logged_model_artifacts(scene.logged)}
    assert names >= {"MLmodel", "model.skops"}, names
    local = mlflow.artifacts.download_artifacts(f"models:/{scene.logged}")
    assert scene.logged in Path(local, "MLmodel").read_text()


@case("the files of a registered version come down by signed URLs of the registry")
def version_by_url(scene):
    with scene.without("/api/2.0/mlflow/unity-catalog/registered-models:is-databricks-sdk-models-artifact-repository-enabled"):
        name = scene.new_model("by_url", versions=1)
        loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
    assert np.allclose(loaded.predict(scene.head), scene.predictions)
    assert scene.client.get_model_version(name, "1").status == "READY"


@case("the files of a READY version cannot change")
def version_read_only(scene):
    path = f"/api/2.0/fs/files/Models/{scene.model.replace('.', '/')}/{scene.version}/MLmodel?overwrite=true"
    try:
        scene.control("PUT", path, {})
    except Exception as error:
        assert "403" in str(error), error
    else:
        raise AssertionError("the file was changed")


@case("the download URI of a version names its place")
def download_uri(scene):
    assert scene.client.get_model_version_download_uri(scene.model, scene.version).startswith("file:///")


@case("the files of a version are downloaded as they were registered")
def version_files(scene):
    local = Path(mlflow.artifacts.download_artifacts(f"models:/{scene.model}/{scene.version}"))
    assert {path.name for path in local.iterdir()} >= {"MLmodel", "requirements.txt", "model.skops"}
    source = Path(mlflow.artifacts.download_artifacts(f"models:/{scene.logged}"))
    assert (local / "model.skops").read_bytes() == (source / "model.skops").read_bytes()


@case("artifacts of a run stay when it is deleted and restored")
def kept(scene):
    run = scene.new_run()
    scene.client.log_dict(run, {"kept": True}, "kept.json")
    scene.client.delete_run(run)
    scene.client.restore_run(run)
    assert json.loads(Path(scene.client.download_artifacts(run, "kept.json")).read_text()) == {"kept": True}


@case("the SDK uploads a large file of a volume in parts, and reads it back by a signed URL")
def parts(scene):
    config = Config()
    config.files_ext_multipart_upload_min_stream_size = 1 << 20
    config.files_ext_multipart_upload_default_part_size = 1 << 20
    config.files_ext_multipart_upload_part_size_options = [1 << 20]
    workspace = WorkspaceClient(config=config)
    workspace.volumes.create("dev", "default", "large", VolumeType.MANAGED)
    content, path = os.urandom((5 << 20) + 17), "/Volumes/dev/default/large/in/parts.bin"
    workspace.files.upload(path, BytesIO(content))
    assert workspace.files.download(path).contents.read() == content
    try:
        workspace.files.upload(path, BytesIO(content), overwrite=False)
    except DatabricksError as error:
        assert error.error_code in ("ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS"), error.error_code
    else:
        raise AssertionError("an existing file was overwritten")
    workspace.files.upload(path, BytesIO(content[::-1]), overwrite=True)
    assert workspace.files.get_metadata(path).content_length == len(content)
    assert workspace.files.download(path).contents.read() == content[::-1]

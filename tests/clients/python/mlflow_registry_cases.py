"""Cases of the model registry, the same in both of the client's dialects."""

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException

from client_cases import case
from mlflow_scene import all_pages, refused


@case("a registered model has description, tags, owner and times")
def model(scene):
    made = scene.client.create_registered_model("dev.default.described", tags={"a": "1"}, description="what it does")
    assert made.name == "dev.default.described" and made.creation_timestamp > 0
    seen = scene.client.get_registered_model("dev.default.described")
    assert seen.description == "what it does" and seen.tags == {"a": "1"} and seen.aliases == {}
    updated = scene.client.update_registered_model("dev.default.described", description="more")
    assert updated.description == "more" and updated.last_updated_timestamp >= made.creation_timestamp


@case("a model exists once, in lower case, under a schema that exists")
def model_once(scene):
    scene.client.create_registered_model("dev.default.Twice")
    message = refused("RESOURCE_ALREADY_EXISTS", scene.client.create_registered_model, "dev.default.twice")
    assert "already exists" in message
    assert scene.client.get_registered_model("DEV.default.TWICE").name == "dev.default.twice"
    for name in ("dev.nowhere.m", "nowhere.default.m"):
        code = refused_any(scene.client.create_registered_model, name)
        assert code.endswith("DOES_NOT_EXIST") or code == "NOT_FOUND", code


def refused_any(call, *args):
    try:
        call(*args)
    except MlflowException as error:
        return error.error_code
    raise AssertionError("not refused")


@case("names that Unity Catalog does not have are refused")
def bad_names(scene):
    for name in ("dev.default.a b", "dev.default.a/b", "dev.default." + "x" * 256, "dev.default.tab\there"):
        assert refused_any(scene.client.create_registered_model, name) == "INVALID_PARAMETER_VALUE", name


@case("what does not exist is told by RESOURCE_DOES_NOT_EXIST")
def missing(scene):
    client = scene.client
    code = "RESOURCE_DOES_NOT_EXIST"
    assert "does not exist" in refused(code, client.get_registered_model, "dev.default.never")
    refused(code, client.get_model_version, "dev.default.never", "1")
    refused(code, client.get_model_version, scene.model, "999")
    refused(code, client.get_model_version_by_alias, scene.model, "never")
    refused(code, client.set_registered_model_alias, scene.model, "champion", "999")
    refused(code, client.set_model_version_tag, scene.model, "999", "a", "b")
    refused(code, client.set_registered_model_tag, "dev.default.never", "a", "b")
    refused(code, client.update_model_version, scene.model, "999", "text")
    refused(code, client.delete_model_version, scene.model, "999")
    refused(code, client.delete_registered_model, "dev.default.never")
    refused(code, client.delete_registered_model_alias, scene.model, "never")


@case("versions are numbered from 1, and a number is never given again")
def numbers(scene):
    name = scene.new_model("numbers", versions=2)
    scene.client.delete_model_version(name, "2")
    assert scene.client.create_model_version(name, f"models:/{scene.logged}").version == "3"
    assert sorted(one.version for one in scene.client.search_model_versions(f"name='{name}'")) == ["1", "3"]


@case("an alias names one version, moves, and goes")
def aliases(scene):
    client, name = scene.client, scene.new_model("aliases", versions=2)
    client.set_registered_model_alias(name, "Champion", "1")
    client.set_registered_model_alias(name, "challenger", "1")
    client.set_registered_model_alias(name, "champion", "2")
    assert client.get_registered_model(name).aliases == {"challenger": "1", "champion": "2"}
    assert client.get_model_version_by_alias(name, "CHAMPION").version == "2"
    assert list(client.get_model_version(name, "1").aliases) == ["challenger"]
    client.delete_registered_model_alias(name, "challenger")
    client.delete_model_version(name, "2")
    assert client.get_registered_model(name).aliases == {}
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version_by_alias, name, "champion")


@case("aliases that look like a version or a stage word are refused")
def bad_aliases(scene):
    for alias in ("v1", "12", "latest", "Latest", "a b", "a.b", "x" * 256, "ä"):
        code = refused_any(scene.client.set_registered_model_alias, scene.model, alias, scene.version)
        assert code == "INVALID_PARAMETER_VALUE", alias


@case("tags of a model and of a version are set, overwritten and deleted")
def tags(scene):
    client, name = scene.client, scene.new_model("tags", versions=1)
    client.set_registered_model_tag(name, "team", "risk")
    client.set_registered_model_tag(name, "team", "fraud")
    client.set_registered_model_tag(name, "gone", "x")
    client.delete_registered_model_tag(name, "gone")
    client.set_model_version_tag(name, "1", "approval", "approved")
    client.set_model_version_tag(name, "1", "gone", "x")
    client.delete_model_version_tag(name, "1", "gone")
    assert client.get_registered_model(name).tags == {"team": "fraud"}
    assert client.get_model_version(name, "1").tags == {"approval": "approved"}


@case("tag keys and values by the rules of Unity Catalog")
def tag_rules(scene):
    client = scene.client
    name = scene.new_model("tag_rules", versions=1)
    for key in ("a.b", "a,b", "a-b", "a=b", "a/b", "a:b", " a", "a ", "k" * 256):
        refused("INVALID_PARAMETER_VALUE", client.set_model_version_tag, name, "1", key, "v")
        refused("INVALID_PARAMETER_VALUE", client.set_registered_model_tag, name, key, "v")
    for value in ("v" * 1001, " v"):
        refused("INVALID_PARAMETER_VALUE", client.set_model_version_tag, name, "1", "key", value)
    for key, value in (("k" * 255, "v" * 1000), ("Ünï_code", "ä b"), ("with blank", ""), ("Case", "1"), ("case", "2")):
        client.set_model_version_tag(name, "1", key, value)
    seen = client.get_model_version(name, "1").tags
    assert seen["k" * 255] == "v" * 1000 and seen["Ünï_code"] == "ä b" and seen["with blank"] == ""
    assert seen["Case"] == "1" and seen["case"] == "2"


@case("a version has at most 20 tags, and an old one may still change")
def tag_count(scene):
    client, name = scene.client, scene.new_model("tag_count", versions=1)
    for index in range(20):
        client.set_model_version_tag(name, "1", f"t{index}", "v")
    message = refused("INVALID_PARAMETER_VALUE", client.set_model_version_tag, name, "1", "t20", "v")
    assert "20" in message
    client.set_model_version_tag(name, "1", "t3", "changed")
    assert client.get_model_version(name, "1").tags["t3"] == "changed"


@case("a version's description changes, its times follow")
def description(scene):
    name = scene.new_model("description", versions=1)
    before = scene.client.get_model_version(name, "1")
    scene.client.update_model_version(name, "1", "Zeile 1\nline 2 | `code` <b>")
    after = scene.client.get_model_version(name, "1")
    assert after.description == "Zeile 1\nline 2 | `code` <b>"
    assert after.last_updated_timestamp >= before.last_updated_timestamp
    scene.client.update_model_version(name, "1", "")
    assert not scene.client.get_model_version(name, "1").description


@case("a model is renamed with its versions, aliases and files")
def renamed(scene):
    client, name = scene.client, scene.new_model("old_name", versions=1)
    client.set_registered_model_alias(name, "champion", "1")
    client.rename_registered_model(name, "dev.default.new_name")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, name)
    loaded = mlflow.pyfunc.load_model("models:/dev.default.new_name@champion")
    assert np.allclose(loaded.predict(scene.head), scene.predictions)
    scene.client.create_registered_model("dev.default.taken")
    refused("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, "dev.default.new_name", "dev.default.taken")


@case("a model is deleted with all its versions")
def deleted(scene):
    client, name = scene.client, scene.new_model("deleted", versions=2)
    client.delete_registered_model(name)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "1")
    assert list(client.search_model_versions(f"name='{name}'")) == []
    client.create_registered_model(name)
    assert client.create_model_version(name, f"models:/{scene.logged}").version == "1"


@case("versions of a model are searched in pages, without tags and aliases")
def search_versions(scene):
    name = scene.new_model("searched", versions=5)
    scene.client.set_model_version_tag(name, "1", "a", "b")
    found, pages = all_pages(scene.client.search_model_versions, filter_string=f"name = '{name}'", max_results=2)
    assert pages == 3 and sorted(int(one.version) for one in found) == [1, 2, 3, 4, 5]


@case("a search over versions with another filter or an order is refused")
def search_versions_refused(scene):
    both = f"name = '{scene.model}' AND run_id = 'x'"
    # The native dialect has no filter; of two conditions its client sends the model alone.
    for text in ("name LIKE 'dev%'", "tags.a = 'b'", "", "source = 'a'", *([] if scene.native else [both])):
        code = refused_any(scene.client.search_model_versions, text)
        # With the native dialect the client refuses by itself.
        assert code in ("INVALID_PARAMETER_VALUE", "INTERNAL_ERROR" if scene.native else ""), (text, code)
    refused_any(lambda: scene.client.search_model_versions(f"name='{scene.model}'", order_by=["version"]))


@case("registered models are listed in pages, each once; a filter is refused")
def search_models(scene):
    names = {f"dev.default.page{index}" for index in range(12)}
    for name in names:
        scene.client.create_registered_model(name)
    found, pages = all_pages(scene.client.search_registered_models, max_results=5)
    listed = [one.name for one in found]
    assert pages >= 3 and len(listed) == len(set(listed)) and names <= set(listed)
    refused_any(lambda: scene.client.search_registered_models("name = 'dev.default.page1'"))


@case("stages and latest versions are refused, as Unity Catalog has none")
def no_stages(scene):
    client = scene.client
    for call in (
        lambda: client.transition_model_version_stage(scene.model, scene.version, "Production"),
        lambda: client.get_latest_versions(scene.model),
    ):
        try:
            call()
        except MlflowException as error:
            assert "alias" in str(error).lower() or "unsupported" in str(error).lower(), error
        else:
            raise AssertionError("stages were answered")


@case("a deployment job is linked to a model, changed, and named by it")
def deployment_job(scene):
    client, name = scene.client, "dev.default.with_job"
    client.create_registered_model(name, deployment_job_id="77")
    assert str(client.get_registered_model(name).deployment_job_id) == "77"
    client.update_registered_model(name, deployment_job_id="78")
    assert str(client.get_registered_model(name).deployment_job_id) == "78"
    client.update_registered_model(name, description="text")
    assert str(client.get_registered_model(name).deployment_job_id) == "78"


@case("both dialects show the same model and version")
def both_dialects(scene):
    client, name = scene.client, scene.new_model("both", versions=1)
    client.set_registered_model_alias(name, "champion", "1")
    client.set_model_version_tag(name, "1", "approval", "approved")
    old = scene.control("GET", f"/api/2.0/mlflow/unity-catalog/model-versions/get?name={name}&version=1")["model_version"]
    new = scene.control("GET", f"/api/2.1/unity-catalog/models/{name}/versions/1?include_aliases=true")
    assert (old["version"], new["version"]) == ("1", 1) and old["storage_location"] == new["storage_location"]
    assert [one["alias"] for one in old["aliases"]] == [one["alias_name"] for one in new["aliases"]] == ["champion"]
    assert old["tags"] == new["tags"] == [{"key": "approval", "value": "approved"}]
    plain = scene.control("GET", f"/api/2.1/unity-catalog/models/{name}")
    assert "aliases" not in plain and plain["full_name"] == name

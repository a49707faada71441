"""Grants and refusals in Unity Catalog, and of files of volumes, by the Databricks SDK for Python."""

import io

from databricks.sdk.service import catalog

from client_cases import case
from rights_scene import ADA, CI, ada, admin, ci, error, eve


def privileges(assignments) -> dict:
    return {
        one.principal: sorted(p.value if hasattr(p, "value") else p.privilege.value for p in one.privileges)
        for one in assignments or []
    }


@case
def catalogs_seen():
    return [[c.name for c in one.catalogs.list()] for one in (ada, eve)]


@case
def catalog_denied():
    return error(ada.catalogs.get, "prod")


@case
def catalog_missing():
    return error(ada.catalogs.get, "none")


@case
def catalog_life():
    made = admin.catalogs.create("client_made", comment="first", properties={"team": "ml"})
    changed = admin.catalogs.update("client_made", comment="second")
    admin.catalogs.delete("client_made", force=True)
    return [made.comment, made.properties, changed.comment, error(admin.catalogs.get, "client_made")[0]]


@case
def schema_life():
    admin.schemas.create("client_schema", "dev")
    changed = admin.schemas.update("dev.client_schema", comment="c")
    listed = [s.name for s in admin.schemas.list("dev")]
    admin.schemas.delete("dev.client_schema")
    return [changed.comment, "client_schema" in listed, error(admin.schemas.get, "dev.client_schema")[0]]


@case
def schema_denied():
    return error(ada.schemas.create, "s", "dev")


@case
def volume_life():
    admin.volumes.create("dev", "default", "client_volume", catalog.VolumeType.MANAGED)
    changed = admin.volumes.update("dev.default.client_volume", comment="c")
    admin.volumes.delete("dev.default.client_volume")
    return [changed.comment, error(admin.volumes.read, "dev.default.client_volume")[0]]


@case
def volume_denied():
    return error(ci.volumes.read, "dev.default.files")


@case
def table_columns():
    return [[c.name, c.type_name.value] for c in ada.tables.get("dev.default.t").columns]


@case
def table_exists():
    return [ada.tables.exists("dev.default.t").table_exists, ada.tables.exists("dev.default.none").table_exists]


@case
def table_lists():
    return [[t.name for t in one.tables.list("dev", "default")] for one in (ada, ci)]


@case
def table_denied():
    return error(ci.tables.get, "dev.default.t")


@case
def table_missing():
    return error(ada.tables.get, "dev.default.none")


@case
def grants_direct():
    return privileges(admin.grants.get("catalog", "dev").privilege_assignments)


@case
def grants_change():
    def change(**named):
        changes = [catalog.PermissionsChange(principal=CI, **named)]
        return privileges(admin.grants.update("table", "dev.default.t", changes=changes).privilege_assignments)

    given = change(add=[catalog.Privilege.SELECT])
    seen = ci.tables.get("dev.default.t").name
    return [given, seen, change(remove=[catalog.Privilege.SELECT]), error(ci.tables.get, "dev.default.t")[0]]


@case
def grants_twice():
    both = [catalog.PermissionsChange(principal=CI, add=[catalog.Privilege.SELECT], remove=[catalog.Privilege.SELECT])]
    return error(admin.grants.update, "table", "dev.default.t", changes=both)


@case
def grants_nobody():
    change = [catalog.PermissionsChange(principal="nobody", add=[catalog.Privilege.SELECT])]
    return error(admin.grants.update, "table", "dev.default.t", changes=change)


@case
def grants_denied():
    return error(ada.grants.get, "catalog", "dev")


@case
def effective_inherited():
    found = admin.grants.get_effective("table", "dev.default.t", principal="readers").privilege_assignments
    return sorted([p.privilege.value, p.inherited_from_type.value, p.inherited_from_name] for p in found[0].privileges)


@case
def effective_own():
    return ada.grants.get_effective("catalog", "dev", principal=ADA).privilege_assignments


@case
def effective_of_others():
    return error(ada.grants.get_effective, "catalog", "dev", principal="builders")


@case
def tags_life():
    tag = catalog.EntityTagAssignment(entity_type="tables", entity_name="dev.default.t", tag_key="team", tag_value="ml")
    admin.entity_tag_assignments.create(tag)
    tag.tag_value = "risk"
    admin.entity_tag_assignments.update("tables", "dev.default.t", "team", tag, update_mask="tag_value")
    listed = [[t.tag_key, t.tag_value] for t in ada.entity_tag_assignments.list("tables", "dev.default.t")]
    denied = error(ada.entity_tag_assignments.delete, "tables", "dev.default.t", "team")
    admin.entity_tag_assignments.delete("tables", "dev.default.t", "team")
    return [listed, denied, [t.tag_key for t in admin.entity_tag_assignments.list("tables", "dev.default.t")]]


@case
def files_read_only():
    path = "/Volumes/dev/default/files/a.txt"
    return [ada.files.download(path).contents.read().decode(), error(ada.files.upload, path, io.BytesIO(b"x"), overwrite=True)]


@case
def files_directories():
    root = "/Volumes/dev/default/files/deep"
    admin.files.create_directory(root)
    admin.files.upload(f"{root}/b.txt", io.BytesIO(b"b"))
    listed = [[e.name, e.is_directory] for e in ada.files.list_directory_contents("/Volumes/dev/default/files")]
    full = error(admin.files.delete_directory, root)[:1]
    admin.files.delete(f"{root}/b.txt")
    admin.files.delete_directory(root)
    return [sorted(listed), full, error(ada.files.get_directory_metadata, root)[:1]]


@case
def files_denied():
    return error(ci.files.download, "/Volumes/dev/default/files/a.txt")


@case
def models_denied():
    return error(ci.registered_models.get, "dev.default.churn")


@case
def alias_denied():
    return [ada.model_versions.get_by_alias("dev.default.churn", "champion").version, error(ada.registered_models.set_alias, "dev.default.churn", "mine", 1)]

"""Grants, permissions, SCIM, Unity Catalog and files by the Databricks SDK for Python, as principals with few rights.

Each case is a function; prints one JSON object: what each case saw. Tokens are in ADMIN_TOKEN, ADA_TOKEN, CI_TOKEN, EVE_TOKEN.
"""

import io
import json
import os

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import catalog, iam, jobs, workspace

CI = "11111111-2222-4333-8444-555555555555"
ADA = "ada@example.com"


def client(name: str) -> WorkspaceClient:
    return WorkspaceClient(token=os.environ[f"{name}_TOKEN"])


def error(call, *arguments, **named) -> list:
    try:
        result = call(*arguments, **named)
        if hasattr(result, "__next__"):
            list(result)
    except DatabricksError as failure:
        # The SDK adds its own configuration to refusals.
        return [type(failure).__name__, str(failure).split(" Config: ")[0]]
    return []


def privileges(assignments) -> dict:
    return {
        one.principal: sorted(p.value if hasattr(p, "value") else p.privilege.value for p in one.privileges)
        for one in assignments or []
    }


admin, ada, ci, eve = (client(name) for name in ("ADMIN", "ADA", "CI", "EVE"))
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


@case
def me():
    return [ada.current_user.me().user_name, [g.display for g in ada.current_user.me().groups], ci.current_user.me().user_name]


@case
def wrong_token():
    return error(WorkspaceClient(token="dapi-nobody").current_user.me)


@case
def users_by_filter():
    return [u.user_name for u in admin.users.list(filter='userName eq "ada@example.com"')]


@case
def users_all():
    return sorted(u.user_name for u in admin.users.list() if not u.user_name.endswith("@localhost"))


@case
def user_by_id():
    found = next(iter(admin.users.list(filter='userName eq "ada@example.com"')))
    return admin.users.get(found.id).entitlements[0].value


@case
def user_missing():
    return error(admin.users.get, "7")


@case
def group_members():
    group = next(iter(admin.groups.list(filter='displayName eq "readers"')))
    return [m.display for m in admin.groups.get(group.id).members]


@case
def service_principals():
    found = next(iter(admin.service_principals.list(filter=f'applicationId eq "{CI}"')))
    return [found.display_name, admin.service_principals.get(found.id).application_id == CI]


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


def statement(one: WorkspaceClient, text: str) -> list:
    warehouse = next(iter(one.warehouses.list())).id
    status = one.statement_execution.execute_statement(text, warehouse, wait_timeout="30s").status
    return [status.state.value, status.error.message if status.error else ""]


@case
def sql_read():
    return statement(ada, "SELECT * FROM dev.default.t")


@case
def sql_denied():
    return statement(ada, "INSERT INTO dev.default.t VALUES (1, 'a')")


@case
def warehouse_denied():
    warehouse = next(iter(admin.warehouses.list())).id
    return [list(eve.warehouses.list()), error(eve.statement_execution.execute_statement, "SELECT 1", warehouse)[0]]


@case
def job_permissions():
    task = jobs.Task(task_key="a", notebook_task=jobs.NotebookTask(notebook_path="/n"))
    job = str(admin.jobs.create(name="permitted", tasks=[task]).job_id)
    hidden = error(ada.jobs.get, int(job))
    level = iam.AccessControlRequest(group_name="readers", permission_level=iam.PermissionLevel.CAN_VIEW)
    admin.permissions.update("jobs", job, access_control_list=[level])
    seen = ada.jobs.get(int(job)).settings.name
    levels = [
        [entry.group_name, entry.all_permissions[0].permission_level.value]
        for entry in ada.permissions.get("jobs", job).access_control_list
        if entry.group_name
    ]
    return [hidden[0], seen, sorted(levels), error(ada.jobs.run_now, int(job))[0]]


@case
def workspace_objects():
    admin.workspace.mkdirs("/Shared/rights")
    admin.workspace.upload("/Shared/rights/n.py", io.BytesIO(b"# Databricks notebook source\nprint(1)"), format=workspace.ImportFormat.AUTO)
    admin.workspace.upload("/Shared/rights/plain.txt", io.BytesIO(b"plain"), format=workspace.ImportFormat.RAW)
    listed = sorted([o.path, o.object_type.value] for o in ada.workspace.list("/Shared/rights"))
    full = error(admin.workspace.delete, "/Shared/rights")[:1]
    admin.workspace.delete("/Shared/rights", recursive=True)
    return [listed, full, error(ada.workspace.get_status, "/Shared/rights")[:1]]


@case
def secrets():
    admin.secrets.create_scope("rights")
    admin.secrets.put_secret("rights", "key", string_value="hidden")
    listed = [s.key for s in admin.secrets.list_secrets("rights")]
    again = error(admin.secrets.create_scope, "rights")[:1]
    admin.secrets.delete_secret("rights", "key")
    missing = error(admin.secrets.get_secret, "rights", "key")[:1]
    admin.secrets.delete_scope("rights")
    return [listed, again, missing, error(admin.secrets.list_secrets, "rights")[:1]]


def main() -> None:
    print(json.dumps({name: function() for name, function in CASES.items()}))


main()

"""Permissions of jobs, warehouses, folders, experiments, pipelines and secrets, by the Databricks SDK for Python."""

import io

from databricks.sdk import WorkspaceClient
from databricks.sdk.service import iam, jobs, ml, pipelines, workspace

from client_cases import case
from rights_scene import ADA, CI, EVE, ada, admin, error, eve


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


@case
def secret_acls():
    admin.secrets.create_scope("shared", initial_manage_principal="readers")
    admin.secrets.put_secret("shared", "key", string_value="hidden")
    refused = error(eve.secrets.get_secret, "shared", "key")
    ada.secrets.put_acl("shared", EVE, workspace.AclPermission.READ)
    read = eve.secrets.get_secret("shared", "key").key
    listed = [[acl.principal, acl.permission.value] for acl in ada.secrets.list_acls("shared")]
    written = error(eve.secrets.put_secret, "shared", "key", string_value="x")[:1]
    ada.secrets.delete_acl("shared", EVE)
    again = error(eve.secrets.get_secret, "shared", "key")[:1]
    admin.secrets.delete_scope("shared")
    return [refused, read, listed, written, again]


@case
def folder_permissions():
    home = f"/Users/{ADA}/shared"
    ada.workspace.mkdirs(home)
    folder = str(ada.workspace.get_status(home).object_id)
    hidden = error(eve.workspace.list, home)[:1]
    level = workspace.WorkspaceObjectAccessControlRequest(
        user_name=EVE, permission_level=workspace.WorkspaceObjectPermissionLevel.CAN_READ
    )
    ada.workspace.update_permissions("directories", folder, access_control_list=[level])
    ada.workspace.upload(f"{home}/a.txt", io.BytesIO(b"a"), format=workspace.ImportFormat.RAW)
    shown = [one.path for one in eve.workspace.list(home)]
    file = str(ada.workspace.get_status(f"{home}/a.txt").object_id)
    levels = {
        one.user_name or one.group_name: [one.all_permissions[0].permission_level.value, one.all_permissions[0].inherited]
        for one in ada.workspace.get_permissions("files", file).access_control_list
    }
    return [hidden, shown, levels, error(eve.workspace.delete, f"{home}/a.txt")]


@case
def experiment_permissions():
    made = ada.experiments.create_experiment(f"/Users/{ADA}/exp").experiment_id
    hidden = error(eve.experiments.get_experiment, made)[:1]
    level = ml.ExperimentAccessControlRequest(user_name=EVE, permission_level=ml.ExperimentPermissionLevel.CAN_READ)
    ada.experiments.update_permissions(made, access_control_list=[level])
    seen = eve.experiments.get_experiment(made).experiment.name
    return [hidden, seen, error(eve.experiments.create_run, experiment_id=made)[:1]]


@case
def pipeline_permissions():
    made = ada.pipelines.create(name="permitted", catalog="dev", schema="default").pipeline_id
    hidden = error(eve.pipelines.get, made)[1].replace(made, "<id>")
    level = pipelines.PipelineAccessControlRequest(user_name=EVE, permission_level=pipelines.PipelinePermissionLevel.CAN_VIEW)
    ada.pipelines.update_permissions(made, access_control_list=[level])
    return [hidden, eve.pipelines.get(made).run_as_user_name, error(eve.pipelines.start_update, made)[1].replace(made, "<id>")]


@case
def run_as():
    check = jobs.ConditionTask(op=jobs.ConditionTaskOp.EQUAL_TO, left="1", right="1")
    task = jobs.Task(task_key="a", condition_task=check)
    named = admin.jobs.create(name="as ci", tasks=[task], run_as=jobs.JobRunAs(service_principal_name=CI))
    own = ada.jobs.create(name="as ada", tasks=[task])
    names = [admin.jobs.get(one.job_id).run_as_user_name for one in (named, own)]
    return [names, error(ada.jobs.create, name="as boss", tasks=[task], run_as=jobs.JobRunAs(user_name="boss@example.com"))[:1]]

"""Who a client is, how it signs in, and what it is told: the ways of the environment, of a profile and of a service principal."""

import os
from urllib.request import Request, urlopen

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError

from client_cases import case
from sdk_errors import error, told


@case
def knows_who_it_is(client):
    me = client.current_user.me()
    return [me.user_name, me.active, me.id.isdigit()]


@case
def says_how_it_signs_in(client):
    config = client.config
    return [config.auth_type, config.host == os.environ["DATABRICKS_HOST"], sorted(config.authenticate())]


@case
def signs_in_by_a_profile(client):
    by_profile = WorkspaceClient(config=Config(profile="local", host=None, token=None))
    return [by_profile.config.profile, by_profile.current_user.me().id == client.current_user.me().id]


@case
def signs_in_as_a_service_principal(client):
    robot = WorkspaceClient(
        config=Config(
            host=client.config.host,
            client_id="11111111-2222-3333-4444-555555555555",
            client_secret="robot-secret",
            auth_type="oauth-m2m",
        )
    )
    return [robot.config.auth_type, robot.current_user.me().user_name]


@case
def refuses_a_wrong_secret(client):
    robot = Config(
        host=client.config.host,
        client_id="11111111-2222-3333-4444-555555555555",
        client_secret="wrong",
        auth_type="oauth-m2m",
    )
    try:
        robot.authenticate()
    except (DatabricksError, ValueError) as failure:
        return "invalid_client" in str(failure)
    return False


@case
def refuses_a_wrong_token(client):
    stranger = WorkspaceClient(config=Config(host=client.config.host, token="dapi-unknown", auth_type="pat"))
    return [error(stranger.current_user.me)[0], told(stranger.jobs.get, 1).split(". ")[0]]


@case
def knows_its_workspace(client):
    request = Request(client.config.host + "/api/2.0/preview/scim/v2/Me", headers=client.config.authenticate())
    with urlopen(request) as answer:
        named = answer.headers["x-databricks-org-id"]
    return [str(client.get_workspace_id()) == named, named.isdigit()]


@case
def calls_any_operation_by_path(client):
    api = client.api_client
    made = api.do("POST", "/api/2.2/jobs/create", body={"name": "by path", "tasks": [SCRIPT]})
    got = api.do("GET", "/api/2.2/jobs/get", query={"job_id": made["job_id"]})
    api.do("PATCH", f"/api/2.0/permissions/jobs/{made['job_id']}", body={"access_control_list": [READERS]})
    shown = api.do("GET", f"/api/2.0/permissions/jobs/{made['job_id']}")["access_control_list"]
    api.do("POST", "/api/2.2/jobs/delete", body={"job_id": made["job_id"]})
    return [got["settings"]["name"], "readers" in [entry.get("group_name") for entry in shown]]


@case
def says_what_it_has_not(client):
    calls = {
        "clusters": lambda: list(client.clusters.list()),
        "repos": lambda: list(client.repos.list()),
        "dbfs": lambda: list(client.dbfs.list("/tmp")),
        "policies": lambda: list(client.cluster_policies.list()),
        "nothing": lambda: client.api_client.do("GET", "/api/2.0/no-such-thing"),
    }
    return {name: [error(call)[0], told(call)] for name, call in calls.items()}


@case
def keeps_secrets_in_scopes(client):
    secrets = client.secrets
    secrets.create_scope("client")
    secrets.put_secret("client", "key", string_value="a value")
    value = client.dbutils.secrets.get("client", "key")
    listed = [secret.key for secret in secrets.list_secrets("client")]
    again = error(secrets.create_scope, "client")
    secrets.delete_secret("client", "key")
    left = len(list(secrets.list_secrets("client")))
    secrets.delete_scope("client")
    return [value, listed, again, left, error(secrets.get_secret, "client", "key")]


SCRIPT = {"task_key": "a", "spark_python_task": {"python_file": "/Shared/none.py"}}
READERS = {"group_name": "readers", "permission_level": "CAN_VIEW"}

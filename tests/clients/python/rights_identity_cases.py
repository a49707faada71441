"""Who is who, by the Databricks SDK for Python."""

from databricks.sdk import WorkspaceClient

from client_cases import case
from rights_scene import CI, ada, admin, ci, error


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

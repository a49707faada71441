"""Long lists, page by page, by the Databricks SDK for Python and the MLflow client in both of its registry dialects."""

import os

import mlflow
from databricks.sdk.service.ml import ViewType

from client_cases import case
from sdk_errors import error

MANY = "dev.default.many"


def each_once(values):
    values = list(values)
    return [len(values), len(set(values))]


@case
def lists_250_jobs(client):
    names = [job.settings.name for job in client.jobs.list()]
    return each_once(name for name in names if name.startswith("seeded "))


@case
def lists_250_jobs_in_pages_of_7(client):
    jobs = client.jobs.list(limit=7)
    return each_once(job.job_id for job in jobs if job.settings.name.startswith("seeded "))


@case
def lists_jobs_with_tasks(client):
    return sorted({len(job.settings.tasks) for job in client.jobs.list(expand_tasks=True, limit=100)})


@case
def finds_a_job_by_name(client):
    return [job.settings.name for job in client.jobs.list(name="SEEDED 17")]


@case
def lists_1000_runs(client):
    busy = next(client.jobs.list(name="busy"))
    return each_once(run.run_id for run in client.jobs.list_runs(job_id=busy.job_id))


@case
def lists_runs_between_times(client):
    busy = next(client.jobs.list(name="busy")).job_id
    runs = client.jobs.list_runs(job_id=busy, start_time_from=101_000, start_time_to=110_000, limit=3)
    return [run.start_time // 1000 for run in runs]


@case
def lists_runs_of_all_jobs(client):
    found, distinct = each_once(run.run_id for run in client.jobs.list_runs(completed_only=True, limit=24))
    return [found >= 1000, found == distinct]


@case
def lists_5000_versions(client):
    return each_once(version.version for version in client.model_versions.list(MANY))


@case
def lists_versions_in_pages_of_999(client):
    versions = [version.version for version in client.model_versions.list(MANY, max_results=999)]
    return [len(versions), versions == list(range(1, 5001))]


@case
def gets_the_last_version_by_alias(client):
    version = client.model_versions.get_by_alias(MANY, "newest")
    return [version.version, version.status.value]


@case
def lists_models_of_a_schema(client):
    models = client.registered_models.list(catalog_name="dev", schema_name="default", max_results=13)
    return each_once(model.name for model in models if model.name.startswith("one_of_"))


def registry(native):
    """A client of one dialect. It keeps one store for each address, made by what the environment says then: hence the two addresses."""
    os.environ["MLFLOW_ENABLE_UC_NATIVE_MODEL_REGISTRY"] = str(native).lower()
    address = "databricks-uc://local" if native else "databricks-uc"
    return mlflow.MlflowClient(tracking_uri="databricks", registry_uri=address)


def searched(native, page_size):
    """Numbers of the versions that a search finds page by page, and how many pages that took."""
    client = registry(native)
    found, token, pages = [], None, 0
    while pages == 0 or token:
        page = client.search_model_versions(f"name='{MANY}'", max_results=page_size, page_token=token)
        found.extend(int(version.version) for version in page)
        token, pages = page.token, pages + 1
    return [type(client._get_registry_client().store).__name__, sorted(found) == list(range(1, 5001)), pages]


@case
def mlflow_searches_5000_versions(client):
    return searched(False, 1000)


@case
def mlflow_searches_5000_versions_natively(client):
    return searched(True, 1000)


@case
def mlflow_pages_models(client):
    names = {}
    for native in (False, True):
        found, token, pages = [], None, 0
        while pages == 0 or token:
            page = registry(native).search_registered_models(max_results=50, page_token=token)
            found.extend(model.name for model in page if ".one_of_" in model.name)
            token, pages = page.token, pages + 1
        names[native] = found
    return [len(names[False]), names[False] == names[True], len(set(names[True]))]


@case
def mlflow_reads_a_version_in_both_dialects(client):
    versions = [registry(native).get_model_version(MANY, "4999") for native in (False, True)]
    return [[version.version, version.status, version.source] for version in versions]


@case
def mlflow_pages_1000_runs(client):
    tracking = registry(False)
    experiment = tracking.get_experiment_by_name("/Shared/seeded").experiment_id
    found, token, pages = [], None, 0
    while pages == 0 or token:
        page = tracking.search_runs(
            [experiment], "metrics.index < 950", order_by=["metrics.index DESC"], max_results=300, page_token=token
        )
        found.extend(int(run.data.metrics["index"]) for run in page)
        token, pages = page.token, pages + 1
    return [found == list(range(949, -1, -1)), pages]


@case
def mlflow_searches_runs_as_a_table(client):
    mlflow.set_tracking_uri("databricks")
    table = mlflow.search_runs(experiment_names=["/Shared/seeded"], filter_string="params.parity = 'odd'")
    return [len(table), sorted(set(table["params.parity"]))]


@case
def sdk_pages_1000_runs_of_mlflow(client):
    experiment = client.experiments.get_by_name("/Shared/seeded").experiment.experiment_id
    runs = client.experiments.search_runs(
        experiment_ids=[experiment], run_view_type=ViewType.ACTIVE_ONLY, max_results=400
    )
    return each_once(run.info.run_id for run in runs)


@case
def sdk_searches_experiments(client):
    for number in range(5):
        client.experiments.create_experiment(f"/Shared/paged-{number}")
    found = client.experiments.search_experiments(filter="name LIKE '/Shared/paged-%'", order_by=["name"], max_results=2)
    return [experiment.name[-1] for experiment in found]


@case
def refuses_a_foreign_page_token(client):
    return [
        error(client.api_client.do, "GET", "/api/2.2/jobs/list", query={"page_token": "wrong"}),
        error(client.api_client.do, "GET", f"/api/2.1/unity-catalog/models/{MANY}/versions", query={"page_token": "?"}),
    ]

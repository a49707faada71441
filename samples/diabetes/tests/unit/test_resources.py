from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parent.parent.parent
REQUIREMENTS = (PROJECT / "requirements.txt").read_text(encoding="utf-8").split()
JOBS = {path.name.split(".")[0]: path for path in (PROJECT / "resources").glob("*.job.yml")}


@pytest.mark.parametrize("key", JOBS)
def test_jobs_have_the_names_and_the_environment_that_the_pipeline_and_the_models_rely_on(key):
    job = yaml.safe_load(JOBS[key].read_text(encoding="utf-8"))["resources"]["jobs"][key]
    assert job["name"] == f"diabetes-{key}"
    assert [environment["spec"]["dependencies"] for environment in job["environments"]] == [REQUIREMENTS]


@pytest.mark.parametrize("key", JOBS)
def test_tasks_name_files_that_exist_and_parameters_that_the_job_has(key):
    text = JOBS[key].read_text(encoding="utf-8")
    job = yaml.safe_load(text)["resources"]["jobs"][key]
    declared = {parameter["name"] for parameter in job["parameters"]}
    for task in job["tasks"]:
        script = task.get("spark_python_task", {})
        path = script.get("python_file") or task["notebook_task"]["notebook_path"]
        assert (JOBS[key].parent / path).is_file()
        used = {
            value.split("job.parameters.")[1].rstrip("}") for value in script.get("parameters", []) if "job." in value
        }
        assert used <= declared

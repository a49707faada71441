import { didYouMean } from '../../src/nearest-name';
import { type Fields, fieldListAt, fieldsAt } from './fields';

/** Fields of a job and of a task: https://docs.databricks.com/api/workspace/jobs/create */
const OF_JOB = words(`
  name description tags parameters tasks job_clusters environments git_source schedule trigger continuous queue max_concurrent_runs
  timeout_seconds health email_notifications webhook_notifications notification_settings run_as edit_mode deployment format
  budget_policy_id usage_policy_id performance_target access_control_list permissions lifecycle
`);
const OF_TASK = words(`
  task_key description depends_on run_if disabled max_retries min_retry_interval_millis retry_on_timeout timeout_seconds
  disable_auto_optimization health libraries existing_cluster_id new_cluster job_cluster_key environment_key compute
  email_notifications webhook_notifications notification_settings
  alert_task clean_rooms_notebook_task condition_task dashboard_task dbt_cloud_task dbt_platform_task dbt_task for_each_task
  gen_ai_compute_task notebook_task pipeline_task power_bi_task python_operator_task python_wheel_task run_job_task spark_jar_task
  spark_python_task spark_submit_task sql_task
`);

/**
 * A sentence on each field of a job that the Jobs API does not know. The service takes such a job and drops the field, so that two tasks start at
 * once whose `depends_on` is misspelt.
 */
export function unknownFields(settings: Fields, where: string): readonly string[] {
  return [...strangers(settings, OF_JOB, where), ...ofTasks(fieldListAt(settings, 'tasks'), where)];
}

function ofTasks(tasks: readonly Fields[], where: string): readonly string[] {
  return tasks.flatMap((task) => {
    const at = `${where}, task ${String(task.task_key)}`;
    const { task: inner } = fieldsAt(task, 'for_each_task');
    return [...strangers(task, OF_TASK, at), ...(inner === undefined ? [] : ofTasks([inner as Fields], at))];
  });
}

function strangers(fields: Fields, known: readonly string[], where: string): readonly string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `${where}: the Jobs API knows no field ${name}. ${didYouMean(name, known)}`.trim());
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

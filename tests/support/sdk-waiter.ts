/**
 * Milliseconds that the waiter of the Databricks SDK for Python (`wait_get_run_job_terminated_or_skipped`) sleeps after its look number
 * `attempt`, from 1: as many seconds as it has looked, at most ten, and up to one more by chance. `tests/clients` holds this against the SDK itself.
 * @param random number in [0, 1)
 */
export function sdkDelay(attempt: number, random: number): number {
  return (Math.min(10, attempt) + random) * 1_000;
}

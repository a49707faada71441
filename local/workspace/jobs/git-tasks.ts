import { invalid } from '../fields';
import type { TaskSpec } from './types';

/** Task types whose files may lie in Git. */
const TYPES = ['notebook_task', 'spark_python_task', 'dbt_task'] as const;

/** Whether a task takes its file from the Git source of its job. */
export function takesFromGit(spec: Pick<TaskSpec, 'notebook_task' | 'spark_python_task' | 'sql_task'>): boolean {
  const parts = [spec.sql_task?.file, ...TYPES.map((type) => (spec as Record<string, unknown>)[type])];
  return parts.some((part) => (part as { readonly source?: unknown } | undefined)?.source === 'GIT');
}

/** That the service refuses it when the job is made, and with which words, is [U]. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function refuseWithoutGit(key: string, spec: Partial<TaskSpec>, fromGit: boolean): void {
  if (!fromGit && takesFromGit(spec)) {
    throw invalid(`Task '${key}' takes its source from GIT, and there is no git_source.`);
  }
}

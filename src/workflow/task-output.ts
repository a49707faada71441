import type { RunOutput } from '../databricks/runs';
import { type SaidResult, saidInJson, saidInLogs } from './said-result';

/** What is kept of a task's output: a run may have thousands of tasks, and each may have printed 5 MB. */
export interface TaskOutput {
  /** Exit value of a notebook, cut after {@link RESULT_CHARACTERS}. */
  readonly notebookResult?: string;
  /** What the code said about what it made. */
  readonly said?: SaidResult;
  /** The same as it stands there, where it cannot be used. */
  readonly unreadableResult?: string;
  readonly error?: string;
  /** The end of the error's trace and of the log, as a person reads them; none where the task has no error. */
  readonly lastLines: readonly string[];
  /** The run that a `run_job_task` started. */
  readonly nestedRunId?: string;
}

const RESULT_CHARACTERS = 65_536;
const ERROR_CHARACTERS = 2_000;
const TRACE_LINES = 40;
const LOG_LINES = 20;
const LINE_CHARACTERS = 400;
/** Characters at the end of a text in which its last lines are looked for. */
const TAIL_CHARACTERS = 100_000;

/** The part of an output that is kept. */
export function keptOutput(output: RunOutput): TaskOutput {
  const result = output.notebook_output?.result;
  const { said, unreadable } = result === undefined ? saidInLogs(output.logs ?? '') : saidInJson(result);
  const nested = output.run_job_output?.run_id;
  return {
    ...(result === undefined ? {} : { notebookResult: cut(result, RESULT_CHARACTERS) }),
    ...(said === undefined ? {} : { said }),
    ...(unreadable === undefined
      ? {}
      : { unreadableResult: cut(unreadable || 'nothing stands behind it', LINE_CHARACTERS) }),
    ...(output.error === undefined ? {} : { error: cut(output.error, ERROR_CHARACTERS) }),
    lastLines: output.error === undefined && output.error_trace === undefined ? [] : endOf(output),
    ...(nested === undefined ? {} : { nestedRunId: nested }),
  };
}

function endOf({ error, error_trace, logs }: RunOutput): string[] {
  const trace = lastLines(error_trace || error || '', TRACE_LINES);
  // A script's log ends with the trace that the error has already.
  const ownLog = (logs ?? '').replaceAll((error_trace ?? '').trim() || '\0', '');
  const log = lastLines(ownLog, LOG_LINES);
  return log.length === 0 ? trace : [...trace, 'The end of its log:', ...log];
}

/** The last lines of a text, each cut to what fits a screen; none of an empty text. */
export function lastLines(text: string, count: number): string[] {
  const tail = text.slice(-TAIL_CHARACTERS).trimEnd();
  return tail === ''
    ? []
    : tail
        .split(/\r\n|\n|\r/)
        .slice(-count)
        .map((line) => cut(line, LINE_CHARACTERS));
}

/** Text of at most so many characters; what is left out is said. A pair of surrogates is not parted. */
export function cut(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const end = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

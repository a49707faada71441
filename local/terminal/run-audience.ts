import type { RunAudience } from '../pipelines/queue/queue-request';
import type { RunView } from './run-view';

/** Lets a view of a terminal look on while a run goes on. */
export function audienceOf(view: RunView): RunAudience {
  return {
    begins: ({ record }) => view.begins(record),
    changed: () => view.changed(),
    stageChanged: (stage) => view.stageChanged(stage),
    approvalWaits: () => view.changed(),
    stepStarted: (job, step) => view.stepStarted(job, step),
    stepFinished: (job, step) => view.stepFinished(job, step),
    line: (_job, step, text) => view.line(step, text),
    issue: (_job, step, { type, message }) => view.issue(step, type, message),
    notice: (sentence) => view.notice(sentence),
    meanwhile: (text) => view.meanwhile(text),
  };
}

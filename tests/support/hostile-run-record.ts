import { type SampleRun, SampleRunBuilder } from './sample-run-builder';

/** A run in which every text that comes from outside is `text`: names, messages, logs, summaries, files. */
export function hostileRun(text: string): SampleRun {
  const build = new SampleRunBuilder();
  const step = build.step(text, 'failed', {
    name: text,
    task: text,
    message: text,
    lines: [text, `##[error]${text}`, `##[group]${text}`, text, '##[endgroup]'],
    issues: [
      { type: 'error', message: text, code: text, file: text, line: 1, column: 1 },
      { type: 'warning', message: text, code: text, file: text, line: undefined, column: undefined },
    ],
    attachments: [{ type: text, name: text, file: 'attachments/a.txt' }],
  });
  const job = build.job(text, [step], {
    name: text,
    phase: text,
    dependsOn: [text],
    environment: text,
    hook: text,
    note: text,
    outputs: { [text]: text },
  });
  const check = build.approval(text, 'approved', text);
  build.stage(text, [], [job], {
    displayName: `${text} `,
    note: text,
    checkpoint: {
      id: build.id(),
      state: 'completed',
      result: 'succeeded',
      startedAt: build.time(),
      finishedAt: build.time(),
      checks: [{ ...check, message: text }],
    },
  });
  return build.run({
    id: text,
    number: text,
    pipeline: { id: text, name: text, file: text },
    project: { id: text, name: text },
    reason: text,
    branch: text,
    commit: text,
    requestedFor: { id: text, name: text },
    parameters: { [text]: text },
    tags: [text],
    artifacts: [{ id: 1, name: text, kind: 'pipeline', folder: 'artifacts/a', source: job.id, files: 1, bytes: 1 }],
    tests: [
      {
        id: 1,
        title: text,
        job: job.id,
        cases: [
          { suite: text, name: text, outcome: 'failed', milliseconds: 1, message: text },
          { suite: text, name: text, outcome: 'passed', milliseconds: 1, message: '' },
        ],
      },
    ],
  });
}

import { createInterface } from 'node:readline/promises';
import type { Clock } from '../../src/clock';
import type { RunEvents } from '../pipelines/agent/job-request';
import type { Decision, PendingApproval, RunRequest } from '../pipelines/run/run-request';
import type { RunView } from '../terminal/run-view';
import { shownText } from '../terminal/shown-text';
import type { Answer } from './run-options';

/**
 * Answers approvals: by what the command was given, else by whoever sits at the terminal, one question at a time; where there is no terminal they are
 * left. An answer given beforehand that does not count is not given again.
 */
export function answerFor(
  given: ReadonlyMap<string, { readonly kind: Answer; readonly by: string }>,
  view: RunView,
): RunRequest['decide'] {
  const used = new Set<string>();
  const ask = oneAtATime();
  return async (approval) => {
    const { check } = approval;
    const answer = given.get(check.resource.name.toLowerCase());
    if (answer !== undefined && !used.has(check.id)) {
      used.add(check.id);
      return { ...answer, comment: '' };
    }
    if (answer !== undefined) {
      view.notice(
        `${answer.by} cannot answer for ${check.resource.name}: ${check.message ?? 'the answer does not count'}`,
      );
      return { kind: 'left' };
    }
    return process.stdin.isTTY === true ? ask(() => askForApproval(approval, view)) : { kind: 'left' };
  };
}

async function askForApproval({ stage, check, approval, signal }: PendingApproval, view: RunView): Promise<Decision> {
  view.pause();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const question = (text: string) => terminal.question(text, { signal });
  try {
    const approvers = approval.steps.map(({ assignedApprover }) => shownText(assignedApprover.name));
    process.stdout.write(
      `\nStage ${shownText(stage.displayName)} waits for approval on ${shownText(check.resource.name)} by ${approvers.join(', ')}.\n` +
        `${approval.instructions === '' ? '' : `${shownText(approval.instructions)}\n`}` +
        `${check.message === undefined ? '' : `${shownText(check.message)}\n`}`,
    );
    for (;;) {
      const word = (await question('approve, reject, or leave it for later? ')).trim().toLowerCase();
      if (['l', 'leave', 'later'].includes(word)) {
        return { kind: 'left' };
      }
      const kind = ['a', 'approve'].includes(word)
        ? 'approved'
        : ['r', 'reject'].includes(word)
          ? 'rejected'
          : undefined;
      if (kind !== undefined) {
        const by = (await question(`who answers [${approvers[0] ?? ''}]? `)).trim() || (approvers[0] ?? '');
        return { kind, by, comment: (await question('comment (may be empty): ')).trim() };
      }
    }
  } catch (error) {
    if (signal.aborted) {
      return { kind: 'left' };
    }
    throw error;
  } finally {
    terminal.close();
    view.resume();
  }
}

/** Answers a `ManualValidation@1` at the terminal; where there is none it waits for its time-out. */
export function manualValidationFor(view: RunView, clock: Clock): RunEvents['manualValidation'] {
  const ask = oneAtATime();
  return async ({ step, instructions, timeoutMinutes, onTimeout, signal }) => {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const late = clock.sleep(timeoutMinutes * 60_000, either).then(() => 'timedOut' as const);
    const asked =
      process.stdin.isTTY === true
        ? ask(() => askToResume(`${shownText(step.displayName)}: ${shownText(instructions)}`, view, either))
        : late;
    if (process.stdin.isTTY !== true) {
      view.notice(
        `${step.displayName} waits for somebody, and there is no terminal to ask: ${onTimeout} in ${timeoutMinutes} minutes.`,
      );
    }
    try {
      return await Promise.race([asked, late]);
    } finally {
      over.abort();
      await Promise.allSettled([asked, late]);
    }
  };
}

async function askToResume(text: string, view: RunView, signal: AbortSignal): Promise<'resumed' | 'rejected'> {
  view.pause();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const word = (await terminal.question(`\n${text}\nresume or reject? `, { signal })).trim().toLowerCase();
      if (['resume', 'reject'].includes(word)) {
        return word === 'resume' ? 'resumed' : 'rejected';
      }
    }
  } finally {
    terminal.close();
    view.resume();
  }
}

/** Lets questions of a terminal follow one another. */
function oneAtATime(): <Result>(ask: () => Promise<Result>) => Promise<Result> {
  let before: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const asked = before.then(ask, ask);
    before = asked;
    return asked;
  };
}

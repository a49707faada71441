import { createInterface } from 'node:readline/promises';
import type { Clock } from '../../src/clock';
import { counted } from '../../src/counted';
import type { RunEvents } from '../pipelines/agent/job-request';
import type { GivenAnswers } from '../pipelines/queue/given-answers';
import { approvalsGiven, approvedBy, yetToAnswer } from '../pipelines/record/approval-progress';
import type { ApprovalRecord, StageRecord } from '../pipelines/record/run-record';
import { titleOf } from '../pipelines/record/titles';
import type { Decision, PendingApproval, RunRequest } from '../pipelines/run/run-request';
import type { RunView } from '../terminal/run-view';
import { shownText } from '../terminal/shown-text';

/** Who answers what a run waits for. */
export interface AnswersOptions {
  /** What the command was given. */
  readonly given: GivenAnswers;
  readonly view: RunView;
  readonly clock: Clock;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** What the stages before have to say for a stage, a line each. */
  evidence(stage: StageRecord): readonly string[];
}

/**
 * Answers approvals: by what the command was given, one answer after the other, else by whoever sits at the terminal, one question at a time;
 * where there is no terminal they are left. An answer given beforehand that does not count is not given again. A `ManualValidation@1` is asked at the terminal too; where
 * there is none it waits for its time-out.
 */
export function answersOf(options: AnswersOptions): {
  readonly decide: RunRequest['decide'];
  readonly manualValidation: RunEvents['manualValidation'];
} {
  const { given, view, clock, input } = options;
  const used = new Map<string, number>();
  const ask = oneAtATime();
  return {
    decide: async (approval) => {
      const { check } = approval;
      const answers = given.get(check.resource.name.toLowerCase()) ?? [];
      const at = used.get(check.id) ?? 0;
      used.set(check.id, at + 1);
      const before = answers[at - 1];
      if (before !== undefined && check.message !== undefined) {
        view.notice(`${before.by} cannot answer for ${check.resource.name}: ${check.message}`);
      }
      const answer = answers[at];
      if (answer !== undefined) {
        return { ...answer, comment: '' };
      }
      if (input.isTTY === true) {
        return ask(() => askForApproval(approval, options));
      }
      if (before !== undefined && check.message === undefined) {
        view.notice(`${check.resource.name}: ${progressOf(approval.approval)} ${waitsFor(approval.approval)}`);
      }
      return { kind: 'left' };
    },
    manualValidation: async ({ step, instructions, timeoutMinutes, onTimeout, signal }) => {
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      const late = clock.sleep(timeoutMinutes * 60_000, either).then(() => 'timedOut' as const);
      if (input.isTTY !== true) {
        view.notice(
          `${step.displayName} waits for somebody, and there is no terminal to ask: ${onTimeout} in ${counted(timeoutMinutes, 'minute')}.`,
        );
      }
      const text = `${shownText(step.displayName)}: ${shownText(instructions)}`;
      const asked = input.isTTY === true ? ask(() => askToResume(text, options, either)) : late;
      try {
        return await Promise.race([asked.then((answer) => answer ?? late), late]);
      } finally {
        over.abort();
        await Promise.allSettled([asked, late]);
      }
    },
  };
}

/** Empty where one approval is enough. */
function progressOf(approval: ApprovalRecord): string {
  const given = approvalsGiven(approval);
  const names = approvedBy(approval);
  return given === '' ? '' : `${given} approvals given${names.length === 0 ? '' : `, by ${names.join(', ')}`}.`;
}

function waitsFor(approval: ApprovalRecord): string {
  const names = yetToAnswer(approval);
  return `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} not answered yet.`;
}

/** Answers `left` when nobody needs an answer any more, and when the input ends. */
function askForApproval(pending: PendingApproval, options: AnswersOptions): Promise<Decision> {
  const { stage, check, approval, signal } = pending;
  const approvers = approval.steps.map(({ assignedApprover }) => shownText(assignedApprover.name));
  const [next = ''] = yetToAnswer(approval).map(shownText);
  const text = [
    `Stage ${shownText(titleOf(stage))} waits for approval on ${shownText(check.resource.name)} by ${approvers.join(', ')}.`,
    shownText(progressOf(approval)),
    shownText(approval.instructions),
    ...options.evidence(stage).map((line) => `  ${shownText(line)}`),
    shownText(check.message ?? ''),
  ];
  return conversation<Decision>(options, signal, { kind: 'left' }, async (question, say) => {
    say(`\n${text.filter((line) => line.trim() !== '').join('\n')}\n`);
    for (;;) {
      const word = (await question('approve, reject, or leave it for later? ')).toLowerCase();
      if (['l', 'leave', 'later'].includes(word)) {
        return { kind: 'left' };
      }
      const kind = ['a', 'approve'].includes(word)
        ? 'approved'
        : ['r', 'reject'].includes(word)
          ? 'rejected'
          : undefined;
      if (kind !== undefined) {
        const by = (await question(`who answers [${next}]? `)) || next;
        return { kind, by, comment: await question('comment (may be empty): ') };
      }
    }
  });
}

function askToResume(
  text: string,
  options: AnswersOptions,
  signal: AbortSignal,
): Promise<'resumed' | 'rejected' | undefined> {
  return conversation<'resumed' | 'rejected' | undefined>(options, signal, undefined, async (question, say) => {
    say(`\n${text}\n`);
    for (;;) {
      const word = (await question('resume or reject? ')).toLowerCase();
      if (['resume', 'reject'].includes(word)) {
        return word === 'resume' ? 'resumed' : 'rejected';
      }
    }
  });
}

/**
 * Talks with whoever sits at the terminal, while the view of the run is still.
 * @param otherwise the answer when `signal` aborts or the input ends
 */
async function conversation<Answered>(
  { view, input, output }: AnswersOptions,
  signal: AbortSignal,
  otherwise: Answered,
  talk: (question: (text: string) => Promise<string>, say: (text: string) => void) => Promise<Answered>,
): Promise<Answered> {
  if (signal.aborted) {
    return otherwise;
  }
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  view.pause();
  const terminal = createInterface({ input, output });
  // Ctrl-C at a question means what it means anywhere else: the terminal gives it to readline alone.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  terminal.once('close', () => ended.abort());
  try {
    return await talk(
      async (text) => (await terminal.question(text, { signal: over })).trim(),
      (text) => void output.write(text),
    );
  } catch (error) {
    if (over.aborted) {
      return otherwise;
    }
    throw error;
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

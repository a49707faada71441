import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { modelVersionUrl } from '../../src/databricks/links';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import type { Inputs } from './inputs';
import type { Aliases, AliasWrite, Plan } from './plan';
import type { CheckedReport } from './report';

/** One promotion or rollback: what was found and what follows from it. */
export interface Action {
  readonly inputs: Inputs;
  readonly before: Aliases;
  readonly plan: Plan;
  /** The evidence of a promotion. */
  readonly checked: CheckedReport | undefined;
}

/** One line on what this version of the task does not prove yet. */
export function warnOfTheUnproven({ log }: TaskContext, missing: readonly string[]): void {
  log.warning(`This version of the task does not yet prove or keep: ${missing.join(', ')}.`, 'NOT_YET_PROVEN');
}

/** Before a change the log says what will change. */
export function sayPlan({ inputs, before, plan }: Action, { log }: TaskContext): void {
  log.info(
    `Model ${inputs.model}: champion is ${before.champion || 'none'}, previous_champion is ${before.previous || 'none'}.`,
  );
  for (const write of plan.writes) {
    log.info(`${inputs.dryRun ? 'Would be written' : 'Will be written'}: ${writeText(write)}.`);
  }
  if (plan.writes.length === 0) {
    log.info('The aliases are as they should be.');
  }
}

/** Sets the outputs, writes `record.json` and says the result. */
export function finish(action: Action, workspaceUrl: string, context: TaskContext): TaskOutcome {
  const { inputs, before, plan, checked } = action;
  const { outputs, files, host, clock } = context;
  const changed = plan.writes.length > 0 && !inputs.dryRun;
  const record = {
    schemaVersion: '1.0',
    action: inputs.action,
    model: inputs.model,
    dryRun: inputs.dryRun,
    changed,
    champion: { before: before.champion, after: plan.after.champion },
    previousChampion: { before: before.previous, after: plan.after.previous },
    writes: plan.writes,
    leaving: plan.leaving,
    reason: inputs.action === 'rollback' ? inputs.reason : '',
    report:
      checked === undefined
        ? null
        : {
            reportId: checked.report.reportId,
            digest: checked.digest,
            createdAt: checked.report.createdAt,
            verdict: checked.report.verdict,
          },
    recordedAt: new Date(clock.now()).toISOString(),
    host: host.kind,
    run: {
      id: host.variable('Build.BuildId') ?? '',
      number: host.variable('Build.BuildNumber') ?? '',
      stage: host.variable('System.StageName') ?? '',
    },
    requestedFor: host.variable('Build.RequestedFor') ?? '',
    commit: host.variable('Build.SourceVersion') ?? '',
    taskVersion: context.taskVersion,
  };
  outputs.set('modelName', inputs.model);
  outputs.set('modelVersion', inputs.dryRun ? before.champion : plan.after.champion);
  outputs.set('previousVersion', plan.leaving);
  outputs.set('changed', changed);
  outputs.set('recordPath', files.write('record.json', JSON.stringify(record, null, 2)));
  return {
    decision: decisionOf(action),
    summary: summaryOf(action, workspaceUrl),
    attachment: { kind: 'promotion', content: record },
  };
}

function decisionOf({ inputs, plan }: Action): string {
  const { champion } = plan.after;
  const former = plan.leaving === '' ? 'there was none before' : `before it was ${plan.leaving}`;
  if (inputs.dryRun) {
    return plan.writes.length === 0
      ? `Dry run: ${inputs.model} ${champion} is the champion already; nothing would change.`
      : `Dry run: ${inputs.model} ${champion} would be the champion; ${former}.`;
  }
  const verb = inputs.action === 'promote' ? 'Promoted' : 'Rolled back to';
  return plan.writes.length === 0
    ? `${inputs.model} ${champion} is the champion already; nothing was changed.`
    : `${verb} ${inputs.model} ${champion}; ${former}.`;
}

function summaryOf({ inputs, before, plan, checked }: Action, workspaceUrl: string): string {
  const { champion, previous } = plan.after;
  const rows = [
    ['champion', before.champion || 'none', champion || 'none'],
    ['previous\\_champion', before.previous || 'none', previous || 'none'],
  ];
  return [
    champion === ''
      ? ''
      : markdownLink(`${inputs.model} version ${champion}`, modelVersionUrl(workspaceUrl, inputs.model, champion)),
    markdownTable(['Alias', 'Before', inputs.dryRun ? 'Planned' : 'After'], rows),
    checked === undefined ? '' : `Report ${escapeMarkdown(checked.report.reportId)}, digest ${checked.digest}`,
    inputs.action === 'rollback' ? `Reason: ${escapeMarkdown(inputs.reason)}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function writeText({ alias, version }: AliasWrite): string {
  return version === '' ? `alias '${alias}' is removed` : `alias '${alias}' names version ${version}`;
}

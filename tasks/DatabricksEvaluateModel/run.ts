import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { comparesChampion, evaluate, needsOf, type PredictionData, type Subject } from '../../src/evaluation/evaluate';
import { type EffectivePolicy, parsePolicy } from '../../src/evaluation/policy/parse-policy';
import { columnsToRead } from '../../src/evaluation/predictions';
import { type SealedReport, sealReport } from '../../src/report/seal-report';
import { asSentence } from '../../src/sentence';
import type { EvaluateInputs, Inputs } from './inputs';
import { evaluatedOutcome, lintedOutcome } from './outcome';
import { modelFacts, pinVersions, reportVersion } from './pinned-versions';
import { provenanceOf } from './provenance';
import { readPredictions } from './read-file';
import { readTable } from './read-table';
import { versionsOfFile } from './versions-of-file';
import { writeReport } from './write-report';

/** Judges a challenger by a policy, or only checks the policy. Changes nothing but its own files. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  // What could not be judged to its end is an error, whatever stops it.
  if (inputs.action === 'evaluate') {
    context.outputs.set('verdict', 'ERROR');
    context.outputs.set('nextAction', 'retry');
    context.outputs.set('modelName', inputs.model);
  }
  const policy = await readPolicy(inputs, context);
  if (inputs.action === 'lint') {
    return lintedOutcome(policy, inputs.policyFile);
  }
  const { subject, data, workspaceUrl } = await evidenceFor(inputs, policy, context);
  context.outputs.set('challengerVersion', subject.challenger.version);
  context.outputs.set('championVersion', subject.champion?.version);
  const content = evaluate(policy, subject, data);
  const sealed = sealReport(content, new Date(context.clock.now()).toISOString(), provenanceOf(context));
  const path = writeReport(sealed, inputs, context);
  setOutputs(sealed, path, context);
  return evaluatedOutcome(sealed, path, inputs.failOn, workspaceUrl);
}

async function readPolicy(inputs: Inputs, { host }: TaskContext): Promise<EffectivePolicy> {
  let text: string;
  try {
    text = await readFile(inputs.policyFile, 'utf8');
  } catch (error) {
    throw new TaskError('POLICY_UNREADABLE', `The policy cannot be read: ${asSentence((error as Error).message)}`, {
      todo: "Correct 'policyFile'; a relative path begins at the sources, at a terminal in its folder.",
      cause: error,
    });
  }
  const sources = host.variable('System.DefaultWorkingDirectory') ?? process.cwd();
  const shown = relative(sources, inputs.policyFile);
  return parsePolicy(text, shown.startsWith('..') ? inputs.policyFile : shown, inputs.policyVariables);
}

interface Evidence {
  readonly subject: Subject;
  readonly data: PredictionData;
  /** Workspace that was asked; `''` when none was. */
  readonly workspaceUrl: string;
}

async function evidenceFor(
  inputs: EvaluateInputs,
  effective: EffectivePolicy,
  context: TaskContext,
): Promise<Evidence> {
  const { policy } = effective;
  if (inputs.connection === undefined) {
    return evidenceOfFiles(inputs, effective);
  }
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const { challenger, champion } = await pinVersions(workspace, inputs);
  const against = champion === undefined ? 'there is no champion' : `champion is ${champion.version}`;
  context.log.info(
    `Judging version ${challenger.version} of ${inputs.model} (${against}) by policy ${policy.metadata.name}.`,
  );
  const subject: Subject = {
    model: inputs.model,
    challenger: reportVersion(challenger),
    champion: champion === undefined ? null : reportVersion(champion),
    facts: await modelFacts(workspace, policy, challenger),
  };
  const data = await predictionsOf(inputs, effective, subject, workspace, context);
  return { subject, data, workspaceUrl: workspace.url };
}

async function predictionsOf(
  { predictions, warehouse }: EvaluateInputs,
  { policy }: EffectivePolicy,
  subject: Subject,
  workspace: WorkspaceClient,
  { log }: TaskContext,
): Promise<PredictionData> {
  const columns = columnsToRead(policy.model, needsOf(policy), comparesChampion(policy, subject.champion));
  return predictions.kind === 'table'
    ? readTable(workspace, predictions.table, warehouse, columns, log)
    : readPredictions(predictions.path, columns);
}

async function evidenceOfFiles(inputs: EvaluateInputs, { policy }: EffectivePolicy): Promise<Evidence> {
  if (inputs.predictions.kind !== 'file') {
    throw new TaskError(
      'CONNECTION_REQUIRED',
      'A prediction table is read through a workspace, and no connection is given.',
      {
        todo: "Set 'databricksConnection', or use file: predictions.",
      },
    );
  }
  // Whether there is a champion is known only from the rows, so its columns are read where they exist.
  const { required, optional } = columnsToRead(policy.model, needsOf(policy), true);
  const data = await readPredictions(inputs.predictions.path, { required: [], optional: [...required, ...optional] });
  const versions = versionsOfFile(data, policy.model, inputs);
  const subject = { model: inputs.model === '' ? null : inputs.model, ...versions, facts: undefined };
  return { subject, data, workspaceUrl: '' };
}

function setOutputs({ report, digest }: SealedReport, path: string, { outputs, files }: TaskContext): void {
  outputs.set('verdict', report.verdict);
  outputs.set('nextAction', report.nextAction);
  outputs.set('approvalRequired', report.approvalRequired);
  outputs.set('reportId', report.reportId);
  outputs.set('reportDigest', digest);
  outputs.set('reportPath', path);
  outputs.set('summaryPath', files.pathOf('summary.md'));
  outputs.set('failedChecks', report.failedChecks.join(','));
}

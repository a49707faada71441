import type { TaskOutcome } from '../../src/agent/task-context';
import { modelVersionUrl, servingEndpointUrl } from '../../src/databricks/links';
import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { stringifyJson } from '../../src/json';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import { configVersionOf } from './endpoint-config';
import type { DeployInputs } from './inputs';
import type { DeployPlan } from './plan';
import type { ProbeResult } from './probe-result';

/** How a deployment went. */
export interface Deployed {
  readonly inputs: DeployInputs;
  readonly client: WorkspaceClient;
  readonly version: string;
  readonly plan: DeployPlan;
  readonly results: readonly ProbeResult[];
  /** What was done about the former configuration, empty when nothing was. */
  readonly restored: string;
  /** The endpoint when it was probed. */
  readonly served: ServingEndpoint;
}

/** How `deploy` ended: what serves, or what the probe found and what was done about it. */
export function deployOutcome(deployed: Deployed): TaskOutcome {
  const { inputs, version, plan, results, restored } = deployed;
  const fault = results.find((result) => result.fault !== '');
  const { endpoint, model } = inputs;
  const shared = { summary: summaryOf(deployed), attachment: attachmentOf(deployed) };
  if (fault === undefined) {
    const before = plan.formerVersion === '' ? 'nothing' : `version ${plan.formerVersion}`;
    const decision =
      plan.kind === 'unchanged'
        ? `Endpoint ${endpoint} already serves version ${version} of ${model}; nothing was deployed.`
        : `Endpoint ${endpoint} serves version ${version} of ${model}; before it served ${before}.`;
    return { decision, ...shared };
  }
  const message = [
    `Version ${version} of ${model} did not pass the probe on endpoint ${endpoint}: request ${fault.request}, ${fault.fault}.`,
    restored === '' ? 'The endpoint had this configuration before, so nothing was put back.' : restored,
    adviceOn(fault),
  ].join(' ');
  return { decision: message, failure: { code: 'PROBE_FAILED', message }, ...shared };
}

/** A request that was refused is wrong or does not fit; everything else is first a matter of the model. */
function adviceOn({ status }: ProbeResult): string {
  return status === 400
    ? 'Compare the sample request with the signature of the model, and correct the one that is wrong.'
    : 'Look at the logs of the served entity, and at the sample request.';
}

/** What `deploy` would do. */
export function dryRunOutcome(inputs: DeployInputs, version: string, plan: DeployPlan): TaskOutcome {
  const what = {
    create: `would be created with version ${version} of ${inputs.model}`,
    update: `would be updated to version ${version} of ${inputs.model}`,
    unchanged: `already serves version ${version} of ${inputs.model}`,
  }[plan.kind];
  return {
    decision: `Dry run: endpoint ${inputs.endpoint} ${what}; nothing was changed.`,
    summary: plan.changes.map((change) => `- ${escapeMarkdown(change)}`).join('\n'),
    attachment: { kind: 'deployment', content: { dryRun: true, ...planContent(inputs, version, plan) } },
  };
}

/** Text of `plan.json`; of environment variables only the names. */
export function planFile(inputs: DeployInputs, version: string, plan: DeployPlan): string {
  return stringifyJson(planContent(inputs, version, plan));
}

function planContent(inputs: DeployInputs, version: string, plan: DeployPlan) {
  const { endpoint, model, purpose } = inputs;
  const { kind, entity, formerVersion, changes } = plan;
  return { endpoint, model, version, purpose, kind, entity, formerVersion, changes };
}

function attachmentOf({ inputs, version, plan, results, restored, served }: Deployed): TaskOutcome['attachment'] {
  const content = { ...planContent(inputs, version, plan), configVersion: configVersionOf(served), results, restored };
  return { kind: 'deployment', content };
}

function summaryOf({ inputs, client, version, plan, results, served }: Deployed): string {
  const { endpoint, model } = inputs;
  const rows = [
    ['Endpoint', markdownLink(endpoint, servingEndpointUrl(client.url, endpoint))],
    ['Model version', markdownLink(`${model} ${version}`, modelVersionUrl(client.url, model, version))],
    ['Version before', plan.formerVersion === '' ? 'none' : escapeMarkdown(plan.formerVersion)],
    ['Configuration version', escapeMarkdown(configVersionOf(served))],
    ['Purpose', inputs.purpose],
  ];
  const changes = plan.changes.map((change) => `- ${escapeMarkdown(change)}`).join('\n');
  return [
    markdownTable(['', ''], rows),
    ...(changes === '' ? [] : [`Changes:\n\n${changes}`]),
    results.length === 0 ? 'No sample request was sent.' : probeTable(results),
  ].join('\n\n');
}

function probeTable(results: readonly ProbeResult[]): string {
  return markdownTable(
    ['Sample request', 'Status', 'Answered by', 'Predictions', 'Time', 'Verdict'],
    results.map((result) => [
      String(result.request),
      String(result.status),
      escapeMarkdown(result.servedModelName),
      String(result.predictions),
      `${result.milliseconds} ms`,
      result.fault === '' ? 'passed' : escapeMarkdown(result.fault),
    ]),
  );
}

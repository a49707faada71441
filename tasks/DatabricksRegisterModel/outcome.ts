import type { TaskOutcome } from '../../src/agent/task-context';
import { modelVersionUrl } from '../../src/databricks/links';
import type { ModelVersion } from '../../src/databricks/model-versions';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import type { Found } from './find-version';
import type { Inputs } from './inputs';
import type { AliasesBefore } from './labels';
import type { Lineage } from './lineage';

/** Nothing was changed. */
export function dryRunOutcome(inputs: Inputs, { version }: Found, before: AliasesBefore): TaskOutcome {
  const what =
    version === undefined
      ? `a new version of ${inputs.model} would be registered`
      : `version ${version.version} of ${inputs.model} is there already`;
  const named = aliasSentence(inputs, version?.version ?? 'the new version', before);
  return {
    decision: `Dry run: ${what}.`,
    summary: escapeMarkdown(named),
    attachment: {
      kind: 'registration',
      content: { dryRun: true, model: inputs.model, version: version?.version ?? '' },
    },
  };
}

/** The version is there, READY and named. */
export function registeredOutcome(
  inputs: Inputs,
  version: ModelVersion,
  created: boolean,
  before: AliasesBefore,
  lineage: Lineage,
  workspaceUrl: string,
): TaskOutcome {
  const champion = before.champion === '' ? 'there is no champion' : `champion is ${before.champion}`;
  const verb = created ? 'Registered' : 'Found';
  return {
    decision: `${verb} ${inputs.model} version ${version.version}; ${champion}.`,
    summary: summaryOf(inputs, version, before, lineage, workspaceUrl),
    attachment: {
      kind: 'registration',
      content: { created, previousAliasVersion: before.named, championVersion: before.champion, lineage },
    },
  };
}

function summaryOf(
  inputs: Inputs,
  version: ModelVersion,
  before: AliasesBefore,
  lineage: Lineage,
  workspaceUrl: string,
): string {
  const metrics = Object.entries(lineage.metrics).map(([name, value]) => [
    escapeMarkdown(name),
    escapeMarkdown(String(value)),
  ]);
  const parameters = Object.entries(lineage.parameters).map(([name, value]) => [
    escapeMarkdown(name),
    escapeMarkdown(value),
  ]);
  return [
    markdownLink(
      `${inputs.model} version ${version.version}`,
      modelVersionUrl(workspaceUrl, version.name, version.version),
    ),
    escapeMarkdown(aliasSentence(inputs, version.version, before)),
    metrics.length === 0 ? '' : markdownTable(['Metric', 'Value'], metrics),
    parameters.length === 0 ? '' : markdownTable(['Parameter', 'Value'], parameters),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function aliasSentence(inputs: Inputs, version: string, before: AliasesBefore): string {
  if (inputs.alias === '') {
    return 'No alias is set.';
  }
  if (before.champion === version) {
    return `It is the champion; the alias '${inputs.alias}' is not set.`;
  }
  const former = before.named === '' || before.named === version ? '' : ` (before: version ${before.named})`;
  return `The alias '${inputs.alias}' names ${version}${former}.`;
}

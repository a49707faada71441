import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { MappingNode } from '../../local/pipelines/expand/nodes';
import { expandPipeline } from '../../local/pipelines/expand/pipeline/expand-pipeline';
import { printPipeline } from '../../local/pipelines/expand/print';
import type { FileSource } from '../../local/pipelines/expand/templates/file-source';
import type { PipelinePlan } from '../../local/pipelines/plan/pipeline-plan';
import { planPipeline } from '../../local/pipelines/plan/plan-pipeline';

export const PROJECT = resolve(__dirname, '../..');

/** What a run is started by; the sample branches of every operation. */
export const OCCASIONS = {
  push: { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/heads/main' },
  release: { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/heads/release/1.0' },
  tag: { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/tags/v1.0.0' },
  branch: { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/heads/topic' },
  pullRequest: {
    'Build.Reason': 'PullRequest',
    'Build.SourceBranch': 'refs/pull/7/merge',
    'System.PullRequest.IsFork': 'False',
  },
  fork: {
    'Build.Reason': 'PullRequest',
    'Build.SourceBranch': 'refs/pull/7/merge',
    'System.PullRequest.IsFork': 'True',
  },
} as const;

export type Occasion = keyof typeof OCCASIONS;

export interface Step {
  readonly task: string;
  readonly name?: string;
  readonly condition?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly job?: string;
  readonly deployment?: string;
  readonly environment?: { readonly name: string };
  readonly timeoutInMinutes?: string;
  readonly pool?: string | Readonly<Record<string, string>>;
  readonly variables?: readonly { readonly name: string; readonly value: string }[];
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
}

export interface Stage {
  readonly stage: string;
  readonly dependsOn?: string | readonly string[];
  readonly condition?: string;
  readonly isSkippable?: string;
  readonly lockBehavior?: string;
  readonly variables?: readonly { readonly name: string; readonly value: string }[];
  readonly jobs: readonly Job[];
}

/** The project's own files; templates are the repository `mlops`, as consumers call it. */
const projectFiles: FileSource = {
  knows: (alias) => ['self', 'mlops'].includes(alias),
  read: (_repository, path) =>
    existsSync(join(PROJECT, path)) ? readFileSync(join(PROJECT, path), 'utf8') : undefined,
};

/** A pipeline file of this project as it expands. */
export function expandFile(
  file: string,
  variables: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>> = {},
): readonly Stage[] {
  return stagesOf(expand(file, projectFiles, variables, parameters));
}

/** A consumer that extends `template` with these parameters. */
export function expandTemplate(
  template: string,
  parameters: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>>,
): readonly Stage[] {
  return stagesOf(expandConsumer(template, parameters, variables));
}

/** The same as Azure DevOps would show it before the run. */
export function expandedTemplateText(
  template: string,
  parameters: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>>,
): string {
  return printPipeline(expandConsumer(template, parameters, variables));
}

/** The same, ready to be run. */
export function planTemplate(
  template: string,
  parameters: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>>,
): PipelinePlan {
  return planPipeline(expandConsumer(template, parameters, variables));
}

function expandConsumer(
  template: string,
  parameters: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>>,
): MappingNode {
  return expandUser({ extends: { template: `${template}@mlops`, parameters } }, variables);
}

/** A pipeline that uses templates of the repository `mlops`, and what else it says. */
export function expandUserOfTemplates(pipeline: object, variables: Readonly<Record<string, string>>): readonly Stage[] {
  return stagesOf(expandUser(pipeline, variables));
}

function expandUser(pipeline: object, variables: Readonly<Record<string, string>>): MappingNode {
  const text = JSON.stringify({
    resources: { repositories: [{ repository: 'mlops', type: 'git', name: 'platform/mlops' }] },
    ...pipeline,
  });
  const source: FileSource = {
    knows: projectFiles.knows,
    read: (repository, path) => (path === '/consumer.yml' ? text : projectFiles.read(repository, path)),
  };
  return expand('consumer.yml', source, variables, {});
}

function expand(
  file: string,
  source: FileSource,
  variables: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
): MappingNode {
  return expandPipeline({
    file,
    source,
    parameters: new Map(Object.entries(parameters)),
    variables: new Map(Object.entries(variables)),
  });
}

function stagesOf(expanded: MappingNode): readonly Stage[] {
  return (parse(printPipeline(expanded), { schema: 'failsafe' }) as { stages: Stage[] }).stages;
}

export function namesOf(stages: readonly Stage[]): readonly string[] {
  return stages.map(({ stage }) => stage);
}

/** Stages that a stage names, the one before it where it names none. */
export function dependenciesOf(stages: readonly Stage[], index: number): readonly string[] {
  const { dependsOn } = stages[index] as Stage;
  const before = stages[index - 1];
  return dependsOn === undefined ? (before === undefined ? [] : [before.stage]) : [dependsOn].flat();
}

export function stepsOfJob(job: Job): readonly Step[] {
  return job.steps ?? job.strategy?.runOnce.deploy.steps ?? [];
}

export function stepsOfStages(stages: readonly Stage[]): readonly Step[] {
  return stages.flatMap(({ jobs }) => jobs.flatMap(stepsOfJob));
}

/** The step of a name in the job `main` of a stage. */
export function stepOf(stages: readonly Stage[], stage: string, name: string): Step | undefined {
  return stepsOfStages(stages.filter((candidate) => candidate.stage === stage)).find((step) => step.name === name);
}

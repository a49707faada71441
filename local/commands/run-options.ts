import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import type { TaskStub } from '../pipelines/agent/job-request';
import type { GivenAnswer, GivenAnswers } from '../pipelines/queue/given-answers';
import { REASONS, type Reason } from '../pipelines/queue/run-variables';
import { readSettings, SettingsInvalid } from '../pipelines/settings/settings-file';
import { CommandError } from './command-error';
import { folderByAlias, namedValues } from './named-values';

export const RUN_USAGE = `databricks-mlops run FILE [options]
databricks-mlops run --retry RUN:STAGE [options]

  Runs an Azure Pipelines file on this machine: templates, stages, jobs, conditions, approvals, artifacts, and the tasks of this extension as
  the agent starts them. Service connections lead to local workspaces that stand in for Azure Databricks, but for those that connections.yml
  gives a url: they reach that workspace for real. Scripts run here with your rights.

  What it runs
  --repository alias=DIR    where a repository resource lies; read at its ref if DIR is a git repository (a clone without that tag: git tag
                            it there, or name a copy without .git). self=DIR: the root of the pipeline's own repository (default: the
                            folder with .git above FILE)
  --parameter name=value    a parameter of the pipeline; lists and mappings as JSON
  --variable name=value     a variable that is set when the run is queued
  --jobs DIR                first deploys the jobs of DIR/databricks.yml into every local workspace that the run uses, variable catalog and
                            target named as the workspace (docs/pipelines.md)
  --stub Task@1=FILE        does not run a task, but gives what FILE says: {result: succeeded, outputs: {name: value}}
  --skip STAGE              a stage that is deselected when the run is queued

  As what it runs
  --reason R                manual (default), push, pullRequest or schedule
  --branch REF              full ref, such as refs/heads/release/1.0 or refs/tags/v1.0; default: what is checked out
  --fork                    the pull request comes from a fork: steps with service connections are withheld
  --schedule NAME           display name of the schedule

  Approvals (environments and their checks: .mlops/environments.yml)
  --approve ENV=WHO         answers approvals of an environment, once for each approver; --reject and --bypass likewise. Without an answer a
                            terminal asks; where nobody can be asked the run is left waiting, and says how to go on
  --retry RUN:STAGE         runs a stage of an earlier run again: what did not succeed, and what depends on it

  Where things lie
  --out DIR                 folder of the runs, each in a folder named by its id; default .mlops/runs
  --settings DIR            folder of connections.yml, environments.yml and variable-groups.yml; default .mlops
  --data DIR                state of the local workspaces; default .mlops/workspace

  --json prints the record of the run. Ctrl-C cancels the run; twice ends it at once. Exit code 0: the run succeeded.
`;

/** The command's options, checked. */
export interface RunOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly file: string | undefined;
  readonly retry: { readonly run: string; readonly stage: string } | undefined;
  readonly repositories: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly stubs: ReadonlyMap<string, TaskStub>;
  readonly skipped: readonly string[];
  readonly reason: Reason;
  readonly branch: string | undefined;
  readonly fork: boolean;
  readonly schedule: string | undefined;
  readonly answers: GivenAnswers;
  readonly jobs: string | undefined;
  readonly out: string;
  readonly settings: string;
  readonly data: string;
  /** The options that say where things lie, as they were given. */
  readonly places: readonly string[];
}

/** @throws CommandError for wrong usage */
export function readRunOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parse(args);
  const [file, another] = positionals;
  const retry = values.retry === undefined ? undefined : retryOf(values.retry);
  const help = values.help === true;
  if (!help && another !== undefined) {
    throw usage(`'${another}' is one argument too many.`);
  }
  if (!help && (file === undefined) === (retry === undefined)) {
    throw usage(file === undefined ? 'run takes one file.' : '--retry knows the file of its run; leave it out.');
  }
  if (!help && file !== undefined && (!existsSync(file) || !statSync(file).isFile())) {
    throw usage(`There is no file ${file}.`);
  }
  const reason = values.reason ?? 'manual';
  if (!Object.hasOwn(REASONS, reason)) {
    throw usage(`--reason must be one of ${Object.keys(REASONS).join(', ')}, not '${reason}'.`);
  }
  if (values.fork === true && reason !== 'pullRequest') {
    throw usage('--fork needs --reason pullRequest.');
  }
  if (values.schedule !== undefined && reason !== 'schedule') {
    throw usage('--schedule needs --reason schedule.');
  }
  if (values.branch !== undefined && !values.branch.startsWith('refs/')) {
    throw usage(`--branch must be a full ref, such as refs/heads/${values.branch}.`);
  }
  return {
    help,
    json: values.json === true,
    file,
    retry,
    repositories: folderByAlias(values.repository, usage),
    parameters: new Map(namedValues('parameter', values.parameter, usage)),
    variables: new Map(namedValues('variable', values.variable, usage)),
    stubs: new Map(namedValues('stub', values.stub, usage).map(([task, path]) => [task, readStub(task, path)])),
    skipped: values.skip ?? [],
    reason: reason as Reason,
    branch: values.branch,
    fork: values.fork === true,
    schedule: values.schedule,
    answers: answersOf([
      ...answers('approved', 'approve', values.approve),
      ...answers('rejected', 'reject', values.reject),
      ...answers('bypassed', 'bypass', values.bypass),
    ]),
    jobs: values.jobs,
    out: resolve(values.out ?? '.mlops/runs'),
    settings: resolve(values.settings ?? '.mlops'),
    data: resolve(values.data ?? '.mlops/workspace'),
    places: (['out', 'settings', 'data'] as const).flatMap((name) => {
      const given = values[name];
      return given === undefined ? [] : [`--${name}`, given];
    }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        repository: texts,
        parameter: texts,
        variable: texts,
        stub: texts,
        skip: texts,
        approve: texts,
        reject: texts,
        bypass: texts,
        reason: text,
        branch: text,
        schedule: text,
        fork: flag,
        retry: text,
        jobs: text,
        out: text,
        settings: text,
        data: text,
        json: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(sentence: string): CommandError {
  // The whole help would push the sentence out of sight.
  return new CommandError(`${sentence}\n'databricks-mlops run --help' says more.`);
}

function answers(kind: GivenAnswer['kind'], option: string, given: readonly string[] | undefined) {
  return namedValues(option, given, usage).map(([environment, by]) => {
    if (by === '') {
      throw usage(`--${option} ${environment}=: say who answers.`);
    }
    return { environment, answer: { kind, by } };
  });
}

function answersOf(given: readonly { readonly environment: string; readonly answer: GivenAnswer }[]): GivenAnswers {
  const byEnvironment = new Map<string, GivenAnswer[]>();
  for (const { environment, answer } of given) {
    const key = environment.toLowerCase();
    const before = byEnvironment.get(key) ?? [];
    const other = before.find(({ kind }) => kind !== answer.kind);
    if (other !== undefined) {
      throw usage(`There are answers both ${other.kind} and ${answer.kind} for '${environment}'. Give one of them.`);
    }
    byEnvironment.set(key, [...before, answer]);
  }
  return byEnvironment;
}

function retryOf(text: string): { readonly run: string; readonly stage: string } {
  const [, run, stage] = /^(\d+):(\w+)$/.exec(text) ?? [];
  if (run === undefined || stage === undefined) {
    throw usage(`--retry ${text}: write the id of the run and the name of the stage, such as 12:promote_prod.`);
  }
  return { run, stage };
}

const stubShape = z.strictObject({
  result: z._default(z.enum(['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped']), 'succeeded'),
  outputs: z._default(z.record(z.string(), z.coerce.string()), {}),
  message: z.optional(z.string()),
});

function readStub(task: string, path: string): TaskStub {
  try {
    const stub = readSettings(path, stubShape);
    if (stub === undefined) {
      throw usage(`--stub ${task}=${path}: there is no such file.`);
    }
    const { result, outputs, message } = stub;
    return { result, outputs, ...(message === undefined ? {} : { message }) };
  } catch (error) {
    if (error instanceof SettingsInvalid) {
      throw usage(`--stub ${task}=${path} cannot be used.\n${error.message}`);
    }
    throw error;
  }
}

import { delimiter } from 'node:path';
import { variableEnvironment, variableName } from '../task-environment';
import { agentEnvironment } from './agent-options';
import { expandMacros } from './macros';
import type { StepRun } from './step-run';

/** What is in the environment of the agent itself. */
export function baseEnvironment(step: StepRun): Readonly<Record<string, string>> {
  return step.job.options.environment ?? agentEnvironment(process.env);
}

/**
 * The environment of a process of the step: the agent's own, the variables that are no secrets, what the step maps by `env`, and the folders
 * that steps put before `PATH`. Secrets are in it only where `env` maps them, or under `SECRET_…` for a task of the task library.
 * Source: azure-pipelines-agent, Agent.Worker/Handlers/Handler.cs.
 */
export function stepEnvironment(
  step: StepRun,
  forTask: { readonly secrets: boolean; readonly more?: Readonly<Record<string, string>> },
): Record<string, string> {
  const { variables, prependedPaths } = step.job;
  const named = (list: readonly { name: string; value: string }[]) =>
    list.map(({ name, value }) => [name, value] as const);
  const environment: Record<string, string> = {
    ...baseEnvironment(step),
    ...forTask.more,
    ...variableEnvironment({
      open: named(variables.open()),
      secret: forTask.secrets ? named(variables.secret()) : [],
      task: forTask.secrets ? [...step.taskVariables.all()].map(([name, { value }]) => [name, value] as const) : [],
    }),
    'agent.jobstatus': variables.get('Agent.JobStatus') ?? '',
    ...mappedEnvironment(step),
  };
  for (const { name, value, keepsCase } of variables.open()) {
    if (keepsCase) {
      delete environment[variableName(name)];
      environment[name.replace(/[. ]/g, '_')] = value;
    }
  }
  const own = environment['PATH'];
  const path = [...prependedPaths.toReversed(), ...(own === undefined ? [] : [own])];
  return { ...environment, PATH: path.join(delimiter) };
}

/** `env` of the step, macros replaced, then environment variables of the agent. */
function mappedEnvironment(step: StepRun): Record<string, string> {
  return Object.fromEntries(
    Object.entries(step.plan.env).flatMap(([name, value]) =>
      name.trim() === '' ? [] : [[name.trim(), expandInStep(step, value.trim())] as const],
    ),
  );
}

/** Replaces macros by variables of the job, then by variables of the agent's environment, whose names are as they are written. */
export function expandInStep(step: StepRun, text: string): string {
  const environment = baseEnvironment(step);
  return expandMacros(step.job.variables.expand(text), (name) =>
    Object.hasOwn(environment, name) ? environment[name] : undefined,
  );
}

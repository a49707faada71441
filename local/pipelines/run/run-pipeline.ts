import { setMaxListeners } from 'node:events';
import { mapping } from '../expand/nodes';
import type { Place } from '../expand/place';
import type { Result, RunRecord } from '../record/run-record';
import { checkRequest } from './check-request';
import { prepareStages } from './prepare-stages';
import { worst } from './results';
import { runGraph } from './run-graph';
import type { RunRequest } from './run-request';
import { runStage } from './run-stage';
import { isCanceled, now, type Run } from './run-state';
import { Slots } from './slots';
import { withAllVariables } from './variables/evaluate-variables';
import type { VariableScope } from './variables/variable-scope';

/** Agents where the request names no number. */
const DEFAULT_AGENTS = 2;

/**
 * Runs a pipeline: stages and jobs in the order of what they depend on, by the rules of Azure DevOps. Everything is written into the record as
 * it happens. The run stays in progress, without result, where an approval was left pending.
 * @returns the record of the request
 * @throws ExpandError before anything runs, for a request or root variable that cannot be carried out
 */
export async function runPipeline(request: RunRequest): Promise<RunRecord> {
  checkRequest(request);
  const { plan, record } = request;
  // Each job that waits for an agent listens, and a pipeline may have any number of them.
  setMaxListeners(0, request.signal);
  const run: Run = {
    request,
    record,
    plan,
    variables: rootVariables(request),
    agents: new Slots(request.agents ?? DEFAULT_AGENTS),
    ended: new Map(),
  };
  const stages = prepareStages(run);
  record.state = 'inProgress';
  record.result = undefined;
  record.finishedAt = undefined;
  request.events.changed();
  await runGraph(plan.stages, async ({ name }) => {
    const stage = stages.get(name);
    if (stage !== undefined) {
      return runStage(run, stage);
    }
    return run.ended.has(name) ? 'ended' : 'left';
  });
  finish(run);
  return record;
}

/** Variables of the root know no other stage or job: those contexts are empty there. */
function rootVariables(request: RunRequest): VariableScope {
  const { plan } = request;
  const at: Place = plan.variables[0]?.at ?? plan.stages[0]?.at ?? NOWHERE;
  const none = mapping([], at, 'any-case');
  const dependencies = new Map([
    ['dependencies', none],
    ['stagedependencies', none],
  ]);
  return withAllVariables(request.variables, plan.variables, { request, dependencies, at }, []);
}

/** A plan without stages and variables has no place at all. */
const NOWHERE: Place = { frame: { file: '', repository: 'self', path: '/', level: 0 }, line: 1, column: 1 };

function finish(run: Run): void {
  const { plan, record } = run;
  if (run.ended.size === plan.stages.length) {
    record.state = 'completed';
    record.result = resultOf(run);
    record.finishedAt = now(run);
  }
  run.request.events.changed();
}

/** The worst of the stages; skipped ones do not count. [U]: that a failed stage weighs more than the cancel of the run. */
function resultOf(run: Run): Result {
  const results = [...run.ended.values()].map(({ result }) => result).filter((result) => result !== 'skipped');
  return worst([...results, ...(isCanceled(run) ? (['canceled'] as const) : [])], 'succeeded');
}

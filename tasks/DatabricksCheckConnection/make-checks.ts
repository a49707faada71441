import type { CurrentIdentity } from '../../src/databricks/identity';
import { TaskError } from '../../src/errors';
import { ApiError } from '../../src/http/errors';
import { isUnanswered } from '../../src/http/unanswered';
import { checkIdentity, checkWorkspace } from './checks/identity';
import { checkJobs } from './checks/jobs';
import { checkReadOnlyGroups } from './checks/read-only-groups';
import { checkUnityCatalog } from './checks/unity-catalog';
import { checkWarehouse } from './checks/warehouse';
import { namesEntitlement, withoutEntitlement } from './entitlements';
import type { Check, CheckResult, CheckScope, Finding } from './finding';
import type { CheckName, Inputs } from './inputs';

const CHECKS: Readonly<Record<CheckName, Check>> = {
  identity: checkIdentity,
  workspace: checkWorkspace,
  unityCatalog: checkUnityCatalog,
  warehouse: checkWarehouse,
  jobs: checkJobs,
  readOnlyGroups: checkReadOnlyGroups,
};

/**
 * Makes the checks one after the other. After one that found out that the workspace does not answer, or that nobody is signed in, the
 * others are not made: each would wait as long for the same.
 * @param tell gets each result as soon as it is there
 */
export async function makeChecks(
  { checks, leftOut }: Pick<Inputs, 'checks' | 'leftOut'>,
  scope: Omit<CheckScope, 'identity'>,
  tell: (result: CheckResult) => void,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const add = (result: CheckResult) => {
    results.push(result);
    tell(result);
  };
  let asked: Promise<CurrentIdentity> | undefined;
  const identity = () => {
    asked ??= scope.workspace.identity.current();
    return asked;
  };
  let stopped: string | undefined;
  for (const check of checks) {
    if (stopped !== undefined) {
      add(notChecked(check, stopped));
      continue;
    }
    const { finding, error } = await findingOf(() => CHECKS[check]({ ...scope, identity }), identity);
    add({ check, rights: [], ...finding });
    const signedIn = asked === undefined || (await asked.then(() => true).catch(() => false));
    stopped = reasonToStop(check, error, signedIn);
  }
  for (const [check, input] of leftOut) {
    add(notChecked(check, `input '${input}' is empty`));
  }
  return results;
}

/** What a check found; the error, when it could not find anything out. */
async function findingOf(
  body: () => Promise<Finding>,
  identity: CheckScope['identity'],
): Promise<{ finding: Finding; error?: TaskError }> {
  try {
    return { finding: await body() };
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    const finding = namesEntitlement(error)
      ? withoutEntitlement(error, await identity())
      : ({ verdict: 'error', message: sentencesOf(error) } as const);
    return { finding, error };
  }
}

/** Without the advice to run this very check, which an error of the service gives to other steps. */
function sentencesOf(error: TaskError): string {
  return error instanceof ApiError && error.code === 'PERMISSION_DENIED'
    ? `${error.message} ${error.options.where ?? ''} Give the identity the right that the workspace names, or ask who administers it.`
    : error.sentences;
}

function notChecked(check: CheckName, why: string): CheckResult {
  return { check, verdict: 'notChecked', message: `Not checked, because ${why}.`, rights: [] };
}

function reasonToStop(check: CheckName, error: TaskError | undefined, signedIn: boolean): string | undefined {
  if (error !== undefined && isUnanswered(error)) {
    return `the workspace did not answer check '${check}'`;
  }
  return signedIn ? undefined : `check '${check}' could not find out who the connection is`;
}

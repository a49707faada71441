import type { CheckRunRecord } from '../record/run-record';
import type { ApprovalCheck } from '../run/run-request';
import { identity } from './addresses';
import { CHECK_TYPES } from './check-types';
import { checkProject } from './find-run';
import type { ServiceEnvironment } from './ports';
import { type Call, collection, json, type Resource } from './route';
import { badRequest, ServiceError } from './service-error';

/** Checks of environments (`Check Configurations - List`, `Get`, api-version 7.1-preview.1). */
export const checkConfigurations: Resource = {
  area: 'pipelines',
  name: 'checks/configurations',
  locationId: undefined,
  template: '{project}/_apis/{area}/checks/configurations/{id}',
  resourceVersion: 1,
  operations: [
    {
      method: 'GET',
      summary:
        'Checks of an environment (`resourceType=environment&resourceId=`), or one by id; `$expand=settings` shows their settings',
      answer: (call) => {
        checkProject(call);
        return call.values['id'] === undefined ? collection(ofResource(call)) : json(byId(call, call.values['id']));
      },
    },
  ],
};

/** Kinds of checks in the order of their ids below an environment. */
const ORDER = ['branchControl', 'exclusiveLock'] as const;
const BRANCH_CONTROL = '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b';
/** Ids of configurations: thousand times the id of the environment, then a number for each check. */
const PER_ENVIRONMENT = 1_000;

/** Id of the configuration behind a check run; `undefined` for what no environment here has. */
export function configurationId({ options }: Call, check: CheckRunRecord): number | undefined {
  const environment = options.environments.find(
    ({ checks }) => check.resource.type === 'environment' && checks.id === check.resource.id,
  );
  const found = environment && kindsOf(environment).find(({ kind }) => kind === check.kind);
  return environment && found && idOf(environment, found.number);
}

interface Configured {
  readonly kind: CheckRunRecord['kind'];
  readonly number: number;
  readonly approval?: ApprovalCheck;
}

function kindsOf({ checks }: ServiceEnvironment): Configured[] {
  const others = ORDER.filter((kind) =>
    kind === 'branchControl' ? checks.allowedBranches !== undefined : checks.exclusiveLock,
  );
  return [
    ...others.map((kind) => ({ kind, number: ORDER.indexOf(kind) + 1 })),
    ...checks.approvals.map((approval, index) => ({
      kind: 'approval' as const,
      number: ORDER.length + 1 + index,
      approval,
    })),
  ];
}

function idOf({ checks }: ServiceEnvironment, number: number): number {
  return Number(checks.id) * PER_ENVIRONMENT + number;
}

function ofResource(call: Call): unknown[] {
  const type = call.query.get('resourceType') ?? '';
  const id = call.query.get('resourceId') ?? '';
  if (type.toLowerCase() !== 'environment' || id === '') {
    throw badRequest(
      "Here only checks of environments are known: 'resourceType=environment' and 'resourceId' are needed.",
    );
  }
  const environment = call.options.environments.find(({ checks }) => checks.id === id);
  return environment === undefined ? [] : kindsOf(environment).map((each) => configuration(call, environment, each));
}

function byId(call: Call, id: string): unknown {
  for (const environment of call.options.environments) {
    const found = kindsOf(environment).find(({ number }) => String(idOf(environment, number)) === id);
    if (found !== undefined) {
      return configuration(call, environment, found);
    }
  }
  throw new ServiceError(404, 'CheckConfigurationNotFoundException', `There is no check configuration ${id}.`);
}

function configuration(call: Call, environment: ServiceEnvironment, { kind, number, approval }: Configured): unknown {
  const id = idOf(environment, number);
  const withSettings = (call.query.get('$expand') ?? '').split(',').includes('settings');
  return {
    ...(withSettings ? { settings: settingsOf(environment, kind, approval) } : {}),
    timeout: approval?.timeoutMinutes ?? 43_200,
    id,
    version: 1,
    type: CHECK_TYPES[kind],
    url: `${call.collectionUrl}${encodeURIComponent(call.project)}/_apis/pipelines/checks/configurations/${id}`,
    resource: { type: 'environment', id: environment.checks.id, name: environment.name },
  };
}

function settingsOf(
  { checks }: ServiceEnvironment,
  kind: Configured['kind'],
  approval: ApprovalCheck | undefined,
): unknown {
  if (approval !== undefined) {
    return {
      approvers: approval.approvers.map(identity),
      executionOrder: 'anyOrder',
      minRequiredApprovers: approval.minimumApprovers,
      instructions: approval.instructions,
      blockedApprovers: [],
      requesterCannotBeApprover: !approval.requesterMayApprove,
    };
  }
  if (kind === 'branchControl') {
    return {
      displayName: 'Branch control',
      definitionRef: { id: BRANCH_CONTROL, name: 'evaluatebranchProtection', version: '0.0.1' },
      inputs: {
        allowedBranches: (checks.allowedBranches ?? []).join(','),
        ensureProtectionOfBranch: 'false',
        allowUnknownStatusBranch: 'true',
      },
      retryInterval: 5,
      linkedVariableGroup: null,
    };
  }
  return {};
}

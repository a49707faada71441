import { counted } from '../../../src/counted';
import type { EnvironmentChecks } from '../run/run-request';
import type { ServiceEnvironment } from '../service/ports';
import { idOfName, numberOfName } from './name-ids';
import { readSettings, type SettingsFinding } from './settings-file';
import { type EnvironmentSettings, environmentsShape } from './settings-shapes';

/** Environments with their checks, from `.mlops/environments.yml`. */
export interface Environments {
  /** Path of the file, whether it is there or not. */
  readonly file: string;
  /** Those that the file describes. */
  readonly described: readonly ServiceEnvironment[];
  /** Names in any case; an environment that nobody described has no checks, as one that a pipeline makes by naming it. */
  checks(name: string): EnvironmentChecks;
}

/** @throws SettingsInvalid */
export function readEnvironments(file: string): Environments {
  const settings =
    readSettings(file, environmentsShape, ({ environments }) =>
      Object.entries(environments).flatMap(([name, environment]) => tooFewApprovers(name, environment)),
    )?.environments ?? {};
  const described = Object.entries(settings).map(([name, environment]) => ({
    name,
    checks: checksOf(name, environment),
  }));
  return {
    file,
    described,
    checks: (name) =>
      described.find((known) => known.name.toLowerCase() === name.toLowerCase())?.checks ?? {
        id: numberOfName('environment', name),
        approvals: [],
        allowedBranches: undefined,
        exclusiveLock: false,
      },
  };
}

/** An approval that nobody can ever give. */
function tooFewApprovers(name: string, { approvals }: EnvironmentSettings): readonly SettingsFinding[] {
  const approvers = new Set(approvals?.approvers).size;
  return approvals !== undefined && approvals.minimum > approvers
    ? [
        {
          path: ['environments', name, 'approvals', 'minimum'],
          what: `Environment '${name}' wants ${counted(approvals.minimum, 'approval')} and has ${counted(approvers, 'approver')}.`,
          todo: 'Name more approvers, or lower the minimum.',
        },
      ]
    : [];
}

function checksOf(name: string, { approvals, branchControl, exclusiveLock }: EnvironmentSettings): EnvironmentChecks {
  return {
    id: numberOfName('environment', name),
    approvals:
      approvals === undefined
        ? []
        : [
            {
              approvers: approvals.approvers.map((approver) => ({ id: idOfName('person', approver), name: approver })),
              minimumApprovers: approvals.minimum,
              requesterMayApprove: approvals.requesterMayApprove,
              instructions: approvals.instructions,
              timeoutMinutes: approvals.timeoutMinutes,
            },
          ],
    allowedBranches: branchControl,
    exclusiveLock,
  };
}

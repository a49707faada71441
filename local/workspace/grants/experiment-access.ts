import { ApiError, type Workspace } from '../api';
import { experimentPermissions } from '../mlflow/experiment-permissions';
import { trackingOf } from '../mlflow/tracking';
import type { Access } from './access';
import { TreeAccess } from './tree-access';

/** What a request wants of an experiment: the word of the refusal, and the levels that allow it. */
const NEEDS = {
  view: { word: 'View', levels: ['CAN_READ', 'CAN_EDIT', 'CAN_MANAGE'] },
  edit: { word: 'Edit', levels: ['CAN_EDIT', 'CAN_MANAGE'] },
  manage: { word: 'Manage', levels: ['CAN_MANAGE'] },
} as const;
export type ExperimentNeed = keyof typeof NEEDS;

/** Whom the permissions of experiments, and of the folders above them, let do what. */
export class ExperimentAccess {
  readonly #tree;

  constructor(private readonly workspace: Workspace) {
    this.#tree = new TreeAccess(workspace);
  }

  /** True also for what does not exist: whoever carries out the request says that it is missing. */
  may(access: Access, id: string, need: ExperimentNeed): boolean {
    const experiment = trackingOf(this.workspace).experiments.get(id);
    const { administrator, names } = access.identity;
    const levels: readonly string[] = NEEDS[need].levels;
    return (
      administrator ||
      experiment === undefined ||
      this.#tree.may(access, experiment.name, need) ||
      experimentPermissions(this.workspace, id).some(
        ({ name, level }) => names.has(name.toLowerCase()) && levels.includes(level),
      )
    );
  }

  /** The words are [U]. @throws ApiError 403 PERMISSION_DENIED */
  require(access: Access, id: string, need: ExperimentNeed): void {
    if (!this.may(access, id, need)) {
      const { userName } = access.identity.principal;
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `User ${userName} does not have ${NEEDS[need].word} permissions on experiment ${id}.`,
      );
    }
  }

  /** Experiments are made in folders. @throws ApiError 403 PERMISSION_DENIED */
  requireMaking(access: Access, name: string): void {
    this.#tree.require(access, name, 'manage');
  }
}

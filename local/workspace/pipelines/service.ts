import type { Service, Workspace } from '../api';
import type { MetastoreTables } from '../sql/service';
import { pipelineOperations } from './pipeline-operations';
import { PipelineStore } from './pipeline-store';
import { PipelineUpdates } from './pipeline-updates';

export type { PipelineUpdates } from './pipeline-updates';

/** Pipelines of one workspace, and what runs their updates, for the tasks of jobs. */
export function createPipelines(
  workspace: Workspace,
  tables: MetastoreTables,
): { readonly service: Service; readonly updates: PipelineUpdates } {
  const updates = new PipelineUpdates(workspace, tables, new PipelineStore(workspace));
  return {
    updates,
    service: {
      operations: pipelineOperations(workspace, updates),
      start: async () => updates.recover(),
      stop: () => updates.stop(),
    },
  };
}

import { counted } from '../../../src/counted';
import { chooseWarehouse } from '../../../src/databricks/choose-warehouse';
import { permissionCommand } from '../../../src/databricks/grant-commands';
import { namesIn } from '../../../src/databricks/names-seen';
import type { Warehouse } from '../../../src/databricks/warehouses';
import type { WorkspaceClient } from '../../../src/databricks/workspace-client';
import { TaskError } from '../../../src/errors';
import { ApiError } from '../../../src/http/errors';
import { type Check, type Finding, failed, granteeOf, holdersOf, nameOf, notThere, ok } from '../finding';
import { hasLevel } from '../object-level';

/** Levels that let a principal run statements. `CAN_VIEW` does not. */
const USING = ['CAN_USE', 'CAN_MONITOR', 'CAN_MANAGE', 'IS_OWNER'];

/** Milliseconds for `SELECT 1`: as long as a warehouse that is not serverless takes to start. */
const STATEMENT_LIMIT_MS = 300_000;

/**
 * May the identity run statements on the warehouse. On a running one it runs `SELECT 1`, which is proof; of a stopped one it reads the
 * permissions, since a statement would start it; only where these are hidden it asks the warehouse all the same.
 */
export const checkWarehouse: Check = async ({ workspace, subjects, identity: asked }) => {
  const identity = await asked();
  const warehouse = await chosen(workspace, subjects.warehouse);
  if (warehouse === undefined) {
    const seen = await namesIn(
      workspace,
      ({ warehouses }) => warehouses.list(),
      ({ id, name }) => name || id,
    );
    const wanted = subjects.warehouse;
    return notThere(`SQL warehouse '${wanted}'`, wanted, seen, nameOf(identity), [
      {
        right: 'CAN_USE',
        object: `warehouse ${wanted}`,
        command: permissionCommand('warehouses', idOrPlace(wanted), 'CAN_USE', granteeOf(identity)),
      },
    ]);
  }
  const shown = `warehouse ${warehouse.name ?? ''} (${warehouse.id})`;
  const refused = (why: string): Finding =>
    failed(`${nameOf(identity)} has no CAN USE on ${shown}${why}.`, [
      {
        right: 'CAN_USE',
        object: `warehouse ${warehouse.id}`,
        command: permissionCommand('warehouses', warehouse.id, 'CAN_USE', granteeOf(identity)),
      },
    ]);
  if (warehouse.state !== 'RUNNING') {
    const level = await hasLevel(workspace, { type: 'warehouses', id: warehouse.id }, USING, holdersOf(identity));
    if (level === 'no') {
      return refused(', neither itself nor by its groups');
    }
    if (level === 'yes') {
      return ok(`${nameOf(identity)} may use ${shown}, which is ${stateOf(warehouse)}.`);
    }
  }
  const answer = await tryStatement(workspace, warehouse);
  return answer === 'ran' ? ok(`${nameOf(identity)} may use ${shown}: it ran a statement.`) : refused(`: ${answer}`);
};

/** Undefined when there is none of the wanted name for the identity; everything else about the choice is an error. */
async function chosen({ warehouses }: WorkspaceClient, wanted: string): Promise<Warehouse | undefined> {
  try {
    return await chooseWarehouse(warehouses, wanted);
  } catch (error) {
    if (error instanceof TaskError && error.code === 'WAREHOUSE_NOT_FOUND' && wanted !== '') {
      return undefined;
    }
    throw error;
  }
}

function idOrPlace(wanted: string): string {
  return /^[0-9a-f]{16}$/i.test(wanted) ? wanted : `<id of ${wanted}>`;
}

/** `ran`, or the words of the refusal. */
async function tryStatement({ statements }: WorkspaceClient, { id }: Warehouse): Promise<string> {
  try {
    const proof = { statement: 'SELECT 1', warehouseId: id, repeatable: true, limitMs: STATEMENT_LIMIT_MS };
    const { totalRowCount } = await statements.execute(proof);
    if (totalRowCount !== 1) {
      throw new TaskError(
        'ANSWER_UNEXPECTED',
        `The warehouse answered SELECT 1 with ${counted(totalRowCount, 'row')}.`,
        {
          todo: 'Check that the URL is that of the workspace itself.',
        },
      );
    }
    return 'ran';
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'PERMISSION_DENIED') {
      return error.serverMessage.replace(/\.$/, '');
    }
    throw error;
  }
}

function stateOf({ state }: Warehouse): string {
  return (state ?? 'not running').toLowerCase();
}

import { TaskError } from '../errors';
import { didYouMean } from '../nearest-name';
import type { Warehouse, WarehousesApi } from './warehouses';

/**
 * The warehouse that an id or exact name means; without one the only warehouse, or the only serverless one, that the identity may use.
 * @throws TaskError WAREHOUSE_NOT_FOUND, WAREHOUSE_AMBIGUOUS, each with what there is
 */
export async function chooseWarehouse(warehouses: WarehousesApi, wanted: string): Promise<Warehouse> {
  const all: Warehouse[] = [];
  for await (const warehouse of warehouses.list()) {
    all.push(warehouse);
  }
  const serverless = all.filter((warehouse) => warehouse.enable_serverless_compute === true);
  const candidates =
    wanted === ''
      ? all.length === 1
        ? all
        : serverless
      : all.filter((warehouse) => warehouse.id === wanted || warehouse.name === wanted);
  const [only] = candidates;
  const known = all.map(({ id, name }) => `${name ?? ''} (${id})`).join(', ') || 'none';
  if (only === undefined) {
    const what =
      wanted === '' ? 'There is no SQL warehouse to choose by itself.' : `There is no SQL warehouse '${wanted}'.`;
    const question = didYouMean(
      wanted,
      all.flatMap(({ id, name }) => (name ? [name, id] : [id])),
    );
    throw new TaskError('WAREHOUSE_NOT_FOUND', what, {
      where: `The identity may use: ${known}.`,
      todo: `${question} Set 'warehouse' to an id or exact name, and grant the identity CAN USE on it.`.trimStart(),
    });
  }
  if (candidates.length > 1) {
    const what =
      wanted === ''
        ? 'Several serverless SQL warehouses can be used.'
        : `Several SQL warehouses are named '${wanted}'.`;
    throw new TaskError('WAREHOUSE_AMBIGUOUS', what, {
      where: `They are: ${candidates.map(({ id, name }) => `${name ?? ''} (${id})`).join(', ')}.`,
      todo: "Set 'warehouse' to the id of the one that is meant.",
    });
  }
  return only;
}

import { refuseUnlessAdministrator } from '../access';
import { ApiError, type Operation, type Reply, type Service } from '../api';
import type { Tokens } from '../tokens';
import type { FaultRule } from './fault';
import type { FaultRecord, FaultTable } from './fault-table';
import { readRule } from './read-rule';

/** Where faults are switched on and off. Nothing below it ever meets one. */
export const CONTROL_PATH = '/local/faults';

/** The control path of the faults: for the administrator's token and from this machine only, so that no job and no neighbour breaks a workspace. */
export function createFaults(faults: FaultTable, tokens: Tokens): Service {
  const guarded = (operation: Operation): Operation => ({
    ...operation,
    handle: (call) => {
      refuseUnlessAdministrator(call, tokens, 'Faults are switched');
      return operation.handle(call);
    },
  });
  const operations: Operation[] = [
    {
      method: 'POST',
      path: CONTROL_PATH,
      note: "not of Databricks: switches a fault on, by method, path, client (part of `User-Agent`), skip, count and probability (seeded); kinds `status` (with `retry_after`, `carried_out`), `latency`, `connection_dropped` (at `request`, `answer`, `body`, `middle`), `truncated_json`, `html`, `token_expired` (`until_sign_in`), `clock_skew`; administrator's token, loopback",
      handle: async (call) => ({ json: wireOf(faults.add(readRule(await call.json()))) }),
    },
    {
      method: 'GET',
      path: CONTROL_PATH,
      note: 'not of Databricks: the faults that are on, how many requests matched and met each, and which',
      handle: () => ({ json: { faults: faults.list().map(wireOf) } }),
    },
    {
      method: 'DELETE',
      path: CONTROL_PATH,
      note: 'not of Databricks: switches all faults off',
      handle: () => {
        faults.clear();
        return {};
      },
    },
    {
      method: 'DELETE',
      path: `${CONTROL_PATH}/:id`,
      note: 'not of Databricks: switches one fault off',
      handle: ({ params }) => removed(faults, params.id ?? ''),
    },
  ];
  return { operations: operations.map(guarded) };
}

function removed(faults: FaultTable, id: string): Reply {
  if (!faults.remove(id)) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `There is no fault ${id}.`);
  }
  return {};
}

function wireOf({ id, rule, matched, hits, latest }: FaultRecord): Record<string, unknown> {
  return { id, ...wireRule(rule), matched, hits, requests: latest };
}

function wireRule({ fault, ...route }: FaultRule): Record<string, unknown> {
  const fields = Object.entries(fault).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return { ...(fault.kind === 'clock_skew' ? {} : route), fault: Object.fromEntries(fields) };
}

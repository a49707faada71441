import type { HttpClient } from '../http/client';
import { items, type TokenPage } from '../http/paging';
import { path } from '../http/path';
import { type AnswerFields, objectIn, objectsIn, segmentIn, textIn } from './answer-shape';
import { undefinedIfMissing } from './missing';

/** A SQL warehouse. */
export interface Warehouse {
  readonly id: string;
  readonly name?: string;
  /** `STARTING`, `RUNNING`, `STOPPING`, `STOPPED`, `DELETING`, `DELETED` */
  readonly state?: string;
  readonly enable_serverless_compute?: boolean;
  readonly health?: { readonly status?: string; readonly message?: string };
}

/** `/api/2.0/sql/warehouses` */
export class WarehousesApi {
  constructor(private readonly http: HttpClient) {}

  /** The warehouses that the identity may use. */
  list(): AsyncGenerator<Warehouse> {
    return items(
      (page_token) =>
        this.http.json<TokenPage & { warehouses?: readonly unknown[] }>({
          method: 'GET',
          path: '/api/2.0/sql/warehouses',
          query: { page_token },
        }),
      (page) => objectsIn(objectIn(page, WHAT), 'warehouses', WHAT).map(warehouse),
    );
  }

  async get(id: string): Promise<Warehouse | undefined> {
    return undefinedIfMissing(this.http.json<Warehouse>({ method: 'GET', path: path`/api/2.0/sql/warehouses/${id}` }));
  }
}

const WHAT = 'GET /api/2.0/sql/warehouses';

/** A warehouse whose texts are texts; other fields stay as they are. */
function warehouse(fields: AnswerFields): Warehouse {
  return {
    ...fields,
    id: segmentIn(fields, 'id', WHAT),
    name: textIn(fields, 'name', WHAT),
    state: textIn(fields, 'state', WHAT),
  };
}

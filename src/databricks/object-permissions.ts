import type { HttpClient } from '../http/client';
import { path } from '../http/path';
import { objectIn, objectsIn, textIn } from './answer-shape';

/** Objects of a workspace with an access control list of their own. */
export type PermissionObject = 'jobs' | 'warehouses' | 'serving-endpoints' | 'experiments' | 'pipelines';

/** Who has which levels on an object. */
export interface AccessEntry {
  /** E-mail of a user, application id of a service principal, name of a group. */
  readonly principal: string;
  /** Such as `CAN_USE`, `CAN_MANAGE_RUN`. */
  readonly levels: readonly string[];
}

const WHAT = 'access control list';

/** `/api/2.0/permissions` */
export class ObjectPermissionsApi {
  constructor(private readonly http: HttpClient) {}

  /** @throws ApiError PERMISSION_DENIED when the identity may not read them */
  async get(type: PermissionObject, id: string): Promise<AccessEntry[]> {
    const answer = objectIn(
      await this.http.json<unknown>({ method: 'GET', path: path`/api/2.0/permissions/${type}/${id}` }),
      WHAT,
    );
    return objectsIn(answer, 'access_control_list', WHAT).map((entry) => ({
      principal:
        textIn(entry, 'user_name', WHAT) ||
        textIn(entry, 'service_principal_name', WHAT) ||
        textIn(entry, 'group_name', WHAT),
      levels: objectsIn(entry, 'all_permissions', WHAT).map((level) => textIn(level, 'permission_level', WHAT)),
    }));
  }
}

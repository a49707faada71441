import type { HttpClient } from '../http/client';
import { type AnswerFields, objectIn, objectsIn, textIn } from './answer-shape';
import { sameName } from './grants';

/** A group of the workspace. */
export interface Group {
  readonly displayName: string;
  /** Names of the groups that it is a member of. */
  readonly parents: readonly string[];
}

const WHAT = 'list of groups';

/** `/api/2.0/preview/scim/v2/Groups` */
export class GroupsApi {
  constructor(private readonly http: HttpClient) {}

  /** The group of this name, undefined when there is none. */
  async find(displayName: string): Promise<Group | undefined> {
    const answer = objectIn(
      await this.http.json<unknown>({
        method: 'GET',
        path: '/api/2.0/preview/scim/v2/Groups',
        query: { filter: `displayName eq ${quoted(displayName)}`, attributes: 'id,displayName,groups' },
      }),
      WHAT,
    );
    return objectsIn(answer, 'Resources', WHAT)
      .map(group)
      .find((found) => sameName(found.displayName, displayName));
  }
}

function group(fields: AnswerFields): Group {
  return {
    displayName: textIn(fields, 'displayName', WHAT),
    parents: objectsIn(fields, 'groups', WHAT)
      .map((parent) => textIn(parent, 'display', WHAT))
      .filter((name) => name !== ''),
  };
}

/** A string of a SCIM filter (RFC 7644 3.4.2.2: as in JSON). */
function quoted(text: string): string {
  return JSON.stringify(text);
}

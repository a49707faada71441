import { TaskError } from '../errors';
import { ApiError } from '../http/errors';

/** One of those who must agree before a step is signed in. */
export interface Party {
  /** Whom the sentence names: `Azure DevOps`, `Microsoft Entra`, `Databricks`, with the host. */
  readonly name: string;
  /** What is refused, such as `the OAuth secret of service principal …`. */
  readonly credential: string;
  /** A sentence on what was shown to it. */
  readonly about?: string;
  /** What to do when it is refused. */
  readonly todo: string;
}

/**
 * Turns a refusal by one of the parties into a sentence about the credential. Faults and throttling pass unchanged.
 * @throws TaskError CREDENTIAL_REFUSED which says who refused what, in their words, and what would mend it
 */
export async function asking<T>(party: Party, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && ![408, 429].includes(error.status)) {
      const said = [error.errorCode, error.serverMessage].filter((part) => part !== '').join(': ');
      throw new TaskError(
        'CREDENTIAL_REFUSED',
        `${party.name} refused ${party.credential}: ${said === '' ? `status ${error.status}` : said.replace(/\.$/, '')}.`,
        { where: [party.about ?? '', error.options.where ?? ''].join(' ').trim(), todo: party.todo, cause: error },
      );
    }
    throw error;
  }
}

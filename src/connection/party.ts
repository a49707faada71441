import { TaskError } from '../errors';
import { ApiError, ConnectionError } from '../http/errors';

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
 * Turns a refusal by one of the parties into a sentence about the credential, and names the party in every other fault.
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
    throw error instanceof ApiError || error instanceof ConnectionError ? faultOf(party, error) : error;
  }
}

/** The same fault with the party in front: the sentences of a workspace's fault, and what they advise, would lead to the wrong place. */
function faultOf({ name }: Party, fault: ApiError | ConnectionError): ApiError | ConnectionError {
  const todo = ADVICE[fault.code]?.(name) ?? fault.options.todo ?? '';
  const more = { todo, cause: fault };
  if (fault instanceof ConnectionError) {
    return new ConnectionError(fault.code, `${name} gave no answer to use. ${fault.message}`, fault.place, more);
  }
  const said = fault.serverMessage === '' ? '' : `: ${fault.serverMessage}`;
  const message = `${name} answered with status ${fault.status}${said}`;
  const { status, errorCode, requestId, retryAfterMs } = fault;
  return new ApiError(fault.place, { status, errorCode, message, requestId, retryAfterMs, structured: true }, more);
}

const ADVICE: Readonly<Record<string, (name: string) => string>> = {
  ANSWER_NOT_JSON: (name) => `Check that no proxy or login page answers in place of ${name}.`,
  ANSWER_INCOMPLETE: (name) => `Run the step again; if it repeats, look at the proxy between agent and ${name}.`,
  THROTTLED: (name) => `Let fewer steps sign in at once at ${name}, or try again later.`,
};

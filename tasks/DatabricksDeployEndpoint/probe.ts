import { counted } from '../../src/counted';
import { TaskError } from '../../src/errors';
import { ApiError } from '../../src/http/errors';
import { stringifyJson } from '../../src/json';
import { judgeProbe, type ProbeAnswer, type ProbeResult, reasonOf } from './probe-result';
import type { SampleRequest } from './sample-requests';
import type { Session } from './session';

/** Longest time for one request with its repetitions, milliseconds: an endpoint that was scaled to zero starts within it. */
const requestMilliseconds = 300_000;

/**
 * Sends every sample request once and writes `probe.json`.
 * @param entity name of the served entity that must answer
 */
export async function probe(
  session: Session,
  requests: readonly SampleRequest[],
  entity: string,
): Promise<readonly ProbeResult[]> {
  const { context, endpoint } = session;
  const results: ProbeResult[] = [];
  if (requests.length === 0) {
    context.log.warning("Nothing is probed: 'sampleRequests' names no file.", 'NOT_PROBED');
  }
  for (const [index, request] of requests.entries()) {
    const result = judgeProbe(index + 1, await ask(session, request), entity);
    context.log.info(
      `Request ${result.request}: ${result.fault === '' ? `${counted(result.predictions, 'prediction')} by ${result.servedModelName} in ${result.milliseconds} ms` : result.fault}`,
    );
    results.push(result);
  }
  if (results.length > 0) {
    context.outputs.set('probePath', context.files.write('probe.json', stringifyJson({ endpoint, entity, results })));
  }
  return results;
}

async function ask({ client, context, endpoint }: Session, request: SampleRequest): Promise<ProbeAnswer> {
  const begin = context.clock.now();
  const took = () => context.clock.now() - begin;
  try {
    const limits = { deadlineMs: requestMilliseconds, attemptMs: requestMilliseconds };
    const answer = await client.servingEndpoints.query(endpoint, request, limits);
    return { ...answer, status: 200, code: '', reason: '', milliseconds: took() };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof TaskError)) {
      throw error;
    }
    const { status, serverMessage } = error instanceof ApiError ? error : { status: 0, serverMessage: '' };
    const reason = reasonOf(context.withoutSecrets(serverMessage));
    return { status, servedModelName: '', body: undefined, code: error.code, reason, milliseconds: took() };
  }
}

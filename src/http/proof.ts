import type { Clock } from '../clock';
import { TaskError } from '../errors';
import type { CallPlace } from './errors';
import type { Credentials } from './request';

/**
 * What proves who is asking, while the request that needs it has time. Whoever gives the token goes on: other requests wait for it too.
 * @param end time of the clock by which the request must have ended
 * @throws TaskError SIGN_IN_TIMEOUT, which names who has not answered; what {@link Credentials.headers} throws
 */
export async function proofInTime(
  credentials: Credentials,
  place: CallPlace,
  end: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>>> {
  const milliseconds = Math.max(1, end - clock.now());
  let timer: NodeJS.Timeout | undefined;
  const tooLate = () =>
    new TaskError(
      'SIGN_IN_TIMEOUT',
      `${credentials.issuer ?? 'The issuer of tokens'} gave no token within ${Math.ceil(milliseconds / 1000)} s.`,
      {
        where: `The request that waited for it, ${place.method} ${place.origin}${place.path}, was not sent.`,
        todo: 'Check that the agent reaches the issuer, and run the step again.',
      },
    );
  // A socket's time is real time, whatever the clock says.
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooLate()), milliseconds);
  });
  try {
    const proof = await Promise.race([credentials.headers(signal), limit]);
    if (clock.now() >= end) {
      throw tooLate();
    }
    return proof;
  } finally {
    clearTimeout(timer);
  }
}

import type { FakeHost } from '../../support/fake-host';
import type { Rule } from '../fault-control';
import type { SignIn } from './sign-in';

/** A request that a step sends, as its debug log names it. */
export interface SentRequest {
  readonly method: string;
  /** Without query; the subject's own name is `{subject}`. */
  readonly path: string;
  /** Requests with the same method and path that the step sends before it. */
  readonly earlier: number;
}

/** Where a scene's faults are switched. */
export interface FaultSwitch {
  on(rule: Rule): Promise<void>;
  off(): Promise<void>;
  /** Requests that met a fault since the last `off`. */
  hits(): Promise<number>;
}

/** Something that a step acts on: a model, an endpoint, a job. Each row of the fault table gets its own. */
export interface Subject {
  /** Stands in the paths of requests; no two subjects share it. */
  readonly name: string;
  step(): Promise<FakeHost>;
  /** Asserts what a green step must have left behind: everything once, right outputs. */
  mustHold(host: FakeHost): Promise<void>;
  /** Asserts what holds however a step ended: nothing begun or written twice. */
  mustBeSafe?(host: FakeHost): Promise<void>;
}

/** A task in one process with the workspace, on a clock that no one waits for. */
export interface TaskScene {
  readonly faults: FaultSwitch;
  /** Milliseconds of the time that steps wait. */
  now(): number;
  newSubject(): Promise<Subject>;
  /** Lets time pass for a workspace that waits itself, such as under the fault `latency`. */
  meanwhile?(): Promise<void>;
  /** Parts of paths that differ from step to step, besides the subject's name and UUIDs. */
  readonly varies?: RegExp;
  close(): Promise<void>;
}

/** A scene whose steps can prove who they are in more ways than one. */
export interface FaultScene extends TaskScene {
  readonly signIn: SignIn;
}

/**
 * The requests of a clean step: one for each route, and for a route that is asked several times the first and the last. What is polled,
 * as often as its time takes, comes with its first request only.
 */
export async function requestsOf(scene: TaskScene): Promise<readonly SentRequest[]> {
  const subject = await scene.newSubject();
  const host = await subject.step();
  await subject.mustHold(host);
  const sent = new Map<string, SentRequest[]>();
  for (const line of host.debugLines) {
    const [, method = '', path = ''] = /^(GET|HEAD|POST|PUT|PATCH|DELETE) (\/\S*) \S/.exec(line) ?? [];
    if (method !== '') {
      const route = path
        .replaceAll(subject.name, '{subject}')
        .replace(scene.varies ?? /$^/, ':id')
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ':id');
      const same = sent.get(`${method} ${route}`) ?? [];
      sent.set(`${method} ${route}`, [...same, { method, path: route, earlier: same.length }]);
    }
  }
  return [...sent.values()].flatMap((same) =>
    [...new Set([same[0], ...(same[0]?.path.includes(':id') ? [] : [same.at(-1)])])].filter((one) => one !== undefined),
  );
}

/** Does `work` while the scene lets time pass. */
export async function whileTimePasses<T>(scene: TaskScene, work: Promise<T>): Promise<T> {
  if (scene.meanwhile === undefined) {
    return work;
  }
  let ended = false;
  const result = work.finally(() => {
    ended = true;
  });
  while (!ended) {
    await Promise.race([result.catch(() => undefined), scene.meanwhile()]);
  }
  return result;
}

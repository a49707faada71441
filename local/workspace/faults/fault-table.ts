import { createHash } from 'node:crypto';
import type { Clock } from '../../../src/clock';
import { seededUniform, type Uniform } from '../seeded-uniform';
import type { Fault, FaultRule } from './fault';

/** A request that met a fault. */
export interface Hit {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Milliseconds since the epoch, by the workspace's clock. */
  readonly time: number;
}

/** A rule with what it has done. */
export interface FaultRecord {
  readonly id: string;
  readonly rule: FaultRule;
  /** Requests that the rule is for, whether they met the fault or not. */
  readonly matched: number;
  /** Requests that met the fault. */
  readonly hits: number;
  /** The latest of them, at most 100. */
  readonly latest: readonly Hit[];
}

/** What decides about a request. */
export interface SeenRequest {
  readonly method: string;
  /** As it came, still percent-encoded, without query. */
  readonly path: string;
  /** `User-Agent`. */
  readonly client: string;
  /** Text of the bearer token; absent without one. */
  readonly token: string | undefined;
}

interface Entry {
  readonly id: string;
  readonly rule: FaultRule;
  readonly uniform: Uniform;
  matched: number;
  /** Requests to which the rule itself brought the fault, as opposed to those that its expired token met later. */
  begun: number;
  hits: number;
  latest: Hit[];
}

const HITS_KEPT = 100;

/**
 * The faults that are switched on in one workspace. They live as long as the process. A request meets at most one: that of the oldest
 * rule that is due.
 */
export class FaultTable {
  /** The workspace's clock: the given one, moved by the rules of kind `clock_skew`. */
  readonly clock: Clock;
  readonly #entries = new Map<string, Entry>();
  /** SHA-256 of tokens that are refused until their clients sign in again, with the rule that began it. */
  readonly #expired = new Map<string, Entry>();
  #lastId = 0;
  #skew = 0;

  constructor(clock: Clock) {
    this.clock = {
      now: () => clock.now() + this.#skew,
      sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
    };
  }

  add(rule: FaultRule): FaultRecord {
    this.#lastId += 1;
    const id = String(this.#lastId);
    const entry: Entry = { id, rule, uniform: seededUniform(rule.seed), matched: 0, begun: 0, hits: 0, latest: [] };
    this.#entries.set(id, entry);
    this.#settle();
    return recordOf(entry);
  }

  list(): readonly FaultRecord[] {
    return [...this.#entries.values()].map(recordOf);
  }

  /** Ends a rule, and with it what its token met. @returns false when there is none of this id */
  remove(id: string): boolean {
    const found = this.#entries.delete(id);
    this.#settle();
    return found;
  }

  clear(): void {
    this.#entries.clear();
    this.#settle();
  }

  /** The fault that a request meets. Asked once for each request: the answer counts. */
  next(request: SeenRequest): Fault | undefined {
    const digest = request.token === undefined ? undefined : digestOf(request.token);
    const refusing = digest === undefined ? undefined : this.#expired.get(digest);
    const matching = [...this.#entries.values()].filter(({ rule }) => isFor(rule, request));
    const due = matching.filter(isDue);
    const entry = refusing ?? due[0];
    if (entry === undefined) {
      return undefined;
    }
    if (entry !== refusing) {
      entry.begun += 1;
    }
    entry.hits += 1;
    const hit = { method: request.method, path: request.path, time: this.clock.now() };
    entry.latest = [...entry.latest, hit].slice(-HITS_KEPT);
    const { fault } = entry.rule;
    if (fault.kind === 'token_expired' && fault.untilSignIn && digest !== undefined) {
      this.#expired.set(digest, entry);
    }
    return fault;
  }

  #settle(): void {
    for (const [digest, entry] of this.#expired) {
      if (!this.#entries.has(entry.id)) {
        this.#expired.delete(digest);
      }
    }
    const faults = [...this.#entries.values()].map(({ rule }) => rule.fault);
    this.#skew = faults.reduce((sum, fault) => sum + (fault.kind === 'clock_skew' ? fault.milliseconds : 0), 0);
  }
}

function isFor({ method, path, client, fault }: FaultRule, request: SeenRequest): boolean {
  return (
    fault.kind !== 'clock_skew' &&
    (method === '*' || method === request.method) &&
    (client === undefined || request.client.includes(client)) &&
    matches(segmentsOf(path), segmentsOf(request.path))
  );
}

/** Counts the request and draws for it: every rule that it matches advances, whichever of them decides. */
function isDue(entry: Entry): boolean {
  const { skip, count, probability } = entry.rule;
  entry.matched += 1;
  const drawn = probability === 1 || entry.uniform() < probability;
  return entry.matched > skip && drawn && (count === undefined || entry.begun < count);
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const rest = pattern.findIndex((segment) => segment.startsWith('*'));
  const fixed = rest < 0 ? pattern : pattern.slice(0, rest);
  const fits = rest < 0 ? path.length === fixed.length : path.length >= fixed.length;
  return fits && fixed.every((segment, index) => segment.startsWith(':') || segment === path[index]);
}

/** Percent-encoded as they came: a rule for an encoded name writes it so. */
function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function recordOf({ id, rule, matched, hits, latest }: Entry): FaultRecord {
  return { id, rule, matched, hits, latest };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

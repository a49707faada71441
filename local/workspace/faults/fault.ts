/** Where a connection is cut: before the request is carried out, before the answer begins, after its head, in the middle of its body. */
export type CutPoint = 'request' | 'answer' | 'body' | 'middle';

/** One thing that networks, proxies and services do to a request. */
export type Fault =
  /** An error answer. `carriedOut`: the request takes effect all the same, as behind a gateway that timed out. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly errorCode: string;
      readonly message: string;
      /** Value of the header `Retry-After`: seconds, or an HTTP date. */
      readonly retryAfter?: string;
      readonly carriedOut: boolean;
    }
  /** The request is carried out after this time of the workspace's clock. */
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** The connection ends without a whole answer; from `answer` on the request has taken effect. */
  | { readonly kind: 'connection_dropped'; readonly at: CutPoint }
  /** The request takes effect and its answer is half of the JSON, with a length that fits the half. */
  | { readonly kind: 'truncated_json' }
  /** A page with status 200 in place of the answer, as a proxy or a login sends it. */
  | { readonly kind: 'html'; readonly carriedOut: boolean }
  /** 401 as for an expired token; with `untilSignIn` that token is refused from then on, on every path. */
  | { readonly kind: 'token_expired'; readonly untilSignIn: boolean }
  /** The workspace's clock differs by this much from the machine's while the rule is there. */
  | { readonly kind: 'clock_skew'; readonly milliseconds: number };

/** Which requests meet a fault. */
export interface FaultRule {
  /** Upper case; `*` for any. */
  readonly method: string;
  /** As the path of an operation: `:name` for one segment, `*name` for the rest. */
  readonly path: string;
  /** Text that the request's `User-Agent` holds, so that a step meets the fault and the jobs that it starts do not; absent: any. */
  readonly client?: string;
  /** Matching requests that pass before the first that meets the fault. */
  readonly skip: number;
  /** Requests that meet it at most; absent: all. */
  readonly count?: number;
  /** Share of the matching requests that meet it, above 0 up to 1. */
  readonly probability: number;
  /** Of the draws that `probability` needs: the same seed gives the same sequence. */
  readonly seed: number;
  readonly fault: Fault;
}

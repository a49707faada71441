/** What was counted for one served entity since the workspace started. */
interface Counts {
  requests: number;
  clientErrors: number;
  serverErrors: number;
  /** Requests by upper bound of their duration; index as in {@link bounds}, the last without a bound. */
  readonly buckets: number[];
  totalMilliseconds: number;
}

/** Requests of one endpoint, for `GET …/metrics`. */
export interface RequestMetrics {
  record(entity: string, status: number, milliseconds: number): void;
  /** Prometheus text format, version 0.0.4. */
  exposition(endpoint: { readonly name: string; readonly id: string }): string;
}

const bounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

export function createRequestMetrics(): RequestMetrics {
  const counted = new Map<string, Counts>();
  return {
    record(entity, status, milliseconds) {
      const counts = counted.get(entity) ?? emptyCounts();
      counted.set(entity, counts);
      counts.requests += 1;
      counts.clientErrors += status >= 400 && status < 500 ? 1 : 0;
      counts.serverErrors += status >= 500 ? 1 : 0;
      counts.totalMilliseconds += milliseconds;
      const bucket = bounds.findIndex((bound) => milliseconds <= bound);
      const index = bucket === -1 ? bounds.length : bucket;
      counts.buckets[index] = (counts.buckets[index] ?? 0) + 1;
    },
    exposition({ name, id }) {
      const rows = [...counted].sort(([a], [b]) => (a < b ? -1 : 1));
      const labels = (entity: string) => `endpoint_id="${id}",endpoint_name="${name}",served_model_name="${entity}"`;
      const counter = (metric: string, pick: (counts: Counts) => number) => [
        `# TYPE ${metric} counter`,
        ...rows.map(([entity, counts]) => `${metric}{${labels(entity)}} ${pick(counts)}`),
      ];
      return `${[
        ...counter('request_count_total', (counts) => counts.requests),
        ...counter('request_4xx_count_total', (counts) => counts.clientErrors),
        ...counter('request_5xx_count_total', (counts) => counts.serverErrors),
        '# TYPE request_latency_ms histogram',
        ...rows.flatMap(([entity, counts]) => histogram(labels(entity), counts)),
      ].join('\n')}\n`;
    },
  };
}

function histogram(labels: string, counts: Counts): string[] {
  let upTo = 0;
  const buckets = [...bounds.map(String), '+Inf'].map((bound, index) => {
    upTo += counts.buckets[index] ?? 0;
    return `request_latency_ms_bucket{${labels},le="${bound}"} ${upTo}`;
  });
  return [
    ...buckets,
    `request_latency_ms_sum{${labels}} ${counts.totalMilliseconds}`,
    `request_latency_ms_count{${labels}} ${counts.requests}`,
  ];
}

function emptyCounts(): Counts {
  const buckets = new Array<number>(bounds.length + 1).fill(0);
  return { requests: 0, clientErrors: 0, serverErrors: 0, buckets, totalMilliseconds: 0 };
}

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEntityLogs } from '../../../../../local/workspace/serving/entity-logs';
import { createRequestMetrics } from '../../../../../local/workspace/serving/metrics';
import { servingRequirements } from '../../../../../local/workspace/serving/mlflow-scorers';

describe('environment of a served model', () => {
  it("is the model's own, with MLflow and pandas where it names neither", () => {
    assert.deepEqual(servingRequirements('mlflow==3.1\n'), ['mlflow==3.1']);
    assert.deepEqual(servingRequirements('# made by hand\nmlflow-skinny==3.17.2 # pinned\r\n\npandas<3\n'), [
      'mlflow-skinny==3.17.2',
      'pandas<3',
    ]);
    assert.deepEqual(servingRequirements('scikit-learn[extra]==1.7.2'), [
      'scikit-learn[extra]==1.7.2',
      'mlflow-skinny',
      'pandas',
    ]);
  });
});

describe('request metrics', () => {
  it('are cumulative histograms and counters by served entity', () => {
    const metrics = createRequestMetrics();
    for (const [status, milliseconds] of [
      [200, 3],
      [200, 70],
      [503, 20_000],
    ] as const) {
      metrics.record('a', status, milliseconds);
    }
    const labels = 'endpoint_id="e",endpoint_name="price",served_model_name="a"';
    const lines = metrics.exposition({ id: 'e', name: 'price' }).split('\n');
    for (const line of [
      `request_count_total{${labels}} 3`,
      `request_4xx_count_total{${labels}} 0`,
      `request_5xx_count_total{${labels}} 1`,
      `request_latency_ms_bucket{${labels},le="5"} 1`,
      `request_latency_ms_bucket{${labels},le="100"} 2`,
      `request_latency_ms_bucket{${labels},le="10000"} 2`,
      `request_latency_ms_bucket{${labels},le="+Inf"} 3`,
      `request_latency_ms_sum{${labels}} 20073`,
      `request_latency_ms_count{${labels}} 3`,
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });
});

describe('logs of served entities', () => {
  it('keep the newest lines and a bounded size', () => {
    const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-logs-'));
    const logs = createEntityLogs(folder);
    assert.equal(logs.read('e', 'a', 'service'), '');
    const line = 'x'.repeat(100_000);
    for (let number = 0; number < 50; number += 1) {
      logs.append('e', 'a', 'service', `${line}${number}`);
    }
    assert.match(logs.read('e', 'a', 'service'), /x49\n$/);
    assert.ok(logs.read('e', 'a', 'service').length <= 200_000);
    assert.equal(logs.read('e', 'a', 'build'), '');
    assert.equal(readdirSync(join(folder, 'serving', 'e')).length, 2);
    logs.remove('e');
    assert.equal(logs.read('e', 'a', 'service'), '');
    rmSync(folder, { recursive: true, force: true });
  });
});

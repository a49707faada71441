import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSources } from '../bundle-sources.mjs';

const ROWS = 10_000;
const SUMS = 5;
/** Measured at 4.3 to 5.9 on two busy cores (7 ns beside 1.4 ns at best): one draw of Philox is 4.2 ns. A loop that keeps its sums in memory is at 8 to 10. */
const LIMIT = 8;

export const title = 'Bootstrap (10 000 rows, five sums, beside the same multiply-adds with a fixed weight)';

/** The cost of a row in a resample: random weights and the sums, beside the sums alone over the same arrays. */
export async function measure({ line, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-bootstrap-'));
  try {
    const { bootstrap } = await bundleSources(folder, "export * from './src/statistics/bootstrap';");
    const resamples = quick ? 1_000 : 5_000;
    const values = Float64Array.from({ length: ROWS * SUMS }, (_, at) => Math.sin(at) + 2);
    const sums = { kind: 'dense', rows: ROWS, width: SUMS, values };
    const ratioOfSums = (totals) => totals[1] / totals[0] - totals[2] / totals[3] + totals[4];
    const options = { key: { low: 1, high: 2 }, resamples, confidence: 0.95 };
    const ours = () => bootstrap(sums, ratioOfSums, options);
    const limit = () => fixedWeight(values, resamples);
    ours();
    limit();
    const rounds = Array.from({ length: quick ? 3 : 5 }, () => [
      nanoseconds(ours, resamples),
      nanoseconds(limit, resamples),
    ]);
    const ratio = median(rounds.map(([a, b]) => a / b));
    const [a, b] = [0, 1].map((side) => median(rounds.map((round) => round[side])));
    const note = `${a.toFixed(2)} ns beside ${b.toFixed(2)} ns a row and resample`;
    line('a row in a resample', Number(ratio.toFixed(2)), '× the sums alone', LIMIT, note);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The least that a pass over the rows can cost on this machine: five multiply-adds a row, sums in registers, nothing drawn. */
function fixedWeight(values, resamples) {
  let kept = 0;
  for (let resample = 0; resample < resamples; resample += 1) {
    const weight = resample & 3;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    for (let at = 0; at < values.length; at += SUMS) {
      a += weight * values[at];
      b += weight * values[at + 1];
      c += weight * values[at + 2];
      d += weight * values[at + 3];
      e += weight * values[at + 4];
    }
    kept += a + b + c + d + e;
  }
  return kept;
}

function nanoseconds(work, resamples) {
  const begun = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begun) / (resamples * ROWS);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

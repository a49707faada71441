const ID_FIELDS = new Set([
  'job_id',
  'run_id',
  'job_run_id',
  'number_in_job',
  'original_attempt_run_id',
  'repair_id',
  'latest_repair_id',
  'object_id',
]);

/**
 * The same answer of the Jobs or Workspace API with its ids as text. They are 64-bit numbers on the wire; small ones arrive as numbers,
 * large ones as text (see json.ts), and inside they are text everywhere.
 */
export function withTextIds<T>(answer: unknown): T {
  return convert(answer) as T;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(convert);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      ID_FIELDS.has(key) && typeof member === 'number' ? String(member) : convert(member),
    ]),
  );
}

import { neutralLine } from '../../src/agent/neutral-text';

/** One answer of the endpoint, whatever it was. */
export interface ProbeAnswer {
  /** 0 when there was no whole answer. */
  readonly status: number;
  /** Response header `served-model-name`, empty when there is none. */
  readonly servedModelName: string;
  /** Parsed JSON. */
  readonly body: unknown;
  readonly milliseconds: number;
  /** Stable code of what went wrong, empty for status 200. */
  readonly code: string;
  /** What the service's words say of the model's signature, safe to show; empty when they say nothing of it. */
  readonly reason: string;
}

/** What `probe.json` says about one request: counts, and no row of an answer. */
export interface ProbeResult {
  readonly request: number;
  readonly status: number;
  readonly servedModelName: string;
  readonly milliseconds: number;
  readonly predictions: number;
  /** One clause on what is wrong; empty when nothing is. */
  readonly fault: string;
}

/**
 * Judges one answer: status 200, answered by the wanted entity, and predictions that are there and finite.
 * @param entity name of the served entity that must have answered
 */
export function judgeProbe(request: number, answer: ProbeAnswer, entity: string): ProbeResult {
  const predictions = answer.status === 200 ? predictionsOf(answer.body) : undefined;
  const shared = {
    request,
    status: answer.status,
    servedModelName: answer.servedModelName,
    milliseconds: answer.milliseconds,
    predictions: predictions?.length ?? 0,
  };
  return { ...shared, fault: faultOf(answer, predictions, entity) };
}

function faultOf(answer: ProbeAnswer, predictions: readonly unknown[] | undefined, entity: string): string {
  if (answer.status !== 200) {
    return answer.status === 0
      ? `there was no answer (${answer.code})`
      : `it was answered with status ${answer.status} (${answer.code})${answer.reason === '' ? '' : `: ${answer.reason}`}`;
  }
  if (answer.servedModelName !== entity) {
    return answer.servedModelName === ''
      ? 'the answer does not say which served entity gave it'
      : `${answer.servedModelName} answered, not ${entity}`;
  }
  if (predictions === undefined) {
    return 'the answer has no predictions';
  }
  if (predictions.length === 0) {
    return 'the answer holds no prediction';
  }
  return predictions.every(isFinitePrediction) ? '' : 'a prediction is missing or not a finite number';
}

/** Sentences of MLflow's scoring server that name columns of the model's signature, and nothing of the request. Source: mlflow/models/utils.py. */
const OF_THE_SIGNATURE = [
  /Model is missing inputs \[[^[\]]{1,300}\]/,
  /Incompatible input types for column [^.]{1,100}\. Can not safely convert [\w.-]{1,40} to [\w.-]{1,40}/,
];

/** What a service's words say of the model, as one line without a full stop. The rest of them may quote rows and stays unsaid. */
export function reasonOf(words: string): string {
  const found = OF_THE_SIGNATURE.map((sentence) => sentence.exec(words)?.[0]).find((text) => text !== undefined);
  return neutralLine(found ?? '')
    .trim()
    .replace(/\.$/, '');
}

/** The list of predictions: `predictions`, a list or named lists (one for each output of the model). */
function predictionsOf(body: unknown): readonly unknown[] | undefined {
  const predictions = typeof body === 'object' && body !== null ? (body as Fields).predictions : undefined;
  if (Array.isArray(predictions)) {
    return predictions;
  }
  return typeof predictions === 'object' && predictions !== null ? Object.values(predictions) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isFinitePrediction(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.length > 0 && value.every(isFinitePrediction);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).every(isFinitePrediction);
  }
  return typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' || typeof value === 'boolean';
}

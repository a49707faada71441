import type { StepRecord } from './run-record';

/** Whether a text says a sentence, whatever marks stand around and in it. */
export function says(text: string, sentence: string): boolean {
  const wanted = words(sentence);
  return wanted !== '' && words(text).includes(wanted);
}

/** Whether a text says a sentence and nothing else. */
export function saysOnly(text: string, sentence: string): boolean {
  const wanted = words(sentence);
  return wanted !== '' && words(text) === wanted;
}

/** The message of a step where none of its issues says it already: tasks say why they fail in both. */
export function ownMessage({ message, issues }: Pick<StepRecord, 'message' | 'issues'>): string {
  return issues.some((issue) => says(issue.message, message)) ? '' : message;
}

function words(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}

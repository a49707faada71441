/** A text as a sentence: without blanks at its end, and with a full stop unless a sign of its own ends it. */
export function asSentence(text: string): string {
  const words = text.trimEnd();
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** `encodeURIComponent` for any text: half of a character has no UTF-8 and is sent as U+FFFD, as it is in JSON. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

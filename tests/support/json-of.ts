/** The body of an answer as JSON, of any shape: tests look into it. */
export async function jsonOf(answer: Response) {
  return JSON.parse(await answer.text());
}

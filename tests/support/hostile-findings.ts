import assert from 'node:assert/strict';

/** What is wrong with each of many steps, told together at the end. */
export class HostileFindings {
  readonly #told: string[] = [];

  /** @param text the hostile one, where there is just one */
  note(what: string, look: () => void, text?: string): void {
    try {
      look();
    } catch (error) {
      const quoted = text === undefined ? '' : ` ${JSON.stringify(text.slice(0, 60))}`;
      this.#told.push(`${what}${quoted}: ${(error as Error).message.slice(0, 900)}`);
    }
  }

  mustBeNone(): void {
    assert.ok(this.#told.length === 0, `${this.#told.length} steps\n${this.#told.slice(0, 10).join('\n\n')}`);
  }
}

/** Longest line that is kept whole, in characters. */
export const LONGEST_LINE = 1_048_576;

/**
 * Cuts a stream of text into lines, at LF, CR or both. Holds at most one line of {@link LONGEST_LINE}: what a longer one has beyond that is
 * dropped, and its last characters too, so that no beginning of a secret stays that the end would have made known.
 */
export class LineSplitter {
  #begun = '';
  #tooLong = false;
  #afterReturn = false;

  /** @param margin characters to drop before a cut: the length of the longest secret at that moment */
  constructor(
    private readonly onLine: (line: string) => void,
    private readonly margin: () => number = () => 0,
  ) {}

  write(chunk: string): void {
    let text = chunk;
    if (this.#afterReturn && text.startsWith('\n')) {
      text = text.slice(1);
    }
    if (chunk !== '') {
      this.#afterReturn = text.endsWith('\r');
    }
    const lines = text.split(/\r\n|\r|\n/);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      this.#extend(line);
      this.#finishLine();
    }
    this.#extend(last);
  }

  /** Gives out what was begun and has no end of line. */
  end(): void {
    if (this.#begun !== '') {
      this.#finishLine();
    }
  }

  #extend(text: string): void {
    this.#begun = this.#tooLong ? this.#begun : this.#begun + text;
    if (this.#begun.length > LONGEST_LINE) {
      this.#tooLong = true;
      this.#begun = this.#begun.slice(0, LONGEST_LINE);
    }
  }

  #finishLine(): void {
    const line = this.#tooLong
      ? `${this.#begun.slice(0, Math.max(0, LONGEST_LINE - this.margin()))} [line cut: it is longer than ${LONGEST_LINE} characters]`
      : this.#begun;
    this.#begun = '';
    this.#tooLong = false;
    this.onLine(line);
  }
}

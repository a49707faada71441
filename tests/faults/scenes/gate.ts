/** Lets through only while it is open. */
export class Gate {
  #waiting: (() => void)[] = [];
  #isOpen = false;

  async opened(): Promise<void> {
    if (!this.#isOpen) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting.splice(0)) {
      resolve();
    }
  }

  close(): void {
    this.#isOpen = false;
  }
}

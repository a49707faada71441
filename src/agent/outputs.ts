import type { TaskDefinition } from './task-definition';

/** What an output variable may hold; ids are text, absent is empty text. */
export type OutputValue = string | number | boolean | undefined;

/**
 * The output variables of a step. Every declared one is set at the end, on success, failure and cancel alike (contract 0.4),
 * so that `$(step.x)` is never left literal.
 */
export class OutputSet {
  private readonly values = new Map<string, string>();

  constructor(private readonly definition: TaskDefinition) {}

  /** Remembers a value; a later call wins. */
  set(name: string, value: OutputValue): void {
    if (!this.definition.outputVariables.some((output) => output.name === name)) {
      throw new Error(`task.json of ${this.definition.name} declares no output '${name}'`);
    }
    this.values.set(name, value === undefined ? '' : String(value));
  }

  /** The value set so far, `''` when none. */
  get(name: string): string {
    return this.values.get(name) ?? '';
  }

  /** Every declared output with its value, in the order of task.json. */
  all(): [name: string, value: string][] {
    return this.definition.outputVariables.map(({ name }) => [name, this.get(name)]);
  }
}

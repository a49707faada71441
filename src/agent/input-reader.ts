import { isAbsolute, resolve } from 'node:path';
import { TaskError } from '../errors';
import { artifactSource, type FileSource } from './file-source';
import type { Host, ServiceConnection } from './host';
import { parseList, parseMap } from './input-text';
import type { TaskDefinition, TaskInput } from './task-definition';

const UNEXPANDED_MACRO = /\$\(([^()]+)\)/;

/**
 * Text inputs to checked values (contract 0.3). It remembers what was read, so that an input that the chosen action does not use is
 * refused instead of ignored, and a test can hold that a task reads exactly what its task.json declares.
 */
export class InputReader {
  private readonly read = new Set<string>();

  constructor(
    private readonly definition: TaskDefinition,
    private readonly host: Host,
  ) {}

  /** Where the inputs come from. */
  get hostKind(): Host['kind'] {
    return this.host.kind;
  }

  /** Names read so far. */
  get namesRead(): ReadonlySet<string> {
    return this.read;
  }

  private get atTerminal(): boolean {
    return this.host.kind === 'terminal';
  }

  /** True when task.json declares this input. */
  declares(name: string): boolean {
    return this.definition.inputs.some((input) => input.name === name);
  }

  /** Text, `''` when empty. @throws TaskError UNEXPANDED_MACRO */
  text(name: string): string {
    const value = this.freeText(name);
    const macro = UNEXPANDED_MACRO.exec(value);
    if (macro !== null) {
      throw new TaskError('UNEXPANDED_MACRO', `Input '${name}' still contains '$(${macro[1]})'.`, {
        where: this.atTerminal
          ? 'A terminal has no variables of a pipeline.'
          : `The variable '${macro[1]}' has no value where this step runs.`,
        todo: this.atTerminal
          ? `Give --${name} VALUE.`
          : 'Set the variable, or read the output in the form that docs/outputs.md shows for its stage and job.',
      });
    }
    return value;
  }

  /** Text that may contain anything, macros too (descriptions, reasons). */
  freeText(name: string): string {
    return this.valueOf(name);
  }

  /** Text that must not be empty. @throws TaskError INPUT_REQUIRED */
  required(name: string): string {
    const value = this.text(name);
    if (value === '') {
      throw new TaskError('INPUT_REQUIRED', `Input '${name}' is required.`, {
        todo: this.atTerminal ? `Give --${name} VALUE.` : `Set '${name}' on this step.`,
      });
    }
    return value;
  }

  /**
   * Text that chooses a version, run, job or target: its default stands in task.json, so an empty value is an output that was read in
   * the wrong form.
   * @throws TaskError EMPTY_INPUT
   */
  choosing(name: string): string {
    const value = this.text(name);
    if (value === '') {
      throw new TaskError('EMPTY_INPUT', `Input '${name}' is empty, and an empty value chooses nothing.`, {
        where: this.atTerminal
          ? 'One that is left out has its default.'
          : 'The likely cause is an output of another step, job or stage that was read in the wrong form.',
        todo: this.atTerminal
          ? `Give --${name} VALUE, or leave it out.`
          : `See docs/outputs.md for the form, or leave '${name}' out to use its default.`,
      });
    }
    return value;
  }

  /** `true` or `false` in any case. @throws TaskError INPUT_INVALID */
  boolean(name: string): boolean {
    const value = this.text(name).toLowerCase();
    if (value === 'true' || value === 'false') {
      return value === 'true';
    }
    throw invalid(name, this.text(name), 'true or false');
  }

  /** A number within bounds. @throws TaskError INPUT_INVALID */
  number(name: string, bounds: { min?: number; max?: number; integer?: boolean } = {}): number {
    const text = this.text(name);
    const value = Number(text);
    const { min = 0, max = Number.MAX_SAFE_INTEGER, integer = false } = bounds;
    if (
      !/^[+-]?(\d+(?:\.\d*)?|\.\d+)$/.test(text) ||
      value < min ||
      value > max ||
      (integer && !Number.isInteger(value))
    ) {
      const upper = max === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${max}`;
      throw invalid(name, text, `${integer ? 'a whole number' : 'a number'} of at least ${min}${upper}`);
    }
    return value;
  }

  /** One of `allowed`. @throws TaskError INPUT_INVALID */
  choice<const T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name);
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) {
      throw invalid(name, value, `one of ${allowed.join(', ')}`);
    }
    return found;
  }

  /** One item a line, or commas. */
  list(name: string): string[] {
    return parseList(this.text(name));
  }

  /** `key=value` lines or one JSON object. @param form how a line is written, for messages @throws TaskError INPUT_INVALID with the line */
  map(name: string, form?: string): Map<string, string> {
    return parseMap(name, this.text(name), form);
  }

  /**
   * Tags as a map. Keys that begin with `mlops_` are written by the tasks alone (contract 0.10).
   * @throws TaskError INPUT_INVALID
   */
  tags(name: string): Map<string, string> {
    const tags = this.map(name);
    const ours = [...tags.keys()].find((key) => key.startsWith('mlops_'));
    if (ours !== undefined) {
      throw new TaskError('INPUT_INVALID', `Input '${name}' must not set '${ours}'.`, {
        todo: "Tags that begin with 'mlops_' are written by this extension; choose another key.",
      });
    }
    return tags;
  }

  /**
   * The number of a workflow run, `''` when empty. Text, because it may exceed 2^53.
   * @throws TaskError INPUT_INVALID
   */
  workflowRunId(name: string): string {
    const value = this.text(name);
    if (value !== '' && !/^\d{1,19}$/.test(value)) {
      throw invalid(name, value, 'the number of a run', "Use output 'runId' of the step that started the run.");
    }
    return value;
  }

  /** Folder in which relative paths begin: that of the sources, at the terminal the working folder. */
  get sourcesFolder(): string {
    return this.sources() ?? process.cwd();
  }

  /** Absolute path of a file or folder, `''` when empty. The agent roots a blank path at the sources folder: that counts as empty. */
  path(name: string): string {
    const value = this.text(name);
    if (value === '' || this.isBlankPath(this.declared(name), value)) {
      return '';
    }
    return isAbsolute(value) ? value : resolve(this.sourcesFolder, value);
  }

  /** Folders of the job's files: that of the sources first. */
  get jobFolders(): string[] {
    const job = ['Pipeline.Workspace', 'Agent.BuildDirectory', 'Agent.ReleaseDirectory'];
    return [this.sourcesFolder, ...job.flatMap((name) => this.host.variable(name) ?? [])];
  }

  /** Folders that a step may write files into that the user named: those of the job, and the temporary one, where also secure files lie. */
  get writableFolders(): string[] {
    return [...this.jobFolders, ...[this.host.variable('Agent.TempDirectory') ?? []].flat()];
  }

  /**
   * A file that one of our tasks wrote: an absolute path, or `artifact:NAME[@run id]`; `undefined` when empty. The input is of type
   * `string`: of a `filePath` the agent would make a path whatever it holds.
   * @throws TaskError INPUT_INVALID, ARTIFACT_AT_TERMINAL
   */
  file(name: string): FileSource | undefined {
    const artifact = artifactSource(name, this.text(name), this.host.kind);
    const path = artifact === undefined ? this.path(name) : '';
    return artifact ?? (path === '' ? undefined : { kind: 'path', path });
  }

  /**
   * A model's three-level name `catalog.schema.model`, `''` when empty.
   * @throws TaskError INPUT_INVALID
   */
  modelName(name: string): string {
    const value = this.text(name);
    if (value !== '' && !isModelName(value)) {
      throw invalid(name, value, 'a three-level model name, catalog.schema.model');
    }
    return value;
  }

  /** The service connection that the input names. */
  connection(name: string): ServiceConnection | undefined {
    this.declared(name);
    this.read.add(name);
    return this.host.connection(name);
  }

  /**
   * Refuses every declared input that was not read although it holds something else than its default: the chosen action does not use it.
   * @throws TaskError INPUT_NOT_USED
   */
  refuseUnread(because: string): void {
    for (const input of this.definition.inputs) {
      const value = this.read.has(input.name) ? '' : (this.host.input(input.name) ?? '');
      if (value !== '' && value.toLowerCase() !== defaultOf(input).toLowerCase() && !this.isBlankPath(input, value)) {
        throw new TaskError('INPUT_NOT_USED', `Input '${input.name}' has no meaning ${because}.`, {
          todo: `Remove '${input.name}', or choose the action that uses it.`,
        });
      }
    }
  }

  private isBlankPath(input: TaskInput, value: string): boolean {
    const sources = this.sources();
    return input.type === 'filePath' && sources !== undefined && resolve(value) === resolve(sources);
  }

  private sources(): string | undefined {
    return this.host.variable('System.DefaultWorkingDirectory') ?? this.host.variable('Build.SourcesDirectory');
  }

  private valueOf(name: string): string {
    const input = this.declared(name);
    this.read.add(name);
    return (this.host.input(name) ?? defaultOf(input)).trim();
  }

  private declared(name: string): TaskInput {
    const input = this.definition.inputs.find((candidate) => candidate.name === name);
    if (input === undefined) {
      throw new Error(`task.json of ${this.definition.name} declares no input '${name}'`);
    }
    return input;
  }
}

function defaultOf(input: TaskInput): string {
  return input.defaultValue === undefined ? '' : String(input.defaultValue);
}

/** Unity Catalog allows no dot, blank, slash or control character in the parts of a name. */
function isModelName(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 3 && parts.every((part) => /^[^\s./\u0000-\u001F\u007F]+$/.test(part));
}

function invalid(name: string, value: string, expected: string, todo = `Correct '${name}'.`): TaskError {
  return new TaskError('INPUT_INVALID', `Input '${name}' must be ${expected}, not ${JSON.stringify(value)}.`, { todo });
}

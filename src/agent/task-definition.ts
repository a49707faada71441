/** The parts of `task.json` that run time needs. */
export interface TaskDefinition {
  readonly name: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly inputs: readonly TaskInput[];
  readonly outputVariables: readonly { readonly name: string }[];
}

/** One input of `task.json`. */
export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly defaultValue?: string | boolean;
  readonly options?: Readonly<Record<string, string>>;
}

/** `1.0.0` */
export function versionText(definition: TaskDefinition): string {
  const { Major, Minor, Patch } = definition.version;
  return `${Major}.${Minor}.${Patch}`;
}

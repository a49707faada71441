import type { Variable } from './job-request';
import { type ExpansionWarning, expandMacros, expandVariables } from './macros';
import { READ_ONLY_VARIABLES } from './read-only-variables';
import type { SecretMasker } from './secret-masker';

interface NamedVariable extends Variable {
  readonly name: string;
  /** In the environment under its name in upper case, unless a command asked to keep its case. */
  readonly keepsCase: boolean;
}

/** How a variable is set: what is left out stays as it was. */
export interface VariableFlags {
  readonly secret?: boolean;
  readonly readOnly?: boolean;
  readonly keepsCase?: boolean;
}

/**
 * The variables of a job, names in any case. Values are expanded when a step begins; what a step sets counts as it is until then.
 * What was secret or read-only stays so. Every secret value is made known to the masker.
 * Source: azure-pipelines-agent, Agent.Worker/Variables.cs.
 */
export class JobVariables {
  readonly #written = new Map<string, NamedVariable>();
  #expanded = new Map<string, NamedVariable>();

  constructor(
    initial: Iterable<readonly [name: string, variable: Variable]>,
    private readonly masker: SecretMasker,
  ) {
    for (const [name, variable] of initial) {
      if (name.trim() !== '') {
        this.#written.set(name.toLowerCase(), { ...variable, name, keepsCase: false });
        this.#learn(variable);
      }
    }
    this.recalculate();
  }

  /** Expands the values again. @returns why some kept their macros */
  recalculate(): readonly ExpansionWarning[] {
    const { expanded, warnings } = expandVariables(this.#written);
    this.#expanded = expanded;
    for (const variable of expanded.values()) {
      this.#learn(variable);
    }
    return warnings;
  }

  /** The value, macros expanded. */
  get(name: string): string | undefined {
    return this.#expanded.get(name.toLowerCase())?.value;
  }

  /** True for `true` in any case. */
  isTrue(name: string): boolean {
    return this.get(name)?.trim().toLowerCase() === 'true';
  }

  /** Whether a step must not set it: it exists and is predefined or was set as read-only. */
  isReadOnly(name: string): boolean {
    const known = this.#expanded.get(name.toLowerCase());
    return known !== undefined && (known.readOnly || READ_ONLY_VARIABLES.has(name.toLowerCase()));
  }

  /** Sets a variable without asking whether it is read-only: that is asked where a step sets it. */
  set(name: string, value: string, flags: VariableFlags = {}): void {
    const known = this.#expanded.get(name.toLowerCase());
    const variable = {
      name,
      value,
      secret: (flags.secret ?? false) || (known?.secret ?? false),
      readOnly: (flags.readOnly ?? false) || (known?.readOnly ?? false),
      keepsCase: flags.keepsCase ?? false,
    };
    this.#learn(variable);
    this.#expanded.set(name.toLowerCase(), variable);
    this.#written.set(name.toLowerCase(), variable);
  }

  /** Replaces macros, in one pass. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name));
  }

  /** By original name: what every process of the job finds in its environment. */
  open(): readonly NamedVariable[] {
    return [...this.#expanded.values()].filter(({ secret }) => !secret);
  }

  secret(): readonly NamedVariable[] {
    return [...this.#expanded.values()].filter(({ secret }) => secret);
  }

  /** A copy by original name. */
  all(): ReadonlyMap<string, Variable> {
    return new Map([...this.#expanded.values()].map((variable) => [variable.name, variable]));
  }

  #learn({ value, secret }: Variable): void {
    if (secret) {
      this.masker.add(value);
    }
  }
}

/**
 * Secret scopes of one workspace. Values live in this process only: nothing secret is ever written to the data folder, so a restart
 * begins with what the start was given.
 */
export class SecretScopes {
  readonly #scopes = new Map<string, Map<string, { readonly value: Buffer; readonly updatedAt: number }>>();

  /** @param given values by scope and key */
  constructor(given: Readonly<Record<string, Readonly<Record<string, string>>>>, now: number) {
    for (const [scope, values] of Object.entries(given)) {
      this.create(scope);
      for (const [key, value] of Object.entries(values)) {
        this.put(scope, key, Buffer.from(value), now);
      }
    }
  }

  /** @returns false when the scope exists already */
  create(scope: string): boolean {
    if (this.#scopes.has(scope)) {
      return false;
    }
    this.#scopes.set(scope, new Map());
    return true;
  }

  names(): readonly string[] {
    return [...this.#scopes.keys()].sort();
  }

  has(scope: string): boolean {
    return this.#scopes.has(scope);
  }

  removeScope(scope: string): boolean {
    return this.#scopes.delete(scope);
  }

  /** @returns false when there is no such scope */
  put(scope: string, key: string, value: Buffer, now: number): boolean {
    return this.#scopes.get(scope)?.set(key, { value, updatedAt: now }) !== undefined;
  }

  get(scope: string, key: string): Buffer | undefined {
    return this.#scopes.get(scope)?.get(key)?.value;
  }

  remove(scope: string, key: string): boolean {
    return this.#scopes.get(scope)?.delete(key) ?? false;
  }

  keys(scope: string): readonly { readonly key: string; readonly updatedAt: number }[] {
    return [...(this.#scopes.get(scope) ?? [])].map(([key, { updatedAt }]) => ({ key, updatedAt }));
  }

  /** As text, for `{{secrets/scope/key}}` of a served entity. */
  read(scope: string, key: string): string | undefined {
    return this.get(scope, key)?.toString('utf8');
  }
}

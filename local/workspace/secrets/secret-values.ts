/** What may be done with the secrets of a scope, each with what the former lets do. */
export const SECRET_PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const;
export type SecretPermission = (typeof SECRET_PERMISSIONS)[number];

/**
 * Secret scopes of one workspace. Values live in this process only: nothing secret is ever written to the data folder, so a restart
 * begins with what the start was given.
 */
export class SecretScopes {
  readonly #scopes = new Map<string, Map<string, { readonly value: Buffer; readonly updatedAt: number }>>();

  readonly #acls = new Map<string, Map<string, SecretPermission>>();

  /** @param given values by scope and key; all users may read them until an ACL says otherwise */
  constructor(given: Readonly<Record<string, Readonly<Record<string, string>>>>, now: number) {
    for (const [scope, values] of Object.entries(given)) {
      this.create(scope);
      this.permit(scope, 'users', 'READ');
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
    this.#acls.set(scope, new Map());
    return true;
  }

  /** What each principal may do with a scope, by its name. */
  acls(scope: string): ReadonlyMap<string, SecretPermission> {
    return this.#acls.get(scope) ?? new Map();
  }

  permit(scope: string, principal: string, permission: SecretPermission): void {
    this.#acls.get(scope)?.set(principal, permission);
  }

  /** @returns false when there was nothing to take away */
  forbid(scope: string, principal: string): boolean {
    return this.#acls.get(scope)?.delete(principal) ?? false;
  }

  /** Whether one of these names, in lower case, may do it. */
  may(scope: string, names: ReadonlySet<string>, wanted: SecretPermission): boolean {
    const enough = SECRET_PERMISSIONS.slice(SECRET_PERMISSIONS.indexOf(wanted));
    return [...this.acls(scope)].some(
      ([name, permission]) => names.has(name.toLowerCase()) && enough.includes(permission),
    );
  }

  names(): readonly string[] {
    return [...this.#scopes.keys()].sort();
  }

  has(scope: string): boolean {
    return this.#scopes.has(scope);
  }

  removeScope(scope: string): boolean {
    this.#acls.delete(scope);
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

import { ApiError } from '../api';
import { SqlFailure } from '../sql/failure';
import type { Change, MetastoreTables } from '../sql/metastore-tables';
import type { TableName } from '../sql/names';
import { NOTHING } from '../sql/result';
import type { Session } from '../sql/session';
import type { TableRecord } from '../sql/table-records';
import { Access } from './access';
import { type Securable, securableOf } from './securables';

/**
 * A session whose tables are those that its principal may use: reading a table wants SELECT, changing one MODIFY, making one CREATE
 * TABLE on the schema, replacing or dropping one MANAGE; each with USE CATALOG and USE SCHEMA.
 */
export function guarded(session: Session): Session {
  const access = new Access(session.metastore, session.tables, session.principal);
  if (access.identity.administrator) {
    return session;
  }
  return {
    ...session,
    tables: new GuardedTables(session.tables, access),
    sees: (namespace) => access.sees(securableOf(namespace.includes('.') ? 'SCHEMA' : 'CATALOG', namespace)),
    requireCreateSchema: (catalog) => {
      const parent: Securable = { kind: 'CATALOG', fullName: catalog.toLowerCase() };
      inSql(() => access.require([access.holds('USE_CATALOG', parent) ? 'CREATE_SCHEMA' : 'USE_CATALOG'], parent));
    },
  };
}

class GuardedTables implements MetastoreTables {
  /** Tables that the statement named, which are read unless they are what it changes. */
  readonly #named = new Map<string, Securable>();

  constructor(
    private readonly tables: MetastoreTables,
    private readonly access: Access,
  ) {}

  find(name: TableName): TableRecord | undefined {
    const found = this.tables.find(name);
    const securable = tableOf(name.catalog, name.schema, name.table);
    if (found !== undefined) {
      this.#require(['SELECT', 'MODIFY', 'MANAGE'], securable);
      this.#named.set(securable.fullName, securable);
    }
    return found;
  }

  list(catalog: string, schema: string): readonly TableRecord[] {
    return this.tables.list(catalog, schema).filter((table) => this.access.sees(tableOf(catalog, schema, table.name)));
  }

  read: MetastoreTables['read'] = (body) =>
    this.tables.read((connection) => {
      this.#requireReading([]);
      return body(connection);
    });

  write<R>(body: Parameters<MetastoreTables['write']>[0]): Promise<R> {
    return this.tables.write(async (connection) => {
      const change = (await body(connection)) as Change<R>;
      const { save, remove = [] } = change;
      const changed = [...(save === undefined ? [] : [save]), ...remove].map((table) =>
        tableOf(table.catalog, table.schema, table.name),
      );
      this.#requireReading(changed);
      for (const table of remove) {
        this.#require(['MANAGE'], tableOf(table.catalog, table.schema, table.name));
      }
      if (save !== undefined) {
        this.#requireWriting(save);
      } else if (remove.length === 0 && change.result !== NOTHING) {
        this.#requireUnmatched();
      }
      return change;
    });
  }

  async dropSchema(catalog: string, schema: string): Promise<void> {
    this.#require(['MANAGE'], { kind: 'SCHEMA', fullName: `${catalog}.${schema}` });
    await this.tables.dropSchema(catalog, schema);
  }

  close(): Promise<void> {
    return this.tables.close();
  }

  #requireReading(changed: readonly Securable[]): void {
    for (const securable of this.#named.values()) {
      if (!changed.some(({ fullName }) => fullName === securable.fullName)) {
        this.#require(['SELECT'], securable);
      }
    }
  }

  /** A DELETE, UPDATE or MERGE that met no row: what it would have changed is the table that it named first. */
  #requireUnmatched(): void {
    const [target] = this.#named.values();
    if (target !== undefined) {
      this.#require(['MODIFY'], target);
    }
  }

  #requireWriting({ catalog, schema, name, versions }: TableRecord): void {
    const securable = tableOf(catalog, schema, name);
    if (this.tables.find({ catalog, schema, table: name }) === undefined) {
      this.#require(['CREATE_TABLE'], { kind: 'SCHEMA', fullName: `${catalog}.${schema}` });
      return;
    }
    const defines = /^(CREATE|REPLACE|SET|UNSET|ADD|CHANGE|RENAME|DROP) /.test(versions.at(-1)?.operation ?? '');
    this.#require([defines ? 'MANAGE' : 'MODIFY'], securable);
  }

  /** @throws SqlFailure INSUFFICIENT_PERMISSIONS */
  #require(privileges: readonly string[], securable: Securable): void {
    inSql(() => this.access.require(privileges, securable));
  }
}

function tableOf(catalog: string, schema: string, table: string): Securable {
  return { kind: 'TABLE', fullName: `${catalog}.${schema}.${table}`.toLowerCase() };
}

/** A refusal as a statement reports it. @throws SqlFailure INSUFFICIENT_PERMISSIONS */
function inSql(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'PERMISSION_DENIED') {
      throw new SqlFailure('INSUFFICIENT_PERMISSIONS', '42501', `Insufficient privileges: ${error.message}`);
    }
    throw error;
  }
}

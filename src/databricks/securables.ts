import type { HttpClient } from '../http/client';
import { ApiError } from '../http/errors';
import { items, type TokenPage } from '../http/paging';
import { path } from '../http/path';
import { type AnswerFields, objectIn, objectsIn, textIn } from './answer-shape';
import { undefinedIfMissing } from './missing';

/** Something of Unity Catalog that has an owner. */
export interface Securable {
  /** One to three levels. */
  readonly fullName: string;
  readonly owner: string;
}

/** `/api/2.1/unity-catalog/catalogs`, `/schemas` and `/models` */
export class SecurablesApi {
  constructor(private readonly http: HttpClient) {}

  /** Undefined when there is none of this name, or the identity may not know of it. */
  async catalog(name: string): Promise<Securable | undefined> {
    return this.get(path`/api/2.1/unity-catalog/catalogs/${name}`, 'catalog');
  }

  /** As {@link catalog}. @param fullName `catalog.schema` */
  async schema(fullName: string): Promise<Securable | undefined> {
    return this.get(path`/api/2.1/unity-catalog/schemas/${fullName}`, 'schema');
  }

  /** As {@link catalog}. @param fullName `catalog.schema.model` */
  async model(fullName: string): Promise<Securable | undefined> {
    return this.get(path`/api/2.1/unity-catalog/models/${fullName}`, 'registered model');
  }

  /** The metastore of the workspace; undefined where the identity may not know of it. Its owner sees all that is in it [U]. */
  async metastore(): Promise<Securable | undefined> {
    try {
      return await this.get('/api/2.1/unity-catalog/metastore_summary', 'metastore');
    } catch (error) {
      if (error instanceof ApiError && error.code === 'PERMISSION_DENIED') {
        return undefined;
      }
      throw error;
    }
  }

  /** The catalogs that the identity may know of. */
  catalogs(): AsyncGenerator<Securable> {
    return this.list('catalogs', 'catalog', {});
  }

  /** The schemas of a catalog that the identity may know of. */
  schemas(catalog: string): AsyncGenerator<Securable> {
    return this.list('schemas', 'schema', { catalog_name: catalog });
  }

  /** The models of a schema that the identity may know of. */
  models(catalog: string, schema: string): AsyncGenerator<Securable> {
    return this.list('registered_models', 'registered model', { catalog_name: catalog, schema_name: schema });
  }

  private async *list(
    field: 'catalogs' | 'schemas' | 'registered_models',
    what: string,
    of: Readonly<Record<string, string>>,
  ): AsyncGenerator<Securable> {
    const collection = field === 'registered_models' ? 'models' : field;
    const found = items(
      (page_token) =>
        this.http.json<TokenPage>({
          method: 'GET',
          path: `/api/2.1/unity-catalog/${collection}`,
          query: { ...of, max_results: 0, page_token },
        }),
      (page) => objectsIn(objectIn(page, `list of ${field}`), field, `list of ${field}`),
    );
    for await (const fields of found) {
      yield securable(fields, what);
    }
  }

  private async get(address: string, what: string): Promise<Securable | undefined> {
    const answer = await undefinedIfMissing(this.http.json<unknown>({ method: 'GET', path: address }));
    return answer === undefined ? undefined : securable(objectIn(answer, what), what);
  }
}

function securable(fields: AnswerFields, what: string): Securable {
  return {
    fullName: textIn(fields, 'full_name', what) || textIn(fields, 'name', what),
    owner: textIn(fields, 'owner', what),
  };
}

import { TaskError } from '../../src/errors';
import type { ApiError } from '../../src/http/errors';
import type { Definition } from './definition';
import { type DefinitionField, fieldsOf } from './definition-fields';

/** Answers that say something about what was sent. */
const ABOUT_THE_REQUEST = new Set([400, 403, 404, 422]);

/** The service's refusal of a definition, with the place in it that its words name. Other errors stay as they are. */
export async function refusedDefinition(error: ApiError, definition: Definition): Promise<TaskError> {
  if (!ABOUT_THE_REQUEST.has(error.status)) {
    return error;
  }
  const field = namedField(error.serverMessage, await fieldsOf(definition.text));
  const place =
    field === undefined
      ? `The definition stands in ${definition.source}.`
      : `See line ${field.line}, column ${field.column} of ${definition.source}: ${field.path}.`;
  const { where = '', todo = '' } = error.options;
  return new TaskError(error.code, error.message, { where: `${place} ${where}`.trimEnd(), todo, cause: error });
}

/**
 * The field of a definition that a refusal is about: the one whose path it spells out (`tasks[1].new_cluster`), as far as it is there; else
 * a field that it names by its key or value, first below the task that it names; else that task. The words of the service are free text: without a match there
 * is no place.
 */
export function namedField(message: string, fields: readonly DefinitionField[]): DefinitionField | undefined {
  return spelledOut(message, fields) ?? namedByWords(message, fields);
}

function spelledOut(message: string, fields: readonly DefinitionField[]): DefinitionField | undefined {
  const byPath = new Map(fields.map((field) => [field.path, field]));
  const paths = message.match(/\b[A-Za-z_]\w*(?:\[\d+\]|\.\w+)+/g) ?? [];
  for (const spelled of paths) {
    const path = spelled.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
    // What is missing has no place of its own: the nearest thing around it has.
    for (let known = path; known !== ''; known = known.replace(/(^|\.)\w+$|\[\d+\]$/, '')) {
      const field = byPath.get(known);
      if (field !== undefined) {
        return field;
      }
    }
  }
  return undefined;
}

function namedByWords(message: string, fields: readonly DefinitionField[]): DefinitionField | undefined {
  const quoted = new Set([...message.matchAll(/['"`]([^'"`]+)['"`]/g)].map(([, text = '']) => text));
  const words = new Set(message.match(/\w+/g));
  const isNamed = ({ key }: DefinitionField) => quoted.has(key) || (key.includes('_') && words.has(key));
  const task = fields.find(({ key, text }) => key === 'task_key' && text !== undefined && quoted.has(text));
  const above = task?.path.replace(/\.?task_key$/, '');
  const below = above === undefined ? [] : fields.filter(({ path }) => path.startsWith(`${above}.`));
  const isQuoted = ({ key, text }: DefinitionField) => key !== 'task_key' && text !== undefined && quoted.has(text);
  return below.find(isNamed) ?? below.find(isQuoted) ?? task ?? fields.find(isNamed);
}

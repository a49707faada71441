import { ApiError } from '../api';

type Attributes = Readonly<Record<string, string>>;

const CONDITION = /^\s*([A-Za-z.]+)\s+(eq|co|sw|ne)\s+("(?:[^"\\]|\\.)*"|\S+)\s*$/i;

/**
 * A SCIM filter as a test: conditions `attribute eq|ne|co|sw "text"` joined by `and`, names and texts in any case (RFC 7644 3.4.2.2).
 * @throws ApiError 400 for any other filter
 */
export function scimFilter(text: string): (attributes: Attributes) => boolean {
  if (text.trim() === '') {
    return () => true;
  }
  const conditions = text.split(/(?<!\s)\s+and\s+/i).map((part) => {
    const match = CONDITION.exec(part);
    if (match === null) {
      throw new ApiError(
        400,
        'INVALID_PARAMETER_VALUE',
        `The filter '${text}' is not one that the local workspace knows.`,
      );
    }
    const [, attribute = '', operator = '', value = ''] = match;
    return { attribute: attribute.toLowerCase(), operator: operator.toLowerCase(), value: plain(value).toLowerCase() };
  });
  return (attributes) => {
    const byName = new Map(
      Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]),
    );
    return conditions.every(({ attribute, operator, value }) => {
      const own = byName.get(attribute);
      switch (operator) {
        case 'eq':
          return own === value;
        case 'ne':
          return own !== value;
        case 'co':
          return own?.includes(value) === true;
        default:
          return own?.startsWith(value) === true;
      }
    });
  };
}

function plain(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}

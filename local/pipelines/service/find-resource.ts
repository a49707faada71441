import { RESOURCES, readableTemplate } from './resources';
import type { Resource } from './route';
import { badRequest } from './service-error';

/** A resource found for a path, with the values of its template. */
export interface FoundResource {
  readonly resource: Resource;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Segments of a path, decoded once.
 * @throws ServiceError 400 for bad escapes, `.`, `..` and control characters
 */
export function pathSegments(rawPath: string): string[] {
  return rawPath
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      const text = decoded(segment);
      if (text === '.' || text === '..' || /\p{Cc}/u.test(text)) {
        throw badRequest("A segment of the path is '.', '..' or holds a control character.");
      }
      return text;
    });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) {
      throw badRequest('A segment of the path is not valid percent-encoding.');
    }
    throw error;
  }
}

/**
 * The resource of a path below the organisation. Literal segments count whatever their case, names before the fewest values.
 * @param segments decoded, from the project or `_apis` on
 */
export function findResource(segments: readonly string[]): FoundResource | undefined {
  const found = RESOURCES.flatMap((resource) => {
    const values = match(readableTemplate(resource).split('/'), segments);
    return values === undefined ? [] : [{ resource, values }];
  });
  return found.sort((a, b) => Object.keys(a.values).length - Object.keys(b.values).length)[0];
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const rest = /^\{\*(\w+)\}$/.exec(part)?.[1];
    if (rest !== undefined) {
      const taken = segments.slice(index);
      return taken.length === 0 ? values : { ...values, [rest]: taken.join('/') };
    }
    const segment = segments[index];
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (segment === undefined) {
      // Only values at the end may be left out.
      return name !== undefined && pattern.slice(index).every((each) => each.startsWith('{')) ? values : undefined;
    }
    if (name !== undefined) {
      values[name] = segment;
    } else if (part.toLowerCase() !== segment.toLowerCase()) {
      return undefined;
    }
  }
  return segments.length > pattern.length ? undefined : values;
}

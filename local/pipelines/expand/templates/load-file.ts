import { ExpandError } from '../expand-error';
import { type Budget, LIMITS } from '../limits';
import type { MappingNode, ScalarNode } from '../nodes';
import type { Frame, Place } from '../place';
import { type FileSource, SourceError } from './file-source';
import { nodesOf, type ParsedFile, parseYaml } from './read-yaml';
import { resolveReference } from './reference';

/** A repository resource of the pipeline. */
export interface RepositoryResource {
  readonly alias: string;
  readonly ref: string | undefined;
  readonly at: Place;
}

/** Reads files of the pipeline's repositories; each is parsed once. */
export interface FileLoader {
  /** Makes a repository resource known to references with `@alias`. */
  declare(resource: RepositoryResource): void;
  loadRoot(path: string): MappingNode;
  /** @throws ExpandError PIPELINE_TEMPLATE, PIPELINE_REPOSITORY, PIPELINE_LIMIT, PIPELINE_YAML */
  loadTemplate(reference: ScalarNode, from: Frame): MappingNode;
}

export function fileLoader(source: FileSource, budget: Budget): FileLoader {
  const resources = new Map<string, RepositoryResource>();
  const texts = new Map<string, { readonly text: string; readonly file: ParsedFile }>();

  const load = (frame: Frame, from: ScalarNode | undefined): MappingNode => {
    const key = `${frame.repository}\n${frame.path}`;
    let known = texts.get(key);
    if (known === undefined) {
      const text = readText(source, frame, resources.get(frame.repository.toLowerCase()), from);
      budget.countFile(from?.at, text.length);
      known = { text, file: parseYaml(text, frame) };
      texts.set(key, known);
    } else {
      budget.countFile(from?.at, known.text.length);
    }
    const root = nodesOf(known.file, frame);
    if (root.kind !== 'mapping') {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        'The file is no mapping.',
        root.at,
        "Begin with a key, such as 'steps:'.",
      );
    }
    return root;
  };

  return {
    declare: (resource) => resources.set(resource.alias.toLowerCase(), resource),
    loadRoot: (path) => load({ file: path.replace(/^\/+/, ''), repository: 'self', path, level: 0 }, undefined),
    loadTemplate: (reference, from) => {
      const { repository, path } = resolveReference(reference, from, (alias) => homeOf(alias, reference, resources));
      const frame: Frame = {
        file: repository === 'self' ? path.slice(1) : `${path.slice(1)}@${repository}`,
        repository,
        path,
        includedFrom: reference.at,
        level: from.level + 1,
      };
      checkChain(frame, reference);
      return load(frame, reference);
    },
  };
}

/** `self` and an empty alias are the pipeline's own repository; aliases are the same in any case. */
function homeOf(alias: string, reference: ScalarNode, resources: ReadonlyMap<string, RepositoryResource>): string {
  if (alias === '' || alias.toLowerCase() === 'self') {
    return 'self';
  }
  const resource = resources.get(alias.toLowerCase());
  if (resource === undefined) {
    throw new ExpandError(
      'PIPELINE_REPOSITORY',
      `There is no repository resource '${alias}'.`,
      reference.at,
      "Declare it under resources.repositories with 'repository: ' and this alias.",
    );
  }
  return resource.alias;
}

function checkChain(frame: Frame, reference: ScalarNode): void {
  for (let above: Frame | undefined = reference.at.frame; above !== undefined; above = above.includedFrom?.frame) {
    if (above.repository === frame.repository && above.path === frame.path) {
      throw new ExpandError(
        'PIPELINE_LIMIT',
        `The template ${frame.file} includes itself.`,
        reference.at,
        'Break the circle of templates.',
      );
    }
  }
  if (frame.level > LIMITS.levels) {
    throw new ExpandError(
      'PIPELINE_LIMIT',
      `Templates include each other more than ${LIMITS.levels} levels deep.`,
      reference.at,
      'Flatten the templates.',
    );
  }
}

function readText(
  source: FileSource,
  frame: Frame,
  resource: RepositoryResource | undefined,
  from: ScalarNode | undefined,
): string {
  if (!source.knows(frame.repository)) {
    throw new ExpandError(
      'PIPELINE_REPOSITORY',
      `The files of repository '${frame.repository}' are not here.`,
      from?.at,
      `Say where they lie: --repository ${frame.repository}=FOLDER.`,
    );
  }
  let text: string | undefined;
  try {
    text = source.read({ alias: frame.repository, ref: resource?.ref }, frame.path);
  } catch (error) {
    throw error instanceof SourceError
      ? new ExpandError('PIPELINE_REPOSITORY', error.message, from?.at, error.hint, error)
      : error;
  }
  if (text === undefined) {
    throw new ExpandError(
      'PIPELINE_TEMPLATE',
      `There is no file '${frame.path.slice(1)}' in repository '${frame.repository}'${resource?.ref === undefined ? '' : ` at ${resource.ref}`}.`,
      from?.at,
      'Check the path: it counts from the folder of the including file, with a leading / from the root; case matters.',
    );
  }
  return text;
}

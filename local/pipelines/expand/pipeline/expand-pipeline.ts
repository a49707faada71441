import { ExpandError } from '../expand-error';
import { checkShape } from '../grammar/check-shape';
import { type Budget, newBudget } from '../limits';
import { kindName, type MappingEntry, type MappingNode, mapping, type Node, type ScalarNode, sequence } from '../nodes';
import { normalPipeline } from '../normal-form/pipeline';
import type { Place } from '../place';
import { type Expansion, type Pending, type Scope, Variables } from '../scope';
import type { FileSource } from '../templates/file-source';
import { fileLoader } from '../templates/load-file';
import { bindRoot } from '../templates/parameters';
import { expandNode, resolve, walkMapping } from '../walk';
import { checkDependencies } from './check-dependencies';
import { checkRuntimeExpressions } from './check-runtime-expressions';
import { openTemplate, referenceOf } from './expand-list';
import { knownBeforeTheRun } from './predefined-variables';
import { declareRepositories } from './repositories';
import { expandRole } from './roles';

/** What is expanded, and what the run would be started with. */
export interface ExpandRequest {
  /** Path of the pipeline from the root of its repository. */
  readonly file: string;
  readonly source: FileSource;
  /** Values of root parameters as texts; lists and mappings as JSON or YAML. */
  readonly parameters?: ReadonlyMap<string, string>;
  /** Variables known before the run: predefined ones and those of the pipeline's settings. */
  readonly variables?: ReadonlyMap<string, string>;
}

/**
 * Expands a pipeline: templates included, parameters bound, directives carried out, in the form that Azure DevOps previews. The nodes keep
 * the places that they come from.
 * @throws ExpandError for a fault of the pipeline
 */
export function expandPipeline(request: ExpandRequest): MappingNode {
  const budget: Budget = newBudget();
  const expansion: Expansion = {
    budget,
    loader: fileLoader(request.source, budget),
    parsed: new Map(),
    expandList: expandRole,
  };
  const root = expansion.loader.loadRoot(`/${request.file.replaceAll('\\', '/').replace(/^\/+/, '')}`);
  const bare: Scope = {
    expansion,
    frame: root.at.frame,
    parameters: mapping([], root.at, 'declared'),
    variables: Variables.of(knownBeforeTheRun(request.variables ?? new Map()), root.at),
    locals: new Map(),
  };
  const scope: Scope = { ...bare, parameters: bindRoot(root, request.parameters ?? new Map(), bare) };
  const expanded = expandRoot(root, scope, undefined);
  checkShape(expanded, 'pipeline');
  const normal = normalPipeline(expanded);
  checkDependencies(normal);
  checkRuntimeExpressions(normal);
  return normal;
}

const LISTS = ['stages', 'jobs', 'steps'] as const;

/**
 * The root of the pipeline, or of a template that it extends.
 * @param extending place of the reference; `undefined` for the pipeline itself, which keeps its declarations of parameters
 */
function expandRoot(root: MappingNode, scope: Scope, extending: Place | undefined): MappingNode {
  declareRepositories(root, scope);
  const entries: MappingEntry[] = [];
  walkMapping({ node: root, scope }, ({ key, value }) => {
    switch (key.text) {
      case 'parameters':
        if (extending === undefined) {
          entries.push({ key, value: value.node });
        }
        break;
      case 'extends':
        for (const inherited of extend(key, value, scope)) {
          merge(entries, inherited);
        }
        break;
      default:
        merge(entries, { key, value: rootValue(key, value, scope) });
    }
  });
  checkOneList(entries, root);
  return mapping(entries, root.at);
}

function rootValue(key: ScalarNode, value: Pending, scope: Scope): Node {
  const list = [...LISTS, 'variables' as const].find((name) => name === key.text);
  return list === undefined ? expandNode(value) : expandRole(list, value, value.scope ?? scope);
}

function extend(key: ScalarNode, value: Pending, scope: Scope): readonly MappingEntry[] {
  const { node, scope: inner } = resolve(value);
  if (node.kind !== 'mapping') {
    throw new ExpandError('PIPELINE_SHAPE', `extends is ${kindName(node)}.`, node.at, "Write 'template: …' below it.");
  }
  let template: ScalarNode | undefined;
  let given: Pending | undefined;
  walkMapping({ node, scope: inner }, (entry) => {
    if (entry.key.text === 'template') {
      template = referenceOf(entry.key, entry.value);
    } else if (entry.key.text === 'parameters') {
      given = entry.value;
    } else {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        `'${entry.key.text}' does not belong into extends.`,
        entry.key.at,
        'Known are: template, parameters.',
      );
    }
  });
  if (template === undefined) {
    throw new ExpandError('PIPELINE_SHAPE', "'template' is missing in extends.", key.at, "Add 'template: …'.");
  }
  const opened = openTemplate(template, given, scope);
  return expandRoot(opened.root, opened.scope, template.at).entries;
}

/** Variables and resources of a template come after those of the file that extends it; anything else stands only once. */
function merge(entries: MappingEntry[], entry: MappingEntry): void {
  const index = entries.findIndex(({ key }) => key.text === entry.key.text);
  const known = entries[index];
  if (known === undefined) {
    entries.push(entry);
    return;
  }
  if (entry.key.text === 'variables' && known.value.kind === 'sequence' && entry.value.kind === 'sequence') {
    entries[index] = { key: known.key, value: sequence([...known.value.items, ...entry.value.items], known.value.at) };
  } else if (entry.key.text === 'resources' && known.value.kind === 'mapping' && entry.value.kind === 'mapping') {
    entries[index] = { key: known.key, value: mergedResources(known.value, entry.value) };
  } else {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `'${entry.key.text}' stands both in the pipeline and in the template that it extends.`,
      entry.key.at,
      'Keep one of the two.',
    );
  }
}

function mergedResources(own: MappingNode, inherited: MappingNode): MappingNode {
  const entries = [...own.entries];
  for (const { key, value } of inherited.entries) {
    const index = entries.findIndex((entry) => entry.key.text === key.text);
    const known = entries[index];
    if (known === undefined) {
      entries.push({ key, value });
    } else if (known.value.kind === 'sequence' && value.kind === 'sequence') {
      entries[index] = { key: known.key, value: sequence([...known.value.items, ...value.items], known.value.at) };
    }
  }
  return mapping(entries, own.at);
}

/** A pipeline has stages, or jobs, or steps, or extends a template that has them. */
function checkOneList(entries: readonly MappingEntry[], root: MappingNode): void {
  const found = entries.filter(({ key }) => LISTS.some((list) => list === key.text));
  const [, second] = found;
  if (second !== undefined) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `'${second.key.text}' stands beside '${found[0]?.key.text}'.`,
      second.key.at,
      'A pipeline has stages, or jobs, or steps, or extends a template.',
    );
  }
  if (found.length === 0) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      'The file has no stages, jobs or steps.',
      root.at,
      "Add 'steps:' with a step, or 'extends:' with a template.",
    );
  }
}

import { Composer, type CST, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type ParsedNode, Parser } from 'yaml';
import { ExpandError } from '../expand-error';
import { LIMITS } from '../limits';
import {
  type MappingEntry,
  mapping,
  type Node,
  type ScalarNode,
  type ScalarStyle,
  sequence,
  textScalar,
} from '../nodes';
import type { Frame, Place } from '../place';

/** A file that was parsed once and can be laid out for each of its inclusions. */
export interface ParsedFile {
  readonly contents: ParsedNode | null;
  readonly lines: LineCounter;
}

/**
 * Parses the text of a pipeline file. Every scalar stays the text that it is: a pipeline knows no numbers or booleans until a parameter makes them.
 * @throws ExpandError PIPELINE_YAML for text that is no YAML, or YAML that pipelines do not have: several documents
 */
export function parseYaml(text: string, frame: Frame): ParsedFile {
  const lines = new LineCounter();
  const documents = [...new Composer(OPTIONS).compose(tokensOf(text, lines, frame), false, text.length)];
  const [first, second] = documents;
  const error = documents.flatMap((document) => document.errors)[0];
  if (error !== undefined) {
    throw new ExpandError(
      'PIPELINE_YAML',
      `The file is no valid YAML: ${error.message.replace(/[.:]$/, '')}.`,
      placeAt(error.pos[0], lines, frame),
      'Check indentation, quotes and colons there; texts with signs such as { or : need quotes.',
      error,
    );
  }
  if (second !== undefined) {
    throw new ExpandError(
      'PIPELINE_YAML',
      'The file holds several YAML documents.',
      placeAt(second.range[0], lines, frame),
      "Keep one, and remove the lines '---'.",
    );
  }
  return { contents: first?.contents ?? null, lines };
}

const OPTIONS = { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' } as const;

/**
 * The tokens of the text. Depth is held against its limit while reading: the library composes nodes by recursion, and a deep file would
 * exhaust the stack of the process.
 */
function tokensOf(text: string, lines: LineCounter, frame: Frame): readonly CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // One level more for the document itself, one for the scalar at the bottom.
    if (parser.stack.length > LIMITS.depth + 2) {
      throw tooDeep(placeAt(parser.offset, lines, frame));
    }
  }
  return [...tokens, ...parser.end()];
}

/**
 * The nodes of a file for one inclusion of it. An empty file is an empty mapping.
 * @throws ExpandError PIPELINE_YAML for anchors, aliases and keys that are no text; PIPELINE_LIMIT for too many levels
 */
export function nodesOf({ contents, lines }: ParsedFile, frame: Frame): Node {
  const start: Place = { frame, line: 1, column: 1 };
  if (contents === null || (isScalar(contents) && contents.source === '')) {
    return mapping([], start);
  }
  return layOut(contents, { lines, frame }, 1);
}

interface Layout {
  readonly lines: LineCounter;
  readonly frame: Frame;
}

function layOut(node: ParsedNode, layout: Layout, depth: number): Node {
  const at = placeAt(node.range[0], layout.lines, layout.frame);
  if (depth > LIMITS.depth) {
    throw tooDeep(at);
  }
  if (isAlias(node) || (node as { anchor?: string }).anchor !== undefined) {
    throw new ExpandError(
      'PIPELINE_YAML',
      'Pipelines have no YAML anchors.',
      at,
      'Use a template, a parameter or a variable to repeat something.',
    );
  }
  if (isScalar(node)) {
    return textScalar(typeof node.value === 'string' ? node.value : '', at, styleOf(node.type));
  }
  if (isSeq(node)) {
    return sequence(
      node.items.map((item) => layOut(item as ParsedNode, layout, depth + 1)),
      at,
    );
  }
  if (isMap(node)) {
    const entries = node.items.map((pair): MappingEntry => {
      const key = layOut(pair.key as ParsedNode, layout, depth + 1);
      const value = pair.value as ParsedNode | null;
      return {
        key: asKey(key),
        value: value === null ? textScalar('', key.at) : layOut(value, layout, depth + 1),
      };
    });
    return mapping(entries, at);
  }
  throw new Error('the YAML library gave a node of no known kind');
}

function asKey(key: Node): ScalarNode {
  if (key.kind === 'scalar') {
    return key;
  }
  throw new ExpandError('PIPELINE_YAML', 'A key is a list or a mapping.', key.at, 'Keys are texts.');
}

function styleOf(type: string | null | undefined): ScalarStyle {
  return type === 'PLAIN' ? 'plain' : type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? 'quoted' : 'block';
}

function placeAt(offset: number, lines: LineCounter, frame: Frame): Place {
  const { line, col } = lines.linePos(offset);
  return { frame, line: Math.max(1, line), column: Math.max(1, col) };
}

function tooDeep(at: Place): ExpandError {
  return new ExpandError(
    'PIPELINE_LIMIT',
    `The file nests more than ${LIMITS.depth} levels deep.`,
    at,
    'Flatten it, or part it into templates.',
  );
}

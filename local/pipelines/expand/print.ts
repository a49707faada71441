import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { MappingNode, Node, ScalarNode } from './nodes';

/**
 * What YAML wants escaped, or what turns the direction of the text that follows it at a terminal. Further control characters the library
 * escapes by itself.
 */
const ESCAPED = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF\p{Bidi_Control}]/gu;

/**
 * The text of an expanded pipeline: block style, lists at the column of their key, no folding, single quotes where quotes are needed, an
 * empty line at the end, as Azure DevOps previews it. Texts that YAML would read as something else are quoted unless the file had them plain.
 * Characters that act at a terminal are escaped in double quotes, so that they show there and mean the same to who reads the document.
 */
export function printPipeline(pipeline: MappingNode): string {
  const document = new Document(undefined, { schema: 'core' });
  document.contents = asYaml(pipeline) as Document['contents'];
  const text = document.toString({
    indentSeq: false,
    lineWidth: 0,
    singleQuote: true,
    minContentWidth: 0,
    nullStr: "''",
  });
  // One more line would belong to the text of a block that keeps its empty lines.
  const end = text.endsWith('\n\n') ? '' : '\n';
  // These stand in double quotes only, see scalarOf.
  return `${text.replace(ESCAPED, escapeOf)}${end}`;
}

function escapeOf(sign: string): string {
  const number = sign.charCodeAt(0).toString(16);
  return number.length > 2 ? `\\u${number.padStart(4, '0')}` : `\\x${number}`;
}

function asYaml(node: Node): Scalar | YAMLMap | YAMLSeq {
  switch (node.kind) {
    case 'scalar':
      return scalarOf(node);
    case 'sequence': {
      const list = new YAMLSeq();
      list.items = node.items.map(asYaml);
      list.flow = node.items.length === 0;
      return list;
    }
    case 'mapping': {
      const map = new YAMLMap();
      map.items = node.entries.map(({ key, value }) => new Pair(scalarOf(key), asYaml(value)));
      map.flow = node.entries.length === 0;
      return map;
    }
  }
}

/** Numbers and booleans are given to the library as what they are, with the text that they had. */
function scalarOf(node: ScalarNode): Scalar {
  const plain = plainValueOf(node);
  const scalar = new Scalar(plain ?? node.text);
  if (plain !== undefined) {
    scalar.source = node.text;
    scalar.type = 'PLAIN';
  } else if (node.text.search(ESCAPED) >= 0 || isBlankLines(node.text)) {
    scalar.type = 'QUOTE_DOUBLE';
  } else if (node.style === 'quoted') {
    scalar.type = 'QUOTE_SINGLE';
  } else if (node.text.includes('\n')) {
    scalar.type = 'BLOCK_LITERAL';
  }
  return scalar;
}

/** A block that holds blanks and line breaks alone does not keep them. */
function isBlankLines(text: string): boolean {
  return text.includes('\n') && text.trim() === '';
}

/** Written plainly in the file, or a number or boolean that an expression gave. */
function plainValueOf({ text, style }: ScalarNode): boolean | number | undefined {
  if (style !== 'plain') {
    return undefined;
  }
  if (/^(?:true|false)$/i.test(text)) {
    return text.toLowerCase() === 'true';
  }
  return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}

import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { MappingNode, Node, ScalarNode } from './nodes';

/**
 * The text of an expanded pipeline: block style, lists at the column of their key, no folding, single quotes where quotes are needed, an
 * empty line at the end, as Azure DevOps previews it. Texts that YAML would read as something else are quoted unless the file had them plain.
 */
export function printPipeline(pipeline: MappingNode): string {
  const document = new Document(undefined, { schema: 'core' });
  document.contents = asYaml(pipeline) as Document['contents'];
  return `${document.toString({ indentSeq: false, lineWidth: 0, singleQuote: true, minContentWidth: 0, nullStr: "''" })}\n`;
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
  } else if (node.style === 'quoted') {
    scalar.type = 'QUOTE_SINGLE';
  } else if (node.text.includes('\n')) {
    scalar.type = 'BLOCK_LITERAL';
  }
  return scalar;
}

/** Written plainly in the file, or a number or boolean that an expression gave. */
function plainValueOf({ text, style }: ScalarNode): boolean | number | undefined {
  if (style !== 'plain') {
    return undefined;
  }
  if (/^(?:true|false)$/i.test(text)) {
    return text.toLowerCase() === 'true';
  }
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression that is written in the code. */
export interface WrittenExpression {
  /** File, as `src/markdown.ts`. */
  readonly file: string;
  readonly line: number;
  /** As it stands there, with its flags. */
  readonly text: string;
  readonly expression: RegExp;
}

/** All literals of regular expressions in the TypeScript files below these folders. */
export function expressionsIn(folders: readonly string[]): readonly WrittenExpression[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .flatMap((name) => expressionsOf(join(folder, name))),
  );
}

function expressionsOf(file: string): readonly WrittenExpression[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: WrittenExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const expression = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ file, line: line + 1, text: node.text, expression });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

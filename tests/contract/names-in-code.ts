import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../support/declared';

/** Names of inputs that a task's code reads and of outputs that it sets, found by type. */
export interface NamesInCode {
  readonly inputs: Set<string>;
  readonly outputs: Set<string>;
  /** Places where a name is not known to the compiler. */
  readonly unknown: string[];
}

const READER_TYPES = new Set(['InputReader', 'SelectionInputs']);

/** Methods that take a name and read no input. */
const NOT_READING = new Set(['declares']);

/** src/agent reads and sets these for every task. */
const OF_THE_AGENT = { inputs: ['publishArtifact'], outputs: ['result', 'artifactName'] };

/**
 * Compiles the tasks once and returns a function that lists the names which a task's code can reach: the arguments of the readers of
 * `InputReader` and of `OutputSet.set`, as the compiler's literal types, in the task's folder and in all of src that it imports.
 */
export function namesInCode(tasks: readonly string[]): (task: string) => NamesInCode {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const entries = tasks.map((task) => join(root, 'tasks', task, 'main.ts'));
  const program = ts.createProgram(entries, { ...config?.options, types: ['node'] });
  const checker = program.getTypeChecker();
  const perFile = new Map<string, NamesInCode>();

  function namesOf(file: ts.SourceFile): NamesInCode {
    const known = perFile.get(file.fileName);
    if (known !== undefined) {
      return known;
    }
    const names: NamesInCode = { inputs: new Set(), outputs: new Set(), unknown: [] };
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { expression, name } = node.expression;
        const owner = checker.getTypeAtLocation(expression).symbol?.name;
        const argument = node.arguments[0];
        if (owner !== undefined && READER_TYPES.has(owner) && !NOT_READING.has(name.text) && argument !== undefined) {
          collect(argument, names.inputs, names.unknown);
        } else if (owner === 'OutputSet' && name.text === 'set' && argument !== undefined) {
          collect(argument, names.outputs, names.unknown);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    perFile.set(file.fileName, names);
    return names;
  }

  function collect(argument: ts.Expression, into: Set<string>, unknown: string[]): void {
    const type = checker.getTypeAtLocation(argument);
    for (const part of type.isUnion() ? type.types : [type]) {
      if (part.isStringLiteral()) {
        into.add(part.value);
      } else {
        const { line } = argument.getSourceFile().getLineAndCharacterOfPosition(argument.getStart());
        unknown.push(`${argument.getSourceFile().fileName.slice(root.length + 1)}:${line + 1} ${argument.getText()}`);
      }
    }
  }

  function reachable(entry: string): ts.SourceFile[] {
    const found = new Map<string, ts.SourceFile>();
    const queue = [entry];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const file = program.getSourceFile(path);
      if (file === undefined || found.has(file.fileName) || file.isDeclarationFile) {
        continue;
      }
      found.set(file.fileName, file);
      for (const specifier of specifiersOf(file)) {
        const resolved = ts.resolveModuleName(
          specifier,
          file.fileName,
          program.getCompilerOptions(),
          ts.sys,
        ).resolvedModule;
        if (resolved !== undefined && !resolved.isExternalLibraryImport) {
          queue.push(resolved.resolvedFileName);
        }
      }
    }
    return [...found.values()].filter((file) => !file.fileName.startsWith(join(root, 'src', 'agent')));
  }

  return (task) => {
    const parts = reachable(join(root, 'tasks', task, 'main.ts')).map(namesOf);
    return {
      inputs: new Set([...OF_THE_AGENT.inputs, ...parts.flatMap((part) => [...part.inputs])]),
      outputs: new Set([...OF_THE_AGENT.outputs, ...parts.flatMap((part) => [...part.outputs])]),
      unknown: parts.flatMap((part) => part.unknown),
    };
  };
}

/** Modules that a file loads: by `import`, `export … from`, and `import()` where something is loaded when first needed. */
function specifiersOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isTypeOnly(node)) {
      return;
    }
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier !== undefined && ts.isStringLiteral(specifier)) {
        found.push(specifier.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isTypeOnly(node: ts.Node): boolean {
  return (
    (ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true) ||
    (ts.isExportDeclaration(node) && node.isTypeOnly)
  );
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

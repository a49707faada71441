// Where the code raises errors and warnings, and with which code and sentence: by the TypeScript compiler, so that none is forgotten.
import { join } from 'node:path';
import ts from 'typescript';
import { filesBelow, root } from '../project.mjs';

const CODE = /^[A-Z][A-Z0-9_]+$/;

/**
 * Every `{ code, message, todo, file }` in src and tasks: `new …Error(code, message)`, `super(code, message)` of subclasses,
 * `{ code, message }` of failures, and `warning(message, code)` or `warn(message, code)`.
 * @throws Error when a code cannot be found out, with its place
 */
export function raisedCodes() {
  const files = ['src', 'tasks'].flatMap((room) =>
    filesBelow(join(root, room))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${room}/${file}`),
  );
  const program = ts.createProgram(
    files.map((file) => join(root, file)),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      strict: true,
      types: ['node'],
    },
  );
  const checker = program.getTypeChecker();
  return files.flatMap((file) => raisedIn(program.getSourceFile(join(root, file)), file, checker));
}

function raisedIn(source, file, checker) {
  const found = [];
  const add = (codeNode, messageNode, todoNode) => {
    const message = sentenceOf(initializerOf(messageNode, checker));
    for (const code of codesOf(codeNode, checker)) {
      found.push({ code, message, todo: adviceOf(todoNode, code, checker), file });
    }
  };
  const visit = (node) => {
    if (
      ts.isNewExpression(node) &&
      isTaskError(checker.getTypeAtLocation(node)) &&
      isText(node.arguments?.[0], checker)
    ) {
      add(
        node.arguments?.[0],
        node.arguments?.[1],
        todoIn(node.arguments?.slice(2).find(ts.isObjectLiteralExpression)),
      );
    }
    if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.SuperKeyword &&
      isTaskError(checker.getTypeAtLocation(enclosingClass(node)))
    ) {
      add(node.arguments[0], node.arguments[1], todoIn(node.arguments[2]));
    }
    if (ts.isCallExpression(node) && /\bwarn(ing)?$/.test(node.expression.getText()) && node.arguments.length > 1) {
      add(node.arguments[1], node.arguments[0]);
    }
    if (ts.isObjectLiteralExpression(node)) {
      const code = property(node, 'code');
      if (code !== undefined && ts.isStringLiteralLike(code))
        add(code, property(node, 'message') ?? property(node, 'decision'), property(node, 'todo'));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Codes that an expression can be: literals, branches, constants, and what functions and tables return. */
function codesOf(node, checker) {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return CODE.test(node.text) ? [node.text] : [];
  if (ts.isConditionalExpression(node))
    return [...codesOf(node.whenTrue, checker), ...codesOf(node.whenFalse, checker)];
  if (ts.isBinaryExpression(node)) return [...codesOf(node.left, checker), ...codesOf(node.right, checker)];
  if (ts.isParenthesizedExpression(node)) return codesOf(node.expression, checker);
  if (ts.isObjectLiteralExpression(node)) return node.properties.flatMap((part) => codesOf(part.initializer, checker));
  const type = checker.getTypeAtLocation(node);
  const parts = (type.isUnion() ? type.types : [type]).filter((part) => part.isStringLiteral());
  if (parts.length > 0) return parts.map((part) => part.value).filter((text) => CODE.test(text));
  const declaration = declarationOf(ts.isCallExpression(node) ? node.expression : node, checker);
  if (declaration === undefined) throw new Error(`No error code can be found out at ${placeOf(node)}`);
  // A parameter or field carries a code that is listed where it was made.
  if (ts.isParameter(declaration) || ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration))
    return [];
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined)
    return codesOf(declaration.initializer, checker);
  if (ts.isFunctionDeclaration(declaration) && declaration.body !== undefined)
    return codesReturned(declaration.body, checker);
  throw new Error(`No error code can be found out at ${placeOf(node)}`);
}

function declarationOf(node, checker) {
  const name = ts.isElementAccessExpression(node) ? node.expression : node;
  const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(name) ? name.name : name);
  const resolved =
    symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return resolved?.declarations?.[0];
}

/** Codes that a function returns. */
function codesReturned(body, checker) {
  const found = [];
  const visit = (node) => {
    if (ts.isReturnStatement(node)) found.push(...codesOf(node.expression, checker));
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function isTaskError(type) {
  const names = [];
  for (let current = type; current?.symbol !== undefined; current = current.getBaseTypes?.()?.[0])
    names.push(current.symbol.name);
  return names.includes('TaskError');
}

function isText(node, checker) {
  return (
    node !== undefined && (checker.getTypeAtLocation(node).flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Union)) !== 0
  );
}

function enclosingClass(node) {
  let current = node;
  while (current !== undefined && !ts.isClassLike(current)) current = current.parent;
  return current ?? node;
}

/** The value of a member, also of one written in short: `{ message }`. */
function property(object, name) {
  const found = object.properties.find((part) => part.name?.getText() === name);
  return found !== undefined && ts.isShorthandPropertyAssignment(found) ? found.name : found?.initializer;
}

function todoIn(options) {
  return options !== undefined && ts.isObjectLiteralExpression(options) ? property(options, 'todo') : undefined;
}

/** What a constant was made from; every other expression as it is. */
function initializerOf(node, checker) {
  if (node === undefined || !ts.isIdentifier(node)) return node;
  const shorthand = ts.isShorthandPropertyAssignment(node.parent);
  const declaration = shorthand
    ? checker.getShorthandAssignmentValueSymbol(node.parent)?.declarations?.[0]
    : declarationOf(node, checker);
  return declaration !== undefined && ts.isVariableDeclaration(declaration) ? declaration.initializer : node;
}

/** The advice that comes with a code: a sentence, or the entry of a table `TABLE[code] ?? ''`, also one that a function completes. */
function adviceOf(node, code, checker) {
  const made = initializerOf(node, checker);
  const given = completedEntry(made) ?? made;
  if (given === undefined) return '';
  const entry =
    ts.isBinaryExpression(given) && given.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
      ? given.left
      : given;
  if (!ts.isElementAccessExpression(entry)) return sentenceOf(given);
  const table = initializerOf(entry.expression, checker);
  return table !== undefined && ts.isObjectLiteralExpression(table) ? sentenceOf(property(table, code)) : '';
}

/** `TABLE[code] ?? ''` as first argument of a call. */
function completedEntry(node) {
  const first = node !== undefined && ts.isCallExpression(node) ? node.arguments[0] : undefined;
  return first !== undefined && ts.isBinaryExpression(first) && ts.isElementAccessExpression(first.left)
    ? first
    : undefined;
}

/** A message with `…` for everything that is known only at run time. */
function sentenceOf(node) {
  if (node === undefined) return '';
  if (ts.isStringLiteralLike(node)) return node.text.replace(/\s+/g, ' ');
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map((span) => `…${span.literal.text}`)].join('').replace(/\s+/g, ' ');
  }
  if (ts.isConditionalExpression(node)) return `${sentenceOf(node.whenTrue)} / ${sentenceOf(node.whenFalse)}`;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return sentenceOf(node.left) + sentenceOf(node.right);
  if (ts.isArrowFunction(node)) return sentenceOf(node.body);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression: list, name } = node.expression;
    if (name.text === 'join' && ts.isArrayLiteralExpression(list)) return list.elements.map(sentenceOf).join(' ');
  }
  return '…';
}

function placeOf(node) {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${node.getSourceFile().fileName.slice(root.length)}:${line + 1} (${node.getText()})`;
}

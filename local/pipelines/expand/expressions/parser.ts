import { LIMITS } from '../limits';
import { type Token, tokenize } from './lexer';
import type { Expression } from './syntax';

/** What an expression may use where it stands. */
export interface Vocabulary {
  /** The least and the most parameters of a function, by its name in lower case; `undefined`: no such function. */
  arity(name: string): readonly [least: number, most: number] | undefined;
  /** Whether a name stands for a value. */
  knowsName(name: string): boolean;
  /** Why a function or name cannot be used here although it exists elsewhere. */
  explain?(name: string): string | undefined;
}

/** A text that is no expression; the caller knows where it stands. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
  constructor(
    message: string,
    readonly hint = 'Correct the expression.',
  ) {
    super(message);
  }
}

/**
 * Reads an expression. Arity and names are checked here, even in parts that would never be evaluated; what is wrong in the form is said before
 * a name that is unknown. Source: the page on expressions.
 * @throws ExpressionSyntaxError
 */
export function parseExpression(source: string, vocabulary: Vocabulary): Expression {
  const text = source.trim();
  if (text === '') {
    throw new ExpressionSyntaxError('An expression is empty.', 'Write an expression, such as ${{ parameters.name }}.');
  }
  const reader = new Reader(text, vocabulary);
  const expression = reader.readValue(1);
  const rest = reader.next();
  if (rest.type !== 'end') {
    throw reader.unexpected(rest);
  }
  reader.checkNames();
  return expression;
}

class Reader {
  private readonly tokens: readonly Token[];
  private at = 0;
  private unknown: { readonly name: string; readonly position: number; readonly known: string | undefined } | undefined;

  constructor(
    private readonly text: string,
    private readonly vocabulary: Vocabulary,
  ) {
    this.tokens = tokenize(text);
  }

  next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  private peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] ?? { type: 'end', text: '', position: 1 };
  }

  private isSign(sign: string): boolean {
    const token = this.peek();
    return token.type === 'sign' && token.text === sign;
  }

  /** A literal, a name or a call, and the properties and indexes that follow it. Only parameters of calls count as deeper. */
  readValue(depth: number): Expression {
    if (depth > LIMITS.expressionDepth) {
      throw new ExpressionSyntaxError(
        `The expression nests more than ${LIMITS.expressionDepth} levels deep.`,
        'Part it into variables or parameters.',
      );
    }
    let expression = this.readOperand(depth);
    for (;;) {
      if (this.isSign('.')) {
        this.next();
        expression = { type: 'index', target: expression, index: this.readProperty() };
      } else if (this.isSign('[')) {
        this.next();
        expression = { type: 'index', target: expression, index: this.readIndex(depth) };
      } else {
        return expression;
      }
    }
  }

  private readOperand(depth: number): Expression {
    const token = this.next();
    if (token.type === 'literal') {
      return { type: 'literal', value: token.value };
    }
    if (token.type !== 'name') {
      throw this.unexpected(token);
    }
    if (this.isSign('(')) {
      return this.readCall(token, depth);
    }
    if (!this.vocabulary.knowsName(token.text)) {
      if (this.vocabulary.arity(token.text.toLowerCase()) !== undefined) {
        throw new ExpressionSyntaxError(
          `'${token.text}' is a function and wants '(' after it, at position ${token.position} of the expression '${this.text}'.`,
          `Write ${token.text}(…), or put the text into single quotes.`,
        );
      }
      this.remember(token);
    }
    return { type: 'name', name: token.text, position: token.position };
  }

  private readCall(name: Token, depth: number): Expression {
    const arity = this.vocabulary.arity(name.text.toLowerCase());
    if (arity === undefined) {
      this.remember(name);
    }
    const [least, most] = arity ?? [0, Number.POSITIVE_INFINITY];
    this.next();
    const parameters: Expression[] = [];
    while (!this.isSign(')') || parameters.length > 0) {
      if (parameters.length === most) {
        throw this.wrongCount(name, this.peek(), least, most);
      }
      parameters.push(this.readValue(depth + 1));
      const token = this.peek();
      if (token.type === 'end') {
        throw new ExpressionSyntaxError(
          `The call of '${name.text}' at position ${name.position} is not closed in the expression '${this.text}'.`,
          "Add the missing ')'.",
        );
      }
      if (this.isSign(')')) {
        break;
      }
      if (!this.isSign(',')) {
        throw this.unexpected(token);
      }
      if (parameters.length === most) {
        throw this.wrongCount(name, token, least, most);
      }
      this.next();
    }
    const close = this.next();
    if (parameters.length < least) {
      throw this.wrongCount(name, close, least, most);
    }
    return { type: 'call', name: name.text, position: name.position, parameters };
  }

  private readProperty(): Expression | undefined {
    const token = this.next();
    if (token.type === 'sign' && token.text === '*') {
      return undefined;
    }
    if (token.type === 'end') {
      throw new ExpressionSyntaxError(
        `A property name is missing after the last '.' of the expression '${this.text}'.`,
        'Write the name of the property, or remove the dot.',
      );
    }
    if (token.type !== 'name') {
      throw this.unexpected(token, "Use an index for names with other signs: parameters['my-name'].");
    }
    return { type: 'literal', value: token.text };
  }

  private readIndex(depth: number): Expression | undefined {
    let index: Expression | undefined;
    if (this.isSign('*')) {
      this.next();
    } else {
      index = this.readValue(depth);
    }
    const close = this.next();
    if (close.type !== 'sign' || close.text !== ']') {
      throw this.unexpected(close, "Close the index with ']'.");
    }
    return index;
  }

  private remember({ text, position }: Token): void {
    this.unknown ??= { name: text, position, known: this.vocabulary.explain?.(text) };
  }

  /** Raised last: whatever is wrong in the form is said first. */
  checkNames(): void {
    if (this.unknown !== undefined) {
      const { name, position, known } = this.unknown;
      throw new ExpressionSyntaxError(
        `'${name}' is unknown, at position ${position} of the expression '${this.text}'.`,
        known ?? "Check the spelling; texts stand in single quotes ('text').",
      );
    }
  }

  unexpected(
    token: Token,
    hint = 'Expressions have functions, such as eq(a, b), and no operators; texts stand in single quotes.',
  ): Error {
    return new ExpressionSyntaxError(
      token.type === 'end'
        ? `The expression '${this.text}' ends too early.`
        : `'${token.text}' is unexpected at position ${token.position} of the expression '${this.text}'.`,
      hint,
    );
  }

  private wrongCount(name: Token, at: Token, least: number, most: number): Error {
    const wanted =
      least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
    return this.unexpected(at, `Function ${name.text} takes ${wanted} parameter${wanted === '1' ? '' : 's'}.`);
  }
}

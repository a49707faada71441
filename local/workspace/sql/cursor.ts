import { syntaxError, unsupported } from './failure';
import { readName } from './names';
import { isSymbol, isWord, type Token } from './tokens';

/** Reads tokens from left to right. */
export class Cursor {
  constructor(
    private readonly tokens: readonly Token[],
    private at: number,
  ) {}

  takeWord(...words: readonly string[]): boolean {
    const found = isWord(this.tokens[this.at], ...words);
    this.at += found ? 1 : 0;
    return found;
  }

  /** A bare word, whichever it is. */
  word(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word') {
      throw syntaxError(`A word is expected before ${this.spelling()}.`);
    }
    this.at += 1;
    return token.text;
  }

  /** True when this word stands here as the kind of what follows, not as a name itself: a name comes after it. */
  startsKind(word: string): boolean {
    const next = this.tokens[this.at + 1];
    const named = next?.kind === 'quoted' || (next?.kind === 'word' && !isWord(next, 'TO', 'FROM'));
    return isWord(this.tokens[this.at], word) && named;
  }

  name(): string[] {
    const name = readName(this.tokens, this.at);
    if (name === undefined) {
      throw syntaxError(`A name is expected before ${this.spelling()}.`);
    }
    this.at = name.end;
    return name.parts;
  }

  text(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== 'string') {
      throw syntaxError(`A string is expected before ${this.spelling()}.`);
    }
    this.at += 1;
    return token.text;
  }

  wholeNumber(): number {
    const token = this.tokens[this.at];
    if (token?.kind !== 'number' || !/^\d{1,9}$/.test(token.text)) {
      throw syntaxError(`A whole number is expected before ${this.spelling()}.`);
    }
    this.at += 1;
    return Number(token.text);
  }

  /** A variant that would be read as a name otherwise; a name of that spelling must be followed by nothing or a dot. */
  refuse(...words: readonly string[]): void {
    const next = this.tokens[this.at + 1];
    if (isWord(this.tokens[this.at], ...words) && next !== undefined && next.text !== '.') {
      throw unsupported(`DESCRIBE ${this.spelling()}`);
    }
  }

  end(): void {
    if (this.at < this.tokens.length) {
      throw unsupported(`${JSON.stringify(this.spelling())} here`);
    }
  }

  spelling(): string {
    return this.tokens[this.at]?.text ?? 'the end';
  }

  atSymbol(symbol: string): boolean {
    return isSymbol(this.tokens[this.at], symbol);
  }

  takeSymbol(symbol: string): boolean {
    const found = this.atSymbol(symbol);
    this.at += found ? 1 : 0;
    return found;
  }

  symbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) {
      throw syntaxError(`${JSON.stringify(symbol)} is expected before ${this.spelling()}.`);
    }
  }

  /** What `read` gives, once or more often, with commas between, in parentheses. */
  listOf<T>(read: () => T): T[] {
    this.symbol('(');
    const found = [read()];
    while (this.takeSymbol(',')) {
      found.push(read());
    }
    this.symbol(')');
    return found;
  }

  /** The key of a property: a string, or words with dots between. */
  propertyKey(): string {
    return this.tokens[this.at]?.kind === 'string' ? this.text() : this.name().join('.');
  }

  /** The value of a property as text: a string, a number, `true` or `false`. */
  propertyValue(): string {
    const token = this.tokens[this.at];
    if (token?.kind === 'string' || token?.kind === 'number' || isWord(token, 'TRUE', 'FALSE')) {
      this.at += 1;
      return token?.kind === 'word' ? token.text.toLowerCase() : (token?.text ?? '');
    }
    throw syntaxError(`The value of a property is expected before ${this.spelling()}.`);
  }
}

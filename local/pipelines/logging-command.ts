/** A logging command as the agent reads it from a line of a step's output. */
export interface LoggingCommand {
  /** Lower case, such as `task`. */
  readonly area: string;
  /** Lower case, such as `setvariable`. */
  readonly event: string;
  /** Property names in lower case, not trimmed: a blank after `;` belongs to the name. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

const PREFIX = '##vso[';
const ESCAPES: readonly (readonly [text: string, code: string])[] = [
  [';', '%3B'],
  ['\r', '%0D'],
  ['\n', '%0A'],
  [']', '%5D'],
];

/**
 * The logging command in a line, wherever in the line it stands; `undefined` when there is none.
 * The first `]` ends its properties, the first blank its name; properties are parted by `;` and the first `=`, one without a value is
 * no property; `%AZP25` is a percent sign and is decoded last. The prefix and the codes count as written, upper and lower case differ.
 * Source: azure-pipelines-agent, Microsoft.VisualStudio.Services.Agent/Command.cs and Agent.Sdk/CommandStringConvertor.cs.
 */
export function parseLoggingCommand(line: string): LoggingCommand | undefined {
  const start = line.indexOf(PREFIX);
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) {
    return undefined;
  }
  const inner = line.slice(start + PREFIX.length, end);
  const blank = inner.indexOf(' ');
  const name = blank < 0 ? inner : inner.slice(0, blank);
  const [area, event, ...more] = name.split('.').filter((part) => part !== '');
  if (area === undefined || event === undefined || more.length > 0) {
    return undefined;
  }
  const properties = new Map(
    blank < 0
      ? []
      : inner
          .slice(blank + 1)
          .split(';')
          .flatMap(property),
  );
  return { area: area.toLowerCase(), event: event.toLowerCase(), properties, data: decode(line.slice(end + 1)) };
}

/** `=` at the beginning does not count, nor do several in a row before the value. */
function property(text: string): [name: string, value: string][] {
  const [, name, value] = /^=*([^=]+)=+(.*)$/s.exec(text) ?? [];
  return name === undefined || value === undefined || value === '' ? [] : [[name.toLowerCase(), decode(value)]];
}

function decode(text: string): string {
  const plain = ESCAPES.reduce((decoded, [sign, code]) => decoded.replaceAll(code, sign), text);
  return plain.replaceAll('%AZP25', '%');
}

/** As a task library writes data of a command: what {@link parseLoggingCommand} decodes. */
export function encodeCommandData(text: string): string {
  return ESCAPES.reduce((encoded, [sign, code]) => encoded.replaceAll(sign, code), text.replaceAll('%', '%AZP25'));
}

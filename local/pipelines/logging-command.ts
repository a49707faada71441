/** A logging command as the agent reads it from a line of a step's output. */
export interface LoggingCommand {
  /** Lower case, such as `task`. */
  readonly area: string;
  /** Lower case, such as `setvariable`. */
  readonly event: string;
  /** Property names in lower case. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

const ESCAPES: readonly (readonly [text: string, code: string])[] = [
  [';', '%3B'],
  ['\r', '%0D'],
  ['\n', '%0A'],
  [']', '%5D'],
];

/**
 * The logging command in a line, wherever in the line it stands; `undefined` when there is none.
 * Properties are parted by `;` and the first `=`; `%AZP25` is a percent sign and is decoded last.
 * Source: azure-pipelines-agent, Microsoft.VisualStudio.Services.Agent/Command.cs and CommandStringConvertor.cs.
 */
export function parseLoggingCommand(line: string): LoggingCommand | undefined {
  const start = line.toLowerCase().indexOf('##vso[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) {
    return undefined;
  }
  const inner = line.slice(start + '##vso['.length, end).trim();
  const blank = inner.indexOf(' ');
  const name = blank < 0 ? inner : inner.slice(0, blank);
  const [area = '', event = '', ...more] = name.split('.');
  if (area === '' || event === '' || more.length > 0) {
    return undefined;
  }
  const properties = new Map<string, string>();
  for (const property of blank < 0 ? [] : inner.slice(blank + 1).split(';')) {
    const equals = property.indexOf('=');
    if (equals > 0) {
      properties.set(property.slice(0, equals).trim().toLowerCase(), decode(property.slice(equals + 1)));
    }
  }
  return { area: area.toLowerCase(), event: event.toLowerCase(), properties, data: decode(line.slice(end + 1)) };
}

function decode(text: string): string {
  const plain = ESCAPES.reduce((decoded, [sign, code]) => decoded.replaceAll(code, sign), text);
  return plain.replaceAll('%AZP25', '%');
}

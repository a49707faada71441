/** Colours of a terminal; without one, or with `NO_COLOR`, text stays as it is. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
  cyan(text: string): string;
}

/** @param stream decides by itself whether it can show colours */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const colours = stream.isTTY === true && !process.env['NO_COLOR'];
  const style = (code: number) => (text: string) => (colours ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { bold: style(1), dim: style(2), green: style(32), yellow: style(33), red: style(31), cyan: style(36) };
}

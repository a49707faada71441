import { type DocumentOptions, type ParseOptions, parse, type SchemaOptions, type ToJSOptions } from 'yaml';

/**
 * The value of a text in YAML (or JSON, which is YAML).
 *
 * The parser would print its warnings to standard error, past the log and with the text that they are about, where an agent would take a
 * command in it for one of its own.
 * @throws YAMLParseError when it is no YAML
 */
export function parseYaml(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {},
): unknown {
  return parse(text, { ...options, logLevel: 'error' });
}

import { parse } from 'azure-pipelines-language-service/lib/parser/yamlParser';
import {
  JSONSchemaService,
  type ResolvedSchema,
  UnresolvedSchema,
} from 'azure-pipelines-language-service/lib/services/jsonSchemaService';
import { YAMLValidation } from 'azure-pipelines-language-service/lib/services/yamlValidation';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pipelineSchemaText } from '../../local/pipelines/schema/pipeline-schema';
import { readTasks } from './declared';

let resolved: Promise<ResolvedSchema> | undefined;

/**
 * What Microsoft's language service for Azure Pipelines says about a text under our schema: `line: sentence` each. The service asks for its
 * schema in a way that writes to the console; handed in like this it has no need to ask.
 */
export async function lintPipeline(text: string): Promise<readonly string[]> {
  resolved ??= resolveSchema();
  const schemas = { getSchemaForResource: async () => await resolved } as unknown as JSONSchemaService;
  const document = TextDocument.create('pipeline.yml', 'azure-pipelines', 1, text);
  const found = await new YAMLValidation(schemas, Promise as never).doValidation(document, parse(text) as never);
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

async function resolveSchema(): Promise<ResolvedSchema> {
  const service = new JSONSchemaService(
    undefined as never,
    { resolveRelativePath: (path: string) => path },
    undefined as never,
  );
  const schema = JSON.parse(pipelineSchemaText(readTasks())) as never;
  const done = await service.resolveSchemaContent(new UnresolvedSchema(schema, []), 'pipeline.schema.json');
  if (done.errors.length > 0) {
    throw new Error(done.errors.join('\n'));
  }
  return done;
}

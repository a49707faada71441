import type { Call, Operation, Reply } from './api';
import { textList } from './fields';

/**
 * Where the Databricks CLI reports its use after each command. What comes is counted in the answer, as the CLI expects it, and forgotten:
 * an error would make it try again and hold up the command.
 */
export const clientTelemetry: Operation = {
  method: 'POST',
  path: '/telemetry-ext',
  note: 'takes the reports of clients and forgets them',
  handle: take,
};

async function take(call: Call): Promise<Reply> {
  const fields = await call.json();
  return {
    json: { numSuccess: textList(fields, 'items').length, numProtoSuccess: textList(fields, 'protoLogs').length },
  };
}

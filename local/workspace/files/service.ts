import type { Service, Workspace } from '../api';
import { directoryOperations } from './directories';
import { fileOperations } from './files';
import { presignedUrlOperations } from './presigned-urls';

/** The Files API over volumes, model versions and MLflow artifacts. */
export function createFiles(_workspace: Workspace): Service {
  return { operations: [...fileOperations, ...directoryOperations, ...presignedUrlOperations] };
}

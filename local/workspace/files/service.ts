import { rm } from 'node:fs/promises';
import type { Service, Workspace } from '../api';
import { directoryOperations } from './directories';
import { fileOperations } from './files';
import { uploadFolders } from './locations';
import { presignedUrlOperations } from './presigned-urls';
import { uploadSessionOperations } from './upload-sessions';

/** The Files API over volumes, model versions and MLflow artifacts. Its start removes what uploads of a killed process left. */
export function createFiles(workspace: Workspace): Service {
  return {
    operations: [...fileOperations, ...directoryOperations, ...presignedUrlOperations, ...uploadSessionOperations],
    start: async () => {
      for (const folder of uploadFolders(workspace)) {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

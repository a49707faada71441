import type { Operation, Reply } from '../api';

const NOTE = 'answers that pre-signed URLs are disabled, as a workspace may; clients then use /api/2.0/fs/files';

/** The clients' first choice for large files; all of them fall back to the plain Files API on this answer. */
export const presignedUrlOperations: readonly Operation[] = [
  'create-upload-url',
  'create-download-url',
  'create-upload-part-urls',
  'create-resumable-upload-url',
  'create-abort-upload-url',
].map((name) => ({ method: 'POST', path: `/api/2.0/fs/${name}`, note: NOTE, handle: disabled }));

function disabled(): Reply {
  return {
    status: 403,
    json: {
      error_code: 'PERMISSION_DENIED',
      message: 'Presigned URLs API is not enabled in this workspace.',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'FILES_API_API_IS_NOT_ENABLED',
          domain: 'filesystem.databricks.com',
          metadata: {},
        },
      ],
    },
  };
}

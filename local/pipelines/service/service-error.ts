import type { Reply } from '../../workspace/api';

/** An error answer of Azure DevOps. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  /**
   * @param status HTTP status
   * @param typeKey name of the exception, as the service has it
   */
  constructor(
    readonly status: number,
    readonly typeKey: string,
    message: string,
  ) {
    super(message);
  }
}

/** The service's error shape (Azure DevOps REST, every area). */
export function errorReply({ status, typeKey, message }: ServiceError): Reply {
  return {
    status,
    json: {
      $id: '1',
      innerException: null,
      message,
      typeName: `Microsoft.VisualStudio.Services.${typeKey}, Microsoft.VisualStudio.Services.WebApi`,
      typeKey,
      errorCode: 0,
      eventId: 3000,
    },
  };
}

export function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'VssPropertyValidationException', message);
}

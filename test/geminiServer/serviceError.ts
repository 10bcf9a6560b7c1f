/**
 * The service's error bodies. Field names and order are Google's (google.rpc.Status in JSON).
 */
export interface ServiceError {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details?: readonly Readonly<Record<string, unknown>>[];
  };
}

const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export const serviceError = (code: number, message: string, details?: ServiceError['error']['details'], status?: string): ServiceError => ({
  error: { code, message, status: status ?? statusNames[code] ?? 'UNKNOWN', ...(details === undefined ? {} : { details }) },
});

/** What a request is refused with; thrown inside the server only, and answered by its one catch. */
export class Refusal extends Error {
  readonly body: ServiceError;
  /** True when the request itself breaks the wire's rules, so that a test must hear of it. */
  readonly malformed: boolean;

  constructor(body: ServiceError, malformed: boolean) {
    super(body.error.message);
    this.body = body;
    this.malformed = malformed;
  }
}

export const badRequest = (message: string, details?: ServiceError['error']['details']): Refusal =>
  new Refusal(serviceError(400, message, details), true);

export const modelNotFound = (model: string, method: string): ServiceError =>
  serviceError(
    404,
    `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  );

const localized = (message: string) => ({ '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message });

export const errorInfo = (reason: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
  metadata: { service: 'generativelanguage.googleapis.com' },
});

const invalidKeyText = 'API key not valid. Please pass a valid API key.';

export const keyInvalid = serviceError(400, invalidKeyText, [errorInfo('API_KEY_INVALID'), localized(invalidKeyText)]);

export const keyMissing = serviceError(
  403,
  "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
);

import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** Of gRPC's statuses those that we tell apart. */
const statuses: Readonly<Record<number, 'INVALID_ARGUMENT' | 'PERMISSION_DENIED' | 'UNIMPLEMENTED'>> = {
  3: 'INVALID_ARGUMENT',
  7: 'PERMISSION_DENIED',
  12: 'UNIMPLEMENTED',
};

/** The gRPC status with which the server has refused; null: another one, or the error is not the server's. */
export function grpcStatus(error: unknown): (typeof statuses)[number] | null {
  const refused = grpcCause(error);
  return refused === null ? null : (statuses[refused.code] ?? null);
}

/** What the server said; of another error its message. */
export function refusalOf(error: unknown): string {
  const refused = grpcCause(error);
  if (refused !== null) return refused.details || refused.message;
  return error instanceof Error ? error.message : String(error);
}

/** The SDK says what it could not do, and keeps why in the cause: both as one sentence; null for an error of another kind. */
export function wholeRefusal(error: unknown): string | null {
  if (!(error instanceof ServiceError) || error.cause === undefined) return null;
  return `${error.message}: ${refusalOf(error.cause)}`;
}

function grpcCause(error: unknown) {
  for (let one = error; one instanceof Error; one = one.cause) if (isGrpcServiceError(one)) return one;
  return null;
}

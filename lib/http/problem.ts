import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  requestId?: string;
  errors?: { path: string; message: string; code?: string }[];
}

/** RFC 9457 body of an error. Unexpected errors are logged here, once, and leave as `internal`. */
export function problemOf(error: unknown, requestId?: string): Problem {
  const known = toBraidError(error);
  if (!(error instanceof BraidError)) log.error({ err: error, requestId }, 'unexpected error');
  const errors = Array.isArray(known.detail) ? (known.detail as Problem['errors']) : undefined;
  return {
    type: `urn:braid:error:${known.code}`,
    title: known.publicMessage,
    status: known.status,
    code: known.code,
    ...(requestId ? { requestId } : {}),
    ...(errors ? { errors } : {}),
  };
}

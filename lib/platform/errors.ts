/**
 * The one error that crosses a boundary. Only `code` and `publicMessage` (and the request id) leave the process;
 * `detail` and `cause` are for the log. What belongs to someone else is `not_found`, never `forbidden`.
 */
const STATUS = {
  'input.invalid': 400,
  'input.too_large': 413,
  'input.unsupported': 415,
  'access.unauthenticated': 401,
  'access.denied': 403,
  /** Signed in, but not lately: the password is asked again. */
  'access.confirm': 403,
  'access.rate_limited': 429,
  'event.inbox_full': 429,
  not_found: 404,
  'method.not_allowed': 405,
  conflict: 409,
  'idempotency.mismatch': 409,
  'identity.revoked': 409,
  'connector.protected': 409,
  'connector.unreachable': 502,
  'connector.refused': 502,
  /** The system asks to be asked less often; `detail.retryAfterMs` says when again. */
  'connector.limited': 503,
  'connector.unsupported': 409,
  'policy.invalid': 422,
  'hold.closed': 409,
  'approval.not_requestable': 400,
  'approval.denial_expired': 410,
  'approval.binding': 400,
  'approval.duplicate': 409,
  'approval.answered': 409,
  'approval.own': 403,
  'approval.pace': 429,
  /** It reaches further than one operator may go alone: a second one has to agree. */
  'response.second_operator': 409,
  'import.unreadable': 422,
  state_unavailable: 503,
  'start.port_in_use': 500,
  'start.database': 500,
  'start.home': 500,
  'start.config': 500,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof STATUS;

export class BraidError extends Error {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly detail: unknown;

  constructor(code: ErrorCode, publicMessage: string, options: { detail?: unknown; cause?: unknown } = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = 'BraidError';
    this.code = code;
    this.publicMessage = publicMessage;
    this.detail = options.detail;
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** PostgreSQL's classes of lost connections, missing resources and shutting down; Prisma's of a server that does not answer. */
const AWAY = /^(08|53|57P|P1001|P1002|P1008|P1017|P2024)/;
const AWAY_WORDS = /timeout exceeded when trying to connect|Connection terminated|Can't reach database server/;

/** Whether the database did not answer, as pg or Prisma tell it, or what either was wrapped in. */
function isDatabaseAway(error: unknown): boolean {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    const { code } = one as { code?: unknown };
    if ((typeof code === 'string' && AWAY.test(code)) || AWAY_WORDS.test(one.message)) return true;
  }
  return false;
}

/** What may be told to whoever asked: a BraidError as it is, a database that is away as that, anything else as `internal`. */
export function toBraidError(error: unknown): BraidError {
  if (error instanceof BraidError) return error;
  if (isDatabaseAway(error))
    return new BraidError('state_unavailable', 'The database does not answer just now. Try again in a moment.', {
      cause: error,
    });
  return new BraidError('internal', 'Something went wrong inside Braid. The log has the details.', { cause: error });
}

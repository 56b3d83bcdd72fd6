import type { Connection } from '@/lib/connectors/contract';
import { BraidError } from '@/lib/platform/errors';

type Method = Exclude<keyof Connection, 'close' | 'test'>;

const WORDS: Partial<Record<Method, string>> = {
  blockIdentity: 'block an identity',
  canEnter: 'tell whether an identity can log in',
  discoverChanges: 'list what changed',
  endDerived: 'end derived credentials',
  endSessions: 'end all sessions of an identity',
  enterAsCanary: 'try the credential of a canary',
  listSessions: 'list sessions',
  pauseIdentity: 'pause an identity',
  predict: 'predict what would be hit',
  probeConsent: 'prove that a consent is gone',
  probeIdentity: 'prove that an identity is out',
  probeRotated: 'prove a rotation',
  probeSession: 'prove that a session has ended',
  restoreIdentity: 'give access back',
  revokeConsent: 'take a consent back',
  rotateSecret: 'rotate a secret',
  terminateSession: 'end one session',
};

/**
 * The connection as one that has `method`. What it can do follows from its settings, which may have been narrowed since somebody
 * planned by them: then this throws `connector.unsupported`, in words, where the call would fail without any.
 */
export function ableTo<M extends Method>(
  connection: Connection,
  method: M,
): Connection & Required<Pick<Connection, M>> {
  if (typeof connection[method] === 'function') return connection as Connection & Required<Pick<Connection, M>>;
  throw new BraidError(
    'connector.unsupported',
    `With its settings as they are now the connector can’t ${WORDS[method] ?? `do ${method}`}.`,
  );
}

import { randomBytes } from 'node:crypto';
import { ableTo } from '@/lib/connectors/able-to';
import type { Acted, Connection, Probed } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { open, seal } from '@/lib/platform/secrets';
import { beginSecret, keepMade, retireCredentials, type StoredSecret, secretOf } from '@/lib/revocations/rotated/store';

/** 256 bits, as 43 letters, digits, `-` and `_`. */
const FRESH_BYTES = 32;

interface Kept {
  /** What is set where a system takes a secret: the same for every try. */
  fresh: string;
  /** What comes in since: present once the system has it. */
  secret?: Record<string, string>;
}

const purpose = (id: string): string => `rotated:${id}`;
const sealed = (id: string, kept: Kept): string => seal(JSON.stringify(kept), purpose(id));

/** What is kept of it; null: it was taken, or destroyed. Throws `internal` where the key is no longer held. */
export const keptOf = (row: StoredSecret): Kept | null =>
  row.sealed === null ? null : (JSON.parse(open(row.sealed, purpose(row.id))) as Kept);

/** One system's part of a rotation. */
export interface Rotating {
  revocationId: string;
  identityId: string;
  connectorId: string;
  connection: Connection;
  /** When it was asked for. */
  since: Date;
  /** External id of the connector's canary, whose credential Braid holds itself. */
  canary: string | undefined;
}

const HANDED_OVER = 'its new secret was handed over: it is in use, and is left as it is';

/**
 * Makes one name's secret another one. What is set is durable before the system is changed and what came of it before the step
 * is called done, so that whoever goes on after a worker was killed sets the same again, or replaces what nobody has seen.
 */
export async function rotateName(of: Rotating, name: string): Promise<Acted> {
  const { connection, connectorId, revocationId, since } = of;
  if (name === of.canary)
    return {
      state: 'effective',
      detail: `${name} is the canary: its credential is changed in the connector`,
      affected: 0,
    };
  const key = { revocationId, connectorId, externalId: name };
  const row = await beginSecret(key, clock.now(), (id) =>
    sealed(id, { fresh: randomBytes(FRESH_BYTES).toString('base64url') }),
  );
  const kept = keptOf(row);
  if (row.takenAt) return { state: 'effective', detail: `${name}: ${HANDED_OVER}`, affected: 0 };
  if (!kept) throw new BraidError('connector.refused', `The new secret of ${name} was destroyed: rotate again.`);
  try {
    const { secret, replaced, ...acted } = await ableTo(connection, 'rotateSecret').rotateSecret(name, {
      since: since.toISOString(),
      fresh: kept.fresh,
    });
    if (acted.state === 'failed') return acted;
    if (!(await keepMade(row.id, sealed(row.id, { fresh: kept.fresh, secret }))))
      throw new BraidError('connector.refused', `The new secret of ${name} could not be kept: rotate again.`);
    if (replaced.length) await retireCredentials(of.identityId, connectorId, replaced);
    return acted;
  } catch (error) {
    // There is nothing to change there, now or later: what was open ends all the same, and the probe says what it is.
    if (error instanceof BraidError && error.code === 'connector.unsupported')
      return { state: 'effective', detail: error.publicMessage, affected: 0 };
    throw error;
  }
}

/** Does anything live by the old secret, or come in with it? */
export async function probeRotatedName(of: Rotating, name: string): Promise<Probed> {
  const { connection, connectorId, revocationId, since } = of;
  const row = await secretOf({ revocationId, connectorId, externalId: name });
  const kept = row && keptOf(row);
  if (!row?.made || !kept?.secret) {
    const saw = name === of.canary ? 'the canary: not rotated' : 'not changed by Braid';
    return {
      result: 'unknown',
      detail: `${name}: its secret is ${saw}`,
      checks: [{ check: 'secret changed', saw, at: clock.now().toISOString() }],
      residuals: [
        {
          what: `the secret of ${name}`,
          why: 'Braid could not change it: whoever has it comes in with it.',
          until: null,
        },
      ],
    };
  }
  return ableTo(connection, 'probeRotated').probeRotated(name, {
    since: since.toISOString(),
    fresh: kept.fresh,
    secret: kept.secret,
  });
}

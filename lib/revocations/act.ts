import { ableTo } from '@/lib/connectors/able-to';
import type { GivenConsent } from '@/lib/connectors/contract';
import type { Acted, NativeSession, Probed } from '@/lib/connectors/model';
import { BraidError } from '@/lib/platform/errors';
import type { StepState } from '@/lib/revocations/model';
import { probeRotatedName, type Rotating, rotateName } from '@/lib/revocations/rotate-name';
import { type Spared, sparedProbe } from '@/lib/revocations/spared';
import type { Stored } from '@/lib/revocations/store';

/** One system that is brought to what its revocation asks for. */
export interface Work extends Rotating {
  revocation: Stored;
  async: boolean;
  /** The longest this system says it takes, ms. */
  withinMs: number;
  names: string[];
  /** Names a pause does not take, because nobody could give them back; each with why. */
  spared: Spared[];
  /** Of a restore: names whose login Braid did not take away. */
  shut: string[];
  sessions: NativeSession[];
  /** What is taken back, and nothing else. */
  consent: GivenConsent | null;
  /** How the acting steps ended, and when, ms. */
  done: Map<string, { state: StepState; at: number }>;
}

export const each = async <T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
};

async function giveBack({ connection, names, shut }: Work): Promise<Acted[]> {
  const left = shut.map(
    (name): Acted => ({ state: 'effective', detail: `${name}: Braid took no login away, left as it was`, affected: 0 }),
  );
  return [...(await each(names, (name) => ableTo(connection, 'restoreIdentity').restoreIdentity(name))), ...left];
}

const forgotten = (): BraidError =>
  new BraidError('connector.refused', 'Braid no longer knows this consent: take it back at its system.');

/** Does one acting step for every name or session it concerns. */
export async function act(work: Work, verb: string): Promise<Acted[]> {
  const { connection, names, sessions, revocation, consent } = work;
  if (revocation.kind === 'consent') {
    if (!consent) throw forgotten();
    return [await ableTo(connection, 'revokeConsent').revokeConsent(consent)];
  }
  if (revocation.kind === 'rotate' && !names.length)
    throw new BraidError(
      'connector.refused',
      'No name of it is known here any more: it was merged or unlinked. Rotate anew.',
    );
  if (verb === 'rotate') return each(names, (name) => rotateName(work, name));
  if (verb === 'block' && revocation.kind === 'pause')
    return each(names, (name) => ableTo(connection, 'pauseIdentity').pauseIdentity(name));
  if (verb === 'block') return each(names, (name) => ableTo(connection, 'blockIdentity').blockIdentity(name));
  if (verb === 'refresh') {
    const ending = revocation.kind === 'pause' || revocation.kind === 'rotate' ? revocation.kind : 'revoke';
    return each(names, (name) => ableTo(connection, 'endDerived').endDerived(name, ending));
  }
  if (verb === 'unblock') return giveBack(work);
  if (revocation.kind === 'terminate')
    return each(sessions, (session) => ableTo(connection, 'terminateSession').terminateSession(session));
  return connection.endSessions
    ? each(names, (name) => ableTo(connection, 'endSessions').endSessions(name))
    : endListed(work);
}

/** Where a system ends sessions only one by one: all it lists of these names. */
async function endListed({ connection, names }: Work): Promise<Acted[]> {
  const listed = await ableTo(connection, 'listSessions').listSessions();
  const own = listed.filter((session) => names.includes(session.externalIdentityId));
  return each(own, (session) => ableTo(connection, 'terminateSession').terminateSession(session));
}

/** Asks the system whether what was asked for is so. */
export async function probe(work: Work): Promise<Probed[]> {
  const { connection, names, spared, sessions, revocation, consent } = work;
  if (revocation.kind === 'consent') {
    if (!consent) throw forgotten();
    return [await ableTo(connection, 'probeConsent').probeConsent(consent, revocation.requestedAt)];
  }
  if (revocation.kind === 'rotate') return Promise.all(names.map((name) => probeRotatedName(work, name)));
  if (revocation.kind !== 'terminate')
    return [
      ...(await Promise.all(names.map((name) => ableTo(connection, 'probeIdentity').probeIdentity(name)))),
      ...spared.map(sparedProbe),
    ];
  return Promise.all(sessions.map((session) => ableTo(connection, 'probeSession').probeSession(session)));
}

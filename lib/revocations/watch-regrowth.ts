import { systemCtx } from '@/lib/access/model';
import { ableTo } from '@/lib/connectors/able-to';
import { open } from '@/lib/connectors/open';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { raise } from '@/lib/findings/raise';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { cameTo, historyOf } from '@/lib/revocations/history-state';
import { REGROWTH_HOURS } from '@/lib/revocations/model';
import { changeStep } from '@/lib/revocations/steps/store';
import { changeRevocation, identityNames, lockRevocation, type Stored, systemsOf } from '@/lib/revocations/store';
import { tellState } from '@/lib/revocations/tell';
import { type RegrownSession, sessionsSince, watched } from '@/lib/revocations/watched/store';

const ctx = systemCtx('regrowth watch');

interface Regrown {
  what: string;
  sessions: RegrownSession[];
}

/** What the systems themselves said: access that is there again, and which of them could not be asked, with why. */
interface Asked {
  alive: string | null;
  unasked: string[];
}

async function askSystems(revocation: Stored): Promise<Asked> {
  const { named } = await systemsOf(revocation.identityId);
  const unasked: string[] = [];
  for (const step of revocation.steps.filter((one) => one.verb === 'probe')) {
    const names = named.filter((one) => step.connectorId !== null && one.connectorId === step.connectorId);
    if (!names.length || !['verified', 'residual'].includes(step.state)) {
      unasked.push(`${step.system}: ${step.detail ?? 'it can’t be asked'}`);
      continue;
    }
    try {
      const { connection } = await open(step.connectorId!);
      for (const name of names) {
        const probed = await ableTo(connection, 'probeIdentity').probeIdentity(name.externalId);
        if (probed.result === 'alive') return { alive: `${step.system}: ${probed.detail}`, unasked };
        if (probed.result === 'unknown') unasked.push(`${step.system}: ${probed.detail}`);
      }
    } catch (error) {
      log.debug({ err: error, connector: step.system }, 'regrowth could not be asked');
      unasked.push(`${step.system}: ${toBraidError(error).publicMessage}`);
    }
  }
  return { alive: null, unasked };
}

async function regrown(revocation: Stored, found: Regrown): Promise<void> {
  const at = clock.now();
  const [identity] = await identityNames([revocation.identityId]);
  const watch = revocation.steps.find((step) => step.verb === 'regrowth')!;
  await transaction(async (tx) => {
    const now = await lockRevocation(tx, revocation.id);
    if (!now || now.undoneBy || now.steps.find((step) => step.id === watch.id)?.state !== 'accepted') return;
    await changeStep(tx, watch.id, { state: 'failed', detail: found.what.slice(0, 1000), finishedAt: at }, at);
    const history = cameTo(historyOf(now), 'regrown', at) as object[];
    await changeRevocation(tx, revocation.id, { state: 'regrown', history });
    await tellState(tx, revocation, 'regrown', [found.what]);
    const name = identity?.name ?? 'an identity';
    await raise(tx, ctx, [
      {
        identityId: revocation.identityId,
        detector: 'regrowth',
        cause: `revocation:${revocation.id}`,
        severity: 'critical',
        title: `Access of ${name} came back after it was ended`,
        summary:
          `${name} was ${revocation.kind === 'pause' ? 'paused' : 'revoked'}; since then: ${found.what.replace(/\.$/, '')}.`.slice(
            0,
            500,
          ),
        reasons: [
          'Access was ended on purpose and is there again',
          'Somebody or something re-enabled it outside Braid',
        ],
        evidence: {
          sessions: found.sessions.map((session) => session.id),
          decisions: [],
          events: [],
          revocationId: revocation.id,
        },
        firstSeenAt: (found.sessions[0]?.startedAt ?? at).toISOString(),
        lastSeenAt: at.toISOString(),
      },
    ]);
    await hint(tx, 'revocation', [revocation.id]);
  });
}

/** Ends the watch. What could not be asked at its end is not known to have stayed away. */
async function over(revocation: Stored, { unasked }: Asked): Promise<void> {
  const watch = revocation.steps.find((step) => step.verb === 'regrowth')!;
  const detail = unasked.length
    ? `no new session was seen in ${REGROWTH_HOURS} h, but at its end not every system could be asked: ${unasked.join('; ')}`
    : `nothing came back in ${REGROWTH_HOURS} h`;
  await transaction(async (tx) => {
    const now = await lockRevocation(tx, revocation.id);
    if (!now || now.undoneBy || now.steps.find((step) => step.id === watch.id)?.state !== 'accepted') return;
    const at = clock.now();
    const state = unasked.length ? 'unverifiable' : 'verified';
    await changeStep(tx, watch.id, { state, detail: detail.slice(0, 1000), finishedAt: at }, at);
    await hint(tx, 'revocation', [revocation.id]);
  });
}

/**
 * Looks at every closed access that is being watched: a session that began since raises a finding at once; `ask` also asks
 * the systems whether the login works again, and ends the watch after 24 h.
 */
export async function watchRegrowth(options: { ask: boolean }): Promise<void> {
  for await (const revocation of watched()) {
    const since = revocation.steps.find((step) => step.verb === 'regrowth')?.startedAt ?? revocation.requestedAt;
    const sessions = await sessionsSince(revocation.identityId, since);
    const [first] = sessions;
    if (first) {
      await regrown(revocation, {
        what: `new session ${first.label}`,
        sessions,
      });
    } else if (options.ask) {
      const asked = await askSystems(revocation);
      if (asked.alive) await regrown(revocation, { what: asked.alive, sessions });
      else if (revocation.regrowthUntil && revocation.regrowthUntil.getTime() <= clock.ms())
        await over(revocation, asked);
    }
  }
}

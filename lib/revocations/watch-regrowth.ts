import { systemCtx } from '@/lib/access/model';
import { open } from '@/lib/connectors/open';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { raise } from '@/lib/findings/raise';
import { clock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import {
  changeRevocation,
  changeStep,
  identityNames,
  lockRevocation,
  type RegrownSession,
  type Stored,
  sessionsSince,
  systemsOf,
  watched,
} from '@/lib/revocations/store';

const ctx = systemCtx('regrowth watch');

interface Regrown {
  what: string;
  sessions: RegrownSession[];
}

/** A login that works again, or a session that is there again, asked of the systems themselves. */
async function askSystems(revocation: Stored): Promise<string | null> {
  const proven = revocation.steps.filter(
    (step) => step.verb === 'probe' && step.connectorId && ['verified', 'residual'].includes(step.state),
  );
  const { named } = await systemsOf(revocation.identityId);
  for (const step of proven) {
    for (const name of named.filter((one) => one.connectorId === step.connectorId)) {
      try {
        const probed = await (await open(step.connectorId!)).connection.probeIdentity!(name.externalId);
        if (probed.result === 'alive') return `${step.system}: ${probed.detail}`;
      } catch (error) {
        log.debug({ err: error, connector: step.system }, 'regrowth could not be asked');
      }
    }
  }
  return null;
}

async function regrown(revocation: Stored, found: Regrown): Promise<void> {
  const at = clock.now();
  const [identity] = await identityNames([revocation.identityId]);
  const watch = revocation.steps.find((step) => step.verb === 'regrowth')!;
  await transaction(async (tx) => {
    const now = await lockRevocation(tx, revocation.id);
    if (!now || now.undoneBy || now.steps.find((step) => step.id === watch.id)?.state !== 'accepted') return;
    await changeStep(tx, watch.id, { state: 'failed', detail: found.what.slice(0, 1000), finishedAt: at });
    await changeRevocation(tx, revocation.id, { state: 'regrown' });
    const name = identity?.name ?? 'an identity';
    await raise(tx, ctx, [
      {
        identityId: revocation.identityId,
        detector: 'regrowth',
        cause: `revocation:${revocation.id}`,
        severity: 'critical',
        title: `Access of ${name} came back after it was ended`,
        summary:
          `${name} was ${revocation.kind === 'pause' ? 'paused' : 'revoked'} at ${revocation.requestedAt.toISOString().slice(0, 19)}Z; since then: ${found.what}.`.slice(
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

async function over(revocation: Stored): Promise<void> {
  const watch = revocation.steps.find((step) => step.verb === 'regrowth')!;
  await transaction(async (tx) => {
    await changeStep(tx, watch.id, { state: 'verified', detail: 'nothing came back in 24 h', finishedAt: clock.now() });
    await hint(tx, 'revocation', [revocation.id]);
  });
}

/**
 * Looks at every closed access that is being watched: a session that began since raises a finding at once; `ask` also asks
 * the systems whether the login works again. After 24 h the watch ends.
 */
export async function watchRegrowth(options: { ask: boolean }): Promise<void> {
  for (const revocation of await watched()) {
    const since = revocation.steps.find((step) => step.verb === 'regrowth')?.startedAt ?? revocation.requestedAt;
    const sessions = await sessionsSince(revocation.identityId, since);
    const first = sessions[0];
    const said = first
      ? `new session ${first.label} at ${first.startedAt.toISOString().slice(11, 19)}Z`
      : options.ask
        ? await askSystems(revocation)
        : null;
    if (said) await regrown(revocation, { what: said, sessions });
    else if (revocation.regrowthUntil && revocation.regrowthUntil.getTime() <= clock.ms()) await over(revocation);
  }
}

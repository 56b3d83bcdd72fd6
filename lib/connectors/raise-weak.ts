import { systemCtx } from '@/lib/access/model';
import { issuerOf, type Tested } from '@/lib/connectors/model';
import type { Opened } from '@/lib/connectors/open';
import { identitiesNamed } from '@/lib/connectors/store';
import type { Tx } from '@/lib/db/transaction';
import { markOver } from '@/lib/findings/mark-over';
import type { Found } from '@/lib/findings/model';
import { raise } from '@/lib/findings/raise';
import { clock } from '@/lib/platform/clock';

const nameOf = (check: string): string => check.replace(/^[^:]+: /, '');

/**
 * How a connected system is set up is a finding for each check that fails, about the identity by which the system was seen. It
 * lasts until an analyst closes it; that it is still so is no news. A check that passes ends it, so that a weakness that comes
 * back opens it again.
 */
export async function raiseWeak(tx: Tx, { row }: Opened, checks: Tested['checks']): Promise<void> {
  const causeOf = (check: string): string => `${row.id}:${nameOf(check)}`;
  const now = clock.now();
  const sound = checks.flatMap(({ ok, about, check }) => (ok && about !== undefined ? [causeOf(check)] : []));
  await markOver(tx, { detector: 'weak-setup', causes: sound, at: now });
  const weak = checks.flatMap(({ ok, about, ...check }) => (ok || about === undefined ? [] : [{ ...check, about }]));
  if (weak.length === 0) return;
  const known = await identitiesNamed(
    tx,
    issuerOf(row.id),
    weak.map((one) => one.about),
  );
  const at = now.toISOString();
  const found = weak.flatMap(({ check, detail, about }): Found[] => {
    const identityId = known.get(about);
    if (!identityId) return [];
    const what = nameOf(check);
    return [
      {
        identityId,
        detector: 'weak-setup',
        cause: causeOf(check),
        severity: 'medium',
        title: `${row.name} is set up weakly: ${what}`,
        summary: detail,
        reasons: ['Seen by the connector in the system’s own settings', 'It holds for everybody who uses the system'],
        evidence: { sessions: [], decisions: [], events: [], facts: { system: row.name.slice(0, 300), check: what } },
        firstSeenAt: at,
        lastSeenAt: at,
        lasting: true,
      },
    ];
  });
  await raise(tx, systemCtx('connector'), found);
}

'use client';

import Link from 'next/link';
import { useParams } from 'next/navigation';
import shared from '@/components/decisions/decisions.module.css';
import { type AskedPart, ExposureBar } from '@/components/exposures/exposure-bars';
import { SessionName } from '@/components/ui/session-colours';
import { requestNames } from '@/lib/decisions/format';
import type { ExposureSeen, Trace } from '@/lib/decisions/model';
import { amountText, meterText, percentOf, scopeText, windowText } from '@/lib/exposures/format';

/** Every exposure the decision saw: what stood, what it asked, what it left, and who held it. */
export function ExposuresSeen({ trace, names }: { trace: Trace; names: Record<string, string> }) {
  if (trace.exposures.length === 0)
    return <p className={shared.dim}>No exposure was read for this request, and nothing was reserved.</p>;
  return (
    <ul className={shared.seen}>
      {trace.exposures.map((exposure) => (
        <li key={exposure.exposureId}>
          <Seen exposure={exposure} trace={trace} name={names[exposure.exposureId] ?? exposure.key} names={names} />
        </li>
      ))}
    </ul>
  );
}

interface SeenProps {
  exposure: ExposureSeen;
  trace: Trace;
  name: string;
  names: Record<string, string>;
}

function Seen({ exposure, trace, name: key, names }: SeenProps) {
  const { id } = useParams<{ id: string }>();
  const say = (minor: string | bigint) => amountText(minor, exposure.scale);
  const before = BigInt(exposure.settledBefore) + BigInt(exposure.heldBefore);
  const name = (
    <>
      <span className={shared.mono}>{meterText(exposure, trace.sets.length > 1)}</span>{' '}
      <span className={shared.dim}>
        {scopeText(exposure.scope, key, requestNames(trace).resourceType)} ·{' '}
        {exposure.kind === 'live_sessions' ? 'live sessions' : windowText(exposure.windowSecs, exposure.window ?? null)}
      </span>
    </>
  );
  return (
    <>
      <div className={shared.seenHead}>
        <span className={shared.seenName}>{name}</span>
        {trace.dryRun ? null : <Link href={`/decisions/${id}/path?exposure=${exposure.exposureId}`}>path</Link>}
      </div>
      <ExposureBar
        exposure={{
          settled: exposure.settledBefore,
          held: exposure.heldBefore,
          limit: exposure.limit,
          scale: exposure.scale,
          unit: exposure.unit,
          contributors: exposure.contributors,
        }}
        asked={askedPart(exposure, trace)}
      />
      <dl className={shared.numbers}>
        <Figure
          label="before"
          value={say(before)}
          note={exposure.heldBefore === '0' ? null : `${say(exposure.heldBefore)} held`}
        />
        <Figure
          label="asked"
          value={`+${say(exposure.amount)}`}
          note={exposure.limit ? `would make ${say(exposure.asked)}` : null}
        />
        <Figure
          label="after"
          value={say(exposure.after)}
          note={exposure.limit ? `${percentOf(exposure.after, exposure.limit)} %` : null}
        />
        <Figure
          label="limit"
          value={exposure.limit === null ? 'none' : amountText(exposure.limit, exposure.scale, exposure.unit)}
          note={null}
        />
        <Figure label="alone" value={say(exposure.aloneBefore)} note={`would make ${say(exposure.aloneAsked)}`} />
      </dl>
      <Holders exposure={exposure} />
      {exposure.formerly ? (
        <p className={shared.dim}>
          With what {exposure.formerly.map((one) => names[one] ?? 'another').join(', ')} used: merged into this
          identity.
        </p>
      ) : null}
    </>
  );
}

/** What the request came to add. A live session that asks is among those that stand already. */
function askedPart({ kind, amount }: ExposureSeen, { session, verdict, dryRun, told }: Trace): AskedPart | undefined {
  if (kind === 'live_sessions') return undefined;
  return {
    sessionId: session?.id ?? null,
    label: session?.label ?? 'no session named',
    amount,
    granted: (verdict === 'allow' || told !== undefined) && !dryRun,
  };
}

function Figure({ label, value, note }: { label: string; value: string; note: string | null }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
      {note ? <dd className={shared.dim}>{note}</dd> : null}
    </div>
  );
}

function Holders({ exposure }: { exposure: ExposureSeen }) {
  const held = exposure.contributors.filter((each) => BigInt(each.settled) + BigInt(each.held) > 0n);
  const rest = BigInt(exposure.othersSettled) + BigInt(exposure.othersHeld);
  if (held.length === 0) return null;
  return (
    <p className={shared.holders}>
      {held.map((each) => (
        <span key={`${each.sessionId}${each.identityId}`}>
          <SessionName id={each.sessionId} label={each.label} />{' '}
          <span className={shared.dim}>{amountText(BigInt(each.settled) + BigInt(each.held), exposure.scale)}</span>
        </span>
      ))}
      {held.some((each) => BigInt(each.held) > 0n) ? (
        <Link href={`/holds?exposureId=${exposure.exposureId}`}>held now</Link>
      ) : null}
      {rest > 0n ? <span className={shared.dim}>others {amountText(rest, exposure.scale)}</span> : null}
    </p>
  );
}

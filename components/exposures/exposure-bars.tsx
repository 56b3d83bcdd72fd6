'use client';

import Link from 'next/link';
import classes from '@/components/exposures/exposures.module.css';
import { NearMinimum } from '@/components/exposures/near-minimum';
import { useSessionColours } from '@/components/ui/session-colours';
import { amountText, meterText, percentOf, scopeWord, severalSets, windowText } from '@/lib/exposures/format';
import type { ExposureView } from '@/lib/exposures/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

interface ExposureBarsProps {
  exposures: ExposureView[];
  /** Names for scope keys that are ids of Braid's own: `{ [identityId]: 'svc-payments' }`. */
  names?: Record<string, string>;
  /** Leaves the link to the path out. */
  plain?: boolean;
  /** Offers to end the fewest sessions where one stands near its limit: actions that give back what they hold. */
  giveBack?: RevocationActions;
}

/** One bar an exposure: settled + held against its limit, one segment a session in the session's colour. Held is hatched. */
export function ExposureBars({ exposures, names = {}, plain, giveBack }: ExposureBarsProps) {
  const several = severalSets(exposures);
  return (
    <ul className={classes.bars}>
      {exposures.map((exposure) => (
        <li key={exposure.id}>
          <Head exposure={exposure} names={names} plain={plain} several={several} />
          <ExposureBar exposure={exposure} />
          {giveBack && exposure.warned !== null ? <NearMinimum exposure={exposure} actions={giveBack} /> : null}
        </li>
      ))}
    </ul>
  );
}

interface HeadProps extends Pick<ExposureBarsProps, 'names' | 'plain'> {
  exposure: ExposureView;
  several: boolean;
}

function Head({ exposure, names = {}, plain, several }: HeadProps) {
  const name = `${scopeWord(exposure.scope)} ${names[exposure.key] ?? exposure.keyName ?? exposure.key}`;
  const label = (
    <>
      <span className={classes.mono}>{meterText(exposure, several)}</span> <span className={classes.key}>{name}</span>
    </>
  );
  return (
    <div className={classes.head}>
      {plain ? (
        <span className={classes.name} title={`${name} · ${windowText(exposure.windowSecs, exposure.calendar)}`}>
          {label}
        </span>
      ) : (
        <Link
          href={`/decisions/path?exposure=${exposure.id}`}
          className={classes.name}
          title={`${name} · ${windowText(exposure.windowSecs, exposure.calendar)} · how it got there`}
          prefetch={false}
        >
          {label}
        </Link>
      )}
      <span className={classes.value}>
        {exposure.warned !== null && <span className={classes.warned}>{exposure.warned} % reached · </span>}
        {standing(exposure)}
      </span>
    </div>
  );
}

/** "9 400 / 10 000 EUR", "1 held / 3", "320": what stands, against what. */
function standing(exposure: Pick<ExposureView, 'settled' | 'held' | 'limit' | 'scale' | 'unit'>): string {
  const { settled, held, limit, scale, unit } = exposure;
  const total = amountText(BigInt(settled) + BigInt(held), scale);
  const state = held === '0' ? '' : settled === '0' ? ' held' : ` (${amountText(held, scale)} held)`;
  const of = limit === null ? '' : ` / ${amountText(limit, scale)}`;
  return `${total}${state}${of}${unit ? `\u00a0${unit}` : ''}`;
}

export interface BarExposure {
  settled: string;
  held: string;
  limit: string | null;
  scale: number;
  unit: string | null;
  contributors: { sessionId: string | null; label: string; settled: string; held: string }[];
}

/** What one request asked for on top of what stood. */
export interface AskedPart {
  sessionId: string | null;
  label: string;
  /** Minor units. */
  amount: string;
  granted: boolean;
}

/** The bar alone. With `asked`, what stood before and what a request came to ask for: granted in its session's colour, else an outline. */
export function ExposureBar({ exposure, asked }: { exposure: BarExposure; asked?: AskedPart }) {
  const colourOf = useSessionColours();
  const more = BigInt(asked?.amount ?? 0);
  const total = BigInt(exposure.settled) + BigInt(exposure.held) + more;
  const limit = exposure.limit === null ? null : BigInt(exposure.limit);
  const whole = limit !== null && limit > total ? limit : total;
  const width = (part: bigint) => `${whole === 0n ? 0 : Number((part * 10_000n) / whole) / 100}%`;
  const parts = segments(exposure);
  const spoken = parts.map((part) => `${part.label} ${amountText(part.amount, exposure.scale)}`).join(', ');
  const share = limit === null ? '' : `, ${percentOf(total - more, limit)} %`;
  const asks =
    asked && more > 0n
      ? `+${amountText(more, exposure.scale, exposure.unit)} ${asked.granted ? 'granted' : 'refused'}`
      : '';
  return (
    <div
      className={classes.track}
      role="img"
      aria-label={`${standing(exposure)}${share}${spoken ? `: ${spoken}` : ''}${asks ? `; ${asks}` : ''}`}
    >
      {parts.map((part) => (
        <span
          key={part.key}
          className={classes.part}
          data-held={part.held || undefined}
          title={`${part.label}: ${amountText(part.amount, exposure.scale, exposure.unit)}${part.held ? ' held' : ''}`}
          style={{ width: width(part.amount), '--part': colourOf(part.sessionId) } as React.CSSProperties}
        />
      ))}
      {asked && asks ? (
        <span
          className={classes.asked}
          data-granted={asked.granted || undefined}
          title={`${asked.label}: ${asks}`}
          style={{ width: width(more), '--part': colourOf(asked.sessionId) } as React.CSSProperties}
        />
      ) : null}
      {limit !== null && total > limit ? <span className={classes.limit} style={{ left: width(limit) }} /> : null}
    </div>
  );
}

interface Segment {
  key: string;
  sessionId: string | null;
  label: string;
  amount: bigint;
  held: boolean;
}

/** Settled first, then held, session by session; what no named session explains comes last. */
function segments(exposure: BarExposure): Segment[] {
  const parts = exposure.contributors.flatMap((each, at): Segment[] => [
    { key: `${at}s`, sessionId: each.sessionId, label: each.label, amount: BigInt(each.settled), held: false },
    { key: `${at}h`, sessionId: each.sessionId, label: each.label, amount: BigInt(each.held), held: true },
  ]);
  const named = parts.reduce((sum, part) => sum + part.amount, 0n);
  const rest = BigInt(exposure.settled) + BigInt(exposure.held) - named;
  if (rest > 0n) parts.push({ key: 'rest', sessionId: null, label: 'others', amount: rest, held: false });
  return parts.filter((part) => part.amount > 0n).sort((a, b) => Number(a.held) - Number(b.held));
}

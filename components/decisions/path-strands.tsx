'use client';

import { Group } from '@mantine/core';
import { IconArrowUpRight } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import { usePathColour } from '@/components/decisions/path-palette';
import { EARLIER, fastestStrand, type PathState, type Strand } from '@/components/decisions/path-state';
import type { Path } from '@/lib/decisions/path-model';
import { amountText, percentOf } from '@/lib/exposures/format';

interface PathStrandsProps {
  path: Path;
  strands: Strand[];
  /** Own shares at the instant shown, by strand key. */
  shares: Map<string, bigint>;
  state: PathState;
  focused: string | null;
  onFocus: (key: string) => void;
  /** The buttons that end one strand or all of them. */
  end: ReactNode;
}

/** Who holds what at the instant shown, largest first. A click singles a strand out. */
export function PathStrands({ path, strands, shares, state, focused, onFocus, end }: PathStrandsProps) {
  const sorted = [...strands].sort((a, b) => Number((shares.get(b.key) ?? 0n) - (shares.get(a.key) ?? 0n)));
  const several = new Set(strands.map((strand) => strand.identityName)).size > 1;
  const earlier = state.bands.get(EARLIER) ?? 0n;
  const scale = path.exposure.scale;
  const colourOf = usePathColour();
  return (
    <>
      <div className={classes.scroll} style={{ maxHeight: 300 }} tabIndex={-1}>
        <table className={classes.strands}>
          <tbody>
            {sorted.map((strand) => {
              const share = shares.get(strand.key) ?? 0n;
              const colour = colourOf(strand.color);
              return (
                <tr key={strand.key}>
                  <td>
                    <button
                      type="button"
                      className={classes.strand}
                      aria-pressed={focused === strand.key}
                      onClick={() => onFocus(strand.key)}
                    >
                      <span className={classes.swatch} style={{ background: colour }} aria-hidden />
                      <span className={classes.wrap}>
                        {several ? `${strand.identityName} · ` : ''}
                        {strand.label}
                        {strand.ended ? <span className={classes.ended}> ended</span> : null}
                      </span>
                    </button>
                  </td>
                  <td>{amountText(share, scale)}</td>
                  <td>
                    <div className={classes.share}>
                      <span
                        style={{
                          width: `${state.total > 0n ? percentOf(share, state.total) : 0}%`,
                          background: colour,
                        }}
                      />
                    </div>
                  </td>
                  <td>
                    {strand.sessionId ? (
                      <Link
                        href={`/sessions/${strand.sessionId}`}
                        className={shared.iconLink}
                        aria-label={`Session ${strand.label} of ${strand.identityName}`}
                        title="Open this session"
                        prefetch={false}
                      >
                        <IconArrowUpRight size={14} aria-hidden />
                      </Link>
                    ) : null}
                  </td>
                </tr>
              );
            })}
            {earlier > 0n ? (
              <tr>
                <td className={classes.ended}>before this path</td>
                <td>{amountText(earlier, scale)}</td>
                <td colSpan={2} />
              </tr>
            ) : null}
          </tbody>
        </table>
      </div>
      <Fastest path={path} strands={strands} />
      <Group gap="xs">{end}</Group>
    </>
  );
}

function Fastest({ path, strands }: { path: Path; strands: Strand[] }) {
  const fastest = fastestStrand(path);
  const label = strands.find((strand) => strand.key === fastest?.key)?.label;
  if (!fastest || !label || fastest.percent === 100) return <p className={classes.fastest} />;
  const rate =
    fastest.perMinute > 0n
      ? `, ${amountText(roundMajor(fastest.perMinute, path.exposure.scale), path.exposure.scale)} a minute`
      : '';
  return (
    <p className={classes.fastest}>
      {label} is the fastest strand: {fastest.percent} % of the sum{rate}.
    </p>
  );
}

/** A rate needs no fraction, unless it is nothing but one. */
function roundMajor(minor: bigint, scale: number): bigint {
  const one = 10n ** BigInt(scale);
  return minor < one ? minor : (minor / one) * one;
}

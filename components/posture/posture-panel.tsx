'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/posture/posture.module.css';
import { Badge, type Tone } from '@/components/ui/badge';
import { ErrorState } from '@/components/ui/error-state';
import { Loading } from '@/components/ui/loading';
import { Stat } from '@/components/ui/stat';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { Posture, Tile } from '@/lib/posture/model';

const TONE: Record<Tile['tone'], Exclude<Tone, 'quiet'> | undefined> = {
  good: undefined,
  warn: 'amber',
  bad: 'red',
  unknown: undefined,
};

/** How well it is held: three tiles, three checks, and how far a session of it could travel if it were abused. */
export function PosturePanel({ identityId }: { identityId: string }) {
  const { data, error } = useApi<Posture>(`/identities/${identityId}/posture`);
  if (error) return <ErrorState message={error.message} />;
  if (!data) return <Loading />;
  return (
    <div className={classes.posture}>
      <Text size="sm">{sentence(data)}</Text>
      <div className={classes.tiles}>
        {data.tiles.map((tile) => (
          <TileStat key={tile.name} tile={tile} identityId={identityId} />
        ))}
      </div>
      <Checks posture={data} />
      <Reach posture={data} />
    </div>
  );
}

function sentence({ checks, reach }: Posture): string {
  const failed = checks.filter((one) => one.pass === false);
  const far =
    reach.score >= 60 ? 'would travel far' : reach.score >= 30 ? 'would travel some way' : 'would not travel far';
  const blind = reach.inputs.filter((one) => !one.measured).length;
  const how = blind
    ? `, though ${blind} of the five things that decide it ${blind === 1 ? 'is' : 'are'} not measured`
    : '';
  return `${failed.length === 0 ? 'No posture check fails' : `${failed.length} of 3 posture checks ${failed.length === 1 ? 'fails' : 'fail'}`}. An abused session ${far}: ${reach.score} of 100${how}.`;
}

function TileStat({ tile, identityId }: { tile: Tile; identityId: string }) {
  const href = {
    visibility: '/reports/weekly',
    rotation: `/identities/${identityId}?tab=credentials`,
    lifecycle: `/identities/${identityId}?tab=governance`,
  }[tile.name];
  return (
    <Stat
      label={tile.name}
      value={tile.value}
      tone={TONE[tile.tone]}
      href={href}
      sub={
        <>
          {tile.at ? (
            <>
              {tile.atOf} <When at={tile.at} /> ·{' '}
            </>
          ) : null}
          {tile.why}
        </>
      }
    />
  );
}

const verdict = (pass: boolean | null): { tone: Tone; word: string } =>
  pass === null
    ? { tone: 'quiet', word: 'unknown' }
    : pass
      ? { tone: 'green', word: 'pass' }
      : { tone: 'red', word: 'fail' };

function Checks({ posture }: { posture: Posture }) {
  return (
    <table className={classes.table}>
      <caption>Posture checks, over {posture.days} days</caption>
      <tbody>
        {posture.checks.map((check) => {
          const { tone, word } = verdict(check.pass);
          return (
            <tr key={check.name}>
              <th scope="row">{check.name}</th>
              <td>
                <Badge tone={tone}>{word}</Badge>
              </td>
              <td>{check.why}</td>
              <td className={classes.when}>{check.at ? <When at={check.at} /> : null}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Reach({ posture }: { posture: Posture }) {
  return (
    <table className={classes.table}>
      <caption>
        Reach of an abused session: <strong>{posture.reach.score}</strong> of 100, the less the better
      </caption>
      <tbody>
        {posture.reach.inputs.map((input) => (
          <tr key={input.name}>
            <th scope="row">{input.name}</th>
            <td className={classes.value}>
              {input.name === 'consent scope' || input.name === 'token binding' ? (
                <Link href={`/sessions?identityId=${posture.identityId}`}>{input.value}</Link>
              ) : (
                input.value
              )}
            </td>
            <td>{input.why}</td>
            <td className={classes.points}>
              <meter
                min={0}
                max={20}
                low={7}
                high={14}
                optimum={0}
                value={input.points}
                aria-label={`${input.name}: ${input.points} of 20`}
              />
              {input.points} / 20
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

'use client';

import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import classes from '@/components/decisions/path.module.css';
import { type Course, courseOf } from '@/components/decisions/path-course';
import { isApplied, type Strand, strandKey } from '@/components/decisions/path-state';
import { useLocalTime } from '@/components/decisions/use-local-time';
import { WhatIfAnswer } from '@/components/decisions/what-if-answer';
import { changeWords, majorText } from '@/components/decisions/what-if-words';
import { ErrorState } from '@/components/ui/error-state';
import { useApi } from '@/components/ui/use-api';
import type { Path } from '@/lib/decisions/path-model';
import type { ActionResult } from '@/lib/http/model';
import type { ChangeInput, Counterfactual, ReplayInput } from '@/lib/replay/counterfactual-model';

/** From when a session is ended. */
type When = 'first' | 'line' | 'never';
type Kind = 'ended' | 'limit' | 'scope' | 'version' | 'nothing';

/** Decisions replayed while somebody waits. */
const MOST = 2_000;
const SCOPES = [
  'identity',
  'session',
  'credential',
  'workflow',
  'owner',
  'resource',
  'network',
  'region',
  'device',
  'workload',
];

interface WhatIfProps {
  path: Path;
  strands: Strand[];
  /** The instant the line stands at. */
  at: string;
  run: (input: ReplayInput) => Promise<ActionResult<Counterfactual>>;
  onCourse: (course: Course | null) => void;
}

interface Told {
  words: string;
  answer: Counterfactual;
}

/** Asks what would have come of this path had something been otherwise, and draws it beside what did. */
export function WhatIf({ path, strands, at, run, onCourse }: WhatIfProps) {
  const time = useLocalTime();
  const [kind, setKind] = useState<Kind>('ended');
  const named = strands.filter((strand) => strand.sessionId);
  const [session, setSession] = useState(named[0]?.sessionId ?? null);
  const [when, setWhen] = useState<When>('first');
  const first = firstOf(path, session);
  const [value, setValue] = useState<Record<Kind, string | null>>({ ...EMPTY, limit: limitOf(path) });
  const [told, setTold] = useState<Told | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => () => onCourse(null), [onCourse]);
  const change = changeOf({
    path,
    kind,
    session,
    at: when === 'never' ? null : when === 'first' && first ? after(first) : at,
    value: value[kind],
  });
  const nameOf = (id: string) => named.find((strand) => strand.sessionId === id)?.label ?? 'the session';
  const ask = async () => {
    if (!change) return;
    setBusy(true);
    const { data, error: refused } = await run({
      from: path.from,
      to: path.to,
      exposureId: path.exposure.id,
      limit: MOST,
      change,
    });
    setBusy(false);
    setError(refused?.message ?? null);
    const words = changeWords(change, { name: nameOf, time: (iso) => time(iso), unit: path.exposure.unit });
    setTold(data ? { words, answer: data } : null);
    const ended = change.ended?.[0];
    const mark = ended?.at ? { ms: Date.parse(ended.at), text: `${nameOf(ended.sessionId)} ends here` } : null;
    onCourse(data ? courseOf(data, mark) : null);
  };
  return (
    <section className={classes.what} aria-label="What if">
      <form
        className={classes.ask}
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <SegmentedControl
          size="xs"
          aria-label="What is to be otherwise"
          value={kind}
          onChange={(next) => setKind(next as Kind)}
          data={[
            { value: 'ended', label: 'A session had ended' },
            { value: 'limit', label: 'Another limit', disabled: path.exposure.ruleId === null },
            { value: 'scope', label: 'Another scope' },
            { value: 'version', label: 'Another version' },
            { value: 'nothing', label: 'Nothing' },
          ]}
        />
        {kind === 'ended' ? (
          <>
            <Select
              size="xs"
              label="Session"
              data={named.map((strand) => ({ value: strand.sessionId!, label: strand.label }))}
              value={session}
              onChange={setSession}
              allowDeselect={false}
            />
            <Select
              size="xs"
              label="From when"
              w={270}
              data={[
                ...(first ? [{ value: 'first', label: `after its first request, ${time(first)}` }] : []),
                { value: 'line', label: `where the line stands, ${time(at)}` },
                { value: 'never', label: 'always: it never was' },
              ]}
              value={when}
              onChange={(next) => setWhen((next as When | null) ?? 'line')}
              allowDeselect={false}
            />
          </>
        ) : (
          <Field path={path} kind={kind} value={value[kind]} onValue={(next) => setValue({ ...value, [kind]: next })} />
        )}
        <Button size="xs" type="submit" variant="filled" loading={busy} disabled={!change}>
          Replay
        </Button>
      </form>
      {error ? <ErrorState message={error} /> : null}
      {told ? <WhatIfAnswer words={told.words} answer={told.answer} /> : null}
    </section>
  );
}

/** When a session first moved the exposure. */
const firstOf = (path: Path, session: string | null): string | null =>
  path.steps.find((step) => isApplied(step) && step.decisionId && strandKey(step) === session)?.at ?? null;

const after = (iso: string): string => new Date(Date.parse(iso) + 1).toISOString();

const EMPTY: Record<Kind, string | null> = {
  ended: null,
  limit: null,
  scope: 'identity',
  version: null,
  nothing: null,
};

const limitOf = ({ exposure }: Path): string | null =>
  exposure.limit === null ? null : majorText(exposure.limit, exposure.scale);

interface Asked {
  path: Path;
  kind: Kind;
  session: string | null;
  /** Null: it never was. */
  at: string | null;
  value: string | null;
}

function changeOf({ path: { exposure }, kind, session, at, value }: Asked): ChangeInput | null {
  if (kind === 'ended') return session ? { ended: [{ sessionId: session, ...(at ? { at } : {}) }] } : null;
  if (kind === 'nothing') return {};
  if (!value) return null;
  if (kind === 'limit')
    return exposure.ruleId && /^\d{1,15}(\.\d{1,9})?$/.test(value)
      ? { limits: [{ set: exposure.set, rule: exposure.ruleId, max: value }] }
      : null;
  if (kind === 'scope') return { scopes: [{ set: exposure.set, meter: exposure.meter, per: value }] };
  return { versions: [{ set: exposure.set, version: Number(value) }] };
}

interface FieldProps {
  path: Path;
  kind: Exclude<Kind, 'ended'>;
  value: string | null;
  onValue: (value: string | null) => void;
}

function Field({ path, kind, value, onValue }: FieldProps) {
  const { exposure } = path;
  if (kind === 'nothing')
    return (
      <p className={classes.check}>
        A check: what was decided, judged again from its record, has to come out the same.
      </p>
    );
  if (kind === 'limit')
    return (
      <TextInput
        size="xs"
        label={`Limit of ${exposure.set}/${exposure.ruleId}${exposure.unit ? `, ${exposure.unit}` : ''}`}
        inputMode="decimal"
        value={value ?? ''}
        onChange={(event) => onValue(event.currentTarget.value.replaceAll(/[\s ]/g, ''))}
      />
    );
  if (kind === 'scope')
    return (
      <Select
        size="xs"
        label={`${exposure.set} · ${exposure.meter} counts per`}
        data={SCOPES}
        value={value}
        onChange={onValue}
        allowDeselect={false}
      />
    );
  return <Version set={exposure.set} value={value} onValue={onValue} />;
}

function Version({
  set,
  value,
  onValue,
}: {
  set: string;
  value: string | null;
  onValue: (value: string | null) => void;
}) {
  const { data } = useApi<{ versions: { version: number; state: string }[] }>(
    `/policies/${set}`,
    {},
    { everyMs: false },
  );
  return (
    <Select
      size="xs"
      label={`Version of ${set}`}
      placeholder={data ? 'Choose one' : 'Looking…'}
      data={(data?.versions ?? []).map((one) => ({
        value: String(one.version),
        label: `${one.version} · ${one.state}`,
      }))}
      value={value}
      onChange={onValue}
      allowDeselect={false}
    />
  );
}

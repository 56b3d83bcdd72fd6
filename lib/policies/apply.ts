import { isDeepStrictEqual } from 'node:util';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import { countNotes, restartDetail } from '@/lib/policies/count-notes';
import { deafLimits, deafText } from '@/lib/policies/deaf-limits';
import { diffText } from '@/lib/policies/diff-format';
import { type ApplyInput, applyInputSchema, type TestFile } from '@/lib/policies/life-model';
import { problemDetails, type Readable, readChecked } from '@/lib/policies/read-checked';
import { runTests } from '@/lib/policies/run-tests';
import * as store from '@/lib/policies/store';

export interface Applied {
  id: string;
  name: string;
  version: number;
  hash: string;
  state: 'active' | 'shadow';
  /** false: this very source stood there already, and nothing was written. */
  changed: boolean;
  /** Nothing was written: this is what would have been. */
  dryRun: boolean;
  /** Against the active version, line by line; '' where they say the same. */
  diff: string;
  /** The active version it is compared with. */
  against: number | null;
  tests: { run: number; failed: number };
  /** What becomes of present counts, where they begin anew or a window is longer; which limits can't fire in shadow. */
  notes: string[];
}

/**
 * Makes a source (or a folder's files) the active version of the set it names, or its version in shadow; the next request is
 * decided on it. Its fixtures run first. Applying the same again changes nothing; applying what is in shadow makes that very
 * version the active one. Versions are immutable. Throws `policy.invalid` with every problem at its line and column, or with
 * the fixtures that fail.
 */
export async function apply(ctx: Ctx, input: ApplyInput): Promise<Applied> {
  authorise(ctx, 'policy.manage');
  const { reason, shadow, dryRun, skipTests, ...given } = applyInputSchema.parse(input);
  const read = readChecked(given);
  return transaction(async (tx) => {
    const standing = await store.lockSet(tx, read.document.set);
    const tests = read.tests ?? testsOf(standing.active);
    const ran = skipTests ? { run: 0, failed: 0 } : testsHold(read.source, tests);
    const state = shadow ? 'shadow' : 'active';
    const applying: Applying = { ctx, tx, read, tests, standing, state, reason: reason ?? null };
    const notes = await notesOf(applying);
    const placed = await place(applying, dryRun === true);
    return {
      ...placed,
      name: read.document.set,
      hash: sha256Hex(read.source),
      state,
      dryRun: dryRun === true,
      diff: diffText(standing.active?.source ?? '', read.source),
      against: standing.active?.version ?? null,
      tests: ran,
      notes,
    };
  });
}

interface Applying {
  ctx: Ctx;
  tx: Tx;
  read: Readable;
  tests: TestFile[];
  standing: Awaited<ReturnType<typeof store.lockSet>>;
  state: 'active' | 'shadow';
  reason: string | null;
}

const testsOf = (row: { tests: unknown } | null): TestFile[] => (row?.tests as TestFile[] | undefined) ?? [];

/** What whoever applies it should know: what becomes of present counts, and which limits can't fire where it stands. */
async function notesOf({ ctx, read, standing, state }: Applying): Promise<string[]> {
  const before = standing.active?.source ?? null;
  const counts = state === 'active' ? await countNotes(ctx, read.document.set, before, read.source) : [];
  if (state === 'active' && read.document.mode === 'enforce') return counts;
  const shadow = compile({ version: 0, hash: sha256Hex(read.source), source: read.source, mode: 'shadow' });
  const active = state === 'shadow' && before ? compile({ ...standing.active!, source: before }) : null;
  const deaf = deafText(deafLimits(shadow, active));
  return deaf ? [...counts, deaf] : counts;
}

const MAX_NAMED = 80;
const named = (name: string): string => (name.length > MAX_NAMED ? `${name.slice(0, MAX_NAMED)}…` : name);

/** Fixtures hold before anything is written. A version without fixtures has nothing to break. */
function testsHold(source: string, tests: TestFile[]): Applied['tests'] {
  if (!tests.length) return { run: 0, failed: 0 };
  const report = runTests({ policies: source, tests });
  if (report.problems.length)
    throw new BraidError('policy.invalid', 'The fixtures have problems.', { detail: problemDetails(report.problems) });
  const failed = report.tests.filter((test) => !test.ok);
  if (!failed.length) return { run: report.tests.length, failed: 0 };
  throw new BraidError(
    'policy.invalid',
    `${failed.length} of ${report.tests.length} fixtures fail (${named(failed[0]!.name)}${failed.length > 1 ? ', …' : ''}): nothing was applied.`,
    {
      detail: failed.map((test) => {
        const step = test.steps.find((one) => !one.ok);
        const why = step?.differences
          .map((one) => `${one.what}: expected ${one.expected}, came ${one.came}`)
          .join('; ');
        return { path: `${test.file} line ${step?.line ?? test.line} (${test.name})`, message: why ?? 'fails' };
      }),
    },
  );
}

/** The same policies with other fixtures: what binds stays, and so does the version; its fixtures are the new ones. */
async function renewTests({ ctx, tx, read, reason }: Applying, present: { id: string; version: number }) {
  await store.setTests(tx, present.id, read.tests!);
  await store.removeDraft(tx, read.document.set);
  await record(tx, ctx, {
    action: 'policy.fixtures',
    target: { type: 'policy_set', id: present.id, name: read.document.set },
    reason: reason ?? undefined,
    detail: { version: present.version, files: read.tests!.map((file) => file.name) },
  });
  await hint(tx, 'policy', [present.id]);
}

async function place(applying: Applying, dryRun: boolean): Promise<Pick<Applied, 'id' | 'version' | 'changed'>> {
  const { ctx, tx, read, tests, standing, state, reason } = applying;
  const { document, source } = read;
  const hash = sha256Hex(source);
  const present = standing[state];
  if (present?.hash === hash) {
    if (!dryRun && read.tests && !isDeepStrictEqual(read.tests, present.tests)) await renewTests(applying, present);
    return { id: present.id, version: present.version, changed: false };
  }
  const shadow = state === 'active' && standing.shadow?.hash === hash ? standing.shadow : null;
  const version = shadow?.version ?? (await store.lastVersion(tx, document.set)) + 1;
  if (dryRun) return { id: shadow?.id ?? newId(), version, changed: true };
  const who = { by: ctx.actor.name, reason };
  const id = shadow?.id ?? newId();
  const basedOn = standing.active?.version ?? null;
  if (shadow) await store.activateShadow(tx, id, document.set, who);
  else
    await store.insertVersion(
      tx,
      { id, name: document.set, version, hash, source, mode: document.mode, tests, basedOn },
      who,
      state,
    );
  await store.removeDraft(tx, document.set);
  await record(tx, ctx, {
    action: shadow ? 'policy.promote' : state === 'shadow' ? 'policy.shadow' : 'policy.apply',
    target: { type: 'policy_set', id, name: document.set },
    reason: reason ?? undefined,
    detail: {
      version,
      hash,
      replaces: present?.version ?? null,
      mode: document.mode,
      ...restartDetail(state === 'active' ? (present?.source ?? null) : null, source),
    },
  });
  await hint(tx, 'policy', [id]);
  return { id, version, changed: true };
}

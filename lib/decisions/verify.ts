import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { prove } from '@/lib/approvals/prove';
import { proveStanding } from '@/lib/audit/prove-standing';
import { keptOf, readKept } from '@/lib/decisions/checkpoint/keep';
import type { Dropped } from '@/lib/decisions/checkpoint/model';
import { drops, lastSeq } from '@/lib/decisions/checkpoint/store';
import { genesis } from '@/lib/decisions/seal';
import { Chain } from '@/lib/decisions/verify/chain';
import { proveLedger } from '@/lib/decisions/verify/ledger';
import { Problems, type Progress, type Verification } from '@/lib/decisions/verify/model';
import { type ReadRecord, records } from '@/lib/decisions/verify/records';
import {
  days,
  hashAt,
  openLedger,
  unsealedCount,
  type WriterRow,
  writerIds,
  writerRows,
} from '@/lib/decisions/verify/store';
import { approvalUsed } from '@/lib/decisions/verify/text';
import { type Said, Trail } from '@/lib/decisions/verify/trail';
import { balance } from '@/lib/exposures/balance';
import { clock } from '@/lib/platform/clock';
import { ownKeys } from '@/lib/platform/signing';
import { proveExemptions } from '@/lib/policies/prove-exemptions';

const DAY_MS = 86_400_000;
const TELL_EVERY = 2_000;

export interface VerifyOptions {
  /** Files with checkpoints that were kept elsewhere. */
  checkpoints?: string[];
  /** SPKI of public keys to believe beside this installation's own. */
  publicKeys?: Buffer[];
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/**
 * Proves the log: every writer's chain record by record, the signed checkpoints over all heads, copies of checkpoints kept
 * outside the database, the ledger against its counters. Reads a day at a time, so that memory does not grow with the log.
 * Finds a changed byte, a missing or added record, a cut tail, a changed counter, a day that was dropped without a checkpoint.
 * What is written while it runs is left to the next run. Throws `input.invalid` when a checkpoint file can't be read.
 */
export async function verify(ctx: Ctx, options: VerifyOptions = {}): Promise<Verification> {
  authorise(ctx, 'console.read');
  const began = performance.now();
  const startedMs = clock.ms();
  const given = (options.checkpoints ?? []).flatMap((from) => readKept(from).map((signed) => ({ signed, from })));
  // The last checkpoint first: it can only know of less than the heads that are read after it.
  const upTo = await lastSeq();
  const writers = await writerRows();
  const problems = new Problems();
  const trusted = [...ownKeys(), ...(options.publicKeys ?? [])];
  const trail = new Trail({ upTo, trusted, problems, startedMs, kept: [...given, ...(await keptOf(upTo))] });
  const dropped = await drops();
  const walk = new Walk(writers, floorsOf(dropped), problems, options);
  const all = await days();
  for (const day of all) {
    for await (const said of trail.until(Date.parse(day) + 2 * DAY_MS)) await walk.hear(said);
    for await (const record of records(day)) walk.take(record);
    options.signal?.throwIfAborted();
  }
  for await (const said of trail.until(Number.POSITIVE_INFINITY)) await walk.hear(said);
  trail.end();
  await walk.end();
  const since = new Date(startedMs - 2 * DAY_MS).toISOString().slice(0, 10);
  const ledgerEntries = await ledger(options, { all, since, trail, problems });
  const exposures = await standing(ctx, { problems, used: walk.used, drops: dropped });
  return {
    ok: problems.total === 0,
    decisions: walk.decisions,
    ledgerEntries,
    auditEntries: walk.auditEntries,
    auditWaiting: await unsealedCount(),
    writers: writers.length,
    exposures,
    checkpoints: trail.count,
    keptCheckpoints: trail.compared,
    lastCheckpoint: trail.last,
    droppedDays: trail.droppedDays,
    seconds: Math.round(performance.now() - began) / 1000,
    problems: problems.list,
    problemsTotal: problems.total,
  };
}

/** What decisions are made on beside the log: counters, approvals, exemptions, and who and what is open are what the log says. Answers how many exposures. */
async function standing(
  ctx: Ctx,
  args: { problems: Problems; used: ReadonlyMap<string, number>; drops: Dropped[] },
): Promise<number> {
  const { problems, used } = args;
  const last = args.drops
    .flatMap((drop) => (drop.table === 'audit_entries' ? drop.day : []))
    .sort()
    .at(-1);
  const since = last ? new Date(Date.parse(last) + DAY_MS).toISOString().slice(0, 10) : null;
  const { exposures, problems: unequal, moved } = await balance(ctx);
  for (const one of unequal) problems.add('slices.differ', one.split(' (')[0]!, one);
  for (const one of moved) problems.add('slices.moved', one.split(' (')[0]!, one);
  for (const one of await prove(ctx, { used, since })) problems.add('approval.unproven', one.record, one.message);
  for (const one of await proveExemptions(ctx, { since })) problems.add('exemption.unproven', one.record, one.message);
  for (const one of await proveStanding(ctx, { since })) problems.add(`${one.kind}.unproven`, one.record, one.message);
  return exposures;
}

async function ledger(
  options: VerifyOptions,
  args: { all: string[]; since: string; trail: Trail; problems: Problems },
): Promise<number> {
  const { all, since, trail, problems } = args;
  const client = await openLedger();
  let done = 0;
  try {
    return await proveLedger(client, {
      days: all,
      since,
      openings: trail.openings,
      problems,
      onDay: () => {
        done += 1;
        options.signal?.throwIfAborted();
        options.onProgress?.({ stage: 'ledger', done, total: all.length });
      },
    });
  } finally {
    await client.end();
  }
}

/** Where each writer's chain goes on after what was dropped of it. */
function floorsOf(dropped: Dropped[]): Map<string, { seq: bigint; hash: Buffer }> {
  const floors = new Map<string, { seq: bigint; hash: Buffer }>();
  for (const one of dropped.flatMap((drop) => drop.floors)) {
    const seq = BigInt(one.seq);
    if (seq > (floors.get(one.writer)?.seq ?? 0n)) floors.set(one.writer, { seq, hash: Buffer.from(one.hash, 'hex') });
  }
  return floors;
}

/** All chains at once, record by record as the days go by. */
class Walk {
  decisions = 0;
  auditEntries = 0;
  /** How often each approval let a request pass. */
  readonly used = new Map<string, number>();
  private done = 0;
  private readonly total: number;
  private readonly chains: Map<string, Chain>;
  private readonly strangers = new Map<string, string>();

  constructor(
    writers: WriterRow[],
    floors: Map<string, { seq: bigint; hash: Buffer }>,
    private readonly problems: Problems,
    private readonly options: VerifyOptions,
  ) {
    const startOf = (writer: WriterRow) => floors.get(writer.id) ?? { seq: 0n, hash: genesis(writer.id, writer.links) };
    this.chains = new Map(writers.map((writer) => [writer.id, new Chain(writer, startOf(writer), problems)]));
    this.total = Number(writers.reduce((sum, writer) => sum + writer.seq - startOf(writer).seq, 0n));
    const seqs = new Map(writers.map((writer) => [writer.id, writer.seq]));
    for (const writer of writers)
      for (const link of writer.links) {
        const seq = seqs.get(link.id);
        if (seq === undefined)
          problems.add(
            'writer.gone',
            `writer ${link.id}`,
            `Writer ${link.id}, which writer ${writer.id} found when it began, is gone.`,
          );
        else if (seq < BigInt(link.seq))
          problems.add(
            'writer.shorter',
            `writer ${link.id}`,
            `Writer ${link.id} had ${link.seq} records when writer ${writer.id} began; now its head says ${seq}.`,
          );
      }
  }

  async hear(said: Said): Promise<void> {
    const chain = this.chains.get(said.writer);
    if (!chain) {
      this.problems.add(
        'writer.gone',
        `writer ${said.writer}`,
        `${said.by} knows writer ${said.writer}; now it is gone.`,
      );
      return;
    }
    if (chain.expect(BigInt(said.seq), said.hash, said.by)) return;
    const there = await hashAt(said.writer, BigInt(said.seq));
    if (there !== said.hash)
      this.problems.add(
        'checkpoint.contradicted',
        `writer ${said.writer}`,
        `${said.by} says otherwise of record ${said.seq} of writer ${said.writer}.`,
      );
  }

  take(record: ReadRecord): void {
    if (record.kind === 'decision') {
      this.decisions += 1;
      const approval = approvalUsed(record.text);
      if (approval) this.used.set(approval, (this.used.get(approval) ?? 0) + 1);
    }
    if (record.kind === 'audit') this.auditEntries += 1;
    const chain = this.chains.get(record.writer);
    if (chain) chain.take(record);
    else if (!this.strangers.has(record.writer) && this.strangers.size < 1_000)
      this.strangers.set(record.writer, record.name);
    this.done += 1;
    if (this.done % TELL_EVERY === 0)
      this.options.onProgress?.({ stage: 'chains', done: this.done, total: this.total });
  }

  async end(): Promise<void> {
    for (const chain of this.chains.values()) chain.end();
    const known = this.strangers.size ? await writerIds() : new Set();
    for (const [writer, name] of this.strangers)
      if (!known.has(writer))
        this.problems.add('record.unknown_writer', name, `${name} is of writer ${writer}, whose head is gone.`);
  }
}

import { gunzipSync } from 'node:zlib';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { tellPulled, vendorOf } from '@/lib/connectors/tell-pulled';
import { findFormat } from '@/lib/mappings/read-by';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { adoptTold } from '@/lib/sessions/adopt-told';
import type { Ask } from '@/lib/sessions/adopted/store';
import { cut } from '@/lib/sessions/cut';
import type { LogFormat } from '@/lib/sessions/import-model';
import {
  bodyOf,
  finishBatches,
  forgetBatches,
  holdInbox,
  returnAttempts,
  takeWaiting,
  type Waiting,
} from '@/lib/sessions/inbox/store';
import { BATCH_ATTEMPTS, type BatchResult, UNPACKED_MOST } from '@/lib/sessions/inbox-model';
import { ingest } from '@/lib/sessions/ingest';
import type { Db } from '@/lib/sessions/ingest/store';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';
import { formatNamed, SAMPLE } from '@/lib/sessions/sniff';

const TAKEN_BYTES = 4_000_000;
const TAKEN_MOST = 200;
/** What is held unpacked at a time ends with the batch that reaches one of these: a few kB of gzip may be many MB. */
const STORED_BYTES = 16_000_000;
const STORED_EVENTS = 20_000;
const MOST_ROUNDS = 50;
const REJECTED_MOST = 100;
const KEPT_MS = 7 * 86_400_000;

/** `{"Records":[]}` and the like. */
const EMPTY_CHARS = 40;

interface Opened {
  id: string;
  /** Whose log it is a piece of. */
  connectorId: string | null;
  /** Characters. */
  unpacked: number;
  result: BatchResult;
  events: SessionEventInput[];
}

/**
 * Ingests the batches that wait, in the order in which they came. A batch stays in the inbox until what it holds is stored, so
 * a process that dies in between loses nothing, and what it had stored already is not stored twice. As long as the database is
 * in trouble it waits: only a process that dies over it, or what it holds being refused, counts as an attempt. A batch that
 * can't be read fails with its reason; refused lines are kept with it.
 */
export async function drainInbox(ctx: Ctx): Promise<{ batches: number; events: number }> {
  authorise(ctx, 'event.ingest');
  const drained = { batches: 0, events: 0 };
  await holdInbox(async () => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const waiting = await takeWaiting(TAKEN_BYTES, TAKEN_MOST);
      if (waiting.length === 0) break;
      drained.events += await drain(waiting);
      drained.batches += waiting.length;
    }
  });
  return drained;
}

/** Results can be read for a week. */
export const forgetDrained = (): Promise<number> => forgetBatches(new Date(clock.ms() - KEPT_MS), 5_000);

async function drain(waiting: Waiting[]): Promise<number> {
  let stored = 0;
  let opened: Opened[] = [];
  let unpacked = 0;
  let events = 0;
  const left = new Set(waiting.map((batch) => batch.id));
  const store = async () => {
    const some = opened;
    opened = [];
    unpacked = 0;
    events = 0;
    stored += await storeOpened(some);
    for (const { id } of some) left.delete(id);
  };
  try {
    const mapped = await mappingsOf(waiting);
    for (const batch of waiting) {
      try {
        if (batch.attempts > BATCH_ATTEMPTS)
          throw new Error(`It could not be ingested ${BATCH_ATTEMPTS} times and is given up.`);
        const one = open(batch, mapped.get(batch.mapping ?? ''));
        opened.push(one);
        unpacked += one.unpacked;
        events += one.events.length;
      } catch (error) {
        await finishBatches(
          [{ id: batch.id, result: null, error: (error as Error).message.slice(0, 1000) }],
          clock.now(),
        );
        left.delete(batch.id);
      }
      if (unpacked >= STORED_BYTES || events >= STORED_EVENTS) await store();
    }
    await store();
  } catch (error) {
    log.error({ err: error, batches: left.size }, 'batches of events were not ingested; they are tried again');
    const own = error instanceof OwnFault ? error.ids : [];
    for (const id of own) left.delete(id);
    await returnAttempts([...left]).catch(() => undefined); // what keeps it from this keeps it from the next try
    throw toBraidError(error instanceof OwnFault ? error.cause : error);
  }
  return stored;
}

/** What batches of sources of one's own are read by. A mapping that can't be used any more is said by each batch it is for. */
async function mappingsOf(waiting: Waiting[]): Promise<Map<string, LogFormat | BraidError>> {
  const names = [...new Set(waiting.flatMap(({ mapping }) => mapping ?? []))];
  const found = new Map<string, LogFormat | BraidError>();
  for (const name of names)
    found.set(
      name,
      await findFormat(name).catch((error: unknown) => {
        if (error instanceof BraidError) return error;
        throw error;
      }),
    );
  return found;
}

/** What the batches hold can't be stored, whenever it is tried. */
class OwnFault extends Error {
  constructor(
    readonly ids: string[],
    cause: unknown,
  ) {
    super('what the batches hold was refused', { cause });
  }
}

/** A value the database refuses, or one that breaks the code that reads it. Anything else is trouble around it, and passes. */
function isOwnFault(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23]\w{3}$/.test(code);
}

async function storeOpened(opened: Opened[]): Promise<number> {
  if (opened.length === 0) return 0;
  const whose = new Map<SessionEventInput, Opened>();
  for (const one of opened) for (const event of one.events) whose.set(event, one);
  const all = [...whose.keys()];
  const batches = Array.from({ length: Math.ceil(all.length / STORED_EVENTS) }, (_, n) =>
    all.slice(n * STORED_EVENTS, (n + 1) * STORED_EVENTS),
  );
  const vendors = new Map<string, string>();
  for (const id of new Set(opened.flatMap(({ connectorId }) => connectorId ?? [])))
    for (const vendor of await vendorOf(id)) vendors.set(id, vendor);
  const stored = await ingest(batches, {
    systemOf: (event) => vendors.get(whose.get(event)?.connectorId ?? ''),
    connectorOf: (event) => whose.get(event)?.connectorId ?? undefined,
    onFresh: (event) => {
      const one = whose.get(event);
      if (one) one.result.events += 1;
    },
    within: (db, fresh) => joinListed(db, fresh, whose),
  }).catch((cause: unknown) => {
    if (!isOwnFault(cause)) throw cause;
    throw new OwnFault(
      opened.map(({ id }) => id),
      cause,
    );
  });
  for (const { result } of opened) result.duplicates = result.read - result.events;
  await tellPulled(opened.flatMap(({ connectorId, events }) => (connectorId ? [{ connectorId, events }] : [])));
  await finishBatches(
    opened.map((one) => ({ id: one.id, result: one.result, error: nothingRead(one) })),
    clock.now(),
  );
  return stored.events;
}

/** What a pulled log tells of a session that its connector lists belongs to that session. */
async function joinListed(db: Db, fresh: SessionEventInput[], whose: Map<SessionEventInput, Opened>): Promise<void> {
  const met = new Map<string, { keys: Set<string>; sources: Set<string> }>();
  for (const event of fresh) {
    const connectorId = whose.get(event)?.connectorId;
    if (!connectorId || event.session?.observedBy !== 'native') continue;
    const seen = met.get(connectorId) ?? { keys: new Set(), sources: new Set() };
    seen.keys.add(event.session.key);
    seen.sources.add(event.source);
    met.set(connectorId, seen);
  }
  const ask: Ask = async (sql, params) => (await db.query(sql, params)).rows;
  for (const [connectorId, { keys, sources }] of [...met].sort())
    await adoptTold(ask, { connectorId, sources: [...(await vendorOf(connectorId)), ...sources], keys: [...keys] });
}

/** Text, and no record in it that its format understands: most likely another format was meant. An empty list is none. */
const nothingRead = ({ result, unpacked }: Opened): string | null =>
  unpacked > EMPTY_CHARS && result.read + result.skipped === 0
    ? `Nothing in it could be read as ${result.format}.`
    : null;

/** A batch unpacked, cut and normalised. Throws when it can't be unpacked, or looks like no known log. */
function open(batch: Waiting, mapped?: LogFormat | BraidError): Opened {
  if (mapped instanceof BraidError) throw mapped;
  const { id, connectorId, format: asked } = batch;
  const text = textOf(bodyOf(batch));
  const format = mapped ?? formatNamed(asked, text.slice(0, SAMPLE));
  const result: BatchResult = {
    format: format.name,
    lines: 0,
    read: 0,
    events: 0,
    duplicates: 0,
    skipped: 0,
    rejected: [],
    rejectedTotal: 0,
  };
  const events: SessionEventInput[] = [];
  for (const raw of cut(format, text)) {
    result.lines += 1;
    const one =
      'reason' in raw ? ({ kind: 'rejected', reason: raw.reason } as const) : readEvent(format, raw.record, clock.ms());
    if (one.kind === 'event') events.push(one.event);
    else if (one.kind === 'skipped') result.skipped += 1;
    else {
      result.rejectedTotal += 1;
      if (result.rejected.length < REJECTED_MOST) result.rejected.push({ line: raw.line, reason: one.reason });
    }
  }
  result.read = events.length;
  const times = events.map((event) => event.at).sort();
  if (times.length > 0) Object.assign(result, { from: times[0], to: times.at(-1) });
  return { id, connectorId, unpacked: text.length, result, events };
}

function textOf(body: Buffer): string {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body.toString('utf8');
  try {
    return gunzipSync(body, { maxOutputLength: UNPACKED_MOST }).toString('utf8');
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(
      large ? `It is larger than ${UNPACKED_MOST} bytes unpacked.` : 'Its gzip stream is broken or cut off.',
      { cause: error },
    );
  }
}

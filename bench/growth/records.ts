import pg from 'pg';
import { copyIn, copyValue } from '@/bench/growth/copy';
import { newId } from '@/lib/platform/ids';

// Old decisions by the million. They are real ones, made by the decision point, given to other identities and other days:
// the same columns, sizes and indexes. Only their chain is not theirs.

/** Decisions that stand model for the others. */
const MODELS = 2_000;
const DAYS = 10;
const LINES_AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** Revisions and places of grown records start here, far from real ones. */
const FIRST = 1_000_000_000;

/** What an identity's decisions mention: ids that change together. */
interface Who {
  ids: string[];
}

interface Model {
  who: Who;
  decisionId: string;
  decision: Template;
  entries: Template[];
  key: Template | null;
}

/** A row as text between the places that change. */
interface Template {
  parts: string[];
  /** Which replacement stands after parts[n]. */
  holes: string[];
}

export interface Grower {
  /** Stores `count` more decisions. Answers how many seconds it took. */
  grow(count: number, say: (line: string) => void): Promise<number>;
  end(): Promise<void>;
}

/** Reads models and identities from what the decision point has stored so far. */
export async function prepareGrowth(url: string): Promise<Grower> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('set synchronous_commit = off'); // loading is not what is measured
  await client.query(`select braid_ensure_partitions(current_date - ${DAYS}, ${DAYS + 8})`);
  const columns = async (table: string): Promise<string[]> =>
    (
      await client.query(
        `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
        [table],
      )
    ).rows.map((row) => row.attname);
  const names = {
    decisions: await columns('decisions'),
    ledger_entries: await columns('ledger_entries'),
    idempotency_keys: await columns('idempotency_keys'),
  };
  const texts = (table: keyof typeof names, alias: string) =>
    names[table].map((name) => `${alias}."${name}"::text as "${name}"`).join(', ');
  const { rows: decisions } = await client.query<Record<string, string | null>>(
    `select ${texts('decisions', 'd')} from decisions d where d.verdict = 'allow' and d.seq < ${FIRST} order by d.id desc limit ${MODELS}`,
  );
  const ids = decisions.map((row) => row.id);
  const { rows: entries } = await client.query<Record<string, string | null>>(
    `select ${texts('ledger_entries', 'l')} from ledger_entries l where l.decision_id = any($1::uuid[])`,
    [ids],
  );
  const { rows: keys } = await client.query<Record<string, string | null>>(
    `select ${texts('idempotency_keys', 'k')} from idempotency_keys k where k.decision_id = any($1::uuid[])`,
    [ids],
  );
  const everybody = await whoIsThere(client);
  const models = decisions.map((decision): Model => {
    const mine = entries.filter((entry) => entry.decision_id === decision.id);
    const key = keys.find((one) => one.decision_id === decision.id);
    const who = {
      ids: [decision.identity_id!, decision.session_id!, ...mine.map((entry) => entry.exposure_id!).sort()],
    };
    const holes = new Map([[decision.id!, 'decision'], ...who.ids.map((id, at): [string, string] => [id, `who${at}`])]);
    const set = (row: Record<string, string | null>, changed: Record<string, string>) => ({
      ...row,
      ...Object.fromEntries(Object.entries(changed).filter(([name]) => name in row)),
    });
    const moving = { day: '\u0001day\u0001', at: '\u0001at\u0001', seq: '\u0001n\u0001', created_at: '\u0001at\u0001' };
    return {
      who,
      decisionId: decision.id!,
      decision: template(set(decision, moving), names.decisions, holes),
      entries: mine.map((entry) =>
        template(set(entry, { ...moving, revision: '\u0001n\u0001' }), names.ledger_entries, holes),
      ),
      key: key
        ? template(set(key, { ...moving, key: 'request:\u0001decision\u0001' }), names.idempotency_keys, holes)
        : null,
    };
  });
  // Only those with as many exposures as the models have can take their place.
  const shape = models[0]?.who.ids.length ?? 0;
  const usable = everybody.filter((who) => who.ids.length === shape);
  if (!models.length || !usable.length) throw new Error('There is nothing to grow from.');
  const { rows: last } = await client.query<{ n: string }>(
    `select coalesce(max(revision), 0)::text as n from ledger_entries where revision >= ${FIRST}`,
  );
  let serial = Math.max(FIRST, Number(last[0]!.n) + 1);
  return {
    end: () => client.end(),
    grow: async (count, say) => {
      const began = performance.now();
      // In pieces, so that nothing has to be held for long; every table gets its part of each.
      const PIECE = 200_000;
      for (let done = 0; done < count; done += PIECE) {
        const piece = Math.min(PIECE, count - done);
        const plan = Array.from({ length: piece }, (_, at) => {
          const n = serial++;
          const back = (n * 7919) % DAYS;
          const atMs = Date.now() - back * DAY_MS - ((n * 104_729) % 80_000) * 1000 * Number(back > 0);
          return {
            n,
            atMs,
            model: models[(n * 31) % models.length]!,
            who: usable[(n * 48_271) % usable.length]!,
            id: newIdAt(atMs, n),
            at,
          };
        });
        const values = (one: (typeof plan)[number]): Record<string, string> => {
          const iso = new Date(one.atMs).toISOString();
          const given: Record<string, string> = { decision: one.id, n: String(one.n), at: iso, day: iso.slice(0, 10) };
          one.who.ids.forEach((id, at) => {
            given[`who${at}`] = id;
          });
          return given;
        };
        const load = (
          table: keyof typeof names,
          lines: (one: (typeof plan)[number], given: Record<string, string>) => string,
        ) => {
          let at = 0;
          return copyIn(
            client,
            `copy ${table} (${names[table].map((name) => `"${name}"`).join(', ')}) from stdin`,
            () => {
              if (at >= plan.length) return null;
              let text = '';
              for (const end = Math.min(plan.length, at + LINES_AT_ONCE); at < end; at++)
                text += lines(plan[at]!, values(plan[at]!));
              return Buffer.from(text);
            },
          );
        };
        await load('decisions', (one, given) => fill(one.model.decision, given));
        await load('ledger_entries', (one, given) => one.model.entries.map((entry) => fill(entry, given)).join(''));
        const young = Date.now() - DAY_MS;
        await load('idempotency_keys', (one, given) =>
          one.model.key && one.atMs > young ? fill(one.model.key, given) : '',
        );
        say(`  ${done + piece} of ${count} stored, ${Math.round((performance.now() - began) / 1000)} s`);
      }
      return (performance.now() - began) / 1000;
    },
  };
}

/** A v7 id of that time; the number keeps ids of one millisecond apart. */
const newIdAt = (atMs: number, n: number): string =>
  `${Math.trunc(atMs)
    .toString(16)
    .padStart(12, '0')
    .replace(
      /^(.{8})/,
      '$1-',
    )}-7${(n & 0xfff).toString(16).padStart(3, '0')}-8${newId().slice(20, 23)}-${n.toString(16).padStart(12, '0')}`;

/** Identities with a session and their exposures, in the order their models have them: by what they are, not by id. */
async function whoIsThere(client: pg.Client): Promise<Who[]> {
  const { rows } = await client.query<{ ids: string[] }>(
    `select array[s.identity_id::text, s.id::text] || array_agg(distinct l.exposure_id::text order by l.exposure_id::text) as ids
     from sessions s join ledger_entries l on l.session_id = s.id group by s.id, s.identity_id limit 100000`,
  );
  return rows;
}

/** Around the name of what stands there: never part of a record's text. */
const EDGE = '\u0001';

function template(row: Record<string, string | null>, names: string[], holes: Map<string, string>): Template {
  let text = `${names.map((name) => copyValue(row[name] ?? null)).join('\t')}\n`;
  for (const [id, hole] of holes) text = text.replaceAll(id, `\u0001${hole}\u0001`);
  const pieces = text.split(EDGE);
  return {
    parts: pieces.filter((_, at) => at % 2 === 0),
    holes: pieces.filter((_, at) => at % 2 === 1),
  };
}

function fill({ parts, holes }: Template, given: Record<string, string>): string {
  let text = parts[0]!;
  for (let at = 0; at < holes.length; at++) text += given[holes[at]!]! + parts[at + 1]!;
  return text;
}

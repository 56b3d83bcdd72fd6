import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest, genesis, link } from '@/lib/decisions/seal';
import { Chain, type ChainRecord } from '@/lib/decisions/verify/chain';
import { Problems } from '@/lib/decisions/verify/model';

const WRITER = '0190aaaa-0000-7000-8000-000000000001';
const start = genesis(WRITER, []);

function recordOf(seq: bigint, text: string, hash: Buffer): ChainRecord {
  return { writer: WRITER, seq, name: `record ${seq}`, digest: digest(text), hash, differences: () => '' };
}

function chainOf(texts: string[]): { records: ChainRecord[]; head: { id: string; seq: bigint; hash: Buffer } } {
  let hash = start;
  const records = texts.map((text, at) => {
    hash = link(hash, WRITER, BigInt(at + 1), digest(text));
    return recordOf(BigInt(at + 1), text, hash);
  });
  return { records, head: { id: WRITER, seq: BigInt(texts.length), hash } };
}

function walk(records: ChainRecord[], head: { id: string; seq: bigint; hash: Buffer }, said: [bigint, string][] = []) {
  const problems = new Problems();
  const chain = new Chain(head, { seq: 0n, hash: start }, problems);
  for (const [seq, hash] of said) chain.expect(seq, hash, 'Checkpoint 1');
  for (const record of records) chain.take(record);
  chain.end();
  return problems.list;
}

const texts = fc.array(fc.string(), { minLength: 2, maxLength: 40 });
const flip = (hash: Buffer): Buffer => Buffer.from(hash.map((byte, at) => (at === 7 ? byte ^ 1 : byte)));

test('an untouched chain is proven; so is one whose days were cut where a clock went back', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), (all, a, b) => {
      const { records, head } = chainOf(all);
      expect(walk(records, head)).toEqual([]);
      // A stretch that lies in a later day than what follows it.
      const [from, to] = [a % all.length, b % all.length].sort((x, y) => x - y) as [number, number];
      const moved = [...records.slice(0, from), ...records.slice(to), ...records.slice(from, to)];
      expect(walk(moved, head)).toEqual([]);
    }),
  );
});

test('one bent record of any chain is found, and only that one is named', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.constantFrom('text', 'hash', 'gone', 'twice'), (all, at, how) => {
      const { records, head } = chainOf(all);
      const index = at % all.length;
      const bent = records[index]!;
      const changed = {
        text: [{ ...bent, digest: digest(`${all[index]}.`) }],
        hash: [{ ...bent, hash: flip(bent.hash!) }],
        gone: [],
        twice: [bent, bent],
      }[how];
      const found = walk([...records.slice(0, index), ...changed, ...records.slice(index + 1)], head);
      expect(found).toHaveLength(1);
      const last = index === all.length - 1;
      const code = {
        text: 'record.changed',
        hash: 'record.changed',
        gone: last ? 'tail.cut' : 'record.missing',
        twice: 'record.twice',
      }[how];
      expect(found[0]!.code).toBe(code);
      expect(found[0]!.message).toContain(how === 'gone' && last ? `ends at record ${index}` : `${index + 1}`);
      expect(found[0]!.message.includes('its stored hash was changed')).toBe(how === 'hash');
    }),
  );
});

test('a chain rewritten from some record on, head and all, contradicts what was signed of it', () => {
  fc.assert(
    fc.property(texts, fc.nat(), (all, at) => {
      const index = at % all.length;
      const signed = chainOf(all);
      const rewritten = chainOf(all.map((text, i) => (i === index ? `${text}.` : text)));
      expect(walk(rewritten.records, rewritten.head)).toEqual([]);
      const said: [bigint, string][] = [[signed.head.seq, signed.head.hash.toString('hex')]];
      expect(walk(rewritten.records, rewritten.head, said).map((one) => one.code)).toEqual(['checkpoint.contradicted']);
      const cut = chainOf(all.slice(0, -1));
      expect(walk(cut.records, cut.head, said).map((one) => one.code)).toEqual(['tail.cut']);
    }),
  );
});

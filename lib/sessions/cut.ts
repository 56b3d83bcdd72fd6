import { LISTS, type LogFormat } from '@/lib/sessions/import-model';
import { CsvSplitter } from '@/lib/sessions/split-csv';
import { JsonSplitter } from '@/lib/sessions/split-json';
import { LineSplitter, parseRecord, type RawRecord, type Splitter } from '@/lib/sessions/split-lines';

/** How a format's files are cut. */
export type Cutting = Pick<LogFormat, 'shape' | 'lists' | 'continues' | 'unpack'>;

const UNPACKED_MOST = 10_000;

/** NDJSON is read by lines, so that a broken line costs itself alone; any other JSON by its brackets. */
export function isByLine(sample: string, lists: readonly string[] = LISTS): boolean {
  const text = sample.replace(/^\uFEFF/, '').trimStart();
  const newline = text.indexOf('\n');
  if (newline === -1) return false;
  const first = text.slice(0, newline).trim();
  const parsed = parseRecord(first, 1);
  if ('record' in parsed) {
    const record = parsed.record as Record<string, unknown> | null;
    if (!record || typeof record !== 'object' || Array.isArray(record)) return false;
    return !lists.some((name) => Array.isArray(record[name]));
  }
  // A first line that is no JSON: a document that goes on, unless the next line begins a record of its own.
  return !/[[{,:]$/.test(first) && /^\s*\{.*\}\s*$/m.test(text.slice(newline + 1));
}

/** What cuts a file of this format that begins like `sample`. Records that hold several come out one by one, on one line. */
export function cutter(format: Cutting, sample: string): Splitter {
  const splitter = plain(format, sample);
  const { unpack } = format;
  if (!unpack) return splitter;
  const open = (raw: RawRecord[]): RawRecord[] =>
    raw.flatMap((each): RawRecord[] =>
      'reason' in each
        ? [each]
        : unpack(each.record)
            .slice(0, UNPACKED_MOST)
            .map((record) => ({ line: each.line, record })),
    );
  return { push: (chunk) => open(splitter.push(chunk)), end: () => open(splitter.end()) };
}

function plain({ shape, lists, continues }: Cutting, sample: string): Splitter {
  const cut = typeof shape === 'function' ? shape(sample) : shape;
  if (cut === 'csv') return new CsvSplitter();
  if (cut === 'lines') return new LineSplitter(undefined, continues);
  return isByLine(sample, lists) ? new LineSplitter(parseRecord) : new JsonSplitter(lists);
}

/** All records of a text that is there as a whole. */
export function cut(format: Cutting, text: string): RawRecord[] {
  const plainText = text.replace(/^\uFEFF/, '');
  const splitter = cutter(format, plainText.slice(0, 65_536));
  return [...splitter.push(plainText), ...splitter.end()];
}

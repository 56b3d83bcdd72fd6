import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { JsonSplitter, parseRecord, type RawRecord, RECORD_MOST } from '@/lib/sessions/split-json';

const SAMPLE_BYTES = 65_536;

/** The first 64 kB of a file as text, unpacked if it is gzip. */
export async function readSample(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
    const plain = gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 256 * 1_048_576 });
    return plain.subarray(0, SAMPLE_BYTES).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** NDJSON is read by lines, so that a broken line costs itself alone; any other JSON by its brackets. */
export function isByLine(sample: string): boolean {
  const text = sample.replace(/^\uFEFF/, '').trimStart();
  const newline = text.indexOf('\n');
  if (newline === -1) return false;
  const first = text.slice(0, newline).trim();
  const parsed = parseRecord(first, 1);
  if ('record' in parsed) {
    const record = parsed.record as Record<string, unknown> | null;
    return (
      Boolean(record) &&
      typeof record === 'object' &&
      !Array.isArray(record) &&
      !Object.values(record!).some(Array.isArray)
    );
  }
  // A first line that is no JSON: a document that goes on, unless the next line begins a record of its own.
  return !/[[{,:]$/.test(first) && /^\s*\{.*\}\s*$/m.test(text.slice(newline + 1));
}

/** Lines of a text that comes in chunks; one that is too long is refused, not kept. */
class LineSplitter {
  private rest = '';
  private line = 1;
  private skipping = false;
  constructor(private readonly parse: (text: string, line: number) => RawRecord) {}

  push(chunk: string): RawRecord[] {
    const out: RawRecord[] = [];
    const lines = chunk.split('\n');
    for (let i = 0; i < lines.length; i++) {
      const text = this.rest + lines[i]!;
      const last = i === lines.length - 1;
      if (text.length > RECORD_MOST && !this.skipping) {
        out.push({ line: this.line, reason: 'is longer than a line may be' });
        this.skipping = true;
      }
      if (last) {
        this.rest = this.skipping ? '' : text;
        break;
      }
      if (!this.skipping) this.take(text, out);
      this.rest = '';
      this.skipping = false;
      this.line++;
    }
    return out;
  }

  end(): RawRecord[] {
    const out: RawRecord[] = [];
    if (!this.skipping) this.take(this.rest, out);
    return out;
  }

  private take(text: string, out: RawRecord[]): void {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (line.trim() !== '') out.push(this.parse(line, this.line));
  }
}

/**
 * Streams one file, plain or gzip (known by its first bytes, not its name), as records with their line numbers. Memory
 * stays bounded whatever the size. What breaks the file itself (a cut gzip, a read error) is a record with its reason.
 * `onBytes` is told how many bytes of the file have been read.
 */
export async function* readSource(
  file: string,
  shape: 'json' | 'lines',
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<RawRecord[]> {
  let line = 0;
  try {
    const sample = await readSample(file);
    const splitter =
      shape === 'lines'
        ? new LineSplitter((text, at) => ({ line: at, record: text }))
        : isByLine(sample)
          ? new LineSplitter(parseRecord)
          : new JsonSplitter();
    for await (const text of readText(file, onBytes)) {
      const records = splitter.push(text);
      line = records.at(-1)?.line ?? line;
      if (records.length > 0) yield records;
    }
    const rest = splitter.end();
    if (rest.length > 0) yield rest;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const reason =
      code === 'Z_BUF_ERROR' ? 'the file ends in the middle of its gzip stream' : `the file can't be read on: ${code}`;
    yield [{ line: line + 1, reason }];
  }
}

async function* readText(file: string, onBytes: (bytes: number) => void): AsyncGenerator<string> {
  const raw = createReadStream(file, { highWaterMark: 262_144 });
  const decoder = new TextDecoder('utf-8');
  const handle = await open(file, 'r');
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  const zipped = buffer[0] === 0x1f && buffer[1] === 0x8b;
  raw.on('data', (chunk) => onBytes(chunk.length));
  raw.pause();
  const plain = zipped ? raw.pipe(createGunzip()) : raw;
  if (zipped) raw.on('error', (error) => plain.destroy(error));
  try {
    for await (const chunk of plain) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  } finally {
    raw.destroy();
  }
}

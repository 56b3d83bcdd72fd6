import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { type Cutting, cutter } from '@/lib/sessions/cut';
import type { RawRecord } from '@/lib/sessions/split-lines';

const SAMPLE_BYTES = 65_536;

/** How a text is written, by the mark it begins with: what Windows saves as «Unicode» is UTF-16; everything else is UTF-8. */
const decoderOf = (bytes: Uint8Array): TextDecoder =>
  new TextDecoder(
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8',
  );

/** The first 64 kB of a file as text, unpacked if it is gzip. */
export async function readSample(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return decoderOf(bytes).decode(bytes);
    const plain = gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 256 * 1_048_576 });
    const sample = plain.subarray(0, SAMPLE_BYTES);
    return decoderOf(sample).decode(sample);
  } finally {
    await handle.close();
  }
}

/**
 * Streams one file, plain or gzip (known by its first bytes, not its name), as records with their line numbers. Memory
 * stays bounded whatever the size. What breaks the file itself (a cut gzip, a read error) is a record with its reason.
 * `onBytes` is told how many bytes of the file have been read.
 */
export async function* readSource(
  file: string,
  format: Cutting,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<RawRecord[]> {
  let line = 0;
  try {
    const splitter = cutter(format, await readSample(file));
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
  let decoder: TextDecoder | undefined;
  const handle = await open(file, 'r');
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  const zipped = buffer[0] === 0x1f && buffer[1] === 0x8b;
  raw.on('data', (chunk) => onBytes(chunk.length));
  raw.pause();
  const plain = zipped ? raw.pipe(createGunzip()) : raw;
  if (zipped) raw.on('error', (error) => plain.destroy(error));
  try {
    for await (const chunk of plain) {
      decoder ??= decoderOf(chunk as Buffer);
      yield decoder.decode(chunk as Buffer, { stream: true });
    }
    if (decoder) yield decoder.decode();
  } finally {
    raw.destroy();
  }
}

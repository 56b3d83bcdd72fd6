import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import type { EvidenceFormat } from '@/lib/decisions/evidence/model';
import { BraidError } from '@/lib/platform/errors';

// Archives as everybody can open them, written as streams: ZIP (APPNOTE 6.3, data descriptors) and POSIX tar (ustar), gzipped.

const MAX_ZIP = 0xffff_fffe;

interface Packed {
  /** As it stands in the archive. */
  name: string;
  file: string;
  bytes: number;
}

function filesOf(folder: string): Packed[] {
  const root = path.basename(folder);
  const below = (dir: string): Packed[] =>
    fs
      .readdirSync(dir, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const file = path.join(dir, entry.name);
        const name = path.posix.join(root, path.relative(folder, file).replaceAll(path.sep, '/'));
        return entry.isDirectory() ? below(file) : [{ name, file, bytes: fs.statSync(file).size }];
      });
  return below(folder);
}

/** Packs a folder into a file beside nothing else. Throws `input.too_large` beyond what a ZIP can hold. */
export async function pack(folder: string, format: EvidenceFormat, to: string): Promise<void> {
  const out = fs.createWriteStream(to, { mode: 0o600, flags: 'wx' });
  if (format === 'zip') await pipeline(Readable.from(zip(filesOf(folder))), out);
  else await pipeline(Readable.from(tar(filesOf(folder))), zlib.createGzip(), out);
}

const u16 = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Deflated, UTF-8 names, sizes after the data; the time is 1980-01-01, so that the same bundle packs to the same bytes. */
const ENTRY = Buffer.concat([u16(20), u16(0x0808), u16(8), u16(0), u16(0x21)]);

async function* zip(files: Packed[]): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, file, bytes } of files) {
    const label = Buffer.from(name);
    const local = Buffer.concat([u32(0x04034b50), ENTRY, Buffer.alloc(12), u16(label.length), u16(0), label]);
    yield local;
    let crc = 0;
    let packed = 0;
    const source = fs.createReadStream(file).on('data', (block) => {
      crc = zlib.crc32(block as Buffer, crc);
    });
    for await (const block of source.pipe(zlib.createDeflateRaw())) {
      packed += (block as Buffer).length;
      yield block as Buffer;
    }
    const sizes = Buffer.concat([u32(crc), u32(packed), u32(bytes)]);
    yield Buffer.concat([u32(0x08074b50), sizes]);
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(20),
        ENTRY,
        sizes,
        u16(label.length),
        u16(0),
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        u32(offset),
        label,
      ]),
    );
    offset += local.length + packed + 16;
    if (offset > MAX_ZIP || bytes > MAX_ZIP)
      throw new BraidError('input.too_large', 'This is more than a ZIP can hold: choose tar.gz, or a shorter period.');
  }
  const end = Buffer.concat(directory);
  yield end;
  const count = u16(files.length);
  yield Buffer.concat([u32(0x06054b50), u16(0), u16(0), count, count, u32(end.length), u32(offset), u16(0)]);
}

async function* tar(files: Packed[]): AsyncGenerator<Buffer> {
  for (const { name, file, bytes } of files) {
    yield header(name, bytes);
    for await (const block of fs.createReadStream(file)) yield block as Buffer;
    yield Buffer.alloc((512 - (bytes % 512)) % 512);
  }
  yield Buffer.alloc(1024);
}

function header(name: string, bytes: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

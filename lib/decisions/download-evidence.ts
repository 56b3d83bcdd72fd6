import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Ctx } from '@/lib/access/model';
import type { EvidenceFormat, EvidenceQuery } from '@/lib/decisions/evidence/model';
import { evidenceName, exportEvidence } from '@/lib/decisions/export-evidence';
import { clock } from '@/lib/platform/clock';

/** An evidence bundle as a stream; its file is gone as soon as it was read or given up. Errors as `exportEvidence`. */
export async function downloadEvidence(
  ctx: Ctx,
  { query, format }: { query: EvidenceQuery; format: EvidenceFormat },
): Promise<{ stream: ReadableStream<Uint8Array>; name: string; type: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-download-'));
  const clean = () => fs.rm(folder, { recursive: true, force: true }, () => undefined);
  const name = `${evidenceName(clock.now())}.${format}`;
  try {
    const out = path.join(folder, name);
    await exportEvidence(ctx, query, { format, out });
    const file = fs.createReadStream(out).once('close', clean);
    const stream = Readable.toWeb(file) as ReadableStream<Uint8Array>;
    return { stream, name, type: format === 'zip' ? 'application/zip' : 'application/gzip' };
  } catch (error) {
    clean();
    throw error;
  }
}

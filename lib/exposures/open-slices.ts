import { readUuid, writeUuid } from '@/lib/exposures/lane/uuid';
import type { Slice } from '@/lib/exposures/model';

// Slices that stand in their exposure's own row, packed: 40 bytes each, integers big-endian. extra.sql reads the same
// (braid_open_slices).

const BYTES = 40;

/** end (ms), session, settled, alone; null where there are none. */
export function packSlices(slices: ReadonlyMap<string, Slice>): Buffer | null {
  if (!slices.size) return null;
  const into = Buffer.allocUnsafe(slices.size * BYTES);
  const view = new DataView(into.buffer, into.byteOffset, into.length);
  let at = 0;
  for (const slice of slices.values()) {
    view.setUint32(at, Math.floor(slice.endMs / 2 ** 32));
    view.setUint32(at + 4, slice.endMs >>> 0);
    writeUuid(into, at + 8, slice.sessionId);
    view.setBigInt64(at + 24, slice.settled);
    view.setBigInt64(at + 32, slice.alone);
    at += BYTES;
  }
  return into;
}

export function unpackSlices(packed: Buffer | null): Slice[] {
  const slices: Slice[] = [];
  for (let at = 0; packed && at < packed.length; at += BYTES)
    slices.push({
      endMs: Number(packed.readBigInt64BE(at)),
      sessionId: readUuid(packed, at + 8),
      settled: packed.readBigInt64BE(at + 24),
      alone: packed.readBigInt64BE(at + 32),
    });
  return slices;
}

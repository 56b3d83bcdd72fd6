// A log much larger than the memory of the process that reads it: how much that takes at each tenth of the file.
import { fork } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { writeLarge } from '@/bench/ingest/logs';

/** Of the old generation and of one half of the young one, MB: what Node is allowed to keep. */
const OLD_MB = 256;
const YOUNG_MB = 64;

export interface Large {
  bytes: number;
  lines: number;
  events: number;
  seconds: number;
  oldMb: number;
  youngMb: number;
  /** Most that was resident until each tenth of the file was read, since the one before, MB. */
  tenths: { share: number; residentMb: number; heapMb: number }[];
  mostMb: number;
}

interface Sample {
  done?: number;
  rss?: number;
  heapUsed?: number;
  events?: number;
  rejectedTotal?: number;
  most?: number;
}

export async function large(url: string, home: string, gigabytes: number, say: (line: string) => void): Promise<Large> {
  const log = path.join(home, 'large.ndjson');
  const lines = await writeLarge(gigabytes * 1e9, log);
  const { size: bytes } = fs.statSync(log);
  say(`${lines} records, ${(bytes / 1e9).toFixed(2)} GB; the process may keep ${OLD_MB} MB`);
  const child = fork(path.join(import.meta.dirname, 'import-large.ts'), [url, log], {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${OLD_MB}`, `--max-semi-space-size=${YOUNG_MB}`],
  });
  const most = Array.from({ length: 10 }, () => ({ rss: 0, heap: 0 }));
  let end: Sample = {};
  let told = -1;
  const startedAt = process.hrtime.bigint();
  child.on('message', (sample: Sample) => {
    if (sample.events !== undefined) {
      end = sample;
      return;
    }
    const tenth = Math.min(9, Math.floor((sample.done ?? 0) * 10));
    most[tenth]!.rss = Math.max(most[tenth]!.rss, sample.rss!);
    most[tenth]!.heap = Math.max(most[tenth]!.heap, sample.heapUsed!);
    if (tenth === told) return;
    if (told >= 0)
      say(
        `  ${told + 1}0 %: ${Math.round(most[told]!.rss / 1e6)} MB resident, ${Math.round(most[told]!.heap / 1e6)} MB of heap`,
      );
    told = tenth;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  fs.rmSync(log);
  if (code !== 0) throw new Error(`the importing process ended with ${code}`);
  if (end.events !== lines || end.rejectedTotal !== 0)
    throw new Error(`${lines} lines were written, ${end.events} events stored, ${end.rejectedTotal} refused`);
  return {
    bytes,
    lines,
    events: end.events,
    seconds,
    oldMb: OLD_MB,
    youngMb: YOUNG_MB,
    tenths: most.map(({ rss, heap }, n) => ({ share: (n + 1) / 10, residentMb: rss / 1e6, heapMb: heap / 1e6 })),
    mostMb: end.most! / 1e6,
  };
}

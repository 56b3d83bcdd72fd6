import { spawn } from 'node:child_process';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { BlindReport } from '@/lib/allotments/model';
import type { Snapshot } from '@/lib/coverage/model';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';

/** Longest a report may take to draw, ms; then the process is ended. */
const LIMIT_MS = 60_000;
/** Reports drawn at a time by one process; more are refused, because each takes a core for a second or more. */
const AT_ONCE = 2;
let drawing = 0;

/** Draws a snapshot, and what was decided blind before it, as PDF in a process of its own. Errors: `access.rate_limited`, `internal`. */
export async function reportPdf(snapshot: Snapshot, blind: BlindReport): Promise<Buffer> {
  if (drawing >= AT_ONCE)
    throw new BraidError('access.rate_limited', 'Other reports are being drawn. Try again in a moment.');
  drawing += 1;
  try {
    const root = projectRoot();
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'lib', 'coverage', 'pdf', 'draw.ts')], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      env: { NODE_ENV: process.env.NODE_ENV },
    });
    child.stdin.on('error', () => undefined); // it died: its exit code says so
    child.stdin.end(JSON.stringify({ snapshot, blind }));
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [pdf, said, code] = await Promise.all([buffer(child.stdout), text(child.stderr), exit]);
    if (code !== 0 || pdf.subarray(0, 5).toString('latin1') !== '%PDF-')
      throw new BraidError('internal', 'The report could not be drawn as PDF. The log has the details.', {
        cause: new Error(said.slice(-2000)),
      });
    return pdf;
  } finally {
    drawing -= 1;
  }
}

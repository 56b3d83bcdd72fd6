import { callApi } from '@/components/ui/call-api';
import type { ImportRow } from '@/lib/sessions/import-model';

/** How far an upload is. */
export type Sending =
  | { phase: 'sending'; file: string; percent: number }
  | { phase: 'reading'; file: string; events: number }
  | { phase: 'done'; events: number; sessions: number; identities: number }
  | { phase: 'failed'; message: string };

const POLL_MS = 500;

/** Sends one file; only XMLHttpRequest tells how far an upload is. Resolves to the import's id. */
function sendOne(file: File, say: (sending: Sending) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/imports?name=${encodeURIComponent(file.name.slice(0, 300))}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) =>
      say({ phase: 'sending', file: file.name, percent: total > 0 ? Math.floor((loaded / total) * 100) : 0 });
    request.onerror = () => reject(new Error(`${file.name} could not be sent.`));
    request.onload = () => {
      const answer = request.response as { importId?: string; title?: string } | null;
      if (request.status === 202 && answer?.importId) resolve(answer.importId);
      else reject(new Error(answer?.title ?? `${file.name} was refused (${request.status}).`));
    };
    request.send(file);
  });
}

async function settled(id: string, file: string, say: (sending: Sending) => void): Promise<ImportRow> {
  for (;;) {
    const row = await callApi<ImportRow>(`/imports/${id}`, {});
    if (row.state !== 'running') return row;
    say({ phase: 'reading', file, events: row.progress?.events ?? 0 });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Sends files one after another and follows each import to its end. Tells by `say`; never throws. */
export async function sendLogs(files: File[], say: (sending: Sending) => void): Promise<void> {
  const sum = { events: 0, sessions: 0, identities: 0 };
  try {
    for (const file of files) {
      const row = await settled(await sendOne(file, say), file.name, say);
      if (row.state === 'failed' || !row.result) throw new Error(row.error ?? `${file.name} could not be read.`);
      sum.events += row.result.events;
      sum.sessions += row.result.sessions;
      sum.identities += row.result.identities;
    }
    say({ phase: 'done', ...sum });
  } catch (error) {
    say({ phase: 'failed', message: error instanceof Error ? error.message : 'The upload failed.' });
  }
}

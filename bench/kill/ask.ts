import http from 'node:http';

/** A whole answer, or `null` where the connection was lost, refused or hung up before one came. */
export interface Heard {
  status: number;
  body: {
    decision?: boolean;
    context?: {
      reason?: string;
      message?: string;
      braid?: { decision_id: string; verdict: string; hold_id?: string };
    };
    code?: string;
    state?: string;
  };
}

export interface Asker {
  post(port: number, target: string, body: unknown, hangUpMs?: number): Promise<Heard | null>;
  close(): void;
}

/** Longer than any answer may take, frozen processes included: who waits this long was forgotten. */
const PATIENCE_MS = 20_000;

/** Keep-alive connections to the decision points, lost whenever one of them dies. */
export function openAsker(token: string): Asker {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  return {
    close: () => agent.destroy(),
    post: (port, target, body, hangUpMs) =>
      new Promise((resolve) => {
        const text = JSON.stringify(body);
        const request = http.request(
          {
            host: '127.0.0.1',
            port,
            path: target,
            method: 'POST',
            agent,
            timeout: PATIENCE_MS,
            headers: {
              Authorization: `Bearer ${token}`,
              'Content-Type': 'application/json',
              'Content-Length': Buffer.byteLength(text),
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', () => resolve(null));
            response.on('close', () => {
              if (!response.complete) return resolve(null);
              const said = Buffer.concat(chunks).toString('utf8');
              try {
                resolve({ status: response.statusCode!, body: JSON.parse(said) });
              } catch {
                resolve({ status: response.statusCode!, body: {} });
              }
            });
          },
        );
        request.on('error', () => resolve(null));
        request.on('timeout', () => request.destroy(new Error('no answer')));
        request.end(text);
        if (hangUpMs !== undefined) setTimeout(() => request.destroy(), hangUpMs);
      }),
  };
}

import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { startNode } from '@/bench/lab/processes';

export interface Asking {
  /** Connections are spread over these in turn. */
  ports: number[];
  connections: number;
  seconds: number;
  /** Whole HTTP requests, asked in turn; `#KEY#` in them becomes an id that never comes twice when `keyed`. */
  requests: string[];
  keyed?: boolean;
}

export interface Heard {
  /** Decisions a second. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  answers: number;
  allowed: number;
  /** 503 and 429: answers that were no decision, counted nowhere else. */
  refused: number;
}

export interface Caller {
  ask(asking: Asking): Promise<Heard>;
  process: ChildProcess;
}

/** The load generator of all cases, the same for everybody who is asked. `ask` rejects on an answer that is neither a decision nor a refusal. */
export async function startCaller(): Promise<Caller> {
  const child = await startNode([path.join(import.meta.dirname, 'caller.mjs')]);
  return {
    process: child,
    ask: (asking) =>
      new Promise((resolve, reject) => {
        child.once('message', (message: { result?: Heard; error?: string }) =>
          message.result ? resolve(message.result) : reject(new Error(message.error)),
        );
        child.send({ keyed: false, ...asking });
      }),
  };
}

/** One evaluation as HTTP. `keyed` carries an X-Request-ID of its own each time, which makes it idempotent. */
export function httpRequest(body: unknown, token: string, keyed = false): string {
  const text = JSON.stringify(body);
  const head = [
    'POST /access/v1/evaluation HTTP/1.1',
    'Host: pdp',
    'Content-Type: application/json',
    `Authorization: Bearer ${token}`,
    ...(keyed ? ['X-Request-ID: #KEY#'] : []),
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}

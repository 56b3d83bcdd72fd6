import net from 'node:net';

/** A closed loop of callers over raw sockets, so that asking takes as little of the machine as can be. */
export interface Load {
  port: number;
  connections: number;
  seconds: number;
  /** The n-th request, whole. */
  request(n: number): string;
}

export interface Cell {
  perSecond: number;
  p50: number;
  p99: number;
  answers: number;
  /** Answers that were no decision (503). */
  refused: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Asks as fast as `connections` callers are answered. Throws when an answer is neither 200 nor 503. */
export async function load({ port, connections, seconds, request }: Load): Promise<Cell> {
  const latencies: number[] = [];
  let n = 0;
  let refused = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const caller = () =>
    new Promise<void>((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      let sentMs = 0;
      let kept: Buffer = Buffer.alloc(0);
      const ask = () => {
        if (performance.now() >= until) {
          socket.end();
          return resolve();
        }
        sentMs = performance.now();
        socket.write(request(n++));
      };
      socket.on('connect', ask).on('error', reject);
      socket.on('data', (chunk) => {
        kept = kept.length ? Buffer.concat([kept, chunk]) : chunk;
        const end = kept.indexOf(HEAD_END);
        if (end < 0) return;
        const head = kept.toString('latin1', 0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (kept.length < end + 4 + length) return;
        const status = Number(head.slice(9, 12));
        if (status === 503) refused++;
        else if (status !== 200) return reject(new Error(`status ${status}`));
        kept = kept.subarray(end + 4 + length);
        latencies.push(performance.now() - sentMs);
        ask();
      });
    });
  await Promise.all(Array.from({ length: connections }, caller));
  const took = (performance.now() - began) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  return { perSecond: latencies.length / took, p50: at(0.5), p99: at(0.99), answers: latencies.length, refused };
}

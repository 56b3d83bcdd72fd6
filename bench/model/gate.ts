import net from 'node:net';
import type { Chance } from '@/bench/lab/chance';

/** Nothing has moved for this long: whoever could go on without being let has done so. */
const QUIET_MS = 1.5;
/** Waiting for a lock of somebody who is held back looks like this as well. */
const STUCK_MS = 6;

interface Packet {
  line: Line;
  bytes: Buffer;
}

interface Line {
  client: net.Socket;
  server: net.Socket;
  /** Only the lanes, which carry the decisions, are held back; look-ups pass. */
  lane: boolean;
}

export interface Gate {
  port: number;
  /**
   * Runs all of `work` at once with every packet of a lane held back until its turn, which `chance` decides. Each works for
   * the decision point of that name: once all that are busy have something to say, nobody else is waited for.
   */
  controlled<T>(chance: Chance, cuts: Cut[], work: { by: unknown; run(): Promise<T> }[]): Promise<T[]>;
  /** Changes what lanes say to the server, length for length: how bugs are planted. */
  rewrite: ((text: string) => string) | null;
  close(): Promise<void>;
}

/** The connection that sends the `at`-th packet is lost before the server has it, or after, before anybody hears the answer. */
export interface Cut {
  at: number;
  when: 'before' | 'after';
}

/** Stands between decision points and PostgreSQL and decides whose packet goes next: one at a time. */
export async function openGate(target: { host: string; port: number }): Promise<Gate> {
  const waiting: Packet[] = [];
  const lines = new Set<Line>();
  let held = false;
  let movedMs = 0;
  const moved = () => {
    movedMs = performance.now();
  };
  const server = net.createServer((client) => {
    const line: Line = { client, server: net.connect(target), lane: false };
    lines.add(line);
    client.setNoDelay(true);
    line.server.setNoDelay(true);
    let started = false;
    client.on('data', (bytes) => {
      if (!started) {
        started = true;
        line.lane = bytes.includes(' lane\0');
      }
      const said = line.lane && gate.rewrite ? Buffer.from(gate.rewrite(bytes.toString('latin1')), 'latin1') : bytes;
      moved();
      if (held && line.lane) waiting.push({ line, bytes: said });
      else line.server.write(said);
    });
    line.server.on('data', (bytes) => {
      moved();
      client.write(bytes);
    });
    const end = () => {
      moved();
      lines.delete(line);
      client.destroy();
      line.server.destroy();
    };
    for (const socket of [client, line.server]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));

  const quiet = async (enough: () => boolean): Promise<void> => {
    const began = performance.now();
    for (;;) {
      await new Promise((resolve) => (enough() ? resolve(0) : setTimeout(resolve, 0)));
      if (enough()) return;
      const now = performance.now();
      if (now - movedMs > QUIET_MS || now - began > STUCK_MS) return;
    }
  };
  const release = ({ line, bytes }: Packet, cut: Cut | undefined): void => {
    moved();
    if (cut?.when === 'before') line.client.destroy();
    else if (cut) {
      line.server.removeAllListeners('data');
      line.server.on('data', () => line.client.destroy());
      line.server.write(bytes);
    } else line.server.write(bytes);
  };
  const gate: Gate = {
    port: (server.address() as net.AddressInfo).port,
    rewrite: null,
    controlled: async (chance, cuts, work) => {
      held = true;
      let turn = 0;
      const busy = new Map<unknown, number>();
      const result = Promise.all(
        work.map(async ({ by, run }) => {
          busy.set(by, (busy.get(by) ?? 0) + 1);
          try {
            return await run();
          } finally {
            moved();
            if (busy.get(by) === 1) busy.delete(by);
            else busy.set(by, busy.get(by)! - 1);
          }
        }),
      );
      result.catch(() => undefined);
      while (busy.size) {
        await quiet(() => new Set(waiting.map((packet) => packet.line)).size >= busy.size);
        const living = waiting.filter((packet) => !packet.line.client.destroyed);
        waiting.length = 0;
        if (!living.length) continue;
        // What one lane says arrives in the order in which it is said.
        const first = [...new Map(living.toReversed().map((packet) => [packet.line, packet])).values()].toReversed();
        const packet = first[chance.whole(0, first.length - 1)]!;
        waiting.unshift(...living.filter((one) => one !== packet));
        const at = turn++;
        release(
          packet,
          cuts.find((cut) => cut.at === at),
        );
      }
      held = false;
      for (const packet of waiting.splice(0)) packet.line.server.write(packet.bytes);
      return result;
    },
    close: async () => {
      for (const line of lines) {
        line.client.destroy();
        line.server.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gate;
}

import crypto from 'node:crypto';
import net from 'node:net';

const sha1 = (...parts: Buffer[]): Buffer => {
  const hash = crypto.createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const packet = (sequence: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, payload]);
};

/**
 * A login that stops half-way: it names a way to authenticate the account has not, so that the server looks the account up,
 * asks for another way and waits. `finish` answers with the right password.
 */
export async function halfLogin(port: number, user: string, password: string) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const next = () =>
    new Promise<Buffer>((resolve) => {
      const done = (data?: Buffer) => {
        socket.off('data', done).off('close', done);
        resolve(data instanceof Buffer ? data : Buffer.alloc(0));
      };
      if (socket.destroyed) resolve(Buffer.alloc(0));
      else socket.once('data', done).once('close', done);
    });
  await next();
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0x00088200, 0); // protocol 4.1, secure connection, named authentication
  head.writeUInt32LE(1 << 24, 4);
  head[8] = 45;
  const text = (value: string) => Buffer.from(`${value}\0`);
  socket.write(packet(1, Buffer.concat([head, text(user), Buffer.from([0]), text('mysql_clear_password')])));
  const asked = await next();
  const from = asked.indexOf(0, 5) + 1;
  const scramble = asked.subarray(from, from + 20);
  return {
    /** Did the server ask for another way, i.e. is the login half-way? */
    waiting: asked[4] === 0xfe,
    /** What the server said to the right password: true = come in. */
    async finish(): Promise<boolean> {
      const stage1 = sha1(Buffer.from(password));
      const stage2 = sha1(scramble, sha1(stage1));
      const answer = Buffer.from(stage1.map((byte, at) => byte ^ stage2[at]!));
      socket.write(packet(3, answer));
      return (await next())[4] === 0;
    },
    async alive(): Promise<boolean> {
      socket.write(packet(0, Buffer.from([0x0e])));
      return (await next())[4] === 0;
    },
    close: () => socket.destroy(),
  };
}

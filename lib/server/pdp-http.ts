import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { problemOf } from '@/lib/http/problem';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

/** One request as a handler sees it. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** The path without its query, and the whole as asked. */
  path: string;
  target: string;
  requestId: string | undefined;
  arrivedMs: number;
}

const MAX_REQUEST_ID = 200;

/** Sent back unchanged, whatever it is; used as a key only when it is short enough. */
export const requestIdOf = (request: IncomingMessage): string | undefined => {
  const header = request.headers['x-request-id'];
  return typeof header === 'string' && header.length > 0 ? header : undefined;
};
export const usableId = (id: string | undefined): string | undefined =>
  id && id.length <= MAX_REQUEST_ID && /^[\x21-\x7e]+$/.test(id) ? id : undefined;

/** Reads a JSON body of at most `limit` bytes. Throws input.unsupported, input.too_large or input.invalid. */
export async function readJson(call: Call, limit: number, optional = false): Promise<unknown> {
  const { request } = call;
  const said = request.headers['content-type'] ?? '';
  const type = said === 'application/json' ? said : said.split(';')[0]!.trim().toLowerCase();
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const bytes = await bodyOf(request, limit);
  if (bytes.length === 0 && optional) return {};
  if (type !== 'application/json') throw new BraidError('input.unsupported', 'Send application/json.');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BraidError('input.invalid', 'The body is not JSON.');
  }
}

/** Reads a body of at most `limit` bytes as it comes. Throws input.too_large or input.invalid. */
export async function readBytes({ request }: Call, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return bodyOf(request, limit);
}

function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) return reject(cutOff());
    const chunks: Buffer[] = [];
    let size = 0;
    let complete = false;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      complete = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => {
      if (!complete) reject(cutOff());
    });
  });
}

const cutOff = () => new BraidError('input.invalid', 'The request ended before its body did.');
const tooLarge = (limit: number) => new BraidError('input.too_large', `The body is larger than ${limit} bytes.`);

export function send(call: Call, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const { response } = call;
  if (response.headersSent || response.destroyed) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...(call.requestId === undefined ? {} : { 'X-Request-ID': call.requestId }),
    ...headers,
  });
  response.end(text);
}

const extra = (error: BraidError): Record<string, string> => {
  if (error.code === 'access.unauthenticated') return { 'WWW-Authenticate': 'Bearer' };
  if (error.status === 503 || error.status === 429) return { 'Retry-After': '1' };
  return {};
};

const invalid = (error: z.ZodError): BraidError => {
  const issue = error.issues[0]!;
  return new BraidError('input.invalid', `${issue.path.join('.') || 'request'}: ${issue.message}`.slice(0, 300));
};

/** AuthZEN wants an error as a string; everything else is a problem (RFC 9457). */
export function sendError(call: Call, thrown: unknown, authzen: boolean, more: Record<string, string> = {}): void {
  const error = thrown instanceof z.ZodError ? invalid(thrown) : thrown;
  const known = toBraidError(error);
  const problem = problemOf(error, call.requestId);
  if (known.status >= 500) log.warn({ code: known.code, path: call.path }, known.publicMessage);
  const left: Record<string, string> = call.request.readableEnded ? {} : { Connection: 'close' };
  const headers = { ...extra(known), ...left, ...more };
  // AuthZEN knows one answer to a request it can't read; every other route says 415 where it is the media type.
  if (authzen) send(call, known.status === 415 ? 400 : known.status, known.publicMessage, headers);
  else send(call, known.status, problem, { ...headers, 'Content-Type': 'application/problem+json' });
}

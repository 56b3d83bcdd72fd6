import { BASIC } from '@/bench/conformance/basic';
import { BATCH } from '@/bench/conformance/batch';
import { type Answered, type Api, type Ask, type Case, type Json, member } from '@/bench/conformance/case';
import { DISCOVERY } from '@/bench/conformance/discovery';
import { SEARCH } from '@/bench/conformance/search';

export const CASES: Case[] = [...BASIC, ...BATCH, ...SEARCH, ...DISCOVERY];

/** Where a decision point is asked. */
export interface Target {
  url: string;
  token: string;
  endpoints: Record<Api, string>;
}

const KEYS: [Api, string, string][] = [
  ['evaluation', 'access_evaluation_endpoint', '/access/v1/evaluation'],
  ['evaluations', 'access_evaluations_endpoint', '/access/v1/evaluations'],
  ['subject', 'search_subject_endpoint', '/access/v1/search/subject'],
  ['resource', 'search_resource_endpoint', '/access/v1/search/resource'],
  ['action', 'search_action_endpoint', '/access/v1/search/action'],
];

/** Reads the metadata; an endpoint it does not name stands at its default path. */
export async function discover(url: string, token: string): Promise<Target> {
  const at = new URL(url);
  const path = at.pathname.replace(/\/$/, '');
  const metadata = `${at.origin}/.well-known/authzen-configuration${path}`;
  const json = await fetch(metadata)
    .then((response) => (response.ok ? (response.json() as Promise<Json>) : null))
    .catch(() => null);
  const bare = url.replace(/\/$/, '');
  const endpoints = Object.fromEntries(
    KEYS.map(([api, key, fallback]) => [api, String(member(json, key) ?? `${bare}${fallback}`)]),
  );
  return { url: bare, token, endpoints: { ...endpoints, metadata } as Record<Api, string> };
}

async function send(target: Target, ask: Ask): Promise<Answered> {
  const method = ask.method ?? 'POST';
  const token = ask.token === undefined ? target.token : ask.token;
  const body = method === 'POST' || method === 'PUT' ? (ask.raw ?? JSON.stringify(ask.body ?? {})) : undefined;
  const response = await fetch(target.endpoints[ask.api], {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...ask.headers,
    },
    body,
  });
  const text = await response.text();
  let json: Json | undefined;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** Asks one case and says what is wrong; nothing = it holds. */
export async function runCase(target: Target, one: Case): Promise<string[]> {
  const answers: Answered[] = [];
  for (const next of one.asks) {
    const ask = typeof next === 'function' ? next(answers) : next;
    if (ask) answers.push(await send(target, ask));
  }
  return one.check(answers, { url: target.url });
}

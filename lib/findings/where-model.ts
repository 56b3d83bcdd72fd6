import { countryOf } from '@/lib/findings/countries-model';
import { isOneOperator } from '@/lib/findings/operators-model';
import type { EventFact, Locate, Place } from '@/lib/findings/picture-model';
import { isPrivate } from '@/lib/sessions/network-model';

/** Where an event came from, as far as it can be told. */
export interface Where {
  address: string;
  inside: boolean;
  /** IPv4 /16 or IPv6 /32: as much of an address as one site usually shares. */
  prefix: string;
  country: string | null;
  asn: number | null;
  org: string | null;
  /** VPN, relay, anycast or satellite: its place says little of who is behind it. */
  shared: boolean;
  /** The trusted zone it is in; null: in none of those there are; absent: there are no zones. */
  zone?: string | null;
}

const SHARED_ORG =
  /\b(?:vpn|proxy|relay|warp|tor\b|zscaler|netskope|starlink|spacex|viasat|oneweb|cloudflare|fastly|akamai|mullvad|m247|datacamp|nordvpn|expressvpn|surfshark|private internet access)/i;
/** Rents out servers under the name of a network that is shared. */
const SERVERS = new Set([63_949]);
/** A vendor's own back end inside a console session calls itself so. */
const BACK_END = /(?:^|\s)(?:aws-internal|CloudShell|amazonaws)(?:\s|$)|amazonaws\.com/i;
/** Their logs show calls of their own services with a private address and no agent; anybody else's show who called. */
const CLOUDS = new Set(['aws', 'google', 'entra', 'microsoft365', 'ocsf']);
/** Lambda opens a function's log in the function's name, from an address of its own; for no other call is that name believed. */
const LOG_OPENER = /(?:^|\s)awslambda-worker(?:\s|$)/i;
const OPENS_LOG = /(?:^|:)(?:CreateLog(?:Group|Stream)|PutLogEvents)$/;
/** An app's server redeems codes and asks about tokens in its user's session: that is not where the user is. */
const BACK_CHANNEL = /code_to_token|token[._](?:grant|exchange|revoke)|introspect|userinfo|refresh_token\b/i;

const numberIn = (value: unknown): number | null => {
  const found = /\d+/.exec(String(value ?? ''));
  return found ? Number(found[0]) : null;
};

/**
 * The vendor itself on behalf of a session, not whoever holds it. An agent is what its caller says it is: it is believed
 * only from an address inside, an endpoint of the own network, or a service that has no address.
 */
export const isBackEnd = (event: Omit<Presented, 'region'>): boolean => {
  const { action, agent, attributes, network, source } = event;
  const inside = network === null || isPrivate(network);
  return (
    (BACK_END.test(agent ?? '') && (inside || Boolean(attributes.vpcEndpoint))) ||
    (event.class === 'session' && BACK_CHANNEL.test(action)) ||
    (LOG_OPENER.test(agent ?? '') && OPENS_LOG.test(action)) ||
    Boolean(attributes.invokedBy) ||
    (network !== null && inside && ((agent === null && CLOUDS.has(source)) || Boolean(attributes.vpcEndpoint)))
  );
};

/** A redemption of codes, from where no server of ours stands: with zones it is believed only from inside one. */
const isClaimedFromOutside = (event: Presented, place: Place | null): boolean =>
  place?.zone === null && event.class === 'session' && BACK_CHANNEL.test(event.action) && !isPrivate(event.network!);

/** What of an event tells where it came from. */
export type Presented = Pick<EventFact, 'action' | 'agent' | 'attributes' | 'class' | 'network' | 'region' | 'source'>;

/** What of an event's attributes says where it came from. */
export const TELL_PLACE = ['country', 'asOrg', 'isp', 'asn', 'proxy', 'vpn', 'tor', 'invokedBy', 'vpcEndpoint'];

/** null: nothing is known of where it came from, or it was the vendor's own back end. */
export function whereOf(event: Presented, locate: Locate): Where | null {
  const address = event.network;
  if (!address || /^(?:::1|127\.|0\.)/.test(address)) return null;
  const inside = isPrivate(address);
  const place: Place | null = locate(address);
  if (isBackEnd(event) && !isClaimedFromOutside(event, place)) return null;
  const { attributes } = event;
  const told = countryOf(textIn(attributes.country)) ?? (event.source === 'aws' ? null : countryOf(event.region));
  const org = textIn(attributes.asOrg) ?? textIn(attributes.isp) ?? place?.org ?? null;
  const asn = inside ? null : (numberIn(attributes.asn) ?? place?.asn ?? null);
  return {
    address,
    inside,
    prefix: prefixOf(address),
    ...(place?.zone === undefined ? {} : { zone: place.zone }),
    country: inside ? null : (told ?? place?.country ?? null),
    asn,
    org,
    shared:
      attributes.proxy === true ||
      attributes.vpn === true ||
      attributes.tor === true ||
      (SHARED_ORG.test(org ?? '') && !SERVERS.has(asn ?? 0)),
  };
}

const textIn = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export const prefixOf = (address: string): string =>
  address.includes(':') ? address.split(':').slice(0, 2).join(':') : address.split('.').slice(0, 2).join('.');

/** The network of an address as it is learned: as much of it as one site usually shares. */
export const networkOf = (address: string): string =>
  isPrivate(address) ? `private ${prefixOf(address)}` : prefixOf(address);

/** An operator as it is learned and shown: `AS16509`. */
export const operatorName = (asn: number | null): string | null => (asn === null ? null : `AS${asn}`);

export type Apart = 'country' | 'asn' | 'inside' | 'prefix' | 'address';

/**
 * How two places differ, by the strongest that is known. null: they may be the same network. Two private networks are one
 * organisation's, and so are two of one trusted zone; IPv4 and IPv6 of one host have nothing in common but a country and an operator.
 */
export function apart(a: Where, b: Where): Apart | null {
  if (a.address === b.address || (a.inside && b.inside)) return null;
  if (a.zone && a.zone === b.zone) return null;
  if (a.country && b.country && a.country !== b.country) return 'country';
  if (a.inside !== b.inside) return 'inside';
  const same = isOneOperator(a, b);
  if (same !== null) return same ? null : 'asn';
  if (a.address.includes(':') !== b.address.includes(':')) return null;
  return a.prefix === b.prefix ? null : 'prefix';
}

/** Of a machine that has one address: two public ones differ, whoever operates both. */
export const apartByAddress = (a: Where, b: Where): Apart | null =>
  apart(a, b) ?? (a.address === b.address || a.inside || b.inside || (a.zone && a.zone === b.zone) ? null : 'address');

/** Languages and platforms: many clients name them. */
const RUNTIMES = new Set(['python', 'java', 'go', 'node', 'node.js', 'ruby', 'php', 'kubernetes', 'exe', 'okhttp']);
const productsOf = (agent: string): string[] =>
  agent
    .toLowerCase()
    .split(' ')
    .filter((word, index) => index === 0 || !RUNTIMES.has(word));

/** Two agent families that share no product: the software is another, not another version or command of it. */
export function areOtherClients(a: string | null, b: string | null): boolean {
  if (!a || !b || a === b) return false;
  const products = new Set(productsOf(a));
  return productsOf(b).every((word) => !products.has(word));
}

/** Libraries and command lines that scripts are made of. */
export const isScript = (agent: string | null): boolean =>
  agent !== null &&
  /^(?:python|curl|wget|go-http|okhttp|node|axios|got|undici|java|apache-httpclient|boto|botocore|postman|insomnia|httpie|powershell|ruby|perl|libwww|aiohttp|httpx|guzzle|rest-client|aws-cli|aws-sdk|azurecli|gcloud|kubectl|pacu|roadtools|aadinternals|graphrunner)/i.test(
    agent,
  );

/** From a trusted zone to a place in none. */
export const leavesZone = (from: Where, to: Where): boolean => Boolean(from.zone) && to.zone === null;

/** ` 3.225.16.109 (US, AS14618)` for people. */
export const whereText = (where: Where): string => {
  const known = [
    where.country,
    where.asn === null ? null : `AS${where.asn}`,
    where.shared ? 'shared network' : null,
    where.zone ? `zone ${where.zone}` : where.zone === null ? 'outside every trusted zone' : null,
  ];
  const said = known.filter(Boolean).join(', ');
  return said ? `${where.address} (${said})` : where.address;
};

import type { Tested } from '@/lib/connectors/contract';
import { isRefusal, type Node } from '@/lib/connectors/redis/client';
import { aclFile, type Fleet, factsOf, linkUsers, strangers, usersOf } from '@/lib/connectors/redis/fleet';
import { type Config, hostOf } from '@/lib/connectors/redis/manifest';
import { wireCheck } from '@/lib/connectors/tls-model';

type Check = Tested['checks'][number];

/** Each is harmless: it reads, ends nobody (no client has that id), or changes nothing of the connector's own user. */
const tries = (me: string): [check: string, rule: string, command: string[]][] => [
  ['See all sessions', '+client|list', ['CLIENT', 'LIST']],
  ['End sessions', '+client|kill', ['CLIENT', 'KILL', 'ID', '9223372036854775807']],
  ['Read users', '+acl|list', ['ACL', 'LIST']],
  ['Read one user', '+acl|getuser', ['ACL', 'GETUSER', me]],
  ['Block users', '+acl|setuser', ['ACL', 'SETUSER', me]],
  ['Know the node', '+info', ['INFO', 'server']],
  ['Know where users are kept', '+config|get', ['CONFIG', 'GET', 'aclfile']],
];

async function may(fleet: Fleet, me: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [check, rule, command] of tries(me)) {
    const said = await fleet.each((node) => node.send(...command));
    // A Sentinel has no CONFIG: nothing is missing there.
    const refused = said.filter((one) => isRefusal(one.error) && !/unknown command/i.test(one.error.publicMessage));
    checks.push({
      check,
      ok: !refused.length,
      detail: refused.length ? refused[0]!.error!.publicMessage : `${command.slice(0, 2).join(' ')} is allowed.`,
      ...(refused.length ? { fix: `ACL SETUSER ${me} ${rule}` } : {}),
    });
  }
  return checks;
}

async function saves(fleet: Fleet, me: string, persist: string): Promise<Check> {
  const check = 'A block outlives a restart';
  if (persist === 'no')
    return { check, ok: true, detail: 'Nothing is written, as the settings say: a restart undoes it.' };
  const said = await fleet.each(async (node) => {
    const file = await aclFile(node);
    const command = file !== '' ? ['ACL', 'SAVE'] : ['CONFIG', 'REWRITE'];
    if (file === '' && persist === 'acl') return 'none';
    const dry = await node.send('ACL', 'DRYRUN', me, ...command).catch((error) => {
      if (isRefusal(error)) return 'unknown';
      throw error;
    });
    return dry === 'OK' || dry === 'unknown' ? 'saved' : command.join(' ');
  });
  const refused = said.find((one) => one.value && /^[A-Z]/.test(one.value))?.value;
  if (refused) {
    const rule = refused === 'ACL SAVE' ? '+acl|save' : '+config|rewrite';
    return { check, ok: false, detail: `${refused} is refused.`, fix: `ACL SETUSER ${me} ${rule}` };
  }
  const none = said.filter((one) => one.value === 'none').map((one) => one.node.name);
  return {
    check,
    ok: true,
    detail: none.length
      ? `No ACL file on ${none.join(', ')}: a restart undoes a block there, and each proof says so.`.slice(0, 1000)
      : 'Users are written to their file with every block.',
  };
}

async function lists(fleet: Fleet): Promise<Check[]> {
  const missing = await strangers(fleet);
  const users = await fleet.all(usersOf);
  const seen = new Map<string, Set<boolean>>();
  for (const { value } of users)
    for (const user of value) seen.set(user.name, (seen.get(user.name) ?? new Set()).add(user.on));
  const mixed = [...seen].filter(([, states]) => states.size > 1).map(([name]) => name);
  return [
    {
      check: 'Every node is listed',
      ok: !missing.length,
      detail: missing.length
        ? `Told of, but not listed: ${missing.join(', ')}. Access there is neither seen nor ended.`.slice(0, 1000)
        : `${fleet.nodes.length} listed; they tell of no others.`,
      ...(missing.length ? { fix: `Add to Nodes: ${missing.join(', ')}`.slice(0, 1000) } : {}),
    },
    {
      check: 'Users alike on every node',
      ok: !mixed.length,
      detail: mixed.length
        ? `On here, off there: ${mixed.slice(0, 10).join(', ')}. Restoring turns a user on wherever it is found.`
        : 'No user is on here and off there.',
    },
  ];
}

/** What the connector's user may do, node by node and, where it may not, the rule that allows exactly that. */
export async function checkRights(fleet: Fleet, me: string, { persist, nodes, tls }: Config): Promise<Tested> {
  const answers = await fleet.each((node: Node) => factsOf(node));
  const away = answers.filter((one) => one.error && !isRefusal(one.error));
  const first = answers.find((one) => one.value)?.value;
  const connect: Check = {
    check: 'Connect',
    ok: !away.length,
    detail: away.length
      ? away
          .map((one) => one.error!.publicMessage)
          .join(' ')
          .slice(0, 1000)
      : `As ${me}, ${first?.product ?? 'Redis'} (${answers.map((one) => one.value?.role || '?').join(', ')}).`.slice(
          0,
          1000,
        ),
  };
  const checks = [connect, ...(await may(fleet, me)), await saves(fleet, me, persist)];
  if (!away.length && checks.every((one) => one.ok)) checks.push(...(await lists(fleet)));
  const links = [...new Set((await fleet.each(linkUsers)).flatMap((one) => one.value ?? []))];
  const wire = tls === 'disable' ? 'plain' : tls === 'require' ? 'unchecked' : 'checked';
  checks.push(wireCheck(nodes.map(hostOf), wire));
  const kept = ['default', me, ...links];
  checks.push({
    check: 'Protected users',
    ok: true,
    detail: `${[...new Set(kept)].slice(0, 20).join(', ')}: shown, never revoked.`,
  });
  return { ok: checks.every((check) => check.ok), checks };
}

import type { Answered, Asked } from '@/lib/connectors/testing-double';

interface Agent {
  id: string;
  name: string;
  app: string;
  status: string;
  changed: string;
}

const missing: Answered = {
  status: 404,
  body: { errorCode: 'E0000007', errorSummary: 'Not found', errorLink: 'E0000007', errorId: 'x', errorCauses: [] },
};

/** AI agents of an org’s double: switched by a queue. */
export function agentAnswers(world: {
  agents: Map<string, Agent>;
  queue: (() => void)[];
}): Record<string, (asked: Asked) => Answered> {
  const body = (one: Agent) => ({
    id: one.id,
    appId: one.app,
    status: one.status,
    created: '2026-01-02T03:04:05.000Z',
    lastUpdated: one.changed,
    profile: { name: one.name, description: 'answers tickets' },
  });
  const turn =
    (status: string) =>
    (asked: Asked): Answered => {
      const found = world.agents.get(asked.params.agentId!);
      if (!found) return missing;
      world.queue.push(() => void Object.assign(found, { status, changed: new Date().toISOString() }));
      return { status: 202 };
    };
  const path = '/workload-principals/api/v1/ai-agents';
  return {
    [`GET ${path}`]: () => ({ status: 200, body: { data: [...world.agents.values()].map(body), _links: {} } }),
    [`GET ${path}/{agentId}`]: (asked) => {
      const found = world.agents.get(asked.params.agentId!);
      return found ? { status: 200, body: body(found) } : missing;
    },
    [`POST ${path}/{agentId}/lifecycle/deactivate`]: turn('INACTIVE'),
    [`POST ${path}/{agentId}/lifecycle/activate`]: turn('ACTIVE'),
  };
}

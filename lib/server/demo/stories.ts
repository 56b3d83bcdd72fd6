import type { Asker } from '@/lib/server/demo/ask';

/** A story runs on its own, again and again, until the signal stops it; each is ordinary traffic that together breaks a rule. */
export type Story = (ask: Asker, pause: (ms: number) => Promise<void>, signal: AbortSignal) => Promise<void>;

const account = (id: string) => ({ type: 'service_account', id });

const PAYMENT_STRANDS = {
  'worker-3': { id: 'worker-3', region: 'eu-west', network: '10.20.0.13', runtime: 'payments/4.2' },
  'worker-7': { id: 'worker-7', region: 'eu-west', network: '10.20.0.17', runtime: 'payments/4.2', key: 'key-9QF6J' },
  boto3: { id: 'boto3', region: 'eu-west', network: '10.20.4.51', runtime: 'boto3/1.35', key: 'key-9QF6J' },
} as const;

/** Amounts in EUR: each session stays under 5 000, the account is at 9 400 before the last, which alone would be fine. */
const SPLIT: [keyof typeof PAYMENT_STRANDS, string][] = [
  ['worker-3', '700.00'],
  ['worker-7', '900.00'],
  ['worker-3', '600.00'],
  ['boto3', '1000.00'],
  ['worker-7', '800.00'],
  ['worker-3', '1000.00'],
  ['boto3', '900.00'],
  ['worker-7', '700.00'],
  ['boto3', '900.00'],
  ['worker-7', '1900.00'],
  ['boto3', '2800.00'],
  ['worker-7', '1200.00'],
];

/** Payments into one account, split over three sessions so that none alone comes near the account's daily cap. */
const splitPayments: Story = async (ask, pause, signal) => {
  // Accounts are numbered from 4711 within a day, so that a restarted demo starts on an account nobody has filled yet.
  for (let round = 0; !signal.aborted; round++) {
    const minute = Math.floor(Date.now() / 60_000) % 1440;
    const resource = { type: 'account', id: String(4711 + minute + (round === 0 ? 0 : 1440)) };
    for (const [strand, amount] of SPLIT) {
      if (signal.aborted) return;
      const session = PAYMENT_STRANDS[strand];
      await ask({ subject: account('svc_payments'), action: 'payment.create', resource, amount, unit: 'EUR', session });
      await pause(2_200);
    }
    await pause(600_000);
  }
};

/** Small everyday payments to many accounts: what the abuse hides among. */
const everydayPayments: Story = async (ask, pause, signal) => {
  for (let i = 0; !signal.aborted; i++) {
    const session = {
      id: `api-${i % 4}`,
      region: 'eu-west',
      network: `10.20.1.${10 + (i % 4)}`,
      runtime: 'orders/7.1',
    };
    const amount = `${5 + ((i * 37) % 60)}.${10 + (i % 80)}`;
    const resource = { type: 'account', id: `shop-${(i * 7) % 400}` };
    await ask({
      subject: account('order_processor'),
      action: 'payment.create',
      resource,
      amount,
      unit: 'EUR',
      session,
    });
    await pause(700);
  }
};

/** One credential used by the scheduler and by the application, under a rule that allows one active job. */
const oneJobTwoClients: Story = async (ask, pause, signal) => {
  const key = 'key-batch-7XN';
  const resource = { type: 'job', id: 'settlement' };
  while (!signal.aborted) {
    await ask({
      subject: account('nightly_batch'),
      action: 'job.start',
      resource,
      session: { id: 'scheduler', region: 'eu-west', key, runtime: 'cron' },
    });
    await pause(12_000);
    await ask({
      subject: account('nightly_batch'),
      action: 'job.start',
      resource,
      session: { id: 'application', region: 'eu-west', key, runtime: 'settlement/2.0' },
    });
    await pause(120_000);
  }
};

/** A maintenance session stays open while a second session of the same identity asks for an approval. */
const approvalBesideMaintenance: Story = async (ask, pause, signal) => {
  const subject = account('release_agent');
  const maintenance = {
    id: 'maintenance',
    region: 'eu-west',
    tags: ['maintenance'],
    runtime: 'ansible/2.17',
    task: 'patch window',
  };
  while (!signal.aborted) {
    await ask({
      subject,
      action: 'maintenance.step',
      resource: { type: 'cluster', id: 'prod-eu' },
      session: maintenance,
    });
    await pause(8_000);
    await ask({
      subject,
      action: 'approval.request',
      resource: { type: 'change', id: 'CHG-2041' },
      session: { id: 'pipeline', region: 'eu-west', runtime: 'gh-actions' },
    });
    await pause(60_000);
  }
};

const TOOLS = ['search.web', 'files.read', 'crm.lookup', 'mail.draft'];

/** An AI agent spreads its tool calls over sessions: each is slow enough, the agent is not. */
const agentToolCalls: Story = async (ask, pause, signal) => {
  const subject = { type: 'ai_agent', id: 'research_agent' };
  for (let i = 0; !signal.aborted; i++) {
    const tool = TOOLS[i % TOOLS.length]!;
    const session = {
      id: `run-${String.fromCharCode(97 + (i % 4))}`,
      region: 'eu-west',
      runtime: 'agent-loop/0.9',
      task: 'market report',
    };
    await ask({ subject, action: 'tool.call', resource: { type: 'tool', id: tool }, session });
    await pause(i % 200 < 120 ? 650 : 2_600); // two minutes of hurry, then calm
  }
};

/** One key from two regions: reading in one, changing in the other. */
const keyInTwoRegions: Story = async (ask, pause, signal) => {
  const subject = account('deploy_bot');
  const key = 'key-deploy-F6J';
  for (let i = 0; !signal.aborted; i++) {
    await ask({
      subject,
      action: 'artifact.read',
      resource: { type: 'artifact', id: `build-${100 + (i % 20)}` },
      session: { id: 'ci-runner', region: 'eu-west', network: '10.30.0.5', key, runtime: 'ci/12' },
    });
    await pause(3_000);
    if (i % 3 === 2) {
      await ask({
        subject,
        action: 'config.update',
        resource: { type: 'config', id: 'prod/routing' },
        session: { id: 'curl', region: 'us-east', network: '198.51.100.23', key, runtime: 'curl/8.5' },
      });
    }
    await pause(3_000);
  }
};

const REFUNDERS = ['refund_intake', 'refund_review', 'refund_payout'];

/** Three agents of one workflow refund: each stays far under what an agent may, the three are not one agent. */
const refundsByThree: Story = async (ask, pause, signal) => {
  for (let i = 0; !signal.aborted; i++) {
    const agent = REFUNDERS[i % REFUNDERS.length]!;
    await ask({
      subject: { type: 'ai_agent', id: agent },
      action: 'refund.create',
      resource: { type: 'order', id: `R-${1000 + (Math.floor(Date.now() / 60_000) % 1440)}-${i % 90}` },
      amount: `${90 + ((i * 17) % 30)}.00`,
      unit: 'EUR',
      session: { id: `${agent}-1`, region: 'eu-west', runtime: 'agent-loop/0.9' },
    });
    await pause(i % 30 < 21 ? 4_000 : 45_000); // 21 refunds of about 100, then calm
  }
};

export const STORIES: Record<string, Story> = {
  splitPayments,
  everydayPayments,
  oneJobTwoClients,
  approvalBesideMaintenance,
  agentToolCalls,
  keyInTwoRegions,
  refundsByThree,
};

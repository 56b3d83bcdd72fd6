// Written by `npx vitest run app/api/v1 -u` from the folders of app/api/v1; checked by the same test.
import * as r0 from '@/app/api/v1/allotments/route';
import * as r1 from '@/app/api/v1/approvals/[id]/approve/route';
import * as r2 from '@/app/api/v1/approvals/[id]/deny/route';
import * as r3 from '@/app/api/v1/approvals/[id]/route';
import * as r4 from '@/app/api/v1/approvals/[id]/withdraw/route';
import * as r5 from '@/app/api/v1/approvals/route';
import * as r6 from '@/app/api/v1/audit/checkpoints/route';
import * as r7 from '@/app/api/v1/audit/export/route';
import * as r8 from '@/app/api/v1/audit/route';
import * as r9 from '@/app/api/v1/audit/standing/route';
import * as r10 from '@/app/api/v1/audit/verifications/route';
import * as r11 from '@/app/api/v1/backtests/[id]/route';
import * as r12 from '@/app/api/v1/backtests/route';
import * as r13 from '@/app/api/v1/connectors/[id]/route';
import * as r14 from '@/app/api/v1/connectors/[id]/sync/route';
import * as r15 from '@/app/api/v1/connectors/route';
import * as r16 from '@/app/api/v1/connectors/test/route';
import * as r17 from '@/app/api/v1/connectors/vendors/route';
import * as r18 from '@/app/api/v1/consents/[id]/revoke/route';
import * as r19 from '@/app/api/v1/consents/route';
import * as r20 from '@/app/api/v1/decisions/[id]/asked-again/route';
import * as r21 from '@/app/api/v1/decisions/[id]/counterfactual/route';
import * as r22 from '@/app/api/v1/decisions/[id]/path/route';
import * as r23 from '@/app/api/v1/decisions/[id]/route';
import * as r24 from '@/app/api/v1/decisions/route';
import * as r25 from '@/app/api/v1/drills/preview/route';
import * as r26 from '@/app/api/v1/drills/route';
import * as r27 from '@/app/api/v1/drills/schedules/route';
import * as r28 from '@/app/api/v1/event-batches/[id]/route';
import * as r29 from '@/app/api/v1/event-batches/route';
import * as r30 from '@/app/api/v1/event-mappings/[name]/route';
import * as r31 from '@/app/api/v1/event-mappings/route';
import * as r32 from '@/app/api/v1/event-mappings/try/route';
import * as r33 from '@/app/api/v1/events/route';
import * as r34 from '@/app/api/v1/exemptions/[id]/end/route';
import * as r35 from '@/app/api/v1/exemptions/route';
import * as r36 from '@/app/api/v1/exposures/[id]/minimum-set/route';
import * as r37 from '@/app/api/v1/exposures/[id]/path/route';
import * as r38 from '@/app/api/v1/exposures/near/route';
import * as r39 from '@/app/api/v1/findings/[id]/acknowledge/route';
import * as r40 from '@/app/api/v1/findings/[id]/close/route';
import * as r41 from '@/app/api/v1/findings/[id]/notes/route';
import * as r42 from '@/app/api/v1/findings/[id]/reopen/route';
import * as r43 from '@/app/api/v1/findings/[id]/route';
import * as r44 from '@/app/api/v1/findings/[id]/suppress/route';
import * as r45 from '@/app/api/v1/findings/route';
import * as r46 from '@/app/api/v1/findings/time-to-detect/route';
import * as r47 from '@/app/api/v1/friction/route';
import * as r48 from '@/app/api/v1/grants/[id]/acts/route';
import * as r49 from '@/app/api/v1/grants/[id]/answer/route';
import * as r50 from '@/app/api/v1/grants/[id]/end/route';
import * as r51 from '@/app/api/v1/grants/[id]/route';
import * as r52 from '@/app/api/v1/grants/current/route';
import * as r53 from '@/app/api/v1/grants/route';
import * as r54 from '@/app/api/v1/holds/[id]/release/route';
import * as r55 from '@/app/api/v1/holds/route';
import * as r56 from '@/app/api/v1/hunts/[id]/route';
import * as r57 from '@/app/api/v1/hunts/route';
import * as r58 from '@/app/api/v1/identities/[id]/aliases/route';
import * as r59 from '@/app/api/v1/identities/[id]/concurrency/route';
import * as r60 from '@/app/api/v1/identities/[id]/credential-risks/route';
import * as r61 from '@/app/api/v1/identities/[id]/lanes/[fingerprint]/terminate/route';
import * as r62 from '@/app/api/v1/identities/[id]/lanes/route';
import * as r63 from '@/app/api/v1/identities/[id]/likely/route';
import * as r64 from '@/app/api/v1/identities/[id]/merges/route';
import * as r65 from '@/app/api/v1/identities/[id]/notes/route';
import * as r66 from '@/app/api/v1/identities/[id]/passed/route';
import * as r67 from '@/app/api/v1/identities/[id]/pause/route';
import * as r68 from '@/app/api/v1/identities/[id]/posture/route';
import * as r69 from '@/app/api/v1/identities/[id]/restore/route';
import * as r70 from '@/app/api/v1/identities/[id]/resume/route';
import * as r71 from '@/app/api/v1/identities/[id]/reuse/route';
import * as r72 from '@/app/api/v1/identities/[id]/revoke/route';
import * as r73 from '@/app/api/v1/identities/[id]/rotate/route';
import * as r74 from '@/app/api/v1/identities/[id]/route';
import * as r75 from '@/app/api/v1/identities/[id]/standing/route';
import * as r76 from '@/app/api/v1/identities/[id]/triage/route';
import * as r77 from '@/app/api/v1/identities/[id]/usual/expected/[expectedId]/route';
import * as r78 from '@/app/api/v1/identities/[id]/usual/route';
import * as r79 from '@/app/api/v1/identities/route';
import * as r80 from '@/app/api/v1/imports/[id]/route';
import * as r81 from '@/app/api/v1/imports/route';
import * as r82 from '@/app/api/v1/inbox/route';
import * as r83 from '@/app/api/v1/merges/[id]/undo/route';
import * as r84 from '@/app/api/v1/notifications/channels/[id]/route';
import * as r85 from '@/app/api/v1/notifications/channels/route';
import * as r86 from '@/app/api/v1/notifications/channels/test/route';
import * as r87 from '@/app/api/v1/notifications/deliveries/[id]/send/route';
import * as r88 from '@/app/api/v1/notifications/deliveries/route';
import * as r89 from '@/app/api/v1/notifications/routes/[id]/route';
import * as r90 from '@/app/api/v1/notifications/routes/route';
import * as r91 from '@/app/api/v1/operators/[id]/route';
import * as r92 from '@/app/api/v1/operators/route';
import * as r93 from '@/app/api/v1/overview/route';
import * as r94 from '@/app/api/v1/playbooks/[id]/acts/route';
import * as r95 from '@/app/api/v1/playbooks/[id]/contain/route';
import * as r96 from '@/app/api/v1/playbooks/[id]/finish/route';
import * as r97 from '@/app/api/v1/playbooks/[id]/objects/[objectId]/route';
import * as r98 from '@/app/api/v1/playbooks/[id]/objects/route';
import * as r99 from '@/app/api/v1/playbooks/[id]/reopen/route';
import * as r100 from '@/app/api/v1/playbooks/[id]/route';
import * as r101 from '@/app/api/v1/playbooks/[id]/waive/route';
import * as r102 from '@/app/api/v1/playbooks/route';
import * as r103 from '@/app/api/v1/policies/[name]/boundaries/route';
import * as r104 from '@/app/api/v1/policies/[name]/counts/route';
import * as r105 from '@/app/api/v1/policies/[name]/promote/route';
import * as r106 from '@/app/api/v1/policies/[name]/retire/route';
import * as r107 from '@/app/api/v1/policies/[name]/roll-back/route';
import * as r108 from '@/app/api/v1/policies/[name]/route';
import * as r109 from '@/app/api/v1/policies/[name]/shadow/route';
import * as r110 from '@/app/api/v1/policies/route';
import * as r111 from '@/app/api/v1/policy-checks/route';
import * as r112 from '@/app/api/v1/policy-tests/route';
import * as r113 from '@/app/api/v1/replay/route';
import * as r114 from '@/app/api/v1/reports/blind/route';
import * as r115 from '@/app/api/v1/reports/weekly/route';
import * as r116 from '@/app/api/v1/responses/[id]/agree/route';
import * as r117 from '@/app/api/v1/responses/[id]/cancel/route';
import * as r118 from '@/app/api/v1/responses/[id]/undo/route';
import * as r119 from '@/app/api/v1/responses/guardrails/route';
import * as r120 from '@/app/api/v1/responses/route';
import * as r121 from '@/app/api/v1/responses/rules/[id]/route';
import * as r122 from '@/app/api/v1/responses/rules/route';
import * as r123 from '@/app/api/v1/revocations/[id]/certificate/route';
import * as r124 from '@/app/api/v1/revocations/[id]/left/route';
import * as r125 from '@/app/api/v1/revocations/[id]/retry/route';
import * as r126 from '@/app/api/v1/revocations/[id]/route';
import * as r127 from '@/app/api/v1/revocations/[id]/secrets/[secretId]/route';
import * as r128 from '@/app/api/v1/revocations/[id]/secrets/route';
import * as r129 from '@/app/api/v1/revocations/at-stake/route';
import * as r130 from '@/app/api/v1/revocations/hits/route';
import * as r131 from '@/app/api/v1/revocations/preview/route';
import * as r132 from '@/app/api/v1/revocations/progress/route';
import * as r133 from '@/app/api/v1/revocations/route';
import * as r134 from '@/app/api/v1/revocations/summary/route';
import * as r135 from '@/app/api/v1/revocations/target/route';
import * as r136 from '@/app/api/v1/revocations/times/route';
import * as r137 from '@/app/api/v1/runs/[run]/events/route';
import * as r138 from '@/app/api/v1/runs/[run]/route';
import * as r139 from '@/app/api/v1/runs/[run]/terminate/route';
import * as r140 from '@/app/api/v1/runs/route';
import * as r141 from '@/app/api/v1/sessions/[id]/asked-again/route';
import * as r142 from '@/app/api/v1/sessions/[id]/complete-task/route';
import * as r143 from '@/app/api/v1/sessions/[id]/events/route';
import * as r144 from '@/app/api/v1/sessions/[id]/likeness/route';
import * as r145 from '@/app/api/v1/sessions/[id]/risk/route';
import * as r146 from '@/app/api/v1/sessions/[id]/route';
import * as r147 from '@/app/api/v1/sessions/[id]/terminate/route';
import * as r148 from '@/app/api/v1/sessions/abandoned/route';
import * as r149 from '@/app/api/v1/sessions/route';
import * as r150 from '@/app/api/v1/signals/keys/rotate/route';
import * as r151 from '@/app/api/v1/signals/received/route';
import * as r152 from '@/app/api/v1/signals/receivers/[id]/route';
import * as r153 from '@/app/api/v1/signals/receivers/route';
import * as r154 from '@/app/api/v1/signals/sent/route';
import * as r155 from '@/app/api/v1/signals/sources/[id]/route';
import * as r156 from '@/app/api/v1/signals/sources/[id]/verify/route';
import * as r157 from '@/app/api/v1/signals/sources/route';
import * as r158 from '@/app/api/v1/signals/streams/[id]/status/route';
import * as r159 from '@/app/api/v1/signals/streams/[id]/verify/route';
import * as r160 from '@/app/api/v1/summary/route';
import * as r161 from '@/app/api/v1/tasks/reopen/route';
import * as r162 from '@/app/api/v1/tasks/route';
import * as r163 from '@/app/api/v1/tokens/[id]/point/route';
import * as r164 from '@/app/api/v1/tokens/[id]/route';
import * as r165 from '@/app/api/v1/tokens/route';
import * as r166 from '@/app/api/v1/workflows/[id]/identities/route';
import * as r167 from '@/app/api/v1/workflows/[id]/route';
import * as r168 from '@/app/api/v1/workflows/route';
import * as r169 from '@/app/api/v1/zones/[id]/route';
import * as r170 from '@/app/api/v1/zones/route';
import type { RouteModule } from '@/lib/http/openapi';

export const ROUTES: Record<string, RouteModule> = {
  '/api/v1/allotments': r0,
  '/api/v1/approvals/[id]/approve': r1,
  '/api/v1/approvals/[id]/deny': r2,
  '/api/v1/approvals/[id]': r3,
  '/api/v1/approvals/[id]/withdraw': r4,
  '/api/v1/approvals': r5,
  '/api/v1/audit/checkpoints': r6,
  '/api/v1/audit/export': r7,
  '/api/v1/audit': r8,
  '/api/v1/audit/standing': r9,
  '/api/v1/audit/verifications': r10,
  '/api/v1/backtests/[id]': r11,
  '/api/v1/backtests': r12,
  '/api/v1/connectors/[id]': r13,
  '/api/v1/connectors/[id]/sync': r14,
  '/api/v1/connectors': r15,
  '/api/v1/connectors/test': r16,
  '/api/v1/connectors/vendors': r17,
  '/api/v1/consents/[id]/revoke': r18,
  '/api/v1/consents': r19,
  '/api/v1/decisions/[id]/asked-again': r20,
  '/api/v1/decisions/[id]/counterfactual': r21,
  '/api/v1/decisions/[id]/path': r22,
  '/api/v1/decisions/[id]': r23,
  '/api/v1/decisions': r24,
  '/api/v1/drills/preview': r25,
  '/api/v1/drills': r26,
  '/api/v1/drills/schedules': r27,
  '/api/v1/event-batches/[id]': r28,
  '/api/v1/event-batches': r29,
  '/api/v1/event-mappings/[name]': r30,
  '/api/v1/event-mappings': r31,
  '/api/v1/event-mappings/try': r32,
  '/api/v1/events': r33,
  '/api/v1/exemptions/[id]/end': r34,
  '/api/v1/exemptions': r35,
  '/api/v1/exposures/[id]/minimum-set': r36,
  '/api/v1/exposures/[id]/path': r37,
  '/api/v1/exposures/near': r38,
  '/api/v1/findings/[id]/acknowledge': r39,
  '/api/v1/findings/[id]/close': r40,
  '/api/v1/findings/[id]/notes': r41,
  '/api/v1/findings/[id]/reopen': r42,
  '/api/v1/findings/[id]': r43,
  '/api/v1/findings/[id]/suppress': r44,
  '/api/v1/findings': r45,
  '/api/v1/findings/time-to-detect': r46,
  '/api/v1/friction': r47,
  '/api/v1/grants/[id]/acts': r48,
  '/api/v1/grants/[id]/answer': r49,
  '/api/v1/grants/[id]/end': r50,
  '/api/v1/grants/[id]': r51,
  '/api/v1/grants/current': r52,
  '/api/v1/grants': r53,
  '/api/v1/holds/[id]/release': r54,
  '/api/v1/holds': r55,
  '/api/v1/hunts/[id]': r56,
  '/api/v1/hunts': r57,
  '/api/v1/identities/[id]/aliases': r58,
  '/api/v1/identities/[id]/concurrency': r59,
  '/api/v1/identities/[id]/credential-risks': r60,
  '/api/v1/identities/[id]/lanes/[fingerprint]/terminate': r61,
  '/api/v1/identities/[id]/lanes': r62,
  '/api/v1/identities/[id]/likely': r63,
  '/api/v1/identities/[id]/merges': r64,
  '/api/v1/identities/[id]/notes': r65,
  '/api/v1/identities/[id]/passed': r66,
  '/api/v1/identities/[id]/pause': r67,
  '/api/v1/identities/[id]/posture': r68,
  '/api/v1/identities/[id]/restore': r69,
  '/api/v1/identities/[id]/resume': r70,
  '/api/v1/identities/[id]/reuse': r71,
  '/api/v1/identities/[id]/revoke': r72,
  '/api/v1/identities/[id]/rotate': r73,
  '/api/v1/identities/[id]': r74,
  '/api/v1/identities/[id]/standing': r75,
  '/api/v1/identities/[id]/triage': r76,
  '/api/v1/identities/[id]/usual/expected/[expectedId]': r77,
  '/api/v1/identities/[id]/usual': r78,
  '/api/v1/identities': r79,
  '/api/v1/imports/[id]': r80,
  '/api/v1/imports': r81,
  '/api/v1/inbox': r82,
  '/api/v1/merges/[id]/undo': r83,
  '/api/v1/notifications/channels/[id]': r84,
  '/api/v1/notifications/channels': r85,
  '/api/v1/notifications/channels/test': r86,
  '/api/v1/notifications/deliveries/[id]/send': r87,
  '/api/v1/notifications/deliveries': r88,
  '/api/v1/notifications/routes/[id]': r89,
  '/api/v1/notifications/routes': r90,
  '/api/v1/operators/[id]': r91,
  '/api/v1/operators': r92,
  '/api/v1/overview': r93,
  '/api/v1/playbooks/[id]/acts': r94,
  '/api/v1/playbooks/[id]/contain': r95,
  '/api/v1/playbooks/[id]/finish': r96,
  '/api/v1/playbooks/[id]/objects/[objectId]': r97,
  '/api/v1/playbooks/[id]/objects': r98,
  '/api/v1/playbooks/[id]/reopen': r99,
  '/api/v1/playbooks/[id]': r100,
  '/api/v1/playbooks/[id]/waive': r101,
  '/api/v1/playbooks': r102,
  '/api/v1/policies/[name]/boundaries': r103,
  '/api/v1/policies/[name]/counts': r104,
  '/api/v1/policies/[name]/promote': r105,
  '/api/v1/policies/[name]/retire': r106,
  '/api/v1/policies/[name]/roll-back': r107,
  '/api/v1/policies/[name]': r108,
  '/api/v1/policies/[name]/shadow': r109,
  '/api/v1/policies': r110,
  '/api/v1/policy-checks': r111,
  '/api/v1/policy-tests': r112,
  '/api/v1/replay': r113,
  '/api/v1/reports/blind': r114,
  '/api/v1/reports/weekly': r115,
  '/api/v1/responses/[id]/agree': r116,
  '/api/v1/responses/[id]/cancel': r117,
  '/api/v1/responses/[id]/undo': r118,
  '/api/v1/responses/guardrails': r119,
  '/api/v1/responses': r120,
  '/api/v1/responses/rules/[id]': r121,
  '/api/v1/responses/rules': r122,
  '/api/v1/revocations/[id]/certificate': r123,
  '/api/v1/revocations/[id]/left': r124,
  '/api/v1/revocations/[id]/retry': r125,
  '/api/v1/revocations/[id]': r126,
  '/api/v1/revocations/[id]/secrets/[secretId]': r127,
  '/api/v1/revocations/[id]/secrets': r128,
  '/api/v1/revocations/at-stake': r129,
  '/api/v1/revocations/hits': r130,
  '/api/v1/revocations/preview': r131,
  '/api/v1/revocations/progress': r132,
  '/api/v1/revocations': r133,
  '/api/v1/revocations/summary': r134,
  '/api/v1/revocations/target': r135,
  '/api/v1/revocations/times': r136,
  '/api/v1/runs/[run]/events': r137,
  '/api/v1/runs/[run]': r138,
  '/api/v1/runs/[run]/terminate': r139,
  '/api/v1/runs': r140,
  '/api/v1/sessions/[id]/asked-again': r141,
  '/api/v1/sessions/[id]/complete-task': r142,
  '/api/v1/sessions/[id]/events': r143,
  '/api/v1/sessions/[id]/likeness': r144,
  '/api/v1/sessions/[id]/risk': r145,
  '/api/v1/sessions/[id]': r146,
  '/api/v1/sessions/[id]/terminate': r147,
  '/api/v1/sessions/abandoned': r148,
  '/api/v1/sessions': r149,
  '/api/v1/signals/keys/rotate': r150,
  '/api/v1/signals/received': r151,
  '/api/v1/signals/receivers/[id]': r152,
  '/api/v1/signals/receivers': r153,
  '/api/v1/signals/sent': r154,
  '/api/v1/signals/sources/[id]': r155,
  '/api/v1/signals/sources/[id]/verify': r156,
  '/api/v1/signals/sources': r157,
  '/api/v1/signals/streams/[id]/status': r158,
  '/api/v1/signals/streams/[id]/verify': r159,
  '/api/v1/summary': r160,
  '/api/v1/tasks/reopen': r161,
  '/api/v1/tasks': r162,
  '/api/v1/tokens/[id]/point': r163,
  '/api/v1/tokens/[id]': r164,
  '/api/v1/tokens': r165,
  '/api/v1/workflows/[id]/identities': r166,
  '/api/v1/workflows/[id]': r167,
  '/api/v1/workflows': r168,
  '/api/v1/zones/[id]': r169,
  '/api/v1/zones': r170,
};

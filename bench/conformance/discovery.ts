import { type Case, hasStatus, isJson, isMap, listOf, member } from '@/bench/conformance/case';

const ENDPOINTS = [
  'access_evaluation_endpoint',
  'access_evaluations_endpoint',
  'search_subject_endpoint',
  'search_resource_endpoint',
  'search_action_endpoint',
];

const isUrl = (value: unknown): boolean => {
  try {
    const url = new URL(String(value));
    // Beyond one's own machine only https is a usable endpoint.
    return url.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  } catch {
    return false;
  }
};

export const DISCOVERY: Case[] = [
  {
    id: 'c-6',
    level: 'discovery',
    title: 'metadata names the decision point it was read from and endpoints that are there',
    asks: [{ api: 'metadata', method: 'GET', token: null }],
    check: ([answer], { url }) => {
      const at = (name: string) => member(answer!.json, name);
      const values = isMap(answer!.json) ? Object.entries(answer!.json) : [];
      return [
        ...hasStatus(answer!, 200),
        ...isJson(answer!),
        ...(at('policy_decision_point') === url
          ? []
          : [`policy_decision_point is ${String(at('policy_decision_point'))}, not ${url}`]),
        ...ENDPOINTS.flatMap((name, index) =>
          (at(name) === undefined && index > 0) || isUrl(at(name)) ? [] : [`${name} is ${String(at(name))}`],
        ),
        ...(at('capabilities') === undefined ||
        (listOf(at('capabilities')).length > 0 &&
          listOf(at('capabilities')).every((one) => typeof one === 'string' && one.startsWith('urn:')))
          ? []
          : ['capabilities is no list of URNs']),
        ...values.flatMap(([name, value]) =>
          value === null || value === '' || (Array.isArray(value) && !value.length)
            ? [`${name} is empty: it has to be left out`]
            : [],
        ),
      ];
    },
  },
];

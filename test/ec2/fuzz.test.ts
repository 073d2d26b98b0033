import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import { Ec2Error } from '../../source/ec2/errors.ts';
import type { Ec2RegionCloud } from '../../source/ec2/region-cloud.ts';
import { emptyAccount, groupSet, keySet, reservationSet, templateSet } from './account.ts';
import type { Answer } from './recording-endpoint.ts';
import { startRegion } from './region.ts';

/** What is asked of a region, whatever EC2 makes of it. */
const questions: Readonly<
  Record<string, (cloud: Ec2RegionCloud, signal: AbortSignal) => Promise<unknown>>
> = {
  describe: (cloud, signal) => cloud.describe(signal),
  launch: async (cloud, signal) => {
    const request = { count: 2, userData: '{}' };
    await cloud.prepare(request, signal);
    return cloud.launch(request, signal);
  },
  rehearse: (cloud, signal) => cloud.rehearse({ count: 2, userData: '{}' }, signal),
  tag: (cloud, signal) => cloud.tag(new Map([['i-1', { 'spot-tui:node': 'us-west-2-1' }]]), signal),
  watch: async (cloud, signal) => {
    for await (const instances of cloud.watch({ interval: 10, signal })) return instances;
    return [];
  },
  terminate: (cloud, signal) => cloud.terminate(['i-1', 'i-2'], signal),
  'clean up': (cloud, signal) => cloud.cleanUp(signal),
  prices: (cloud, signal) => cloud.spotPrices(signal),
  console: (cloud, signal) => cloud.consoleOutput('i-1', signal),
  regions: (cloud, signal) => cloud.enabledRegions(signal),
};

const { DescribeSubnets, DescribeVpcs, ...others } = emptyAccount();

/** Answers with something in them that can be damaged. */
const account: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(others).filter(([, answer]) => typeof answer === 'string')),
  DescribeSubnets: String(DescribeSubnets),
  DescribeVpcs: String(DescribeVpcs),
  DescribeInstances: reservationSet([
    { id: 'i-1', publicAddress: '203.0.113.9', privateAddress: '10.0.0.9' },
    { id: 'i-2', state: 'terminated', stateReason: 'Server.SpotInstanceTermination' },
  ]),
  DescribeSecurityGroups: groupSet([{ id: 'sg-1', name: 'spot-tui-orchard' }]),
  DescribeKeyPairs: keySet([{ name: 'spot-tui-orchard-1' }]),
  DescribeLaunchTemplates: templateSet([{ id: 'lt-1', name: 'spot-tui-orchard' }]),
  DescribeLaunchTemplateVersions:
    '<launchTemplateVersionSet><item><launchTemplateId>lt-1</launchTemplateId>' +
    '<versionNumber>1</versionNumber></item></launchTemplateVersionSet>',
  DescribeSpotPriceHistory:
    '<spotPriceHistorySet><item><instanceType>t3.medium</instanceType>' +
    '<spotPrice>0.0125</spotPrice><timestamp>2026-05-01T07:00:00.000Z</timestamp>' +
    '<availabilityZone>us-west-2b</availabilityZone></item></spotPriceHistorySet>',
  DescribeRegions:
    '<regionInfo><item><regionName>us-west-2</regionName>' +
    '<optInStatus>opt-in-not-required</optInStatus></item></regionInfo>',
  GetConsoleOutput: `<instanceId>i-1</instanceId><output>${btoa('booting\n')}</output>`,
  TerminateInstances: '<instancesSet><item><instanceId>i-1</instanceId></item></instancesSet>',
  CreateFleet:
    '<fleetId>fleet-1</fleetId><errorSet/><fleetInstanceSet><item><lifecycle>spot</lifecycle>' +
    '<instanceIds><item>i-3</item><item>i-4</item></instanceIds>' +
    '<instanceType>t3.medium</instanceType></item></fleetInstanceSet>',
};

const hostileTexts = [
  '',
  'null',
  '-1',
  '1e309',
  'NaN',
  '\u009b2J',
  '&#27;[2J',
  '\n',
  '🐙',
  'x'.repeat(5000),
];

/** One way to damage an answer; `at` is a position in it, from 0 to 1. */
type Damage = { readonly kind: string; readonly at: number; readonly text: string };

const damages: Readonly<Record<string, (xml: string, damage: Damage) => string>> = {
  cut: (xml, { at }) => xml.slice(0, Math.floor(xml.length * at)),
  'drop an element': (xml, { at }) => onElement(xml, at, () => ''),
  'double an element': (xml, { at }) => onElement(xml, at, (element) => element + element),
  'other text': (xml, { at, text }) => {
    const texts = [...xml.matchAll(/>([^<>]+)</g)];
    const chosen = texts[Math.floor(at * texts.length)];
    if (chosen === undefined) return xml;
    return `${xml.slice(0, chosen.index + 1)}${text}${xml.slice(chosen.index + chosen[0].length - 1)}`;
  },
  'other bytes': (xml, { at, text }) => {
    const position = Math.floor(xml.length * at);
    return `${xml.slice(0, position)}${text}<${xml.slice(position + 7)}`;
  },
};

const onElement = (xml: string, at: number, change: (element: string) => string): string => {
  const elements = [...xml.matchAll(/<(\w+)>[^<>]*<\/\1>|<(item)>.*?<\/item>/g)];
  const chosen = elements[Math.floor(at * elements.length)];
  if (chosen === undefined) return xml;
  const [element] = chosen;
  return xml.slice(0, chosen.index) + change(element) + xml.slice(chosen.index + element.length);
};

/** Bodies that are no answer of EC2's at all. */
const strangeBodies = ['', '{}', 'null', '<', '<html>sign in</html>', '\0\0\0', '<a>'.repeat(2000)];

const damaged = (xml: string, damage: Damage): Answer => {
  const change = damages[damage.kind];
  if (change !== undefined) return change(xml, damage);
  const body = strangeBodies[Math.floor(damage.at * strangeBodies.length)] ?? '';
  return { raw: (response) => response.writeHead(200, { 'content-type': 'text/xml' }).end(body) };
};

const damage = fastCheck.record({
  kind: fastCheck.constantFrom(...Object.keys(damages), 'another body'),
  at: fastCheck.double({ min: 0, max: 0.999, noNaN: true }),
  text: fastCheck.constantFrom(...hostileTexts),
});

const cases = fastCheck.record({
  question: fastCheck.constantFrom(...Object.keys(questions)),
  action: fastCheck.constantFrom(...Object.keys(account)),
  damage,
});

test('whatever EC2 answers, there is a result or an error for people', async (context) => {
  await fastCheck.assert(
    fastCheck.asyncProperty(cases, async ({ question, action, damage: how }) => {
      const troubled = new AbortController();
      const { cloud, endpoint } = await startRegion(context, account, {
        network: { sshAllowedCidrs: ['203.0.113.7/32'] },
        options: {
          maximumAttempts: 1,
          patience: { firstPause: 1, visibility: 10, trouble: 10, release: 10, longestPoll: 10 },
          // A watch goes on for as long as what is in its way may pass.
          ...(question === 'watch' ? { onTrouble: () => troubled.abort() } : {}),
        },
      });
      endpoint.on(action, damaged(account[action] ?? '', how));
      const ask = questions[question];
      assert.ok(ask !== undefined);
      try {
        // Long enough for a busy machine: who still waits then would wait for ever.
        await ask(cloud, AbortSignal.any([AbortSignal.timeout(20_000), troubled.signal]));
      } catch (error) {
        if (!(error instanceof Ec2Error)) throw error;
        assert.doesNotMatch(`${error.message}${error.hint}`, /[\p{Cc}\u2028\u2029]|undefined/u);
      } finally {
        cloud.close();
        await endpoint.close();
      }
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 300), seed: Number(process.env.FUZZ_SEED ?? 1) },
  );
});

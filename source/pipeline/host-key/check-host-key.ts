import { type Instance, tagNames } from '../../ec2/cloud.ts';
import type { HostKey, HostKeySource, HostKeyVerdict } from '../../ssh/connection.ts';
import { pinOnFirstUse, readPin } from '../../ssh/known-hosts.ts';
import { shellWord } from '../../ssh/openssh-command.ts';
import type { ConsoleFingerprint } from './console-fingerprints.ts';
import type { ConsoleVerdict, ConsoleWatch } from './console-watch.ts';

/** How far a node's host key is trusted. */
export type TrustedHostKey = {
  /** `SHA256:` and unpadded base64. */
  readonly fingerprint: string;
  /** `pinned`: it was the first that was seen, and nobody vouches for it. */
  readonly trust: 'verified' | 'pinned';
  /** Whether it was found on the console just now, and the instance's tag does not say so yet. */
  readonly isNews: boolean;
};

export type HostKeyCheckOptions = {
  readonly instance: Pick<Instance, 'instanceId' | 'region' | 'tags'>;
  readonly knownHostsFile: string;
  readonly console: Pick<ConsoleWatch, 'isBooting' | 'judge' | 'prefetch'>;
  /** What becomes of a key for which nobody vouches in time. */
  readonly unverified: 'fail' | 'pin';
  /**
   * Milliseconds for which a console that shows nothing is waited for. sshd hangs up after two
   * minutes (LoginGraceTime), and the next attempt begins anew.
   */
  readonly patience: number;
  /** Hears of every key that is trusted, before anything is sent to the node. */
  readonly onTrusted?: (key: TrustedHostKey) => void;
};

export type HostKeyCheck = {
  readonly source: HostKeySource;
  /** To be called when the node answers: looks at the console while the connection is being made. */
  readonly prefetch: (signal: AbortSignal) => void;
};

/** Milliseconds that the console is waited for once more, for a key that was pinned without it. */
const secondLook = 2_000;

/**
 * Decides whether a node's host key is trusted. A pin on this machine decides, and where there is
 * none, the fingerprint in the instance's tag, or else its console. The tag has to agree in any case.
 * A pin that was not verified is, if a console that came late lists it. Where that lists others, a
 * pin that was made at first sight is refused; one that somebody put there by hand stands.
 */
export const checkHostKey = (options: HostKeyCheckOptions): HostKeyCheck => {
  const { console, instance, knownHostsFile, onTrusted, patience, unverified } = options;
  const recorded = instance.tags[tagNames.hostKey];

  return {
    source: async (offered, signal) => {
      if (recorded !== undefined && recorded !== offered.fingerprint) {
        return otherThanRecorded(instance, recorded, offered);
      }
      let isNews = false;
      let isNew = false;
      const firstUse: HostKeySource = async () => {
        if (recorded !== undefined) return { trusted: true, verified: true };
        isNew = true;
        const endures = unverified === 'fail';
        const verdict = await console.judge(offered, { patience, endures }, signal);
        isNews = verdict.type === 'listed';
        return toVerdict(verdict, offered, options);
      };
      const pins = pinOnFirstUse(knownHostsFile, instance.instanceId, firstUse);
      const verdict = await pins(offered, signal);
      if (verdict.trusted) {
        const isVerified = verdict.verified === true || recorded !== undefined;
        if (!isVerified && !isNew && console.isBooting) {
          const short = { patience: Math.min(patience, secondLook), endures: false };
          const late = await console.judge(offered, short, signal);
          isNews = late.type === 'listed';
          if (late.type === 'others' && verdict.firstSeen === true) {
            return otherThanListed(options, late.listed, offered);
          }
        }
        onTrusted?.({
          fingerprint: offered.fingerprint,
          trust: isVerified || isNews ? 'verified' : 'pinned',
          isNews,
        });
      }
      return verdict;
    },
    prefetch: (signal) => {
      if (recorded !== undefined) return;
      readPin(knownHostsFile, instance.instanceId).then(
        (pin) => {
          const isWanted = pin === undefined || (pin === 'pinned' && console.isBooting);
          if (isWanted && !signal.aborted) console.prefetch(signal);
        },
        // The source reads the same file, and its failure is heard.
        () => undefined,
      );
    },
  };
};

const toVerdict = (
  verdict: ConsoleVerdict,
  offered: HostKey,
  {
    instance,
    knownHostsFile,
    unverified,
  }: Pick<HostKeyCheckOptions, 'instance' | 'knownHostsFile' | 'unverified'>,
): HostKeyVerdict => {
  switch (verdict.type) {
    case 'listed':
      return { trusted: true, verified: true };
    case 'others':
      return {
        trusted: false,
        reason: `the console of ${instance.instanceId} lists other keys: ${verdict.listed.map(describe).join(', ')}; what answers offers ${offered.type} ${offered.fingerprint}`,
        hint: `somebody may be in between, so nothing was sent: look at the instance in EC2, and replace the node. If you replaced its key yourself, write it into ${knownHostsFile}: ${instance.instanceId} ${offered.line}`,
      };
    case 'silent':
      if (unverified === 'pin') return { trusted: true, firstSeen: true };
      return {
        trusted: false,
        reason: `nobody vouches for ${offered.type} ${offered.fingerprint}: ${verdict.reason}`,
        hint: [
          ...(verdict.hint === undefined ? [] : [verdict.hint.replace(/\.?$/, '.')]),
          `Look for that fingerprint in \`aws ec2 get-console-output --region ${instance.region} --instance-id ${instance.instanceId} --latest --output text\`;`,
          '`unverified_host_keys: pin` in the configuration trusts a key at first sight, with a mark.',
        ].join(' '),
      };
    default:
      return verdict satisfies never;
  }
};

const otherThanRecorded = (
  { instanceId, region }: HostKeyCheckOptions['instance'],
  recorded: string,
  offered: HostKey,
): HostKeyVerdict => ({
  trusted: false,
  reason: `${recorded} was verified when ${instanceId} was launched, as its tag ${tagNames.hostKey} says; what answers offers ${offered.type} ${offered.fingerprint}`,
  hint: `somebody may be in between, so nothing was sent. If you replaced the node's key yourself: aws ec2 delete-tags --region ${region} --resources ${instanceId} --tags Key=${tagNames.hostKey}`,
});

const otherThanListed = (
  { instance: { instanceId }, knownHostsFile }: HostKeyCheckOptions,
  listed: readonly ConsoleFingerprint[],
  offered: HostKey,
): HostKeyVerdict => ({
  trusted: false,
  reason: `${offered.type} ${offered.fingerprint} was trusted at first sight, and the console of ${instanceId} lists other keys by now: ${listed.map(describe).join(', ')}`,
  hint: `somebody may be in between, and have been so from the beginning: replace the node, and what was sent to it that is secret. If you replaced its key yourself: ssh-keygen -R ${instanceId} -f ${shellWord(knownHostsFile)}, then write into that file: ${instanceId} ${offered.line}`,
});

const describe = ({ fingerprint, keyType }: ConsoleFingerprint): string =>
  `${keyType} ${fingerprint}`;

/** An instance as EC2 shows it to whoever looks. */
export type ShownInstance = {
  readonly instanceId: string;
  readonly region: string;
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** Things that cost money or stay behind, by kind: their names or ids. */
export type Remains = Readonly<Record<string, readonly string[]>>;

/**
 * Asks an endpoint by hand, with nothing of the product in between.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export class Ec2Reader {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async instances(region: string): Promise<ShownInstance[]> {
    const document = await this.ask(region, 'DescribeInstances');
    return document
      .split('<instanceId>')
      .slice(1)
      .map((text) => ({
        instanceId: text.slice(0, text.indexOf('<')),
        region,
        state: /<instanceState>.*?<name>([^<]*)/s.exec(text)?.[1] ?? '',
        tags: tagsIn(text),
      }));
  }

  /** What is left of a deployment in a region, instances apart. */
  async remains(region: string, deployment: string): Promise<Remains> {
    const filter = {
      'Filter.1.Name': 'tag:spot-tui:deployment',
      'Filter.1.Value.1': deployment,
    };
    const entries = await Promise.all(
      (
        [
          ['DescribeSecurityGroups', 'groupId'],
          ['DescribeLaunchTemplates', 'launchTemplateId'],
          ['DescribeKeyPairs', 'keyPairId'],
          ['DescribeVolumes', 'volumeId'],
        ] as const
      ).map(async ([action, element]) => {
        const document = await this.ask(region, action, filter);
        return [action, values(document, element)] as const;
      }),
    );
    return Object.fromEntries(entries.filter(([, found]) => found.length > 0));
  }

  /** All that is told to whoever may read, to look for secrets in. */
  async texts(region: string): Promise<string> {
    const texts = await Promise.all([
      this.ask(region, 'DescribeInstances'),
      this.ask(region, 'DescribeTags'),
      this.ask(region, 'DescribeLaunchTemplateVersions', { 'LaunchTemplateVersion.1': '$Latest' }),
      this.ask(region, 'DescribeSecurityGroups'),
    ]);
    return texts.join('\n');
  }

  async terminate(region: string, instanceId: string): Promise<void> {
    await this.ask(region, 'TerminateInstances', { 'InstanceId.1': instanceId });
  }

  async ask(
    region: string,
    action: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=SOMEBODYELSE/20250101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        Action: action,
        Version: '2016-11-15',
        ...parameters,
      }).toString(),
    });
    return answer.text();
  }
}

const values = (document: string, element: string): string[] =>
  [...document.matchAll(new RegExp(`<${element}>([^<]*)`, 'g'))].map(([, value = '']) => value);

const tagsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<key>([^<]*)<\/key>\s*<value>([^<]*)<\/value>/g)].map(
      ([, key = '', value = '']) => [key, value],
    ),
  );

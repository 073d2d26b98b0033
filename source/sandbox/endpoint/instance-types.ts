/** An instance type, as far as launches and prices depend on it. */
export type InstanceType = {
  /** Such as `t3.medium`. */
  readonly name: string;
  readonly family: string;
  readonly virtualCpus: number;
  readonly memoryMiB: number;
  readonly architecture: Architecture;
  readonly manufacturer: 'Intel' | 'AMD' | 'Amazon Web Services';
  readonly hypervisor: 'nitro' | 'xen';
  readonly burstable: boolean;
  /** US dollars per hour on demand in us-east-1. */
  readonly price: number;
  /** Whether a region has it in all of its zones; the newest are not in the last one. */
  readonly everywhere: boolean;
};

export type Architecture = 'x86_64' | 'arm64';

type Family = Pick<InstanceType, 'architecture' | 'manufacturer' | 'hypervisor' | 'everywhere'> & {
  /** US dollars per hour on demand of the size `large` in us-east-1. */
  readonly largePrice: number;
  readonly gibPerCpu: number;
};

const manufacturers = {
  intel: 'Intel',
  amd: 'AMD',
  graviton: 'Amazon Web Services',
} as const;

const family = (
  maker: keyof typeof manufacturers,
  gibPerCpu: number,
  largePrice: number,
  rest: Partial<Pick<Family, 'hypervisor' | 'everywhere'>> = {},
): Family => ({
  architecture: maker === 'graviton' ? 'arm64' : 'x86_64',
  manufacturer: manufacturers[maker],
  hypervisor: 'nitro',
  everywhere: true,
  gibPerCpu,
  largePrice,
  ...rest,
});

const newest = { everywhere: false };

/** https://aws.amazon.com/ec2/instance-types/ and https://aws.amazon.com/ec2/pricing/on-demand/ */
const families: Readonly<Record<string, Family>> = {
  t2: family('intel', 4, 0.0928, { hypervisor: 'xen' }),
  t3: family('intel', 4, 0.0832),
  t3a: family('amd', 4, 0.0752),
  t4g: family('graviton', 4, 0.0672),
  m4: family('intel', 4, 0.1, { hypervisor: 'xen' }),
  m5: family('intel', 4, 0.096),
  m5a: family('amd', 4, 0.086),
  m6i: family('intel', 4, 0.096),
  m6a: family('amd', 4, 0.0864),
  m6g: family('graviton', 4, 0.077),
  m7i: family('intel', 4, 0.1008, newest),
  m7a: family('amd', 4, 0.11592, newest),
  m7g: family('graviton', 4, 0.0816, newest),
  c5: family('intel', 2, 0.085),
  c5a: family('amd', 2, 0.077),
  c6i: family('intel', 2, 0.085),
  c6a: family('amd', 2, 0.0765),
  c6g: family('graviton', 2, 0.068),
  c7i: family('intel', 2, 0.08925, newest),
  c7g: family('graviton', 2, 0.0725, newest),
  r5: family('intel', 8, 0.126),
  r5a: family('amd', 8, 0.113),
  r6i: family('intel', 8, 0.126),
  r6g: family('graviton', 8, 0.1008),
  r7i: family('intel', 8, 0.1323, newest),
  r7g: family('graviton', 8, 0.1071, newest),
};

/** Virtual CPUs, memory relative to `large`, and price relative to `large`. */
type Size = readonly [name: string, virtualCpus: number, memory: number, price: number];

const burstableSizes: readonly Size[] = [
  ['nano', 2, 1 / 16, 1 / 16],
  ['micro', 2, 1 / 8, 1 / 8],
  ['small', 2, 1 / 4, 1 / 4],
  ['medium', 2, 1 / 2, 1 / 2],
  ['large', 2, 1, 1],
  ['xlarge', 4, 2, 2],
  ['2xlarge', 8, 4, 4],
];
const fixedSizes: readonly Size[] = [
  ['large', 2, 1, 1],
  ['xlarge', 4, 2, 2],
  ['2xlarge', 8, 4, 4],
  ['4xlarge', 16, 8, 8],
  ['8xlarge', 32, 16, 16],
  ['12xlarge', 48, 24, 24],
  ['16xlarge', 64, 32, 32],
];
const gravitonSizes: readonly Size[] = [['medium', 1, 1 / 2, 1 / 2], ...fixedSizes];

const sizesOf = (name: string, { architecture }: Family): readonly Size[] => {
  if (name.startsWith('t')) return burstableSizes;
  return architecture === 'arm64' ? gravitonSizes : fixedSizes;
};

/** Common instance types, by name. */
export const instanceTypes: ReadonlyMap<string, InstanceType> = new Map(
  Object.entries(families).flatMap(([familyName, values]) =>
    sizesOf(familyName, values).map(
      ([size, virtualCpus, memory, price]): [string, InstanceType] => {
        const name = `${familyName}.${size}`;
        const { largePrice, gibPerCpu, ...shared } = values;
        return [
          name,
          {
            ...shared,
            name,
            family: familyName,
            // The first of the burstable families is smaller at its small end.
            virtualCpus: familyName === 't2' && memory <= 1 / 4 ? 1 : virtualCpus,
            memoryMiB: gibPerCpu * 2 * memory * 1024,
            burstable: familyName.startsWith('t'),
            price: largePrice * price,
          },
        ];
      },
    ),
  ),
);

import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Cloud } from './cloud.ts';
import { authenticationFailure, credentialScope } from './credential-scope.ts';
import { Ec2Failure } from './failure.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { onDemandPrice } from './prices.ts';

/** What the endpoint looks at of a request to the price list. */
export type PriceListRequest = {
  readonly authorization: string | undefined;
  readonly userAgent: string;
  /** Such as `AWSPriceListService.GetProducts`. */
  readonly target: string;
  readonly body: string;
};

export type PriceListAnswer = { readonly status: number; readonly body: unknown };

/** What the `X-Amz-Target` of a request to the price list begins with. */
export const priceListTarget = 'AWSPriceListService.';

/**
 * Answers a request to AWS' price list, which is another service behind the same address: JSON, not
 * EC2's Query protocol. Of its actions there is `GetProducts`, of its services `AmazonEC2`.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
export const answerPriceList = (
  cloud: Cloud,
  accessKeyId: string | undefined,
  { authorization, body, target, userAgent }: PriceListRequest,
): PriceListAnswer => {
  const action = target.slice(priceListTarget.length);
  const seen = { action, region: '', accessKeyId: '', userAgent };
  try {
    const scope = credentialScope(authorization, 'pricing');
    seen.region = scope.region;
    seen.accessKeyId = scope.accessKeyId;
    if (accessKeyId !== undefined && scope.accessKeyId !== accessKeyId) {
      throw authenticationFailure();
    }
    const refusal = cloud.faultRules.refusal(action, scope.region, cloud.clock.now());
    if (refusal !== undefined) throw refusal;
    if (action !== 'GetProducts') {
      throw new Ec2Failure('UnknownOperationException', `There is no ${action}`);
    }
    const answer = getProducts(cloud, body);
    cloud.ledger.addCall({ ...seen, outcome: 'ok' });
    return { status: 200, body: answer };
  } catch (error) {
    if (!(error instanceof Ec2Failure)) throw error;
    cloud.ledger.addCall({ ...seen, outcome: error.code });
    return {
      status: error.status === 401 || error.status === 403 ? 400 : error.status,
      body: { __type: error.code, message: error.message },
    };
  }
};

const filterTypes = ['TERM_MATCH', 'EQUALS', 'CONTAINS', 'ANY_OF', 'NONE_OF'] as const;

const requestSchema = z.object({
  ServiceCode: z.literal('AmazonEC2'),
  Filters: z
    .array(z.object({ Type: z.enum(filterTypes), Field: z.string(), Value: z.string() }))
    .default([]),
  FormatVersion: z.literal('aws_v1').optional(),
  MaxResults: z.int().min(1).max(100).default(100),
  NextToken: z.string().regex(/^\d+$/).optional(),
});

type Filter = z.infer<typeof requestSchema>['Filters'][number];

const getProducts = (cloud: Cloud, body: string) => {
  const request = requestSchema.safeParse(parse(body));
  if (!request.success) {
    const [issue] = request.error.issues;
    throw new Ec2Failure(
      'InvalidParameterException',
      `${issue?.path.join('.')}: ${issue?.message ?? 'invalid'}`,
    );
  }
  const { Filters, MaxResults, NextToken = '0' } = request.data;
  const regionCode = Filters.find(({ Field }) => Field === 'regionCode')?.Value;
  // A product of every region would be a hundred thousand: nobody here asks for them.
  const found =
    regionCode === undefined
      ? []
      : productsOf(cloud, regionCode).filter(({ attributes }) =>
          Filters.every((filter) => matches(filter, attributes)),
        );
  const from = Number(NextToken);
  const next = from + MaxResults;
  return {
    FormatVersion: 'aws_v1',
    PriceList: found.slice(from, next).map((product) => JSON.stringify(describe(product))),
    ...(next < found.length ? { NextToken: String(next) } : {}),
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Ec2Failure('SerializationException', 'The request is no JSON');
  }
};

type Product = {
  readonly attributes: Readonly<Record<string, string>>;
  /** US dollars per hour. */
  readonly price: number;
};

/** Each type as Linux and as Windows, in use and as a reservation that nobody uses. */
const productsOf = (cloud: Cloud, regionCode: string): Product[] => {
  const region = cloud.region(regionCode);
  return [...instanceTypes.values()].flatMap((type) => {
    const price = onDemandPrice(region, type);
    return [
      { attributes: attributesOf(type, regionCode), price },
      {
        attributes: {
          ...attributesOf(type, regionCode),
          capacitystatus: 'UnusedCapacityReservation',
        },
        price,
      },
      {
        attributes: { ...attributesOf(type, regionCode), operatingSystem: 'Windows' },
        price: price + 0.046 * type.virtualCpus,
      },
    ];
  });
};

const attributesOf = (type: InstanceType, regionCode: string): Record<string, string> => ({
  servicecode: 'AmazonEC2',
  regionCode,
  locationType: 'AWS Region',
  instanceType: type.name,
  vcpu: String(type.virtualCpus),
  memory: `${type.memoryMiB / 1024} GiB`,
  operatingSystem: 'Linux',
  preInstalledSw: 'NA',
  tenancy: 'Shared',
  capacitystatus: 'Used',
  licenseModel: 'No License required',
  marketoption: 'OnDemand',
});

const matches = ({ Field, Type, Value }: Filter, attributes: Product['attributes']): boolean => {
  const value = attributes[Field === 'ServiceCode' ? 'servicecode' : Field];
  if (value === undefined) return false;
  switch (Type) {
    case 'TERM_MATCH':
      return value.toLowerCase() === Value.toLowerCase();
    case 'EQUALS':
      return value === Value;
    case 'CONTAINS':
      return value.includes(Value);
    case 'ANY_OF':
      return Value.split(',').includes(value);
    case 'NONE_OF':
      return !Value.split(',').includes(value);
    default:
      return Type satisfies never;
  }
};

/** https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html */
const describe = ({ attributes, price }: Product) => {
  const sku = createHash('sha256')
    .update(JSON.stringify(attributes))
    .digest('hex')
    .slice(0, 16)
    .toUpperCase();
  const term = `${sku}.JRTCKXETXF`;
  const rate = `${term}.6YS6EN2CT7`;
  return {
    product: { productFamily: 'Compute Instance', attributes, sku },
    serviceCode: 'AmazonEC2',
    terms: {
      OnDemand: {
        [term]: {
          offerTermCode: 'JRTCKXETXF',
          sku,
          effectiveDate: '2025-07-01T00:00:00Z',
          termAttributes: {},
          priceDimensions: {
            [rate]: {
              rateCode: rate,
              unit: 'Hrs',
              beginRange: '0',
              endRange: 'Inf',
              description: `$${price} per On Demand ${attributes.operatingSystem} ${attributes.instanceType} Instance Hour`,
              appliesTo: [],
              pricePerUnit: { USD: price.toFixed(10) },
            },
          },
        },
      },
    },
    version: '20250701000000',
    publicationDate: '2025-07-01T00:00:00Z',
  };
};

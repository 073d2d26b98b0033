import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Cloud } from './cloud.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { type JsonService, readRequest } from './json-service.ts';
import { onDemandPrice } from './prices.ts';

/**
 * Stands in for AWS' price list. Of its services there is `AmazonEC2`.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
export const priceList: JsonService = {
  target: 'AWSPriceListService.',
  name: 'pricing',
  actions: { GetProducts: (cloud, body) => getProducts(cloud, body) },
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

const getProducts = (cloud: Cloud, body: unknown) => {
  const request = readRequest(requestSchema, body, 'InvalidParameterException');
  const { Filters, MaxResults, NextToken = '0' } = request;
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

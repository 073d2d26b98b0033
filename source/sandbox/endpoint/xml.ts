/** What an element holds. Absent members are left out; arrays become lists of `<item>`. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | Repeated
  | XmlFields;

export type XmlFields = { readonly [element: string]: XmlValue };

/** A list whose members are not called `item`. */
export class Repeated {
  readonly element: string;
  readonly values: readonly XmlValue[];

  constructor(element: string, values: readonly XmlValue[]) {
    this.element = element;
    this.values = values;
  }
}

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** The document that answers an action. */
export const answerDocument = (action: string, requestId: string, fields: XmlFields): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="${namespace}">${element(
    'requestId',
    requestId,
  )}${members(fields)}</${action}Response>`;

/** The document that refuses an action. */
export const failureDocument = (code: string, message: string, requestId: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${members({
    Errors: { Error: { Code: code, Message: message } },
    RequestID: requestId,
  })}</Response>`;

const members = (fields: XmlFields): string =>
  Object.entries(fields)
    .map(([name, value]) => (value === undefined ? '' : element(name, value)))
    .join('');

const element = (name: string, value: XmlValue): string => {
  const content = contentOf(value);
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
};

const contentOf = (value: XmlValue): string => {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Repeated) return repeated(value.element, value.values);
  if (isList(value)) return repeated('item', value);
  return members(value);
};

const isList = (value: readonly XmlValue[] | XmlFields): value is readonly XmlValue[] =>
  Array.isArray(value);

const repeated = (name: string, values: readonly XmlValue[]): string =>
  values.map((value) => element(name, value)).join('');

// XML 1.0 has no way at all to write most control characters.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escapeText = (text: string): string =>
  text
    .replace(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
